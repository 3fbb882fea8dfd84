"""What a proposal says of roads: the bridge that is closed, the night, and a place that no road comes near."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch.alarms.by_hand import order_units
from dispatch.alarms.measure import measure
from dispatch.forces.conditions import Report as RoadReport
from dispatch.forces.conditions import add_condition
from dispatch.forces.roads import RoadBook
from dispatch.forces.store import load_candidates
from gis_data.model import DrivingRules
from routing.graph import build_graph
from routing.live import LiveRoads
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_W, small_county


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def close(world: World, *edges: str, factor: float = 0.0) -> None:
    async with world.db.work() as work:
        report = RoadReport(edges, None, factor, (), "bridge", None, None, place="大桥")
        await add_condition(work, CODE, report, by="operator/a")


async def test_who_must_go_round_a_closed_bridge_says_so(world: World) -> None:
    await close(world, "h1-2", "v2-2")
    answer = await world.alarm(VILLAGE_W, kind="vehicle")
    await world.sweep()
    proposal = (await world.incident(answer["incident_id"]))["proposal"]
    chosen = {one["unit"]: one["notes"] for one in proposal["units"]}
    passed = {one["unit"]: one["reasons"] for one in proposal["passed_over"]}
    told = {
        unit: [note["params"] for note in notes if note["code"] == "note.road_hindered_at"]
        for unit, notes in (chosen | passed).items()
    }
    assert (
        told["W1-1"][0].pop("cost_seconds") > told["W1-2"][0].pop("cost_seconds") > 0
    )  # the heavier, slower
    assert told["W1-1"] == [{"road_reason": "bridge", "road": ["大桥"], "closed": True}]
    assert told["W2-1"] == []
    assert (proposal["rests_on"]["road_conditions"], proposal["rests_on"]["conditions_version"]) == (1, 1)


async def test_a_proposal_says_whether_it_counts_on_a_night_turnout(
    world: World, fake_clock: FakeClock
) -> None:
    by_day = await world.alarm(VILLAGE_W)
    await world.sweep()
    assert (await world.incident(by_day["incident_id"]))["proposal"]["rests_on"]["night"] is False
    fake_clock.advance(9 * 3600)
    by_night = await world.alarm(VILLAGE_W)
    await world.sweep()
    assert (await world.incident(by_night["incident_id"]))["proposal"]["rests_on"]["night"] is True


async def test_a_place_that_no_road_comes_near_gets_a_proposal_that_says_so(stopped_db: Database) -> None:
    world = await make_world(stopped_db, automatic=True)
    county = small_county()
    graph = build_graph(county.roads, county.vehicle_classes, DrivingRules(longest_off_road_metres=300.0))
    object.__setattr__(world.desk, "roads", RoadBook(CODE, LiveRoads(graph)))
    answer = await world.alarm((112.731, 35.431))  # nearly a kilometre from every road of this graph
    await world.sweep()
    card = await world.incident(answer["incident_id"])
    assert card["proposal"]["units"] == []
    assert {short["cause"] for short in card["shortfalls"]} == {"no_road"}
    made = await world.act(order_units, UUID(answer["incident_id"]), ["W1-1"], by="operator/a")
    assert made["assignments"][0]["eta_seconds"] is None


async def test_units_far_off_the_roads_do_not_stop_the_measuring_of_others(world: World) -> None:
    await world.sql(
        "update unit set lon = 120, lat = 30, position_at = now(), status = 'returning' where code = 'W1-1'"
    )
    async with world.db.reading() as conn:
        units = await load_candidates(conn, world.desk.county, await world.now())
    measured = await measure(
        LiveRoads(build_graph(small_county().roads, small_county().vehicle_classes)), *VILLAGE_W, units
    )
    by_code = {unit.code: travel for unit, travel in zip(measured.units, measured.travels, strict=True)}
    assert by_code["W1-1"].reachable is False
    assert by_code["W1-2"].reachable is True
