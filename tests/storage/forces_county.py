"""A county for the tests of forces and console: a grid of roads, three zones, four stations, eight units."""

from __future__ import annotations

from shapely import Point, box

from gis_data.catalogue import default_catalogue
from gis_data.digest import with_digest
from gis_data.model import (
    Contact,
    County,
    DutyMode,
    Name,
    Place,
    Station,
    StationClass,
    Town,
    Unit,
    Zone,
)
from gis_data.roads import roads_of

CODE = "140599"
WEST, SOUTH, STEP, SIDE = 112.80, 35.40, 0.01, 12

HEAVY = {
    "people": 6.0,
    "ba_pairs": 2.0,
    "water_tonnes": 6.0,
    "engine": 1.0,
    "rescue_set": 1.0,
    "commander": 1.0,
}
LIGHT = {"people": 4.0, "ba_pairs": 1.0, "water_tonnes": 2.5, "engine": 1.0, "commander": 1.0}
MICRO = {"people": 3.0, "extinguishers": 6.0}


def grid_county() -> County:
    """The same county every time; change it with `dataclasses.replace`."""
    catalogue = default_catalogue()
    lines, ids, classes = [], [], []
    for i in range(SIDE):
        for j in range(SIDE):
            here = _at(i, j)
            if i + 1 < SIDE:
                lines.append([here, _at(i + 1, j)])
                ids.append(f"east-{i}-{j}")
                classes.append("secondary")
            if j + 1 < SIDE:
                lines.append([here, _at(i, j + 1)])
                ids.append(f"north-{i}-{j}")
                classes.append("tertiary")
    east = WEST + STEP * (SIDE - 1)
    third = (east - WEST) / 3
    north = SOUTH + STEP * (SIDE - 1)
    zones = tuple(
        Zone(
            f"z{n}",
            Name(f"第{n}片区", f"Zone {n}"),
            box(WEST + third * (n - 1), SOUTH, WEST + third * n, north),
            f"s{n}",
            tuple(f"z{m}" for m in (1, 2, 3) if m != n),
        )
        for n in (1, 2, 3)
    )
    stations = (
        _station("s1", "大阳专职消防队", StationClass.TOWNSHIP_1, (1, 5), "z1", "t1"),
        _station("s2", "巴公专职消防队", StationClass.TOWNSHIP_1, (5, 5), "z2", "t2"),
        _station("s3", "高都志愿消防队", StationClass.VOLUNTEER, (10, 5), "z3", "t3"),
        _station("m1", "渠头微型消防站", StationClass.MICRO, (2, 8), "z1", "t1"),
    )
    units = (
        _unit("s1-1", "s1", "heavy_engine", HEAVY, 6, 2),
        _unit("s1-2", "s1", "light_engine", LIGHT, 5, 2),
        _unit("s2-1", "s2", "heavy_engine", HEAVY, 6, 2),
        _unit("s2-2", "s2", "light_engine", LIGHT, 5, 2),
        _unit("s2-3", "s2", "pickup", {"people": 4.0, "hand_pump": 1.0}, 5, 2, mode=DutyMode.PATROL),
        _unit("s3-1", "s3", "light_engine", LIGHT, 5, 2, mode=DutyMode.HOME, contact=Contact.PHONE),
        _unit("m1-1", "m1", "foot_crew", MICRO, 6, 2, contact=Contact.PHONE),
        _unit("s3-2", "s3", "light_engine", LIGHT, 5, 2, accepted=False),
    )
    towns = tuple(
        Town(code, name, Point(*_at(i, j)), "seat", "made up for tests", True)
        for code, name, i, j in (("t1", "大阳镇", 1, 4), ("t2", "巴公镇", 5, 4), ("t3", "高都镇", 10, 4))
    )
    places = (
        _place("t1-01", "渠头村", "village", "t1", "", (2, 8), 1200),
        _place("t1-02", "李家庄村", "village", "t1", "", (0, 2), 400),
        _place("t1-02-1", "上李家庄", "hamlet", "t1", "t1-02", (0, 1), 60),
        _place("t1-02-1g", "第一组", "group", "t1", "t1-02", (0, 0), 20),
        _place("t2-01", "李家庄村", "village", "t2", "", (6, 8), 900),
        _place("t2-02", "来村", "village", "t2", "", (7, 2), 800),
        _place("t2-03", "重庆火锅城", "landmark", "t2", "t2-02", (7, 3), 0),
        _place("t3-01", "大兴行政村", "village", "t3", "", (9, 9), 500),
    )
    return with_digest(
        County(
            code=CODE,
            name=Name("方格县", "Grid county"),
            time_zone="Asia/Shanghai",
            projection="EPSG:4547",
            synthetic=True,
            attribution=("made up for tests",),
            centre_body="county_centre",
            roads=roads_of(lines, {"ids": ids, "classes": classes}),
            boundary=box(WEST - STEP, SOUTH - STEP, east + STEP, north + STEP),
            towns=towns,
            places=places,
            zones=zones,
            stations=stations,
            units=units,
            people=(),
            water_sources=(),
            forests=(),
            vehicle_classes=catalogue.vehicle_classes,
            capabilities=catalogue.capabilities,
            tasks=catalogue.tasks,
            kinds=catalogue.kinds,
            plans=catalogue.plans,
            triggers=catalogue.triggers,
            authority=catalogue.authority,
            deadlines=catalogue.deadlines,
            turnouts=catalogue.turnouts,
            notify_bodies=catalogue.notify_bodies,
            policy=catalogue.policy,
            digest="",
        )
    )


def _at(i: float, j: float) -> tuple[float, float]:
    return round(WEST + STEP * i, 7), round(SOUTH + STEP * j, 7)


def _station(
    code: str, name: str, station_class: StationClass, cell: tuple[float, float], zone: str, town: str
) -> Station:
    return Station(code, Name(name, code), station_class, Point(*_at(*cell)), zone, town, "county_centre")


def _unit(
    code: str,
    station: str,
    vehicle: str,
    brings: dict[str, float],
    seats: int,
    minimum: int,
    *,
    mode: DutyMode = DutyMode.STATION,
    contact: Contact = Contact.TABLET,
    accepted: bool = True,
) -> Unit:
    return Unit(
        code, Name(f"{code} 号车", code), station, vehicle, brings, seats, minimum, mode, contact, accepted
    )


def _place(
    code: str, name: str, kind: str, town: str, village: str, cell: tuple[float, float], population: int
) -> Place:
    return Place(code, name, kind, town, village, Point(*_at(*cell)), 300.0, population)
