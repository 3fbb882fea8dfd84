"""The working-time limits that hold for one person in one team, after exemptions and authorisations.

They are read from the policy anew, not from `roster.rules`: the checker there audits what is planned by these.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from roster.people import Employment, Person
from roster.plan import Book
from roster.planning.spans import is_living_in
from roster.policy import Policy, Strength

UNPAID = frozenset({Employment.VOLUNTEER})
ELSEWHERE = frozenset({Employment.VOLUNTEER, Employment.CADRE, Employment.PART_TIME})
LIFTABLE = frozenset({"longest_run", "nights", "week_minutes", "average"})
"""Rules whose authorisation the planner makes use of; the others it obeys even where somebody allowed a breach."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. Minutes are counted minutes."""

    run_days: int | None
    living_in_run_days: int | None
    nights: int | None
    week_minutes: int | None
    averages: tuple[tuple[date, int, int], ...]
    """First day, number of days and the most minutes of each averaging period, which may begin in history."""
    weekends: int | None
    week_days: int | None
    """Duty days in seven days in a row."""
    months: tuple[tuple[frozenset[date], int], ...] = ()
    """驻勤轮休: days of a calendar month, and on how many of them duties may begin."""


def limits_of(book: Book, person: Person, team: str, first: date, days: int) -> Limits:
    """What bounds a person's duties of `days` days from `first`."""
    policy, serves_as = book.policy, person.employment
    living_in = is_living_in(book, team)

    def bound(rule: str, exempt: frozenset[Employment], figure: int | None) -> int | None:
        free = serves_as in exempt or policy.strengths.get(rule) is Strength.PREFERENCE
        return None if free else figure

    return Limits(
        run_days=bound("longest_run", ELSEWHERE, policy.longest_run_days),
        living_in_run_days=bound("longest_run", ELSEWHERE, policy.longest_run_days_living_in),
        nights=bound("nights", ELSEWHERE, policy.longest_nights),
        week_minutes=bound("week_minutes", ELSEWHERE, policy.week_minutes),
        averages=_averages(policy, first, days) if bound("average", ELSEWHERE, 1) else (),
        weekends=bound("weekends", ELSEWHERE, policy.weekends_most),
        week_days=None if living_in else bound("rest_day", ELSEWHERE, 7 - policy.days_off_a_week),
        months=_months(book, person, team, first, days)
        if living_in and bound("days_off_month", UNPAID, 1)
        else (),
    )


def _averages(policy: Policy, first: date, days: int) -> tuple[tuple[date, int, int], ...]:
    """A roster shorter than the period is filled up with the history before it, a longer one parted evenly."""
    if policy.average_week_minutes is None:
        return ()
    length = policy.average_days
    if days <= length:
        parts = [(days - length, days)]
    else:
        borders = [days * part // (days // length) for part in range(days // length + 1)]
        parts = list(pairwise(borders))
    return tuple(
        (first + timedelta(days=begin), end - begin, policy.average_week_minutes * (end - begin) // 7)
        for begin, end in parts
    )


def _months(
    book: Book, person: Person, team: str, first: date, days: int
) -> tuple[tuple[frozenset[date], int], ...]:
    """The rotation's days off, in proportion where a month is not planned or known whole; absence is no day off."""
    owed = book.rotations[book.teams[team].rotation].days_off_a_month
    away = {
        day
        for absence in book.absences
        if absence.person == person.code
        for day in _days(absence.starts.astimezone(book.time_zone).date(),
                         (absence.ends - timedelta(minutes=1)).astimezone(book.time_zone).date())
    }  # fmt: skip
    served = {duty.day for duty in book.history if duty.person == person.code}
    months: dict[date, set[date]] = {}
    begin = min([first, *served])
    for day in _days(begin, first + timedelta(days=days - 1)):
        if day >= first.replace(day=1) and day not in away and person.serves(team, day):
            months.setdefault(day.replace(day=1), set()).add(day)
    limits = []
    for month, known in sorted(months.items()):
        length = monthrange(month.year, month.month)[1]
        most = len(known) - owed * len(known) // length
        planned = frozenset(day for day in known if day >= first)
        limits.append((planned, max(0, most - len(known & served - planned))))
    return tuple(limits)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=offset) for offset in range((last - first).days + 1)]


def lifted(book: Book, rule: str, person: str, day: date) -> bool:
    """Whether an authorisation on record lifts an overridable rule for a person on a day."""
    return any(
        a.rule == rule and a.person == person and a.first <= day <= a.last for a in book.authorisations
    )


def lifted_rules(book: Book, person: str, day: date) -> frozenset[str]:
    return frozenset(rule for rule in LIFTABLE if lifted(book, rule, person, day))
