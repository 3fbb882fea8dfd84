"""From a position to the road, for people: the nearest point that a vehicle class can use, or one clear line."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from routing.graph import RoadGraph
from routing.live import LiveRoads
from routing.nearest import off_network
from routing.passable import CLOSED
from routing.point import EdgePoint

__all__ = ["EdgePoint", "snap"]


def snap(
    roads: LiveRoads | RoadGraph,
    lon: float,
    lat: float,
    vehicle_class: str | None = None,
    where: str = "position",
) -> EdgePoint:
    """The nearest point on the road: on one that the class can use now, or on any road when no class is given.

    A point within 1e-6° of a node is that node exactly.
    """
    live = LiveRoads(roads) if isinstance(roads, RoadGraph) else roads
    point = live.find_point(lon, lat, vehicle_class, where)
    if point is not None:
        return point
    if vehicle_class is not None and not _has_roads(live.graph.inbound[vehicle_class]):
        raise InputError(
            f"vehicle class {vehicle_class}",
            "no road of the county is open to it",
            "give it speeds for the county's road classes (speeds_kmh)",
        )
    if vehicle_class is not None and live.find_point(lon, lat, None, where) is not None:
        raise InputError(
            where,
            f"no road open to {vehicle_class} is near {lon},{lat}",
            "choose another vehicle class, or lift a closure",
        )
    raise off_network(live.graph, lon, lat, where)


def _has_roads(weights: NDArray[np.uint64]) -> bool:
    return bool((weights >> np.uint64(32) < np.uint64(CLOSED)).any())
