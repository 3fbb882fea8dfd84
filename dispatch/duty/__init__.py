"""The duty roster as the service keeps it: drafts, what is in force, who asked for what, and what happened."""
