"""Road graph, vehicle classes, snapping and travel times: a pure library."""
