"""What can be a position at all; apart from the coordinate systems, whose libraries take 0.2 s to load."""

from __future__ import annotations

import math

from gis_data.errors import InputError


def check_position(
    lon: float, lat: float, where: str, bounds: tuple[float, float, float, float] | None = None
) -> None:
    """Refuse what cannot be a position; `bounds` (west, south, east, north) also refuses what lies off the map."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        raise InputError(
            where, f"position {lon}, {lat} is not a number", "give longitude and latitude in degrees"
        )
    if abs(lat) > 90.0:
        if abs(lon) <= 90.0 and abs(lat) <= 180.0:
            raise InputError(
                where,
                f"latitude {lat} is beyond 90°: the axes look swapped",
                f"give {lat},{lon}: longitude first",
            )
        raise InputError(where, f"latitude {lat} is out of range", "give degrees between -90 and 90")
    if abs(lon) > 180.0:
        raise InputError(where, f"longitude {lon} is out of range", "give degrees between -180 and 180")
    if bounds is None or _inside(lon, lat, bounds):
        return
    box = "{:.3f},{:.3f} to {:.3f},{:.3f}".format(*bounds)
    if _inside(lat, lon, bounds):
        raise InputError(
            where,
            f"{lon},{lat} lies off the map: the axes look swapped",
            f"give {lat},{lon}: longitude first",
        )
    raise InputError(where, f"{lon},{lat} lies off the map", f"give a point within {box} (WGS-84)")


def _inside(lon: float, lat: float, box: tuple[float, float, float, float]) -> bool:
    return box[0] <= lon <= box[2] and box[1] <= lat <= box[3]
