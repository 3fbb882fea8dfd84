"""A county's month: loans, people of two teams, stopping early, and the same roster on any number of processes."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import timedelta

from roster.people import Membership
from roster.plan import Book
from roster.planning import worker
from roster.planning.county import Ask, Here, linked_teams, solve_county
from roster.planning.month import Effort, Report
from roster.planning.outcome import outcomes_of
from roster.rules.check import check
from roster.rules.violation import blocking
from scripts.benchmarks.roster.made_book import FIRST as MADE_FIRST
from scripts.benchmarks.roster.made_book import made_book
from tests.rules.roster.planning.small_team import FIRST, person, small_book

QUICK = Effort(steps_a_cell=0, rounds=1, proof_seconds=0.0)
ASK = Ask(FIRST, 14, effort=QUICK)


def two_teams(drivers_one: list[bool], drivers_two: list[bool], *, lends: bool) -> Book:
    """T2 has what T1 may lack, and lends it if it is allowed to."""
    book = small_book(drivers_one, shifts=1)
    people = {
        f"Q{at}": person(f"Q{at}", *(("driver",) if drives else ()), team="T2", platoon=at % 3)
        for at, drives in enumerate(drivers_two)
    }
    other = replace(book.teams["T1"], code="T2", name="二队", station="T2", lends_to=("T1",) if lends else ())
    seats = tuple(replace(rule, team="T2", unit="U2") for rule in book.seat_rules)
    return replace(
        book,
        people={**book.people, **people},
        teams={**book.teams, "T2": other},
        seat_rules=(*book.seat_rules, *seats),
    )


def required_empty(book: Book, ask: Ask = ASK) -> dict[str, int]:
    solved = solve_county(book, ask, Here(book))
    assert [one for one in blocking(check(book, solved.roster)) if one.rule != "seat_unfilled"] == []
    return {one.team: len(one.required_empty) for one in outcomes_of(book, ask, solved)}


def test_a_team_without_drivers_borrows_where_it_may() -> None:
    spare = [True] * 6
    assert required_empty(two_teams([False] * 6, spare, lends=False)) == {"T1": 14, "T2": 0}
    assert required_empty(two_teams([False] * 6, spare, lends=True)) == {"T1": 0, "T2": 0}


def test_a_lender_that_is_not_planned_now_keeps_its_duties_and_lends_beside_them() -> None:
    """One team alone is asked for; the other's month stands, tight or roomy."""
    for drivers in ([True, True, False, False, False, False], [True] * 6):
        book = two_teams([False] * 6, drivers, lends=True)
        standing = tuple(d for d in solve_county(book, ASK, Here(book)).roster.duties if d.team == "T2")
        for fixed in (standing, ()):
            alone = replace(ASK, teams=("T1",), fixed=fixed)
            solved = solve_county(book, alone, Here(book))
            assert {duty.team for duty in solved.roster.duties} <= {"T1"}
            whole = replace(solved.roster, teams=("T1", "T2"), duties=(*solved.roster.duties, *fixed))
            assert [one for one in blocking(check(book, whole)) if one.rule != "seat_unfilled"] == []
            assert len(outcomes_of(book, alone, solved)) == 1


def test_a_lender_is_not_left_short_itself() -> None:
    """One driver for each seat of its own: nothing to spare."""
    alone = two_teams([False] * 6, [True, True, False, False, False, False], lends=False)
    short = required_empty(alone)["T2"]
    assert required_empty(two_teams([False] * 6, [True, True] + [False] * 4, lends=True))["T2"] <= short


def test_who_serves_two_teams_is_never_on_both() -> None:
    book = two_teams([True] * 5, [True] * 5, lends=False)
    both = replace(book.people["P0"], memberships=(Membership("T1", 0), Membership("T2", 1)))
    book = replace(book, people={**book.people, "P0": both})
    assert linked_teams(book, ("T1", "T2")) == [("T1", "T2")]
    assert required_empty(book) == {"T1": 0, "T2": 0}


def test_an_empty_seat_is_told_with_its_counts() -> None:
    book = two_teams([False] * 6, [True] * 6, lends=False)
    solved = solve_county(book, ASK, Here(book))
    first = outcomes_of(book, ASK, solved)[0].required_empty[0]
    assert (first.holders, first.away, first.on_shift, first.barred) == (0, 0, 0, 0)
    assert first.seat.role == "driver"


def test_stopped_early_it_gives_a_legal_roster_all_the_same() -> None:
    book = made_book(2, ("24/48", "2x12", "3x8"))
    told: list[Report] = []
    here = Here(book, should_stop=lambda: len(told) >= 2, told=told.append)
    solved = solve_county(book, Ask(MADE_FIRST, 28), here)
    assert solved.stopped
    assert len(solved.months) < 3
    assert [one for one in blocking(check(book, solved.roster)) if one.rule != "seat_unfilled"] == []
    assert {duty.team for duty in solved.roster.duties} == set(book.teams)


def test_messages_between_processes_come_whole() -> None:
    pipe = io.BytesIO()
    worker.send(pipe, (worker.TASK, timedelta(days=2)))
    pipe.seek(0)
    assert worker.receive(pipe) == (worker.TASK, timedelta(days=2))
    assert worker.receive(pipe) is None
