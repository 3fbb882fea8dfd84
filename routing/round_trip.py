"""There and back again: how long a vehicle class needs from a point to each of many places, and from each of them back.

Two searches a class, one forward over the arcs as they are driven and one back, both exact to the millisecond with the
partial edges at both ends. One-way streets make the two ways differ.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.drives import drives
from routing.ends import Stops, one_stop
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import EdgePoint


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
    out = drives(
        live, vehicle_class, [centre], [_at(live, vehicle_class, point) for point in points], threads=1
    )
    back = drives(live, vehicle_class, points, [_at(live, vehicle_class, centre)], metres=True, threads=1)
    assert back.metres is not None
    trips: list[RoundTrip | None] = [None] * len(places)
    for row, number in enumerate(known):
        out_ms, back_ms = int(out.total_ms[0, row]), int(back.total_ms[row, 0])
        trips[number] = RoundTrip(
            stop=points[row],
            out_ms=out_ms if out_ms < CLOSED else None,
            back_ms=back_ms if back_ms < CLOSED else None,
            back_metres=float(back.metres[row, 0]) if back_ms < CLOSED else 0.0,
        )
    return RoundTrips(centre, tuple(trips))


def _at(live: LiveRoads, vehicle_class: str, point: EdgePoint) -> Stops:
    return one_stop(live, vehicle_class, point)
