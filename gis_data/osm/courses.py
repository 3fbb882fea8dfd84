"""The ways of an extract as flat arrays, and the vertices at which they must be cut; no object for any node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_data.osm.barrier import Obstacle
from gis_data.osm.raw import RawWay
from gis_data.osm.report import Tally
from gis_data.osm.way import RANK, WayFacts

Arm = tuple[int, int]  # vertex, direction along its way (1 or -1)


@dataclass(frozen=True, slots=True, eq=False)
class Courses:
    """Ways without repeated points. The vertices of way `w` are `starts[w]` to `starts[w + 1]`.

    `places` are whole 1e-7° by vertex; `nodes` are all node ids, and `vertex_of` the vertex where each lies.
    """

    ways: Sequence[RawWay]
    facts: Sequence[WayFacts]
    starts: NDArray[np.int64]
    places: NDArray[np.int32]
    nodes: NDArray[np.int64]
    vertex_of: NDArray[np.int64]

    def way_of(self, vertex: int) -> int:
        return int(np.searchsorted(self.starts, vertex, side="right")) - 1


def courses_of(ways: Sequence[tuple[RawWay, WayFacts]], tally: Tally) -> Courses:
    """The courses of ways that have a length; points that repeat the one before become one vertex with it."""
    lengths = np.array([len(raw.nodes) for raw, _ in ways], dtype=np.int64)
    way = np.repeat(np.arange(len(ways)), lengths)
    nodes = np.concatenate([np.empty(0, dtype=np.int64), *(raw.nodes for raw, _ in ways)])
    places = np.concatenate([np.empty((0, 2), dtype=np.int32), *(raw.places for raw, _ in ways)])
    fresh = np.ones(len(nodes), dtype=np.bool_)
    fresh[1:] = (way[1:] != way[:-1]) | (places[1:] != places[:-1]).any(axis=1)
    tally.drop("road vertices", "repeats the one before", int(len(fresh) - fresh.sum()))
    size = np.bincount(way[fresh], minlength=len(ways))
    tally.drop("roads", "has no length", int((size < 2).sum()))
    stays = size[way] >= 2
    fresh, nodes, places = fresh[stays], nodes[stays], places[stays]
    chosen = np.flatnonzero(size >= 2).tolist()
    starts = np.zeros(len(chosen) + 1, dtype=np.int64)
    np.cumsum(size[chosen], out=starts[1:])
    return Courses(
        ways=[ways[number][0] for number in chosen],
        facts=[ways[number][1] for number in chosen],
        starts=starts,
        places=places[fresh],
        nodes=nodes,
        vertex_of=np.cumsum(fresh) - 1,
    )


def meeting_vertices(courses: Courses) -> NDArray[np.bool_]:
    """By vertex: does another vertex share a node with it, or its position on one level."""
    meets = np.zeros(len(courses.places), dtype=np.bool_)
    order = np.lexsort((courses.vertex_of, courses.nodes))
    node, vertex = courses.nodes[order], courses.vertex_of[order]
    again = np.zeros(len(node), dtype=np.bool_)
    again[1:] = (node[1:] == node[:-1]) & (vertex[1:] != vertex[:-1])
    first = np.r_[True, node[1:] != node[:-1]] if len(node) else again
    shared = np.logical_or.reduceat(again, np.flatnonzero(first)) if len(node) else again
    meets[vertex[np.repeat(shared, np.diff(np.r_[np.flatnonzero(first), len(node)]))]] = True

    words: dict[str, int] = {}
    level = np.array([words.setdefault(level_of(raw), len(words)) for raw in courses.ways], dtype=np.int64)
    level = np.repeat(level, np.diff(courses.starts))
    packed = packed_places(courses.places)
    order = np.lexsort((level, packed))
    same = (packed[order][1:] == packed[order][:-1]) & (level[order][1:] == level[order][:-1])
    meets[order[1:][same]] = True
    meets[order[:-1][same]] = True
    return meets


def packed_places(places: NDArray[np.int32]) -> NDArray[np.int64]:
    """Each position as one number, longitude before latitude."""
    wide = places.astype(np.int64)
    packed: NDArray[np.int64] = (wide[:, 0] << 32) + wide[:, 1]
    return packed


def obstacles_on(courses: Courses, at_nodes: Mapping[int, Obstacle], tally: Tally) -> dict[Arm, Obstacle]:
    """Which side of a node carries its obstacle.

    A gate drawn on a junction stands in the lesser road; where all are alike it stands in each of them, and
    between two stretches of one road it stands once.
    """
    arms: dict[int, list[Arm]] = {}
    for node, arm in _arms(courses, np.array(sorted(at_nodes), dtype=np.int64)):
        arms.setdefault(node, []).append(arm)
    tally.drop("barriers", "on no road", sum(1 for node in at_nodes if node not in arms))
    found: dict[Arm, Obstacle] = {}
    for node, meeting in sorted(arms.items()):
        rank = {arm: RANK[courses.facts[courses.way_of(arm[0])].road_class] for arm in meeting}
        lesser = [arm for arm in meeting if rank[arm] == max(rank.values())]
        chosen = lesser[-1:] if len(meeting) == 2 else lesser
        for arm in chosen:
            found[arm] = at_nodes[node]
        tally.take(
            f"barriers: {at_nodes[node].barrier}" if at_nodes[node].barrier else "fords and limits on a node"
        )
    return found


def _arms(courses: Courses, wanted: NDArray[np.int64]) -> Iterator[tuple[int, Arm]]:
    seen: set[tuple[int, int]] = set()
    for at in np.flatnonzero(np.isin(courses.nodes, wanted)).tolist():
        node, vertex = int(courses.nodes[at]), int(courses.vertex_of[at])
        if (node, vertex) in seen:
            continue
        seen.add((node, vertex))
        way = courses.way_of(vertex)
        if vertex > courses.starts[way]:
            yield node, (vertex, -1)
        if vertex < courses.starts[way + 1] - 1:
            yield node, (vertex, 1)


def level_of(raw: RawWay) -> str:
    """Roads that share a position without sharing a node meet only on one level."""
    if raw.tags.get("layer"):
        return raw.tags["layer"]
    if raw.tags.get("bridge", "no") != "no":
        return "1"
    return "-1" if raw.tags.get("tunnel", "no") != "no" else "0"
