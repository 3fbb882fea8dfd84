"""The rules of time against slow and plain counting, minute by minute and window by window, for random duties."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from roster.plan import Book, Duty, Roster
from roster.rules.check import check
from tests.rules.roster.rules.world import FREE_POLICY, SHIFTS, book, person, roster

ZONES = ("Asia/Shanghai", "Europe/Berlin", "Australia/Lord_Howe")
# Around the days on which Berlin's clocks and Lord Howe's (by half an hour) are changed.
FIRSTS = (date(2026, 3, 23), date(2026, 10, 19), date(2026, 9, 28), date(2026, 4, 1))
DAYS = 14

plans = st.lists(
    st.tuples(st.integers(-7, DAYS - 1), st.sampled_from(sorted(SHIFTS))),
    min_size=1,
    max_size=12,
    unique=True,
)


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Book, Roster, list[Duty]]:
    first = draw(st.sampled_from(FIRSTS))
    policy = replace(
        FREE_POLICY,
        minimum_rest_minutes=draw(st.integers(0, 900)),
        longest_run_days=draw(st.integers(1, 4)),
        longest_run_days_living_in=draw(st.integers(4, 6)),
        longest_nights=draw(st.integers(1, 3)),
        week_minutes=draw(st.integers(1, 7)) * 720,
    )
    every = [
        Duty(first + timedelta(days=on), "T1", shift, "T1-1/firefighter/0", "A") for on, shift in draw(plans)
    ]
    planned = [duty for duty in every if duty.day >= first]
    served = tuple(duty for duty in every if duty.day < first)
    of = book([person("A")], policy=policy, history=served, time_zone=ZoneInfo(draw(st.sampled_from(ZONES))))
    return of, replace(roster(*planned, days=DAYS), first=first), every


def found(rule: str, of: Book, plan: Roster) -> list[object]:
    return [v for v in check(of, plan) if v.rule == rule]


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_rest_and_overlap_are_what_a_plain_count_of_minutes_says(
    world: tuple[Book, Roster, list[Duty]],
) -> None:
    of, plan, every = world
    least = of.policy.minimum_rest_minutes
    clashes = short = 0
    spans = {duty: of.span(duty.day, duty.shift) for duty in every}
    for one in every:
        for other in every:
            if one.day < plan.first and other.day < plan.first:
                continue
            (starts, ends), (begins, stops) = spans[one], spans[other]
            if one < other and starts < stops and begins < ends:
                clashes += 1
            gap = (begins - ends).total_seconds() / 60
            chained = one.shift == other.shift == "IN"
            if (
                one is not other
                and not chained
                and 0 <= gap < max(least, SHIFTS[one.shift].rest_after_minutes)
            ):
                short += 1
    assert (len(found("overlap", of, plan)), len(found("rest", of, plan))) == (clashes, short)


@settings(max_examples=25, deadline=None)
@given(worlds())
def test_runs_and_seven_days_are_what_looking_at_every_window_says(
    world: tuple[Book, Roster, list[Duty]],
) -> None:
    of, plan, every = world
    policy = of.policy
    week = longest = night = False
    for offset in range(-14, DAYS + 7):
        begin = plan.first + timedelta(days=offset)
        in_week = [d for d in every if 0 <= (d.day - begin).days < 7]
        fresh = any(d.day >= plan.first for d in in_week)
        week |= fresh and sum(SHIFTS[d.shift].minutes for d in in_week) > (policy.week_minutes or 0)
        for length in range(1, DAYS + 7):
            run = [d for d in every if 0 <= (d.day - begin).days < length]
            if not any(d.day >= plan.first for d in run) or len({d.day for d in run}) < length:
                continue
            most = (
                policy.longest_run_days_living_in
                if all(d.shift == "IN" for d in run)
                else policy.longest_run_days
            )
            longest |= length > (most or 0)
        for length in range(1, DAYS + 7):
            nights = {d.day for d in every if 0 <= (d.day - begin).days < length and d.shift in ("N", "T24")}
            new = any(day >= plan.first for day in nights)
            night |= new and len(nights) == length > (policy.longest_nights or 0)
    assert bool(found("week_minutes", of, plan)) is week
    assert bool(found("longest_run", of, plan)) is longest
    assert bool(found("nights", of, plan)) is night
