"""Water and closed roads around an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from shapely import Point, box

from dispatch.alarms.surroundings import conditions_near, water_near
from gis_data.model import WaterSource
from routing.live import Condition, LiveRoads
from tests.storage.small_county import VILLAGE_W, node, small_county, small_graph


def source(code: str, lon: float, lat: float, *, usable: bool = True) -> WaterSource:
    return WaterSource(code, code, "hydrant", Point(lon, lat), None, 15.0, usable)


def test_usable_water_is_named_by_distance() -> None:
    lon, lat = VILLAGE_W
    county = replace(
        small_county(),
        water_sources=(
            source("far", lon + 0.2, lat),
            source("second", lon, lat + 0.01),
            source("dry", lon, lat, usable=False),
            source("first", lon + 0.001, lat),
            replace(source("frozen", lon, lat), season="04-01/10-31"),
        ),
    )
    near = water_near(county, lon, lat, date(2026, 11, 26))
    assert [one["code"] for one in near] == ["first", "second"]
    assert 85 <= near[0]["metres"] <= 95
    assert water_near(county, lon, lat, date(2026, 7, 1))[0]["code"] == "frozen"


def test_closed_roads_near_by_are_named_by_distance_and_far_ones_are_not() -> None:
    lon, lat = VILLAGE_W
    live = LiveRoads(small_graph()).with_conditions(
        (
            Condition("far", edges=("h9-6",), reason="works"),
            Condition("here", edges=("h2-2",), reason="bridge"),
            Condition("around", area=box(lon + 0.01, lat + 0.01, lon + 0.02, lat + 0.02), factor=0.5),
        ),
        1,
    )
    assert [one["id"] for one in conditions_near(live, lon, lat)] == ["here", "around"]
    assert conditions_near(live, *node(10, 0)) == []
