"""What a dispatcher is told of a team at night, and whom to ring up for one seat; a month of all teams at a glance."""

from __future__ import annotations

from typing import Any

import pytest

from dispatch.access.problem import Problem
from dispatch.duty.attendance import answer_rollcall
from dispatch.duty.away import report_absence
from dispatch.duty.glancing import glance
from dispatch.duty.handover import keep_handovers
from dispatch.duty.rollcall import Answer, State
from dispatch.duty.substituting import seat_substitutes
from dispatch.duty.timers import duty_handlers
from dispatch.duty.watching import team_now
from roster.people import AbsenceKind
from runtime.timers import Sweeper
from tests.conftest import FakeClock
from tests.storage.duty_world import CODE, SEATS, TODAY, DutyWorld, after, month, noon
from tests.storage.small_county import small_county

NEXT = after(TODAY, 1)
DRIVER = "W1-1/driver/0"


@pytest.fixture
async def house(world: DutyWorld) -> DutyWorld:
    await world.publish()
    return world


async def told(house: DutyWorld, *, telephones: bool = True, team: str = "W1") -> dict[str, Any]:
    async with house.db.reading() as conn:
        return await team_now(conn, CODE, team, await house.db.clock(conn), telephones=telephones)


async def answer(house: DutyWorld, *answers: Answer) -> None:
    await house.do(answer_rollcall, "W1", TODAY, "T24", answers, by="operator/test")


def seat_of(turn: dict[str, Any], key: str = DRIVER) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in turn["seats"] if one["seat"] == key)
    return found


async def test_a_team_tells_who_is_on_and_who_takes_over_when(house: DutyWorld) -> None:
    found = await told(house)
    assert (found["name"], found["station"], found["shift_names"]) == ("W1班组", "W1", {"T24": "全天"})
    assert [(one["day"], one["unanswered"]) for one in found["turns"]] == [
        (TODAY.isoformat(), 3),
        (NEXT.isoformat(), 3),
    ]
    driver = seat_of(found["turns"][0])
    assert (driver["state"], driver["planned_telephone"]) == ("expected", f"555-{driver['planned']}")
    assert "555-" not in str((await told(house, telephones=False))["turns"])
    with pytest.raises(Problem) as refused:
        await told(house, team="nobody")
    assert refused.value.code == "roster_team_unknown"


async def test_who_stands_over_is_told_until_he_is_relieved(house: DutyWorld, fake_clock: FakeClock) -> None:
    await answer(house, *(Answer(f"W1-1/{role}/0", State.PRESENT) for role in SEATS))
    fake_clock.now = noon(NEXT, 8)
    await keep_handovers(house.db, CODE)
    await Sweeper(house.db, duty_handlers()).sweep_once()
    turns = (await told(house))["turns"]
    assert [one["state"] for one in turns] == ["over", "open", "planned"]
    assert {one["state"] for one in turns[0]["seats"]} == {"present"}
    everybody = [Answer(f"W1-1/{role}/0", State.PRESENT) for role in SEATS]
    await house.do(answer_rollcall, "W1", NEXT, "T24", everybody, by="operator/test")
    assert [one["state"] for one in (await told(house))["turns"]] == ["answered", "planned"]


async def test_for_an_empty_seat_people_are_named_with_telephones_and_whoever_comes_sits_in_it(
    house: DutyWorld,
) -> None:
    there = [Answer(f"W1-1/{role}/0", State.PRESENT) for role in SEATS if role != "driver"]
    await answer(house, *there, Answer(DRIVER, State.ABSENT, cause="sick"))
    async with house.db.work() as work:
        people = await seat_substitutes(work, CODE, "W1", TODAY, "T24", DRIVER)
    planned = {duty.person for duty in (await house.at(TODAY)).values()}
    assert people
    assert not planned & {one["person"] for one in people}
    assert people[0]["telephone"] == f"555-{people[0]['person']}"
    assert people[0]["reasons"]
    await answer(house, Answer(DRIVER, State.PRESENT, people[0]["person"], now=True))
    driver = seat_of((await told(house))["turns"][0])
    assert (driver["state"], driver["person"]) == ("present", people[0]["person"])
    assert driver["telephone"] == people[0]["telephone"]
    for team, key, code in (("X", DRIVER, "rollcall_unknown"), ("W1", "x", "rollcall_seat_unknown")):
        async with house.db.work() as work:
            with pytest.raises(Problem) as refused:
                await seat_substitutes(work, CODE, team, TODAY, "T24", key)
        assert refused.value.code == code


async def test_a_month_at_a_glance_has_the_worst_colour_of_each_day_and_none_where_nothing_is_published(
    world: DutyWorld,
) -> None:
    gap = next(one for one in month().duties if (one.day, one.team, one.seat) == (NEXT, "W1", DRIVER))
    last = after(month().first, month().days - 1)
    async with world.db.reading() as conn:
        empty = await glance(conn, small_county(), TODAY, 2, await world.db.clock(conn))
    assert (empty["published_until"], empty["teams"][1]["days"][0]["colour"]) == (None, None)
    await world.publish()
    ill = noon(NEXT, 7), noon(after(NEXT, 1))
    await world.do(report_absence, gap.person, AbsenceKind.SICK, *ill, note="", by="test", release=True)
    async with world.db.reading() as conn:
        found = await glance(conn, small_county(), TODAY, 31, await world.db.clock(conn))
    assert (found["today"], found["published_until"]) == (TODAY, last)
    east, west = found["teams"]
    assert (east["code"], west["name"]) == ("E1", "W1班组")
    assert {day["colour"] for day in east["days"] if day["version"]} == {"green"}
    tomorrow = west["days"][1]
    assert (tomorrow["colour"], tomorrow["filled"], tomorrow["seats"]) == ("orange", 2, 3)
    assert tomorrow["short"][0]["unit"] == "W1-1"
    assert {cause["code"] for cause in tomorrow["short"][0]["causes"]} >= {"roster.forecast.required_empty"}
    assert west["days"][-1] == {
        "day": after(TODAY, 30),
        "version": None,
        "colour": None,
        "filled": 0,
        "seats": 0,
        "short": [],
    }
