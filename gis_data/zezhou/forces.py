"""Stations and units of the bundled county: invented, in the spirit of the founding documents."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from shapely import Point

from gis_data.model import Contact, DutyMode, Name, Station, StationClass, Unit
from gis_data.zezhou.facts import rows_of
from gis_data.zezhou.kits import KITS
from gis_data.zezhou.plane import Floats, length, stream, to_lonlat, to_plane
from gis_data.zezhou.planning import RANK, RoadPlan
from gis_data.zezhou.sites import Sites
from gis_data.zezhou.zoning import PINYIN, ZONE_OF_TOWN

LEVEL_1 = {
    "巴公": ("heavy", "light", "tanker", "command"),
    "高都": ("heavy", "light"),
    "周村": ("heavy", "light", "rescue"),
    "南村": ("heavy", "light", "foam", "ladder"),
    "金村": ("heavy", "light", "tanker"),
}
LEVEL_2 = {
    "大阳": ("light_led",),
    "大东沟": ("light_led",),
    "北义城": ("light_led",),
    "晋庙铺": ("light_led", "motorcycle"),
    "柳树口": ("light_led", "motorcycle"),
}
VOLUNTEER = {
    "下村": ("light_volunteer",),
    "川底": ("light_volunteer", "motorcycle"),
    "犁川": ("light_volunteer",),
    "大箕": ("light_volunteer", "pump_pickup"),
    "山河": ("light_volunteer", "pump_pickup"),
    "南岭": ("pump_pickup", "motorcycle"),
}
NOT_ACCEPTED = "北义城"  # 未验收: built, equipped, not yet accepted into service
BY_TELEPHONE = frozenset({"南岭", "犁川"})
ON_PATROL = "liushukou-brigade2-2"
_MICRO_PER_TOWN = {"金村": 4, "南村": 4, "巴公": 3, "大阳": 2, "高都": 2}


@dataclass(frozen=True, slots=True)
class _Post:
    station: Station
    kits: tuple[str, ...]
    duty_mode: DutyMode = DutyMode.STATION
    contact: Contact = Contact.TABLET


def make_forces(sites: Sites, plan: RoadPlan) -> tuple[tuple[Station, ...], tuple[Unit, ...]]:
    ground = _Ground(sites, plan)
    posts = [*_brigades(ground), *_listed(ground), *_micro(ground)]
    units = [unit for post in posts for unit in _units(post)]
    return tuple(post.station for post in posts), tuple(units)


def station_of_town(short: str) -> str:
    """The brigade that answers for a town."""
    kind = "brigade" if short in LEVEL_1 else "brigade2" if short in LEVEL_2 else "volunteers"
    return f"{PINYIN[short].lower()}-{kind}"


class _Ground:
    """Where stations can stand: beside a road of some standing."""

    def __init__(self, sites: Sites, plan: RoadPlan) -> None:
        self.sites = sites
        self.rng = stream(13)
        self._number = 0
        mesh = sites.mesh
        good = plan.rank <= RANK["tertiary"]
        fair = plan.rank <= RANK["unclassified"]
        self._good = np.unique(np.concatenate([mesh.tail[good], mesh.head[good]]))
        self._fair = np.unique(np.concatenate([mesh.tail[fair], mesh.head[fair]]))

    def beside(self, at: Floats, offset: tuple[float, float] = (0.0, 0.0), *, small: bool = False) -> Point:
        spots = self.sites.mesh.points[self._fair if small else self._good]
        spot = spots[int(np.argmin(length(spots - (at + np.array(offset)))))]
        lon, lat = to_lonlat(spot + (self.rng.random(2) - 0.5) * 16.0)
        return Point(float(lon), float(lat))

    def telephone(self) -> str:
        self._number += 1
        return f"000-119-{self._number:04d}"

    def station(
        self,
        code: str,
        zh: str,
        en: str,
        kind: StationClass,
        at: Point,
        town: str,
        body: str = "county_centre",
    ) -> Station:
        fact = next((seat.fact for seat in self.sites.seats if seat.fact.short == town), None)
        return Station(
            code,
            Name(zh, en),
            kind,
            at,
            ZONE_OF_TOWN.get(town, ""),
            fact.code if fact else "",
            body,
            self.telephone(),
            foreign=fact is None,
            synthetic=True,
            source="invented",
        )


def _brigades(ground: _Ground) -> Iterator[_Post]:
    for seat in ground.sites.seats:
        town, code = seat.fact.short, station_of_town(seat.fact.short)
        at = ground.beside(seat.at, (150.0, -60.0))
        if town in LEVEL_1:
            kind, zh, en, kits = StationClass.TOWNSHIP_1, "一级专职消防队", "level-1 brigade", LEVEL_1[town]
        elif town in LEVEL_2:
            kind, zh, en, kits = StationClass.TOWNSHIP_2, "二级专职消防队", "level-2 brigade", LEVEL_2[town]
        else:
            kind, zh, en, kits = StationClass.VOLUNTEER, "志愿消防队", "volunteers", VOLUNTEER[town]
        station = ground.station(code, f"{town}{zh}", f"{PINYIN[town]} {en}", kind, at, town)
        if kind is StationClass.VOLUNTEER:
            contact = Contact.TELEPHONE if town in BY_TELEPHONE else Contact.PHONE
            yield _Post(station, kits, DutyMode.HOME, contact)
        else:
            yield _Post(station, kits)


def _listed(ground: _Ground) -> Iterator[_Post]:
    """National stations (two in the hole, outside the border), enterprise, forestry, part-time, and neighbours."""
    bases = {seat.fact.short: seat.at for seat in ground.sites.seats} | {"市区": ground.sites.city}
    for row in rows_of("posts.csv"):
        base = bases[row["from"]] if row["from"] else to_plane((float(row["lon"]), float(row["lat"])))
        at = ground.beside(base, (float(row["east"]), float(row["north"])))
        kind = StationClass(row["class"])
        station = ground.station(row["code"], row["name"], row["name_en"], kind, at, row["town"], row["body"])
        kits = tuple(row["kits"].split())
        yield _Post(station, kits, DutyMode(row["duty_mode"]), Contact(row["contact"]))


def _micro(ground: _Ground) -> Iterator[_Post]:
    """微型消防站 in communities and the largest villages."""
    sites = ground.sites
    for number, seat in enumerate(sites.seats):
        town = seat.fact.short
        mine = [(k, s) for k, s in enumerate(sites.villages) if s.town == number]
        mine.sort(
            key=lambda pair: (not pair[1].fact.name.endswith("社区"), -pair[1].population, pair[1].fact.code)
        )
        for place, (k, site) in enumerate(mine[: _MICRO_PER_TOWN.get(town, 1)]):
            at = ground.beside(sites.mesh.points[sites.point("village", k)], small=True)
            code = f"micro-{site.fact.code[-6:]}"
            station = ground.station(
                code,
                f"{site.fact.name}微型消防站",
                f"{PINYIN[town]} micro station {place + 1}",
                StationClass.MICRO,
                at,
                town,
            )
            kits = ("cart",) if site.population > 1100 else ("foot",)
            contact = Contact.TELEPHONE if place == 2 else Contact.PHONE
            yield _Post(station, kits, DutyMode.STATION, contact)


def _units(post: _Post) -> Iterator[Unit]:
    station = post.station
    alone = len(post.kits) == 1
    for number, key in enumerate(post.kits, start=1):
        kit = KITS[key]
        code = f"{station.code}-{number}"
        title = station.name
        yield Unit(
            code,
            Name(
                f"{_short(title.zh)}{kit.name.zh}" + ("" if alone else f"{number}号"),
                f"{title.en}, {kit.name.en}" + ("" if alone else f" {number}"),
            ),
            station.code,
            kit.vehicle_class,
            dict(kit.brings),
            kit.seats,
            kit.minimum_crew,
            DutyMode.PATROL if code == ON_PATROL else post.duty_mode,
            post.contact,
            accepted=NOT_ACCEPTED not in title.zh,
        )


def _short(name: str) -> str:
    for ending in ("一级专职消防队", "二级专职消防队", "消防救援站", "消防队", "消防站"):
        name = name.removesuffix(ending)
    return name
