"""The county as a page needs it: names for codes, bounds, levels, what to say of its sources. Pure, made once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from shapely.geometry import mapping

from dispatch.forces.status import SIGNS
from gis_data.model import County, Name

ZONE_DEGREES = 0.0005  # about 50 m: a page draws it a pixel wide
SCALES: Mapping[str, Mapping[str, Any]] = {
    "fire": {"levels": [1, 2, 3, 4, 5], "worst": 5},
    "forest": {"levels": [4, 3, 2, 1], "worst": 1},
}


class _Named(Protocol):
    @property
    def code(self) -> str: ...
    @property
    def name(self) -> Name: ...


def describe(county: County) -> dict[str, Any]:
    """Everything about the county that does not change while the service runs."""
    west, south, east, north = county.boundary.bounds
    centre = county.boundary.representative_point()
    return {
        "code": county.code,
        "name": county.name.zh,
        "name_en": county.name.en,
        "time_zone": county.time_zone,
        "synthetic": county.synthetic,
        "attribution": list(county.attribution),
        "bounds": [west, south, east, north],
        "centre": [centre.x, centre.y],
        "undo_seconds": county.policy.undo_seconds,
        "free_engine_reserve": county.policy.free_engine_reserve,
        "scales": SCALES,
        "kinds": {
            kind.code: {
                "scale": kind.scale,
                "default_level": kind.default_level,
                "worst_level": kind.worst_level,
                "automatic": kind.automatic,
            }
            for kind in county.kinds.values()
        },
        "statuses": {
            status.value: {"code": sign.code, "name_key": sign.name_key, "glyph": sign.glyph}
            for status, sign in SIGNS.items()
        },
        "vehicle_classes": {
            code: {"on_foot": vehicle.on_foot} for code, vehicle in county.vehicle_classes.items()
        },
        "names": {
            "kinds": _names(county.kinds.values()),
            "capabilities": _names(county.capabilities.values()),
            "tasks": _names(county.tasks.values()),
            "vehicle_classes": _names(county.vehicle_classes.values()),
            "notify_bodies": _names(county.notify_bodies.values()),
            "zones": _names(county.zones),
            "stations": _names(county.stations),
            "towns": {town.code: {"zh": town.name, "en": town.name} for town in county.towns},
        },
    }


def zone_areas(county: County) -> Mapping[str, Any]:
    """GeoJSON by zone code, simple enough to send with every snapshot."""
    return {zone.code: mapping(zone.area.simplify(ZONE_DEGREES)) for zone in county.zones}


def _names(things: Iterable[_Named]) -> dict[str, dict[str, str]]:
    return {thing.code: {"zh": thing.name.zh, "en": thing.name.en} for thing in things}
