"""The drives from many points to many stops: one search a row, from whichever side is the smaller, in threads."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.ends import Stops, along_edge, entries
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import EdgePoint
from routing.roads_of import RoadsOf, outbound
from routing.search import Sources, Spread, Targets, spread

NO_NUMBERS: NDArray[np.int64] = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Drives:
    """Rows are starts, columns ends: milliseconds of drive and walk (`CLOSED`: no way), and metres driven if asked."""

    total_ms: NDArray[np.int64]
    metres: NDArray[np.float64] | None


def drives(
    live: LiveRoads,
    vehicle_class: str,
    starts: Sequence[EdgePoint],
    stops: Sequence[Stops | None],
    *,
    metres: bool = False,
    threads: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> Drives:
    """The shortest drive and walk from every start to each set of stops (None: it has none), exact to the ms.

    Searches forward from the starts or backward from the stops, whichever are fewer, in as many threads as there are
    processors: the compiled search lets go of the interpreter's lock.
    """
    direct, direct_metres = _inside_one_piece(live, vehicle_class, starts, stops)
    froms, tos = _leaving(live, vehicle_class, starts), _arriving(live, stops)
    forward = len(starts) <= len(stops)
    roads = RoadsOf(live, vehicle_class, forward=forward)
    rows, columns = (froms, tos) if forward else (tos, froms)
    count, width = (len(starts), len(stops)) if forward else (len(stops), len(starts))
    total = np.empty((count, width), dtype=np.int64)
    driven = np.full((count, width), np.nan) if metres else None

    def search(row: int) -> None:
        near = direct[row] if forward else direct[:, row]
        first, last = np.searchsorted(rows.of, (row, row + 1))
        sources = Sources(rows.node[first:last], rows.cost[first:last], rows.arc[first:last])
        targets = Targets(columns.node, columns.cost, columns.arc, columns.of, np.ascontiguousarray(near))
        found = roads.find(sources, targets, best=width, paths=metres)
        total[row] = found.time
        if driven is not None:
            by_graph = found.entry >= 0
            cut = np.zeros(width)
            cut[by_graph] = (
                rows.undriven[first:last][found.source[by_graph]] + columns.undriven[found.entry[by_graph]]
            )
            inside = direct_metres[row] if forward else direct_metres[:, row]
            driven[row] = np.where(by_graph, found.metres - cut, inside)

    with ThreadPoolExecutor(max(1, min(threads or os.cpu_count() or 1, count))) as pool:
        for done, _ in enumerate(pool.map(search, range(count))):
            progress(done + 1, count)
    if forward:
        return Drives(total, driven)
    return Drives(np.ascontiguousarray(total.T), None if driven is None else np.ascontiguousarray(driven.T))


@dataclass(frozen=True, slots=True)
class _Side:
    """Where drives begin or end, as columns, ascending by the start or end they are `of`.

    `undriven` is how many metres of the partial arc are not part of the drive.
    """

    node: NDArray[np.int64]
    cost: NDArray[np.int64]
    arc: NDArray[np.int64]
    of: NDArray[np.int64]
    undriven: NDArray[np.float64]


def _leaving(live: LiveRoads, vehicle_class: str, starts: Sequence[EdgePoint]) -> _Side:
    out = entries(live, vehicle_class, starts, np.full(len(starts), CLOSED, dtype=np.int64))
    same = np.array([point.arc for point in starts], dtype=np.int64)[out.target] == out.arc
    at = np.array([point.fraction for point in starts], dtype=np.float64)[out.target]
    gone = np.where(same, at, 1.0 - at)
    length = live.graph.length_metres[out.arc >> 1]
    return _Side(out.node, out.cost, out.arc, out.target, np.where(out.arc >= 0, gone * length, 0.0))


def _arriving(live: LiveRoads, stops: Sequence[Stops | None]) -> _Side:
    some = [(number, one) for number, one in enumerate(stops) if one is not None]
    whole = np.concatenate([NO_NUMBERS, *(one.arc for _, one in some)])
    left = 1.0 - np.concatenate([NO_NUMBERS.astype(np.float64), *(one.fraction for _, one in some)])
    return _Side(
        node=np.concatenate([NO_NUMBERS, *(one.node for _, one in some)]),
        cost=np.concatenate([NO_NUMBERS, *(one.sources.cost for _, one in some)]),
        arc=whole,
        of=np.concatenate([NO_NUMBERS, *(np.full(len(one.node), number) for number, one in some)]),
        undriven=np.where(whole >= 0, left * live.graph.length_metres[whole >> 1], 0.0),
    )


def _inside_one_piece(
    live: LiveRoads, vehicle_class: str, starts: Sequence[EdgePoint], stops: Sequence[Stops | None]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """What a drive costs that never meets a node, and how long it is; `CLOSED` where there is none."""
    times = np.full((len(starts), len(stops)), CLOSED, dtype=np.int64)
    lengths = np.full((len(starts), len(stops)), np.nan)
    on_piece: dict[int, list[tuple[int, int, float, int]]] = {}
    for column, one in enumerate(stops):
        if one is not None:
            ways = zip(one.arc.tolist(), one.fraction.tolist(), one.after_ms.tolist(), strict=True)
            for arc, fraction, walk in ways:
                if arc >= 0:
                    on_piece.setdefault(arc >> 1, []).append((column, arc, fraction, walk))
    for row, start in enumerate(starts):
        if start.node >= 0 or start.arc < 0:
            continue
        for column, arc, fraction, walk in on_piece.get(start.arc >> 1, ()):
            way = along_edge(live, vehicle_class, start, arc, fraction)
            if way is not None and way[1] + walk < times[row, column]:
                begin = start.fraction if start.arc == arc else 1.0 - start.fraction
                times[row, column] = way[1] + walk
                lengths[row, column] = abs(fraction - begin) * live.graph.length_metres[arc >> 1]
    return times, lengths


def drive_tree(live: LiveRoads, vehicle_class: str, start: EdgePoint) -> Spread:
    """The drives from one point to every node, of a class that waives turn restrictions.

    None of a unit that is bound to a direction.
    """
    side = _leaving(live, vehicle_class, [start])
    sources = Sources(side.node, side.cost, side.arc)
    driven = np.where(side.arc >= 0, live.graph.length_metres[side.arc >> 1] - side.undriven, 0.0)
    return spread(live.graph, outbound(live, vehicle_class), sources, CLOSED - 1, driven)
