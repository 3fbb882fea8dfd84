"""Faults of the road network: islands, traps, loose ends, broken lines."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import networkx as nx
import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from gis_data.fault import Fault
from gis_data.model import Roads
from gis_data.roads import ROAD_CLASSES

LAYER = "roads"
SNAP_METRES = 0.5
STEPS_PER_DEGREE = 1e7
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Ends:
    """The end nodes of each piece, as numbers; `at` their position in degrees."""

    first: NDArray[np.int64]
    last: NDArray[np.int64]
    at: NDArray[np.float64]


def flat_metres(lonlat: NDArray[np.float64], latitude: float) -> NDArray[np.float64]:
    """Degrees as metres in a plane, good to 0.1 % across a county: enough to judge distances."""
    scale = METRES_PER_DEGREE * np.array([np.cos(np.radians(latitude)), 1.0])
    return np.asarray(lonlat * scale, dtype=np.float64)


def ends_of(roads: Roads) -> Ends:
    both = np.concatenate([roads.coords[roads.starts[:-1]], roads.coords[roads.starts[1:] - 1]])
    steps = np.rint(both * STEPS_PER_DEGREE).astype(np.int64)
    _, index, number = np.unique(steps, axis=0, return_index=True, return_inverse=True)
    number = number.reshape(-1)
    count = len(roads)
    return Ends(number[:count], number[count:], both[index])


def road_lines(roads: Roads) -> NDArray[np.object_]:
    piece = np.repeat(np.arange(len(roads)), np.diff(roads.starts))
    return np.asarray(shapely.linestrings(roads.coords, indices=piece), dtype=object)


def check_roads(roads: Roads) -> Iterator[Fault]:
    if len(roads) == 0:
        yield Fault(LAYER, "", "no_roads")
        return
    lines = road_lines(roads)
    ends = ends_of(roads)
    yield from _broken_lines(roads, lines)
    yield from _unknown_classes(roads)
    yield from _duplicate_nodes(roads, ends)
    yield from _missed_junctions(roads)
    yield from _connection(roads, ends)


def _broken_lines(roads: Roads, lines: NDArray[np.object_]) -> Iterator[Fault]:
    empty = shapely.length(lines) == 0.0
    for piece in np.flatnonzero(empty):
        yield Fault(LAYER, roads.ids[piece], "zero_length")
    for piece in np.flatnonzero(~np.asarray(shapely.is_simple(lines)) & ~empty):
        yield Fault(LAYER, roads.ids[piece], "self_crossing")


def _unknown_classes(roads: Roads) -> Iterator[Fault]:
    for identity, road_class in zip(roads.ids, roads.classes, strict=True):
        if road_class not in ROAD_CLASSES:
            known = ", ".join(ROAD_CLASSES)
            yield Fault(
                LAYER, identity, "unknown_code", {"field": "class", "value": road_class, "known": known}
            )


def _duplicate_nodes(roads: Roads, ends: Ends) -> Iterator[Fault]:
    """Two ends within half a metre that are not one node; the two ends of one piece are meant."""
    flat = flat_metres(ends.at, float(ends.at[:, 1].mean()))
    pairs = cKDTree(flat).query_pairs(SNAP_METRES, output_type="ndarray")
    if len(pairs) == 0:
        return
    joined = {(min(a, b), max(a, b)) for a, b in zip(ends.first.tolist(), ends.last.tolist(), strict=True)}
    owner = np.zeros(len(ends.at), dtype=np.int64)
    owner[ends.last] = np.arange(len(roads))
    owner[ends.first] = np.arange(len(roads))
    for a, b in sorted((int(min(p)), int(max(p))) for p in pairs):
        if (a, b) not in joined:
            metres = round(float(np.sqrt(((flat[a] - flat[b]) ** 2).sum())), 2)
            params = {"metres": metres, "other": roads.ids[owner[b]]}
            yield Fault(LAYER, roads.ids[owner[a]], "duplicate_node", params)


def _missed_junctions(roads: Roads) -> Iterator[Fault]:
    """A vertex inside one piece that is also a vertex of another: pieces may meet only at their ends."""
    steps = np.rint(roads.coords * STEPS_PER_DEGREE).astype(np.int64)
    piece = np.repeat(np.arange(len(roads)), np.diff(roads.starts))
    inner = np.ones(len(steps), dtype=np.bool_)
    inner[roads.starts[:-1]] = inner[roads.starts[1:] - 1] = False
    _, place = np.unique(steps, axis=0, return_inverse=True)
    place = place.reshape(-1)
    order = np.lexsort((~inner, place))
    told: set[tuple[int, int]] = set()
    same = np.flatnonzero(place[order][1:] == place[order][:-1])
    for k in same:
        one, other = order[k], order[k + 1]
        a, b = int(piece[one]), int(piece[other])
        if a != b and (inner[one] or inner[other]) and (a, b) not in told:
            told.add((a, b))
            yield Fault(LAYER, roads.ids[a], "missed_junction", {"other": roads.ids[b]})


def _connection(roads: Roads, ends: Ends) -> Iterator[Fault]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    for a, b, way in zip(ends.first.tolist(), ends.last.tolist(), roads.oneway.tolist(), strict=True):
        if way >= 0:
            graph.add_edge(a, b)
        if way <= 0:
            graph.add_edge(b, a)
    islands = sorted(nx.weakly_connected_components(graph), key=len, reverse=True)
    island_of = {node: number for number, island in enumerate(islands) for node in island}
    pieces: dict[int, list[int]] = {}
    for piece, node in enumerate(ends.first.tolist()):
        pieces.setdefault(island_of[node], []).append(piece)
    for number in range(1, len(islands)):
        mine = pieces[number]
        yield Fault(LAYER, roads.ids[mine[0]], "road_island", {"pieces": len(mine)})
    yield from _traps(roads, ends, graph)


def _traps(roads: Roads, ends: Ends, graph: nx.DiGraph[int]) -> Iterator[Fault]:
    """Parts that a one-way road leads into, or out of, without a way back."""
    parts = sorted(nx.strongly_connected_components(graph), key=len, reverse=True)
    part_of = {node: number for number, part in enumerate(parts) for node in part}
    told: set[int] = set()
    for piece in np.flatnonzero(roads.oneway != 0).tolist():
        start, end = int(ends.first[piece]), int(ends.last[piece])
        if roads.oneway[piece] < 0:
            start, end = end, start
        a, b = part_of[start], part_of[end]
        small = max(a, b)
        if a == b or small in told:
            continue
        told.add(small)
        yield Fault(LAYER, roads.ids[piece], "dead_one_way", {"nodes": len(parts[small])})
