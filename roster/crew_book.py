"""A duty roster laid out for asking who can roll: everything about its turns that no instant changes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from roster.crew import Crew, Manned, NextCrew
from roster.people import Person, Qualification
from roster.turns import Turn

DRIVER = "driver"
_BY_SITTING = attrgetter("seat", "person")


class Sitting(NamedTuple):
    """An answer with what becomes of it: the seat in the turn's time, and after it."""

    since: datetime
    gone: datetime | None
    person: str
    seat: str
    unit: str
    codes: tuple[str, ...] | None
    """What the person counts as in this unit; None where that ends while the turn may still count."""
    on_time: Manned
    over: Manned


class Together(NamedTuple):
    """The answers for one unit of a turn. From `whole_from` on they all count, once summed up; None: not so simple."""

    unit: str
    sitting: tuple[Sitting, ...]
    whole_from: datetime | None
    people: frozenset[str]
    keys: frozenset[str]
    seats: tuple[Manned, ...]
    told: dict[str, int]
    relieved: bool
    """Whether a later turn takes over any of the seats."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A turn with everything about it that no instant changes."""

    turn: Turn
    begins: datetime
    units: tuple[Together, ...]
    wanted: Mapping[str, int]
    forecast: Mapping[str, NextCrew]
    relief: frozenset[str]
    """The seats that a later turn takes over when this one ends."""


@dataclass(frozen=True, slots=True)
class LaidTeam:
    """A team's turns in the order in which they begin, and every instant at which its crews may change."""

    turns: tuple[Laid, ...]
    begins: tuple[datetime, ...]
    longest: timedelta
    events: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CrewBook:
    """Turns by team, what the people in them hold, and the classes of the units on wheels. Made by `crew_book`.

    Between two events nothing changes, so the last answer of each team is kept until the next one.
    """

    teams: Mapping[str, LaidTeam]
    qualifications: Mapping[str, tuple[Qualification, ...]]
    vehicle_classes: Mapping[str, str]
    time_zone: ZoneInfo
    standing_over: timedelta
    last: dict[str, tuple[int, dict[str, Crew]]] = field(default_factory=dict)
    held: dict[tuple[str, str | None, date], tuple[str, ...]] = field(default_factory=dict)

    def forget(self) -> None:
        """Count anew at the next question; for measuring."""
        self.last.clear()


def crew_book(
    turns: Iterable[Turn],
    people: Iterable[Person],
    vehicle_classes: Mapping[str, str],
    time_zone: ZoneInfo,
    standing_over: timedelta,
) -> CrewBook:
    by_team: defaultdict[str, list[Turn]] = defaultdict(list)
    for turn in turns:
        by_team[turn.team].append(turn)
    held = {person.code: person.qualifications for person in people}
    book = CrewBook({}, held, vehicle_classes, time_zone, standing_over)
    return replace(book, teams={team: _laid_team(book, some) for team, some in sorted(by_team.items())})


def _laid_team(book: CrewBook, turns: list[Turn]) -> LaidTeam:
    ordered = sorted(turns, key=lambda turn: (turn.begins, turn.ends, turn.shift))
    laid = tuple(_laid(book, turn, ordered[max(0, n - 8) : n + 9]) for n, turn in enumerate(ordered))
    events = {moment for turn in turns for moment in _moments(turn, book.standing_over)}
    for person in {one.person for turn in turns for one in turn.present}:
        for until in (q.until for q in book.qualifications.get(person, ()) if q.until is not None):
            midnight = datetime.combine(until + timedelta(days=1), time(), book.time_zone)
            events.add(midnight.astimezone(UTC))
    longest = max(turn.ends - turn.begins for turn in turns)
    return LaidTeam(laid, tuple(one.begins for one in laid), longest, tuple(sorted(events)))


def _moments(turn: Turn, standing_over: timedelta) -> Iterator[datetime]:
    yield from (turn.begins, turn.starts, turn.ends, turn.ends + standing_over)
    for one in turn.present:
        yield one.since
        if one.gone is not None:
            yield one.gone


def _laid(book: CrewBook, turn: Turn, nearby: list[Turn]) -> Laid:
    wanted: defaultdict[str, int] = defaultdict(int)
    filled: defaultdict[str, int] = defaultdict(int)
    answered = {one.seat for one in turn.present if one.gone is None}
    for seat in turn.seats:
        wanted[seat.unit] += seat.required
        filled[seat.unit] += seat.planned is not None or seat.key in answered
    relief = _relief(nearby, turn)
    return Laid(
        turn,
        turn.begins,
        tuple(_together(sorted(_sitting(book, turn), key=_BY_SITTING), relief)),
        dict(wanted),
        {unit: NextCrew(turn.starts, turn.shift, filled[unit], wanted[unit]) for unit in wanted},
        relief,
    )


def _together(sitting: list[Sitting], relief: frozenset[str]) -> Iterator[Together]:
    """By unit; whoever answered for two seats of a turn makes nothing of it simple."""
    everybody = len({one.person for one in sitting}) == len(sitting)
    by_unit: defaultdict[str, list[Sitting]] = defaultdict(list)
    for one in sitting:
        by_unit[one.unit].append(one)
    for unit, some in by_unit.items():
        simple = everybody and all(one.gone is None and one.codes is not None for one in some)
        yield Together(
            unit,
            tuple(some),
            max(one.since for one in some) if simple else None,
            frozenset(one.person for one in some),
            frozenset(one.seat for one in some),
            tuple(one.on_time for one in some),
            Counter(code for one in some for code in one.codes or ()),
            any(one.seat in relief for one in some),
        )


def _sitting(book: CrewBook, turn: Turn) -> Iterator[Sitting]:
    first = turn.begins.astimezone(book.time_zone).date()
    last = (turn.ends + book.standing_over).astimezone(book.time_zone).date()
    seats = {seat.key: seat for seat in turn.seats}
    for one in turn.present:
        if (seat := seats.get(one.seat)) is not None:
            on_time = Manned(one.seat, seat.role, one.person, one.since)
            over = replace(on_time, standing_over=True)
            vehicle_class = book.vehicle_classes.get(seat.unit)
            held = book.qualifications.get(one.person, ())
            ends = any(q.until is not None and first <= q.until < last for q in held)
            codes = None if ends else held_as(book, one.person, vehicle_class, first)
            yield Sitting(one.since, one.gone, one.person, one.seat, seat.unit, codes, on_time, over)


def _relief(turns: Iterable[Turn], turn: Turn) -> frozenset[str]:
    later = [other for other in turns if other.starts > turn.starts]
    if not later:
        # Nobody has planned what follows: that is no reason to leave the station.
        return frozenset(seat.key for seat in turn.seats)
    return frozenset(
        seat.key for other in later if other.starts <= turn.ends < other.ends for seat in other.seats
    )


def held_as(book: CrewBook, person: str, vehicle_class: str | None, today: date) -> tuple[str, ...]:
    """What a person counts as on a day in a unit of this class; on foot nobody drives."""
    key = (person, vehicle_class, today)
    found = book.held.get(key)
    if found is None:
        valid = {q.code for q in book.qualifications.get(person, ()) if q.until is None or q.until >= today}
        drives = vehicle_class is not None and bool(valid & {DRIVER, f"{DRIVER}:{vehicle_class}"})
        others = valid - {DRIVER, f"{DRIVER}:{vehicle_class}"}
        found = book.held[key] = (*sorted(others), *((DRIVER,) if drives else ()))
    return found
