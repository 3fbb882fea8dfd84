"""Duties in force change hands by hand, swap, take-over and absence; the journal replays to them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dispatch.access.problem import Problem
from dispatch.duty.away import end_absence, report_absence
from dispatch.duty.change import Move
from dispatch.duty.changing import change_duties
from dispatch.duty.swap import SwapAct, SwapState
from dispatch.duty.swapping import act_on_swap, lapse_swaps, propose_swap, swap_now
from roster.people import AbsenceKind
from roster.plan import Duty
from roster.policy import Policy
from tests.conftest import FakeClock
from tests.storage.duty.test_publish import replayed
from tests.storage.duty_world import CODE, OFFICER, TODAY, DutyWorld, after, book, month, noon

SOON = after(TODAY, 3)


def spot(duty: Duty) -> tuple[object, ...]:
    return (duty.day, duty.team, duty.shift, duty.seat)


@pytest.fixture
async def published(world: DutyWorld) -> DutyWorld:
    await world.publish()
    return world


async def test_a_change_by_hand_is_in_force_and_in_the_journal(published: DutyWorld) -> None:
    said = await published.do(
        change_duties, (Move(SOON, "W1", "T24", "W1-1/driver/0", "w1r0"),), by=OFFICER, why="test"
    )
    assert (len(said["gone"]), len(said["come"])) == (1, 1)
    assert (await published.at(SOON))["driver"].person == "w1r0"
    assert await replayed(published) == await published.duties()


@pytest.mark.parametrize(
    ("move", "code"),
    [
        (Move(SOON, "W1", "T24", "W1-1/driver/0", None), "roster_breaks_rules"),  # a required seat left empty
        (Move(SOON, "W1", "T24", "W1-1/driver/0", "w102"), "roster_breaks_rules"),  # who may not drive
        (Move(SOON, "W9", "T24", "W1-1/driver/0", "w101"), "roster_team_unknown"),
        (Move(SOON, "W1", "T24", "W1-1/cook/0", "w101"), "roster_seat_unknown"),
        (Move(after(TODAY, 200), "W1", "T24", "W1-1/driver/0", "w101"), "roster_day_not_published"),
        (Move(after(TODAY, -2), "W1", "T24", "W1-1/driver/0", "w1r0"), "duty_is_over"),
        (Move(SOON, "W1", "T24", "W1-1/driver/0", "x"), "person_unknown"),
    ],
)
async def test_a_change_that_may_not_be_changes_nothing(published: DutyWorld, move: Move, code: str) -> None:
    before = await published.duties()
    with pytest.raises(Problem) as refused:
        await published.do(change_duties, (move,), by=OFFICER, why="test")
    assert refused.value.code == code
    assert await published.duties() == before


async def test_a_running_shift_is_taken_over_at_this_minute(published: DutyWorld) -> None:
    was = (await published.at(TODAY))["driver"]
    await published.do(
        change_duties, (Move(TODAY, "W1", "T24", "W1-1/driver/0", "w1r0"),), by=OFFICER, why="take_over"
    )
    held = [d for d in await published.duties(TODAY, TODAY) if d.seat == "W1-1/driver/0"]
    assert [(d.person, d.late_minutes, d.early_minutes) for d in held] == [
        (was.person, 0, 1440 - 6 * 60),
        ("w1r0", 6 * 60, 0),
    ]
    assert await replayed(published) == await published.duties()


async def test_a_swap_goes_from_member_to_member_to_officer(published: DutyWorld) -> None:
    mine = (await published.at(SOON))["firefighter"]
    theirs = (await published.at(after(SOON, 2)))["firefighter"]
    swap = await published.do(
        propose_swap, spot(mine), theirs.person, spot(theirs), person=mine.person, by="person/x", note=""
    )
    with pytest.raises(Problem) as early:
        await published.do(act_on_swap, swap.id, SwapAct.APPROVE, person=None, by=OFFICER)
    assert early.value.code == "swap_settled"
    with pytest.raises(Problem) as stranger:
        await published.do(act_on_swap, swap.id, SwapAct.ACCEPT, person=mine.person, by="person/x")
    assert stranger.value.code == "swap_of_others"
    await published.do(act_on_swap, swap.id, SwapAct.ACCEPT, person=theirs.person, by="person/y")
    done = await published.do(act_on_swap, swap.id, SwapAct.APPROVE, person=None, by=OFFICER)
    assert done.state is SwapState.APPROVED
    assert (await published.at(SOON))["firefighter"].person == theirs.person
    assert (await published.at(after(SOON, 2)))["firefighter"].person == mine.person
    assert await replayed(published) == await published.duties()


async def test_a_swap_that_would_break_a_rule_is_never_proposed(published: DutyWorld) -> None:
    mine = (await published.at(SOON))["driver"]
    tomorrow = (await published.at(after(SOON, 1)))["driver"]
    with pytest.raises(Problem) as refused:
        await published.do(
            propose_swap, spot(mine), tomorrow.person, None, person=mine.person, by="person/x", note=""
        )
    assert refused.value.code == "roster_breaks_rules"
    assert {v["rule"] for v in refused.value.params["violations"]} >= {"rest"}


async def test_a_duty_is_in_one_open_swap_and_an_officer_s_own_is_done_at_once(published: DutyWorld) -> None:
    mine = (await published.at(SOON))["firefighter"]
    await published.do(propose_swap, spot(mine), "w1r0", None, person=None, by=OFFICER, note="")
    with pytest.raises(Problem) as refused:
        await published.do(swap_now, spot(mine), "w1r0", None, by=OFFICER, note="")
    assert refused.value.code == "swap_open_already"
    other = (await published.at(after(SOON, 2)))["firefighter"]
    done = await published.do(swap_now, spot(other), "w1r0", None, by=OFFICER, note="")
    assert done.state is SwapState.APPROVED
    assert (await published.at(after(SOON, 2)))["firefighter"].person == "w1r0"


async def test_a_swap_lapses_when_its_duty_begins(published: DutyWorld, fake_clock: FakeClock) -> None:
    mine = (await published.at(after(TODAY, 1)))["firefighter"]
    await published.do(propose_swap, spot(mine), "w1r0", None, person=None, by=OFFICER, note="")
    assert await published.do(lapse_swaps) == 0
    fake_clock.advance(24 * 3600)
    assert await published.do(lapse_swaps) == 1


async def test_sickness_frees_the_duties_from_its_beginning_and_leaves_seats_open(
    published: DutyWorld,
) -> None:
    running = (await published.at(TODAY))["driver"]
    said = await published.do(
        report_absence,
        running.person,
        AbsenceKind.SICK,
        noon(TODAY, 14),
        noon(after(TODAY, 6)),
        note="",
        by=OFFICER,
        release=False,
    )
    assert [seat["day"] for seat in said["open_seats"]] == [TODAY.isoformat(), after(TODAY, 4).isoformat()]
    assert all(seat["required"] for seat in said["open_seats"])
    left = [d for d in await published.duties(TODAY, after(TODAY, 6)) if d.person == running.person]
    assert [(d.day, d.early_minutes) for d in left] == [(TODAY, 1440 - 6 * 60)]
    assert await replayed(published) == await published.duties()


async def test_leave_does_not_free_duties_unless_somebody_says_so(published: DutyWorld) -> None:
    person = (await published.at(SOON))["driver"].person
    days = (noon(SOON, 0), noon(after(SOON, 1), 20))
    with pytest.raises(Problem) as refused:
        await published.do(
            report_absence, person, AbsenceKind.LEAVE, *days, note="", by=OFFICER, release=False
        )
    assert refused.value.code == "absence_meets_duties"
    said = await published.do(
        report_absence, person, AbsenceKind.LEAVE, *days, note="", by=OFFICER, release=True
    )
    assert len(said["released"]) == 1
    back = await published.do(end_absence, said["absence"], None, by=OFFICER)
    assert back["withdrawn"]
    with pytest.raises(Problem) as gone:
        await published.do(end_absence, said["absence"], None, by=OFFICER)
    assert gone.value.code == "absence_unknown"


async def test_changes_at_the_same_moment_are_judged_one_after_the_other(published: DutyWorld) -> None:
    """Each alone leaves the reserve enough rest; both together do not."""
    import asyncio

    moves = [(Move(day, "W1", "T24", "W1-1/firefighter/0", "w1r0"),) for day in (SOON, after(SOON, 1))]
    answers = await asyncio.gather(
        *(published.do(change_duties, move, by=OFFICER, why="race") for move in moves), return_exceptions=True
    )
    refused = [answer for answer in answers if isinstance(answer, Problem)]
    assert [problem.code for problem in refused] == ["roster_breaks_rules"]


async def test_the_county_s_stream_stays_small_when_a_month_is_published(published: DutyWorld) -> None:
    async with published.db.reading() as conn:
        size = await conn.fetchval(
            "select max(length(data::text)) from event where stream = $1 and type like 'roster%'",
            f"county/{CODE}",
        )
    assert size < 4_000


async def test_a_move_late_in_a_month_counts_the_hours_of_the_whole_month_that_was_published(
    world: DutyWorld,
) -> None:
    # Seven duties of 12 counted hours are 84 h in four weeks; 22 h a week are 88 h.
    await world.apply(replace(book(), policy=Policy(average_week_minutes=22 * 60)))
    await world.publish()
    late = after(TODAY, 20)
    holder = (await world.at(late))["driver"]
    other = (await world.at(after(late, 2)))["driver"].person  # rested before and after
    for act, given in (
        (change_duties, {"moves": (Move(*spot(holder), other),), "why": "test"}),
        (swap_now, {"gives": spot(holder), "other": other, "takes": None, "note": ""}),
    ):
        with pytest.raises(Problem) as refused:
            await world.do(act, **given, by=OFFICER)
        assert {one["rule"] for one in refused.value.params["violations"]} == {"average"}
    # Who has none of these duties has the hours for it; and so has who gives one of his own for it.
    await world.do(change_duties, (Move(*spot(holder), "w1r0"),), by=OFFICER, why="test")


async def test_a_week_published_into_a_month_leaves_nobody_beyond_the_average_of_the_month(
    world: DutyWorld,
) -> None:
    await world.apply(replace(book(), policy=Policy(average_week_minutes=22 * 60)))
    await world.publish()
    week = month(after(TODAY, 2), 7, ("W1",))
    first = min(d.day for d in week.duties)
    gone = next(d for d in week.duties if d.day == first and d.seat.startswith("W1-1/driver"))
    come = next(d for d in week.duties if d.seat == gone.seat and d.day == after(first, 2))
    spoilt = replace(
        week, duties=tuple(sorted({*week.duties} - {gone} | {replace(gone, person=come.person)}))
    )
    with pytest.raises(Problem) as refused:
        await world.publish(spoilt)
    assert {one["rule"] for one in refused.value.params["violations"]} == {"average"}
    assert {one["person"] for one in refused.value.params["violations"]} == {come.person}
    await world.publish(week)
