"""Whoever waits for help gets it when force becomes free, without anybody asking."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.alarms.incident import Report, State
from dispatch.alarms.progress import unit_reported
from dispatch.alarms.waiting import hopeless
from dispatch.forces.commands import report_strength, set_service
from runtime.database import Database
from runtime.ids import new_id
from runtime.timers import set_timer
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_E, VILLAGE_W, small_county


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db)


@pytest.fixture
async def by_hand(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def everybody_off_duty(world: World) -> None:
    await world.sql("update crew set seats_filled = 0")


async def on_duty(world: World, *units: str) -> None:
    async with world.db.work() as work:
        for unit in units:
            await report_strength(work, CODE, unit, by="test")


async def alone(world: World, unit: str) -> None:
    """This unit is all there is."""
    await everybody_off_duty(world)
    await on_duty(world, unit)
    await rest(world)


async def rest(world: World) -> None:
    """Everything that is due now or in a moment."""
    clock = world.db.clock
    assert isinstance(clock, FakeClock)
    await world.sweep()
    for _ in range(20):
        clock.advance(1)
        if not await world.sweep():
            return


async def lacks(world: World, answer: dict[str, Any]) -> dict[str, str]:
    card = await world.incident(answer["incident_id"])
    return {short["code"]: short["cause"] for short in card["shortfalls"]}


async def test_an_incident_that_nobody_was_sent_to_gets_the_unit_that_comes_free(world: World) -> None:
    await alone(world, "W1-1")
    first = await world.alarm(VILLAGE_W)
    await rest(world)
    second = await world.alarm(VILLAGE_E)
    await rest(world)
    assert await world.assignments(second["incident_id"]) == {}
    assert "first_engine" in await lacks(world, second)
    sent = (await world.assignments(first["incident_id"]))["W1-1"]
    for report in (Report.ACKNOWLEDGE, Report.EN_ROUTE, Report.ON_SCENE, Report.CLEAR):
        await world.say(sent.id, report)
    await rest(world)
    assert (await world.assignments(second["incident_id"]))["W1-1"].state is State.DISPATCHED
    assert "first_engine" not in await lacks(world, second)
    proposal = (await world.incident(second["incident_id"]))["proposal"]
    assert proposal["cause"] == "released"


async def test_nobody_is_sent_back_by_a_machine_to_where_a_unit_has_left(world: World) -> None:
    await alone(world, "W1-1")
    answer = await world.alarm(VILLAGE_W, trapped=9)
    await rest(world)
    assert await lacks(world, answer)
    sent = (await world.assignments(answer["incident_id"]))["W1-1"]
    for report in (Report.ACKNOWLEDGE, Report.ON_SCENE, Report.CLEAR):
        await world.say(sent.id, report)
    await on_duty(world, "E1-1")
    await rest(world)
    assert set(await world.assignments(answer["incident_id"])) == {"W1-1"}


async def test_by_hand_the_free_unit_is_proposed_and_the_console_is_told_that_it_waits(
    by_hand: World,
) -> None:
    await everybody_off_duty(by_hand)
    answer = await by_hand.alarm(VILLAGE_W)
    await rest(by_hand)
    assert (await by_hand.incident(answer["incident_id"]))["proposal"]["units"] == []
    await on_duty(by_hand, "W1-1")
    await rest(by_hand)
    card = await by_hand.incident(answer["incident_id"])
    assert [one["unit"] for one in card["proposal"]["units"]] == ["W1-1"]
    assert await by_hand.assignments(answer["incident_id"]) == {}
    assert (await lacks(by_hand, answer))["first_engine"] == "awaits_dispatcher"


@pytest.mark.parametrize("how", ["duty", "service", "status"])
async def test_whatever_makes_a_unit_free_is_noticed(world: World, how: str) -> None:
    await alone(world, "W1-1")
    if how == "duty":
        await everybody_off_duty(world)
    elif how == "service":
        async with world.db.work() as work:
            await set_service(work, CODE, "W1-1", cause="repair", by="test")
    else:  # called out by telephone, without an assignment
        await world.act(unit_reported, "W1-1", "on_scene", by="test", via="console", at=None)
    answer = await world.alarm(VILLAGE_W)
    await rest(world)
    assert await world.assignments(answer["incident_id"]) == {}
    if how == "duty":
        await on_duty(world, "W1-1")
    elif how == "service":
        async with world.db.work() as work:
            await set_service(work, CODE, "W1-1", cause=None, by="test")
    else:
        await world.act(unit_reported, "W1-1", "returning", by="test", via="console", at=None)
    await rest(world)
    assert set(await world.assignments(answer["incident_id"])) == {"W1-1"}


async def test_people_trapped_come_first_among_those_nobody_was_sent_to(world: World) -> None:
    await everybody_off_duty(world)
    await rest(world)
    answers = [
        await world.alarm((112.71 + 0.02 * n, 35.41), trapped=int(n == 5), source_id=f"w{n}")
        for n in range(7)
    ]
    await rest(world)
    await on_duty(world, "W1-1")
    await rest(world)
    sent = [len(await world.assignments(answer["incident_id"])) for answer in answers]
    assert sent == [0, 0, 0, 0, 0, 1, 0]


async def test_every_waiting_incident_is_looked_at_once_for_each_release(world: World) -> None:
    await everybody_off_duty(world)
    await rest(world)
    answers = [await world.alarm((112.71 + 0.02 * n, 35.41), source_id=f"w{n}") for n in range(7)]
    await rest(world)
    await on_duty(world, "V1-1")  # a volunteer's pickup: of no use for a first engine
    await on_duty(world, "V1-1")
    await rest(world)
    for answer in answers:
        (made,) = await world.sql(
            "select count(*) filter (where cause = 'released') as n from proposal where incident = $1::uuid",
            answer["incident_id"],
        )
        assert made["n"] == 1


async def test_where_nothing_lacks_or_nothing_can_help_nothing_is_proposed(world: World) -> None:
    assert "ladder" in hopeless(small_county())
    assert not hopeless(small_county()) & {"engine", "people", "first_engine", "micro_station"}
    answer = await world.alarm(VILLAGE_W, trapped=9)
    await rest(world)
    await world.sql("delete from shortfall where code <> 'ladder'")
    await on_duty(world, "E1-1")
    await rest(world)
    made = await world.sql("select cause from proposal where incident = $1::uuid", answer["incident_id"])
    assert [row["cause"] for row in made] == ["alarm"]


async def test_a_timer_set_only_earlier_keeps_its_time_and_takes_the_new_payload(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    async with stopped_db.work() as work:
        subject = new_id()
        for seconds, n in ((1, 1), (5, 2)):
            fake_clock.advance(seconds)
            await set_timer(
                work.conn,
                county=CODE,
                kind="test",
                subject=subject,
                due_at=fake_clock.now,
                payload={"n": n},
                only_earlier=True,
            )
        row = await work.conn.fetchrow("select due_at, payload from timer where subject = $1", subject)
    assert row is not None
    assert (fake_clock.now - row["due_at"]).total_seconds() == 5
    assert row["payload"] == {"n": 2}
