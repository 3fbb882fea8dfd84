"""What a publication replaces: days that are over stay as they were, whatever a version says of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from roster.plan import Duty, Roster

TeamDay = tuple[str, date]
Run = tuple[str, date, date]


@dataclass(frozen=True, slots=True)
class Publication:
    """The team-days that a version takes, and the duties of before and of afterwards on them."""

    takes: frozenset[TeamDay]
    was: tuple[Duty, ...]
    will: tuple[Duty, ...]

    @property
    def first(self) -> date:
        return min(day for _, day in self.takes)

    @property
    def last(self) -> date:
        return max(day for _, day in self.takes)


def publication(
    version: Roster,
    in_force: Iterable[Duty],
    published: Mapping[TeamDay, int],
    today: date,
    since: date | None,
) -> Publication:
    """`since` is the first day on which this version replaces another; tomorrow when it is not given.

    Days that nobody has published yet are taken in any case, also those that are over: a roster that was entered late
    is better than none, and hours and fairness need it.
    """
    replaces_from = today + timedelta(days=1) if since is None else since
    takes = frozenset(
        (team, day)
        for team in version.teams
        for day in (version.first + timedelta(days=n) for n in range(version.days))
        if day >= replaces_from or (team, day) not in published
    )
    return Publication(
        takes,
        tuple(duty for duty in in_force if (duty.team, duty.day) in takes),
        tuple(duty for duty in version.duties if (duty.team, duty.day) in takes),
    )


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
