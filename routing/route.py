"""One drive from a point to another."""

from __future__ import annotations

from dataclasses import dataclass

from routing.live import LiveRoads, snap
from routing.path import Path, path_of
from routing.point import EdgePoint
from routing.rank import Reach, Start, rank


@dataclass(frozen=True, slots=True)
class Route:
    """`end` is the destination's own point on the roads of the class; the reach says where driving really stops."""

    start: EdgePoint
    end: EdgePoint
    reach: Reach
    path: Path

    @property
    def travel_seconds(self) -> float:
        return self.reach.travel_ms / 1000.0


def route(
    live: LiveRoads, from_lonlat: tuple[float, float], to_lonlat: tuple[float, float], vehicle_class: str
) -> Route:
    """The fastest way; where the class cannot reach the destination, to the best stop (see `rank`)."""
    start = Start(
        from_lonlat[0], from_lonlat[1], vehicle_class, snap(live, *from_lonlat, vehicle_class, "from")
    )
    end = snap(live, *to_lonlat, vehicle_class, "to")
    reach = rank(live, *to_lonlat, (start,))[0]
    return Route(reach.start, end, reach, path_of(live, start, reach))
