"""Stations, zones and units of the county: what the extract knows, and a plausible rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from gis_data.crs import Projection
from gis_data.model import Forest, Station, StationClass, Town, Unit, Zone
from gis_data.osm.outline import in_metres
from gis_data.osm.places import metres_to
from gis_data.osm.raw import Extract
from gis_data.osm.report import Tally
from gis_data.osm.stations import Post, forestry_posts, posts_for_towns, read_posts
from gis_data.osm.units import units_of
from gis_data.osm.zones import divide

# A forest crew for so much forest, two at least, since one may be out.
_FOREST_KM2_A_CREW = 40.0
_MOST_FOREST_CREWS = 6


@dataclass(frozen=True, slots=True)
class Forces:
    stations: tuple[Station, ...]
    units: tuple[Unit, ...]
    zones: tuple[Zone, ...]
    outline: Polygon | MultiPolygon


def build_forces(
    extract: Extract,
    outline: Polygon | MultiPolygon,
    reach: Polygon | MultiPolygon,
    towns: Sequence[Town],
    forests: Sequence[Forest],
    roads: NDArray[np.float64],
    projection: Projection,
    tally: Tally,
) -> Forces:
    """`roads` are points (lon, lat) of roads that every engine can use: invented posts stand on one."""
    posts = read_posts(extract, outline, reach, towns, tally)
    posts += posts_for_towns(towns, posts, roads, tally)
    brigades = _zone_brigades(posts)
    if forests and not any(p.station.station_class is StationClass.FORESTRY for p in posts):
        wooded = sum(in_metres(forest.area, projection).area for forest in forests) / 1e6
        crews = min(_MOST_FOREST_CREWS, max(2, round(wooded / _FOREST_KM2_A_CREW)))
        posts += forestry_posts(crews, brigades, towns, tally)
    zones, exact = divide(outline, brigades, projection)
    placed = [
        replace(post, station=replace(post.station, zone=_zone_of(post.station, zones))) for post in posts
    ]
    main = _main(brigades, towns)
    units = units_of(placed, main)
    tally.make("zones", len(zones))
    tally.make("units", len(units))
    stations = tuple(sorted((post.station for post in placed), key=lambda s: s.code))
    return Forces(stations, units, zones, exact)


def _zone_brigades(posts: Sequence[Post]) -> list[Station]:
    own = sorted((p.station for p in posts if not p.station.foreign), key=lambda s: s.code)
    for wanted in (
        {StationClass.TOWNSHIP_1, StationClass.NATIONAL},
        {StationClass.TOWNSHIP_2},
        set(StationClass),
    ):
        found = _apart([s for s in own if s.station_class in wanted])
        if found:
            return found
    raise ValueError("a county without a station: every town should have been given a post")


def _apart(stations: Sequence[Station]) -> list[Station]:
    """No two brigades on one spot: a zone must have an inside."""
    kept: list[Station] = []
    for station in stations:
        if not kept or metres_to(station.position, [k.position for k in kept]).min() > 10.0:
            kept.append(station)
    return kept


def _zone_of(station: Station, zones: Sequence[Zone]) -> str:
    if station.foreign:
        return ""
    own = next((zone.code for zone in zones if zone.brigade == station.code), None)
    if own is not None:
        return own
    away = [shapely.distance(zone.area, station.position) for zone in zones]
    return zones[min(range(len(zones)), key=lambda i: (away[i], zones[i].code))].code


def _main(brigades: Sequence[Station], towns: Sequence[Town]) -> Station:
    """The brigade in the middle of things: least metres to all towns together."""
    seats = [town.seat for town in towns]
    return min(brigades, key=lambda b: (round(float(metres_to(b.position, seats).sum())), b.code))
