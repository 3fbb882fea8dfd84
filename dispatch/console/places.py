"""Place search for the form: by name, by pinyin or its initials, by coordinates; and the ladder down to a landmark.

Everything lies in one long string of keys that C code scans, so a county with a hundred thousand names answers in
milliseconds. Readings come from pypinyin; a character with several readings is found under each.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice

from pypinyin import Style, pinyin

from dispatch.console.coordinates import parse_position
from gis_data.crs import to_wgs84
from gis_data.errors import InputError
from gis_data.model import County, Place

RUNGS = ("town", "village", "hamlet", "group", "landmark", "station")
SUFFIXES = (
    "社区居民委员会",
    "居民委员会",
    "村民委员会",
    "居委会",
    "村委会",
    "街道办事处",
    "自然村",
    "社区",
    "村",
    "镇",
    "乡",
)
READINGS = 3
HITS = 400
TOWN_RADIUS_METRES = 5000.0


@dataclass(frozen=True, slots=True)
class Found:
    """`label` is the whole ladder for people; `matched` says by what it was found."""

    kind: str
    code: str
    name: str
    label: str
    town: str
    village: str
    lon: float
    lat: float
    radius_metres: float
    population: int
    synthetic: bool
    matched: str = ""
    crs: str = "wgs84"


class PlaceIndex:
    """Every name of the county. Building it reads each name once (about 0.1 s for a thousand names)."""

    def __init__(self, county: County) -> None:
        self._bounds: tuple[float, float, float, float] = county.boundary.bounds
        self._places = tuple(_everything(county))
        self._by_code = {(p.kind == "station", p.code): p for p in self._places}
        self._towns = {town.code: town.name for town in county.towns}
        keys: list[str] = []
        self._owner: list[int] = []
        self._offsets: list[int] = []
        offset = 1
        for index, place in enumerate(self._places):
            for key in self._keys_of(place):
                keys.append(key)
                self._owner.append(index)
                self._offsets.append(offset)
                offset += len(key) + 1
        self._keys = keys
        self._blob = "\n" + "\n".join(keys) + "\n"

    # ── search ─────────────────────────────────────────────────────────────────────────────────────────────────

    def search(self, words: str, *, limit: int = 12, crs: str = "wgs84") -> tuple[Found, ...]:
        """The best places for what is typed so far: a position first, then names, the nearest in spelling first."""
        position = self._position(words, crs)
        if position is not None:
            return (position,)
        tokens = [plain for part in words.split() if (plain := plain_key(part))]
        if not tokens:
            return ()
        ranked = self._ranked(tokens)
        if not ranked:
            shorter = [_without_suffix(token) for token in tokens]
            ranked = self._ranked(shorter) if shorter != tokens else {}
        best = sorted(ranked, key=lambda index: (ranked[index], *self._order(index)))
        return tuple(self._places[index] for index in best[:limit])

    def _position(self, words: str, crs: str) -> Found | None:
        typed = parse_position(words, self._bounds, crs)
        if typed is None:
            return None
        try:
            lon, lat = to_wgs84(typed.lon, typed.lat, typed.crs)
        except InputError:
            return None
        name = f"{lon:.6f}, {lat:.6f}"
        matched = "position_swapped" if typed.swapped else "position"
        return Found("position", "", name, name, "", "", lon, lat, 0.0, 0, False, matched, typed.crs)

    def _ranked(self, tokens: Sequence[str]) -> dict[int, int]:
        """Places that every token fits, each with its rank: 0 exact, 1 the beginning, 2 somewhere within."""
        whole = "".join(tokens)
        ranked = self._hits(whole)
        if len(tokens) > 1:
            # "大阳 李庄": one word names the place, the others what it lies in.
            fits = [self._hits(token, within=True) for token in tokens]
            for index in set(fits[0]).intersection(*fits[1:]):
                ranked.setdefault(index, min(fit[index] for fit in fits))
        return ranked

    def _hits(self, key: str, *, within: bool = False) -> dict[int, int]:
        found: dict[int, int] = {}
        most = None if within else HITS
        for rank, needle in enumerate((f"\n{key}\n", f"\n{key}", key)):
            lead = 0 if rank == 2 else 1
            for at in islice(_occurrences(self._blob, needle), most):
                owner = self._owner[bisect_right(self._offsets, at + lead) - 1]
                found.setdefault(owner, rank)
        return found

    def _order(self, index: int) -> tuple[int, int, int, str]:
        place = self._places[index]
        return RUNGS.index(place.kind), -place.population, len(place.name), place.code

    def _keys_of(self, place: Found) -> list[str]:
        """The name, its readings and initials, alone and behind its town's."""
        town = self._towns.get(place.town, "") if place.kind != "town" else ""
        keys: dict[str, None] = {}
        for called in dict.fromkeys((place.name, _without_suffix(place.name))):
            own = _spelt(called)
            keys |= dict.fromkeys((own.plain, *own.readings, *own.initials))
            for name in dict.fromkeys((town, _without_suffix(town))) if town else ():
                above = _spelt(name)
                keys[above.plain + own.plain] = None
                keys |= dict.fromkeys(above.readings[0] + reading for reading in own.readings)
                keys |= dict.fromkeys(above.initials[0] + initials for initials in own.initials)
        return list(keys)

    # ── ladder ─────────────────────────────────────────────────────────────────────────────────────────────────

    def ladder(self, under: str | None = None) -> tuple[Found, ...]:
        """The rung below: towns; the villages of a town; hamlets, groups and landmarks of a village."""
        if under is None:
            rung = [p for p in self._places if p.kind == "town"]
        elif under in self._towns:
            rung = [p for p in self._places if p.town == under and self._top_of_town(p)]
        else:
            rung = [p for p in self._places if p.village == under and p.code != under and p.kind != "station"]
        return tuple(sorted(rung, key=lambda p: (RUNGS.index(p.kind), _reading(p.name), p.code)))

    def _top_of_town(self, place: Found) -> bool:
        if place.kind == "station" or place.code in self._towns:
            return False
        return place.kind == "village" or (False, place.village) not in self._by_code


def plain_key(words: str) -> str:
    """Letters and digits only, without case and accents."""
    folded = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", words).casefold())
    return "".join(ch for ch in folded if unicodedata.category(ch)[0] in "LN")


def _without_suffix(name: str) -> str:
    for suffix in SUFFIXES:
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name


@dataclass(frozen=True, slots=True)
class _Spelt:
    """A name as written, as read, by initials; the likeliest reading first."""

    plain: str
    readings: tuple[str, ...]
    initials: tuple[str, ...]


@lru_cache(maxsize=1024)
def _spelt(name: str) -> _Spelt:
    plain = plain_key(name)
    if plain.isascii():
        return _Spelt(plain, (plain,), (plain,))
    # pypinyin looks at whole words, so its reading is the likeliest; people misread one character, seldom two.
    likely = [reading[0] for reading in pinyin(plain, style=Style.NORMAL)]
    read = [likely]
    if len(likely) == len(plain):
        read += [
            [*likely[:place], other, *likely[place + 1 :]]
            for place, character in enumerate(plain)
            for other in _readings(character)
        ]
    readings = dict.fromkeys("".join(syllables) for syllables in read)
    initials = dict.fromkeys("".join(s[0] for s in syllables if s) for syllables in read)
    return _Spelt(plain, tuple(readings), tuple(initials))


@cache
def _readings(character: str) -> tuple[str, ...]:
    return tuple(pinyin(character, style=Style.NORMAL, heteronym=True)[0][:READINGS])


def _reading(name: str) -> str:
    return "".join(reading[0] for reading in pinyin(name, style=Style.TONE3))


def _occurrences(blob: str, needle: str) -> Iterator[int]:
    at = blob.find(needle)
    while at >= 0:
        yield at
        at = blob.find(needle, at + 1)


def _everything(county: County) -> Iterator[Found]:
    names = {town.code: town.name for town in county.towns}
    villages = {place.code: place.name for place in county.places}
    for town in county.towns:
        yield Found(
            "town",
            town.code,
            town.name,
            town.name,
            town.code,
            "",
            town.seat.x,
            town.seat.y,
            TOWN_RADIUS_METRES,
            0,
            town.synthetic,
        )
    for place in county.places:
        if place.code in names:
            continue  # the seat of a town stands for the town
        yield Found(
            _rung(place),
            place.code,
            place.name,
            _label(names.get(place.town, ""), villages.get(place.village, ""), place.name),
            place.town,
            place.village,
            place.position.x,
            place.position.y,
            place.radius_metres,
            place.population,
            place.synthetic,
        )
    for station in county.stations:
        home = "" if station.foreign else station.town
        yield Found(
            "station",
            station.code,
            station.name.zh,
            _label(names.get(home, ""), "", station.name.zh),
            home,
            "",
            station.position.x,
            station.position.y,
            0.0,
            0,
            station.synthetic,
        )


_RUNG_OF_KIND: Mapping[str, str] = {
    "town": "town",
    "village": "village",
    "administrative_village": "village",
    "hamlet": "hamlet",
    "natural_village": "hamlet",
    "group": "group",
}


def _rung(place: Place) -> str:
    return _RUNG_OF_KIND.get(place.kind, "landmark")


def _label(*parts: str) -> str:
    return " ".join(dict.fromkeys(part for part in parts if part))
