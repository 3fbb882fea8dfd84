"""Isochrones as maps read them, with what they were drawn from. Pure."""

from __future__ import annotations

from typing import Any

from shapely.geometry import mapping

from gis_data.model import County, Station
from routing.isochrone import Isochrones


def geojson(
    county: County, found: Isochrones, station: Station | None, turnout_seconds: float
) -> dict[str, Any]:
    """The areas as a FeatureCollection, the largest first, so that a map draws the smaller ones over them."""
    return {
        "type": "FeatureCollection",
        "attribution": list(county.attribution),
        "synthetic": county.synthetic,
        "features": [
            {
                "type": "Feature",
                "geometry": None if one.area.is_empty else mapping(one.area),
                "properties": {
                    "minutes": one.minutes,
                    "vehicle": found.vehicle_class,
                    "station": station.code if station else None,
                    "from": [found.start.lon, found.start.lat],
                    "turnout_seconds": turnout_seconds,
                    "road_kilometres": round(one.reached_metres / 1000.0, 3),
                    "square_kilometres": round(one.square_metres / 1e6, 4),
                    "tolerance_metres": round(found.tolerance_metres, 1),
                    "synthetic": county.synthetic,
                },
            }
            for one in reversed(found.rings)
        ],
    }
