"""Which water a vehicle class can use, and every reason why it cannot."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from shapely import Point

from dispatch.alarms.water_access import (
    Note,
    Refusal,
    access_of,
    accesses,
    lasting_flow_lps,
    source_flow_lps,
    suction_lift_metres,
)
from gis_data.catalogue import default_catalogue
from gis_data.model import WaterRules, WaterSource
from routing.live import Condition, LiveRoads
from routing.point import EdgePoint
from routing.round_trip import RoundTrip
from tests.storage.small_county import node, small_graph

RULES = WaterRules()
HEAVY = default_catalogue().vehicle_classes["heavy_engine"]
WINTER, SUMMER = date(2026, 1, 15), date(2026, 7, 15)


def source(kind: str = "pond", **facts: object) -> WaterSource:
    plain = WaterSource("w", "w", kind, Point(112.8, 35.45), None, None)
    return replace(plain, **facts)  # type: ignore[arg-type]


def trip(off_road_metres: float = 5.0) -> RoundTrip:
    return RoundTrip(EdgePoint(0, 0.5, 112.8, 35.45, off_road_metres), 60_000, 70_000, 900.0)


def use(water: WaterSource, *, off_road_metres: float = 5.0, hand_pumps: bool = False, **facts: object):  # type: ignore[no-untyped-def]
    return access_of(
        water,
        replace(HEAVY, **facts),  # type: ignore[arg-type]
        trip(off_road_metres),
        RULES,
        WINTER,
        hand_pumps=hand_pumps,
    )


def refusals(access) -> list[Refusal]:  # type: ignore[no-untyped-def]
    return [said.code for said in access.refusals]


def notes(access) -> list[Note]:  # type: ignore[no-untyped-def]
    return [said.code for said in access.notes]


def test_thin_air_lifts_less() -> None:
    # ISO 2533: at 1,000 m the air carries 88.7 % of the column, 1.17 m less.
    assert suction_lift_metres(7.0, 0.0) == pytest.approx(7.0)
    assert suction_lift_metres(7.0, 1000.0) == pytest.approx(5.83, abs=0.01)
    assert suction_lift_metres(7.0, 3000.0) == pytest.approx(3.8, abs=0.05)
    assert suction_lift_metres(1.0, 5000.0) == 0.0


def test_a_hydrant_fills_any_vehicle_that_can_stand_near() -> None:
    access = use(source("hydrant", flow_lps=12.0), pump_lps=0.0)
    assert access.usable
    assert access.fill_lps == 12.0
    assert notes(access) == []
    assert access.travel_ms == 130_000
    assert refusals(use(source("hydrant"), off_road_metres=60.0)) == [Refusal.TOO_FAR]


def test_a_flow_that_nobody_measured_is_that_of_its_kind_and_says_so() -> None:
    access = use(source("crane"))
    assert access.fill_lps == RULES.kind_lps["crane"]
    assert notes(access) == [Note.FLOW_ASSUMED]


def test_a_pond_is_drawn_by_the_vehicles_own_pump() -> None:
    assert use(source(lift_metres=3.0)).fill_lps == HEAVY.pump_lps
    assert use(source(lift_metres=3.0, flow_lps=9.0)).fill_lps == 9.0
    assert refusals(use(source(lift_metres=3.0), pump_lps=0.0)) == [Refusal.NO_PUMP]


def test_an_unknown_lift_is_used_with_a_note() -> None:
    access = use(source())
    assert access.usable
    assert notes(access) == [Note.LIFT_UNKNOWN]


def test_a_deep_or_distant_pond_is_refused_with_all_its_reasons() -> None:
    access = use(source(lift_metres=7.5), off_road_metres=40.0)
    assert refusals(access) == [Refusal.TOO_FAR, Refusal.TOO_DEEP]
    assert access.fill_lps == 0.0


def test_a_portable_pump_is_carried_where_trucks_cannot_come() -> None:
    access = use(source(lift_metres=5.0), off_road_metres=100.0, hand_pumps=True)
    assert access.usable
    assert access.by_hand_pump
    assert access.fill_lps == RULES.hand_pump_lps
    assert notes(access) == [Note.BY_HAND_PUMP]
    assert not use(source(lift_metres=5.0), off_road_metres=250.0, hand_pumps=True).usable
    assert not use(source(lift_metres=6.5), off_road_metres=100.0, hand_pumps=True).usable


def test_a_truck_that_can_draw_itself_needs_no_portable_pump() -> None:
    assert not use(source(lift_metres=5.0), hand_pumps=True).by_hand_pump


def test_out_of_order_and_out_of_season_hold_for_everybody() -> None:
    water = source("hydrant", usable=False, season="04-01/10-31")
    assert refusals(use(water)) == [Refusal.OUT_OF_ORDER, Refusal.OUT_OF_SEASON]
    assert refusals(access_of(water, HEAVY, trip(), RULES, SUMMER, hand_pumps=False)) == [
        Refusal.OUT_OF_ORDER
    ]
    worded = use(source("hydrant", flow_lps=5.0, season="枯水期停用"))
    assert worded.usable
    assert notes(worded) == [Note.SEASON_IN_WORDS]


@pytest.mark.parametrize("way", [None, RoundTrip(trip().stop, 60_000, None, 0.0)])
def test_who_cannot_drive_there_and_back_is_refused(way: RoundTrip | None) -> None:
    access = access_of(source("hydrant"), HEAVY, way, RULES, WINTER, hand_pumps=True)
    assert refusals(access) == [Refusal.NO_ROAD]


def test_what_a_source_holds_bounds_its_lasting_flow() -> None:
    tank = source("tank", capacity_tonnes=72.0)  # over two hours 10 l/s
    assert lasting_flow_lps(tank, RULES) == pytest.approx(10.0)
    assert lasting_flow_lps(replace(tank, flow_lps=4.0), RULES) == 4.0
    assert lasting_flow_lps(source("river"), RULES) == float("inf")
    assert lasting_flow_lps(source("hydrant"), RULES) == RULES.kind_lps["hydrant"]
    assert source_flow_lps(source("pond"), RULES) is None


def test_a_closed_road_takes_the_source_behind_it_away() -> None:
    live = LiveRoads(small_graph())
    lon, lat = node(2, 2)
    water = source("hydrant", flow_lps=10.0, position=Point(*node(4, 2)))

    def asked(roads: LiveRoads):  # type: ignore[no-untyped-def]
        return accesses(roads, [water], lon, lat, "heavy_engine", RULES, WINTER, hand_pumps=False)[0]

    near = asked(live)
    round_about = asked(live.with_conditions((Condition("c", edges=("h2-2", "h3-2")),), 1))
    assert near.usable
    assert round_about.travel_ms > near.travel_ms
