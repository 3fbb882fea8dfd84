"""Where a caller's words point to: towns, villages, hamlets and landmarks of the county by name. Pure."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from dispatch.alarms.triage import METRES_PER_DEGREE, metres_between
from gis_data.model import County, Place

TOWN_SUFFIXES = ("街道办事处", "街道", "镇", "乡")
VILLAGE_SUFFIXES = ("居民委员会", "村民委员会", "居委会", "村委会", "社区", "自然村", "村", "庄园")
TOWN_RADIUS_METRES = 5000.0
GUESS_RADIUS_METRES = 2000.0
LEAST_RADIUS_METRES = 50.0
NEAR_PLACE_METRES = 3000.0


@dataclass(frozen=True, slots=True)
class ResolvedPlace:
    """`certain` is false where several places answer to the words, or only the town is known."""

    lon: float
    lat: float
    name: str
    code: str | None
    radius_metres: float
    certain: bool


class PlaceBook(Protocol):
    """What intake asks: the place that words name, the best known place of all, and what to call a position."""

    def resolve(self, text: str) -> ResolvedPlace | None: ...

    def anywhere(self) -> ResolvedPlace: ...

    def describe(self, lon: float, lat: float) -> str: ...


@dataclass(frozen=True, slots=True)
class _Entry:
    """`around` are the names of its town and village as they may be said beside it; `short`: said without 村."""

    key: str
    place: ResolvedPlace
    around: tuple[tuple[str, ...], ...]
    short: bool
    town: bool = False


class CountyPlaces:
    """Every name of the county: exact, then the longest name within the words; a town named beside it decides."""

    def __init__(self, county: County) -> None:
        self._towns = {town.code: town.name for town in county.towns}
        self._villages = {place.code: place.name for place in county.places}
        self._whole = _whole_county(county)
        self._places = county.places
        self._lon = np.array([place.position.x for place in county.places])
        self._lat = np.array([place.position.y for place in county.places])
        entries = [entry for place in county.places for entry in self._entries_of_place(place)]
        for town in county.towns:
            away = [
                metres_between(town.seat.x, town.seat.y, p.position.x, p.position.y)
                for p in county.places
                if p.town == town.code
            ]
            radius = min(max([TOWN_RADIUS_METRES, *away]), 15_000.0)
            found = ResolvedPlace(town.seat.x, town.seat.y, town.name, town.code, radius, certain=False)
            entries += [
                _Entry(key, found, (), short=number > 0, town=True)
                for number, key in enumerate(_keys(town.name, TOWN_SUFFIXES))
            ]
        self._entries = entries

    def _entries_of_place(self, place: Place) -> list[_Entry]:
        found = ResolvedPlace(
            place.position.x,
            place.position.y,
            self._title(place),
            place.code,
            max(place.radius_metres, LEAST_RADIUS_METRES),
            certain=True,
        )
        town = self._towns.get(place.town, place.town)
        village = self._villages.get(place.village, place.village)
        around = (_keys(town, TOWN_SUFFIXES), _keys(village, VILLAGE_SUFFIXES))
        return [
            _Entry(key, found, around, short=number > 0)
            for number, key in enumerate(_keys(place.name, VILLAGE_SUFFIXES))
        ]

    def _title(self, place: Place) -> str:
        village = self._villages.get(place.village, place.village)
        parts = (self._towns.get(place.town, place.town), village, place.name)
        return " ".join(dict.fromkeys(part for part in parts if part))

    def resolve(self, text: str) -> ResolvedPlace | None:
        words = _plain(text)
        if not words:
            return None
        exact = [entry for entry in self._entries if entry.key == words]
        if exact:
            return _one_of(exact)
        within = [entry for entry in self._entries if entry.key in words]
        named = [entry for entry in within if not entry.town]
        said = {id(entry): _said_beside(entry, words) for entry in named}
        most = max(said.values(), default=0)
        if most > 0:
            return _one_of(_longest([entry for entry in named if said[id(entry)] == most]))
        if named:
            best = _longest(named)
            found = _one_of(best)
            # "大槐" within "大槐树旁" may be the village or only a tree: by itself it is a guess.
            return _guess(found) if any(entry.short for entry in best) else found
        if within:
            return _one_of(_longest(within))
        around = [entry for entry in self._entries if len(words) >= 2 and words in entry.key]
        return _one_of(around) if 0 < len(around) <= 12 else None

    def anywhere(self) -> ResolvedPlace:
        return self._whole

    def describe(self, lon: float, lat: float) -> str:
        """The nearest named place, or the position itself where nothing is near."""
        if len(self._lon):
            x = (self._lon - lon) * np.cos(np.radians(lat))
            metres = np.hypot(x, self._lat - lat) * METRES_PER_DEGREE
            nearest = int(metres.argmin())
            if metres[nearest] <= NEAR_PLACE_METRES:
                return self._title(self._places[nearest])
        return f"{lon:.5f}, {lat:.5f}"


def _said_beside(entry: _Entry, words: str) -> int:
    """How many of its town and village are named beside it; "大阳" within "大阳镇" itself does not count twice."""
    rest = words.replace(entry.key, "", 1)
    return sum(any(key in rest for key in keys) for keys in entry.around)


def _longest(entries: Sequence[_Entry]) -> list[_Entry]:
    longest = max(len(entry.key) for entry in entries)
    return [entry for entry in entries if len(entry.key) == longest]


def _guess(place: ResolvedPlace) -> ResolvedPlace:
    return replace(place, certain=False, radius_metres=max(place.radius_metres, GUESS_RADIUS_METRES))


def _whole_county(county: County) -> ResolvedPlace:
    inside = county.boundary.representative_point() if county.boundary.is_empty else county.boundary.centroid
    west, south, east, north = county.boundary.bounds
    radius = metres_between(west, south, east, north) / 2
    return ResolvedPlace(inside.x, inside.y, county.name.zh, None, radius, certain=False)


def _one_of(entries: Sequence[_Entry]) -> ResolvedPlace:
    """The one place, or, where several answer to the name, a circle around them all."""
    places = list({(e.place.lon, e.place.lat): e.place for e in entries}.values())
    if len(places) == 1:
        return places[0]
    lon = sum(place.lon for place in places) / len(places)
    lat = sum(place.lat for place in places) / len(places)
    first = min(places, key=lambda place: metres_between(lon, lat, place.lon, place.lat))
    radius = max(metres_between(first.lon, first.lat, p.lon, p.lat) + p.radius_metres for p in places)
    return ResolvedPlace(first.lon, first.lat, first.name, first.code, radius, certain=False)


def _plain(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(ch for ch in folded if unicodedata.category(ch)[0] in "LN")


def _keys(name: str, suffixes: tuple[str, ...]) -> tuple[str, ...]:
    """A name as people write it and as they say it, without its 镇 or 村. One letter names nothing."""
    full = _plain(name)
    keys = [full]
    for suffix in suffixes:
        if full.endswith(suffix):
            keys.append(full.removesuffix(suffix))
            break
    return tuple(key for key in dict.fromkeys(keys) if len(key) >= 2)
