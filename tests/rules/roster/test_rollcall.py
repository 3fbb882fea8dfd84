"""The roll call as a pure thing: whatever is answered, in any order, a seat has one person and a person one seat."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatch.duty.rollcall import (
    THERE,
    Answer,
    Attendance,
    Refused,
    Rollcall,
    State,
    Step,
    answer,
    call_off,
    leave_seats,
    mark_no_shows,
    next_step,
    told_now,
)
from roster.turns import TurnSeat

START = datetime(2026, 11, 2, tzinfo=UTC)
SEATS = tuple(TurnSeat(f"U/{role}/0", "U", role, (), True, f"p{n}") for n, role in enumerate("abc"))
PEOPLE = frozenset({"p0", "p1", "p2", "q0", "q1"})


def rollcall() -> Rollcall:
    return Rollcall(
        id=UUID(int=1),
        team="T",
        day=date(2026, 11, 2),
        shift="T24",
        station="S",
        units=("U",),
        duty_mode="station",
        starts_at=START,
        ends_at=START + timedelta(hours=24),
        opens_at=START - timedelta(minutes=15),
        due_at=START + timedelta(minutes=10),
        lapses_at=START + timedelta(hours=26),
        seats=SEATS,
    )


def at(minutes: float) -> datetime:
    return START + timedelta(minutes=minutes)


answers = st.builds(
    Answer,
    seat=st.sampled_from([seat.key for seat in SEATS]),
    state=st.sampled_from([State.PRESENT, State.ABSENT, State.ERRAND, State.LEFT]),
    person=st.sampled_from([None, *sorted(PEOPLE)]),
    cause=st.sampled_from([None, "sick"]),
    back_by=st.sampled_from([None, START + timedelta(hours=30)]),
    now=st.booleans(),
)


@given(st.lists(st.tuples(st.integers(-14, 1439), answers), max_size=12))
def test_a_seat_has_one_person_and_a_person_one_seat(said: list[tuple[int, Answer]]) -> None:
    found = rollcall()
    for minutes, one in sorted(said, key=lambda item: item[0]):
        try:
            found, _ = answer(found, [one], PEOPLE, at(minutes), "test")
        except Refused:
            continue
        there = [a for a in found.attendance if a.state in THERE]
        assert len({a.seat for a in there}) == len({a.person for a in there}) == len(there)
        assert all(a.since is not None and a.gone_at is None for a in there)
        assert all(a.gone_at is None or a.since is None or a.since <= a.gone_at for a in found.attendance)
        assert len({(a.seat, a.person) for a in found.attendance}) == len(found.attendance)


def seated(*minutes: float, seat: int = 0, **more: object) -> Attendance:
    found = rollcall()
    for moment in minutes:
        found, _ = answer(found, [Answer(SEATS[seat].key, State.PRESENT, **more)], PEOPLE, at(moment), "test")  # type: ignore[arg-type]
    there = found.sitting(SEATS[seat].key)
    assert there is not None
    return there


@pytest.mark.parametrize(("minutes", "since"), [(-10, 0), (0, 0), (9, 0), (11, 11)])
def test_up_to_the_deadline_it_counts_from_the_beginning(minutes: float, since: float) -> None:
    assert seated(minutes).since == at(since)


def test_now_means_now_also_before_the_roll_call_opens() -> None:
    assert seated(-120, now=True).since == at(-120)
    with pytest.raises(Refused) as refused:
        answer(rollcall(), [Answer(SEATS[0].key, State.PRESENT)], PEOPLE, at(-120), "test")
    assert refused.value.code == "rollcall_not_open"


def test_said_again_it_changes_nothing() -> None:
    assert seated(-10).since == seated(-10, 5, 700).since


def test_a_substitute_sends_whoever_sits_there_away_and_the_seat_is_filled_without_a_gap() -> None:
    found, _ = answer(rollcall(), [Answer(SEATS[0].key, State.PRESENT)], PEOPLE, at(0), "test")
    found, _ = answer(found, [Answer(SEATS[0].key, State.PRESENT, "q0")], PEOPLE, at(300), "test")
    gone = next(a for a in found.attendance if a.person == "p0")
    came = found.sitting(SEATS[0].key)
    assert came is not None
    assert (gone.state, gone.gone_at, came.person, came.since) == (State.LEFT, at(300), "q0", at(300))


def test_who_moves_to_another_seat_leaves_the_first_one_open() -> None:
    found, _ = answer(rollcall(), [Answer(SEATS[0].key, State.PRESENT)], PEOPLE, at(0), "test")
    found, _ = answer(found, [Answer(SEATS[1].key, State.PRESENT, "p0")], PEOPLE, at(60), "test")
    assert [seat.key for seat in found.open_seats()] == [SEATS[0].key, SEATS[2].key]


def test_the_deadline_makes_no_shows_of_the_planned_and_of_nobody_else() -> None:
    found, _ = answer(
        rollcall(),
        [Answer(SEATS[0].key, State.PRESENT, "q0"), Answer(SEATS[1].key, State.ABSENT, cause="late")],
        PEOPLE,
        at(0),
        "test",
    )
    found, missing = mark_no_shows(found, at(10))
    assert [seat.planned for seat in missing] == ["p2"]
    assert mark_no_shows(found, at(11))[1] == ()
    late, _ = answer(found, [Answer(SEATS[2].key, State.PRESENT)], PEOPLE, at(30), "test")
    sitting = late.sitting(SEATS[2].key)
    assert sitting is not None
    assert sitting.since == at(30)


def test_the_hours_of_somebody_who_falls_ill_end_there() -> None:
    found, _ = answer(rollcall(), [Answer(SEATS[0].key, State.PRESENT)], PEOPLE, at(0), "test")
    found = call_off(found, {"p0": "sick"}, at(500), "test")
    [ill] = [a for a in found.attendance if a.person == "p0"]
    assert (ill.state, ill.since, ill.gone_at, ill.cause) == (State.ABSENT, at(0), at(500), "sick")
    assert call_off(found, {"p0": "sick"}, at(600), "test") == found


def test_relieved_people_have_left_and_their_seats_are_free() -> None:
    found, _ = answer(rollcall(), [Answer(s.key, State.PRESENT) for s in SEATS], PEOPLE, at(0), "test")
    found = leave_seats(found, [SEATS[0].key], at(1440), "relieved")
    assert found.sitting(SEATS[0].key) is None
    assert found.sitting(SEATS[1].key) is not None


def test_what_falls_due_comes_in_its_order() -> None:
    found = rollcall()
    order = []
    for name in ("opened_at", "handed_over_at", "settled_at", "finished_at", "ended_at"):
        step = next_step(found)
        assert step is not None
        order.append(step)
        found = replace(found, **{name: step[1]})
    assert [step for step, _ in order] == list(Step)
    assert [moment for _, moment in order] == sorted(moment for _, moment in order)
    assert next_step(found) is None


def test_who_was_answered_for_before_the_shift_and_takes_over_now_sits_there_from_now_on() -> None:
    early, _ = answer(rollcall(), [Answer(SEATS[0].key, State.PRESENT)], PEOPLE, at(-10), "t")
    assert early.attendance[0].since == START
    after, taken = answer(early, [Answer(SEATS[0].key, State.PRESENT, now=True)], PEOPLE, at(-5), "t")
    assert taken == ((SEATS[0].key, "p0"),)
    assert after.attendance[0].since == at(-5)


def test_of_many_turns_those_are_told_that_run_that_are_next_and_that_somebody_stands_over_from() -> None:
    def turn(number: int, starts: float, hours: float, *there: str) -> Rollcall:
        begins = START + timedelta(hours=starts)
        told = tuple(
            Attendance(SEATS[0].key, one, True, State.PRESENT, begins, "t", since=begins) for one in there
        )
        return replace(
            rollcall(),
            id=UUID(int=number),
            starts_at=begins,
            ends_at=begins + timedelta(hours=hours),
            attendance=told,
        )

    done, over = turn(1, -48, 24), turn(2, -24, 24, "p1")
    runs, by_day = turn(3, 0, 24), turn(4, 9, 8)
    after, later = turn(5, 24, 24), turn(6, 48, 24)
    every = (done, over, runs, by_day, after, later)
    assert told_now(every, at(60)) == (over, runs, by_day)
    assert told_now(every, at(10 * 60)) == (over, runs, by_day, after)
    assert told_now(every[:3], at(60)) == (over, runs)
