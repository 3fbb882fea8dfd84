"""A team's month: legal by the independent checker, as full as any roster can be, never worse than its start."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from roster.calendar import Calendar
from roster.people import (
    Absence,
    AbsenceKind,
    Debt,
    Employment,
    Membership,
    Pair,
    PairKind,
    Person,
    Qualification,
)
from roster.plan import Book, Duty, Roster
from roster.planning.compile import Order, team_problem
from roster.planning.exchange import row_cost
from roster.planning.exchange_moves import ILLEGAL
from roster.planning.exchange_tables import tables_of
from roster.planning.fairness import with_fairness
from roster.planning.least_range import least_range
from roster.planning.month import Effort, solve_team
from roster.planning.rotation import roster_by_rotation
from roster.planning.spread import spreads_of
from roster.planning.team_problem import TeamProblem
from roster.policy import Policy
from roster.rules.check import check
from roster.rules.violation import blocking
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team
from roster.solving.objective import person_cost, total_cost
from scripts.benchmarks.roster.made_book import FIRST as MADE_FIRST
from scripts.benchmarks.roster.made_book import made_book
from tests.rules.roster.planning.small_team import FIRST, ZONE, small_book

QUICK = Effort(steps_a_cell=0, rounds=1, proof_seconds=0.0)
OPEN = "seat_unfilled"


def leave(person: str, first: int, days: int) -> Absence:
    at = datetime.combine(FIRST + timedelta(days=first), time(), ZONE)
    return Absence(f"{person}-{first}", person, AbsenceKind.LEAVE, at, at + timedelta(days=days))


def watch_book(
    drivers: list[bool], absences: tuple[Absence, ...] = (), debts: tuple[float, ...] = ()
) -> Book:
    """One seat on a 24-hour turn with a day of rest: small enough to try every roster."""
    shift = ShiftType("W", "全天班", time(8), 1440, 1440, night=True)
    people = {
        f"P{at}": Person(f"P{at}", f"名{at}", Employment.CONTRACT, (Membership("T1"),),
                         (Qualification("driver"),) if drives else ())
        for at, drives in enumerate(drivers)
    }  # fmt: skip
    return Book(
        "140525", ZONE, people,
        {"T1": Team("T1", "一队", "T1", ("W",), "free", FIRST, 0.5)}, {"W": shift},
        {"free": Rotation("free", "自由", RotationKind.FREE)},
        (SeatRule("T1", "driver", 1, ("driver",), "U1"),), Calendar(), Policy(), absences,
        debts={f"P{at}": Debt(nights=debt) for at, debt in enumerate(debts)},
    )  # fmt: skip


def every_roster(book: Book, days: int) -> list[Roster]:
    """All that the checker lets through, empty seats aside."""
    found = []
    for who in product([None, *sorted(book.people)], repeat=days):
        duties = [
            Duty(FIRST + timedelta(days=at), "T1", "W", "U1/driver/0", person)
            for at, person in enumerate(who)
            if person
        ]
        roster = Roster(book.county, FIRST, days, ("T1",), tuple(sorted(duties)))
        if all(one.rule == OPEN for one in blocking(check(book, roster))):
            found.append(roster)
    return found


tiny = st.tuples(
    st.lists(st.booleans(), min_size=2, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 4), st.integers(1, 2)), max_size=2),
    st.lists(st.sampled_from((-1.0, 0.0, 0.5, 2.0)), min_size=3, max_size=3),
)


def tiny_book(case: tuple[list[bool], list[tuple[int, int, int]], list[float]]) -> Book:
    drivers, away, debts = case
    absences = tuple(leave(f"P{who}", first, days) for who, first, days in away if who < len(drivers))
    return watch_book(drivers, absences, tuple(debts[: len(drivers)]))


@settings(max_examples=6, deadline=None)
@given(tiny)
def test_no_roster_leaves_fewer_seats_empty(
    case: tuple[list[bool], list[tuple[int, int, int]], list[float]],
) -> None:
    book = tiny_book(case)
    month = solve_team(book, Order("T1", FIRST, 5), seed=1, effort=QUICK)
    assert len(month.duties) == max(len(roster.duties) for roster in every_roster(book, 5))


@settings(max_examples=10, deadline=None)
@given(tiny)
def test_the_least_range_is_that_of_the_fairest_of_all_rosters(
    case: tuple[list[bool], list[tuple[int, int, int]], list[float]],
) -> None:
    book = tiny_book(case)
    rosters = every_roster(book, 5)
    most = max(len(roster.duties) for roster in rosters)
    ranges = [
        spread.nights
        for roster in rosters
        if len(roster.duties) == most
        for spread in spreads_of(book, "T1", FIRST, 5, roster.duties)
    ]
    problem = team_problem(book, Order("T1", FIRST, 5))
    spreads = spreads_of(book, "T1", FIRST, 5, ())
    if not ranges or problem is None or not any(True in case[0] for _ in spreads):
        return
    ahead = frozenset(spreads[0].people)
    found = least_range(problem, "nights", ahead, 5 - most, 0, seconds=10.0)
    holders = [who for who in ahead if book.people[who].qualifications]
    if found is not None and len(holders) == len(ahead):
        assert found.least == found.found == min(ranges)


teams = st.tuples(
    st.lists(st.booleans(), min_size=5, max_size=8),
    st.integers(0, 1),
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 10), st.integers(1, 4)), max_size=3),
    st.lists(st.tuples(st.sampled_from(PairKind), st.integers(0, 2), st.integers(3, 4)), max_size=1),
    st.integers(1, 1000),
)


@settings(max_examples=10, deadline=None)
@given(teams)
def test_a_solved_month_breaks_no_rule_and_is_no_worse_than_its_start(
    case: tuple[list[bool], int, list[tuple[int, int, int]], list[tuple[PairKind, int, int]], int],
) -> None:
    drivers, wished, away, pairs, seed = case
    book = replace(
        small_book(drivers, wished=wished),
        absences=tuple(leave(f"P{who}", first, days) for who, first, days in away),
        pairs=tuple(Pair(kind, f"P{one}", f"P{other}") for kind, one, other in pairs),
    )
    order = Order("T1", FIRST, 14)
    month = solve_team(book, order, seed=seed, effort=QUICK)
    broken = blocking(check(book, Roster(book.county, FIRST, 14, ("T1",), month.duties)))
    assert [one for one in broken if one.rule != OPEN] == []
    problem = team_problem(book, order)
    assert problem is not None
    start = roster_by_rotation(book, FIRST, 14).duties
    if not pairs:  # a pair may cost the start a duty
        assert required_open(problem, month.duties) <= required_open(problem, start)
    assert solve_team(book, order, seed=seed, effort=QUICK) == month


def required_open(problem: TeamProblem, duties: tuple[Duty, ...]) -> int:
    taken = {(duty.day, duty.shift, duty.seat) for duty in duties}
    seats = (seat for found in problem.seats.values() for seat in found)
    return sum(seat.required and (seat.day, seat.shift, seat.key) not in taken for seat in seats)


def test_a_row_costs_what_the_yardstick_of_the_core_says() -> None:
    book = made_book(3, ("3x8",))
    problem = team_problem(book, Order("team-01", MADE_FIRST, 28))
    assert problem is not None
    tables = tables_of(problem.problem, problem.pairs)
    scratch = np.empty(tables.history.shape[1] + 28, np.int64)
    rows = problem.choices_of(roster_by_rotation(book, MADE_FIRST, 28).duties)
    for at, row in enumerate(rows):
        cost = int(row_cost(tables, at, np.array(row, np.int64), scratch))
        assert cost < ILLEGAL
        assert cost == person_cost(problem.problem, problem.problem.people[at], row)


def test_twenty_people_on_three_shifts_share_nights_and_weekends_alike() -> None:
    book = made_book(5, ("3x8",))
    order = Order("team-01", MADE_FIRST, 28)
    month = solve_team(book, order, seed=2, effort=Effort(proof_seconds=0.0))
    assert len(month.duties) == 12 * 28
    assert all(spread.is_fair for spread in spreads_of(book, "team-01", MADE_FIRST, 28, month.duties))
    problem = team_problem(book, order)
    assert problem is not None
    assert total_cost(problem.problem, problem.choices_of(month.duties)) == month.cost


def test_a_roster_given_changes_only_where_somebody_is_away() -> None:
    book = made_book(6, ("2x12",))
    order = Order("team-01", MADE_FIRST, 28)
    given_month = solve_team(book, order, seed=1, effort=QUICK).duties
    gone = given_month[40]
    sick = Absence("s", gone.person, AbsenceKind.SICK, *book.span(gone.day, gone.shift))
    ill = replace(book, absences=(*book.absences, sick))
    again = solve_team(ill, replace(order, current=given_month), seed=1, effort=QUICK).duties
    moved = {(duty.day, duty.shift, duty.person) for duty in given_month} ^ {
        (duty.day, duty.shift, duty.person) for duty in again
    }
    assert (gone.day, gone.shift, gone.person) in moved
    assert len(moved) <= 6


def test_pinned_duties_and_frozen_days_stay() -> None:
    book = made_book(7, ("24/48",))
    order = Order("team-01", MADE_FIRST, 28)
    before = solve_team(book, order, seed=1, effort=QUICK).duties
    frozen = frozenset({MADE_FIRST, MADE_FIRST + timedelta(days=1)})
    pinned = replace(before[100], pinned=True)
    current = tuple(sorted((*before[:100], pinned, *before[101:])))
    after = solve_team(book, replace(order, current=current, frozen=frozen), seed=9, effort=QUICK).duties
    assert pinned in after
    assert {d for d in after if d.day in frozen} == {d for d in before if d.day in frozen}


def test_what_cannot_be_equal_is_proved_with_its_number() -> None:
    """Three drivers for 28 nights: one of them has ten, and of the seventeen others somebody has eight or fewer."""
    book = made_book(11, ("24/48",))
    drivers = [code for code, person in sorted(book.people.items()) if person.holds("driver", MADE_FIRST)][:3]
    people = {
        code: replace(
            person,
            qualifications=tuple(
                one for one in person.qualifications if one.code != "driver" or code in drivers
            ),
        )
        for code, person in book.people.items()
    }
    book = replace(book, people=people, absences=(), debts={})
    order = Order("team-01", MADE_FIRST, 28)
    month = solve_team(book, order, seed=1, effort=QUICK)
    fair = with_fairness(
        book,
        order,
        month,
        seed=1,
        effort=Effort(0, 1, 20.0),
        should_stop=lambda: False,
        told=lambda report: None,
    )
    (spread,) = spreads_of(book, "team-01", MADE_FIRST, 28, fair.duties)
    (proof,) = fair.proofs
    assert (proof.what, proof.least, spread.nights) == ("nights", 2, 2)


def test_novices_never_stand_alone() -> None:
    book = small_book([True, True, True, False, False, False, True])
    new = {
        code: replace(person, joined=date(2026, 9, 1)) if code in ("P0", "P1", "P3") else person
        for code, person in book.people.items()
    }
    book = replace(book, people=new)
    month = solve_team(book, Order("T1", FIRST, 14), seed=4, effort=QUICK)
    broken = check(book, Roster(book.county, FIRST, 14, ("T1",), month.duties))
    assert not [one for one in broken if one.rule == "mentor"]
