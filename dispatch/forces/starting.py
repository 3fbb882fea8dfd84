"""Where a unit starts in a ranking: where its fixes were matched to, as long as that is still on the roads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dispatch.forces.model import Candidate
from dispatch.forces.positions import place_from, place_record
from gis_data.errors import InputError
from routing.ends import arc_ms
from routing.geometry import metres_between
from routing.live import LiveRoads
from routing.on_road import OnRoad, point_of
from routing.passable import CLOSED
from routing.point import EdgePoint
from routing.reach import Start

# An edge that keeps its id and is drawn elsewhere is another road. A fix is matched within 60 m.
MOST_APART_METRES = 100.0


def start_of(live: LiveRoads, unit: Candidate) -> Start:
    return _start(live, unit.lon, unit.lat, unit.vehicle_class, unit.on_road)


def to_starts(units: Sequence[Candidate]) -> list[dict[str, Any]]:
    """From where each unit is timed, as JSON values, so that its time can be computed again."""
    return [
        {
            "lon": unit.lon,
            "lat": unit.lat,
            "vehicle_class": unit.vehicle_class,
            "at_station": unit.at_station,
            "on_road": place_record(unit.on_road),
        }
        for unit in units
    ]


def from_starts(records: Sequence[Mapping[str, Any]], live: LiveRoads) -> tuple[Start, ...]:
    """The starts of a recorded decision on these roads."""
    return tuple(
        _start(live, one["lon"], one["lat"], one["vehicle_class"], place_from(one["on_road"]))
        for one in records
    )


def _start(live: LiveRoads, lon: float, lat: float, vehicle_class: str, place: OnRoad | None) -> Start:
    at = None if place is None else _placed(live, lon, lat, vehicle_class, place)
    return Start(lon, lat, vehicle_class, at)


def _placed(live: LiveRoads, lon: float, lat: float, vehicle_class: str, place: OnRoad) -> EdgePoint | None:
    """None where the county has no such edge any more, or where it is closed to the class: it is snapped instead."""
    try:
        point = point_of(live.graph, place)
    except InputError:
        return None
    if point is None or metres_between(point.lon, point.lat, lon, lat) > MOST_APART_METRES:
        return None
    return None if arc_ms(live, vehicle_class, point.arc) >= CLOSED else point
