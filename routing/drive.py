"""One search from a set of stops back to the units of one class, and the answer it holds for each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.ends import Stops, air_metres, air_metres_of, walk_ms, walk_ms_of
from routing.fleet import Squad
from routing.geometry import point_along
from routing.hierarchy import Hierarchy
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.reach import Reach, uncut_metres
from routing.search import Found, find


class Drive:
    """One search to a set of stops, for a squad, and what it says about each of its rows.

    `standing` are air distances to the alarm: with it, a unit may also stay where it is and walk from there.
    With `best` and `limit_ms` only so many units are found, and none that needs longer. `times` are milliseconds until
    ready, of drive and of walk by row, `CLOSED` where none was found; `arrived` are the rows found, soonest first and
    ties to the lower row if `is_in_order`.
    """

    def __init__(
        self,
        squad: Squad,
        stops: Stops,
        standing: NDArray[np.float64] | None = None,
        best: int | None = None,
        limit_ms: int = CLOSED,
        paths: bool = True,
        hierarchy: Hierarchy | None = None,
    ) -> None:
        live = squad.live
        self.live, self.squad, self.stops = live, squad, stops
        self.rules = live.graph.rules
        self.standing = standing
        self.within: dict[
            int, tuple[tuple[int, ...], int]
        ] = {}  # by row: a drive without the graph, its stop
        targets = squad.targets
        direct = targets.direct
        if standing is not None:
            foot = air_metres_of(self.rules, standing)
            direct = np.minimum(CLOSED - 1, squad.ready_ms + walk_ms_of(self.rules, foot))
        for stop in squad.stops_without_graph(stops):
            node, arc, fraction = int(stops.node[stop]), int(stops.arc[stop]), float(stops.fraction[stop])
            for driven in squad.without_graph(node, arc, fraction):
                total = int(squad.ready_ms[driven.row]) + driven.ms + int(stops.walk_ms[stop])
                if total < direct[driven.row]:
                    if direct is targets.direct:
                        direct = direct.copy()
                    direct[driven.row] = total
                    self.within[driven.row] = (driven.arcs, stop)
        if direct is not targets.direct:
            targets = targets._replace(direct=direct)
        self._hierarchy = hierarchy
        self.is_in_order = hierarchy is None
        self._found: Found | None = None
        if hierarchy is not None:
            climbed = hierarchy.times(squad, stops)
            self.within = {row: way for row, way in self.within.items() if direct[row] <= climbed[row]}
            self.times = np.minimum(climbed, direct)
            self.arrived = np.flatnonzero(self.times < CLOSED)
            return
        weights = live.inbound[squad.vehicle_class]
        wanted = len(squad) if best is None else best
        self._found = find(live.graph, weights, stops.sources, targets, wanted, limit_ms, paths)
        self.times, self.arrived = self._found.time, self._found.order

    def reach(self, index: int, alarm: EdgePoint | None, furthest_walk_metres: float = 0.0) -> Reach:
        """The unit's answer; `alarm` where all stops are the one point that counts as arrival by road."""
        point = self.squad.points[index]
        arcs, metres, stop = self._way(index)
        if stop < 0:
            return self._standing(index, furthest_walk_metres)
        end = alarm or self._stop_point(index, stop, arcs)
        on_foot_ms, ready_ms = int(self.stops.walk_ms[stop]), int(self.squad.ready_ms[index])
        return Reach(
            reachable=alarm is not None or float(self.stops.walk_metres[stop]) <= furthest_walk_metres,
            by_road=alarm is not None,
            travel_ms=int(self.times[index]) - on_foot_ms - ready_ms,
            distance_metres=metres - uncut_metres(self.live.graph, arcs, point, end),
            on_foot_metres=float(self.stops.walk_metres[stop]),
            on_foot_ms=on_foot_ms,
            start=point,
            stop=end,
            arcs=arcs,
            ready_ms=ready_ms,
        )

    def _way(self, index: int) -> tuple[NDArray[np.int32], float, int]:
        """The arcs driven, their length with the partial ones in full, and the stop; -1: it stays where it is."""
        length = self.live.graph.length_metres
        if self._found is not None and self._found.entry[index] >= 0:
            arcs, metres = self._found.path(index), float(self._found.metres[index])
            before = self.squad.before(int(self._found.entry[index]))
            if before and len(arcs):
                first = np.array(before, dtype=np.int32)
                arcs, metres = np.concatenate((first, arcs)), metres + float(length[first >> 1].sum())
            return arcs, metres, int(self._found.source[index])
        if self._hierarchy is not None and index not in self.within:
            arcs, stop = self._hierarchy.arcs(self.squad, index, self.stops)
        else:
            driven, stop = self.within.get(index, ((), NO_ARC))
            arcs = np.array(driven, dtype=np.int32)
        return arcs, float(length[arcs >> 1].sum()), stop

    def _standing(self, index: int, furthest_walk_metres: float) -> Reach:
        assert self.standing is not None
        foot = air_metres(self.rules, float(self.standing[index]))
        point, none = self.squad.points[index], np.empty(0, dtype=np.int32)
        near = foot <= furthest_walk_metres
        on_foot_ms, ready_ms = walk_ms(self.rules, foot), int(self.squad.ready_ms[index])
        return Reach(near, False, 0, 0.0, foot, on_foot_ms, point, point, none, ready_ms=ready_ms)

    def _stop_point(self, index: int, stop: int, arcs: NDArray[np.int32]) -> EdgePoint:
        graph, node = self.live.graph, int(self.stops.node[stop])
        if self.stops.arc[stop] < 0:
            if len(arcs) == 0:
                return self.squad.points[index]
            return EdgePoint(
                int(arcs[-1]), 1.0, float(graph.node_lon[node]), float(graph.node_lat[node]), 0.0, node
            )
        arc, fraction = int(self.stops.arc[stop]), float(self.stops.fraction[stop])
        ahead = fraction if arc & 1 == 0 else 1.0 - fraction
        x, y = point_along(arc >> 1, ahead, graph.starts, graph.coords, graph.along_metres)
        return EdgePoint(arc, fraction, float(x), float(y), 0.0)
