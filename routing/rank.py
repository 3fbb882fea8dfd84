"""How long every unit needs to an alarm, each with its own vehicle class, exactly; ties go to the earlier unit.

Each class has its own *alarm point*: the nearest point of a road that the class can use now, provided it lies at most
`at_scene_metres` farther from the alarm than the nearest road of any kind. A unit that can drive there is
`reachable` and its time is the shortest drive. Any other unit drives to the stop from which drive plus walk is
shortest, among all nodes that it can drive to, the nearest point to the alarm of every piece open to it, and the
place where it stands: so that a closure that cuts the alarm off still leaves each unit its best stop. What is left on
foot is the air distance × `walk_detour`, at `walk_kmh`, and nothing within `at_scene_metres` (`DrivingRules`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import overload

import numpy as np
from numpy.typing import NDArray

from gis_data.crs import check_position
from routing.ellipsoid import metres_between
from routing.ends import Stops, air_metres, along_edge, entries, one_stop, stops_around, walk_ms
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.search import find
from routing.snap import off_network, point_along

FIRST_STOPS_METRES = 3000.0


@dataclass(frozen=True, slots=True)
class Start:
    """Where a unit is; `at` when its point on the road is already known (a unit under way)."""

    lon: float
    lat: float
    vehicle_class: str
    at: EdgePoint | None = None


@dataclass(frozen=True, slots=True)
class Reach:
    """How a unit gets to the alarm: `travel_ms` by vehicle, then `on_foot_ms` on foot.

    `arcs` are all arcs driven, the partial ones at both ends included. `avoided` are the conditions that lie on
    the way it would take without any.
    """

    reachable: bool
    travel_ms: int
    distance_metres: float
    on_foot_metres: float
    on_foot_ms: int
    start: EdgePoint
    stop: EdgePoint
    arcs: NDArray[np.int32] = field(compare=False)
    avoided: tuple[str, ...] = ()

    @property
    def total_ms(self) -> int:
        return self.travel_ms + self.on_foot_ms

    @property
    def stop_lon(self) -> float:
        return self.stop.lon

    @property
    def stop_lat(self) -> float:
        return self.stop.lat


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
        for index, reach in zip(
            members, _rank_class(live, lon, lat, nearest, vehicle_class, chosen), strict=True
        ):
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
        reached |= zip(
            left, best_stops(live, lon, lat, vehicle_class, [points[i] for i in left]), strict=True
        )
    in_order = [reached[index] for index in range(len(starts))]
    return (
        in_order
        if vehicle_class not in live.touched
        else _with_avoided(live, lon, lat, nearest, starts, in_order)
    )


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


def best_stops(
    live: LiveRoads, lon: float, lat: float, vehicle_class: str, points: Sequence[EdgePoint]
) -> list[Reach]:
    """For each point the stop with the shortest drive plus walk.

    Stops within a radius are tried first: a time that is no longer than the walk from its rim is final, and the
    radius grows for the others until it is.
    """
    rules = live.graph.rules
    air = np.array([metres_between(point.lon, point.lat, lon, lat) for point in points])
    final: dict[int, Reach] = {}
    radius = max(FIRST_STOPS_METRES, 2.0 * rules.at_scene_metres)
    while len(final) < len(points):
        left = [index for index in range(len(points)) if index not in final]
        stops = stops_around(live, vehicle_class, lon, lat, radius)
        drive = Drive(live, vehicle_class, stops, [points[index] for index in left], air[left])
        rim_ms = walk_ms(rules, radius * rules.walk_detour)
        needed = radius
        for row, index in enumerate(left):
            total = int(drive.found.time[row])
            if total <= rim_ms or radius >= air[index]:
                final[index] = drive.reach(row, None)
            else:
                needed = max(needed, total * rules.walk_kmh / 3600.0 / rules.walk_detour + 1.0)
        radius = min(needed, radius * 4.0)
    return [final[index] for index in range(len(points))]


class Drive:
    """One search to a set of stops, for units of one class, and what it says about each unit.

    `standing` are air distances to the alarm: with it, a unit may also stay where it is and walk from there.
    """

    def __init__(
        self,
        live: LiveRoads,
        vehicle_class: str,
        stops: Stops,
        points: Sequence[EdgePoint],
        standing: NDArray[np.float64] | None = None,
    ) -> None:
        self.live, self.vehicle_class, self.stops, self.points = live, vehicle_class, stops, points
        self.rules = live.graph.rules
        self.within: list[tuple[int, int]] = []  # by unit: arc and stop of a drive inside its own piece
        direct = np.full(len(points), CLOSED, dtype=np.int64)
        self.standing = standing
        for index, point in enumerate(points):
            best = (NO_ARC, NO_ARC)
            if standing is not None:
                direct[index] = min(CLOSED - 1, walk_ms(self.rules, air_metres(self.rules, standing[index])))
            for stop in np.flatnonzero((stops.arc >= 0) & (stops.arc >> 1 == point.arc >> 1)):
                driven = along_edge(
                    live, vehicle_class, point, int(stops.arc[stop]), float(stops.fraction[stop])
                )
                if driven is not None and driven[1] + stops.walk_ms[stop] < direct[index]:
                    direct[index], best = driven[1] + stops.walk_ms[stop], (driven[0], int(stop))
            self.within.append(best)
        self.targets, self.out = entries(live, vehicle_class, points, direct)
        self.found = find(live.graph, live.weights(vehicle_class), stops.sources(), self.targets, len(points))

    @property
    def arrived(self) -> list[int]:
        return [int(index) for index in self.found.order]

    def reach(self, index: int, alarm: EdgePoint | None) -> Reach:
        """The unit's answer; `alarm` where all stops are the one point that counts as arrival."""
        point, entry = self.points[index], int(self.found.entry[index])
        if entry >= 0:
            stop = int(self.found.source[index])
            first, last = int(self.out[entry]), int(self.stops.arc[stop])
            arcs = np.array(
                [*([first] if first >= 0 else []), *self.found.path(index), *([last] if last >= 0 else [])],
                dtype=np.int32,
            )
        else:
            only, stop = self.within[index]
            arcs = np.array([only] if only >= 0 else [], dtype=np.int32)
        if stop < 0:
            return self._standing(index)
        end = alarm or self._stop_point(index, stop, arcs)
        on_foot_ms = int(self.stops.walk_ms[stop])
        return Reach(
            reachable=alarm is not None,
            travel_ms=int(self.found.time[index]) - on_foot_ms,
            distance_metres=driven_metres(self.live, arcs, point, end),
            on_foot_metres=float(self.stops.walk_metres[stop]),
            on_foot_ms=on_foot_ms,
            start=point,
            stop=end,
            arcs=arcs,
        )

    def _standing(self, index: int) -> Reach:
        assert self.standing is not None
        foot = air_metres(self.rules, float(self.standing[index]))
        point, none = self.points[index], np.empty(0, dtype=np.int32)
        return Reach(False, 0, 0.0, foot, walk_ms(self.rules, foot), point, point, none)

    def _stop_point(self, index: int, stop: int, arcs: NDArray[np.int32]) -> EdgePoint:
        graph, node = self.live.graph, int(self.stops.node[stop])
        if self.stops.arc[stop] < 0:
            if len(arcs) == 0:
                return self.points[index]
            return EdgePoint(
                int(arcs[-1]), 1.0, float(graph.node_lon[node]), float(graph.node_lat[node]), 0.0, node
            )
        arc, fraction = int(self.stops.arc[stop]), float(self.stops.fraction[stop])
        ahead = fraction if arc & 1 == 0 else 1.0 - fraction
        x, y = point_along(arc >> 1, ahead, graph.starts, graph.coords, graph.along_metres)
        return EdgePoint(arc, fraction, float(x), float(y), 0.0)


def driven_metres(live: LiveRoads, arcs: NDArray[np.int32], start: EdgePoint, stop: EdgePoint) -> float:
    """Length of a drive: whole arcs, less what lies before the start and after the stop."""
    if len(arcs) == 0:
        return 0.0
    length = live.graph.length_metres[arcs >> 1]
    before, after = cut(arcs, start, stop)
    return float(length.sum() - before * length[0] - (1.0 - after) * length[-1])


def cut(arcs: NDArray[np.int32], start: EdgePoint, stop: EdgePoint) -> tuple[float, float]:
    """Where on its first arc a drive begins and on its last arc it ends, as fractions of them."""
    begin, end = 0.0, 1.0
    if start.node < 0:
        begin = start.fraction if start.arc == arcs[0] else 1.0 - start.fraction
    if stop.node < 0:
        end = stop.fraction if stop.arc == arcs[-1] else 1.0 - stop.fraction
    return begin, end


def _with_avoided(
    live: LiveRoads,
    lon: float,
    lat: float,
    nearest: EdgePoint,
    starts: Sequence[Start],
    reached: Sequence[Reach],
) -> list[Reach]:
    """Adds the conditions that lie on the way each unit would take if there were none."""
    vehicle_class = starts[0].vehicle_class
    touched = live.touched[vehicle_class]
    freely = _rank_class(live.unhindered, lon, lat, nearest, vehicle_class, starts)
    answer = []
    for reach, free in zip(reached, freely, strict=True):
        pieces = np.unique(free.arcs >> 1)
        hindered = pieces[touched[pieces]]
        ids: tuple[str, ...] = ()
        if len(hindered):
            ids = tuple(
                condition.id
                for condition in live.conditions
                if condition.factor < 1.0
                and (not condition.vehicle_classes or vehicle_class in condition.vehicle_classes)
                and np.isin(hindered, live.pieces_of[condition]).any()
            )
        answer.append(replace(reach, avoided=ids))
    return answer
