"""Cuts ways into pieces that meet only at their ends, with a metre of its own for every gate, post or ford node."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import shapely

from gis_data.osm.barrier import Obstacle
from gis_data.osm.raw import RawWay
from gis_data.osm.report import Tally
from gis_data.osm.way import RANK, WayFacts

Spot = tuple[int, int]  # lon, lat in whole 1e-7°

METRES_PER_STEP = 111_195.0 / 1e7
BARRIER_METRES = 1.0
STUB_METRES = 1.0


@dataclass(frozen=True, slots=True)
class Piece:
    id: str
    way: int
    facts: WayFacts
    barrier: str
    line: tuple[Spot, ...]

    @property
    def ends(self) -> tuple[Spot, Spot]:
        return self.line[0], self.line[-1]


@dataclass(frozen=True, slots=True)
class _Way:
    """A way without repeated points. `cuts` are the vertices where it must end."""

    raw: RawWay
    facts: WayFacts
    nodes: tuple[tuple[int, ...], ...]  # all node ids at that vertex
    line: tuple[Spot, ...]
    level: str  # roads that share a position without sharing a node meet only on one level


def cut_ways(
    ways: Sequence[tuple[RawWay, WayFacts]], at_nodes: Mapping[int, Obstacle], tally: Tally
) -> list[Piece]:
    """All pieces in the order of the ways; numbered along each way: w123-0, w123-1 …"""
    clean = [way for way in (_without_repeats(raw, facts, tally) for raw, facts in ways) if way]
    uses = Counter(node for way in clean for vertex in way.nodes for node in vertex)
    stacked = Counter((spot, way.level) for way in clean for spot in way.line)
    marks = _marks(clean, at_nodes, tally)
    pieces: list[Piece] = []
    for number, way in enumerate(clean):
        cuts = [
            vertex
            for vertex, nodes in enumerate(way.nodes)
            if vertex in (0, len(way.line) - 1)
            or any(uses[node] > 1 for node in nodes)
            or stacked[way.line[vertex], way.level] > 1
            or (number, vertex, 1) in marks
            or (number, vertex, -1) in marks
        ]
        count = 0
        for first, last in _open_spans(way.line, cuts):
            parts = _with_barriers(
                way.line[first : last + 1], marks.get((number, first, 1)), marks.get((number, last, -1))
            )
            for line, obstacle in parts:
                facts = _limited(way.facts, obstacle)
                barrier = obstacle.barrier if obstacle else ""
                pieces.append(Piece(f"w{way.raw.id}-{count}", way.raw.id, facts, barrier, line))
                count += 1
    return pieces


def metres_along(line: Sequence[Spot]) -> float:
    return sum(_metres(a, b) for a, b in pairwise(line))


def _metres(a: Spot, b: Spot) -> float:
    x = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2e7))
    return math.hypot(x, b[1] - a[1]) * METRES_PER_STEP


def _without_repeats(raw: RawWay, facts: WayFacts, tally: Tally) -> _Way | None:
    nodes: list[tuple[int, ...]] = []
    line: list[Spot] = []
    for node, spot in zip(raw.nodes, raw.places, strict=True):
        if line and line[-1] == spot:
            if node not in nodes[-1]:
                nodes[-1] = (*nodes[-1], node)
            tally.drop("road vertices", "repeats the one before")
            continue
        nodes.append((node,))
        line.append(spot)
    if len(line) < 2:
        tally.drop("roads", "has no length")
        return None
    return _Way(raw, facts, tuple(nodes), tuple(line), _level(raw))


def _level(raw: RawWay) -> str:
    if raw.tags.get("layer"):
        return raw.tags["layer"]
    if raw.tags.get("bridge", "no") != "no":
        return "1"
    return "-1" if raw.tags.get("tunnel", "no") != "no" else "0"


Arm = tuple[int, int, int]  # way, vertex, direction along the way (1 or -1)


def _marks(ways: Sequence[_Way], at_nodes: Mapping[int, Obstacle], tally: Tally) -> dict[Arm, Obstacle]:
    """Which side of a node carries its obstacle.

    A gate drawn on a junction stands in the lesser road; where all are alike it stands in each of them, and
    between two stretches of one road it stands once.
    """
    arms: dict[int, list[Arm]] = {}
    for number, way in enumerate(ways):
        for vertex, nodes in enumerate(way.nodes):
            for node in nodes:
                if node not in at_nodes:
                    continue
                if vertex > 0:
                    arms.setdefault(node, []).append((number, vertex, -1))
                if vertex < len(way.line) - 1:
                    arms.setdefault(node, []).append((number, vertex, 1))
    tally.drop("barriers", "on no road", sum(1 for node in at_nodes if node not in arms))
    found: dict[Arm, Obstacle] = {}
    for node, meeting in sorted(arms.items()):
        worst = max(RANK[ways[arm[0]].facts.road_class] for arm in meeting)
        lesser = [arm for arm in meeting if RANK[ways[arm[0]].facts.road_class] == worst]
        chosen = lesser[-1:] if len(meeting) == 2 else lesser
        for arm in chosen:
            found[arm] = at_nodes[node]
        tally.take(
            f"barriers: {at_nodes[node].barrier}" if at_nodes[node].barrier else "fords and limits on a node"
        )
    return found


def _open_spans(line: Sequence[Spot], cuts: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Spans between cuts; one that comes back to its start or crosses itself is cut once more, and again."""
    for first, last in pairwise(cuts):
        yield from _simple_spans(line, first, last)


def _simple_spans(line: Sequence[Spot], first: int, last: int) -> Iterator[tuple[int, int]]:
    closed = line[first] == line[last]
    if last - first < 2 or not (closed or _crosses_itself(line[first : last + 1])):
        yield first, last
        return
    middle = (first + last) // 2
    if closed:
        middle = max(range(first + 1, last), key=lambda vertex: (_metres(line[first], line[vertex]), -vertex))
    yield from _simple_spans(line, first, middle)
    yield from _simple_spans(line, middle, last)


def _crosses_itself(line: Sequence[Spot]) -> bool:
    return len(line) > 2 and not shapely.LineString(line).is_simple


def _with_barriers(
    line: tuple[Spot, ...], at_start: Obstacle | None, at_end: Obstacle | None
) -> list[tuple[tuple[Spot, ...], Obstacle | None]]:
    if at_start is None and at_end is None:
        return [(line, None)]
    both = at_start is not None and at_end is not None
    if metres_along(line) <= BARRIER_METRES * (2.5 if both else 1.5):
        return [(line, at_start or at_end)]
    parts: list[tuple[tuple[Spot, ...], Obstacle | None]] = []
    rest = line
    if at_start is not None:
        near, rest = _split_after(rest, BARRIER_METRES)
        parts.append((near, at_start))
    if at_end is None:
        parts.append((rest, None))
        return parts
    near, rest = _split_after(rest[::-1], BARRIER_METRES)
    parts.append((rest[::-1], None))
    parts.append((near[::-1], at_end))
    return parts


def _split_after(line: tuple[Spot, ...], metres: float) -> tuple[tuple[Spot, ...], tuple[Spot, ...]]:
    """The first `metres` of a longer line and the rest of it, sharing one point."""
    left = metres
    for index, (a, b) in enumerate(pairwise(line)):
        step = _metres(a, b)
        if step >= left:
            share = left / step
            point = (round(a[0] + (b[0] - a[0]) * share), round(a[1] + (b[1] - a[1]) * share))
            if point in (a, b):
                point, index = b, index + 1
                return line[: index + 1], line[index:]
            return (*line[: index + 1], point), (point, *line[index + 1 :])
        left -= step
    raise ValueError("the line is shorter than the part to be cut off")


def _limited(facts: WayFacts, obstacle: Obstacle | None) -> WayFacts:
    if obstacle is None:
        return facts
    return replace(
        facts,
        ford=facts.ford or obstacle.ford,
        width_metres=_less(facts.width_metres, obstacle.width_metres),
        maxheight_metres=_less(facts.maxheight_metres, obstacle.maxheight_metres),
        maxweight_tonnes=_less(facts.maxweight_tonnes, obstacle.maxweight_tonnes),
    )


def _less(one: float, other: float) -> float:
    return other if not one <= other and other == other else one
