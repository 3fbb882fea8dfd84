"""What changes when a roster changes: duties that go and duties that come, and the way back from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from roster.plan import Duty, Roster

Spot = tuple[date, str, str, str]
"""Where one person can sit: day, team, shift, seat key."""


@dataclass(frozen=True, slots=True)
class Move:
    """Put this person on a seat, or (None) nobody. What stood there before is released."""

    day: date
    team: str
    shift: str
    seat: str
    person: str | None
    pinned: bool = False
    authorisation: str = ""

    @property
    def spot(self) -> Spot:
        return (self.day, self.team, self.shift, self.seat)


@dataclass(frozen=True, slots=True)
class Change:
    """Sorted; a duty of the same seat in both means another person, or another mark on the same one."""

    gone: tuple[Duty, ...]
    come: tuple[Duty, ...]

    def __bool__(self) -> bool:
        return bool(self.gone or self.come)

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({duty.person for duty in (*self.gone, *self.come)}))

    @property
    def teams(self) -> tuple[str, ...]:
        return tuple(sorted({duty.team for duty in (*self.gone, *self.come)}))

    @property
    def days(self) -> tuple[date, ...]:
        return tuple(sorted({duty.day for duty in (*self.gone, *self.come)}))


def spot(duty: Duty) -> Spot:
    return (duty.day, duty.team, duty.shift, duty.seat)


def moved(duties: Iterable[Duty], moves: Sequence[Move], home_teams: Mapping[str, str]) -> tuple[Duty, ...]:
    """The duties after these moves, sorted; each move empties its seat before anybody is put there.

    Who serves another team than the home team is marked as borrowed from it.
    """
    touched = {move.spot for move in moves}
    kept = [duty for duty in duties if spot(duty) not in touched]
    come = [_duty(move, move.person, home_teams) for move in moves if move.person is not None]
    return tuple(sorted((*kept, *come)))


def _duty(move: Move, person: str, home_teams: Mapping[str, str]) -> Duty:
    home = home_teams.get(person, move.team)
    return Duty(
        day=move.day,
        team=move.team,
        shift=move.shift,
        seat=move.seat,
        person=person,
        pinned=move.pinned,
        borrowed_from="" if home == move.team else home,
        authorisation=move.authorisation,
    )


def difference(before: Iterable[Duty], after: Iterable[Duty]) -> Change:
    """From one set of duties to another."""
    was, will = set(before), set(after)
    return Change(tuple(sorted(was - will)), tuple(sorted(will - was)))


def days_of(first: date, days: int) -> Iterator[date]:
    return (first + timedelta(days=offset) for offset in range(days))


def part_of(roster: Roster, since: date) -> Roster:
    """The roster from a day on. Days that are over stay as they were served; a publication replaces only the rest."""
    first = max(roster.first, since)
    days = (roster.last - first).days + 1
    if days < 1:
        return replace(roster, days=0, duties=())
    return replace(
        roster, first=first, days=days, duties=tuple(duty for duty in roster.duties if duty.day >= first)
    )


# ── the journal's form: compact, since a county's month holds thousands ────────────────────────────────────────────


def told(duties: Iterable[Duty]) -> list[list[Any]]:
    return [
        [
            *(duty.day.isoformat(), duty.team, duty.shift, duty.seat, duty.person),
            *(int(duty.pinned), duty.borrowed_from, duty.authorisation),
        ]
        for duty in duties
    ]


def heard(rows: Iterable[Sequence[Any]]) -> tuple[Duty, ...]:
    return tuple(
        Duty(date.fromisoformat(day), team, shift, seat, person, bool(pinned), borrowed_from, authorisation)
        for day, team, shift, seat, person, pinned, borrowed_from, authorisation in rows
    )


def replay(events: Iterable[Mapping[str, Any]]) -> tuple[Duty, ...]:
    """The duties in force after these events of a county's roster stream, from its first one on.

    An event says which teams and days it replaces whole, then which duties went, then which came; any of the three
    may be missing.
    """
    standing: set[Duty] = set()
    for data in events:
        if replaced := data.get("replaces"):
            teams = set(replaced["teams"])
            first, last = date.fromisoformat(replaced["first"]), date.fromisoformat(replaced["last"])
            standing = {d for d in standing if d.team not in teams or not first <= d.day <= last}
        standing -= set(heard(data.get("gone", ())))
        standing |= set(heard(data.get("come", ())))
    return tuple(sorted(standing))
