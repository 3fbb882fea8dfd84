"""Orders to devices and changes to consoles: the protocol (no I/O), the sockets, the feed from the journal."""
