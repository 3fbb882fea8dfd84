"""One search from a set of stops back to the units of one class, and the answer it holds for each of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from routing.ends import Stops, air_metres, along_edge, entries, walk_ms
from routing.geometry import point_along
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.reach import Reach, uncut_metres
from routing.search import find


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
        best: int | None = None,
    ) -> None:
        self.live, self.vehicle_class, self.stops, self.points = live, vehicle_class, stops, points
        self.rules = live.graph.rules
        self.standing = standing
        self.within: dict[int, tuple[int, int]] = {}  # by unit: arc and stop of a drive inside its own piece
        direct = np.full(len(points), CLOSED, dtype=np.int64)
        if standing is not None:
            for unit, metres in enumerate(standing):
                direct[unit] = min(CLOSED - 1, walk_ms(self.rules, air_metres(self.rules, float(metres))))
        piece = np.array([point.arc for point in points], dtype=np.int64) >> 1
        for index in np.flatnonzero(np.isin(piece, stops.arc[stops.arc >= 0] >> 1)).tolist():
            for stop in np.flatnonzero((stops.arc >= 0) & (stops.arc >> 1 == piece[index])):
                way, fraction = int(stops.arc[stop]), float(stops.fraction[stop])
                driven = along_edge(live, vehicle_class, points[index], way, fraction)
                if driven is not None and driven[1] + stops.walk_ms[stop] < direct[index]:
                    direct[index] = driven[1] + stops.walk_ms[stop]
                    self.within[index] = (driven[0], int(stop))
        targets = entries(live, vehicle_class, points, direct)
        weights = live.weights(vehicle_class)
        self.found = find(live.graph, weights, stops.sources(), targets, best or len(points))

    @property
    def arrived(self) -> list[int]:
        return [int(index) for index in self.found.order]

    def reach(self, index: int, alarm: EdgePoint | None, furthest_walk_metres: float = 0.0) -> Reach:
        """The unit's answer; `alarm` where all stops are the one point that counts as arrival by road."""
        point, entry = self.points[index], int(self.found.entry[index])
        if entry >= 0:
            stop = int(self.found.source[index])
            arcs, metres = self.found.path(index), float(self.found.metres[index])
        else:
            only, stop = self.within.get(index, (NO_ARC, NO_ARC))
            arcs = np.array([only] if only >= 0 else [], dtype=np.int32)
            metres = float(self.live.graph.length_metres[arcs >> 1].sum())
        if stop < 0:
            return self._standing(index, furthest_walk_metres)
        end = alarm or self._stop_point(index, stop, arcs)
        on_foot_ms = int(self.stops.walk_ms[stop])
        return Reach(
            reachable=alarm is not None or float(self.stops.walk_metres[stop]) <= furthest_walk_metres,
            by_road=alarm is not None,
            travel_ms=int(self.found.time[index]) - on_foot_ms,
            distance_metres=metres - uncut_metres(self.live.graph, arcs, point, end),
            on_foot_metres=float(self.stops.walk_metres[stop]),
            on_foot_ms=on_foot_ms,
            start=point,
            stop=end,
            arcs=arcs,
        )

    def _standing(self, index: int, furthest_walk_metres: float) -> Reach:
        assert self.standing is not None
        foot = air_metres(self.rules, float(self.standing[index]))
        point, none = self.points[index], np.empty(0, dtype=np.int32)
        near = foot <= furthest_walk_metres
        return Reach(near, False, 0, 0.0, foot, walk_ms(self.rules, foot), point, point, none)

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
