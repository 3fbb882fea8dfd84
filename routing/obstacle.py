"""Where a vehicle stops short of the road nearest to a place, and what on that road holds it."""

from __future__ import annotations

from collections.abc import Sequence

from gis_data.model import Roads
from routing.geometry import metres_between
from routing.live import LiveRoads
from routing.passable import CLOSED, why_closed
from routing.reach import Reach

CLOSED_NOW = "condition"
NO_WAY = "no_way"
TOLD_METRES = 50.0  # nearer than this to the nearest road nobody is told to have stopped short of it


def shortfalls_of(
    live: LiveRoads,
    roads: Roads | None,
    lon: float,
    lat: float,
    vehicle_classes: Sequence[str],
    reaches: Sequence[Reach],
) -> list[tuple[float, str | None]]:
    """For each reach the metres over ground from its stop to the place, and what holds it; (0, None): it is there.

    `roads` are those that `live` was built from; without them nothing is told of causes.
    """
    nearest = live.find_point(lon, lat, None, "place")
    if nearest is None:
        return [(0.0, None)] * len(reaches)
    causes: dict[str, str] = {}
    found: list[tuple[float, str | None]] = []
    for vehicle_class, reach in zip(vehicle_classes, reaches, strict=True):
        air = float(metres_between(reach.stop_lon, reach.stop_lat, lon, lat))
        if air - nearest.off_road_metres <= TOLD_METRES:
            found.append((0.0, None))
            continue
        if roads is not None and vehicle_class not in causes:
            causes[vehicle_class] = what_holds(live, roads, nearest.arc >> 1, vehicle_class)
        found.append((air * live.graph.rules.walk_detour, causes.get(vehicle_class)))
    return found


def what_holds(live: LiveRoads, roads: Roads, piece: int, vehicle_class: str) -> str:
    """What keeps a class off a piece of road: as it is built (`passable.obstacles`), closed now, or no way to it."""
    built = why_closed(roads, piece, live.graph.require_class(vehicle_class), live.graph.rules)
    if built is not None:
        return built
    ways = live.weights(vehicle_class)[live.graph.slot[[2 * piece, 2 * piece + 1]]] >> 32
    return CLOSED_NOW if bool((ways >= CLOSED).all()) else NO_WAY
