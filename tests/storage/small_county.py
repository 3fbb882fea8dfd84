"""A small invented county for tests: a grid of roads, two zones, eight stations, a dozen units. Nothing is random.

Streets run every 0.02° (about 1.8 km east, 2.2 km north) from (112.70, 35.40) to (112.90, 35.52). West of 112.80 is
zone W with brigade W1, east of it zone E with brigade E1. Beyond the eastern border stands the neighbours' station X1.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from shapely import Point, Polygon, box

from gis_data.catalogue import default_catalogue
from gis_data.model import (
    Contact,
    County,
    DutyMode,
    Name,
    Place,
    Roads,
    Station,
    StationClass,
    Town,
    Unit,
    Zone,
)
from routing.graph import RoadGraph, build_graph

WEST, SOUTH, STEP, COLUMNS, ROWS = 112.70, 35.40, 0.02, 11, 7
CODE = "990001"


def node(column: int, row: int) -> tuple[float, float]:
    return round(WEST + column * STEP, 6), round(SOUTH + row * STEP, 6)


# Places that tests raise alarms at.
VILLAGE_W = node(2, 2)
VILLAGE_E = node(8, 4)
WOOD = (112.735, 35.505)
FAR_EAST = node(10, 6)


def _roads() -> Roads:
    lines: list[tuple[str, tuple[float, float], tuple[float, float]]] = []
    for row in range(ROWS):
        for column in range(COLUMNS):
            if column + 1 < COLUMNS:
                lines.append((f"h{column}-{row}", node(column, row), node(column + 1, row)))
            if row + 1 < ROWS:
                lines.append((f"v{column}-{row}", node(column, row), node(column, row + 1)))
    n = len(lines)
    words = ("",) * n
    unknown = np.full(n, np.nan)
    return Roads(
        ids=tuple(id for id, _, _ in lines),
        names=words,
        classes=tuple("secondary" if id.startswith("h") else "tertiary" for id, _, _ in lines),
        starts=np.arange(0, 2 * n + 1, 2, dtype=np.int64),
        coords=np.array([point for _, a, b in lines for point in (a, b)], dtype=np.float64),
        oneway=np.zeros(n, dtype=np.int8),
        maxspeed_kmh=unknown,
        surface=words,
        tracktype=words,
        smoothness=words,
        width_metres=unknown,
        maxweight_tonnes=unknown,
        maxheight_metres=unknown,
        access=words,
        barrier=words,
        bridge=np.zeros(n, dtype=np.bool_),
        ford=np.zeros(n, dtype=np.bool_),
        incline_percent=unknown,
        synthetic=np.ones(n, dtype=np.bool_),
    )


def _station(
    code: str,
    station_class: StationClass,
    at: tuple[float, float],
    zone: str,
    town: str,
    body: str = "county_centre",
    foreign: bool = False,
) -> Station:
    return Station(
        code=code,
        name=Name(f"{code}站", f"Station {code}"),
        station_class=station_class,
        position=Point(*at),
        zone=zone,
        town=town,
        body=body,
        telephone=f"0356-{code}",
        foreign=foreign,
    )


_STATIONS = (
    _station("W1", StationClass.TOWNSHIP_1, node(1, 3), "W", "tw"),
    _station("W2", StationClass.TOWNSHIP_2, node(4, 1), "W", "tw"),
    _station("E1", StationClass.TOWNSHIP_1, node(7, 3), "E", "te"),
    _station("E2", StationClass.TOWNSHIP_2, node(9, 5), "E", "te"),
    _station("V1", StationClass.VOLUNTEER, node(3, 5), "W", "tw"),
    _station("M1", StationClass.MICRO, (112.7405, 35.4405), "W", "tw"),
    _station("F1", StationClass.FORESTRY, node(2, 6), "W", "tw", body="forest_hq"),
    _station("X1", StationClass.NATIONAL, node(10, 3), "", "", body="neighbour_county", foreign=True),
)

_ENGINE = {
    "people": 6.0,
    "ba_pairs": 2.0,
    "water_tonnes": 6.0,
    "engine": 1.0,
    "rescue_set": 1.0,
    "commander": 1.0,
}
_LIGHT = {"people": 5.0, "ba_pairs": 2.0, "water_tonnes": 2.5, "engine": 1.0}


def _unit(
    code: str,
    station: str,
    vehicle_class: str,
    brings: dict[str, float],
    contact: Contact = Contact.TABLET,
    duty_mode: DutyMode = DutyMode.STATION,
    seats: int = 6,
    minimum_crew: int = 2,
) -> Unit:
    return Unit(
        code=code,
        name=Name(f"{code}车", f"Unit {code}"),
        station=station,
        vehicle_class=vehicle_class,
        brings=brings,
        seats=seats,
        minimum_crew=minimum_crew,
        duty_mode=duty_mode,
        contact=contact,
    )


_UNITS = (
    _unit("W1-1", "W1", "heavy_engine", _ENGINE),
    _unit("W1-2", "W1", "light_engine", _LIGHT),
    _unit("W2-1", "W2", "light_engine", _LIGHT),
    _unit("W2-2", "W2", "light_engine", _LIGHT, Contact.TELEPHONE),
    _unit("E1-1", "E1", "heavy_engine", _ENGINE),
    _unit("E1-2", "E1", "light_engine", _LIGHT),
    _unit("E2-1", "E2", "light_engine", _LIGHT, Contact.PHONE),
    _unit("V1-1", "V1", "pickup", {"people": 5.0, "water_tonnes": 0.6}, Contact.PHONE, DutyMode.HOME),
    _unit("M1-1", "M1", "foot_crew", {"people": 3.0, "extinguishers": 6.0}, Contact.PHONE),
    _unit("F1-1", "F1", "forest_carrier", {"people": 12.0, "forest_gear": 12.0}, seats=12),
    _unit("F1-2", "F1", "pickup", {"people": 5.0, "forest_gear": 5.0, "water_tonnes": 0.6}),
    _unit("X1-1", "X1", "heavy_engine", _ENGINE, Contact.TELEPHONE),
)


def _place(
    code: str, name: str, town: str, at: tuple[float, float], kind: str = "village", village: str = ""
) -> Place:
    return Place(code, name, kind, town, village, Point(*at), 200.0, 500)


_PLACES = (
    _place("p1", "柳河村", "tw", VILLAGE_W),
    _place("p2", "东沟村", "te", VILLAGE_E),
    _place("p3", "北村", "tw", node(1, 5)),
    _place("p4", "北村", "te", node(9, 1)),
    _place("p5", "老槐树", "tw", (112.742, 35.442), "landmark", "p1"),
)


@cache
def small_county() -> County:
    """The county; made once, since nothing in it can be changed."""
    catalogue = default_catalogue()
    middle = WEST + 5 * STEP
    east, north = node(COLUMNS - 1, ROWS - 1)
    margin = 0.005
    whole = box(WEST - margin, SOUTH - margin, east - STEP / 2, north + margin)
    return County(
        code=CODE,
        name=Name("小县", "Small County"),
        time_zone="Asia/Shanghai",
        projection="EPSG:4546",
        synthetic=True,
        attribution=(),
        centre_body="county_centre",
        roads=_roads(),
        boundary=whole,
        towns=(
            Town("tw", "西河镇", Point(*node(1, 3)), "", "", True),
            Town("te", "东山乡", Point(*node(7, 3)), "", "", True),
        ),
        places=_PLACES,
        zones=(
            Zone("W", Name("西片区", "West"), _half(WEST - margin, middle, whole), "W1", ("E",)),
            Zone("E", Name("东片区", "East"), _half(middle, east, whole), "E1", ("W",)),
        ),
        stations=_STATIONS,
        units=_UNITS,
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
        digest="small-county-for-tests-0001",
    )


def _half(west: float, east: float, whole: Polygon) -> Polygon:
    cut = box(west, SOUTH - 1, east, SOUTH + 1).intersection(whole)
    assert isinstance(cut, Polygon)
    return cut


@cache
def small_graph() -> RoadGraph:
    return build_graph(small_county().roads, small_county().vehicle_classes)
