"""补防、移防: a zone without an engine is seen, the move worth making is named, made with one call and undone."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.access.problem import Problem
from dispatch.forces import commands
from dispatch.forces.apply import apply_county
from dispatch.forces.covering import find_cover
from dispatch.forces.model import Candidate
from dispatch.forces.moving_up import move_up, send_home
from dispatch.forces.status import Status
from dispatch.forces.store import load_candidates
from routing.graph import build_graph
from routing.live import LiveRoads
from runtime.database import Database
from runtime.ids import new_id
from runtime.journal import read_events
from tests.conftest import FakeClock
from tests.storage.forces_county import CODE, grid_county

COUNTY = grid_county()
ROADS = LiveRoads(build_graph(COUNTY.roads, COUNTY.vehicle_classes))
POST = next(station for station in COUNTY.stations if station.code == "s3").position


@pytest.fixture
async def emptied(stopped_db: Database, fake_clock: FakeClock) -> Database:
    """Zone z3 has lost its only engine."""
    async with stopped_db.work() as work:
        await apply_county(work, COUNTY)
    async with stopped_db.work() as work:
        await commands.set_service(work, CODE, "s3-1", cause="repair", by="test")
    return stopped_db


async def cover(db: Database) -> Any:
    async with db.work() as work:
        return await find_cover(work.conn, COUNTY, ROADS, work.now)


async def candidate(db: Database, code: str) -> Candidate:
    async with db.work() as work:
        return next(c for c in await load_candidates(work.conn, COUNTY, work.now) if c.code == code)


async def moved(db: Database, unit: str, station: str = "s3") -> None:
    async with db.work() as work:
        await move_up(work, COUNTY, unit, station, by="operator/a")


async def test_the_move_that_is_suggested_gives_the_zone_its_engine_back(emptied: Database) -> None:
    before = await cover(emptied)
    assert before["uncovered"] == ["z3"]
    suggested = before["move_ups"][0]
    assert (suggested["to_zone"], suggested["to_station"]) == ("z3", "s3")
    assert suggested["gain_seconds"] >= 30
    await moved(emptied, suggested["unit"], suggested["to_station"])
    after = await cover(emptied)
    assert after["uncovered"] == []
    assert after["move_ups"] == []


async def test_a_unit_that_stands_by_elsewhere_counts_there_and_is_timed_from_there(
    emptied: Database, fake_clock: FakeClock
) -> None:
    await emptied.pool.execute("update unit set lon = 112.85, lat = 35.45, position_at = $1", fake_clock.now)
    fake_clock.advance(1)
    await moved(emptied, "s2-2")
    unit = await candidate(emptied, "s2-2")
    assert (unit.zone, unit.station, unit.gates) == ("z3", "s2", 0)
    assert (unit.lon, unit.lat) == (POST.x, POST.y)  # its fix is from before it was sent
    card = await emptied.pool.fetchval("select card from unit_card where code = 's2-2'")
    assert (card["zone"], card["posted_at"], card["status"]) == ("z3", "s3", "forward_post")


async def test_a_newer_fix_goes_before_the_post(emptied: Database, fake_clock: FakeClock) -> None:
    await moved(emptied, "s2-2")
    fake_clock.advance(30)
    await emptied.pool.execute(
        "update unit set lon = 112.88, lat = 35.45, position_at = $1 where code = 's2-2'", fake_clock.now
    )
    unit = await candidate(emptied, "s2-2")
    assert (unit.lon, unit.lat) == (112.88, 35.45)


async def test_its_device_is_told_where_to_stand_by_and_when_to_come_home(emptied: Database) -> None:
    device = new_id()
    await emptied.pool.execute(
        "insert into device (id, county, name, station, enrolled_at) values ($1, $2, 'tablet', 's2', now())",
        device,
        CODE,
    )
    await moved(emptied, "s2-2")
    async with emptied.work() as work:
        await send_home(work, COUNTY, "s2-2", by="operator/a")
    async with emptied.reading() as conn:
        told = await read_events(conn, f"device/{device}", 0)
        journal = await read_events(conn, f"county/{CODE}", 0)
    assert [event.type for event in told] == ["move_up_ordered", "move_up_ended"]
    assert (told[0].data["unit"], told[0].data["station"], told[0].data["lon"]) == ("s2-2", "s3", POST.x)
    assert [event.type for event in journal][-2:] == ["move_up_ordered", "move_up_ended"]
    unit = await candidate(emptied, "s2-2")
    assert unit.zone == "z2"


async def test_coming_home_ends_it_as_well(emptied: Database) -> None:
    await moved(emptied, "s2-2")
    async with emptied.work() as work:
        await commands.report_status(work, CODE, "s2-2", Status.STANDBY, at=None, by="device")
    assert (await candidate(emptied, "s2-2")).zone == "z2"


@pytest.mark.parametrize(
    ("unit", "station", "code"),
    [
        ("s2-2", "nowhere", "unknown_station"),
        ("nobody", "s3", "unit_unknown"),
        ("s3-1", "s2", "unit_not_sendable"),  # under repair
        ("s2-2", "s2", "move_up_to_itself"),
    ],
)
async def test_what_cannot_move_is_refused(emptied: Database, unit: str, station: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        await moved(emptied, unit, station)
    assert caught.value.code == code


async def test_a_unit_at_work_is_not_moved(emptied: Database) -> None:
    async with emptied.work() as work:
        await commands.report_status(work, CODE, "s2-2", Status.EN_ROUTE, at=None, by="device")
    with pytest.raises(Problem, match="unit_busy"):
        await moved(emptied, "s2-2")
