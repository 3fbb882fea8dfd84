"""Travel times on a county's roads: graph, vehicle classes, snapping, live conditions, ranking. A pure library."""
