"""Who is reached in time: every place from the post that gets there first, summed by town and zone, and the gaps."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.errors import InputError
from gis_data.model import Place, Zone
from routing.ends import along_edge, arc_ms
from routing.geometry import part
from routing.last_metres import last_metres
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.roads_of import RoadsOf
from routing.search import Sources, Targets


@dataclass(frozen=True, slots=True)
class Post:
    """Where a vehicle class waits, and how long it needs to get rolling."""

    code: str
    lon: float
    lat: float
    vehicle_class: str
    turnout_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class PlaceReach:
    """`seconds` from the order to the place by its fastest post; None where nobody can drive there."""

    place: Place
    zone: str
    seconds: float | None
    post: str
    reached: bool


@dataclass(frozen=True, slots=True)
class AreaReach:
    code: str
    places: int
    reached: int
    population: int
    population_reached: int


@dataclass(frozen=True, slots=True)
class Coverage:
    minutes: float
    places: tuple[PlaceReach, ...]
    by_town: tuple[AreaReach, ...]
    by_zone: tuple[AreaReach, ...]

    @property
    def gaps(self) -> tuple[PlaceReach, ...]:
        """Places not reached in time, the largest first."""
        late = (found for found in self.places if not found.reached)
        return tuple(sorted(late, key=lambda found: (-found.place.population, found.place.code)))

    def to_geojson(self) -> dict[str, Any]:
        """The places as points, for QGIS."""
        return {"type": "FeatureCollection", "features": [_feature(found) for found in self.places]}


def coverage(
    live: LiveRoads, posts: Sequence[Post], places: Sequence[Place], zones: Sequence[Zone], minutes: float
) -> Coverage:
    """Drives from every post at once, class by class. What is left on foot from the road counts as in a ranking."""
    if not minutes > 0.0:
        raise InputError("minutes", f"{minutes} is no time", "give a number above 0")
    fastest = np.full(len(places), CLOSED, dtype=np.int64)
    first = np.full(len(places), -1, dtype=np.int64)
    for vehicle_class in dict.fromkeys(post.vehicle_class for post in posts):
        live.graph.require_class(vehicle_class)
        members = [number for number, post in enumerate(posts) if post.vehicle_class == vehicle_class]
        time, source = _from_posts(live, vehicle_class, [posts[number] for number in members], places)
        better = time < fastest
        fastest[better] = time[better]
        first[better] = np.array(members, dtype=np.int64)[source[better]]
    zone_of = _zones_of(places, zones)
    found = tuple(
        PlaceReach(
            place=place,
            zone=zone_of[number],
            seconds=float(fastest[number]) / 1000.0 if first[number] >= 0 else None,
            post=posts[first[number]].code if first[number] >= 0 else "",
            reached=bool(fastest[number] <= minutes * 60_000.0),
        )
        for number, place in enumerate(places)
    )
    by_town = _summed((one.place.town, one) for one in found)
    return Coverage(minutes, found, by_town, _summed((one.zone, one) for one in found))


def _from_posts(
    live: LiveRoads, vehicle_class: str, posts: Sequence[Post], places: Sequence[Place]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """For each place the time in ms and the number of the post that is there first."""
    rules, vehicle = live.graph.rules, live.graph.require_class(vehicle_class)
    sources: list[tuple[int, int, int, int]] = []
    at_post: dict[int, list[tuple[int, EdgePoint, int]]] = {}
    for number, post in enumerate(posts):
        point = live.find_point(post.lon, post.lat, vehicle_class, f"post {post.code}")
        if point is None:
            continue
        turnout = round(post.turnout_seconds * 1000.0)
        sources += [
            (node, arc, turnout + cost, number)
            for node, arc, cost in _ends(live, vehicle_class, point, leaving=True)
        ]
        at_post.setdefault(point.arc >> 1, []).append((number, point, turnout))

    entries: list[tuple[int, int, int, int]] = []
    direct = np.full(len(places), CLOSED, dtype=np.int64)
    neighbour = np.full(len(places), -1, dtype=np.int64)
    on_foot = np.zeros(len(places), dtype=np.int64)
    for number, place in enumerate(places):
        point = live.find_point(place.position.x, place.position.y, vehicle_class, f"place {place.code}")
        if point is None:
            continue
        on_foot[number] = last_metres(rules, vehicle, np.array([point.off_road_metres])).on_foot_ms[0]
        entries += [(*end, number) for end in _ends(live, vehicle_class, point, leaving=False)]
        for post_number, start, turnout in at_post.get(point.arc >> 1, ()):
            within = (
                along_edge(live, vehicle_class, start, point.arc, point.fraction) if point.node < 0 else None
            )
            if within is not None and turnout + within[1] < direct[number]:
                direct[number], neighbour[number] = turnout + within[1], post_number

    source = np.array(sources, dtype=np.int64).reshape(-1, 4).T.copy()
    entry = np.array(entries, dtype=np.int64).reshape(-1, 4).T.copy()
    found = RoadsOf(live, vehicle_class, forward=True).find(
        Sources(node=source[0], cost=source[2], arc=source[1]),
        Targets(node=entry[0], cost=entry[2], arc=entry[1], target=entry[3], direct=direct),
        best=len(places),
        paths=False,
    )
    reached = found.time < CLOSED
    by_road = reached & (found.entry >= 0)
    post_of = neighbour.copy()
    post_of[by_road] = source[3][found.source[by_road]]
    return np.where(reached, found.time + on_foot, CLOSED), post_of


def _ends(
    live: LiveRoads, vehicle_class: str, point: EdgePoint, *, leaving: bool
) -> list[tuple[int, int, int]]:
    """Nodes at the ends of a point's edge, the arc between, and the time from the point to them, or back."""
    if point.node >= 0:
        return [(point.node, NO_ARC, 0)]
    found = []
    for arc, fraction in ((point.arc, point.fraction), (point.arc ^ 1, 1.0 - point.fraction)):
        whole = arc_ms(live, vehicle_class, arc)
        if whole < CLOSED:
            gone = part(whole, fraction)
            end = live.graph.head[arc] if leaving else live.graph.tail[arc]
            found.append((int(end), arc, whole - gone if leaving else gone))
    return found


def _zones_of(places: Sequence[Place], zones: Sequence[Zone]) -> list[str]:
    """The zone that each place lies in; in the order of the zones where they overlap, "" outside all."""
    points = [place.position for place in places]
    names = [""] * len(places)
    for zone in reversed(zones):
        for number in np.flatnonzero(shapely.covers(zone.area, points)):
            names[number] = zone.code
    return names


def _summed(found: Iterable[tuple[str, PlaceReach]]) -> tuple[AreaReach, ...]:
    sums: dict[str, list[int]] = {}
    for code, one in found:
        people, row = one.place.population, sums.setdefault(code, [0, 0, 0, 0])
        for column, value in enumerate((1, int(one.reached), people, people * one.reached)):
            row[column] += value
    return tuple(AreaReach(code, *sums[code]) for code in sorted(sums))


def _feature(found: PlaceReach) -> dict[str, Any]:
    place = found.place
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.position.x, place.position.y]},
        "properties": {
            "code": place.code,
            "name": place.name,
            "kind": place.kind,
            "town": place.town,
            "zone": found.zone,
            "population": place.population,
            "seconds": found.seconds,
            "post": found.post,
            "reached": found.reached,
            "synthetic": place.synthetic,
        },
    }
