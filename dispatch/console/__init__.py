"""The board: a snapshot and changed cards; map tiles; the built pages."""
