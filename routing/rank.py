"""How long every unit needs to an alarm, each with its own vehicle class, exactly; ties go to the earlier unit.

A unit rolls when it is ready (`Start.ready_ms`, its turnout): what is ranked is ready + drive + last metres.

Each class has its own *alarm point*: the nearest point of a road that the class can use now, provided it lies at most
`at_scene_metres` farther from the alarm than the nearest road of any kind. A unit that can drive there arrives
`by_road`, and its time is the shortest drive. Any other unit drives to the stop from which drive and last metres are
shortest, so that a closure that cuts the alarm off still leaves each unit its best stop. Stops are all nodes that the
class can drive to, the nearest point to the alarm of every piece open to it, and the place where the unit stands, if
no more than `longest_walk_metres` is left to walk (and what everybody walks from the nearest road). A unit without
any is not `reachable`, and its answer is the walk from where it stands. The last metres, by hose or on foot, are in
`routing.last_metres`: what is ranked is the time until water can be on the fire.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from routing.drive import Drive
from routing.ends import Arrival, one_stop, stops_around
from routing.fleet import Division, Fleet, Squad
from routing.geometry import metres_between
from routing.hierarchy import is_worth
from routing.last_metres import common_metres
from routing.live import REMEMBERED_POINTS, UNASKED, LiveRoads
from routing.nearest import off_network
from routing.overlay import positions_in
from routing.passable import CLOSED
from routing.path import Path, path_of
from routing.point import EdgePoint
from routing.ranking import Ranking
from routing.reach import Hindrance, Reach, Start
from routing.roads_of import RoadsOf

FIRST_WALK_METRES = (
    2500.0  # looked at first for those who cannot drive up; it is doubled while that may bring more
)

__all__ = ["Fleet", "Path", "Ranking", "Reach", "Start", "path_of", "rank", "rank_times"]


@overload
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start] | Fleet, *, k: None = None
) -> tuple[Reach, ...]: ...
@overload
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start] | Fleet, *, k: int
) -> tuple[Reach | None, ...]: ...
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start] | Fleet, *, k: int | None = None
) -> tuple[Reach | None, ...]:
    """A reach for each start, in their order; with `k`, for the best k by `total_ms` and None for the others.

    `lon`, `lat` in WGS-84 degrees. Raises InputError for a position that is none, that no road is near to, and for an
    unknown vehicle class, and for a `k` below 1. A `Fleet` made once saves snapping its units again for every alarm.
    """
    fleet = starts.on(live) if isinstance(starts, Fleet) else Fleet(live, starts)
    found = rank_times(live, lon, lat, fleet, k=k)
    reached: list[Reach | None] = [None] * len(fleet)
    asked = found.best(k)
    hindrances = Hindrances(live, lon, lat, fleet, asked)
    for number in asked:
        reached[number] = hindrances.told(found.reach(number), number)
    return tuple(reached)


def rank_times(
    live: LiveRoads, lon: float, lat: float, fleet: Fleet, *, k: int | None = None, paths: bool = True
) -> Ranking:
    """The times of all units, or of the best k; without `paths` the reaches it gives know no arcs and no metres.

    One search a class. With `k` they share a bound: once k units are known, no search goes on beyond the k-th of them.
    """
    if k is not None and k < 1:
        raise InputError("k", f"the best {k} units cannot be told", "give 1 or more")
    lon, lat = float(lon), float(lat)
    nearest = live.find_point(lon, lat, None, "alarm")
    if nearest is None:
        raise off_network(live.graph, lon, lat, "alarm")
    fleet = fleet.on(live)
    ranking = Ranking(len(fleet))
    for vehicle_class, division in fleet.divisions.items():
        _rank_class(ranking, live, lon, lat, nearest, vehicle_class, division, k, paths)
    return ranking


def _rank_class(
    ranking: Ranking,
    live: LiveRoads,
    lon: float,
    lat: float,
    nearest: EdgePoint,
    vehicle_class: str,
    division: Division,
    k: int | None,
    paths: bool,
) -> None:
    """The answers of one class; with `k`, none for units that are surely not among the best k of all."""
    left = division.everyone
    there = arrival(live, lon, lat, nearest, vehicle_class)
    if there is not None:
        if k is not None and there.from_main:
            left = division.rest
            if len(division.sure):
                limit = min(ranking.bound_ms(k), CLOSED)
                far = is_worth(live, vehicle_class, k, len(division.sure))
                climb = live.hierarchy if far else None
                drive = Drive(division.sure, there.stops, None, k, limit, paths, climb)
                ranking.add(drive, drive.arrived, there.point)
            if len(left):
                left = _in_doubt(ranking, live, lon, lat, nearest, there, left, k, paths)
        if len(left):
            far = is_worth(live, vehicle_class, len(left), len(left))
            drive = Drive(left, there.stops, paths=paths, hierarchy=live.hierarchy if far else None)
            ranking.add(drive, drive.arrived, there.point)
            if len(drive.arrived) == len(left):
                return
            missed = np.ones(len(left), dtype=np.bool_)
            missed[drive.arrived] = False
            if (
                far
            ):  # a hierarchy has what is above the whole squad, and would have to find it for some of it anew
                _walk_in(ranking, live, lon, lat, nearest, left, np.flatnonzero(missed), paths)
                return
            left = left.among(np.flatnonzero(missed))
    if len(left):
        _walk_in(ranking, live, lon, lat, nearest, left, np.arange(len(left)), paths)


def _walk_in(
    ranking: Ranking,
    live: LiveRoads,
    lon: float,
    lat: float,
    nearest: EdgePoint,
    squad: Squad,
    rows: NDArray[np.int64],
    paths: bool,
) -> None:
    """The answers of those of a squad that cannot drive up: the best stop of each, and what is left on foot."""
    furthest = furthest_walk(live, nearest)
    standing = np.array([metres_between(point.lon, point.lat, lon, lat) for point in squad.points])
    far = is_worth(live, squad.vehicle_class, len(squad), len(squad))
    climb = live.hierarchy if far else None
    walked = furthest if climb is None else min(furthest, FIRST_WALK_METRES)
    while True:
        around = stops_around(live, squad.vehicle_class, lon, lat, walked)
        walk = Drive(squad, around, standing, paths=paths, hierarchy=climb)
        # Nobody is sooner from a stop from which the walk alone takes as long as what was found for the last of them.
        longest_ms = int((walk.times - squad.ready_ms)[rows].max())
        needed = min(furthest, longest_ms * live.graph.rules.walk_kmh / 3600.0 + 1.0)
        if needed <= walked:
            break
        walked = min(needed, 2.0 * walked)
    ranking.add(walk, rows if climb is not None else walk.arrived, None, furthest)


def _in_doubt(
    ranking: Ranking,
    live: LiveRoads,
    lon: float,
    lat: float,
    nearest: EdgePoint,
    there: Arrival,
    squad: Squad,
    k: int,
    paths: bool,
) -> Squad:
    """Rank those of units that may be cut off which are among the best k by road; who is left, is still to be ranked.

    Whoever is not met within the bound drives longer, or not at all: only a unit that could walk in sooner from some
    stop has to be told apart, and a walk within the bound is short.
    """
    rules = live.graph.rules
    drive = Drive(squad, there.stops, None, k, min(ranking.bound_ms(k), CLOSED), paths)
    ranking.add(drive, drive.arrived, there.point)
    missed = np.ones(len(squad), dtype=np.bool_)
    missed[drive.arrived] = False
    bound = ranking.bound_ms(k)
    if bound >= CLOSED or not missed.any():
        return squad.among(np.flatnonzero(missed))
    left = squad.among(np.flatnonzero(missed))
    walked = bound * rules.walk_kmh / 3600.0 + 1.0  # the rest of a millisecond
    around = stops_around(live, squad.vehicle_class, lon, lat, min(furthest_walk(live, nearest), walked))
    standing = np.array([metres_between(point.lon, point.lat, lon, lat) for point in left.points])
    sooner = Drive(left, around, standing, limit_ms=bound, paths=False)
    return left.among(np.sort(sooner.arrived[sooner.times[sooner.arrived] <= bound]))


def furthest_walk(live: LiveRoads, nearest: EdgePoint) -> float:
    """How many metres on foot still count as reaching an alarm, with what everybody walks from the nearest road."""
    rules = live.graph.rules
    return rules.longest_walk_metres + common_metres(rules, nearest.off_road_metres)


def arrival(
    live: LiveRoads, lon: float, lat: float, nearest: EdgePoint, vehicle_class: str
) -> Arrival | None:
    """How a class reaches the alarm by road, remembered; None where its roads end too far from it."""
    key = (lon, lat, vehicle_class)
    known: Arrival | None = live.arrivals.get(key, UNASKED)  # one step: another thread may clear between two
    if known is not UNASKED:
        return known
    point = alarm_point(live, lon, lat, nearest, vehicle_class)
    found = None
    if point is not None:
        stops = one_stop(live, vehicle_class, point, (lon, lat))
        found = Arrival(point, stops, RoadsOf(live, vehicle_class).comes_out(stops.sources))
    if len(live.arrivals) >= REMEMBERED_POINTS:
        live.arrivals.clear()
    live.arrivals[key] = found
    return found


def alarm_point(
    live: LiveRoads, lon: float, lat: float, nearest: EdgePoint, vehicle_class: str
) -> EdgePoint | None:
    """Where a class must drive to have reached the alarm; None where its roads end too far from it."""
    point = live.find_point(lon, lat, vehicle_class, "alarm")
    if point is None:
        return None
    far = nearest.off_road_metres + live.graph.rules.at_scene_metres
    return point if point.off_road_metres <= far else None


class Hindrances:
    """What it costs these units that the roads are not free, found by ranking them once more as if they were."""

    def __init__(self, live: LiveRoads, lon: float, lat: float, fleet: Fleet, numbers: Iterable[int]) -> None:
        self._live, self._starts = live, fleet.starts
        hindered = [
            number
            for number in (sorted(numbers) if live.touched else ())
            if fleet.starts[number].vehicle_class in live.touched
        ]
        self._row_of = {number: row for row, number in enumerate(hindered)}
        if hindered:
            # The roads remember the whole fleet; some of it would be found on them anew.
            if len(hindered) == len(fleet):
                those = fleet.unhindered
            else:
                those = Fleet(live.unhindered, [fleet.starts[number] for number in hindered])
            self._freely = rank_times(live.unhindered, lon, lat, those)
            self._free_ms = self._freely.total_ms

    def told(self, reach: Reach, number: int) -> Reach:
        """With what lies on the way the unit would take without conditions, if it is later for it."""
        row = self._row_of.get(number)
        delay_ms = 0 if row is None else reach.total_ms - int(self._free_ms[row])
        if row is None or delay_ms <= 0:
            return reach
        driven = self._freely.reach(row).arcs.astype(np.int64) >> 1
        pieces = np.unique(driven)
        lying = []
        for condition, meant in self._live.touched[self._starts[number].vehicle_class].pieces_of.items():
            hit = pieces[positions_in(pieces, meant)]
            if len(hit):
                lying.append(Hindrance(condition.id, tuple(driven[np.isin(driven, hit)].tolist())))
        return replace(reach, hindrances=tuple(lying), delay_ms=delay_ms if lying else 0)
