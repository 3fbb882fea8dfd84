"""Hours and fairness in figures: what each person has in a roster, and the debts that the next month begins with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from roster.people import NO_DEBT, Debt
from roster.rules.case import Case
from roster.rules.hours import disaster_minutes, months_of, overtime_minutes
from roster.rules.turn import midnight


@dataclass(frozen=True, slots=True)
class Summary:
    """One person in one roster. `overtime_minutes` are those of the calendar months that the roster has days in, served
    duties of these months included, disaster work left out; None where the county sets no weekly average."""

    person: str
    team: str
    duties: int
    present_minutes: int
    counted_minutes: int
    overtime_minutes: int | None
    disaster_minutes: int
    nights: int
    weekends: int
    holidays: int
    lent_duties: int
    present_share: float
    """The part of the roster's days on which the person belongs to the home team and is not away."""


def summaries(case: Case) -> tuple[Summary, ...]:
    """Everybody who serves a team of the roster or stands in it, by team and code."""
    found = [summary_of(case, code) for code in case.people() if case.book.people[code].memberships]
    return tuple(sorted(found, key=lambda one: (one.team, one.person)))


def summary_of(case: Case, person: str) -> Summary:
    turns = case.planned(person)
    overtime = [overtime_minutes(case, person, m, found) for m, found in months_of(case, person).items()]
    known = [minutes for minutes in overtime if minutes is not None]
    by_day = {turn.duty.day: 0 for turn in turns}
    for turn in turns:
        by_day[turn.duty.day] += turn.counted_minutes
    return Summary(
        person,
        case.book.people[person].home_team,
        len(turns),
        sum(turn.minutes for turn in turns),
        sum(by_day.values()),
        sum(known) if case.book.policy.average_week_minutes is not None else None,
        disaster_minutes(case, person, by_day),
        case.load(person).nights,
        len(case.load(person).weekends),
        case.load(person).holidays,
        sum(1 for turn in turns if turn.duty.borrowed_from),
        _present_share(case, person),
    )


def carry_over(case: Case) -> dict[str, Debt]:
    """Debts after this roster: the old ones, plus what a person did beyond the share due among the members of the
    same team and employment. Who was there for half of the days owes half a share."""
    groups: dict[tuple[str, str], list[Summary]] = {}
    for one in summaries(case):
        groups.setdefault((one.team, case.book.people[one.person].employment.value), []).append(one)
    found: dict[str, Debt] = {}
    for members in groups.values():
        whole = sum(one.present_share for one in members)
        for one in members:
            part = one.present_share / whole if whole else 0.0
            old = case.book.debts.get(one.person, NO_DEBT)
            found[one.person] = Debt(
                old.nights + _beyond(members, one, part, lambda s: s.nights),
                old.weekends + _beyond(members, one, part, lambda s: s.weekends),
                old.holidays + _beyond(members, one, part, lambda s: s.holidays),
                old.minutes + _beyond(members, one, part, lambda s: s.counted_minutes),
            )
    return found


def _beyond(members: list[Summary], one: Summary, part: float, of: Callable[[Summary], int]) -> float:
    # Rounded so that thirds added up over a year do not end in the fifteenth decimal.
    return round(of(one) - part * sum(of(member) for member in members), 6)


def _present_share(case: Case, person: str) -> float:
    who = case.book.people[person]
    there = [day for day in case.days() if who.serves(who.home_team, day)]
    if person in case.ground.away:
        noons = {day: midnight(day, case.book.time_zone) + 720 for day in there}
        there = [day for day in there if not case.ground.is_away(person, noons[day], noons[day] + 1)]
    return len(there) / case.roster.days if case.roster.days else 0.0
