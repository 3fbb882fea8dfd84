"""One drive from a point to another, and to several."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from routing.live import LiveRoads
from routing.path import Path, path_of
from routing.point import EdgePoint
from routing.rank import rank
from routing.reach import Reach, Start
from routing.snap import snap


@dataclass(frozen=True, slots=True)
class Route:
    """`goal` is the destination's own point on the roads of the class; `reach.stop` is where driving really ends."""

    start: EdgePoint
    goal: EdgePoint
    reach: Reach
    path: Path

    @property
    def travel_ms(self) -> int:
        return self.reach.travel_ms

    @property
    def distance_metres(self) -> float:
        return self.reach.distance_metres

    @property
    def on_foot_metres(self) -> float:
        return self.reach.on_foot_metres


def route(
    live: LiveRoads, from_lonlat: tuple[float, float], to_lonlat: tuple[float, float], vehicle_class: str
) -> Route:
    """The fastest way; where the class cannot reach the destination, to the best stop (see `rank`)."""
    start = Start(*from_lonlat, vehicle_class, snap(live, *from_lonlat, vehicle_class, "from"))
    goal = snap(live, *to_lonlat, vehicle_class, "to")
    reach = rank(live, *to_lonlat, (start,))[0]
    return Route(reach.start, goal, reach, path_of(live, start, reach))


def routes(
    live: LiveRoads,
    from_lonlat: tuple[float, float],
    to_lonlats: Sequence[tuple[float, float]],
    vehicle_class: str,
) -> tuple[Route, ...]:
    """The fastest way to each destination, in their order. For times alone, `routing.matrix` is faster."""
    return tuple(route(live, from_lonlat, goal, vehicle_class) for goal in to_lonlats)
