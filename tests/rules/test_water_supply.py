"""The water plan of a fire: the cheaper of shuttle and relay, its reasons, and an honest shortfall."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from dispatch.alarms.water_answer import answer
from dispatch.alarms.water_means import Fire, Supplier
from dispatch.alarms.water_supply import WaterPlan, need_lps, plan_water
from dispatch.messages import catalogue
from gis_data.model import County, WaterNeed, WaterSource
from routing.live import Condition, LiveRoads
from tests.storage.small_county import VILLAGE_W, node, small_county, small_graph

TODAY = date(2026, 11, 26)


def source(code: str, at: tuple[float, float], kind: str = "crane", **facts: Any) -> WaterSource:
    return replace(WaterSource(code, code, kind, Point(*at), None, 30.0, fill_places=2), **facts)


def county(*sources: WaterSource, **rules: Any) -> County:
    whole = small_county()
    return replace(whole, water_sources=sources, water_rules=replace(whole.water_rules, **rules))


def tankers(count: int, *, tonnes: float = 6.0, **facts: Any) -> list[Supplier]:
    lon, lat = node(3, 2)
    return [
        replace(Supplier(f"t{n}", f"t{n}", "heavy_engine", {"water_tonnes": tonnes}, lon, lat, 60.0), **facts)
        for n in range(count)
    ]


def plan(here: County, units: list[Supplier], need: float = 15.0, live: LiveRoads | None = None) -> WaterPlan:
    fire = Fire(*VILLAGE_W, TODAY, need, "given")
    return plan_water(here, live or LiveRoads(small_graph()), fire, units)


def test_a_source_far_off_is_shuttled_and_the_round_adds_up() -> None:
    here = county(source("crane", node(4, 2)))
    found = plan(here, tankers(6))
    assert found.choice == "shuttle"
    assert found.meets
    (run,) = answer(here, found)["shuttle"]["runs"]
    assert run["source"] == "crane"
    assert run["fill_seconds"] == 200  # 6 t at 30 l/s
    assert run["discharge_seconds"] == 300
    assert run["handling_seconds"] == 120
    parts = ("fill", "discharge", "handling", "out", "back")
    assert run["cycle_seconds"] == pytest.approx(sum(run[f"{part}_seconds"] for part in parts), abs=2)
    assert len(run["units"]) == run["tankers"] == found.shuttle.shuttle.tankers


def test_a_source_next_to_the_fire_is_relayed_with_one_engine() -> None:
    lon, lat = VILLAGE_W
    here = county(source("pond", (lon + 0.001, lat), "pond", flow_lps=None, lift_metres=2.0))
    found = plan(here, tankers(6), need=20.0)
    assert found.choice == "relay"
    assert found.reasons == ("fewer_vehicles",)
    assert found.relay is not None
    assert found.relay.relay is not None
    assert found.relay.relay.pumps == 1
    # about 90 m by air, 20 % more along the ground or what the road takes
    assert found.relay.relay.length_metres <= 1.2 * 95.0


def test_too_few_tankers_are_counted_and_said() -> None:
    here = county(source("crane", node(4, 2)))
    document = answer(here, plan(here, tankers(2), need=15.0))
    assert not document["advice"]["enough"]
    assert document["advice"]["short_lps"] == pytest.approx(15.0 - document["advice"]["flow_lps"], abs=0.02)
    shuttle = document["shuttle"]
    assert shuttle["tankers_free"] == 2
    assert shuttle["tankers_needed"] > 2
    codes = {reason["code"] for reason in document["advice"]["reasons"]}
    assert "water.advice.neither_enough" in codes


def test_the_engine_that_was_sent_stays_at_the_fire() -> None:
    here = county(source("crane", node(4, 2)))
    sent = tankers(1, assigned=True, code="first")
    found = plan(here, [*sent, *tankers(3)])
    assert found.attack_unit == "first"
    assert found.shuttle.shuttle.free == 3


def test_who_would_come_too_late_does_not_count() -> None:
    here = county(source("crane", node(4, 2)), at_hand_seconds=300.0)
    late = tankers(3, turnout_seconds=900.0)
    assert plan(here, late).choice == "none"
    assert plan(here, [replace(unit, assigned=True) for unit in late]).shuttle.shuttle.free == 2


def test_out_of_order_sources_are_shown_with_their_reason_and_not_used() -> None:
    lon, lat = VILLAGE_W
    here = county(
        source("dry", (lon, lat), usable=False),
        source("iced", (lon + 0.001, lat), season="04-01/10-31"),
        source("crane", node(4, 2)),
    )
    document = answer(here, plan(here, tankers(6)))
    shown = {one["code"]: one for one in document["sources"]}
    assert [one["code"] for one in document["sources"]] == ["crane", "dry", "iced"]
    assert shown["crane"]["usable"]
    assert shown["dry"]["classes"][0]["refusals"] == [{"code": "water.refusal.out_of_order", "params": {}}]
    assert shown["iced"]["classes"][0]["refusals"][0]["code"] == "water.refusal.out_of_season"
    assert {run["source"] for run in document["shuttle"]["runs"]} == {"crane"}


def test_a_tank_is_not_promised_longer_than_it_lasts() -> None:
    here = county(source("tank", node(3, 2), "tank", flow_lps=None, capacity_tonnes=36.0, lift_metres=2.0))
    document = answer(here, plan(here, tankers(6), need=20.0))
    assert document["sources"][0]["lasting_lps"] == 5.0  # over two hours
    assert document["shuttle"]["flow_lps"] == pytest.approx(4.5, abs=0.01)
    assert document["shuttle"]["tankers_needed"] is None
    assert document["shuttle"]["sites"][0]["lasts_hours"] == pytest.approx(2.0, abs=0.05)


def test_a_closed_road_makes_the_round_longer() -> None:
    here = county(source("crane", node(4, 2)))
    live = LiveRoads(small_graph())
    closed = live.with_conditions((Condition("c", edges=("h2-2", "h3-2")),), 1)
    free, hindered = (plan(here, tankers(2), need=50.0, live=roads) for roads in (live, closed))
    assert hindered.shuttle.shuttle.flow_lps < free.shuttle.shuttle.flow_lps


def test_a_portable_pump_opens_a_pond_that_no_truck_comes_near() -> None:
    lon, lat = node(4, 2)
    here = county(source("pond", (lon + 0.01, lat + 0.001), "pond", flow_lps=None, lift_metres=4.0))
    without = answer(here, plan(here, tankers(4), need=10.0))
    assert without["shuttle"]["runs"] == []
    brings = {"water_tonnes": 6.0, "hand_pump": 1.0}
    told = answer(here, plan(here, [*tankers(4), *tankers(1, brings=brings, code="pumped")], need=5.0))
    (run,) = told["shuttle"]["runs"]
    assert run["by_hand_pump"]
    assert run["fill_seconds"] == 750  # 6 t at the 8 l/s of a portable pump
    (use,) = told["sources"][0]["classes"]
    assert "water.note.by_hand_pump" in {note["code"] for note in use["notes"]}


def test_a_fire_far_off_the_road_says_how_far_the_hose_has_to_go() -> None:
    here = county(source("crane", node(4, 2)))
    lon, lat = VILLAGE_W
    fire = Fire(
        lon + 0.006, lat + 0.006, TODAY, 10.0, "given"
    )  # some 540 m east and 660 m north of the crossing
    document = answer(here, plan_water(here, LiveRoads(small_graph()), fire, tankers(6)))
    notes = {note["code"]: note["params"] for note in document["advice"]["notes"]}
    assert notes["water.advice.fire_off_road"]["metres"] == pytest.approx(540, abs=15)
    assert document["sources"][0]["classes"][0]["fire_off_road_metres"] == pytest.approx(540, abs=15)


def test_nothing_at_hand_is_said() -> None:
    for here, units in ((county(), tankers(3)), (county(source("crane", node(4, 2))), [])):
        found = plan(here, units)
        assert found.choice == "none"
        assert not found.meets
        assert answer(here, found)["advice"]["short_lps"] == 15.0


def test_the_need_is_what_somebody_gave_else_the_table_else_the_default() -> None:
    here = small_county()
    table = replace(here, water_needs=(WaterNeed("building", 2, 33.0),))
    assert need_lps(table, "building", 2, 7.5) == (7.5, "given")
    assert need_lps(table, "building", 2, None) == (33.0, "table")
    assert need_lps(table, "building", 1, None) == (here.water_rules.default_lps, "default")


def test_every_code_of_an_answer_has_its_words_and_it_is_plain_json() -> None:
    lon, lat = VILLAGE_W
    here = county(
        source("deep", (lon, lat), "pond", flow_lps=None, lift_metres=9.0),
        source("far", (lon + 0.003, lat + 0.004), "pond", flow_lps=None, season="汛期"),
        source("crane", node(4, 2), flow_lps=None),
    )
    document = answer(here, plan(here, tankers(2), need=50.0))
    assert json.loads(json.dumps(document)) == document
    found: list[str] = []

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            if set(value) == {"code", "params"}:
                found.append(value["code"])
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)

    walk(document)
    assert len(found) > 4
    assert sorted(set(found) - set(catalogue())) == []


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 6), st.floats(5.0, 60.0), st.integers(3, 9))
def test_one_tanker_more_never_makes_the_plan_bring_less(count: int, need: float, column: int) -> None:
    here = county(source("crane", node(column, 2)))
    fewer, more = plan(here, tankers(count), need), plan(here, tankers(count + 1), need)
    assert more.flow_lps >= fewer.flow_lps - 2e-3
