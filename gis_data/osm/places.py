"""Towns, and the ladder of places under them: town, village, hamlet, landmark, each with how far off it may be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point

from gis_data.crs import geodesic_metres
from gis_data.model import Place, Town
from gis_data.osm.names import local_name
from gis_data.osm.outline import Outline, snapped
from gis_data.osm.raw import Extract, RawArea, Tags
from gis_data.osm.report import Tally

SOURCE = "OpenStreetMap"
# OpenStreetMap's word: our rung, and how far from its node a caller who names it may be. A town's own settlement
# stands on the village rung; the town above it is a `Town`.
_RUNGS = {
    "city": ("village", 2500.0),
    "town": ("village", 1500.0),
    "suburb": ("village", 900.0),
    "village": ("village", 800.0),
    "quarter": ("hamlet", 500.0),
    "neighbourhood": ("hamlet", 400.0),
    "hamlet": ("hamlet", 300.0),
    "isolated_dwelling": ("hamlet", 100.0),
    "farm": ("hamlet", 150.0),
    "locality": ("landmark", 500.0),
}
_LANDMARK_METRES = 80.0
_LANDMARKS = {
    "amenity": frozenset(
        {"hospital", "clinic", "school", "college", "university", "townhall", "nursing_home", "social_facility",
         "police", "marketplace", "place_of_worship", "community_centre"}
    ),
    "man_made": frozenset({"works"}),
    "tourism": frozenset({"alpine_hut", "hotel", "museum"}),
}  # fmt: skip
_FEW_TOWNS = 3
_TOWN_WORDS = ("city", "town")


@dataclass(frozen=True, slots=True)
class _Spot:
    id: str
    name: str
    word: str
    rung: str
    radius_metres: float
    population: int
    at: Point


def read_places(
    extract: Extract, outline: Outline, districts: Sequence[RawArea], tally: Tally
) -> tuple[tuple[Town, ...], tuple[Place, ...]]:
    """The towns, and every named place within the outline with its town and village."""
    shapely.prepare(outline.area)
    spots = _spots(extract, outline, tally)
    towns = _towns_of_districts(districts, spots) if districts else _towns_of_spots(spots)
    if not towns:
        middle = outline.area.representative_point()
        name = local_name(outline.tags) or "county"
        towns = (Town("town", name, _round(middle), "estimated", "middle of the county", True),)
        tally.make("towns")
    else:
        tally.take("towns", len(towns))
    return towns, _places(spots, towns, tally)


def _spots(extract: Extract, outline: Outline, tally: Tally) -> list[_Spot]:
    found: list[_Spot] = []
    for thing in extract.things:
        kind = _kind(thing.tags)
        if kind is None:
            continue
        word, rung, radius = kind
        name = local_name(thing.tags)
        if not name:
            tally.drop("places", "without a name")
            continue
        at = thing.at
        if not outline.area.contains(at):
            tally.drop("places", "outside the county")
            continue
        found.append(_Spot(thing.code, name, word, rung, radius, _population(thing.tags), at))
    return found


def _kind(tags: Tags) -> tuple[str, str, float] | None:
    word = tags.get("place", "")
    if word in _RUNGS and "boundary" not in tags:
        return word, *_RUNGS[word]
    for key, words in _LANDMARKS.items():
        if tags.get(key) in words:
            return tags[key], "landmark", _LANDMARK_METRES
    return None


def _population(tags: Tags) -> int:
    digits = tags.get("population", "").replace(",", "").replace(" ", "").split(".")[0]
    return int(digits) if digits.isdigit() and len(digits) < 9 else 0


def _towns_of_districts(districts: Sequence[RawArea], spots: Sequence[_Spot]) -> tuple[Town, ...]:
    """One town a district; its seat is the place of its name, else the largest one in it."""
    towns: list[Town] = []
    for district in districts:
        shapely.prepare(district.area)
        inside = [s for s in spots if s.rung == "village" and district.area.contains(s.at)]
        name = local_name(district.tags)
        seat = min(
            inside,
            key=lambda s: (s.name != name, s.word not in _TOWN_WORDS, -s.population, s.id),
            default=None,
        )
        middle = _round(district.area.representative_point())
        towns.append(
            Town(
                code=f"town-{district.id}",
                name=name,
                seat=seat.at if seat else middle,
                quality="mapped" if seat else "estimated",
                source=f"{SOURCE} {seat.id if seat else district.id}",
                synthetic=False,
                area=snapped(district.area),
            )
        )
    return tuple(towns)


def _towns_of_spots(spots: Sequence[_Spot]) -> tuple[Town, ...]:
    """Cities and towns; where there are hardly any, villages count as towns too."""
    chosen = [s for s in spots if s.word in _TOWN_WORDS]
    if len(chosen) < _FEW_TOWNS:
        chosen += [s for s in spots if s.word == "village"]
    return tuple(
        Town(f"town-{s.id}", s.name, s.at, "mapped", f"{SOURCE} {s.id}", False)
        for s in sorted(chosen, key=lambda s: s.id)
    )


def _places(spots: Sequence[_Spot], towns: Sequence[Town], tally: Tally) -> tuple[Place, ...]:
    villages = [s for s in spots if s.rung == "village"]
    places: list[Place] = []
    for spot in sorted(spots, key=lambda s: (s.id[0], int(s.id[1:]))):
        village = "" if spot.rung == "village" else _nearest(spot.at, villages, 2500.0)
        places.append(
            Place(
                code=spot.id,
                name=spot.name,
                kind=spot.rung,
                town=town_of(spot.at, towns).code,
                village=village,
                position=spot.at,
                radius_metres=spot.radius_metres,
                population=spot.population,
                quality="mapped",
                source=SOURCE,
                synthetic=False,
            )
        )
        tally.take(f"places: {spot.rung}")
    return tuple(places)


def town_of(at: Point, towns: Sequence[Town]) -> Town:
    """The town whose area holds the point; where areas are unknown, the one with the nearest seat."""
    for town in towns:
        if town.area is not None and town.area.covers(at):
            return town
    return towns[int(np.argmin(metres_to(at, [town.seat for town in towns])))]


def metres_to(at: Point, others: Sequence[Point]) -> NDArray[np.float64]:
    lons, lats = [p.x for p in others], [p.y for p in others]
    return np.atleast_1d(geodesic_metres(at.x, at.y, lons, lats))


def _nearest(at: Point, spots: Sequence[_Spot], within: float) -> str:
    if not spots:
        return ""
    metres = metres_to(at, [spot.at for spot in spots])
    best = int(metres.argmin())
    return spots[best].id if metres[best] <= within else ""


def _round(at: Point) -> Point:
    return Point(round(at.x, 7), round(at.y, 7))
