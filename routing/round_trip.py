"""There and back again: how long a vehicle class needs from a point to each of many places, and from each of them back.

Two searches a class, one forward over the arcs as they are driven and one back, both exact to the millisecond with the
partial edges at both ends. One-way streets make the two ways differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.coverage import outbound, point_ends
from routing.drive import Drive
from routing.ends import along_edge, one_stop
from routing.fleet import Squad
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.search import Sources, Targets, find


@dataclass(frozen=True, slots=True)
class RoundTrip:
    """From a centre to where the class stops nearest to a place, and back.

    `stop` is that point of the road, its `off_road_metres` what is left to the place by air. None as a time: the class
    cannot drive that way. `back_metres` is the length of the way back.
    """

    stop: EdgePoint
    out_ms: int | None
    back_ms: int | None
    back_metres: float

    @property
    def both_ways(self) -> bool:
        return self.out_ms is not None and self.back_ms is not None


@dataclass(frozen=True, slots=True)
class RoundTrips:
    """`centre` is where the class stops nearest to the point asked for; `trips` are aligned with the places.

    A place has no trip where no road open to the class is near it at all.
    """

    centre: EdgePoint
    trips: tuple[RoundTrip | None, ...]


def round_trips(
    live: LiveRoads,
    lon: float,
    lat: float,
    places: Sequence[tuple[float, float]],
    vehicle_class: str,
) -> RoundTrips | None:
    """Trips of a class from lon, lat (WGS-84 degrees) to each place and back; None: no road open to it near there.

    Raises InputError for an unknown class and for a position that is none.
    """
    centre = live.find_point(lon, lat, vehicle_class, "position")
    if centre is None:
        return None
    stops = [live.find_point(x, y, vehicle_class, "place") for x, y in places]
    known = [number for number, stop in enumerate(stops) if stop is not None]
    points = [stop for stop in stops if stop is not None]
    out = _times_out(live, vehicle_class, centre, points)
    squad = Squad(live, vehicle_class, np.arange(len(points)), points)
    back = Drive(squad, one_stop(live, vehicle_class, centre, centre.lon, centre.lat))
    trips: list[RoundTrip | None] = [None] * len(places)
    for row, number in enumerate(known):
        returns = back.times[row] < CLOSED
        trips[number] = RoundTrip(
            stop=points[row],
            out_ms=int(out[row]) if out[row] < CLOSED else None,
            back_ms=int(back.times[row]) if returns else None,
            back_metres=back.reach(row, centre).distance_metres if returns else 0.0,
        )
    return RoundTrips(centre, tuple(trips))


def _times_out(
    live: LiveRoads, vehicle_class: str, centre: EdgePoint, stops: Sequence[EdgePoint]
) -> NDArray[np.int64]:
    """Milliseconds from the centre to each stop, `CLOSED` where no way leads there."""
    begin = point_ends(live, vehicle_class, centre, leaving=True)
    entries = [
        (node, cost, number)
        for number, stop in enumerate(stops)
        for node, cost in point_ends(live, vehicle_class, stop, leaving=False)
    ]
    direct = np.full(len(stops), CLOSED, dtype=np.int64)
    for number, stop in enumerate(stops):
        within = along_edge(live, vehicle_class, centre, stop.arc, stop.fraction) if stop.node < 0 else None
        if within is not None:
            direct[number] = within[1]
    source = np.array(begin, dtype=np.int64).reshape(-1, 2)
    entry = np.array(entries, dtype=np.int64).reshape(-1, 3)
    found = find(
        live.graph,
        outbound(live, vehicle_class),
        Sources(source[:, 0].copy(), source[:, 1].copy(), np.full(len(source), NO_ARC, dtype=np.int64)),
        Targets(
            node=entry[:, 0].copy(),
            cost=entry[:, 1].copy(),
            arc=np.full(len(entry), NO_ARC, dtype=np.int64),
            target=entry[:, 2].copy(),
            direct=direct,
        ),
        best=len(stops),
        paths=False,
    )
    return found.time
