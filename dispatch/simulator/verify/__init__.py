"""The simulator against what is known exactly: queues on its own event loop, laws of distance and cover by numpy."""
