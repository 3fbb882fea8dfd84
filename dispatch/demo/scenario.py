"""The scripted night: what happens where, chosen from any county by its own geography. Pure and deterministic."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random

from dispatch.alarms.triage import metres_between
from gis_data.crs import from_wgs84
from gis_data.model import Contact, County, Place, Station, StationClass, Unit


class Behaviour(StrEnum):
    """How the first team that is ordered to a place behaves there."""

    READY = "ready"
    SILENT = "silent"
    UNABLE = "unable"


@dataclass(frozen=True, slots=True)
class Call:
    """One alarm to raise: `after` seconds from the start (real time), `body` as POST /alarms takes it."""

    after: float
    scene: str
    body: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scene:
    """A place where a behaviour is played: within `metres` of it, the first ordered team behaves so."""

    name: str
    lon: float
    lat: float
    behaviour: Behaviour = Behaviour.READY
    metres: float = 900.0


@dataclass(frozen=True, slots=True)
class Relocation:
    """改址: the dispatcher learns where it really is, `seconds` after the incident opened."""

    scene: str
    seconds: float
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Scenario:
    calls: tuple[Call, ...]
    scenes: tuple[Scene, ...]
    relocations: tuple[Relocation, ...]
    closed_bridge_at: tuple[float, float] | None  # between this place and the station nearest to it by air
    closed_bridge_after: float = 0.0
    random_from: float = field(default=0.0)


_CALLER = "138****0000"


def night(county: County) -> Scenario:
    """The ten situations that every dispatcher knows, in the order of the tale."""
    villages = _spread(
        county, [p for p in county.places if p.kind in ("village", "hamlet")] or list(county.places)
    )
    picked = iter(villages)
    house, silent, unable, bridge, crowd, twin = (next(picked) for _ in range(6))
    calls: list[Call] = []
    scenes: list[Scene] = []

    def scene(name: str, lon: float, lat: float, behaviour: Behaviour = Behaviour.READY) -> None:
        scenes.append(Scene(name, lon, lat, behaviour))

    def call(after: float, name: str, kind: str, place: object, **more: object) -> None:
        calls.append(
            Call(after, name, {"source": "119", "kind": kind, "location": place, "caller": _CALLER, **more})
        )

    scene("house", house.position.x, house.position.y)
    call(
        0,
        "house",
        "building",
        {"text": _spoken(county, house)},
        trapped=2,
        description="民房着火，屋里还有老人和孩子",
    )

    wood_lon, wood_lat = _wood(county, house)
    gcj = from_wgs84(wood_lon, wood_lat, "gcj02")
    scene("wood", wood_lon, wood_lat)
    call(
        3,
        "wood",
        "vegetation",
        {"lon": gcj[0], "lat": gcj[1], "crs": "gcj02"},
        description="清明上坟烧纸引着了山坡",
    )

    plant = _plant(county)
    scene("plant", *plant)
    call(
        6,
        "plant",
        "industrial",
        {"lon": plant[0], "lat": plant[1]},
        description="车间起火，有甲醇罐",
        facts={"hazmat": True},
    )

    scene("crowd", crowd.position.x, crowd.position.y)
    jitter = Random(140525)
    for caller in range(10):
        place = {
            "lon": crowd.position.x + jitter.uniform(-0.0012, 0.0012),
            "lat": crowd.position.y + jitter.uniform(-0.0012, 0.0012),
        }
        call(9 + caller * 0.4, "crowd", "building", place, description=f"第 {caller + 1} 个报警人：街上浓烟")

    real = _near(county, house, 4000.0)
    scene("lost", real.position.x, real.position.y)
    call(
        15,
        "lost",
        "building",
        {"text": "过了大槐树往东，第二个岔路口"},
        description="说不清在哪里，只看见火光",
    )

    scene("silent", silent.position.x, silent.position.y, Behaviour.SILENT)
    call(18, "silent", "building", {"text": _spoken(county, silent)}, description="柴房着火")

    scene("unable", unable.position.x, unable.position.y, Behaviour.UNABLE)
    call(
        21, "unable", "vehicle", {"lon": unable.position.x, "lat": unable.position.y}, description="货车起火"
    )

    post = _telephone_post(county)
    if post is not None:
        scene("telephone", post.position.x, post.position.y)
        call(
            24,
            "telephone",
            "building",
            {"lon": post.position.x, "lat": post.position.y},
            description="村口草垛着火",
        )

    call(
        28, "bridge", "building", {"lon": bridge.position.x, "lat": bridge.position.y}, description="灶房着火"
    )
    scene("bridge", bridge.position.x, bridge.position.y)

    other = _same_zone(county, twin, villages)
    scene("twin", twin.position.x, twin.position.y)
    scene("other", other.position.x, other.position.y)
    call(31, "twin", "building", {"text": _spoken(county, twin)}, description="两处同时起火：第一处")
    call(31.2, "other", "building", {"text": _spoken(county, other)}, description="两处同时起火：第二处")

    return Scenario(
        calls=tuple(sorted(calls, key=lambda c: c.after)),
        scenes=tuple(scenes),
        relocations=(Relocation("lost", 6.0, real.position.x, real.position.y),),
        closed_bridge_at=(bridge.position.x, bridge.position.y),
        closed_bridge_after=25.0,
        random_from=36.0,
    )


_RANDOM_KINDS = (
    ("building", 0.28),
    ("vegetation", 0.4),
    ("vehicle", 0.12),
    ("rescue", 0.08),
    ("industrial", 0.06),
    ("other", 0.06),
)


def random_calls(county: County, count: int, *, every: float, start: float, seed: int) -> tuple[Call, ...]:
    """`count` more alarms near the county's places, by population, at exponential distances of mean `every` s."""
    random = Random(seed)
    places = list(county.places)
    weights = [max(place.population, 20) for place in places]
    calls: list[Call] = []
    at = start
    for number in range(count):
        at += random.expovariate(1 / every)
        place = random.choices(places, weights)[0]
        kind = random.choices([k for k, _ in _RANDOM_KINDS], [w for _, w in _RANDOM_KINDS])[0]
        lon = place.position.x + random.uniform(-0.004, 0.004)
        lat = place.position.y + random.uniform(-0.004, 0.004)
        body: dict[str, object] = {"source": "simulated", "kind": kind, "location": {"lon": lon, "lat": lat}}
        if random.random() < 0.06:
            body["trapped"] = random.randint(1, 3)
        calls.append(Call(at, f"random-{number + 1}", body))
    return tuple(calls)


def _spoken(county: County, place: Place) -> str:
    town = next((town.name for town in county.towns if town.code == place.town), "")
    return place.name if place.name.startswith(town) else f"{town}{place.name}"


def _spread(county: County, places: Sequence[Place]) -> list[Place]:
    """Places far from each other, so that one tale does not run into another; farthest-first, from the first code."""
    if not places:
        raise ValueError("the county has no places to play in")
    ordered = sorted(places, key=lambda p: p.code)
    inside = [p for p in ordered if county.boundary.contains(p.position)] or ordered
    chosen = [inside[len(inside) // 2]]
    gap = [_apart(p, chosen[0]) for p in inside]
    while len(chosen) < min(12, len(inside)):
        best = max(range(len(inside)), key=lambda i: gap[i])
        chosen.append(inside[best])
        gap = [min(g, _apart(p, inside[best])) for g, p in zip(gap, inside, strict=True)]
    # A tale wants villages, not only the corners of the county: take the later, more central ones first.
    chosen = chosen[::-1]
    while len(chosen) < 8:
        chosen.append(chosen[-1])
    return chosen


def _apart(one: Place, other: Place) -> float:
    return metres_between(one.position.x, one.position.y, other.position.x, other.position.y)


def _near(county: County, place: Place, metres: float) -> Place:
    """A place about so far from another."""
    return min(
        (p for p in county.places if p.code != place.code),
        key=lambda p: (abs(_apart(p, place) - metres), p.code),
    )


def _same_zone(county: County, place: Place, avoid: Sequence[Place]) -> Place:
    taken = {p.code for p in avoid}
    zone = next((z for z in county.zones if z.area.contains(place.position)), None)
    here = [
        p
        for p in county.places
        if p.code not in taken
        and (zone is None or zone.area.contains(p.position))
        and _apart(p, place) > 2500
    ]
    return min(here, key=lambda p: (_apart(p, place), p.code), default=_near(county, place, 3000.0))


def _wood(county: County, fallback: Place) -> tuple[float, float]:
    """A wooded slope that a village is not far from."""
    best: tuple[float, str] | None = None
    spot: tuple[float, float] | None = None
    for forest in county.forests:
        inside = forest.area.representative_point()
        if not county.boundary.contains(inside):
            continue
        near = min(metres_between(inside.x, inside.y, p.position.x, p.position.y) for p in county.places)
        if best is None or (near, forest.code) < best:
            best, spot = (near, forest.code), (inside.x, inside.y)
    return spot or (fallback.position.x + 0.01, fallback.position.y + 0.01)


def _plant(county: County) -> tuple[float, float]:
    """Beside the enterprise brigade; in a county without one, beside a level-1 brigade."""
    for wanted in (StationClass.ENTERPRISE, StationClass.TOWNSHIP_1, StationClass.NATIONAL):
        for station in county.stations:
            if station.station_class is wanted and not station.foreign:
                return station.position.x + 0.003, station.position.y + 0.002
    first = county.stations[0]
    return first.position.x, first.position.y


def _telephone_post(county: County) -> Station | None:
    """A station that can only be rung up and whose team would be the nearest engine at its own door."""
    reached_by: dict[str, list[Unit]] = {}
    for unit in county.units:
        if unit.accepted:
            reached_by.setdefault(unit.station, []).append(unit)
    for station in county.stations:
        units = reached_by.get(station.code, [])
        if (
            units
            and not station.foreign
            and all(unit.contact is Contact.TELEPHONE for unit in units)
            and any(unit.brings.get("engine", 0) > 0 for unit in units)
        ):
            return station
    return None
