"""The crew of a unit at an instant: the one thing that the dispatcher needs to know of a duty roster.

On duty is who is rostered and has answered the roll call, and who stands over: a seat is handed over man for man, so
whoever sits in it stays responsible after the planned end until the next one has answered for that seat, at most the
policy's `standing_over_minutes`. A seat that no later turn has ends as planned: nobody was to relieve it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from roster.demand import seats_of
from roster.people import Person, Qualification
from roster.plan import Book, Duty, Roster

DRIVER, FIREFIGHTER = "driver", "firefighter"
DUTY_ROOM = ""


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
class Crew:
    """Who can roll with a unit: seats filled, how many hold each qualification, and until when (UTC, as planned).

    `driver` counts who may drive this unit's class. `wanted`: the seats that the roster asks for. From
    `stands_until` on nobody of it counts any more, relieved or not.
    """

    seats_filled: int
    qualifications: Mapping[str, int]
    until: datetime | None
    seats: tuple[Manned, ...] = ()
    next: NextCrew | None = None
    wanted: int | None = None
    stands_until: datetime | None = None

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({seat.person for seat in self.seats}))

    @property
    def standing_over(self) -> bool:
        return any(seat.standing_over for seat in self.seats)


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


@dataclass(frozen=True, slots=True)
class CrewBook:
    """Turns by team in the order in which they begin, the people in them, and the classes of units on wheels."""

    turns: Mapping[str, tuple[Turn, ...]]
    qualifications: Mapping[str, tuple[Qualification, ...]]
    vehicle_classes: Mapping[str, str]
    time_zone: ZoneInfo
    standing_over: timedelta
    _begins: Mapping[str, list[datetime]] = field(default_factory=dict)
    _longest: Mapping[str, timedelta] = field(default_factory=dict)


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
    ordered = {
        team: tuple(sorted(some, key=lambda turn: (turn.begins, turn.ends, turn.shift)))
        for team, some in by_team.items()
    }
    return CrewBook(
        ordered,
        {person.code: person.qualifications for person in people},
        vehicle_classes,
        time_zone,
        standing_over,
        {team: [turn.begins for turn in some] for team, some in ordered.items()},
        {team: max(turn.ends - turn.begins for turn in some) for team, some in ordered.items()},
    )


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
    starts, ends = book.span(day, shift)
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


def crews(book: CrewBook, instant: datetime) -> dict[str, Crew]:
    """Who can roll at an instant, by unit. A rostered unit that nobody answered for is in it with no seat filled."""
    found: dict[str, Crew] = {}
    for team in book.turns:
        found.update(team_crews(book, team, instant))
    found.pop(DUTY_ROOM, None)
    return found


def team_crews(book: CrewBook, team: str, instant: datetime) -> dict[str, Crew]:
    """The same for one team, with the seats of its duty room under the unit ''."""
    turns, begins = book.turns[team], book._begins[team]
    after = bisect_right(begins, instant)
    first = bisect_right(begins, instant - book._longest[team] - book.standing_over)
    today = instant.astimezone(book.time_zone).date()
    return dict(_team_crews(book, turns[first:after], turns[after : after + 4], instant, today))


@dataclass(slots=True)
class _Filling:
    """What is gathered of one unit."""

    wanted: int = 0
    seats: list[Manned] = field(default_factory=list)
    until: datetime | None = None
    stands_until: datetime | None = None
    next: NextCrew | None = None


def _team_crews(
    book: CrewBook, begun: tuple[Turn, ...], coming: tuple[Turn, ...], instant: datetime, today: date
) -> Iterator[tuple[str, Crew]]:
    units: defaultdict[str, _Filling] = defaultdict(_Filling)
    nearby = (*begun, *coming)
    filled: set[str] = set()
    seated: set[str] = set()
    for turn in reversed(begun):
        if turn.ends > instant:
            _fill(units, turn, instant, seated, filled, _relief(nearby, turn), book.standing_over)
            if turn.starts <= instant:
                for seat in turn.seats:
                    units[seat.unit].wanted += seat.required
    for turn in reversed(begun):
        if turn.ends <= instant < turn.ends + book.standing_over:
            # Man for man: who has been answered for has been relieved, and who has no successor goes home.
            relief = _relief(nearby, turn)
            _fill(units, turn, instant, seated, filled, relief, book.standing_over, over=relief - filled)
    for turn in nearby:
        if turn.starts > instant:
            _forecast(units, turn)
    for unit, gathered in units.items():
        yield unit, _crew(book, unit, gathered, today)


def _relief(turns: Iterable[Turn], turn: Turn) -> set[str]:
    """The seats that a later turn takes over when this one ends."""
    if not any(other.starts > turn.starts for other in turns):
        # Nobody has planned what follows: that is no reason to leave the station.
        return {seat.key for seat in turn.seats}
    return {
        seat.key
        for other in turns
        if turn.starts < other.starts <= turn.ends < other.ends
        for seat in other.seats
    }


def _fill(
    units: dict[str, _Filling],
    turn: Turn,
    instant: datetime,
    seated: set[str],
    filled: set[str],
    relief: set[str],
    standing_over: timedelta,
    over: set[str] | None = None,
) -> None:
    """Seat everybody of a turn who is there at the instant; `over`: only these seats, of a turn that has ended."""
    by_key = {seat.key: seat for seat in turn.seats}
    for one in turn.present:
        if one.since > instant or (one.gone is not None and one.gone <= instant) or one.person in seated:
            continue
        if over is not None and one.seat not in over:
            continue
        seat = by_key.get(one.seat)
        if seat is None:
            continue
        seated.add(one.person)
        filled.add(one.seat)
        unit = units[seat.unit]
        unit.seats.append(Manned(one.seat, seat.role, one.person, one.since, over is not None))
        unit.until = turn.ends if unit.until is None else min(unit.until, turn.ends)
        stands = turn.ends + standing_over if one.seat in relief else turn.ends
        unit.stands_until = stands if unit.stands_until is None else max(unit.stands_until, stands)


def _forecast(units: dict[str, _Filling], turn: Turn) -> None:
    answered = {one.seat for one in turn.present if one.gone is None}
    counts: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
    for seat in turn.seats:
        counts[seat.unit][0] += seat.planned is not None or seat.key in answered
        counts[seat.unit][1] += seat.required
    for unit, (filled, wanted) in counts.items():
        there = units[unit]
        if there.next is None or turn.starts < there.next.at:
            there.next = NextCrew(turn.starts, turn.shift, filled, wanted)


def _crew(book: CrewBook, unit: str, gathered: _Filling, today: date) -> Crew:
    vehicle_class = book.vehicle_classes.get(unit)
    drives = f"{DRIVER}:{vehicle_class}"
    # Named also where it is nobody: a crew that was asked and has no driver is not one that never was asked.
    told: defaultdict[str, int] = defaultdict(int, {FIREFIGHTER if vehicle_class is None else DRIVER: 0})
    for seat in gathered.seats:
        may_drive = False
        for held in book.qualifications.get(seat.person, ()):
            if held.until is not None and held.until < today:
                continue
            if held.code == DRIVER or held.code == drives:
                may_drive = True
            else:
                told[held.code] += 1
        if vehicle_class is not None:
            told[DRIVER] += may_drive
    seats = tuple(sorted(gathered.seats, key=lambda seat: (seat.key, seat.person)))
    return Crew(
        len(seats),
        dict(sorted(told.items())),
        gathered.until,
        seats,
        gathered.next,
        gathered.wanted,
        gathered.stands_until,
    )
