"""One search from a set of stops back to the units of one class, and the answer it holds for each of them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.climbing import Climbed
from routing.ends import Stops
from routing.fleet import Squad
from routing.geometry import point_along
from routing.hierarchy import Hierarchy
from routing.last_metres import LastMetres, last_metres
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.reach import Reach, Way, uncut_metres
from routing.search import Found

NO_WAY = Way(lambda: (np.empty(0, dtype=np.int32), 0.0))


class Drive:
    """One search to a set of stops, for a squad, and what it says about each of its rows.

    `standing` are air distances to the alarm: with it, a unit may also stay where it is and go on from there.
    With `best` and `limit_ms` only so many units are found, and none that needs longer. `times` are milliseconds until
    ready, of drive and of last metres by row, `CLOSED` where none was found; `arrived` are the rows found,
    soonest first and ties to the lower row if `is_in_order`.
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
        self.rules, vehicle = live.graph.rules, live.graph.vehicle_classes[squad.vehicle_class]
        self.standing: LastMetres | None = None
        self.within: dict[
            int, tuple[tuple[int, ...], int]
        ] = {}  # by row: a drive without the graph, its stop
        targets = squad.targets
        direct = targets.direct
        if standing is not None:
            self.standing = last_metres(self.rules, vehicle, standing)
            direct = np.minimum(CLOSED - 1, squad.ready_ms + self.standing.counted_ms)
        for stop in squad.stops_without_graph(stops):
            node, arc, fraction = int(stops.node[stop]), int(stops.arc[stop]), float(stops.fraction[stop])
            for driven in squad.without_graph(node, arc, fraction):
                total = int(squad.ready_ms[driven.row]) + driven.ms + int(stops.after_ms[stop])
                if total < direct[driven.row]:
                    if direct is targets.direct:
                        direct = direct.copy()
                    direct[driven.row] = total
                    self.within[driven.row] = (driven.arcs, stop)
        if direct is not targets.direct:
            targets = targets._replace(direct=direct)
        self._hierarchy = hierarchy
        self.is_in_order = hierarchy is None
        self._found: Found | Climbed
        if hierarchy is not None:
            self._found = hierarchy.climb(squad, targets, stops)
            self.times = self._found.time
            self.arrived = np.flatnonzero(self.times < CLOSED)
            return
        wanted = len(squad) if best is None else best
        self._found = squad.roads.find(stops.sources, targets, wanted, limit_ms, paths)
        self.times, self.arrived = self._found.time, self._found.order

    def reach(self, index: int, alarm: EdgePoint | None, furthest_walk_metres: float = 0.0) -> Reach:
        """The unit's answer; `alarm` where all stops are the one point that counts as arrival by road."""
        point = self.squad.points[index]
        if alarm is not None:
            # Most units are ranked and not sent: nobody asks for their ways. And all stops are the one point.
            stop, end = 0, alarm
            way = Way(lambda: self._driven(index, point, alarm))
        else:
            stop = self.stop_of(index)
            if stop < 0:
                return self._standing(index, furthest_walk_metres)
            arcs, metres = self._way(index)
            end = self._stop_point(index, stop, arcs)
            told = (arcs, metres - uncut_metres(self.live.graph, arcs, point, end))
            way = Way(lambda: told)
        ready_ms = int(self.squad.ready_ms[index])
        return _reach(
            self.stops.last,
            stop,
            reachable=alarm is not None
            or float(self.stops.last.on_foot_metres[stop]) <= furthest_walk_metres,
            by_road=alarm is not None,
            travel_ms=int(self.times[index]) - int(self.stops.after_ms[stop]) - ready_ms,
            start=point,
            stop=end,
            way=way,
            ready_ms=ready_ms,
        )

    def _driven(self, index: int, start: EdgePoint, end: EdgePoint) -> tuple[NDArray[np.int32], float]:
        """The arcs of the drive to the alarm's own point, and its metres."""
        arcs, metres = self._way(index)
        return arcs, metres - uncut_metres(self.live.graph, arcs, start, end)

    def stop_of(self, index: int) -> int:
        """Where a row's drive ends; -1: it stays where it is."""
        if self._found.entry[index] >= 0:
            return int(self._found.source[index])
        return self.within[index][1] if index in self.within else NO_ARC

    def last_of(self, rows: NDArray[np.int64]) -> LastMetres:
        """The last metres of these rows, as arrays."""
        stop = np.where(self._found.entry[rows] >= 0, self._found.source[rows], NO_ARC)
        for place, row in enumerate(rows.tolist() if self.within else ()):
            if stop[place] < 0 and row in self.within:
                stop[place] = self.within[row][1]
        if self.standing is None:
            return self.stops.last.among(stop)
        if len(self.stops.node) == 0:
            return self.standing.among(rows)
        stays = stop < 0
        columns = zip(self.stops.last, self.standing, strict=True)
        return LastMetres(*(np.where(stays, stay[rows], goes[stop]) for goes, stay in columns))

    def _way(self, index: int) -> tuple[NDArray[np.int32], float]:
        """The arcs driven, and their length with the partial ones in full."""
        length, entry = self.live.graph.length_metres, int(self._found.entry[index])
        if entry < 0:
            arcs = np.array(self.within[index][0] if index in self.within else (), dtype=np.int32)
        elif isinstance(self._found, Climbed):
            assert self._hierarchy is not None
            stop = int(self._found.source[index])
            arcs = self._hierarchy.arcs(self.squad, entry, self.stops, stop)
        else:
            arcs, metres = self._found.path(index), float(self._found.metres[index])
            before = self.squad.before(entry)
            if before and len(arcs):
                first = np.array(before, dtype=np.int32)
                arcs, metres = np.concatenate((first, arcs)), metres + float(length[first >> 1].sum())
            return arcs, metres
        return arcs, float(length[arcs >> 1].sum())

    def _standing(self, index: int, furthest_walk_metres: float) -> Reach:
        assert self.standing is not None
        point = self.squad.points[index]
        return _reach(
            self.standing,
            index,
            reachable=float(self.standing.on_foot_metres[index]) <= furthest_walk_metres,
            by_road=False,
            travel_ms=0,
            start=point,
            stop=point,
            way=NO_WAY,
            ready_ms=int(self.squad.ready_ms[index]),
        )

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


def _reach(
    last: LastMetres,
    row: int,
    *,
    reachable: bool,
    by_road: bool,
    travel_ms: int,
    start: EdgePoint,
    stop: EdgePoint,
    way: Way,
    ready_ms: int,
) -> Reach:
    return Reach(
        reachable=reachable,
        by_road=by_road,
        travel_ms=travel_ms,
        on_foot_metres=float(last.on_foot_metres[row]),
        on_foot_ms=int(last.on_foot_ms[row]),
        start=start,
        stop=stop,
        way=way,
        ready_ms=ready_ms,
        hose_metres=float(last.hose_metres[row]),
        setup_ms=int(last.setup_ms[row]),
        without_water_ms=int(last.without_water_ms[row]),
        water=bool(last.water[row]),
    )
