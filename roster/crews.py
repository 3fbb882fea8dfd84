"""The crew of a unit at an instant: the one thing that the dispatcher needs to know of a duty roster.

On duty is who is rostered and has answered the roll call, and who stands over: a seat is handed over man for man, so
whoever sits in it stays responsible after the planned end until the next one has answered for that seat, at most the
policy's `standing_over_minutes`. A seat that no later turn has ends as planned: nobody was to relieve it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from operator import attrgetter
from typing import NamedTuple
from zoneinfo import ZoneInfo

from roster.people import Person, Qualification
from roster.turns import Turn

DRIVER, FIREFIGHTER = "driver", "firefighter"
DUTY_ROOM = ""
_BY_SEAT, _BY_SITTING = attrgetter("key", "person"), attrgetter("seat", "person")
_COMING = 4  # turns ahead that may hold a unit's next crew


@dataclass(frozen=True, slots=True)
class Manned:
    """A filled seat. `key` is `Seat.key`; `standing_over`: the planned end has passed and nobody relieved it yet."""

    key: str
    role: str
    person: str
    since: datetime
    standing_over: bool = False


@dataclass(frozen=True, slots=True)
class NextCrew:
    """The forecast at the next handover: how many are planned (or have answered already) for how many seats."""

    at: datetime
    shift: str
    seats_filled: int
    wanted: int


@dataclass(frozen=True, slots=True)
class ForwardPost:
    """靠前驻防: a place (WGS-84 degrees) where a unit and its crew stand and live in the fire season."""

    place: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Crew:
    """Who can roll with a unit: seats filled, how many hold each qualification, and until when (UTC, as planned).

    `driver` counts who may drive this unit's class. `wanted`: the seats that the roster asks for. `post`: where it
    stands, if not at its station. From
    `stands_until` on nobody of it counts any more, relieved or not.
    """

    seats_filled: int
    qualifications: Mapping[str, int]
    until: datetime | None
    seats: tuple[Manned, ...] = ()
    next: NextCrew | None = None
    wanted: int | None = None
    stands_until: datetime | None = None
    post: ForwardPost | None = None

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({seat.person for seat in self.seats}))

    @property
    def standing_over(self) -> bool:
        return any(seat.standing_over for seat in self.seats)


class _Sitting(NamedTuple):
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


@dataclass(frozen=True, slots=True)
class _Laid:
    """A turn with everything about it that no instant changes."""

    turn: Turn
    begins: datetime
    sitting: tuple[_Sitting, ...]
    wanted: Mapping[str, int]
    forecast: Mapping[str, NextCrew]
    relief: frozenset[str]
    """The seats that a later turn takes over when this one ends."""


@dataclass(frozen=True, slots=True)
class _LaidTeam:
    """A team's turns in the order in which they begin, and every instant at which its crews may change."""

    turns: tuple[_Laid, ...]
    begins: tuple[datetime, ...]
    longest: timedelta
    events: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class CrewBook:
    """Turns by team, what the people in them hold, and the classes of the units on wheels. Made by `crew_book`.

    Between two events nothing changes, so the last answer of each team is kept until the next one.
    """

    teams: Mapping[str, _LaidTeam]
    qualifications: Mapping[str, tuple[Qualification, ...]]
    vehicle_classes: Mapping[str, str]
    time_zone: ZoneInfo
    standing_over: timedelta
    _last: dict[str, tuple[int, dict[str, Crew]]] = field(default_factory=dict)
    _held: dict[tuple[str, str | None, date], tuple[str, ...]] = field(default_factory=dict)

    def forget(self) -> None:
        """Count anew at the next question; for measuring."""
        self._last.clear()


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


def _laid_team(book: CrewBook, turns: list[Turn]) -> _LaidTeam:
    ordered = sorted(turns, key=lambda turn: (turn.begins, turn.ends, turn.shift))
    laid = tuple(_laid(book, turn, ordered[max(0, n - 8) : n + 9]) for n, turn in enumerate(ordered))
    events = {moment for turn in turns for moment in _moments(turn, book.standing_over)}
    for person in {one.person for turn in turns for one in turn.present}:
        for until in (q.until for q in book.qualifications.get(person, ()) if q.until is not None):
            midnight = datetime.combine(until + timedelta(days=1), time(), book.time_zone)
            events.add(midnight.astimezone(UTC))
    longest = max(turn.ends - turn.begins for turn in turns)
    return _LaidTeam(laid, tuple(one.begins for one in laid), longest, tuple(sorted(events)))


def _moments(turn: Turn, standing_over: timedelta) -> Iterator[datetime]:
    yield from (turn.begins, turn.starts, turn.ends, turn.ends + standing_over)
    for one in turn.present:
        yield one.since
        if one.gone is not None:
            yield one.gone


def _laid(book: CrewBook, turn: Turn, nearby: list[Turn]) -> _Laid:
    wanted: defaultdict[str, int] = defaultdict(int)
    filled: defaultdict[str, int] = defaultdict(int)
    answered = {one.seat for one in turn.present if one.gone is None}
    for seat in turn.seats:
        wanted[seat.unit] += seat.required
        filled[seat.unit] += seat.planned is not None or seat.key in answered
    return _Laid(
        turn,
        turn.begins,
        tuple(sorted(_sitting(book, turn), key=_BY_SITTING)),
        dict(wanted),
        {unit: NextCrew(turn.starts, turn.shift, filled[unit], wanted[unit]) for unit in wanted},
        _relief(nearby, turn),
    )


def _sitting(book: CrewBook, turn: Turn) -> Iterator[_Sitting]:
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
            codes = None if ends else _held(book, one.person, vehicle_class, first)
            yield _Sitting(one.since, one.gone, one.person, one.seat, seat.unit, codes, on_time, over)


def _relief(turns: Iterable[Turn], turn: Turn) -> frozenset[str]:
    later = [other for other in turns if other.starts > turn.starts]
    if not later:
        # Nobody has planned what follows: that is no reason to leave the station.
        return frozenset(seat.key for seat in turn.seats)
    return frozenset(
        seat.key for other in later if other.starts <= turn.ends < other.ends for seat in other.seats
    )


def crews(book: CrewBook, instant: datetime) -> dict[str, Crew]:
    """Who can roll at an instant, by unit. A rostered unit that nobody answered for is in it with no seat filled."""
    found: dict[str, Crew] = {}
    instant = instant.astimezone(UTC)
    for team in book.teams:
        found.update(team_crews(book, team, instant))
    found.pop(DUTY_ROOM, None)
    return found


def team_crews(book: CrewBook, team: str, instant: datetime) -> Mapping[str, Crew]:
    """The same for one team, with the seats of its duty room under the unit ''."""
    laid = book.teams[team]
    event = bisect_right(laid.events, instant)
    last = book._last.get(team)
    if last is None or last[0] != event:
        last = book._last[team] = (event, _team_crews(book, laid, instant))
    return last[1]


@dataclass(slots=True)
class _Filling:
    """What is gathered of one unit."""

    wanted: int = 0
    seats: list[Manned] = field(default_factory=list)
    codes: list[tuple[str, ...] | None] = field(default_factory=list)
    until: datetime | None = None
    stands_until: datetime | None = None
    next: NextCrew | None = None


def _team_crews(book: CrewBook, laid: _LaidTeam, instant: datetime) -> dict[str, Crew]:
    after = bisect_right(laid.begins, instant)
    first = bisect_right(laid.begins, instant - laid.longest - book.standing_over)
    begun = laid.turns[first:after]
    units: defaultdict[str, _Filling] = defaultdict(_Filling)
    filled: set[str] = set()
    seated: set[str] = set()
    for one in reversed(begun):
        if one.turn.ends > instant:
            _fill(units, one, instant, seated, filled, book.standing_over)
            if one.turn.starts <= instant:
                for unit, count in one.wanted.items():
                    units[unit].wanted += count
    for one in reversed(begun):
        if one.turn.ends <= instant < one.turn.ends + book.standing_over:
            # Man for man: who has been answered for has been relieved, and who has no successor goes home.
            _fill(units, one, instant, seated, filled, book.standing_over, over=one.relief - filled)
    for one in (*begun, *laid.turns[after : after + _COMING]):
        if one.turn.starts > instant:
            for unit, coming in one.forecast.items():
                there = units[unit]
                if there.next is None or coming.at < there.next.at:
                    there.next = coming
    today = instant.astimezone(book.time_zone).date()
    return {unit: _crew(book, unit, gathered, today) for unit, gathered in units.items()}


def _fill(
    units: dict[str, _Filling],
    laid: _Laid,
    instant: datetime,
    seated: set[str],
    filled: set[str],
    standing_over: timedelta,
    over: frozenset[str] | None = None,
) -> None:
    """Seat everybody of a turn who is there at the instant; `over`: only these seats, of a turn that has ended."""
    ends = laid.turn.ends
    for since, gone, person, seat, code, codes, on_time, standing in laid.sitting:
        if since > instant or (gone is not None and gone <= instant) or person in seated:
            continue
        if over is not None and seat not in over:
            continue
        seated.add(person)
        filled.add(seat)
        unit = units[code]
        unit.seats.append(on_time if over is None else standing)
        unit.codes.append(codes)
        if unit.until is None or ends < unit.until:
            unit.until = ends
        stands = ends + standing_over if seat in laid.relief else ends
        if unit.stands_until is None or stands > unit.stands_until:
            unit.stands_until = stands


def _crew(book: CrewBook, unit: str, gathered: _Filling, today: date) -> Crew:
    vehicle_class = book.vehicle_classes.get(unit)
    # Named also where it is nobody: a crew that was asked and has no driver is not one that never was asked.
    told = {FIREFIGHTER if vehicle_class is None else DRIVER: 0}
    for seat, codes in zip(gathered.seats, gathered.codes, strict=True):
        for code in _held(book, seat.person, vehicle_class, today) if codes is None else codes:
            told[code] = told.get(code, 0) + 1
    return Crew(
        len(gathered.seats),
        told,
        gathered.until,
        tuple(sorted(gathered.seats, key=_BY_SEAT)),
        gathered.next,
        gathered.wanted,
        gathered.stands_until,
    )


def _held(book: CrewBook, person: str, vehicle_class: str | None, today: date) -> tuple[str, ...]:
    """What a person counts as on a day in a unit of this class; on foot nobody drives."""
    key = (person, vehicle_class, today)
    found = book._held.get(key)
    if found is None:
        valid = {q.code for q in book.qualifications.get(person, ()) if q.until is None or q.until >= today}
        drives = vehicle_class is not None and bool(valid & {DRIVER, f"{DRIVER}:{vehicle_class}"})
        others = valid - {DRIVER, f"{DRIVER}:{vehicle_class}"}
        found = book._held[key] = (*sorted(others), *((DRIVER,) if drives else ()))
    return found
