"""What follows the clock: shifts without a next crew are named once; who never says it is home is home after hours."""

from __future__ import annotations

from datetime import timedelta

import pytest

from dispatch.forces import commands
from dispatch.forces.apply import apply_county
from dispatch.forces.status import Status
from dispatch.forces.watch import lapse_crews, presume_home
from runtime.database import Database
from runtime.journal import read_events
from tests.conftest import FakeClock
from tests.storage.forces_county import CODE, grid_county


@pytest.fixture
async def county_db(stopped_db: Database, fake_clock: FakeClock) -> Database:
    async with stopped_db.work() as work:
        await apply_county(work, grid_county())
    return stopped_db


async def until(db: Database, unit: str, hours: float) -> None:
    async with db.work() as work:
        ends = work.now + timedelta(hours=hours)
        await commands.report_strength(work, CODE, unit, until=ends, by="test")


async def named(db: Database) -> tuple[str, ...]:
    async with db.work() as work:
        return await lapse_crews(work, CODE)


async def test_a_shift_that_ends_without_a_next_crew_is_named_once(
    county_db: Database, fake_clock: FakeClock
) -> None:
    await until(county_db, "s1-1", 1)
    await until(county_db, "s2-1", 5)
    assert await named(county_db) == ()
    fake_clock.advance(3601)
    assert await named(county_db) == ("s1-1",)
    assert await named(county_db) == ()
    async with county_db.reading() as conn:
        event = (await read_events(conn, f"county/{CODE}", 0))[-1]
    assert (event.type, event.data["units"], event.data["due"][0]["station"]) == (
        "handover_missed",
        ["s1-1"],
        "s1",
    )
    assert [card["code"] for card in event.data["cards"]["units"]] == ["s1-1"]


async def test_the_next_shift_of_the_same_unit_is_named_again(
    county_db: Database, fake_clock: FakeClock
) -> None:
    await until(county_db, "s1-1", 1)
    fake_clock.advance(3601)
    await named(county_db)
    await until(county_db, "s1-1", 1)
    assert await named(county_db) == ()
    fake_clock.advance(3601)
    assert await named(county_db) == ("s1-1",)


async def test_who_has_been_returning_for_hours_is_at_its_station(
    county_db: Database, fake_clock: FakeClock
) -> None:
    async with county_db.work() as work:
        await commands.report_status(work, CODE, "s3-1", Status.RETURNING, at=None, by="telephone")
    for hours, expected in ((1, ()), (1.1, ("s3-1",)), (0, ())):
        fake_clock.advance(hours * 3600)
        async with county_db.work() as work:
            assert await presume_home(work, CODE) == expected
    status = await county_db.pool.fetchval("select status from unit where code = 's3-1'")
    assert status == "standby"
