"""Travel times from many starts to many points at once: one search a row, from whichever side is the smaller."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from numpy.typing import NDArray

from gis_data.position import check_position
from routing.coverage import outbound
from routing.ends import Stops, along_edge, entries
from routing.fleet import Fleet
from routing.live import LiveRoads
from routing.nearest import off_network
from routing.passable import CLOSED
from routing.point import EdgePoint
from routing.rank import arrival, rank_times
from routing.reach import Start
from routing.search import Sources, Targets, find


@dataclass(frozen=True, slots=True)
class Drives:
    """Rows are starts, columns ends: milliseconds of drive and walk (`CLOSED`: no way), and metres driven if asked."""

    total_ms: NDArray[np.int64]
    metres: NDArray[np.float64] | None


@dataclass(frozen=True, slots=True)
class TravelMatrix:
    """Rows are starts, columns points; every cell says what `routing.rank` says about that start and that point.

    Where two ways take the same milliseconds, `distance_metres` may be those of the other one.
    """

    reachable: NDArray[np.bool_]
    by_road: NDArray[np.bool_]
    travel_ms: NDArray[np.int64]
    on_foot_ms: NDArray[np.int64]
    distance_metres: NDArray[np.float64]
    on_foot_metres: NDArray[np.float64]

    @property
    def total_ms(self) -> NDArray[np.int64]:
        return self.travel_ms + self.on_foot_ms


def travel_matrix(
    live: LiveRoads,
    starts: Sequence[Start],
    points: Sequence[tuple[float, float]],
    *,
    metres: bool = True,
    threads: int | None = None,
    progress: Callable[[int, int], None] = lambda done, of: None,
) -> TravelMatrix:
    """How long every start takes to every point, (lon, lat) in WGS-84 degrees; starts may be of several classes.

    Without `metres`, `distance_metres` is NaN and the searches are faster. `progress` counts searches, and is
    called from the calling thread. Units under way count as standing where they are: a table of times does not ask
    which way a unit looks. Raises InputError as `rank` does.
    """
    starts = [_at_rest(start) for start in starts]
    fleet = Fleet(live, starts)
    shape = (len(starts), len(points))
    found = TravelMatrix(
        reachable=np.zeros(shape, dtype=np.bool_),
        by_road=np.zeros(shape, dtype=np.bool_),
        travel_ms=np.zeros(shape, dtype=np.int64),
        on_foot_ms=np.zeros(shape, dtype=np.int64),
        distance_metres=np.full(shape, np.nan),
        on_foot_metres=np.zeros(shape),
    )
    rows = sum(min(len(one.everyone), len(points)) for one in fleet.divisions.values())
    searched = 0
    for code, division in fleet.divisions.items():
        stops = [_arrival(live, code, lon, lat) for lon, lat in points]
        squad = division.everyone
        told = partial(_tell, progress, searched, rows)
        drives_ = drives(live, code, squad.points, stops, metres=metres, threads=threads, progress=told)
        searched += min(len(squad), len(points))
        here = np.ix_(squad.members, np.arange(len(points)))
        arrived = drives_.total_ms < CLOSED
        walk_ms = np.array([0 if s is None else int(s.walk_ms.max(initial=0)) for s in stops], dtype=np.int64)
        walked = np.array([0.0 if s is None else float(s.walk_metres.max(initial=0.0)) for s in stops])
        found.reachable[here] = found.by_road[here] = arrived
        found.travel_ms[here] = np.where(arrived, drives_.total_ms - walk_ms, 0)
        found.on_foot_ms[here] = np.where(arrived, walk_ms, 0)
        found.on_foot_metres[here] = np.where(arrived, walked, 0.0)
        if drives_.metres is not None:
            found.distance_metres[here] = drives_.metres
    _rank_the_rest(live, starts, points, found, metres)
    return found


def _at_rest(start: Start) -> Start:
    return replace(start, at=replace(start.at, directed=False)) if start.at is not None else start


def _tell(progress: Callable[[int, int], None], before: int, rows: int, done: int, _: int) -> None:
    progress(before + done, rows)


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
    weights = outbound(live, vehicle_class) if forward else live.weights(vehicle_class)
    rows, columns = (froms, tos) if forward else (tos, froms)
    count, width = (len(starts), len(stops)) if forward else (len(stops), len(starts))
    total = np.empty((count, width), dtype=np.int64)
    driven = np.full((count, width), np.nan) if metres else None

    def search(row: int) -> None:
        near = direct[row] if forward else direct[:, row]
        first, last = np.searchsorted(rows.of, (row, row + 1))
        sources = Sources(rows.node[first:last], rows.cost[first:last], rows.arc[first:last])
        targets = Targets(columns.node, columns.cost, columns.arc, columns.of, np.ascontiguousarray(near))
        found = find(live.graph, weights, sources, targets, best=width, paths=metres)
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
        cost=np.concatenate([NO_NUMBERS, *(one.drive_ms + one.walk_ms for _, one in some)]),
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
            ways = zip(one.arc.tolist(), one.fraction.tolist(), one.walk_ms.tolist(), strict=True)
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


def _arrival(live: LiveRoads, vehicle_class: str, lon: float, lat: float) -> Stops | None:
    """Where a class must drive to have reached a point, as a ranking has it; None: its roads end too far away."""
    lon, lat = float(lon), float(lat)
    check_position(lon, lat, "point")
    nearest = live.find_point(lon, lat, None, "point")
    if nearest is None:
        raise off_network(live.graph, lon, lat, "point")
    there = arrival(live, lon, lat, nearest, vehicle_class)
    return None if there is None else there.stops


def _rank_the_rest(
    live: LiveRoads,
    starts: Sequence[Start],
    points: Sequence[tuple[float, float]],
    found: TravelMatrix,
    metres: bool,
) -> None:
    """Rank again who cannot drive to a point all the way: seldom many, and each has its own best stop.

    A unit under way that is bound to a direction is among them: where it may turn, only a ranking knows.
    """
    fleets: dict[bytes, tuple[NDArray[np.int64], Fleet]] = {}
    for column in np.flatnonzero(~found.by_road.all(axis=0)).tolist():
        missing = ~found.by_road[:, column]
        if missing.tobytes() not in fleets:
            rows = np.flatnonzero(missing)
            fleets[missing.tobytes()] = rows, Fleet(live, [starts[row] for row in rows.tolist()])
        rows, fleet = fleets[missing.tobytes()]
        ranking = rank_times(live, *points[column], fleet, paths=metres)
        for number, row in enumerate(rows.tolist()):
            reach = ranking.reach(number)
            found.reachable[row, column] = reach.reachable
            found.by_road[row, column] = reach.by_road
            found.travel_ms[row, column] = reach.travel_ms
            found.on_foot_ms[row, column] = reach.on_foot_ms
            found.on_foot_metres[row, column] = reach.on_foot_metres
            if metres:
                found.distance_metres[row, column] = reach.distance_metres


NO_NUMBERS: NDArray[np.int64] = np.empty(0, dtype=np.int64)
