"""How long every unit needs to an alarm, each with its own vehicle class, exactly; ties go to the earlier unit.

Each class has its own *alarm point*: the nearest point of a road that the class can use now, provided it lies at most
`at_scene_metres` farther from the alarm than the nearest road of any kind. A unit that can drive there arrives
`by_road`, and its time is the shortest drive. Any other unit drives to the stop from which drive plus walk is
shortest, so that a closure that cuts the alarm off still leaves each unit its best stop. Stops are all nodes that the
class can drive to, the nearest point to the alarm of every piece open to it, and the place where the unit stands, if
no more than `longest_walk_metres` is left to walk (and what everybody walks from the nearest road). A unit without
any is not `reachable`, and its answer is the walk from where it stands. What is left on foot is the air distance ×
`walk_detour`, at `walk_kmh`, and nothing within `at_scene_metres` (all in `DrivingRules`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import overload

import numpy as np

from gis_data.crs import check_position
from routing.drive import Drive
from routing.ends import air_metres, entries, one_stop, stops_around
from routing.geometry import metres_between
from routing.live import LiveRoads
from routing.nearest import off_network
from routing.path import Path, path_of
from routing.point import NO_ARC, EdgePoint
from routing.reach import Reach, Start

__all__ = ["Path", "Reach", "Start", "path_of", "rank"]


@overload
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start], *, k: None = None
) -> tuple[Reach, ...]: ...
@overload
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start], *, k: int
) -> tuple[Reach | None, ...]: ...
def rank(
    live: LiveRoads, lon: float, lat: float, starts: Sequence[Start], *, k: int | None = None
) -> tuple[Reach | None, ...]:
    """A reach for each start, in their order; with `k`, for the best k by `total_ms` and None for the others."""
    lon, lat = float(lon), float(lat)
    check_position(lon, lat, "alarm")
    nearest = live.find_point(lon, lat, None, "alarm")
    if nearest is None:
        raise off_network(live.graph, lon, lat, "alarm")
    by_class: dict[str, list[int]] = {}
    for index, start in enumerate(starts):
        live.graph.require_class(start.vehicle_class)
        by_class.setdefault(start.vehicle_class, []).append(index)
    reached: list[Reach | None] = [None] * len(starts)
    for vehicle_class, members in by_class.items():
        chosen = [starts[index] for index in members]
        answers = _rank_class(live, lon, lat, nearest, vehicle_class, chosen, k)
        for index, reach in zip(members, answers, strict=True):
            reached[index] = reach
    if k is not None:
        order = sorted((reach.total_ms, index) for index, reach in enumerate(reached) if reach is not None)
        for _, index in order[max(k, 0) :]:
            reached[index] = None
    return tuple(reached)


def _rank_class(
    live: LiveRoads,
    lon: float,
    lat: float,
    nearest: EdgePoint,
    vehicle_class: str,
    starts: Sequence[Start],
    k: int | None = None,
) -> list[Reach | None]:
    """The answers of one class; with `k`, None for units that are surely not among the best k of it."""
    points = [start_point(live, start) for start in starts]
    answer: list[Reach | None] = [None] * len(points)
    left = list(range(len(points)))
    alarm = alarm_point(live, lon, lat, nearest, vehicle_class)
    if alarm is not None:
        stops = one_stop(live, vehicle_class, alarm, lon, lat)
        sure = _sure_to_arrive(live, vehicle_class, alarm, points) if k is not None else []
        if sure and k is not None:
            drive = Drive(live, vehicle_class, stops, [points[index] for index in sure], best=max(k, 1))
            for row in drive.arrived:
                answer[sure[row]] = drive.reach(row, alarm)
            left = sorted(set(left) - set(sure))
        if left:
            drive = Drive(live, vehicle_class, stops, [points[index] for index in left])
            for row in drive.arrived:
                answer[left[row]] = drive.reach(row, alarm)
        left = [index for index in left if answer[index] is None]
    if left:
        rules = live.graph.rules
        furthest = rules.longest_walk_metres + air_metres(rules, nearest.off_road_metres)
        around = stops_around(live, vehicle_class, lon, lat, furthest)
        cut_off = [points[index] for index in left]
        standing = np.array([metres_between(point.lon, point.lat, lon, lat) for point in cut_off])
        walk = Drive(live, vehicle_class, around, cut_off, standing)
        for row, index in enumerate(left):
            answer[index] = walk.reach(row, None, furthest)
    if vehicle_class in live.touched:
        freely = _rank_class(live.unhindered, lon, lat, nearest, vehicle_class, starts)
        for index, (reach, free) in enumerate(zip(answer, freely, strict=True)):
            if reach is not None and free is not None:
                answer[index] = _told(live, vehicle_class, reach, free)
    return answer


def _sure_to_arrive(
    live: LiveRoads, vehicle_class: str, alarm: EdgePoint, points: Sequence[EdgePoint]
) -> list[int]:
    """Units that certainly can drive to the alarm, over the main network; nobody is sure while a road is closed.

    Among them a search may stop at the best k: those it has not met are farther, and never better on foot.
    """
    if vehicle_class in live.closed:
        return []
    main = live.graph.main_network(vehicle_class)
    stops = one_stop(live, vehicle_class, alarm, alarm.lon, alarm.lat)
    if not main.comes_out[stops.node].any():
        return []
    targets = entries(live, vehicle_class, points, np.zeros(len(points), dtype=np.int64))
    return [int(index) for index in np.unique(targets.target[main.leads_in[targets.node]])]


def start_point(live: LiveRoads, start: Start) -> EdgePoint:
    """Where a unit gets on the road; with no open road near, it stands where it is and does not spoil a ranking."""
    if start.at is not None:
        return start.at
    point = live.find_point(float(start.lon), float(start.lat), start.vehicle_class, "unit")
    return point or EdgePoint(NO_ARC, 0.0, float(start.lon), float(start.lat), 0.0)


def alarm_point(
    live: LiveRoads, lon: float, lat: float, nearest: EdgePoint, vehicle_class: str
) -> EdgePoint | None:
    """Where a class must drive to have reached the alarm; None where its roads end too far from it."""
    point = live.find_point(lon, lat, vehicle_class, "alarm")
    if point is None:
        return None
    far = nearest.off_road_metres + live.graph.rules.at_scene_metres
    return point if point.off_road_metres <= far else None


def _told(live: LiveRoads, vehicle_class: str, reach: Reach, freely: Reach) -> Reach:
    """The answer with the conditions that lie on the way the unit would take if there were none."""
    pieces = np.unique(freely.arcs >> 1)
    hindered = pieces[live.touched[vehicle_class][pieces]]
    if len(hindered) == 0:
        return reach
    lying = (
        c for c in live.conditions if c.hinders(vehicle_class) and np.isin(hindered, live.pieces_of[c]).any()
    )
    return replace(reach, avoided=tuple(condition.id for condition in lying))
