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
from routing.ellipsoid import metres_between
from routing.ends import air_metres, one_stop, stops_around
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
        answers = _rank_class(live, lon, lat, nearest, vehicle_class, chosen)
        for index, reach in zip(members, answers, strict=True):
            reached[index] = reach
    if k is not None:
        order = sorted((reach.total_ms, index) for index, reach in enumerate(reached) if reach is not None)
        for _, index in order[max(k, 0) :]:
            reached[index] = None
    return tuple(reached)


def _rank_class(
    live: LiveRoads, lon: float, lat: float, nearest: EdgePoint, vehicle_class: str, starts: Sequence[Start]
) -> list[Reach]:
    points = [start_point(live, start) for start in starts]
    reached: dict[int, Reach] = {}
    alarm = alarm_point(live, lon, lat, nearest, vehicle_class)
    if alarm is not None:
        drive = Drive(live, vehicle_class, one_stop(live, vehicle_class, alarm, lon, lat), points)
        reached = {index: drive.reach(index, alarm) for index in drive.arrived}
    left = [index for index in range(len(starts)) if index not in reached]
    if left:
        rules = live.graph.rules
        furthest = rules.longest_walk_metres + air_metres(rules, nearest.off_road_metres)
        stops = stops_around(live, vehicle_class, lon, lat, furthest)
        cut_off = [points[index] for index in left]
        standing = np.array([metres_between(point.lon, point.lat, lon, lat) for point in cut_off])
        walk = Drive(live, vehicle_class, stops, cut_off, standing)
        reached |= {index: walk.reach(row, None, furthest) for row, index in enumerate(left)}
    answer = [reached[index] for index in range(len(starts))]
    if vehicle_class in live.touched:
        freely = _rank_class(live.unhindered, lon, lat, nearest, vehicle_class, starts)
        answer = [_told(live, vehicle_class, *pair) for pair in zip(answer, freely, strict=True)]
    return answer


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
