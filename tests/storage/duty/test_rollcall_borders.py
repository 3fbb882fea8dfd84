"""Where roll calls meet absences that begin in the middle, other teams, and a roster that is published meanwhile."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from dispatch.duty.attendance import answer_rollcall
from dispatch.duty.away import report_absence
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from dispatch.duty.crewing import keep_seats_true
from dispatch.duty.granting import authorise
from dispatch.duty.handover import keep_handovers
from dispatch.duty.rollcall import Answer, State
from roster.people import AbsenceKind
from roster.policy import Policy
from runtime.database import Database
from tests.storage.duty.test_rollcall import NEXT, RollcallWorld, house
from tests.storage.duty_world import CODE, OFFICER, TODAY, book

__all__ = ["house"]


async def until_somebody_waits(db: Database) -> None:
    """For a lock that another transaction holds."""
    waiting = "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    async with asyncio.timeout(10):
        while not await db.pool.fetchval(waiting):
            pass


async def test_who_goes_in_the_middle_of_a_shift_leaves_the_seat_when_the_absence_begins(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"].person
    async with house.db.work() as work:
        starts = work.now + timedelta(hours=3)
        given = {"note": "", "by": OFFICER, "release": True}
        await report_absence(
            work, CODE, driver, AbsenceKind.LEAVE, starts, starts + timedelta(days=1), **given
        )
    assert driver in {one["person"] for one in (await house.crew())["seats"]}
    await house.pass_to(TODAY, 17, 1)
    await house.do(keep_seats_true)
    assert driver not in {one["person"] for one in (await house.crew())["seats"]}


async def test_nobody_sits_in_vehicles_of_two_teams(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"].person
    house.clock.now += timedelta(minutes=5)
    await house.answer(TODAY, Answer("E1-1/driver/0", State.PRESENT, person=driver), team="E1")
    assert driver in {one["person"] for one in (await house.crew("E1-1"))["seats"]}
    assert driver not in {one["person"] for one in (await house.crew())["seats"]}


async def test_one_person_answered_into_two_teams_at_one_instant_sits_in_the_later_of_them(
    house: RollcallWorld,
) -> None:
    answers = {t: [Answer(f"{t}-1/driver/0", State.PRESENT, person="w1r0")] for t in ("W1", "E1")}
    async with house.db.work() as first:
        await answer_rollcall(first, CODE, "W1", TODAY, "T24", answers["W1"], by=OFFICER)
        beside = asyncio.create_task(
            house.do(answer_rollcall, "E1", TODAY, "T24", answers["E1"], by="operator/other")
        )
        await until_somebody_waits(house.db)
    await beside
    assert "w1r0" in {one["person"] for one in (await house.crew("E1-1"))["seats"]}
    assert "w1r0" not in {one["person"] for one in (await house.crew())["seats"]}
    sitting = await house.db.pool.fetchval(
        "select count(*) from attendance where person = 'w1r0' and state in ('present', 'errand')"
    )
    assert sitting == 1


async def test_many_officers_answering_a_few_people_into_two_teams_seat_everybody_once(
    house: RollcallWorld,
) -> None:
    people = ("w1r0", "e1r0", "w100")
    await asyncio.gather(
        *(
            house.answer(TODAY, Answer(f"{team}-1/driver/0", State.PRESENT, person=person), team=team)
            for person in people
            for team in ("W1", "E1")
            for _ in range(2)
        )
    )
    sitting = [one["person"] for unit in ("W1-1", "E1-1") for one in (await house.crew(unit))["seats"]]
    assert len(sitting) == len(set(sitting)) > 0


async def test_who_has_answered_another_team_early_stays_until_that_shift_begins(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"].person
    await house.pass_to(NEXT, 7, 50)
    await house.answer(NEXT, Answer("E1-1/driver/0", State.PRESENT, person=driver), team="E1")
    assert driver in {one["person"] for one in (await house.crew())["seats"]}
    # Nobody relieves the crew, and it stands over; but for whoever serves elsewhere now.
    await house.pass_to(NEXT, 8, 1)
    await house.do(keep_seats_true)
    assert len((await house.crew())["seats"]) == 2
    assert driver in {one["person"] for one in (await house.crew("E1-1"))["seats"]}


async def test_a_change_of_tomorrow_is_in_the_roll_call_and_the_forecast_at_once(
    house: RollcallWorld,
) -> None:
    driver = (await house.at(NEXT))["driver"]
    move = Move(driver.day, driver.team, driver.shift, driver.seat, None)
    await house.all_present(TODAY)
    assert (await house.crew())["next"]["seats_filled"] == 3
    await house.do(
        authorise, "seat_unfilled", person="", team="W1", first=NEXT, last=NEXT, reason="test", by=OFFICER
    )
    await house.do(change_duties, (move,), by=OFFICER, why="test")
    assert (await house.crew())["next"]["seats_filled"] == 2


async def test_roll_calls_planned_beside_a_publication_do_not_bring_the_old_month_back(
    house: RollcallWorld,
) -> None:
    changed = (await house.at(NEXT))["driver"]
    async with house.db.work() as publishing:
        move = Move(changed.day, changed.team, changed.shift, changed.seat, "w1r0")
        await change_duties(publishing, CODE, (move,), by=OFFICER, why="test")
        beside = asyncio.create_task(keep_handovers(house.db, CODE))
        await until_somebody_waits(house.db)
    await beside
    row = await house.db.pool.fetchval("select seats from rollcall where team = 'W1' and day = $1", NEXT)
    assert {one["planned"] for one in row if one["role"] == "driver"} == {"w1r0"}


async def test_people_of_lending_teams_are_named_by_what_they_have_served_themselves(
    house: RollcallWorld,
) -> None:
    # Two turns of twelve counted hours in seven days; who served on the second and serves on the sixth has them.
    await house.apply(replace(book(), policy=Policy(week_minutes=26 * 60)))
    await house.answer(TODAY, Answer("W1-1/driver/0", State.ABSENT, cause="sick"))
    await house.pass_to(TODAY, 14, 1)
    [proposed] = await house.events("substitutes_proposed")
    [told] = proposed.data["seats"]
    assert {one["person"] for one in told["candidates"]} == {"w1r0", "e1r0"}


async def test_who_is_taken_off_a_running_seat_steps_down_and_the_seat_is_called_open(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"]
    await house.do(
        authorise, "seat_unfilled", person="", team="W1", first=TODAY, last=TODAY, reason="test", by=OFFICER
    )
    move = Move(driver.day, driver.team, driver.shift, driver.seat, None)
    await house.do(change_duties, (move,), by=OFFICER, why="sent home")
    assert driver.person not in {one["person"] for one in (await house.crew())["seats"]}
    [opened] = await house.events("seats_opened")
    assert [one["seat"] for one in opened.data["seats"]] == [driver.seat]
    state = "select state, cause from attendance where person = $1"
    assert tuple(await house.db.pool.fetchrow(state, driver.person)) == ("left", "taken_off")


async def test_who_gets_a_successor_on_a_running_seat_stays_until_that_one_has_come(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"]
    move = Move(driver.day, driver.team, driver.shift, driver.seat, "w1r0")
    await house.do(change_duties, (move,), by=OFFICER, why="test")
    assert driver.person in {one["person"] for one in (await house.crew())["seats"]}
    await house.answer(TODAY, Answer(driver.seat, State.PRESENT))
    assert "w1r0" in {one["person"] for one in (await house.crew())["seats"]}
    assert driver.person not in {one["person"] for one in (await house.crew())["seats"]}
