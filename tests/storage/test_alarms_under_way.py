"""A unit under way is ranked from where it really is, in the direction it drives, and the decision says so."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from redis.asyncio import Redis

from dispatch.alarms.record import from_record, replay
from dispatch.forces.conditions import Report as RoadReport
from dispatch.forces.conditions import add_condition
from dispatch.forces.model import Candidate
from dispatch.forces.positions import Verdict
from dispatch.forces.starting import from_starts, start_of
from dispatch.forces.tracking import Tracking
from gis_data.crs import from_wgs84
from routing.rank import rank
from runtime.clock import utc_now
from runtime.database import Database
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_W, node

UNIT = "W1-1"
EDGE = "h3-2"  # from node (3, 2) eastwards to node (4, 2): away from the village


@pytest.fixture
async def world(db: Database) -> World:
    made = await make_world(db, automatic=False)
    await made.sql("update unit set status = 'returning' where code = $1", UNIT)
    return made


def tracking_of(world: World) -> Tracking:
    assert isinstance(world.desk.positions, Tracking)
    return world.desk.positions


def along(seconds: float, sigma_degrees: float = 4e-5) -> tuple[float, float]:
    """Twelve metres a second eastwards on the edge, with noise of some four metres."""
    (west, y), (east, _) = node(3, 2), node(4, 2)
    rng = np.random.default_rng(round(seconds * 10))
    x = west + (east - west) * (0.2 + 0.0066 * seconds)
    return x + rng.normal(0, sigma_degrees), y + rng.normal(0, sigma_degrees)


async def drive(tracking: Tracking, begins: datetime, seconds: int = 40, crs: str = "wgs84") -> None:
    for second in range(0, seconds + 1, 2):
        lon, lat = from_wgs84(*along(second), crs)
        told = await tracking.report(UNIT, lon, lat, crs, begins + timedelta(seconds=second))
        assert told is Verdict.TAKEN


async def newest(world: World) -> Candidate:
    async with world.db.work() as work:
        return next(unit for unit in await world.desk.units_now(work) if unit.code == UNIT)


async def place_kept(world: World) -> Mapping[str, Any] | None:
    kept: Mapping[str, Any] | None = (await world.unit(UNIT))["on_road"]
    return kept


async def proposal_at_the_village(world: World) -> tuple[dict[str, Any], Mapping[str, Any]]:
    answer = await world.alarm(VILLAGE_W)
    await world.sweep()
    rows = await world.sql("select inputs from proposal where incident = $1", UUID(answer["incident_id"]))
    return (await world.incident(answer["incident_id"]))["proposal"], rows[-1]["inputs"]


@pytest.mark.parametrize("crs", ["wgs84", "gcj02"])
async def test_a_unit_under_way_is_ranked_from_its_edge_in_the_direction_it_drives(
    world: World, crs: str
) -> None:
    await drive(tracking_of(world), utc_now() - timedelta(seconds=40), crs=crs)
    shown, inputs = await proposal_at_the_village(world)
    told = {one["unit"]: one for one in shown["units"]}
    assert {"code": "note.heading_east", "params": {}} in told[UNIT]["notes"]
    start = inputs["starts"][inputs["candidates"].index(UNIT)]
    assert (start["on_road"]["edge"], start["on_road"]["directed"]) == (EDGE, True)
    assert start["on_road"]["fraction"] == pytest.approx(0.2 + 0.0066 * 40, abs=0.02)
    at_home = [one for one in inputs["starts"] if one["at_station"]]
    assert len(at_home) == len(inputs["starts"]) - 1
    assert all(one["on_road"] is None for one in at_home)


async def test_who_drives_away_from_the_fire_is_timed_by_where_it_can_turn(world: World) -> None:
    await drive(tracking_of(world), utc_now() - timedelta(seconds=40))
    unit, live = await newest(world), world.desk.roads.current  # type: ignore[attr-defined]
    start = start_of(live, unit)
    assert start.at is not None
    turns_at_once = start._replace(at=replace(start.at, directed=False))
    [as_it_is, if_it_could] = rank(live, *VILLAGE_W, [start, turns_at_once])
    assert as_it_is.total_ms > if_it_could.total_ms


async def test_the_times_of_a_decision_can_be_computed_again_from_its_record(world: World) -> None:
    await drive(tracking_of(world), utc_now() - timedelta(seconds=40))
    _, inputs = await proposal_at_the_village(world)
    live = world.desk.roads.current  # type: ignore[attr-defined]
    reaches = rank(live, inputs["lon"], inputs["lat"], from_starts(inputs["starts"], live))
    _, (request,), _ = from_record(inputs)
    assert [reach.total_ms for reach in reaches] == request.travel_ms.tolist()
    assert replay(inputs).picks


async def test_fixes_that_come_late_or_from_the_future_leave_the_place_alone(world: World) -> None:
    tracking, begins = tracking_of(world), utc_now() - timedelta(seconds=60)
    await drive(tracking, begins)
    before = await newest(world)
    lon, lat = node(8, 4)
    for seconds, verdict in (
        (7200, Verdict.FUTURE),
        (-90_000, Verdict.TOO_OLD),
        (-600, Verdict.OUT_OF_ORDER),
    ):
        assert await tracking.report(UNIT, lon, lat, "wgs84", begins + timedelta(seconds=seconds)) is verdict
    lon, lat = along(21)
    late = await tracking.report(UNIT, lon, lat, "wgs84", begins + timedelta(seconds=21))
    assert late is Verdict.OUT_OF_ORDER
    assert await newest(world) == before
    await tracking.report(UNIT, *along(42), "wgs84", begins + timedelta(seconds=42))
    after = await newest(world)
    assert after.on_road is not None
    assert (after.on_road.edge, after.on_road.directed) == (EDGE, True)


async def test_another_process_ranks_from_the_place_that_this_one_matched(
    world: World, redis_url: str
) -> None:
    client = Redis.from_url(redis_url)
    roads = world.desk.roads
    here, there = (Tracking(world.db, CODE, client, roads) for _ in range(2))  # type: ignore[arg-type]
    begins = utc_now() - timedelta(seconds=38)
    await drive(here, begins, 38)  # PostgreSQL has the fix of second 30
    kept = await place_kept(world)
    assert kept is not None
    async with world.db.work() as work:
        units = await world.desk.units_now(work)
        [moved] = [unit for unit in await there.newest(units) if unit.code == UNIT]
    await client.aclose()
    assert moved.fix_at == (begins + timedelta(seconds=38)).replace(
        microsecond=begins.microsecond // 1000 * 1000
    )
    assert moved.on_road is not None
    assert moved.on_road.fraction > kept["fraction"]
    assert moved.on_road.directed


async def test_a_place_on_a_road_that_is_closed_now_or_gone_is_snapped_instead(world: World) -> None:
    await drive(tracking_of(world), utc_now() - timedelta(seconds=40))
    unit = await newest(world)
    book = world.desk.roads
    assert start_of(book.current, unit).at is not None  # type: ignore[attr-defined]
    async with world.db.work() as work:
        await add_condition(work, CODE, RoadReport((EDGE,), None, 0.0, (), "flood", None, None), by="t")
    async with world.db.work() as work:
        closed = await book.refresh(work.conn, work.now)
    assert start_of(closed, unit).at is None
    shown, _ = await proposal_at_the_village(world)
    [told] = [one for one in shown["units"] if one["unit"] == UNIT]
    assert {"code": "note.from_where_it_is", "params": {}} in told["notes"]
    await world.sql(
        "update unit set on_road = jsonb_set(on_road, '{edge}', '\"gone\"') where code = $1", UNIT
    )
    unit = await newest(world)
    assert start_of(closed.unhindered, unit).at is None


async def test_a_unit_at_its_station_needs_no_fix_and_has_no_place(world: World) -> None:
    await drive(tracking_of(world), utc_now() - timedelta(seconds=40))
    assert await place_kept(world) is not None
    await world.sql("update unit set status = 'standby' where code = $1", UNIT)
    unit = await newest(world)
    assert (unit.at_station, unit.fix_at, unit.on_road) == (True, None, None)
