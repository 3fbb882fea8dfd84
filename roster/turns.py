"""The turns of a roster: one shift of one team on one day, its seats as planned, and who answered for them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from roster.demand import seats_of
from roster.plan import Book, Duty, Roster


@dataclass(frozen=True, slots=True)
class TurnSeat:
    """A seat of a turn as it was planned; `planned` None: nobody is."""

    key: str
    unit: str
    role: str
    needs: tuple[str, ...]
    required: bool
    planned: str | None


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody answered for a seat: counts from `since` until `gone` (None: still there)."""

    seat: str
    person: str
    since: datetime
    gone: datetime | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One shift of one team, from `starts` to `ends` (UTC), and who has answered for its seats."""

    team: str
    day: date
    shift: str
    starts: datetime
    ends: datetime
    seats: tuple[TurnSeat, ...]
    present: tuple[Presence, ...] = ()

    @property
    def begins(self) -> datetime:
        """Its beginning, or earlier if somebody took over before."""
        return min([self.starts, *(one.since for one in self.present)])


def turns_of(
    book: Book, roster: Roster, first: date, last: date, now: datetime | None = None
) -> Iterator[Turn]:
    """Every turn that a roster plans to begin from `first` to `last`, with nobody there yet.

    Of several who share a seat by taking over, the planned one is whose part has begun (`now` None: the last one's).
    """
    planned: defaultdict[tuple[str, date, str], list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        if first <= duty.day <= last:
            planned[duty.team, duty.day, duty.shift].append(duty)
    day, end = max(first, roster.first), min(last, roster.last)
    while day <= end:
        for team in roster.teams:
            for shift in book.teams[team].shifts:
                turn = _turn(book, team, day, shift, planned.get((team, day, shift), ()), now)
                if turn.seats:
                    yield turn
        day += timedelta(days=1)


def _turn(book: Book, team: str, day: date, shift: str, duties: Iterable[Duty], now: datetime | None) -> Turn:
    # One zone object for all: comparing instants of two costs ten times as much.
    starts, ends = (moment.astimezone(UTC) for moment in book.span(day, shift))
    holders: dict[str, str] = {}
    for duty in sorted(duties, key=lambda duty: duty.late_minutes):
        begun = now is None or starts + timedelta(minutes=duty.late_minutes) <= now
        if begun or duty.seat not in holders:
            holders[duty.seat] = duty.person
    seats = [
        TurnSeat(s.key, s.unit, s.role, s.needs, s.required, holders.get(s.key))
        for s in seats_of(book, team, day)
        if s.shift == shift
    ]
    known = {seat.key for seat in seats}
    # Planned under seat rules that have changed since: who is on the roster stays on it.
    seats += [_left_over(key, person) for key, person in sorted(holders.items()) if key not in known]
    return Turn(team, day, shift, starts, ends, tuple(seats))


def _left_over(key: str, person: str) -> TurnSeat:
    unit, role, _ = key.rsplit("/", 2)
    return TurnSeat(key, unit, role, (), False, person)
