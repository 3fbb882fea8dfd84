"""Why a month cannot be done: the clash that is told is one, no part of it is idle, and every fix offered solves it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import combinations, count, product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from roster.people import Absence, AbsenceKind, Pair, PairKind
from roster.plan import Book
from roster.planning.counting import counts
from roster.planning.explain import Explanation, explain
from roster.planning.fix import Fix, FixKind
from roster.planning.fixes import fixes
from roster.planning.frame import Frame, frame_of
from roster.planning.guarded import Element, ElementKind, Guarded
from roster.policy import Policy, Strength
from roster.rules.check import check
from roster.rules.rulebook import BY_CODE
from roster.rules.violation import blocking
from tests.rules.roster.planning.small_team import FIRST, local, small_book, with_lender


def why(book: Book, days: int) -> Explanation:
    ticks = count()
    return explain(book, "T1", FIRST, days, clock=lambda: next(ticks) * 0.0001)


def ways(book: Book, days: int) -> dict[FixKind, Fix]:
    ticks = count()
    found = fixes(book, "T1", FIRST, days, why(book, days), clock=lambda: next(ticks) * 0.0001)
    assert list(found) == sorted(found, key=lambda fix: (fix.cost, fix.kind))
    return {fix.kind: fix for fix in found}


def leave(book: Book, person: str, first: int, last: int) -> Book:
    absence = Absence(f"a-{person}-{first}", person, AbsenceKind.LEAVE, local(first), local(last + 1))
    return replace(book, absences=(*book.absences, absence))


def can_hold(frame: Frame, elements: frozenset[Element]) -> bool:
    """Try everything: each person's set of seats, one a turn, by the limits that are on; then the demands."""
    places = [at for at, place in enumerate(frame.places) if place.required]
    on = {(e.code, e.person) for e in elements if e.kind is ElementKind.RULE}
    away = {(e.code, e.person) for e in elements if e.kind is ElementKind.ABSENCE}
    choices = []
    for at, person in enumerate(frame.people):
        mine = [p for p in places if frame.fits(person, frame.places[p])]
        legal = []
        for size in range(len(mine) + 1):
            for chosen in combinations(mine, size):
                turns = [frame.places[p].turn for p in chosen]
                gone = any(
                    (code, person.code) in away
                    for turn in turns
                    for code in frame.absences_at(person.code, frame.turns[turn])
                )
                broken = any(
                    sum(limit.weights[turn] for turn in turns) > limit.at_most
                    for limit in frame.limits(at)
                    if limit.rule == "overlap" or (limit.rule, person.code) in on
                )
                if len(set(turns)) == len(turns) and not gone and not broken:
                    legal.append(frozenset(chosen))
        # Who can serve more serves no worse: only the largest sets count.
        choices.append([one for one in legal if not any(one < other for other in legal)])
    demanded = {e.place for e in elements if e.kind is ElementKind.DEMAND}
    return any(
        all(
            sum(place in mine for mine in all_of_them) >= len(frame.places[place].seats) for place in demanded
        )
        for all_of_them in product(*choices)
    )


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.booleans(), min_size=2, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(0, 1), st.integers(0, 1)), max_size=2),
    st.integers(1, 2),
)
def test_the_clash_is_impossible_and_possible_without_any_part_as_trying_everything_says(
    drivers: list[bool], leaves: list[tuple[int, int, int]], shifts: int
) -> None:
    book = small_book(drivers, firefighters=0, shifts=shifts)
    for who, first, length in leaves:
        book = leave(book, f"P{who % len(drivers)}", first, first + length)
    found = why(book, 3)
    frame = frame_of(book, "T1", FIRST, 3, guards=True)
    everything = Guarded(frame, range(len(frame.places)), elastic=False).elements
    assert found.possible == can_hold(frame, frozenset(everything))
    assume(not found.possible)
    assert found.minimal
    parts = [part.elements for part in found.parts]
    assert not can_hold(frame, frozenset(e for part in parts for e in part))
    for left_out in range(len(parts)):
        rest = frozenset(e for at, part in enumerate(parts) if at != left_out for e in part)
        assert can_hold(frame, rest)


def test_too_few_drivers_on_a_night_are_counted_before_anything_is_searched() -> None:
    book = leave(small_book([True, True, False, False]), "P0", 1, 1)
    book = leave(book, "P1", 1, 1)
    first = counts(frame_of(book, "T1", FIRST, 4, guards=True))[0]
    assert (first.code, first.roles, first.needed, first.able) == ("turn", ("driver",), 1, 0)


def test_rest_is_counted_over_days_in_a_row() -> None:
    # One driver, twelve-hour turns by day and by night: in two days he serves two of four.
    found = counts(frame_of(small_book([True, False, False]), "T1", FIRST, 4, guards=True))
    assert (found[0].code, found[0].needed, found[0].able) == ("days", 4, 2)


def test_a_pair_kept_apart_is_named_in_the_clash() -> None:
    book = small_book([True, False], shifts=1)
    book = replace(book, pairs=(Pair(PairKind.APART, "P0", "P1"),))
    found = why(book, 3)
    assert found.minimal
    assert ElementKind.APART in {part.kind for part in found.parts}


def test_what_can_be_done_is_shown_done() -> None:
    book = small_book([True] * 6)
    found = why(book, 7)
    assert found.possible
    assert not blocking(check(book, found.roster))


def test_leave_is_moved_by_as_few_days_as_do() -> None:
    book = leave(leave(small_book([True, True, False, False], shifts=1), "P0", 2, 2), "P1", 2, 2)
    fix = ways(book, 7)[FixKind.MOVE_LEAVE]
    (step,) = fix.steps
    assert (step.person, abs(step.by_days)) in {("P0", 1), ("P1", 1)}


def test_every_fix_offered_solves_the_month() -> None:
    policy = Policy(
        longest_run_days=3, strengths={"rest": Strength.HARD}, week_minutes=None, days_off_a_week=0
    )
    book = with_lender(small_book([True, False, False, False], shifts=1, policy=policy), "driver")
    found = ways(book, 6)
    assert {FixKind.LEND, FixKind.AUTHORISE, FixKind.QUALIFY, FixKind.LEAVE_OPEN, FixKind.HIRE} == set(found)
    for kind, fix in found.items():
        assert not [v for v in blocking(check(fix.book, fix.roster)) if v.team in ("", "T1")]
        held = {(d.day, d.shift, d.seat) for d in fix.roster.duties}
        needed = 6 * 2 - (len(fix.steps) if kind is FixKind.LEAVE_OPEN else 0)
        assert len(held) == needed
    assert found[FixKind.LEND].steps[0].person == "L0"
    assert found[FixKind.AUTHORISE].steps[0].rule == "longest_run"


def test_a_month_short_of_many_people_says_how_many_of_each_kind_would_fill_it() -> None:
    # Nobody drives, and one person for a hundred and twelve firefighters' turns: no dozen of steps mends that.
    book = small_book([False], firefighters=2)
    found = ways(book, 28)
    assert set(found) == {FixKind.HIRE}
    fix = found[FixKind.HIRE]
    assert not [v for v in blocking(check(fix.book, fix.roster)) if v.team in ("", "T1")]
    assert len({(d.day, d.shift, d.seat) for d in fix.roster.duties}) == 28 * 2 * 3
    by_role = {step.role: step.people for step in fix.steps}
    assert by_role.keys() == {"driver", "firefighter"}
    # 44 h a week are 14 turns of twelve hours in four weeks: four drivers for 56, eight firefighters for 112 but one's.
    assert by_role == {"driver": 4, "firefighter": 7}
    assert len(fix.book.people) == 1 + 4 + 7


def test_a_clash_of_a_whole_month_is_told_in_few_words() -> None:
    policy = Policy(average_week_minutes=20 * 60, average_days=14)
    book = small_book([True] * 6, policy=policy)
    found = why(book, 14)
    assert found.minimal
    assert len(found.parts) <= 12
    assert {part.code for part in found.parts if part.kind is ElementKind.RULE} == {"average"}
    assert all(part.last - part.first <= timedelta(days=13) for part in found.parts)


def test_rules_in_a_clash_carry_the_names_of_the_rule_book() -> None:
    book = small_book([True] * 4, policy=Policy(weekends_most=1))
    frame = frame_of(book, "T1", FIRST, 28, guards=True)
    assert {limit.rule for at in range(len(frame.people)) for limit in frame.limits(at)} <= BY_CODE.keys()
