"""Whatever people do in whatever order: no hard rule is newly broken, and the journal replays to the rows."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from random import Random
from typing import Any

import pytest

from dispatch.access.problem import Problem
from dispatch.duty.away import report_absence
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from dispatch.duty.offering import answer_offer, grant_offer, offer_seat
from dispatch.duty.repairing import find_repairs, take_repair
from dispatch.duty.store import load_book
from dispatch.duty.swapping import swap_now
from dispatch.duty.workshop import Workshop
from roster.people import AbsenceKind
from roster.plan import Duty, Roster
from roster.policy import Policy, Strength
from roster.rules.check import check
from tests.conftest import FakeClock
from tests.storage.duty.test_publish import replayed
from tests.storage.duty_world import CODE, DAYS, FIRST, OFFICER, TODAY, DutyWorld, after, book, month, noon

STEPS = 14


class Here(Workshop):
    """In this process: the child's start would cost more than what is tested."""

    async def run(self, act: Callable[..., Any], *args: Any, **given: Any) -> Any:
        return act(*args, **given)


TIGHT = Policy(average_week_minutes=22 * 60, strengths={"average": Strength.HARD})
"""Who stands by the rotation has 84 h of 88 in four weeks: one duty more is too many."""


@pytest.mark.parametrize(("seed", "policy"), [(1, Policy()), (2, Policy()), (2, TIGHT)])
async def test_no_order_of_commands_breaks_a_hard_rule_or_loses_an_event(
    world: DutyWorld, fake_clock: FakeClock, seed: int, policy: Policy
) -> None:
    dice = Random(seed)
    await world.apply(replace(book(), policy=policy))
    await world.publish()
    tried = 0
    for _ in range(STEPS):
        act = dice.choice((_change, _change, _swap, _swap, _sick, _offer, _publish, _repair))
        with suppress(Problem):
            await act(world, dice)
            tried += 1
        fake_clock.advance(dice.randrange(3 * 3600))
        assert await hard_faults(world) == []
    assert tried > 3, "every command was refused: nothing was tested"
    assert await replayed(world) == tuple(sorted(await world.duties()))


async def hard_faults(world: DutyWorld) -> list[tuple[str, str]]:
    """By the independent checker, over everything in force, with everybody's absences: over the month as it was
    published, and over what else was published since."""
    async with world.db.reading() as conn:
        known = await load_book(conn, CODE, FIRST, DAYS, judged=(FIRST, after(FIRST, DAYS - 1)))
    assert known is not None
    roster = Roster(CODE, FIRST, DAYS, ("E1", "W1"), await world.duties())
    month, since = check(replace(known, periods=()), roster), check(known, roster)
    return [(v.rule, v.person) for v in (*month, *since) if v.strength is Strength.HARD]


def _any_duty(duties: tuple[Duty, ...], dice: Random) -> Duty:
    return dice.choice([duty for duty in duties if duty.day >= TODAY])


def _spot(duty: Duty) -> tuple[Any, ...]:
    return (duty.day, duty.team, duty.shift, duty.seat)


async def _change(world: DutyWorld, dice: Random) -> None:
    duty = _any_duty(await world.duties(), dice)
    person = dice.choice([*sorted(book().people), None])
    await world.do(change_duties, (Move(*_spot(duty), person),), by=OFFICER, why="dice")


async def _swap(world: DutyWorld, dice: Random) -> None:
    duties = await world.duties()
    one, other = _any_duty(duties, dice), _any_duty(duties, dice)
    takes = _spot(other) if dice.random() < 0.7 else None
    await world.do(swap_now, _spot(one), other.person, takes, by=OFFICER, note="")


async def _sick(world: DutyWorld, dice: Random) -> str:
    person = dice.choice(sorted(book().people))
    first = after(TODAY, dice.randrange(10))
    days = (noon(first, dice.randrange(24)), noon(after(first, dice.randrange(1, 6))))
    said = await world.do(report_absence, person, AbsenceKind.SICK, *days, note="", by=OFFICER, release=True)
    return str(said["absence"])


async def _offer(world: DutyWorld, dice: Random) -> None:
    held = {_spot(duty) for duty in await world.duties()}
    gaps = [spot for duty in month().duties if duty.day > TODAY and (spot := _spot(duty)) not in held]
    if gaps:
        said = await world.do(offer_seat, dice.choice(gaps), answer_minutes=60, most=3, by=OFFICER)
        person = said["candidates"][0]["person"]
        await world.do(answer_offer, said["offer"], person, yes=True, by=person)
        await world.do(grant_offer, said["offer"], None, by=OFFICER)


async def _publish(world: DutyWorld, dice: Random) -> None:
    team = dice.choice(("W1", "E1"))
    roster = month(after(TODAY, dice.randrange(5)), 10, (team,))
    duties = list(roster.duties)
    # Half of the time it is spoilt.
    if dice.random() < 0.5:
        at = dice.randrange(len(duties))
        duties[at] = replace(duties[at], person=dice.choice(sorted(book().people)))
    # From today on: what has begun stays, to the minute.
    since = TODAY if dice.random() < 0.5 else None
    await world.publish(replace(roster, duties=tuple(sorted(duties))), since)


async def _repair(world: DutyWorld, dice: Random) -> None:
    absence = await _sick(world, dice)
    found = await find_repairs(world.db, Here(), CODE, [absence], by=OFFICER)
    number = dice.randrange(len(found["options"])) + 1
    asks = found["options"][number - 1]["asks"]
    await world.do(take_repair, found["repair"], number, consents=asks, by=OFFICER)
