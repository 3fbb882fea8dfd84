"""Travel times from many starts to many points at once, as a ranking tells them: driven, or walked at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_data.position import check_position
from routing.drives import drive_tree, drives
from routing.ends import Stops, along_edge, stops_around
from routing.fleet import Fleet, Squad
from routing.geometry import metres_between
from routing.last_metres import LastMetres, last_metres, no_last_metres
from routing.live import LiveRoads
from routing.nearest import off_network
from routing.onward import is_bound
from routing.passable import CLOSED
from routing.rank import arrival, furthest_walk, rank_times
from routing.reach import Start
from routing.search import Spread

MOST_TIMES = 25_000_000  # of starts × nodes kept at once, 16 bytes each
FEW_PIECES = 300


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
    hose_metres: NDArray[np.float64]
    setup_ms: NDArray[np.int64]
    without_water_ms: NDArray[np.int64]
    water: NDArray[np.bool_]

    @property
    def total_ms(self) -> NDArray[np.int64]:
        """Until water can be on the fire, or what its lack counts for, from when a unit rolls."""
        return self.travel_ms + self.on_foot_ms + self.setup_ms + self.without_water_ms


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
    called from the calling thread. Raises InputError as `rank` does.
    """
    fleet = Fleet(live, starts)
    shape = (len(starts), len(points))
    found = TravelMatrix(
        reachable=np.zeros(shape, dtype=np.bool_),
        by_road=np.zeros(shape, dtype=np.bool_),
        travel_ms=np.zeros(shape, dtype=np.int64),
        on_foot_ms=np.zeros(shape, dtype=np.int64),
        distance_metres=np.full(shape, np.nan),
        on_foot_metres=np.zeros(shape),
        hose_metres=np.zeros(shape),
        setup_ms=np.zeros(shape, dtype=np.int64),
        without_water_ms=np.zeros(shape, dtype=np.int64),
        water=np.zeros(shape, dtype=np.bool_),
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
        after = _last_metres(stops)
        found.reachable[here] = found.by_road[here] = arrived
        found.travel_ms[here] = np.where(arrived, drives_.total_ms - after.counted_ms, 0)
        for name, column in after._asdict().items():
            getattr(found, name)[here] = np.where(arrived, column, column.dtype.type(0))
        if drives_.metres is not None:
            found.distance_metres[here] = drives_.metres
        if code not in live.graph.turns:
            _walk_the_rest(live, squad, points, found, metres)
    _rank_one_by_one(live, starts, points, found, metres)
    return found


def _last_metres(stops: Sequence[Stops | None]) -> LastMetres:
    """By point: all stops of one point are the same place on the road. Nothing where there is none."""
    if not stops:
        return no_last_metres(0)
    none = no_last_metres(1)
    each = [none if one is None or len(one.node) == 0 else one.last for one in stops]
    return LastMetres(*(np.array([column[0] for column in columns]) for columns in zip(*each, strict=True)))


def _tell(progress: Callable[[int, int], None], before: int, rows: int, done: int, _: int) -> None:
    progress(before + done, rows)


def _arrival(live: LiveRoads, vehicle_class: str, lon: float, lat: float) -> Stops | None:
    """Where a class must drive to have reached a point, as a ranking has it; None: its roads end too far away."""
    lon, lat = float(lon), float(lat)
    check_position(lon, lat, "point")
    nearest = live.find_point(lon, lat, None, "point")
    if nearest is None:
        raise off_network(live.graph, lon, lat, "point")
    there = arrival(live, lon, lat, nearest, vehicle_class)
    return None if there is None else there.stops


def _walk_the_rest(
    live: LiveRoads,
    squad: Squad,
    points: Sequence[tuple[float, float]],
    found: TravelMatrix,
    metres: bool,
) -> None:
    """Who cannot drive to a point all the way goes to the stop with the shortest drive and walk, as in a ranking.

    One search from each of these starts; then every stop around a point is looked up in it.
    """
    vehicle = live.graph.vehicle_classes[squad.vehicle_class]
    missing = ~found.by_road[squad.members]
    bound = np.array([is_bound(vehicle, point) for point in squad.points], dtype=np.bool_)
    for block, among in _blocks(live, squad, np.flatnonzero(missing.any(axis=1) & ~bound)):
        rows = np.array(list(block), dtype=np.int64)
        trees = list(block.values())
        times = np.array([tree.time for tree in trees])
        for column in np.flatnonzero(missing[rows].any(axis=0)).tolist():
            nearest = live.find_point(*points[column], None, "point")
            assert nearest is not None  # every point has been found before
            furthest = furthest_walk(live, nearest)
            stops = stops_around(live, squad.vehicle_class, *points[column], furthest, among)
            late = missing[rows, column]
            for here, tree, total in zip(
                rows[late].tolist(),
                (tree for tree, is_late in zip(trees, late.tolist(), strict=True) if is_late),
                times[np.ix_(late, stops.node)].astype(np.int64) + stops.sources.cost,
                strict=True,
            ):
                row = int(squad.members[here])
                best = _best_stop(live, squad, here, points[column], stops, total, tree.metres)
                found.reachable[row, column] = best.last.on_foot_metres[best.at] <= furthest
                found.travel_ms[row, column] = best.total_ms - best.last.counted_ms[best.at]
                for name, values in best.last._asdict().items():
                    getattr(found, name)[row, column] = values[best.at]
                if metres:
                    found.distance_metres[row, column] = best.driven


def _blocks(
    live: LiveRoads, squad: Squad, rows: NDArray[np.int64]
) -> Iterator[tuple[dict[int, Spread], NDArray[np.int64] | None]]:
    """The drives of these rows to all nodes, as many at once as memory allows.

    Rows that are stuck on a few pieces come alone, with those pieces: no other is worth looking at for them.
    """
    graph, block = live.graph, dict[int, Spread]()
    for row in rows.tolist():
        tree = drive_tree(live, squad.vehicle_class, squad.points[row])
        reached = tree.time[graph.tail] < CLOSED
        pieces = np.flatnonzero(reached[0::2] | reached[1::2])
        if len(pieces) <= FEW_PIECES:
            own = squad.points[row].arc >> 1
            yield {row: tree}, np.union1d(pieces, [own] if own >= 0 else []).astype(np.int64)
            continue
        block[row] = tree
        if len(block) * graph.nodes >= MOST_TIMES:
            yield block, None
            block = {}
    if block:
        yield block, None


class _Best(NamedTuple):
    """`at`: its row among the last metres."""

    total_ms: int
    last: LastMetres
    at: int
    driven: float


def _best_stop(
    live: LiveRoads,
    squad: Squad,
    row: int,
    goal: tuple[float, float],
    stops: Stops,
    total: NDArray[np.int64],
    metres: NDArray[np.float64],
) -> _Best:
    """Going on from where it stands, else a stop on the piece it stands on, else the best of all stops."""
    graph, start = live.graph, squad.points[row]
    vehicle = graph.vehicle_classes[squad.vehicle_class]
    standing = last_metres(graph.rules, vehicle, np.array([metres_between(start.lon, start.lat, *goal)]))
    best = _Best(min(CLOSED - 1, int(standing.counted_ms[0])), standing, 0, 0.0)
    if start.node < 0 and start.arc >= 0:
        for stop in np.flatnonzero(stops.arc >> 1 == start.arc >> 1).tolist():
            arc, fraction = int(stops.arc[stop]), float(stops.fraction[stop])
            way = along_edge(live, squad.vehicle_class, start, arc, fraction)
            if way is not None and way[1] + stops.after_ms[stop] < best.total_ms:
                begin = start.fraction if start.arc == arc else 1.0 - start.fraction
                driven = abs(fraction - begin) * float(graph.length_metres[arc >> 1])
                best = _Best(way[1] + int(stops.after_ms[stop]), stops.last, stop, driven)
    if len(total):
        stop = int(total.argmin())
        if total[stop] < best.total_ms:
            arc = int(stops.arc[stop])
            beyond = float(stops.fraction[stop] * graph.length_metres[arc >> 1]) if arc >= 0 else 0.0
            driven = float(metres[stops.node[stop]]) + beyond
            best = _Best(int(total[stop]), stops.last, stop, driven)
    return best


def _rank_one_by_one(
    live: LiveRoads,
    starts: Sequence[Start],
    points: Sequence[tuple[float, float]],
    found: TravelMatrix,
    metres: bool,
) -> None:
    """Units under way that are bound to a direction, and the rest of those of classes that honour turn restrictions.

    Where they may turn, only a ranking knows.
    """
    graph, classes = live.graph, live.graph.vehicle_classes
    walks: NDArray[np.bool_] = np.any(~found.by_road, axis=1)
    rows = [
        row
        for row, start in enumerate(starts)
        if (start.at is not None and is_bound(classes[start.vehicle_class], start.at))
        or (walks[row] and start.vehicle_class in graph.turns)
    ]
    if not rows:
        return
    fleet = Fleet(live, [starts[row] for row in rows])
    for column, (lon, lat) in enumerate(points):
        ranking = rank_times(live, lon, lat, fleet, paths=metres)
        for number, row in enumerate(rows):
            reach = ranking.reach(number)
            found.reachable[row, column], found.by_road[row, column] = reach.reachable, reach.by_road
            found.travel_ms[row, column], found.on_foot_ms[row, column] = reach.travel_ms, reach.on_foot_ms
            found.on_foot_metres[row, column] = reach.on_foot_metres
            found.hose_metres[row, column] = reach.hose_metres
            found.setup_ms[row, column] = reach.setup_ms
            found.without_water_ms[row, column] = reach.without_water_ms
            found.water[row, column] = reach.water
            if metres:
                found.distance_metres[row, column] = reach.distance_metres
