"""Rest: two duties at once, the minutes between, runs of days and nights, days off and weekends."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from roster.calendar import Calendar
from roster.people import Employment
from roster.plan import Authorisation
from roster.rules.check import check
from roster.shifts import ShiftType
from tests.rules.roster.rules.world import FREE_POLICY, SHIFTS, book, broken, day, duty, person, roster


def test_nobody_serves_in_two_teams_at_once() -> None:
    clash = roster(duty("A", 0, "D", "T1"), duty("A", 0, "E", "T2"))
    found = broken("overlap", book([person("A")]), clash)
    assert [(v.person, v.excess, v.days) for v in found] == [("A", 360, (day(0),))]
    assert found[0].blocks


def test_a_duty_may_begin_at_the_minute_the_other_ends_as_far_as_overlap_goes() -> None:
    assert broken("overlap", book([person("A")]), roster(duty("A", 0, "D"), duty("A", 0, "N"))) == ()


@pytest.mark.parametrize(("rest_minutes", "breaks"), [(720, False), (721, True)])
def test_rest_is_kept_to_the_minute(rest_minutes: int, breaks: bool) -> None:
    policy = replace(FREE_POLICY, minimum_rest_minutes=rest_minutes)
    plan = roster(duty("A", 0, "D"), duty("A", 1, "D"))
    assert bool(broken("rest", book([person("A")], policy=policy), plan)) is breaks


def test_rest_reaches_back_into_the_month_before() -> None:
    served = book([person("A")], history=(duty("A", -1, "N"),))
    found = broken("rest", served, roster(duty("A", 0, "D")))
    assert [v.params["had"] for v in found] == [0]
    assert broken("rest", served, roster(duty("A", 0, "N"))) == ()


def test_rest_is_wall_clock_time_elapsed_when_the_clock_is_changed() -> None:
    # In the night of 29 March 2026 Berlin's clocks jump from 2 to 3: from 20:00 to 8:00 are 11 hours, not 12.
    shifts = {"L": ShiftType("L", "晚", time(12), 480, 720, night=False), "D": SHIFTS["D"]}
    berlin = book([person("A")], time_zone=ZoneInfo("Europe/Berlin"), shifts=SHIFTS | shifts)
    evening = date(2026, 3, 28)
    plan = replace(
        roster(
            replace(duty("A", 0, "L"), day=evening),
            replace(duty("A", 0, "D"), day=evening + timedelta(days=1)),
        ),
        first=evening,
    )
    assert [v.params["had"] for v in broken("rest", berlin, plan)] == [660]
    winter = replace(
        plan,
        first=date(2026, 3, 21),
        duties=tuple(replace(d, day=d.day - timedelta(days=7)) for d in plan.duties),
    )
    assert broken("rest", berlin, winter) == ()


def test_a_night_on_which_the_clock_is_set_back_ends_an_hour_earlier_by_the_clock() -> None:
    # In the night of 25 October 2026 twelve hours from 20:00 end at 7:00 in Berlin: 13 hours before the next duty.
    policy = replace(FREE_POLICY, minimum_rest_minutes=780)
    berlin = book([person("A")], time_zone=ZoneInfo("Europe/Berlin"), policy=policy)
    evening = date(2026, 10, 24)
    plan = replace(roster(replace(duty("A", 0, "N"), day=evening), duty("A", 0)), first=evening)
    after = replace(
        plan, duties=(plan.duties[0], replace(duty("A", 0, "N"), day=evening + timedelta(days=1)))
    )
    assert broken("rest", berlin, after) == ()
    tighter = replace(berlin, policy=replace(policy, minimum_rest_minutes=781))
    assert [v.excess for v in broken("rest", tighter, after)] == [1]


def test_living_in_chains_the_same_shift_but_not_another() -> None:
    people = book([person("A")])
    assert broken("rest", people, roster(*(duty("A", n, "IN") for n in range(5)))) == ()
    assert len(broken("rest", people, roster(duty("A", 0, "IN"), duty("A", 1, "D")))) == 1


def test_a_long_rest_is_owed_also_past_a_duty_in_between() -> None:
    # T24 ends on day 1 at 8, and asks for 24 hours: both what begins at 8 and what begins at 20 come too soon.
    plan = roster(duty("A", 0, "T24"), duty("A", 1, "D"), duty("A", 1, "N"))
    assert len(broken("rest", book([person("A")]), plan)) == 3


@pytest.mark.parametrize(("days", "breaks"), [(6, False), (7, True)])
def test_a_run_of_days_is_limited_to_the_day(days: int, breaks: bool) -> None:
    policy = replace(FREE_POLICY, longest_run_days=6)
    plan = roster(*(duty("A", n) for n in range(days)))
    assert bool(broken("longest_run", book([person("A")], policy=policy), plan)) is breaks


def test_a_run_reaches_back_into_the_month_before() -> None:
    policy = replace(FREE_POLICY, longest_run_days=6)
    history = tuple(duty("A", -n) for n in range(1, 5))
    served = book([person("A")], policy=policy, history=history)
    assert broken("longest_run", served, roster(duty("A", 0), duty("A", 1))) == ()
    found = broken("longest_run", served, roster(duty("A", 0), duty("A", 1), duty("A", 2)))
    assert [(v.excess, v.days[0], v.days[-1]) for v in found] == [(1, day(-4), day(2))]


@pytest.mark.parametrize(("days", "breaks"), [(22, False), (23, True)])
def test_a_run_of_living_in_has_its_own_limit(days: int, breaks: bool) -> None:
    policy = replace(FREE_POLICY, longest_run_days=6, longest_run_days_living_in=22)
    plan = roster(*(duty("A", n, "IN") for n in range(days)))
    assert bool(broken("longest_run", book([person("A")], policy=policy), plan)) is breaks


@pytest.mark.parametrize(("count", "breaks"), [(4, False), (5, True)])
def test_nights_in_a_row_are_limited(count: int, breaks: bool) -> None:
    policy = replace(FREE_POLICY, longest_nights=4)
    people = book([person("A")], policy=policy)
    assert bool(broken("nights", people, roster(*(duty("A", n, "N") for n in range(count))))) is breaks
    assert broken("nights", people, roster(*(duty("A", n, "IN") for n in range(count)))) == ()


def test_every_week_has_a_free_day_and_none_serves_two_weeks() -> None:
    policy = replace(FREE_POLICY, days_off_a_week=1)
    people = book([person("A")], policy=policy)
    worked = [n for n in range(15) if n != 7]
    found = broken("rest_day", people, roster(*(duty("A", n) for n in worked), days=15))
    # Sunday evening to Tuesday morning is one free day (36 hours), and serves one of the two weeks.
    assert len(found) == 1
    assert broken("rest_day", people, roster(*(duty("A", n) for n in worked if n != 13), days=15)) == ()


def test_a_week_takes_no_more_free_days_than_it_needs_from_the_next() -> None:
    # Sunday and Monday are free: one for each week.
    of = book([person("A")], policy=replace(FREE_POLICY, days_off_a_week=1))
    plan = roster(*(duty("A", n) for n in range(15) if n not in (6, 7)), days=15)
    assert broken("rest_day", of, plan) == ()


def test_a_free_day_that_begins_with_monday_is_the_new_weeks() -> None:
    # Evenings until midnight: the free stretch begins at Monday's first minute.
    of = book([person("A")], policy=replace(FREE_POLICY, days_off_a_week=1))
    plan = roster(*(duty("A", n, "E") for n in range(15) if n != 7), days=15)
    assert [v.days[0] for v in broken("rest_day", of, plan)] == [day(0)]


def test_twenty_four_hours_between_turns_are_a_day_of_rest() -> None:
    policy = replace(FREE_POLICY, days_off_a_week=1)
    plan = roster(*(duty("A", n, "T24") for n in range(0, 28, 2)))
    assert broken("rest_day", book([person("A")], policy=policy), plan) == ()


def test_weekends_count_once_and_swapped_working_days_not() -> None:
    policy = replace(FREE_POLICY, weekends_most=1)
    saturday = day(5)
    plan = roster(duty("A", 4, "N"), duty("A", 6), duty("A", 12))
    people = book([person("A")], policy=policy)
    assert [v.excess for v in broken("weekends", people, plan)] == [1]
    swapped = book([person("A")], policy=policy, calendar=Calendar(workdays=frozenset({day(12)})))
    assert broken("weekends", swapped, plan) == ()
    assert saturday.weekday() == 5


def test_volunteers_keep_rest_but_no_working_time() -> None:
    policy = replace(FREE_POLICY, longest_run_days=2, week_minutes=60)
    own = person("A", employment=Employment.VOLUNTEER)
    found = check(book([own], policy=policy), roster(*(duty("A", n) for n in range(5)), duty("A", 0, "N")))
    assert {v.rule for v in found if v.person == "A"} == {"rest"}


def test_an_authorisation_lifts_what_may_be_lifted_for_that_day_and_nothing_hard() -> None:
    policy = replace(FREE_POLICY, longest_run_days=2)
    permits = (
        Authorisation("P1", "longest_run", "A", day(2), day(2), "局长", "防火期"),
        Authorisation("P2", "rest", "A", day(0), day(27), "局长", "防火期"),
    )
    of = book([person("A")], policy=policy, authorisations=permits)
    found = broken("longest_run", of, roster(*(duty("A", n) for n in range(3))))
    assert [(v.authorised_by, v.blocks) for v in found] == [("P1", False)]
    assert [v.blocks for v in broken("longest_run", of, roster(*(duty("A", n) for n in range(4))))] == [True]
    assert [v.blocks for v in broken("rest", of, roster(duty("A", 0, "D"), duty("A", 0, "N")))] == [True]
