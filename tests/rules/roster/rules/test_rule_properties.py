"""What holds for any book and roster: moves bring nothing hard, less duty breaks less, and small checks equal large."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from roster.people import Absence, AbsenceKind, Membership, Pair, PairKind, Person, Qualification
from roster.plan import Authorisation, Book, Duty, Roster
from roster.policy import Policy, Strength
from roster.rules.case import case_of
from roster.rules.check import check, new_violations
from roster.rules.moves import fill, give_up, hand_over, swap, take_over
from roster.rules.rulebook import BY_CODE, RULES
from roster.rules.substitutes import ranked
from roster.rules.violation import Violation, added, blocking
from roster.shifts import SeatRule
from tests.rules.roster.rules.world import book, day, duty, local, person, roster, team

CODES = ("A", "B", "C", "D", "E")
SHIFTS = ("D", "N", "T24", "IN", "E")
# Fewer duties can break what asks for people: seats, presence, company, days off wanted, shares.
ASK_FOR_PEOPLE = {"seat_unfilled", "seat_wished", "floor", "together", "mentor", "request", "rotation"}
MONOTONE = [r.code for r in RULES if r.code not in ASK_FOR_PEOPLE | {"fair_nights", "fair_weekends"}]

duties = st.lists(
    st.builds(
        lambda who, on, shift, team, seat: duty(who, on, shift, team, seat),
        st.sampled_from(CODES),
        st.integers(0, 13),
        st.sampled_from(SHIFTS),
        st.sampled_from(("T1", "T2")),
        st.integers(0, 2),
    ),
    min_size=2,
    max_size=24,
    unique=True,
)
absences = st.lists(
    st.builds(
        lambda n, who, on, hours, kind: Absence(
            f"a{n}", who, kind, local(on, 0), local(on, 0) + timedelta(hours=hours)
        ),
        st.integers(0, 99),
        st.sampled_from(CODES),
        st.integers(-1, 13),
        st.integers(1, 60),
        st.sampled_from(list(AbsenceKind)),
    ),
    max_size=2,
)


@st.composite
def people(draw: st.DrawFn) -> list[Person]:
    found = []
    for place, code in enumerate(CODES):
        home, second = ("T1", "T2") if place % 2 else ("T2", "T1")
        memberships = [Membership(home, place % 3)]
        if draw(st.booleans()):
            memberships.append(Membership(second, None, None, day(draw(st.integers(3, 13)))))
        until = draw(st.none() | st.integers(0, 13).map(day))
        joined = day(-draw(st.integers(100, 250))) if draw(st.booleans()) else None
        found.append(
            person(
                code,
                memberships=tuple(memberships),
                qualifications=(Qualification("firefighter", until),),
                joined=joined,
            )
        )
    return found


@st.composite
def books(draw: st.DrawFn) -> Book:
    policy = Policy(
        minimum_rest_minutes=draw(st.sampled_from((0, 480, 720))),
        longest_run_days=draw(st.sampled_from((2, 6))),
        week_minutes=draw(st.sampled_from((2880, 3600))),
        weekends_most=draw(st.sampled_from((None, 1))),
        overtime_month_minutes=draw(st.sampled_from((0, 2160))),
    )
    rule = SeatRule("T1", "firefighter", 3, ("firefighter",), "T1-1", priority=5)
    history = draw(
        st.lists(
            st.builds(duty, st.sampled_from(CODES), st.integers(-6, -1), st.sampled_from(SHIFTS)), max_size=3
        )
    )
    rotation = draw(st.sampled_from(("free", "48", "in")))
    return book(
        draw(people()),
        teams={"T1": team("T1", rotation, floor=1), "T2": team("T2", lends_to=("T1",))},
        seat_rules=(rule, replace(rule, team="T2", unit="T2-1", required=False)),
        policy=policy,
        absences=tuple(draw(absences)),
        pairs=(Pair(PairKind.APART, "A", "B"), Pair(PairKind.TOGETHER, "C", "E")),
        history=tuple(history),
    )


def plan_of(found: list[Duty]) -> Roster:
    return roster(*found, days=14)


@settings(max_examples=20, deadline=None)
@given(books(), duties, st.data())
def test_an_allowed_swap_creates_nothing_hard_and_its_check_equals_the_whole_one(
    of: Book, found: list[Duty], data: st.DataObject
) -> None:
    before = plan_of(found)
    one, other = data.draw(st.sampled_from(found)), data.draw(st.sampled_from(found))
    if one.person == other.person:
        return
    done = swap(case_of(of, before), one, other)
    whole = added(check(of, before), check(of, done.roster))
    assert _as_set(done.broken) == _as_set(whole)
    assert _as_set(new_violations(of, before, done.roster)) == _as_set(whole)
    if done.allowed:
        assert not blocking(whole)
        assert not any(v.strength is Strength.HARD for v in whole)


@settings(max_examples=20, deadline=None)
@given(books(), duties, st.data())
def test_other_moves_too_show_all_that_they_break(of: Book, found: list[Duty], data: st.DataObject) -> None:
    case = case_of(of, plan_of(found))
    one = data.draw(st.sampled_from(found))
    who = data.draw(st.sampled_from([code for code in CODES if code != one.person]))
    starts, ends = of.times(one)
    at = starts + (ends - starts) / 2
    for done in (give_up(case, one), hand_over(case, one, who), take_over(case, one, who, at)):
        whole = added(check(of, case.roster), check(of, done.roster))
        assert _as_set(done.broken) == _as_set(whole)
        assert done.roster.duties == tuple(sorted(done.roster.duties))
    minutes = sum(t.minutes for t in case.turns(one.person)) - sum(
        t.minutes for t in done.after.turns(one.person)
    )
    assert minutes == of.shifts[one.shift].minutes // 2


@settings(max_examples=30, deadline=None)
@given(books(), duties, st.data())
def test_taking_a_duty_away_never_breaks_rest_hours_or_seats(
    of: Book, found: list[Duty], data: st.DataObject
) -> None:
    case = case_of(of, plan_of(found))
    broken = give_up(case, data.draw(st.sampled_from(found))).broken
    assert {v.rule for v in broken}.isdisjoint(MONOTONE)


@settings(max_examples=15, deadline=None)
@given(books(), duties, st.randoms(use_true_random=False))
def test_a_roster_breaks_the_same_in_whatever_order_its_duties_are_named(
    of: Book, found: list[Duty], chance
) -> None:  # type: ignore[no-untyped-def]
    plan = plan_of(found)
    mixed = list(plan.duties)
    chance.shuffle(mixed)
    assert check(of, plan) == check(of, replace(plan, duties=tuple(mixed)))
    assert added(check(of, plan), check(of, plan)) == ()


@settings(max_examples=15, deadline=None)
@given(books(), duties, st.sampled_from([r.code for r in RULES]), st.sampled_from(CODES))
def test_an_authorisation_never_lifts_what_is_hard_and_never_adds_anything(
    of: Book, found: list[Duty], rule: str, who: str
) -> None:
    permits = (
        Authorisation("P1", rule, who, day(-30), day(60), "局长", "试"),
        Authorisation("P2", rule, "", day(-30), day(60), "局长", "试", team="T1"),
    )
    plain, lifted = check(of, plan_of(found)), check(replace(of, authorisations=permits), plan_of(found))
    assert {replace(v, authorised_by="") for v in lifted} == set(plain)
    for violation in lifted:
        if violation.authorised_by:
            assert violation.rule == rule
            assert BY_CODE[rule].strength is Strength.OVERRIDABLE


@settings(max_examples=30, deadline=None)
@given(books(), duties)
def test_every_able_substitute_can_take_the_seat(of: Book, found: list[Duty]) -> None:
    case = case_of(of, plan_of(found))
    for seat in case.ground.seats("T1", day(5))[:3]:
        empty = case
        for held in [d for d in case.crews.get((seat.team, seat.day, seat.shift), ()) if d.seat == seat.key]:
            empty = give_up(empty, held).after
        for candidate in ranked(case, seat):
            assert fill(empty, seat, candidate.person).allowed


def _as_set(violations: tuple[Violation, ...]) -> set[Violation]:
    return set(violations)
