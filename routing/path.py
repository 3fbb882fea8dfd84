"""The way of a reach on the map: coordinates, nodes of the export, and the names of the roads it follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.geometry import line_along
from routing.graph import RoadGraph
from routing.live import LiveRoads
from routing.reach import Reach, Start, cut


@dataclass(frozen=True, slots=True)
class Path:
    """`coordinates` are (lon, lat) from start to stop; `nodes` and `arcs` are those of the exported graph."""

    coordinates: tuple[tuple[float, float], ...]
    nodes: tuple[int, ...]
    arcs: tuple[int, ...]
    names: tuple[str, ...]


def path_of(live: LiveRoads, start: Start | None, reach: Reach) -> Path:
    """The path that a ranking found; `start` is not needed beside the reach, which holds its point on the road."""
    graph, arcs = live.graph, reach.arcs
    if len(arcs) == 0:
        here, there = (reach.start.lon, reach.start.lat), (reach.stop.lon, reach.stop.lat)
        return Path((here, there), (reach.start.node,) if reach.start.node >= 0 else (), (), ())
    nodes: list[int] = graph.head[arcs[:-1]].tolist()
    if reach.start.node >= 0:
        nodes.insert(0, reach.start.node)
    if reach.stop.node >= 0:
        nodes.append(reach.stop.node)
    names: list[str] = []
    for piece in (arcs >> 1).tolist():
        name = graph.piece_names[piece]
        if name and (not names or names[-1] != name):
            names.append(name)
    coordinates = tuple((x, y) for x, y in line_of(live, reach).tolist())
    return Path(coordinates, tuple(nodes), tuple(arcs.tolist()), tuple(names))


def line_of(live: LiveRoads, reach: Reach) -> NDArray[np.float64]:
    """The way of a reach alone, rows of (lon, lat) from start to stop; no rows where nothing is driven."""
    if len(reach.arcs) == 0:
        return np.empty((0, 2), dtype=np.float64)
    graph = live.graph
    begin, end = cut(reach.arcs, reach.start, reach.stop)
    return line_along(reach.arcs, begin, end, graph.starts, graph.coords, graph.along_metres)


def arc_line(graph: RoadGraph, arc: int, begin: float, end: float) -> NDArray[np.float64]:
    """The vertices of an arc between two fractions of it, in driving direction."""
    only = np.array((arc,), dtype=np.int32)
    return line_along(only, begin, end, graph.starts, graph.coords, graph.along_metres)
