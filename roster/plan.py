"""A roster: who stands on which seat of which shift, and the book of everything that planning needs to know."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from roster.calendar import Calendar
from roster.people import Absence, Debts, DisasterWork, Pair, Person, Request
from roster.policy import Policy
from roster.shifts import Post, Readiness, Rotation, SeatRule, ShiftType, Team


@dataclass(frozen=True, slots=True, order=True)
class Duty:
    """One person on one seat. `seat` is `Seat.key`. `borrowed_from` names the home team of somebody on loan.

    `pinned` duties are not moved by the machine. `authorisation` names the record that allows an overridable rule
    to be broken here, by whom and why. Where somebody takes over in the middle of a duty, both hold the seat: the one
    until `early_minutes` before the shift's end, the other from `late_minutes` after its beginning.
    """

    day: date
    team: str
    shift: str
    seat: str
    person: str
    pinned: bool = False
    borrowed_from: str = ""
    authorisation: str = ""
    late_minutes: int = 0
    early_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Roster:
    """The duties of some teams from `first` for `days` days, sorted. A duty belongs to the day it begins on."""

    county: str
    first: date
    days: int
    teams: tuple[str, ...]
    duties: tuple[Duty, ...]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


@dataclass(frozen=True, slots=True)
class Authorisation:
    """A recorded permission to break one overridable rule on days `first` to `last`, for a person, or (the person
    empty) for a team as a whole: a seat that stays empty."""

    code: str
    rule: str
    person: str
    first: date
    last: date
    by: str
    reason: str
    team: str = ""


@dataclass(frozen=True, slots=True)
class Book:
    """Everything known when a month is planned. `history`: duties before the first day, as served."""

    county: str
    time_zone: ZoneInfo
    people: Mapping[str, Person]
    teams: Mapping[str, Team]
    shifts: Mapping[str, ShiftType]
    rotations: Mapping[str, Rotation]
    seat_rules: tuple[SeatRule, ...]
    calendar: Calendar
    policy: Policy
    absences: tuple[Absence, ...] = ()
    requests: tuple[Request, ...] = ()
    pairs: tuple[Pair, ...] = ()
    posts: tuple[Post, ...] = ()
    readiness: tuple[Readiness, ...] = ()
    authorisations: tuple[Authorisation, ...] = ()
    debts: Debts = field(default_factory=dict)
    history: tuple[Duty, ...] = ()
    disaster: tuple[DisasterWork, ...] = ()
    periods: tuple[tuple[date, int], ...] = ()
    """First days and lengths of what is published: rules that hold over a whole period are judged over each of these,
    whatever part of it the roster at hand is. Empty: the roster is one itself."""

    def members(self, team: str, on: date) -> tuple[Person, ...]:
        """Who serves a team on a day, by code."""
        return tuple(p for _, p in sorted(self.people.items()) if p.serves(team, on))

    def span(self, day: date, shift: str) -> tuple[datetime, datetime]:
        """A shift's beginning and end as aware instants; the length is elapsed time also when the clock is changed."""
        kind = self.shifts[shift]
        starts = datetime.combine(day, kind.starts, self.time_zone)
        utc = ZoneInfo("UTC")
        return starts.astimezone(utc), starts.astimezone(utc) + timedelta(minutes=kind.minutes)

    def times(self, duty: Duty) -> tuple[datetime, datetime]:
        """From when until when a person holds the seat: the shift's span, less what others have of it."""
        starts, ends = self.span(duty.day, duty.shift)
        return starts + timedelta(minutes=duty.late_minutes), ends - timedelta(minutes=duty.early_minutes)
