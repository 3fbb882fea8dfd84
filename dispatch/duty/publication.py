"""What a publication replaces: what is over stays as it was, to the minute, whatever a version says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import groupby

from dispatch.duty.change import Spot, minutes_served, since_served, spot, until_served
from roster.plan import Book, Duty, Roster

TeamDay = tuple[str, date]
Turn = tuple[str, date, str]
Run = tuple[str, date, date]


@dataclass(frozen=True, slots=True)
class Publication:
    """The team-days that a version takes, and the duties of before and of afterwards on them.

    `replaces_from` is the first day on which it replaces what was published before.
    `begun` are the shifts among them that were published and are over or running: nobody rewrites what was served.
    """

    takes: frozenset[TeamDay]
    was: tuple[Duty, ...]
    will: tuple[Duty, ...]
    replaces_from: date
    begun: frozenset[Turn] = frozenset()

    @property
    def first(self) -> date:
        return min(day for _, day in self.takes)

    @property
    def last(self) -> date:
        return max(day for _, day in self.takes)


def publication(
    book: Book,
    version: Roster,
    in_force: Iterable[Duty],
    published: Mapping[TeamDay, int],
    now: datetime,
    since: date | None,
) -> Publication:
    """`since` is the first day on which this version replaces another; tomorrow when it is not given.

    Days that nobody has published yet are taken in any case, also those that are over: a roster that was entered late
    is better than none, and hours and fairness need it. On a published day a shift that is over stays as it was, and
    one that runs is taken over at this minute.
    """
    today = now.astimezone(book.time_zone).date()
    replaces_from = today + timedelta(days=1) if since is None else since
    takes = frozenset(
        (team, day)
        for team in version.teams
        for day in (version.first + timedelta(days=n) for n in range(version.days))
        if day >= replaces_from or (team, day) not in published
    )
    was = tuple(duty for duty in in_force if (duty.team, duty.day) in takes)
    will = tuple(duty for duty in version.duties if (duty.team, duty.day) in takes)
    begun = frozenset(
        (team, day, shift)
        for team, day in takes
        if day <= today and (team, day) in published and team in book.teams
        for shift in book.teams[team].shifts
        if shift in book.shifts and book.span(day, shift)[0] <= now
    )
    return Publication(takes, was, _taken_over(book, was, will, begun, now), replaces_from, begun)


def _taken_over(
    book: Book, was: tuple[Duty, ...], will: tuple[Duty, ...], begun: frozenset[Turn], now: datetime
) -> tuple[Duty, ...]:
    """The version's duties, and on shifts that have begun what was served before them."""
    left = [duty for duty in will if _turn(duty) not in begun]
    spots: dict[Spot, tuple[list[Duty], list[Duty]]] = {}
    for n, duties in enumerate((was, will)):
        for duty in duties:
            if _turn(duty) in begun:
                spots.setdefault(spot(duty), ([], []))[n].append(duty)
    for (day, _, shift, _), (before, after) in spots.items():
        served = minutes_served(book, day, shift, now)
        kept = [one for duty in before if (one := until_served(book, duty, served)) is not None]
        come = [one for duty in after if (one := since_served(book, duty, served)) is not None]
        # Who stays has one duty, not two that meet at this minute.
        for old in kept:
            ends = book.shifts[shift].minutes - old.early_minutes
            same = [n for n, new in enumerate(come) if (new.person, new.late_minutes) == (old.person, ends)]
            if same:
                come[same[0]] = replace(come[same[0]], late_minutes=old.late_minutes)
            else:
                left.append(old)
        left.extend(come)
    return tuple(sorted(left))


def _turn(duty: Duty) -> Turn:
    return (duty.team, duty.day, duty.shift)


def runs(takes: Iterable[TeamDay]) -> list[Run]:
    """Team-days as spans, a team's days in a row together."""
    found: list[Run] = []
    for team, group in groupby(sorted(takes), key=lambda one: one[0]):
        for _, day in group:
            if found and found[-1][0] == team and found[-1][2] + timedelta(days=1) == day:
                found[-1] = (team, found[-1][1], day)
            else:
                found.append((team, day, day))
    return found
