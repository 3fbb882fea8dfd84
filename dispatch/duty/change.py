"""What changes when a roster changes: duties that go and duties that come, and the way back from the journal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from roster.people import Absence
from roster.plan import Book, Duty

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


def moved(
    book: Book, duties: Iterable[Duty], moves: Iterable[Move], now: datetime | None
) -> tuple[Duty, ...]:
    """The duties after these moves, sorted. Who belongs to another team is marked as lent by it.

    A shift that is running at `now` (None: nothing runs in a draft) is handed over at this minute: who sat there keeps
    what was served, who comes has the rest. What was over before stays.
    """
    standing: dict[Spot, list[Duty]] = {}
    for duty in duties:
        standing.setdefault(spot(duty), []).append(duty)
    # Every seat is emptied before anybody is put there: two people may exchange theirs.
    served: dict[Spot, int] = {}
    for move in moves:
        served[move.spot] = 0 if now is None else minutes_served(book, move.day, move.shift, now)
        kept = [until_served(book, duty, served[move.spot]) for duty in standing.get(move.spot, ())]
        standing[move.spot] = [duty for duty in kept if duty is not None]
    for move in moves:
        if move.person is not None:
            standing[move.spot].append(_duty(book, move, move.person, served[move.spot]))
    return tuple(sorted(duty for held in standing.values() for duty in held))


def released(book: Book, duties: Iterable[Duty], absence: Absence) -> tuple[Duty, ...]:
    """The duties without those of somebody who is away: a running one ends when the absence begins."""
    left: list[Duty] = []
    for duty in duties:
        starts, ends = book.times(duty)
        if duty.person != absence.person or ends <= absence.starts or starts >= absence.ends:
            left.append(duty)
            continue
        kept = until_served(book, duty, minutes_served(book, duty.day, duty.shift, absence.starts))
        if kept is not None:
            left.append(kept)
    return tuple(sorted(left))


def minutes_served(book: Book, day: date, shift: str, now: datetime) -> int:
    """How much of a shift is over: more than it has, once it is over whole."""
    starts, _ = book.span(day, shift)
    return max(0, int((now - starts).total_seconds() // 60))


def until_served(book: Book, duty: Duty, served: int) -> Duty | None:
    """What is left of a duty that ends so many minutes after its shift began; None when it had not begun."""
    if served <= duty.late_minutes:
        return None
    early = max(duty.early_minutes, book.shifts[duty.shift].minutes - served)
    return replace(duty, early_minutes=early)


def since_served(book: Book, duty: Duty, served: int) -> Duty | None:
    """What is left of a duty that begins so many minutes after its shift did; None when it was over by then."""
    if book.shifts[duty.shift].minutes - duty.early_minutes <= served:
        return None
    return replace(duty, late_minutes=max(duty.late_minutes, served))


def _duty(book: Book, move: Move, person: str, served: int) -> Duty:
    return Duty(
        day=move.day,
        team=move.team,
        shift=move.shift,
        seat=move.seat,
        person=person,
        pinned=move.pinned,
        borrowed_from=_lender(book, move, person),
        authorisation=move.authorisation,
        late_minutes=served,
    )


def _lender(book: Book, move: Move, code: str) -> str:
    """The team that lends this person to the move's; empty for a member of it, and where nobody may lend."""
    person = book.people.get(code)
    if person is None or person.serves(move.team, move.day):
        return ""
    for membership in person.memberships:
        lender = book.teams.get(membership.team)
        if lender is not None and move.team in lender.lends_to and person.serves(lender.code, move.day):
            return lender.code
    return ""


def let_go(book: Book, duties: Iterable[Duty], change: Change, now: datetime) -> frozenset[tuple[Spot, str]]:
    """Seats with the people whom a change takes off at this minute, putting nobody there instead and them nowhere else.

    Whoever gets a successor stays until that one has come; whoever gets another seat, until answered for there.
    """

    def runs(duty: Duty) -> bool:
        starts, ends = book.times(duty)
        return starts <= now < ends

    after = [duty for duty in {*duties} - {*change.gone} | {*change.come} if runs(duty)]
    manned, busy = {spot(duty) for duty in after}, {duty.person for duty in after}
    return frozenset(
        (spot(duty), duty.person)
        for duty in change.gone
        if runs(duty) and spot(duty) not in manned and duty.person not in busy
    )


def difference(before: Iterable[Duty], after: Iterable[Duty]) -> Change:
    """From one set of duties to another."""
    was, will = set(before), set(after)
    return Change(tuple(sorted(was - will)), tuple(sorted(will - was)))


# ── the journal's form: compact, since a county's month holds thousands ────────────────────────────────────────────


def told(duties: Iterable[Duty]) -> list[list[Any]]:
    return [
        [
            *(duty.day.isoformat(), duty.team, duty.shift, duty.seat, duty.person),
            *(int(duty.pinned), duty.borrowed_from, duty.authorisation),
            *(duty.late_minutes, duty.early_minutes),
        ]
        for duty in duties
    ]


def heard(rows: Iterable[Sequence[Any]]) -> tuple[Duty, ...]:
    return tuple(
        Duty(date.fromisoformat(day), team, shift, seat, person, bool(pinned), *rest)
        for day, team, shift, seat, person, pinned, *rest in rows
    )


def replay(events: Iterable[Mapping[str, Any]]) -> tuple[Duty, ...]:
    """The duties in force after these events of a county's roster stream, from its first one on.

    An event says which days of which teams it replaces whole, then which duties went, then which came; any of the
    three may be missing.
    """
    standing: set[Duty] = set()
    for data in events:
        for team, first, last in data.get("replaces", ()):
            since, until = date.fromisoformat(first), date.fromisoformat(last)
            standing = {d for d in standing if d.team != team or not since <= d.day <= until}
        standing -= set(heard(data.get("gone", ())))
        standing |= set(heard(data.get("come", ())))
    return tuple(sorted(standing))
