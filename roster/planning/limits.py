"""The working-time limits that hold for one person in one team, after exemptions and authorisations."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from roster.people import Employment, Person
from roster.plan import Book
from roster.planning.spans import is_living_in

EXEMPT = frozenset({Employment.VOLUNTEER, Employment.PART_TIME, Employment.CADRE})
"""Whose hours the Labour Law's chapters on working time do not bound here: volunteers and part-time members have
another employer, cadres watch by turns under their own rules. Rest, overlap and qualifications hold for all."""


@dataclass(frozen=True, slots=True)
class Limits:
    """None: no limit. Minutes are counted minutes."""

    run_days: int | None
    living_in_run_days: int | None
    nights: int | None
    week_minutes: int | None
    period_minutes: int | None
    weekends: int | None
    week_days: int | None
    """Duty days in a calendar week."""
    period_days: int | None
    """Duty days in the period planned: under 驻勤轮休 its length less the days off."""


def limits_of(book: Book, person: Person, team: str, first: date, days: int) -> Limits:
    """What bounds a person's duties of `days` days from `first`."""
    policy = book.policy
    exempt = person.employment in EXEMPT
    living_in = is_living_in(book, team)
    period = None
    if policy.average_week_minutes is not None:
        period = policy.average_week_minutes * days // 7
    return Limits(
        run_days=None if exempt else policy.longest_run_days,
        living_in_run_days=policy.longest_run_days_living_in,
        nights=None if exempt else policy.longest_nights,
        week_minutes=None if exempt else policy.week_minutes,
        period_minutes=None if exempt else period,
        weekends=None if exempt else policy.weekends_most,
        week_days=None if exempt or living_in else 7 - policy.days_off_a_week,
        period_days=days - days_off_owed(book, person, team, first, days) if living_in else None,
    )


def days_off_owed(book: Book, person: Person, team: str, first: date, days: int) -> int:
    """Days off due within the days planned, in proportion where they are not a whole month."""
    rotation = book.rotations[book.teams[team].rotation]
    following = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    month = (following - first.replace(day=1)).days
    return min(days, -(-rotation.days_off_a_month * days // month))


def lifted(book: Book, rule: str, person: str, day: date) -> bool:
    """Whether an authorisation on record lifts an overridable rule for a person on a day."""
    return any(
        a.rule == rule and a.person == person and a.first <= day <= a.last for a in book.authorisations
    )


LIFTABLE = frozenset({"longest_run", "nights", "week_minutes", "average"})
"""Rules whose authorisation the planner makes use of; the others are obeyed even if somebody allowed a breach."""


def lifted_rules(book: Book, person: str, day: date) -> frozenset[str]:
    return frozenset(rule for rule in LIFTABLE if lifted(book, rule, person, day))
