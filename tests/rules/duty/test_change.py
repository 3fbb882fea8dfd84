"""Duties go and come: moves, releases, publications; and the journal's events lead back to the duties."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.duty.change import Move, difference, heard, let_go, moved, released, replay, spot, told
from dispatch.duty.publication import publication, runs
from dispatch.duty.reference import book_of, document_of, people_of, person_row
from dispatch.messages import catalogue
from roster.people import Absence, AbsenceKind
from roster.plan import Duty, Roster
from roster.shifts import ShiftType
from tests.storage.duty_world import FIRST, TODAY, after, book, month

DUTIES = month().duties
NOW = datetime(2026, 4, 4, 6, 0, tzinfo=UTC)
SLICE = settings(max_examples=30, deadline=None)

moves = st.builds(
    lambda duty, person: Move(*spot(duty), person),
    st.sampled_from(DUTIES),
    st.sampled_from([*sorted(book().people), None]),
)


@SLICE
@given(st.lists(moves, max_size=6))
def test_events_of_any_moves_replay_to_the_duties(asked: list[Move]) -> None:
    standing: Sequence[Duty] = DUTIES
    events = [{"replaces": [["W1", "2026-04-01", "2026-04-28"]], "come": told(DUTIES)}]
    for move in asked:
        then = moved(book(), standing, (move,), NOW)
        change = difference(standing, then)
        events.append({"gone": told(change.gone), "come": told(change.come)})
        standing = then
    assert replay(json.loads(json.dumps(events))) == tuple(sorted(standing))


@SLICE
@given(moves)
def test_a_move_touches_its_seat_alone(move: Move) -> None:
    then = moved(book(), DUTIES, (move,), None)
    assert [d for d in then if spot(d) != move.spot] == [d for d in DUTIES if spot(d) != move.spot]
    assert [d.person for d in then if spot(d) == move.spot] == ([move.person] if move.person else [])


def test_two_people_exchange_their_seats_in_one_change() -> None:
    one, other = DUTIES[0], DUTIES[1]
    then = moved(book(), DUTIES, (Move(*spot(one), other.person), Move(*spot(other), one.person)), None)
    held = {spot(duty): duty.person for duty in then}
    assert (held[spot(one)], held[spot(other)]) == (other.person, one.person)


@SLICE
@given(st.integers(min_value=0, max_value=1440))
def test_a_running_shift_is_parted_without_a_gap(minutes: int) -> None:
    running = next(duty for duty in DUTIES if duty.day == TODAY)
    begun = book().span(running.day, running.shift)[0]
    then = moved(book(), [running], (Move(*spot(running), "w1r0"),), begun + timedelta(minutes=minutes))
    spans = sorted(book().times(duty) for duty in then)
    assert spans[0][0] == begun
    assert spans[-1][1] == book().span(running.day, running.shift)[1] or minutes == 1440
    assert all(earlier[1] == later[0] for earlier, later in pairwise(spans))


def test_who_comes_from_another_team_is_marked_as_lent_by_it() -> None:
    duty = next(duty for duty in DUTIES if duty.team == "W1")
    then = moved(book(), DUTIES, (Move(*spot(duty), "e1r0"),), None)
    assert next(d for d in then if spot(d) == spot(duty)).borrowed_from == "E1"


@SLICE
@given(st.integers(min_value=-48, max_value=200), st.integers(min_value=1, max_value=200))
def test_who_is_away_has_no_minute_of_duty_left_then(starts_hour: int, hours: int) -> None:
    starts = NOW + timedelta(hours=starts_hour)
    away = Absence("a", "w111", AbsenceKind.SICK, starts, starts + timedelta(hours=hours))
    left = released(book(), DUTIES, away)
    for duty in left:
        begins, ends = book().times(duty)
        assert duty.person != away.person or ends <= away.starts or begins >= away.ends
    assert [d for d in left if d.person != "w111"] == [d for d in DUTIES if d.person != "w111"]


@SLICE
@given(
    st.sets(st.tuples(st.sampled_from(["E1", "W1"]), st.integers(min_value=0, max_value=27)), max_size=40),
    st.one_of(st.none(), st.integers(min_value=0, max_value=10)),
)
def test_a_publication_never_takes_a_day_that_is_over_and_published(
    published: set[tuple[str, int]], ahead: int | None
) -> None:
    known = {(team, after(FIRST, offset)): 1 for team, offset in published}
    since = None if ahead is None else after(TODAY, ahead)
    plan = publication(book(), month(), DUTIES, known, NOW, since)
    assert not [one for one in plan.takes if one in known and one[1] < TODAY]
    assert {one for one in plan.takes if one in known} == {
        one for one in known if one[1] >= (since or after(TODAY, 1))
    }
    days = {
        (team, first + timedelta(days=n))
        for team, first, last in runs(plan.takes)
        for n in range((last - first).days + 1)
    }
    assert days == plan.takes


def test_a_publication_of_today_leaves_what_was_served_and_takes_over_what_runs_at_this_minute() -> None:
    """Two in the afternoon: the morning is over, the afternoon runs since noon, the evening lies ahead."""
    begins = {"A": time(6), "B": time(12), "C": time(18)}
    shifts = {code: ShiftType(code, code, at, 360, 0, night=False) for code, at in begins.items()}
    of_shifts = replace(book().teams["W1"], shifts=tuple(shifts))
    known = replace(book(), shifts=shifts, teams={"W1": of_shifts})

    def duty(shift: str, person: str, *, late: int = 0, early: int = 0) -> Duty:
        return Duty(TODAY, "W1", shift, "W1-1/driver/0", person, late_minutes=late, early_minutes=early)

    relieved = (duty("B", "first", early=300), duty("B", "second", late=60))
    was = (duty("A", "old"), *relieved, duty("C", "old"))

    def after_publishing(*version: Duty) -> tuple[Duty, ...]:
        roster = Roster(known.county, TODAY, 1, ("W1",), version)
        return publication(known, roster, was, {("W1", TODAY): 1}, NOW, TODAY).will

    new = after_publishing(duty("A", "new"), duty("B", "new"), duty("C", "new"))
    served = (relieved[0], replace(relieved[1], early_minutes=240))
    come = (duty("B", "new", late=120), duty("C", "new"))
    assert new == tuple(sorted((duty("A", "old"), *served, *come)))
    assert after_publishing(duty("B", "second"), duty("C", "old")) == was, "who stays is not cut in two"
    assert after_publishing() == (duty("A", "old"), *served), "nobody comes, and what was served stays"
    late = Roster(known.county, TODAY, 1, ("W1",), (duty("A", "new"),))
    assert publication(known, late, (), {}, NOW, TODAY).will == (duty("A", "new"),), "entered late"


def test_what_is_told_is_heard_as_it_was() -> None:
    odd = replace(
        DUTIES[0], pinned=True, borrowed_from="E1", authorisation="a", late_minutes=3, early_minutes=4
    )
    assert heard(json.loads(json.dumps(told([odd, *DUTIES])))) == (odd, *DUTIES)


def test_a_book_survives_as_a_document_with_its_people_beside_it() -> None:
    document = json.loads(json.dumps(document_of(book())))
    people = people_of([person_row(person) for person in book().people.values()])
    assert book_of(document, people) == book()


def test_every_refusal_of_a_change_has_its_words() -> None:
    source = Path("dispatch/duty/decide.py")
    named = re.findall(r'Refusal\(\s*"([a-z_]+)"', (Path(__file__).parents[3] / source).read_text("utf-8"))
    assert len(named) > 6
    assert [code for code in named if f"problem.{code}" not in catalogue()] == []


def test_only_who_is_taken_off_with_nobody_instead_and_nowhere_to_go_is_let_go() -> None:
    today = {duty.seat: duty for duty in DUTIES if duty.day == TODAY and duty.team == "W1"}
    driver, leader = today["W1-1/driver/0"], today["W1-1/squad_leader/0"]
    off, come = Move(*spot(driver), None), Move(*spot(driver), "w1r0")
    for asked, gone in (
        ((off,), {(spot(driver), driver.person)}),
        ((come,), set()),
        # The driver is given the leader's seat, and stays where he is until answered for there.
        ((off, Move(*spot(leader), driver.person)), set()),
    ):
        change = difference(DUTIES, moved(book(), DUTIES, asked, NOW))
        assert let_go(book(), DUTIES, change, NOW) == gone
    tomorrow = next(duty for duty in DUTIES if duty.day == after(TODAY, 1))
    change = difference(DUTIES, moved(book(), DUTIES, (Move(*spot(tomorrow), None),), NOW))
    assert let_go(book(), DUTIES, change, NOW) == set()
