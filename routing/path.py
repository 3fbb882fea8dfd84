"""The way of a reach on the map: coordinates, nodes of the export, and the names of the roads it follows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.geometry import point_along
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
    begin, end = cut(arcs, reach.start, reach.stop)
    rows: list[NDArray[np.float64]] = []
    for number, arc in enumerate(arcs):
        first, last = begin if number == 0 else 0.0, end if number == len(arcs) - 1 else 1.0
        line = arc_line(graph, int(arc), first, last)
        rows.append(line if number == 0 else line[1:])
    nodes = [int(graph.head[arc]) for arc in arcs[:-1]]
    if reach.start.node >= 0:
        nodes.insert(0, reach.start.node)
    if reach.stop.node >= 0:
        nodes.append(reach.stop.node)
    names: list[str] = []
    for arc in arcs:
        name = graph.piece_names[arc >> 1]
        if name and (not names or names[-1] != name):
            names.append(name)
    coordinates = tuple((float(x), float(y)) for x, y in np.concatenate(rows))
    return Path(coordinates, tuple(nodes), tuple(int(arc) for arc in arcs), tuple(names))


def arc_line(graph: RoadGraph, arc: int, begin: float, end: float) -> NDArray[np.float64]:
    """The vertices of an arc between two fractions of it, in driving direction."""
    piece, against = arc >> 1, arc & 1 == 1
    low, high = (1.0 - end, 1.0 - begin) if against else (begin, end)
    first, last = graph.starts[piece], graph.starts[piece + 1]
    along, coords = graph.along_metres[first:last], graph.coords[first:last]
    whole = along[-1]
    inner = coords[(along > low * whole) & (along < high * whole)]
    ends = [point_along(piece, at, graph.starts, graph.coords, graph.along_metres) for at in (low, high)]
    line = np.concatenate((np.array(ends[:1]), inner, np.array(ends[1:])))
    return line[::-1] if against else line
