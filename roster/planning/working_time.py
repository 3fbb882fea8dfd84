"""The working-time rules of one person as sums over turns that may not pass a limit.

Sums are over cliques and whole windows, as tight as they can be, so that fractions of people help nobody in a linear
programme. What a rule counts stands in `limits`; the independent checker in `roster.rules` audits the outcome.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from roster.planning.limits import Limits
from roster.planning.spans import week_of

Ints = NDArray[np.int64]
Key = tuple[str, date, str]
"""Team, day and shift: what names a turn."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A shift of a team on a day; minutes since 1970."""

    team: str
    day: date
    shift: str
    starts: int
    ends: int
    rest: int
    counted: int
    night: bool
    living_in: bool

    @property
    def key(self) -> Key:
        return self.team, self.day, self.shift


@dataclass(frozen=True, slots=True, eq=False)
class Limit:
    """The weights of turns, summed over one person's turns, may not pass `at_most`. With `blocks` the sum counts how
    many of the sets of turns are entered (weekends). `first`, `last`: the days it is about."""

    rule: str
    weights: Ints
    at_most: int
    first: date
    last: date
    blocks: tuple[tuple[int, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Period:
    """The turns, in order of beginning, and the days that are planned among them."""

    turns: Sequence[Turn]
    first: date
    days: int
    weekends: Callable[[date, str], frozenset[date]]
    regular_week_minutes: int | None
    """None: nobody's overtime is bounded."""
    overtime_month_minutes: int

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


def working_time(period: Period, limits: Limits, *, guards: bool) -> Iterable[Limit]:
    """All rules. `guards`: the rule of rest apart from the plain fact that nobody is in two places, so that it can be
    named alone."""
    days = _Days(period.turns)
    for day, found in days.by_day.items():
        if len(found) > 1:
            yield days.total("overlap", dict.fromkeys(found, 1), 1, day, day)
    if guards:
        yield from _cliques(days, resting=False)
    yield from _cliques(days, resting=True)
    for offset in range((period.last - days.first).days + 1):
        first = days.first + timedelta(days=offset)
        yield from _day_runs(days, limits, first)
        if limits.nights is not None:
            last = first + timedelta(days=limits.nights)
            nights = [at for at in days.within(first, last) if days.turns[at].night]
            ordinary = [at for at in nights if not days.turns[at].living_in]
            yield days.total("nights", dict.fromkeys(ordinary, 1), limits.nights, first, last)
        last = first + timedelta(days=6)
        if limits.week_minutes is not None:
            minutes = {at: days.turns[at].counted for at in days.within(first, last)}
            yield days.total("week_minutes", minutes, limits.week_minutes, first, last)
        if limits.week_days is not None and first == week_of(first):
            week = dict.fromkeys(days.within(first, last), 1)
            yield days.total("rest_day", week, limits.week_days, first, last)
    yield from _of_the_period(days, period, limits)
    yield from _overtime(days, period)


class _Days:
    """Turns by day, and sums over them."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        self.by_day: defaultdict[date, list[int]] = defaultdict(list)
        for at, turn in enumerate(turns):
            self.by_day[turn.day].append(at)
        self.first = min(self.by_day)

    def within(self, first: date, last: date) -> list[int]:
        span = (first + timedelta(days=offset) for offset in range((last - first).days + 1))
        return [at for day in span for at in self.by_day.get(day, ())]

    def total(self, rule: str, chosen: Mapping[int, int], at_most: int, first: date, last: date) -> Limit:
        weights = np.zeros(len(self.turns), np.int64)
        weights[list(chosen)] = list(chosen.values())
        return Limit(rule, weights, at_most, first, last)


def _of_the_period(days: _Days, period: Period, limits: Limits) -> Iterable[Limit]:
    inside = days.within(period.first, period.last)
    for first, length, most in limits.averages:
        last = first + timedelta(days=length - 1)
        minutes = {at: days.turns[at].counted for at in days.within(first, last)}
        yield days.total("average", minutes, most, first, last)
    for month, most in limits.months:
        served = dict.fromkeys((at for at in inside if days.turns[at].day in month), 1)
        yield days.total("days_off_month", served, most, min(month), max(month))
    if limits.weekends is not None:
        blocks: defaultdict[date, list[int]] = defaultdict(list)
        for at in inside:
            for weekend in period.weekends(days.turns[at].day, days.turns[at].shift):
                blocks[weekend].append(at)
        sets = tuple(tuple(found) for _, found in sorted(blocks.items()))
        none = np.zeros(len(days.turns), np.int64)
        yield Limit("weekends", none, limits.weekends, period.first, period.last, sets)


def _overtime(days: _Days, period: Period) -> Iterable[Limit]:
    """In each calendar month no more than the cap beyond the average's share of it."""
    month = period.first.replace(day=1)
    while period.regular_week_minutes is not None and month <= period.last:
        last = (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)
        minutes = {at: days.turns[at].counted for at in days.within(month, last)}
        regular = period.regular_week_minutes * last.day // 7
        yield days.total("overtime_month", minutes, regular + period.overtime_month_minutes, month, last)
        month = last + timedelta(days=1)


def _day_runs(days: _Days, limits: Limits, first: date) -> Iterable[Limit]:
    """Days in a row with a duty. As long as all of them are lived in, the longer limit holds."""
    if limits.living_in_run_days is not None:
        last = first + timedelta(days=limits.living_in_run_days)
        chosen = days.within(first, last)
        if any(days.turns[at].living_in for at in chosen):
            yield days.total("longest_run", dict.fromkeys(chosen, 1), limits.living_in_run_days, first, last)
    if limits.run_days is None:
        return
    last = first + timedelta(days=limits.run_days)
    chosen = days.within(first, last)
    ordinary = [at for at in chosen if not days.turns[at].living_in]
    if len(ordinary) == len(chosen):
        yield days.total("longest_run", dict.fromkeys(chosen, 1), limits.run_days, first, last)
        return
    for at in ordinary:  # a single ordinary duty in the run brings the shorter limit
        weights = {**dict.fromkeys(chosen, 1), at: 2}
        yield days.total("longest_run", weights, limits.run_days + 1, first, last)


def _cliques(days: _Days, *, resting: bool) -> Iterable[Limit]:
    """Turns that exclude one another, as sets in which any two do: each turn with all earlier ones that still forbid
    it. Living in (the same shift may follow at once) makes no such sets: pairs instead."""
    turns = days.turns
    rule = "rest" if resting else "overlap"
    longest = max(turn.ends - turn.starts + turn.rest for turn in turns)
    sets: list[tuple[int, ...]] = []
    pairs: list[tuple[int, ...]] = []
    since = 0
    for at, turn in enumerate(turns):
        while turns[since].starts + longest <= turn.starts:
            since += 1
        barred = [other for other in range(since, at) if _bars(turns[other], turn, resting=resting)]
        pairs += [(other, at) for other in barred if turns[other].living_in]
        sets.append((*(other for other in barred if not turns[other].living_in), at))
    sets.append(())
    chosen = [one for one, following in pairwise(sets) if len(one) > 1 and not set(one) <= set(following)]
    for group in (*chosen, *pairs):
        yield days.total(rule, dict.fromkeys(group, 1), 1, turns[group[0]].day, turns[group[-1]].day)


def _bars(earlier: Turn, later: Turn, *, resting: bool) -> bool:
    if later.starts < earlier.ends:
        return True
    chained = earlier.living_in and earlier.shift == later.shift
    return resting and not chained and later.starts < earlier.ends + earlier.rest
