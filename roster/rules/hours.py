"""Rules of working time, in counted minutes: any seven days, the averaging period, the month's overtime."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from roster.rules.case import Case
from roster.rules.rule import Breach
from roster.rules.turn import Turn
from roster.rules.violation import Param


def week_minutes(case: Case, person: str) -> Iterator[Breach]:
    """Counted minutes (time present × the team's 在岗计时系数) of the duties that begin in any seven days in a row are
    limited."""
    most, length = case.book.policy.week_minutes, 7
    if most is None:
        return
    turns = sorted(case.turns(person), key=lambda turn: turn.duty.day)
    end, total = 0, 0
    for place, turn in enumerate(turns):
        # Windows that begin with a duty do: any other that is too full has one of these inside it, as full.
        first = turn.duty.day
        while end < len(turns) and (turns[end].duty.day - first).days < length:
            total += turns[end].counted_minutes
            end += 1
        begins = place == 0 or turns[place - 1].duty.day != first
        if begins and total > most and not all(t.served for t in turns[place:end]):
            days = tuple(first + timedelta(days=n) for n in range(length))
            params = {"minutes": total, "most": most, "days": length}
            yield Breach(days, params, total - most, person=person, breaks_on=turns[end - 1].duty.day)
        total -= turn.counted_minutes


def average(case: Case, person: str) -> Iterator[Breach]:
    """Over the averaging period (综合计算工时) the counted minutes come to no more than the weekly average allows. The
    roster is one period; a shorter one is filled up with the history before it, one of several periods is parted. A
    change of what is published is judged over the whole rosters that it stands in."""
    policy = case.book.policy
    if policy.average_week_minutes is None:
        return
    turns = case.turns(person)
    for first, days in averaged(case):
        inside = [t for t in turns if 0 <= (t.duty.day - first).days < days]
        minutes = sum(t.counted_minutes for t in inside)
        most = policy.average_week_minutes * days // 7
        if minutes > most and not all(t.served for t in inside):
            span = tuple(first + timedelta(days=n) for n in range(days))
            params = {"minutes": minutes, "most": most, "days": days}
            yield Breach(
                span,
                params,
                minutes - most,
                subject=case.name_of_period(first, days),
                person=person,
                breaks_on=inside[-1].duty.day,
            )


def averaged(case: Case) -> list[tuple[date, int]]:
    """The averaging periods of the rosters that the case is judged by, each once."""
    length = case.book.policy.average_days
    return sorted({found for span in case.periods for found in averaging_periods(*span, length)})


def averaging_periods(first: date, days: int, period: int) -> list[tuple[date, int]]:
    """First days and lengths. The law's periods are fixed ones (a week, a month, a quarter), no rolling windows."""
    if days <= period:
        return [(first + timedelta(days=days - period), period)]
    parts = days // period
    starts = [days * part // parts for part in range(parts + 1)]
    return [(first + timedelta(days=a), b - a) for a, b in pairwise(starts)]


def overtime_month(case: Case, person: str) -> Iterator[Breach]:
    """In a calendar month no more than the cap is worked beyond the regular hours (the weekly average over the days of
    the month). Disaster work logged for a day lies outside the cap (art. 42), up to what the day's duty counts."""
    cap = case.book.policy.overtime_month_minutes
    for month, turns in months_of(case, person).items():
        over = overtime_minutes(case, person, month, turns)
        if over is not None and over > cap and not all(turn.served for turn in turns):
            days = tuple(month + timedelta(days=n) for n in range(_length(month)))
            last = max(turn.duty.day for turn in turns)
            params: dict[str, Param] = {"month": f"{month:%Y-%m}", "minutes": over, "most": cap}
            yield Breach(days, params, over - cap, subject=f"{month:%Y-%m}", person=person, breaks_on=last)


def months_of(case: Case, person: str) -> dict[date, list[Turn]]:
    """The first of each calendar month that the roster has days in → the turns that begin in it, history too."""
    found: dict[date, list[Turn]] = {}
    for turn in case.turns(person):
        found.setdefault(turn.duty.day.replace(day=1), []).append(turn)
    first = case.roster.first.replace(day=1)
    return {month: turns for month, turns in found.items() if first <= month <= case.roster.last}


def overtime_minutes(case: Case, person: str, month: date, turns: list[Turn]) -> int | None:
    """Counted minutes beyond the month's regular ones, disaster work left out; None where no average is set."""
    week = case.book.policy.average_week_minutes
    if week is None:
        return None
    by_day: dict[date, int] = {}
    for turn in turns:
        by_day[turn.duty.day] = by_day.get(turn.duty.day, 0) + turn.counted_minutes
    apart = disaster_minutes(case, person, by_day)
    return max(0, sum(by_day.values()) - apart - week * _length(month) // 7)


def disaster_minutes(case: Case, person: str, counted_by_day: dict[date, int]) -> int:
    """应急工时 of the days, no more on a day than the duties of the day count."""
    logged: dict[date, int] = {}
    for work in case.ground.disaster.get(person, ()):
        logged[work.day] = logged.get(work.day, 0) + work.minutes
    return sum(min(minutes, counted_by_day.get(day, 0)) for day, minutes in logged.items())


def _length(month: date) -> int:
    return monthrange(month.year, month.month)[1]
