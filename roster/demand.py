"""The seats of a team on a day: its seat rules, the season and the readiness level, laid out one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from roster.plan import Book
from roster.shifts import Seat


def seats_of(book: Book, team: str, day: date) -> tuple[Seat, ...]:
    """Every seat of the team's duties that begin on this day, ordered; seats of the same name are numbered on."""
    found: list[Seat] = []
    numbers: defaultdict[tuple[str, str, str], int] = defaultdict(int)
    for rule in book.seat_rules:
        if rule.team != team or not _holds(book, rule.season, rule.first, rule.last, day):
            continue
        for shift in rule.shifts or book.teams[team].shifts:
            for _ in range(rule.count):
                place = (shift, rule.unit or "", rule.role)
                found.append(
                    Seat(team, day, *place, numbers[place], rule.needs, rule.required, rule.priority)
                )
                numbers[place] += 1
    return tuple(sorted(found))


def seats_between(book: Book, team: str, first: date, days: int) -> Iterator[Seat]:
    for offset in range(days):
        yield from seats_of(book, team, first + timedelta(days=offset))


def _holds(book: Book, season: str | None, first: date | None, last: date | None, day: date) -> bool:
    if season is not None and not book.calendar.in_season(season, day):
        return False
    return (first is None or first <= day) and (last is None or day <= last)
