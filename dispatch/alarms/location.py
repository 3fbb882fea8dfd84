"""Where an alarm is: as sent, turned round, guessed from the words or somewhere in the county; never nowhere. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import numpy as np
from shapely import Point, prepare
from shapely.geometry.base import BaseGeometry

from dispatch.alarms.places import PlaceBook, ResolvedPlace
from dispatch.alarms.triage import METRES_PER_DEGREE
from gis_data.errors import InputError
from gis_data.model import County, StationClass

BORDER_METRES = 15_000.0
UNKNOWN_CRS_METRES = 800.0  # GCJ-02 is up to 700 m off
TURNED_METRES = 100.0
POSITION_METRES = 0.0

ToWgs84 = Callable[[float, float, str], tuple[float, float]]


@dataclass(frozen=True, slots=True)
class Located:
    """`doubts`: codes that say why the place is not verified (位置待核)."""

    lon: float
    lat: float
    place: str
    place_code: str | None
    verified: bool
    uncertainty_metres: float
    doubts: tuple[str, ...]


class CountyMap:
    """The county as far as intake needs it: what lies in it, whose zone a place is in, who is responsible there."""

    def __init__(self, county: County, book: PlaceBook, to_wgs84: ToWgs84) -> None:
        self.county = county
        self.book = book
        self._to_wgs84 = to_wgs84
        self._near: BaseGeometry = county.boundary.buffer(BORDER_METRES / METRES_PER_DEGREE)
        prepare(self._near)
        self._areas: tuple[tuple[str, BaseGeometry], ...] = tuple((z.code, z.area) for z in county.zones)
        for _, area in self._areas:
            prepare(area)
        self._place_towns = {place.code: place.town for place in county.places}
        self._place_lon = np.array([place.position.x for place in county.places])
        self._place_lat = np.array([place.position.y for place in county.places])

    def locate(self, lon: float | None, lat: float | None, crs: str, text: str) -> Located:
        """The best place that the position and the words give."""
        doubts: list[str] = []
        if lon is not None and lat is not None:
            found = self._position(lon, lat, crs, text, doubts)
            if found is not None:
                return found
        elif lon is not None or lat is not None:
            doubts.append("half_a_position")
        return self._words(text, doubts)

    def _position(self, lon: float, lat: float, crs: str, text: str, doubts: list[str]) -> Located | None:
        uncertainty = POSITION_METRES
        if not self._on_map(lon, lat) and self._on_map(lat, lon):
            lon, lat = lat, lon
            uncertainty = TURNED_METRES
            doubts.append("axes_swapped")
        try:
            at_lon, at_lat = self._to_wgs84(lon, lat, crs)
        except (InputError, ValueError, KeyError):
            at_lon, at_lat = lon, lat
            uncertainty = max(uncertainty, UNKNOWN_CRS_METRES)
            doubts.append("unknown_crs")
        if not self._on_map(at_lon, at_lat):
            doubts.append("off_the_map")
            return None
        place = text or self.book.describe(at_lon, at_lat)
        return Located(at_lon, at_lat, place, None, not doubts, uncertainty, tuple(doubts))

    def _words(self, text: str, doubts: list[str]) -> Located:
        found = self.book.resolve(text) if text else None
        if found is None:
            doubts.append("place_unknown" if text else "no_place")
            found = self.book.anywhere()
            return _at(found, text or found.name, None, tuple(doubts))
        if not found.certain:
            doubts.append("place_ambiguous")
        return _at(found, text, found.code, tuple(doubts))

    def _on_map(self, lon: float, lat: float) -> bool:
        """Within the county or near enough to its border that its neighbours' roads are known."""
        return -180 <= lon <= 180 and -90 <= lat <= 90 and bool(self._near.contains(Point(lon, lat)))

    def zone_of(self, lon: float, lat: float) -> str | None:
        """The zone that the place lies in, or the nearest one within the border strip."""
        here = Point(lon, lat)
        inside = next((code for code, area in self._areas if area.contains(here)), None)
        if inside is not None or not self._areas:
            return inside
        metres, code = min((area.distance(here) * METRES_PER_DEGREE, code) for code, area in self._areas)
        return code if metres <= BORDER_METRES else None

    def station_of(self, lon: float, lat: float, zone: str | None, place_code: str | None) -> str | None:
        """The responsible (辖区) station: the town's own brigade, else the zone's."""
        town = self._town_of(lon, lat, place_code)
        here = Point(lon, lat)
        own = [
            (_RESPONSIBLE.index(station.station_class), station.position.distance(here), station.code)
            for station in self.county.stations
            if town and station.town == town and not station.foreign and station.station_class in _RESPONSIBLE
        ]
        if own:
            return min(own)[2]
        return next((z.brigade for z in self.county.zones if z.code == zone), None)

    def _town_of(self, lon: float, lat: float, place_code: str | None) -> str | None:
        """The town of the place that was named, else of the place nearest to the position."""
        if place_code in self._place_towns:
            return self._place_towns[place_code]
        if any(town.code == place_code for town in self.county.towns):
            return place_code
        if not self.county.places:
            return None
        east = (self._place_lon - lon) * np.cos(np.radians(lat))
        return self.county.places[int(np.hypot(east, self._place_lat - lat).argmin())].town


# Who is the town's own brigade where it has several.
_RESPONSIBLE = (
    StationClass.NATIONAL,
    StationClass.TOWNSHIP_1,
    StationClass.TOWNSHIP_2,
    StationClass.VOLUNTEER,
)


def _at(found: ResolvedPlace, place: str, code: str | None, doubts: tuple[str, ...]) -> Located:
    return Located(found.lon, found.lat, place, code, not doubts, found.radius_metres, doubts)


def season_of(county: County, day: date) -> str:
    """`forest` within the county's forest-fire season (which may run over the new year), else nothing."""
    first, last = county.policy.forest_season
    today = f"{day:%m-%d}"
    inside = first <= today <= last if first <= last else today >= first or today <= last
    return "forest" if inside else ""


def kind_of(county: County, said: str) -> str | None:
    """A kind by its code or its name in either language; None where nobody knows it."""
    wanted = said.strip().casefold()
    for kind in county.kinds.values():
        if wanted and wanted in (kind.code.casefold(), kind.name.zh.casefold(), kind.name.en.casefold()):
            return kind.code
    return None
