"""Settings, servers, PostgreSQL, journal, hints and timers: what the product stands on, without fire-service words."""
