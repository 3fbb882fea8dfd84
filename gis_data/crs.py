"""Coordinate systems at the edge (WGS-84, CGCS2000, GCJ-02, BD-09), projections and distances on the ellipsoid.

Axis order is decided once, here: longitude, latitude, in degrees, everywhere. Inside the house all is WGS-84.
"""

from __future__ import annotations

from functools import lru_cache

import geocoordinates_ffi as offsets
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pyproj import CRS, Geod, Transformer
from pyproj.exceptions import CRSError

from gis_data.errors import InputError
from gis_data.position import check_position

CRS_CODES = ("wgs84", "cgcs2000", "gcj02", "bd09")

_ELLIPSOID = Geod(ellps="WGS84")
_OFFSET_SYSTEMS = {"gcj02": offsets.Crs.GCJ02, "bd09": offsets.Crs.BD09}
_MAKE = {"gcj02": offsets.coordinate_gcj02, "bd09": offsets.coordinate_bd09}
# Where the Chinese offset is applied at all; outside this box GCJ-02 equals WGS-84.
_OFFSET_BOX = (72.004, 0.8293, 137.8347, 55.8271)


def to_wgs84(lon: float, lat: float, crs: str = "wgs84") -> tuple[float, float]:
    """A point given in `crs` as WGS-84. The inverse of the Chinese offsets is refined to far below 0.1 m."""
    code = _crs_code(crs)
    check_position(lon, lat, code)
    if code == "wgs84":
        return lon, lat
    if code == "cgcs2000":
        x, y = _cgcs2000().transform(lon, lat)
        return float(x), float(y)
    if not _is_offset(lon, lat):
        return lon, lat
    point = offsets.convert(_MAKE[code](lat, lon), offsets.Crs.WGS84).coord
    return float(point.lon), float(point.lat)


def from_wgs84(lon: float, lat: float, crs: str = "wgs84") -> tuple[float, float]:
    """A WGS-84 point in `crs`."""
    code = _crs_code(crs)
    check_position(lon, lat, "wgs84")
    if code == "wgs84":
        return lon, lat
    if code == "cgcs2000":
        x, y = _cgcs2000().transform(lon, lat, direction="INVERSE")
        return float(x), float(y)
    if not _is_offset(lon, lat):
        return lon, lat
    point = offsets.convert(offsets.coordinate_wgs84(lat, lon), _OFFSET_SYSTEMS[code]).coord
    return float(point.lon), float(point.lat)


class Projection:
    """A county's own plane: metres to and from WGS-84 degrees. Takes an EPSG code or any PROJ definition."""

    def __init__(self, definition: str, where: str = "county.toml: projection") -> None:
        try:
            crs = CRS.from_user_input(definition)
        except CRSError as error:
            raise InputError(
                where, f"{definition!r} is no known projection", "give an EPSG code such as EPSG:4546"
            ) from error
        if not crs.is_projected:
            raise InputError(
                where, f"{definition!r} is not in metres", "give a projected system such as EPSG:4546"
            )
        self.definition = definition
        self._transformer = Transformer.from_crs("EPSG:4326", crs, always_xy=True)

    def to_metres(self, lon: ArrayLike, lat: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        x, y = self._transformer.transform(
            np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
        )
        return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)

    def to_lonlat(self, x: ArrayLike, y: ArrayLike) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        lon, lat = self._transformer.transform(
            np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64), direction="INVERSE"
        )
        return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def local_projection(lon: float, lat: float) -> str:
    """A transverse Mercator definition centred on a point: good to centimetres over a county."""
    return f"+proj=tmerc +lat_0={lat:.4f} +lon_0={lon:.4f} +k=1 +x_0=0 +y_0=0 +ellps=WGS84 +units=m +no_defs"


def geodesic_metres(
    lon_a: ArrayLike, lat_a: ArrayLike, lon_b: ArrayLike, lat_b: ArrayLike
) -> NDArray[np.float64]:
    """Distance on the ellipsoid, element by element (a zero-dimensional array for single points)."""
    a, b, c, d = np.broadcast_arrays(
        *(np.asarray(value, dtype=np.float64) for value in (lon_a, lat_a, lon_b, lat_b))
    )
    return np.asarray(_ELLIPSOID.inv(a, b, c, d)[2], dtype=np.float64)


def line_metres(coords: NDArray[np.float64]) -> float:
    """Length of one line of (lon, lat) rows on the ellipsoid."""
    return float(_ELLIPSOID.line_length(coords[:, 0], coords[:, 1]))


def _crs_code(crs: str) -> str:
    code = crs.strip().lower().replace("-", "").replace("_", "").replace(" ", "")
    code = {"wgs": "wgs84", "epsg:4326": "wgs84", "epsg:4490": "cgcs2000", "cgcs": "cgcs2000"}.get(code, code)
    if code not in CRS_CODES:
        raise InputError(
            "crs", f"{crs!r} is not a coordinate system we know", f"give one of {', '.join(CRS_CODES)}"
        )
    return code


def _is_offset(lon: float, lat: float) -> bool:
    west, south, east, north = _OFFSET_BOX
    return west <= lon <= east and south <= lat <= north


@lru_cache(maxsize=1)
def _cgcs2000() -> Transformer:
    return Transformer.from_crs("EPSG:4490", "EPSG:4326", always_xy=True)
