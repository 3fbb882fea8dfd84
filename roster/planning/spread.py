"""How equal a team's shares came out: the ranges of nights and weekends among comparable members."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from roster.plan import Book, Duty
from roster.planning.spans import Spans, midnight, minute_of, week_of

NIGHTS_RANGE = 1
WEEKENDS_RANGE = 2


@dataclass(frozen=True, slots=True)
class Spread:
    """Of one team and employment. Debts of earlier months decide who has the odd duty; they are not in the range."""

    team: str
    employment: str
    people: tuple[str, ...]
    nights: int
    weekends: int

    @property
    def is_fair(self) -> bool:
        return self.nights <= NIGHTS_RANGE and self.weekends <= WEEKENDS_RANGE


def comparable(book: Book, team: str, first: date, days: int) -> dict[str, tuple[str, ...]]:
    """Employment → members at home in the team who are there, and not away for a minute, all the time."""
    last = first + timedelta(days=days - 1)
    begins, ends = midnight(book, first), midnight(book, first + timedelta(days=days))
    away = {
        absence.person
        for absence in book.absences
        if minute_of(absence.starts) < ends and begins < minute_of(absence.ends)
    }
    groups: dict[str, list[str]] = defaultdict(list)
    for code, person in sorted(book.people.items()):
        at_home = bool(person.memberships) and person.home_team == team
        if at_home and code not in away and person.serves(team, first) and person.serves(team, last):
            groups[person.employment.value].append(code)
    return {employment: tuple(found) for employment, found in groups.items()}


def spreads_of(book: Book, team: str, first: date, days: int, duties: Iterable[Duty]) -> tuple[Spread, ...]:
    """Of the groups with at least two members. `duties`: all of theirs, also in other teams."""
    spans = Spans(book)
    last = first + timedelta(days=days - 1)
    nights: dict[str, int] = defaultdict(int)
    weekends: dict[str, set[date]] = defaultdict(set)
    for duty in duties:
        if first <= duty.day <= last:
            nights[duty.person] += book.shifts[duty.shift].night
            touched = (at for at in spans.weekend_days(duty.day, duty.shift) if first <= at <= last)
            weekends[duty.person].update(week_of(at) for at in touched)
    found = []
    for employment, people in comparable(book, team, first, days).items():
        if len(people) < 2:
            continue
        of_nights = [nights[who] for who in people]
        of_weekends = [len(weekends[who]) for who in people]
        widths = (max(of_nights) - min(of_nights), max(of_weekends) - min(of_weekends))
        found.append(Spread(team, employment, people, *widths))
    return tuple(found)
