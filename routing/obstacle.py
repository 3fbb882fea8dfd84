"""Where a vehicle stops short of the road nearest to a place, and what on that road holds it."""

from __future__ import annotations

from gis_data.model import Roads
from routing.geometry import metres_between
from routing.live import LiveRoads
from routing.passable import CLOSED, why_closed
from routing.reach import Reach

CLOSED_NOW = "condition"
NO_WAY = "no_way"
TOLD_METRES = 50.0  # nearer than this to the nearest road nobody is told to have stopped short of it


class Shortfalls:
    """For a place, how far short of it a vehicle stops, and why. `roads` are those that `live` was built from; without
    them nothing is told of causes."""

    def __init__(self, live: LiveRoads, roads: Roads | None, lon: float, lat: float) -> None:
        self._live, self._roads, self._lon, self._lat = live, roads, lon, lat
        self._nearest = live.find_point(lon, lat, None, "place")
        self._causes: dict[str, str] = {}

    def of(self, vehicle_class: str, reach: Reach) -> tuple[float, str | None]:
        """Metres over ground from its stop to the place, and what holds it; (0, None): it is there."""
        if self._nearest is None:
            return 0.0, None
        air = float(metres_between(reach.stop_lon, reach.stop_lat, self._lon, self._lat))
        if air - self._nearest.off_road_metres <= TOLD_METRES:
            return 0.0, None
        if self._roads is not None and vehicle_class not in self._causes:
            piece = self._nearest.arc >> 1
            self._causes[vehicle_class] = what_holds(self._live, self._roads, piece, vehicle_class)
        return air * self._live.graph.rules.walk_detour, self._causes.get(vehicle_class)


def what_holds(live: LiveRoads, roads: Roads, piece: int, vehicle_class: str) -> str:
    """What keeps a class off a piece of road: as it is built (`passable.obstacles`), closed now, or no way to it."""
    built = why_closed(roads, piece, live.graph.require_class(vehicle_class), live.graph.rules)
    if built is not None:
        return built
    ways = live.weights(vehicle_class)[live.graph.slot[[2 * piece, 2 * piece + 1]]] >> 32
    return CLOSED_NOW if bool((ways >= CLOSED).all()) else NO_WAY
