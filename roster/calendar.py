"""Which days are holidays, weekends and seasons: from a library, corrected by the county's own calendar."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Season:
    """A span of the year that returns: (month, day) to (month, day), over New Year if the end comes first."""

    code: str
    name: str
    first: tuple[int, int]
    last: tuple[int, int]

    def holds(self, day: date) -> bool:
        at = (day.month, day.day)
        if self.first <= self.last:
            return self.first <= at <= self.last
        return at >= self.first or at <= self.last


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays`: day → name; `workdays`: weekend days that are swapped into work (调休); both final.

    `unconfirmed`: years whose swapped days the library does not know and no county calendar gives (待核).
    """

    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: frozenset[date] = frozenset()
    seasons: tuple[Season, ...] = ()
    unconfirmed: frozenset[int] = frozenset()

    def is_holiday(self, day: date) -> bool:
        return day in self.holidays

    def is_weekend(self, day: date) -> bool:
        """A Saturday or Sunday that is not swapped into a working day."""
        return day.weekday() >= 5 and day not in self.workdays

    def in_season(self, code: str, day: date) -> bool:
        return any(season.code == code and season.holds(day) for season in self.seasons)
