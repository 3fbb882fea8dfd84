"""Cuts ways into pieces that meet only at their ends, with a metre of its own for every gate, post or ford node."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.osm.barrier import Obstacle
from gis_data.osm.courses import Courses, courses_of, meeting_vertices, obstacles_on
from gis_data.osm.raw import RawWay
from gis_data.osm.report import Tally
from gis_data.osm.way import WayFacts

Spot = tuple[int, int]  # lon, lat in whole 1e-7°
Line = NDArray[np.int32]  # rows of the same

METRES_PER_STEP = 111_195.0 / 1e7
BARRIER_METRES = 1.0
STUB_METRES = 1.0
AT_ONCE = 50_000  # spans that become geometries at a time


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """The `number`-th piece of a way; `line` is most often a view of the extract's own array."""

    way: int
    number: int
    facts: WayFacts
    barrier: str
    line: Line

    @property
    def id(self) -> str:
        return f"w{self.way}-{self.number}"

    @property
    def ends(self) -> tuple[Spot, Spot]:
        first, last = self.line[0].tolist(), self.line[-1].tolist()
        return (first[0], first[1]), (last[0], last[1])


def cut_ways(
    ways: Sequence[tuple[RawWay, WayFacts]], at_nodes: Mapping[int, Obstacle], tally: Tally
) -> list[Piece]:
    """All pieces in the order of the ways; numbered along each way: w123-0, w123-1 …"""
    courses = courses_of(ways, tally)
    marks = obstacles_on(courses, at_nodes, tally)
    cut = meeting_vertices(courses)
    cut[[vertex for vertex, _ in marks]] = True
    cut[courses.starts[:-1]] = True
    cut[courses.starts[1:] - 1] = True
    pieces: list[Piece] = []
    way, count = -1, 0
    for first, last in _open_spans(courses, np.flatnonzero(cut)):
        if first == courses.starts[way + 1]:
            way, count = way + 1, 0
        raw, facts = courses.ways[way], courses.facts[way]
        line = courses.places[first : last + 1]
        at_start, at_end = marks.get((first, 1)), marks.get((last, -1))
        if at_start is None and at_end is None:
            pieces.append(Piece(raw.id, count, facts, "", line))
            count += 1
            continue
        for part, obstacle in _with_barriers(_spots(line), at_start, at_end):
            barrier = obstacle.barrier if obstacle else ""
            row = np.array(part, dtype=np.int32)
            pieces.append(Piece(raw.id, count, _limited(facts, obstacle), barrier, row))
            count += 1
    return pieces


def metres_of(pieces: Sequence[Piece]) -> NDArray[np.float64]:
    """The length of each piece, as the crow would follow it."""
    if not pieces:
        return np.empty(0)
    last = np.cumsum([len(piece.line) for piece in pieces]) - 1
    steps = np.zeros(last[-1] + 1)
    steps[1:] = step_metres(np.concatenate([piece.line for piece in pieces]))
    steps[last[:-1] + 1] = 0.0  # from one piece to the next
    return np.asarray(np.add.reduceat(steps, np.r_[0, last[:-1] + 1]), dtype=np.float64)


def step_metres(line: Line) -> NDArray[np.float64]:
    """Metres from each row to the next."""
    wide = line.astype(np.float64)
    x = np.diff(wide[:, 0]) * np.cos(np.radians((wide[1:, 1] + wide[:-1, 1]) / 2e7))
    return np.asarray(np.hypot(x, np.diff(wide[:, 1])) * METRES_PER_STEP, dtype=np.float64)


def end_places(pieces: Sequence[Piece]) -> Line:
    """First and last position of each piece: (n × 2 × 2)."""
    return np.array([(piece.line[0], piece.line[-1]) for piece in pieces], dtype=np.int32).reshape(-1, 2, 2)


def _spots(line: Line) -> tuple[Spot, ...]:
    return tuple((x, y) for x, y in line.tolist())


def metres_along(line: Sequence[Spot]) -> float:
    return sum(_metres(a, b) for a, b in pairwise(line))


def _metres(a: Spot, b: Spot) -> float:
    x = (b[0] - a[0]) * math.cos(math.radians((a[1] + b[1]) / 2e7))
    return math.hypot(x, b[1] - a[1]) * METRES_PER_STEP


def _open_spans(courses: Courses, cuts: NDArray[np.int64]) -> Iterator[tuple[int, int]]:
    """Spans between cuts; one that comes back to its start or crosses itself is cut once more, and again."""
    first, last = cuts[:-1], cuts[1:]
    inside = ~np.isin(last, courses.starts)
    first, last = first[inside], last[inside]
    for begin in range(0, len(first), AT_ONCE):
        firsts, lasts = first[begin : begin + AT_ONCE], last[begin : begin + AT_ONCE]
        tangled = _tangled(courses.places, firsts, lasts)
        for one, other, bad in zip(firsts.tolist(), lasts.tolist(), tangled.tolist(), strict=True):
            if not bad:
                yield one, other
                continue
            spots = _spots(courses.places[one : other + 1])
            for a, b in _simple_spans(spots, 0, other - one):
                yield one + a, one + b


def _tangled(places: Line, first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which spans end where they began, or cross themselves."""
    bent = np.flatnonzero(last - first >= 2)
    tangled = np.zeros(len(first), dtype=np.bool_)
    if len(bent):
        count = last[bent] - first[bent] + 1
        number = np.repeat(np.arange(len(bent)), count)
        within = np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count)
        lines = shapely.linestrings(places[first[bent][number] + within].astype(np.float64), indices=number)
        tangled[bent] = ~shapely.is_simple(lines) | (places[first[bent]] == places[last[bent]]).all(axis=1)
    return tangled


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
