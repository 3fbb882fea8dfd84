"""Being away: absences to the minute, leave in 战备, rest owed after a post, days off and presence in 驻勤轮休."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from roster.people import AbsenceKind
from roster.plan import Authorisation
from roster.policy import Strength
from roster.shifts import Post, Readiness
from tests.rules.roster.rules.world import (
    FREE_POLICY,
    away,
    book,
    broken,
    day,
    duty,
    local,
    person,
    roster,
    team,
)


def test_an_absence_clashes_by_the_minute() -> None:
    plan = roster(duty("A", 1))
    before = book([person("A")], absences=(away("A", local(0, 0), local(1, 8)),))
    assert broken("absence", before, plan) == ()
    into = book([person("A")], absences=(away("A", local(0, 0), local(1, 8) + timedelta(seconds=1)),))
    assert [v.excess for v in broken("absence", into, plan)] == [1]
    after = book([person("A")], absences=(away("A", local(1, 20), local(2, 0)),))
    assert broken("absence", after, plan) == ()


@pytest.mark.parametrize("kind", list(AbsenceKind))
def test_every_kind_of_absence_is_seen_and_only_errands_may_be_allowed(kind: AbsenceKind) -> None:
    of = book([person("A")], absences=(away("A", local(1, 9), local(1, 10), kind),))
    found = [v for rule in ("absence", "errand") for v in broken(rule, of, roster(duty("A", 1)))]
    errand = kind is AbsenceKind.ERRAND
    assert [(v.rule, v.strength) for v in found] == [
        ("errand", Strength.OVERRIDABLE) if errand else ("absence", Strength.HARD)
    ]


def test_an_errand_ends_when_the_duty_begins_or_somebody_allows_it() -> None:
    of = book([person("A")], absences=(away("A", local(1, 7), local(1, 8), AbsenceKind.ERRAND),))
    assert broken("errand", of, roster(duty("A", 1))) == ()
    longer = replace(of, absences=(away("A", local(1, 7), local(1, 9), AbsenceKind.ERRAND),))
    assert [v.blocks for v in broken("errand", longer, roster(duty("A", 1)))] == [True]
    permit = Authorisation("P", "errand", "A", day(1), day(1), "队长", "就医")
    allowed = replace(longer, authorisations=(permit,))
    assert [v.authorised_by for v in broken("errand", allowed, roster(duty("A", 1)))] == ["P"]


def test_a_night_is_cut_by_the_leave_of_the_next_morning() -> None:
    of = book([person("A")], absences=(away("A", local(2, 0), local(3, 0)),))
    assert [v.excess for v in broken("absence", of, roster(duty("A", 1, "N")))] == [480]


def test_readiness_stops_leave_and_nothing_else() -> None:
    leave = away("A", local(3, 0), local(6, 0))
    level = Readiness(2, day(5), day(9), ("T1",), "高火险")
    of = book([person("A")], absences=(leave,), readiness=(level,))
    assert [v.days for v in broken("readiness_leave", of, roster())] == [(day(5),)]
    sick = replace(of, absences=(replace(leave, kind=AbsenceKind.SICK),))
    assert broken("readiness_leave", sick, roster()) == ()
    elsewhere = replace(of, readiness=(replace(level, teams=("T2",)),))
    assert broken("readiness_leave", elsewhere, roster()) == ()
    later = replace(of, readiness=(replace(level, first=day(6)),))
    assert broken("readiness_leave", later, roster()) == ()


def test_rest_is_owed_after_a_forward_post_in_one_piece() -> None:
    post = Post("T1", "T1-1", "山口", 112.8, 35.5, day(-10), day(-1), 4)
    history = tuple(duty("A", -n, "IN") for n in range(1, 11))
    policy = replace(FREE_POLICY, owed_rest_within_days=12)
    of = book([person("A"), person("B")], posts=(post,), history=history, policy=policy)
    busy = [0, 1, 5, 6, 10, 11]
    plan = roster(*(duty("A", n) for n in busy), *(duty("B", n) for n in range(12)))
    # Days 2 to 4 and 7 to 9: three at a time, where four are owed. B was not at the post.
    assert [(v.person, v.params["had"]) for v in broken("owed_rest", of, plan)] == [("A", 3)]
    assert broken("owed_rest", of, roster(*(duty("A", n) for n in (0, 5, 6, 10)))) == ()


def test_as_many_days_as_are_owed_are_enough_and_the_first_day_at_the_post_counts() -> None:
    post = Post("T1", "T1-1", "山口", 112.8, 35.5, day(-4), day(-1), 4)
    policy = replace(FREE_POLICY, owed_rest_within_days=6)
    history = tuple(duty("A", -n, "IN") for n in range(1, 5))
    of = book([person("A")], posts=(post,), history=history, policy=policy)
    assert broken("owed_rest", of, roster(duty("A", 0), duty("A", 5))) == ()
    assert [v.params["owed"] for v in broken("owed_rest", of, roster(duty("A", 0), duty("A", 4)))] == [4]


def test_rest_is_asked_for_until_the_last_day_within_which_it_is_owed() -> None:
    post = Post("T1", "T1-1", "山口", 112.8, 35.5, day(-9), day(-6), 2)
    history = (*(duty("A", -n, "IN") for n in range(6, 10)), *(duty("A", -n, "IN") for n in range(1, 6)))
    of = book([person("A")], posts=(post,), history=history)
    rest = roster(duty("A", 0, "IN"))
    within_six = replace(of, policy=replace(FREE_POLICY, owed_rest_within_days=6))
    assert len(broken("owed_rest", within_six, rest)) == 1
    over = replace(of, policy=replace(FREE_POLICY, owed_rest_within_days=5))
    assert broken("owed_rest", over, rest) == ()


def test_rest_is_owed_in_proportion_to_the_days_at_the_post() -> None:
    post = Post("T1", "T1-1", "山口", 112.8, 35.5, day(-10), day(-1), 4)
    policy = replace(FREE_POLICY, owed_rest_within_days=4)
    half = book(
        [person("A")], posts=(post,), policy=policy, history=tuple(duty("A", -n, "IN") for n in range(1, 6))
    )
    assert broken("owed_rest", half, roster(duty("A", 0), duty("A", 3))) == ()
    assert [v.params["owed"] for v in broken("owed_rest", half, roster(duty("A", 1), duty("A", 3)))] == [2]


@pytest.mark.parametrize(("off", "breaks"), [(8, False), (7, True)])
def test_days_off_of_a_month_are_given_when_living_in(off: int, breaks: bool) -> None:
    of = book([person("A")], teams={"T1": team("T1", "in"), "T2": team("T2")})
    first = day(-1)
    plan = replace(
        roster(*(replace(duty("A", 0, "IN"), day=first + timedelta(days=n)) for n in range(30 - off))),
        first=first,
        days=30,
    )
    assert bool(broken("days_off_month", of, plan)) is breaks


def test_a_part_of_a_month_has_its_share_of_days_off() -> None:
    of = book([person("A")], teams={"T1": team("T1", "in"), "T2": team("T2")})
    fortnight = [duty("A", n, "IN") for n in range(15)]
    assert [v.params["needed"] for v in broken("days_off_month", of, roster(*fortnight, days=15))] == [4]
    assert broken("days_off_month", of, roster(*fortnight[:11], days=15)) == ()


def test_presence_never_falls_below_the_floor_at_any_minute() -> None:
    teams = {"T1": team("T1", "in", floor=2, shifts=("IN",)), "T2": team("T2")}
    of = book([person("A"), person("B"), person("C")], teams=teams)
    two = [duty(p, n, "IN") for n in range(3) for p in ("A", "B")]
    assert broken("floor", of, roster(*two, days=3)) == ()
    assert [v.days for v in broken("floor", of, roster(*two[:-1], days=3))] == [(day(2),)]
    relieved = [*two[:-1], replace(two[-1], early_minutes=60), duty("C", 2, "IN", seat=1, late_minutes=1380)]
    assert broken("floor", of, roster(*relieved, days=3)) == ()
    gap = [*relieved[:-1], replace(relieved[-1], late_minutes=1381)]
    assert [v.params["present"] for v in broken("floor", of, roster(*gap, days=3))] == [1]
