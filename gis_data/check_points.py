"""Faults of positions: off the roads, outside the county, or shifted by the Chinese offset."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.check_roads import flat_metres, road_lines
from gis_data.crs import to_wgs84
from gis_data.fault import Fault
from gis_data.model import County

STATION_OFF_METRES = 100.0
WATER_OFF_METRES = 300.0
PLACE_OFF_METRES = 600.0
ON_ROAD_METRES = 35.0
BUFFER_KM = 15.0
ROADS_BEYOND_KM = 25.0


@dataclass(frozen=True)
class _Plane:
    """The county in flat metres, with its roads in a tree."""

    latitude: float
    boundary: shapely.Geometry
    roads: shapely.STRtree

    def point(self, lon: float, lat: float) -> shapely.Point:
        x, y = flat_metres(np.array([lon, lat]), self.latitude)
        return shapely.Point(float(x), float(y))

    def road_metres(self, points: NDArray[np.object_]) -> NDArray[np.float64]:
        _, metres = self.roads.query_nearest(points, return_distance=True, all_matches=False)
        return np.asarray(metres, dtype=np.float64)


def check_points(county: County) -> Iterator[Fault]:
    latitude = float(shapely.centroid(county.boundary).y)

    lines = road_lines(county.roads) if len(county.roads) else np.array([], dtype=object)
    lines = shapely.transform(lines, lambda c: flat_metres(c, latitude))
    boundary = shapely.make_valid(shapely.transform(county.boundary, lambda c: flat_metres(c, latitude)))
    shapely.prepare(boundary)
    plane = _Plane(latitude, boundary, shapely.STRtree(lines))
    stations = [(s.code, s.position, s.foreign) for s in county.stations]
    waters = [(w.code, w.position, False) for w in county.water_sources]
    places = [(p.code, p.position, False) for p in county.places]
    yield from _layer(plane, "stations", stations, STATION_OFF_METRES)
    yield from _layer(plane, "water_sources", waters, WATER_OFF_METRES)
    yield from _layer(plane, "places", places, PLACE_OFF_METRES)
    if len(lines):
        away = np.asarray(shapely.distance(lines, boundary)) / 1000.0
        for piece in np.flatnonzero(away > ROADS_BEYOND_KM)[:50]:
            params = {"kilometres": round(float(away[piece]), 1), "limit": int(ROADS_BEYOND_KM)}
            yield Fault("roads", county.roads.ids[piece], "outside_buffer", params)


def _layer(
    plane: _Plane, layer: str, points: list[tuple[str, shapely.Point, bool]], limit: float
) -> Iterator[Fault]:
    if not points or len(plane.roads) == 0:
        return
    flat = np.array([plane.point(at.x, at.y) for _, at, _ in points], dtype=object)
    off_road = plane.road_metres(flat)
    off_county = np.asarray(shapely.distance(flat, plane.boundary), dtype=np.float64)
    for number, (code, at, foreign) in enumerate(points):
        off, away = float(off_road[number]), float(off_county[number])
        misplaced = off > limit or (away > 0.0 and not foreign)
        if misplaced and (moved := _unshifted(plane, at)) is not None:
            yield Fault(layer, code, "looks_shifted", {"metres": round(moved)})
        elif foreign and away > BUFFER_KM * 1000.0:
            params = {"kilometres": round(away / 1000.0, 1), "limit": int(BUFFER_KM)}
            yield Fault(layer, code, "outside_buffer", params)
        elif away > 0.0 and not foreign:
            yield Fault(layer, code, "outside_county")
        elif off > limit:
            yield Fault(layer, code, "off_network", {"metres": round(off)})


def _unshifted(plane: _Plane, at: shapely.Point) -> float | None:
    """By how much the point moves onto a road of the county when its position is read as GCJ-02."""
    if not (np.isfinite(at.x) and np.isfinite(at.y) and abs(at.x) <= 180.0 and abs(at.y) <= 90.0):
        return None
    lon, lat = to_wgs84(at.x, at.y, "gcj02")
    moved, here = plane.point(lon, lat), plane.point(at.x, at.y)
    if shapely.distance(moved, here) < 1.0 or not shapely.intersects(plane.boundary, moved):
        return None
    near = float(plane.road_metres(np.array([moved], dtype=object))[0])
    return float(shapely.distance(moved, here)) if near <= ON_ROAD_METRES else None
