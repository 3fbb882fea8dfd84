"""A large made-up extract: crooked streets over open country, written with osmium's own writer."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import osmium
from osmium.osm.mutable import Node, Way

WEST, SOUTH, CELL = 112.0, 35.0, 0.0009
SPAN = 4  # steps of a way; it shares its ends, and what crosses it
KINDS = ("residential", "unclassified", "tertiary", "track", "service")


def write_large(file: Path, columns: int, rows: int, seed: int = 1) -> int:
    """Streets on a sheet of columns × rows nodes, one way every `SPAN` steps both ways; how many ways it wrote."""
    rng = np.random.default_rng(seed)
    east, north = np.meshgrid(np.arange(columns), np.arange(rows))
    lon = WEST + (east + rng.uniform(-0.3, 0.3, east.shape)) * CELL
    lat = SOUTH + (north + rng.uniform(-0.3, 0.3, east.shape)) * CELL
    number = np.arange(1, columns * rows + 1).reshape(rows, columns)
    written = 0
    with osmium.SimpleWriter(str(file)) as writer:
        for id, x, y in zip(number.ravel().tolist(), lon.ravel().tolist(), lat.ravel().tolist(), strict=True):
            writer.add_node(Node(id=id, location=(x, y)))
        for lines, others in ((number[::SPAN], "along"), (number.T[::SPAN], "across")):
            for line in lines.tolist():
                for first in range(0, len(line) - 1, SPAN):
                    written += 1
                    tags = {"highway": KINDS[written % len(KINDS)], "name": f"{others} {written // 50}"}
                    if written % 7 == 0:
                        tags |= {"surface": "gravel", "maxspeed": "40", "source": f"survey {written}"}
                    writer.add_way(Way(id=written, nodes=line[first : first + SPAN + 1], tags=tags))
    return written
