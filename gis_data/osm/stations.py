"""Fire stations of the extract, what kind of station each is taken for, and posts invented where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon

from gis_data.model import Name, Station, StationClass, Town
from gis_data.osm.names import Codes, both_names
from gis_data.osm.places import SOURCE, metres_to, town_of
from gis_data.osm.raw import Extract, Tags
from gis_data.osm.report import Tally

SAME_STATION_METRES = 120.0
# A town whose seat is nearer than this to a station needs no post of its own.
SERVED_METRES = 1500.0
CENTRE_BODY = "county_centre"
NEIGHBOUR_BODY = "neighbour_county"
CITY_BODY = "city_119"

# Words in a name or operator that say what a station is. The first that fits; volunteers in Europe are the fire
# brigade of their municipality, so they are a municipal brigade whose crew is at home.
_CLASSES = (
    (re.compile(r"微型消防|小型消防", re.I), StationClass.MICRO),
    (re.compile(r"werks?feuerwehr|betriebsfeuerwehr|企业|works fire|airport", re.I), StationClass.ENTERPRISE),
    (re.compile(r"森林|森防|forest|wildland|incendios forestales", re.I), StationClass.FORESTRY),
    (re.compile(r"志愿|义务消防", re.I), StationClass.VOLUNTEER),
    (re.compile(r"消防救援|特勤|消防(中|大|支)队|武警", re.I), StationClass.NATIONAL),
)  # fmt: skip
_SHORT_NAME = 4
_AT_HOME = re.compile(r"freiwillig|volunteer|\bFF\b|stützpunkt|sapeurs-pompiers volontaires|ochotnicza", re.I)
BRIGADES = frozenset({StationClass.NATIONAL, StationClass.TOWNSHIP_1, StationClass.TOWNSHIP_2})


@dataclass(frozen=True, slots=True)
class Post:
    """A station to be: `at_home` when its crew is called in by pager."""

    station: Station
    at_home: bool


def read_posts(
    extract: Extract,
    outline: Polygon | MultiPolygon,
    reach: Polygon | MultiPolygon,
    towns: Sequence[Town],
    tally: Tally,
) -> list[Post]:
    """The stations of the extract, without a zone as yet; those beyond the outline are neighbours'."""
    shapely.prepare(outline)
    codes = Codes()
    posts: list[Post] = []
    for code, tags, at in _fire_stations(extract, tally):
        if not reach.contains(at):
            tally.drop("stations", "far outside the county")
            continue
        foreign = not outline.contains(at)
        town = town_of(at, towns)
        kind = station_class(tags)
        own_body = CITY_BODY if kind is StationClass.NATIONAL else CENTRE_BODY
        name = _named(both_names(tags), town)
        posts.append(
            Post(
                Station(
                    code=codes.code(f"out {town.name}" if foreign else town.name, "station"),
                    name=name,
                    station_class=kind,
                    position=at,
                    zone="",
                    town="" if foreign else town.code,
                    body=NEIGHBOUR_BODY if foreign else own_body,
                    telephone=(tags.get("phone") or tags.get("contact:phone") or "").split(";")[0].strip(),
                    foreign=foreign,
                    synthetic=False,
                    source=f"{SOURCE} {code}",
                ),
                at_home=bool(_AT_HOME.search(_words(tags))),
            )
        )
        tally.take("stations beyond the border" if foreign else "stations")
    return posts


def posts_for_towns(
    towns: Sequence[Town], posts: Sequence[Post], roads: NDArray[np.float64], tally: Tally
) -> list[Post]:
    """A post for every town that has no station: invented, so marked, and placed on the nearest road."""
    codes = Codes()
    for post in posts:
        codes.code(post.station.code, "station")
    found: list[Post] = []
    alone = not any(p.station.station_class in BRIGADES and not p.station.foreign for p in posts)
    own = [p.station for p in posts if not p.station.foreign]
    for town in towns:
        if any(s.town == town.code and town.area is not None for s in own):
            continue
        if own and metres_to(town.seat, [s.position for s in own]).min() < SERVED_METRES:
            continue
        found.append(
            Post(
                Station(
                    code=codes.code(town.name, "post"),
                    name=Name(
                        f"{town.name}专职消防队" if alone else f"{town.name}消防站", f"{town.name} fire post"
                    ),
                    station_class=StationClass.TOWNSHIP_1 if alone else StationClass.TOWNSHIP_2,
                    position=_nearest_spot(town.seat, roads),
                    zone="",
                    town=town.code,
                    body=CENTRE_BODY,
                    synthetic=True,
                    source="invented: the extract has no station here",
                ),
                at_home=not alone,
            )
        )
    tally.make("stations", len(found))
    return found


def forestry_posts(
    count: int, brigades: Sequence[Station], towns: Sequence[Town], tally: Tally
) -> list[Post]:
    """Forestry crews beside the stations that lie farthest from each other."""
    chosen: list[Station] = []
    for _ in range(min(count, len(brigades))):
        rest = [s for s in brigades if s not in chosen]
        chosen.append(
            max(
                rest,
                key=lambda s: (
                    metres_to(s.position, [c.position for c in chosen]).min() if chosen else 0.0,
                    s.code,
                ),
            )
        )
    tally.make("forestry crews", len(chosen))
    called = {town.code: town.name for town in towns}
    return [
        Post(
            Station(
                code=f"forest-{number}",
                name=Name(f"{called[station.town]}森林消防队", f"{called[station.town]} forest crew"),
                station_class=StationClass.FORESTRY,
                position=station.position,
                zone="",
                town=station.town,
                body=CENTRE_BODY,
                synthetic=True,
                source="invented: the extract knows no forest crew",
            ),
            at_home=False,
        )
        for number, station in enumerate(chosen, start=1)
    ]


def _nearest_spot(at: Point, spots: NDArray[np.float64]) -> Point:
    east = (spots[:, 0] - at.x) * np.cos(np.radians(at.y))
    lon, lat = spots[int(np.hypot(east, spots[:, 1] - at.y).argmin())]
    return Point(float(lon), float(lat))


def _gap(station: Station, others: Sequence[Station]) -> float:
    return float(metres_to(station.position, [other.position for other in others]).min()) if others else 0.0


def station_class(tags: Tags) -> StationClass:
    words = _words(tags)
    return next((kind for pattern, kind in _CLASSES if pattern.search(words)), StationClass.TOWNSHIP_1)


def _named(name: Name | None, town: Town) -> Name:
    """A station is called by its town where the map gives it no name, or only `FFW`."""
    if name is None:
        return Name(f"{town.name}消防站", f"{town.name} fire station")
    if len(name.zh) <= _SHORT_NAME and name.zh.isascii() and name.zh != town.name:
        return Name(f"{town.name} {name.zh}", f"{town.name} {name.en}")
    return name


def _words(tags: Tags) -> str:
    keys = ("name", "name:en", "name:zh", "operator", "operator:type", "fire_station:type", "description")
    return " ".join(tags.get(key, "") for key in keys)


def _fire_stations(extract: Extract, tally: Tally) -> list[tuple[str, Tags, Point]]:
    """Areas before nodes; what lies closer than a stone's throw to another is the same station."""
    found: list[tuple[str, Tags, Point]] = []
    for thing in extract.things:
        tags = thing.tags
        if "fire_station" not in (tags.get("amenity"), tags.get("building"), tags.get("emergency")):
            continue
        if found and metres_to(thing.at, [other for _, _, other in found]).min() < SAME_STATION_METRES:
            tally.drop("stations", "the same as another close by")
            continue
        found.append((thing.code, tags, thing.at))
    return sorted(found, key=lambda item: (item[0][0], int(item[0][1:])))
