"""The life of an alarm: alarm → incident → proposal → assignment → deadlines."""
