"""The demo's month: by rotation, and by the solver where that leaves required seats empty."""

from __future__ import annotations

from dispatch.demo.duty_month import load_solver, month_of
from roster.demand import seats_between
from roster.plan import Book, Roster
from roster.planning.rotation import roster_by_rotation
from roster.rules.check import check
from tests.rules.roster.planning.small_team import FIRST, small_book

ENOUGH = small_book([True, True, False, True, True, False, False, False])
TOO_FEW = small_book([True, False, False, True, False, False, True, False])


def open_seats(book: Book, roster: Roster) -> int:
    asked = sum(seat.required for seat in seats_between(book, "T1", roster.first, roster.days))
    return asked - len(roster.duties)


def test_the_solver_fills_what_the_rotation_leaves_empty_and_stays_legal() -> None:
    by_rotation = roster_by_rotation(ENOUGH, FIRST, 31)
    month = month_of(ENOUGH, FIRST, 31)
    assert open_seats(ENOUGH, by_rotation) == month.filled > 0
    assert open_seats(ENOUGH, month.roster) == month.empty == 0
    assert [found for found in check(ENOUGH, month.roster) if found.blocks] == []


def test_what_nobody_can_fill_stays_empty_and_is_counted() -> None:
    month = month_of(TOO_FEW, FIRST, 31)
    assert open_seats(TOO_FEW, month.roster) == month.empty > 0
    assert open_seats(TOO_FEW, roster_by_rotation(TOO_FEW, FIRST, 31)) == month.filled + month.empty
    assert {found.rule for found in check(TOO_FEW, month.roster) if found.blocks} == {"seat_unfilled"}


def test_a_month_without_gaps_is_the_rotation_itself() -> None:
    book = small_book([True, False, True, False, True, False], shifts=1)
    month = month_of(book, FIRST, 31)
    assert (month.filled, month.empty) == (0, 0)
    assert month.roster == roster_by_rotation(book, FIRST, 31)


def test_a_second_run_gives_the_same_month() -> None:
    load_solver(ENOUGH, FIRST)
    assert month_of(ENOUGH, FIRST, 31) == month_of(ENOUGH, FIRST, 31)
