"""The roll call makes the crews that dispatch believes in: answers, handovers, no-shows, errands, strength."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from typing import Any

import pytest

from dispatch.access.problem import Problem
from dispatch.duty.attendance import answer_rollcall, recall
from dispatch.duty.away import report_absence
from dispatch.duty.handover import keep_handovers
from dispatch.duty.rollcall import Answer, State
from dispatch.duty.timers import duty_handlers
from dispatch.forces.commands import report_strength
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.store import load_candidates
from dispatch.forces.watch import lapse_crews
from roster.people import AbsenceKind
from runtime.journal import Event, read_events
from runtime.timers import Sweeper
from tests.conftest import FakeClock
from tests.storage.duty_world import CODE, OFFICER, SEATS, TODAY, DutyWorld, after, noon
from tests.storage.small_county import small_county

UNIT = "W1-1"
COUNTY = small_county()


def seat(role: str) -> str:
    return f"{UNIT}/{role}/0"


class RollcallWorld(DutyWorld):
    clock: FakeClock

    async def pass_to(self, day: date, hour: int, minute: int = 0) -> None:
        """Let the clock run, stopping wherever something falls due."""
        end = noon(day, hour) + timedelta(minutes=minute)
        sweeper = Sweeper(self.db, duty_handlers())
        while True:
            await sweeper.sweep_once()
            due = await self.db.pool.fetchval(
                "select min(due_at) from timer where done_at is null and kind = any($1)",
                list(duty_handlers()),
            )
            if self.clock.now >= end:
                return
            self.clock.now = min(end, due) if due is not None and due > self.clock.now else end

    async def answer(self, day: date, *answers: Answer, team: str = "W1", **more: Any) -> dict[str, Any]:
        answered: dict[str, Any] = await self.do(
            answer_rollcall, team, day, "T24", answers, by="device/test", **more
        )
        return answered

    async def all_present(self, day: date, **more: Any) -> dict[str, Any]:
        return await self.answer(day, *(Answer(seat(role), State.PRESENT) for role in SEATS), **more)

    async def crew(self, unit: str = UNIT) -> dict[str, Any]:
        row = await self.db.pool.fetchrow(
            "select c.* from crew c join unit u on u.id = c.unit where u.code = $1", unit
        )
        return dict(row)

    async def candidate(self, unit: str = UNIT) -> Candidate:
        async with self.db.work() as work:
            found = await load_candidates(work.conn, COUNTY, work.now)
        return next(one for one in found if one.code == unit)

    async def events(self, *types: str) -> list[Event]:
        async with self.db.reading() as conn:
            return [e for e in await read_events(conn, f"county/{CODE}", 0) if e.type in types]


@pytest.fixture
async def house(stopped_db: Any, fake_clock: FakeClock) -> AsyncIterator[RollcallWorld]:
    async with RollcallWorld(stopped_db) as world:
        assert isinstance(world, RollcallWorld)
        world.clock = fake_clock
        await world.publish()
        yield world


NEXT = after(TODAY, 1)
THEN = after(TODAY, 2)


async def test_a_newly_rostered_unit_keeps_its_crew_until_the_first_answer_and_not_for_ever(
    house: RollcallWorld,
) -> None:
    crew = await house.crew()
    assert (crew["source"], crew["team"]) == ("nominal", "W1")
    assert crew["seats_filled"] > 0
    assert crew["stands_until"] is not None
    assert (await house.candidate()).gates == Gate.NONE
    with pytest.raises(Problem) as refused:
        await house.do(report_strength, UNIT, crew=4, by="test")
    assert refused.value.code == "unit_rostered"
    card = await house.all_present(TODAY)
    assert {one["state"] for one in card["seats"]} == {"present"}
    crew = await house.crew()
    assert (crew["source"], crew["seats_filled"], crew["wanted"]) == ("rollcall", 3, 3)
    assert crew["qualifications"]["driver"] >= 1
    assert crew["next"]["at"] == "2026-04-05T00:00:00.000Z"
    [changed] = [e for e in await house.events("crew_changed") if e.data["cause"] == "rollcall"]
    assert changed.data["cards"]["units"][0]["crew"] == 3


async def test_the_handover_comes_to_the_second_for_those_who_answered_before(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    old = {one["person"] for one in (await house.crew())["seats"]}
    await house.pass_to(NEXT, 7, 50)
    assert (await house.events("rollcall_opened"))[-1].data["day"] == NEXT.isoformat()
    await house.all_present(NEXT)
    assert {one["person"] for one in (await house.crew())["seats"]} == old
    await house.pass_to(NEXT, 7, 59)
    assert {one["person"] for one in (await house.crew())["seats"]} == old
    await house.pass_to(NEXT, 8)
    crew = await house.crew()
    assert {one["person"] for one in crew["seats"]}.isdisjoint(old)
    assert (crew["since"], crew["seats_filled"]) == (noon(NEXT, 8), 3)
    gone = await house.db.pool.fetch(
        "select gone_at, state from attendance where person = any($1)", list(old)
    )
    assert {(row["gone_at"], row["state"]) for row in gone} == {(noon(NEXT, 8), "left")}


async def test_who_is_not_relieved_stands_over_and_it_is_said_loudly(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    await house.pass_to(NEXT, 8, 9)
    crew = await house.crew()
    assert crew["seats_filled"] == 3
    assert all(one["standing_over"] for one in crew["seats"])
    assert (await house.candidate()).gates == Gate.NONE
    assert not [e for e in await house.events("handover_missed") if UNIT in e.data["units"]]
    await house.pass_to(NEXT, 8, 10)
    [missed] = [e for e in await house.events("handover_missed") if UNIT in e.data["units"]]
    assert missed.data["due"][0]["standing_over"] is True
    [settled] = [
        event
        for event in await house.events("rollcall_settled")
        if (event.data["team"], event.data["day"]) == ("W1", NEXT.isoformat())
    ]
    planned = {duty.person for duty in (await house.at(NEXT)).values()}
    assert {one["person"] for one in settled.data["no_shows"]} == planned
    await house.pass_to(NEXT, 9, 59)
    assert (await house.crew())["seats_filled"] == 3
    await house.pass_to(NEXT, 10)
    assert (await house.crew())["seats_filled"] == 0
    assert (await house.candidate()).gates == Gate.OFF_DUTY


async def test_relief_is_man_for_man(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    before = {one["role"]: one["person"] for one in (await house.crew())["seats"]}
    await house.pass_to(NEXT, 8, 3)
    await house.answer(NEXT, Answer(seat("driver"), State.PRESENT))
    now = {one["role"]: one for one in (await house.crew())["seats"]}
    planned = await house.at(NEXT)
    assert now["driver"]["person"] == planned["driver"].person
    assert not now["driver"]["standing_over"]
    assert now["squad_leader"]["person"] == before["squad_leader"]
    assert now["squad_leader"]["standing_over"]
    # Within the time of grace it counts from the beginning: the roll call was late, not the people.
    since = await house.db.pool.fetchval(
        "select since from attendance where person = $1", planned["driver"].person
    )
    assert since == noon(NEXT, 8)


async def test_a_driver_who_falls_ill_takes_the_unit_off_and_substitutes_are_named(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    sitting = {one["role"]: one["person"] for one in (await house.crew())["seats"]}
    # The leader may drive too: both are gone, and nobody is left at the wheel.
    await house.answer(
        TODAY,
        Answer(seat("driver"), State.ABSENT, cause="sick"),
        Answer(seat("squad_leader"), State.ABSENT, cause="sick"),
    )
    crew = await house.crew()
    assert (crew["seats_filled"], crew["qualifications"]["driver"]) == (1, 0)
    assert (await house.candidate()).gates == Gate.SHORT_CREW
    [opened] = await house.events("seats_opened")
    assert {one["seat"] for one in opened.data["seats"]} == {seat("driver"), seat("squad_leader")}
    await house.pass_to(TODAY, 14, 1)
    [proposed] = await house.events("substitutes_proposed")
    offered = {one["seat"]: [c["person"] for c in one["candidates"]] for one in proposed.data["seats"]}
    assert offered[seat("driver")]
    assert sitting["driver"] not in offered[seat("driver")]
    assert "telephone" not in str(proposed.data)
    await house.answer(TODAY, Answer(seat("driver"), State.PRESENT, person="w1r0"))
    crew = await house.crew()
    assert crew["seats_filled"] == 2
    assert crew["qualifications"]["driver"] == 1


async def test_an_absence_reported_elsewhere_empties_the_seat(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    driver = (await house.at(TODAY))["driver"].person
    async with house.db.work() as work:
        await report_absence(
            work,
            CODE,
            driver,
            AbsenceKind.SICK,
            work.now,
            work.now + timedelta(days=2),
            note="",
            by=OFFICER,
            release=True,
        )
    crew = await house.crew()
    assert driver not in {one["person"] for one in crew["seats"]}
    assert crew["seats_filled"] == 2


async def test_an_errand_leaves_the_seat_until_the_return_is_answered(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    firefighter = (await house.at(TODAY))["firefighter"].person
    back_by = house.clock.now + timedelta(hours=1)
    await house.answer(TODAY, Answer(seat("firefighter"), State.ERRAND, back_by=back_by))
    assert (await house.crew())["seats_filled"] == 2
    told = await house.do(recall, firefighter, by="operator/test")
    assert told["seat"] == seat("firefighter")
    await house.answer(TODAY, Answer(seat("firefighter"), State.PRESENT))
    assert (await house.crew())["seats_filled"] == 3
    with pytest.raises(Problem) as refused:
        await house.do(recall, firefighter, by="operator/test")
    assert refused.value.code == "errand_not_out"


async def test_who_is_not_back_from_an_errand_in_time_is_missing_and_the_seat_is_named(
    house: RollcallWorld,
) -> None:
    await house.all_present(TODAY)
    back_by = house.clock.now + timedelta(hours=1)
    await house.answer(TODAY, Answer(seat("firefighter"), State.ERRAND, back_by=back_by))
    house.clock.now = back_by - timedelta(minutes=1)
    await keep_handovers(house.db, CODE)
    before = len(await house.events("seats_opened"))
    house.clock.now = back_by
    for _ in range(2):
        await keep_handovers(house.db, CODE)
    opened = await house.events("seats_opened")
    assert len(opened) == before + 1
    assert opened[-1].data["seats"][0]["seat"] == seat("firefighter")


async def test_an_errand_that_cannot_be_marked_keeps_no_other_from_it(
    house: RollcallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    back_by = house.clock.now + timedelta(hours=1)
    for team in ("E1", "W1"):
        driver = f"{team}-1/driver/0"
        await house.answer(TODAY, Answer(driver, State.PRESENT), team=team)
        await house.answer(TODAY, Answer(driver, State.ERRAND, back_by=back_by), team=team)
    await house.db.pool.execute("update attendance set seat = 'E1-1/gone/0' where seat = 'E1-1/driver/0'")
    house.clock.now = back_by
    await keep_handovers(house.db, CODE)
    rows = await house.db.pool.fetch("select seat from attendance where state = 'errand'")
    assert [row["seat"] for row in rows] == ["E1-1/gone/0"]
    [line] = [record.getMessage() for record in caplog.records if record.name == "dispatch.duty.handover"]
    assert line == "overdue errand of E1 2026-04-04 T24, seat E1-1/gone/0, e131: rollcall_seat_unknown"


async def test_a_team_whose_handover_fails_keeps_no_other_from_it(
    house: RollcallWorld, caplog: pytest.LogCaptureFixture
) -> None:
    await house.all_present(TODAY)
    house.clock.now = noon(NEXT, 9)
    # The first of the two teams cannot be written.
    broken = "alter table rollcall add constraint broken check (team <> 'E1' or handed_over_at is null)"
    await house.db.pool.execute(broken)
    try:
        await keep_handovers(house.db, CODE)
    finally:
        await house.db.pool.execute("alter table rollcall drop constraint broken")
    assert {e.data["team"] for e in await house.events("rollcall_settled")} == {"W1"}
    assert "handover of E1 failed, and is tried again" in caplog.text
    await keep_handovers(house.db, CODE)
    assert {e.data["team"] for e in await house.events("rollcall_settled")} == {"E1", "W1"}


async def test_a_seat_is_taken_over_before_its_time(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    await house.pass_to(NEXT, 6)
    new = (await house.at(NEXT))["driver"].person
    await house.answer(NEXT, Answer(seat("driver"), State.PRESENT, now=True))
    seats = {one["role"]: one["person"] for one in (await house.crew())["seats"]}
    assert seats["driver"] == new
    assert len(seats) == 3


async def test_what_cannot_be_written_down_is_refused_with_its_reason(house: RollcallWorld) -> None:
    cases: list[tuple[date, Answer, dict[str, Any], str]] = [
        (TODAY, Answer("W1-1/cook/0", State.PRESENT), {}, "rollcall_seat_unknown"),
        (TODAY, Answer(seat("driver"), State.PRESENT, person="nobody"), {}, "person_unknown"),
        (NEXT, Answer(seat("driver"), State.PRESENT), {}, "rollcall_not_open"),
        (TODAY, Answer(seat("driver"), State.ERRAND, back_by=noon(NEXT)), {}, "errand_not_present"),
        (after(TODAY, 20), Answer(seat("driver"), State.PRESENT), {}, "rollcall_unknown"),
        (TODAY, Answer(seat("driver"), State.PRESENT), {"station": "E1"}, "rollcall_of_another_station"),
    ]
    for day, answer, more, code in cases:
        with pytest.raises(Problem) as refused:
            await house.answer(day, answer, **more)
        assert refused.value.code == code


async def test_steps_done_twice_or_by_several_processes_change_nothing_more(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    await house.pass_to(NEXT, 8, 30)
    await keep_handovers(house.db, CODE)
    await house.do(lapse_crews)
    before = (await house.crew(), len(await house.events("handover_missed", "rollcall_settled")))
    for _ in range(3):
        await keep_handovers(house.db, CODE)
        await house.do(lapse_crews)
    assert (await house.crew(), len(await house.events("handover_missed", "rollcall_settled"))) == before


async def test_a_service_that_slept_over_the_handover_catches_up(house: RollcallWorld) -> None:
    await house.all_present(TODAY)
    house.clock.now = noon(THEN, 9)
    await keep_handovers(house.db, CODE)
    crew = await house.crew()
    assert crew["seats_filled"] == 0
    assert (await house.events("rollcall_opened"))[-1].data["day"] == THEN.isoformat()
