"""Units made ready for many rankings: where they get on the road and into a search, once for each version of it."""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from routing.ends import Stops, along_edge, arc_ms, entries, with_bound
from routing.geometry import part
from routing.live import LiveRoads
from routing.onward import Driven, drive_on
from routing.passable import CLOSED, LONGEST_MS
from routing.point import NO_ARC, EdgePoint
from routing.reach import Start
from routing.roads_of import RoadsOf
from routing.search import Targets

REMEMBERED_FLEETS = 4  # by version of the roads
LOOKED_AT_ONE_BY_ONE = 64  # stops; more of them are sifted as arrays first


class Squad:
    """Units of one class as targets of a search. Row r of everything here is the fleet's unit `members[r]`.

    The roads remember squads, so a squad must not keep the roads: who uses it holds on to them.
    """

    def __init__(
        self,
        live: LiveRoads,
        vehicle_class: str,
        members: NDArray[np.int64],
        points: Sequence[EdgePoint],
        ready_ms: NDArray[np.int64] | None = None,
    ) -> None:
        self._live, self.vehicle_class = weakref.ref(live), vehicle_class
        self.members, self.points = members, tuple(points)
        self.ready_ms = np.zeros(len(self.points), dtype=np.int64) if ready_ms is None else ready_ms
        self.onward = drive_on(live, vehicle_class, self.points)
        direct = np.full(len(self.points), CLOSED, dtype=np.int64)
        standing = entries(live, vehicle_class, self.points, direct)
        self._standing_entries = len(standing.node)
        found = with_bound(standing, self.onward)
        # A unit rolls when it is ready: as a cost of getting on the road it is part of every search.
        self.targets: Targets = found._replace(cost=found.cost + self.ready_ms[found.target])
        mid_road: dict[int, list[int]] = {}
        for row, point in enumerate(self.points):
            if point.node < 0 and point.arc >= 0:
                mid_road.setdefault(point.arc >> 1, []).append(row)
        self._mid_road: Mapping[int, Sequence[int]] = mid_road

    def __len__(self) -> int:
        return len(self.points)

    @property
    def live(self) -> LiveRoads:
        live = self._live()
        assert live is not None, "a squad outlives its roads"
        return live

    @property
    def roads(self) -> RoadsOf:
        return RoadsOf(self.live, self.vehicle_class)

    def stops_without_graph(self, stops: Stops) -> Sequence[int]:
        """Numbers of the stops that some unit may drive to without a search."""
        if not self._mid_road:
            return ()
        ahead, at, on = self.onward.to_arc, self.onward.to_node, self._mid_road
        among: Iterable[int] = range(len(stops.node))
        if len(stops.node) > LOOKED_AT_ONE_BY_ONE:
            pieces = np.array([*on, *(arc >> 1 for arc in ahead)], dtype=np.int64)
            near = np.isin(stops.arc >> 1, pieces)
            if at:
                near |= np.isin(stops.node, np.array(list(at), dtype=np.int64))
            among = np.flatnonzero(near).tolist()
        ends = ((stop, int(stops.node[stop]), int(stops.arc[stop])) for stop in among)
        return [
            stop for stop, node, arc in ends if (node in at if arc < 0 else arc >> 1 in on or arc in ahead)
        ]

    def before(self, entry: int) -> tuple[int, ...]:
        """Arcs driven before the one of this entry."""
        bound = entry - self._standing_entries
        return self.onward.free[bound][1].arcs[:-1] if bound >= 0 else ()

    def without_graph(self, node: int, arc: int, fraction: float) -> Iterator[Driven]:
        """Drives to a stop (as in `Stops`) that need no search: on the unit's own road, or before it is free."""
        if arc < 0:
            yield from self.onward.to_node.get(node, ())
            return
        for row in self._mid_road.get(arc >> 1, ()):
            within = along_edge(self.live, self.vehicle_class, self.points[row], arc, fraction)
            if within is not None:
                yield Driven(row, within[1], (within[0],))
        for driven in self.onward.to_arc.get(arc, ()):
            whole = arc_ms(self.live, self.vehicle_class, arc)
            yield driven._replace(ms=driven.ms + part(whole, fraction))

    def among(self, rows: Sequence[int] | NDArray[np.int64], live: LiveRoads | None = None) -> Squad:
        """Some of these units, on the same or on other roads."""
        chosen, kept = [self.points[row] for row in rows], np.asarray(rows, dtype=np.int64)
        return Squad(live or self.live, self.vehicle_class, self.members[kept], chosen, self.ready_ms[kept])


class Division:
    """All units of one class."""

    def __init__(self, everyone: Squad) -> None:
        self.everyone = everyone

    @cached_property
    def _sure(self) -> NDArray[np.bool_]:
        """Units that certainly can drive to any place the main network leads to; nobody is, while a road is closed."""
        squad = self.everyone
        sure = np.zeros(len(squad), dtype=np.bool_)
        if squad.vehicle_class not in squad.live.closed:
            sure[squad.targets.target[squad.roads.leads_in(squad.targets)]] = True
        return sure

    @cached_property
    def sure(self) -> Squad:
        """Among these a search may stop at the best k: those it has not met are farther, and never better on foot."""
        return self.everyone if self._sure.all() else self.everyone.among(np.flatnonzero(self._sure))

    @cached_property
    def rest(self) -> Squad:
        return self.everyone.among(np.flatnonzero(~self._sure))


class Fleet:
    """Starts with their points on these roads, which remember them: units that stand where they stood cost nothing.

    Raises InputError for an unknown vehicle class, for a unit whose position is none, and for one that is never ready.
    """

    def __init__(self, live: LiveRoads, starts: Sequence[Start]) -> None:
        self.live, self.starts = live, tuple(starts)
        known = live.divisions.get(self.starts)
        if known is None:
            known = _divisions(live, self.starts)
            if len(live.divisions) >= REMEMBERED_FLEETS:
                live.divisions.clear()
            live.divisions[self.starts] = known
        self.divisions: Mapping[str, Division] = known

    def __len__(self) -> int:
        return len(self.starts)

    def on(self, live: LiveRoads) -> Fleet:
        """The same units on these roads."""
        return self if live is self.live else Fleet(live, self.starts)

    @cached_property
    def unhindered(self) -> Fleet:
        """The same units if there were no conditions."""
        return self.on(self.live.unhindered)


def start_point(live: LiveRoads, start: Start) -> EdgePoint:
    """Where a unit gets on the road; with no open road near, it stands where it is and does not spoil a ranking."""
    if start.at is not None:
        return start.at
    point = live.find_point(start.lon, start.lat, start.vehicle_class, "unit")
    return point or EdgePoint(NO_ARC, 0.0, float(start.lon), float(start.lat), 0.0)


def _divisions(live: LiveRoads, starts: Sequence[Start]) -> Mapping[str, Division]:
    members: dict[str, list[int]] = {}
    for number, start in enumerate(starts):
        if not 0 <= start.ready_ms <= LONGEST_MS:
            raise InputError(
                f"unit {number}", f"ready in {start.ready_ms} ms", f"give 0 to {LONGEST_MS} milliseconds"
            )
        members.setdefault(start.vehicle_class, []).append(number)
    for vehicle_class in members:
        live.graph.require_class(vehicle_class)
    return {
        code: Division(
            Squad(
                live,
                code,
                np.array(numbers, dtype=np.int64),
                [start_point(live, starts[number]) for number in numbers],
                np.array([starts[number].ready_ms for number in numbers], dtype=np.int64),
            )
        )
        for code, numbers in members.items()
    }
