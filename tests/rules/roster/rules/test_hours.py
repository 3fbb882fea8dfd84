"""Working time: seven days in a row, the averaging period, overtime with disaster work apart, the county's share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from roster.people import DisasterWork, Employment
from roster.policy import Policy, Strength
from roster.rules.hours import averaging_periods
from roster.rules.turn import counted
from roster.rules.violation import Violation
from tests.rules.roster.rules.world import FIRST, FREE_POLICY, book, broken, day, duty, person, roster, team


@pytest.mark.parametrize(("most", "breaks"), [(5 * 720, False), (5 * 720 - 1, True)])
def test_any_seven_days_are_limited_to_the_minute(most: int, breaks: bool) -> None:
    of = book([person("A")], policy=replace(FREE_POLICY, week_minutes=most))
    # Thursday to Monday: the window crosses a calendar week.
    plan = roster(*(duty("A", n) for n in (3, 4, 5, 6, 9)), duty("A", 10))
    assert bool(broken("week_minutes", of, plan)) is breaks


def test_the_seven_days_reach_back_into_the_month_before() -> None:
    of = book(
        [person("A")], policy=replace(FREE_POLICY, week_minutes=1440), history=(duty("A", -6), duty("A", -7))
    )
    assert broken("week_minutes", of, roster(duty("A", 0))) == ()
    found = broken("week_minutes", of, roster(duty("A", 0), duty("A", 0, "N")))
    assert [(v.days[0], v.days[-1], v.excess) for v in found] == [(day(-6), day(0), 720)]
    assert broken("week_minutes", of, roster(duty("A", 1), duty("A", 1, "N"))) == ()


def test_only_the_share_of_the_time_present_that_the_county_sets_is_counted() -> None:
    policy = replace(FREE_POLICY, week_minutes=2 * 979)
    whole = book([person("A")], policy=policy)
    part = replace(whole, teams={"T1": team("T1", counted_share=0.68)})
    plan = roster(duty("A", 0, "T24"), duty("A", 3, "T24"))
    assert len(broken("week_minutes", whole, plan)) == 1
    assert broken("week_minutes", part, plan) == ()
    assert (counted(1440, 0.68), counted(1, 0.5), counted(1, 0.49)) == (979, 1, 0)


@pytest.mark.parametrize(("week_minutes", "breaks"), [(7 * 1440 // 4, False), (7 * 1440 // 4 - 1, True)])
def test_the_average_is_kept_to_the_minute(week_minutes: int, breaks: bool) -> None:
    of = book([person("A")], policy=replace(FREE_POLICY, average_week_minutes=week_minutes))
    plan = roster(*(duty("A", 3 * n, "T24") for n in range(7)))
    assert bool(broken("average", of, plan)) is breaks


@pytest.mark.parametrize(("turns", "breaks"), [(7, False), (8, True)])
def test_the_average_holds_over_the_roster(turns: int, breaks: bool) -> None:
    # 44 h × 4 weeks = 176 h: seven turns of 24 hours, not eight.
    of = book([person("A")], policy=replace(FREE_POLICY, average_week_minutes=44 * 60))
    plan = roster(*(duty("A", 3 * n, "T24") for n in range(turns)))
    assert bool(broken("average", of, plan)) is breaks


def test_a_short_roster_is_averaged_with_the_history_before_it() -> None:
    history = tuple(duty("A", -3 * n, "T24") for n in range(1, 8))
    of = book([person("A")], policy=replace(FREE_POLICY, average_week_minutes=44 * 60), history=history)
    assert len(broken("average", of, roster(duty("A", 0, "T24"), days=7))) == 1
    assert broken("average", of, roster(duty("A", 0, "T24"), days=28)) == ()


def test_periods_part_a_long_roster_and_leave_a_month_whole() -> None:
    assert averaging_periods(FIRST, 31, 28) == [(FIRST, 31)]
    assert averaging_periods(FIRST, 28, 28) == [(FIRST, 28)]
    assert averaging_periods(FIRST, 7, 28) == [(day(-21), 28)]
    assert averaging_periods(FIRST, 61, 28) == [(FIRST, 30), (day(30), 31)]


def test_part_of_what_was_published_is_averaged_over_the_whole_of_it() -> None:
    served = tuple(duty("A", -3 * n, "T24") for n in range(1, 8))
    policy = replace(FREE_POLICY, average_week_minutes=44 * 60)
    of = book([person("A")], policy=policy, history=served)
    plan = roster(duty("A", 0, "T24"), days=36)
    # The thirty-six days are nobody's period; the four weeks that end in them are.
    assert broken("average", of, plan) == ()
    found = broken("average", replace(of, periods=((day(-21), 28), (day(20), 28))), plan)
    assert [(v.days[0], v.params["days"], v.excess) for v in found] == [(day(-21), 28, 16 * 60)]


def overtime(extra_minutes: int, **more: Any) -> tuple[Violation, ...]:
    """November has 30 days: 44 h a week are 188 h 34 min, with 36 h beyond it 224 h 34 min = 13 474 min."""
    policy = Policy(
        longest_run_days=None,
        week_minutes=None,
        longest_nights=None,
        days_off_a_week=0,
        minimum_rest_minutes=0,
    )
    of = replace(book([person("A")], policy=policy), **more)
    turns = [duty("A", 3 * n, "T24") for n in range(9)]
    missing = 44 * 60 * 30 // 7 + 36 * 60 + extra_minutes - 9 * 1440
    return broken("overtime_month", of, roster(*turns, duty("A", 1, late_minutes=720 - missing)))


def test_overtime_of_a_month_is_capped_to_the_minute_and_hard() -> None:
    assert overtime(0) == ()
    found = overtime(1)
    assert [(v.excess, v.strength, v.params["month"]) for v in found] == [(1, Strength.HARD, "2026-11")]


def test_disaster_work_lies_outside_the_cap_up_to_what_its_day_counts() -> None:
    assert overtime(1, disaster=(DisasterWork("A", day(0), 1),)) == ()
    assert len(overtime(1, disaster=(DisasterWork("A", day(2), 600),))) == 1
    assert len(overtime(1, disaster=(DisasterWork("B", day(0), 600),))) == 1


def test_hours_served_earlier_in_the_month_count_and_those_of_other_months_do_not() -> None:
    assert len(overtime(0, history=(duty("A", -1),))) == 1
    assert overtime(0, history=(duty("A", -2),)) == ()


def test_the_hours_of_cadres_part_timers_and_volunteers_are_kept_elsewhere() -> None:
    for employment in (Employment.CADRE, Employment.PART_TIME, Employment.VOLUNTEER):
        assert overtime(1, people={"A": person("A", employment=employment)}) == ()
    assert len(overtime(1, people={"A": person("A", employment=Employment.OFFICIAL)})) == 1
