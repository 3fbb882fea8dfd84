"""The day of the county in figures, written into the journal once, whoever runs the calendar."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from dispatch.alarms.by_hand import order_units
from dispatch.alarms.conduct import close
from dispatch.alarms.day import figures_of, summarise_yesterday
from dispatch.alarms.incident import Report
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def test_a_day_counts_alarms_incidents_intervals_and_what_went_wrong(
    world: World, fake_clock: FakeClock
) -> None:
    one = UUID((await world.alarm(VILLAGE_W))["incident_id"])
    await world.alarm(VILLAGE_W)
    await world.alarm(VILLAGE_E, kind="vegetation")
    fake_clock.advance(40)
    made = await world.act(order_units, one, ["W1-1", "W2-2"], by="operator/a")
    ids = {card["unit"]: card["id"] for card in made["assignments"]}
    fake_clock.advance(6)
    await world.say(ids["W1-1"], Report.ACKNOWLEDGE)
    fake_clock.advance(60)
    await world.say(ids["W1-1"], Report.EN_ROUTE)
    fake_clock.advance(300)
    await world.say(ids["W1-1"], Report.ON_SCENE)
    await world.say(ids["W2-2"], Report.UNABLE, cause="other_task", via="telephone")
    await world.say(ids["W1-1"], Report.CLEAR)
    await world.act(close, one, by="operator/a", why=None)
    async with world.db.reading() as conn:
        figures = await figures_of(conn, world.desk.county, date(2026, 4, 4))
    assert (figures["alarms"], figures["linked"], figures["incidents"]) == (
        3,
        1,
        {"building": 1, "vegetation": 1},
    )
    assert (figures["ordered"], figures["not_coming"], figures["open_at_end"]) == (2, 1, 1)
    assert figures["median_seconds"] == {
        "alarm_to_dispatch": 40.0,
        "alarm_to_arrival": 406.0,
        "dispatch_to_delivery": 6.0,
        "dispatch_to_acknowledge": 6.0,
        "turnout": 60.0,
        "travel": 300.0,
    }


async def test_yesterday_is_summarised_once_by_the_county_s_own_clock(
    world: World, fake_clock: FakeClock
) -> None:
    await world.alarm(VILLAGE_W)
    fake_clock.advance(10 * 3600)  # five past midnight or so in Zezhou
    assert await world.act(summarise_yesterday) is True
    assert await world.act(summarise_yesterday) is False
    told = [e.data for e in await world.events(f"county/{CODE}") if e.type == "day_summarised"]
    assert [(data["day"], data["alarms"]) for data in told] == [("2026-04-04", 1)]


async def test_a_day_without_alarms_is_a_day_too(world: World) -> None:
    async with world.db.reading() as conn:
        figures = await figures_of(conn, world.desk.county, date(2020, 1, 1))
    assert (figures["alarms"], figures["incidents"]) == (0, {})
