"""A book and a roster laid out for the rules: each person's turns in time, each shift's crew, who is away and when."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from roster.demand import seats_of
from roster.people import Absence, DisasterWork, Pair, Request
from roster.plan import Authorisation, Book, Duty, Roster
from roster.rules.turn import Turn, Whole, lay, midnight, minute_after, minute_of, whole_of
from roster.shifts import Seat

ShiftKey = tuple[str, date, str]
"""Team, day, shift: the people that stand together."""


@dataclass(frozen=True, slots=True)
class Away:
    """An absence on the time line, in minutes since 1970 (UTC)."""

    absence: Absence
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Load:
    """What is shared out equally: a person's duties of the roster that are nights or begin on a holiday, and the
    weekends they touch: ISO year and week → the first such day (swapped working days are none)."""

    nights: int
    holidays: int
    weekends: Mapping[tuple[int, int], date]


@dataclass(frozen=True, slots=True)
class Ground:
    """What does not change while rosters are compared: the book, indexed once by person."""

    book: Book
    away: dict[str, list[Away]]
    history: dict[str, list[Duty]]
    requests: dict[str, list[Request]]
    pairs: dict[str, list[Pair]]
    disaster: dict[str, list[DisasterWork]]
    authorisations: dict[tuple[str, str], list[Authorisation]]
    """By rule and person; by rule and `team:<code>` for those of a team."""
    known_authorisations: dict[str, Authorisation]
    _seats: dict[tuple[str, date], tuple[Seat, ...]] = field(default_factory=dict)
    _wholes: dict[tuple[date, str], Whole] = field(default_factory=dict)
    _comparable: dict[tuple[str, date, date], dict[str, list[str]]] = field(default_factory=dict)

    def seats(self, team: str, day: date) -> tuple[Seat, ...]:
        """The team's seats on a day; none for a team that the book does not know."""
        found = self._seats.get((team, day))
        if found is None:
            found = seats_of(self.book, team, day) if team in self.book.teams else ()
            self._seats[team, day] = found
        return found

    def whole(self, day: date, shift: str) -> Whole:
        """When a shift of the book is on a day: worked out once, for thousands of duties share it."""
        found = self._wholes.get((day, shift))
        if found is None:
            found = self._wholes[day, shift] = whole_of(self.book, day, shift)
        return found

    def comparable(self, team: str, first: date, last: date) -> dict[str, list[str]]:
        """Employment → the members of the team (their home) who are there from the first day to the last."""
        found = self._comparable.get((team, first, last))
        if found is None:
            found = {}
            zone = self.book.time_zone
            starts, ends = midnight(first, zone), midnight(last + timedelta(days=1), zone)
            for code, person in sorted(self.book.people.items()):
                if not person.memberships or person.home_team != team or self.is_away(code, starts, ends):
                    continue
                if person.serves(team, first) and person.serves(team, last):
                    found.setdefault(person.employment.value, []).append(code)
            self._comparable[team, first, last] = found
        return found

    def is_away(self, person: str, starts: int, ends: int) -> bool:
        return any(a.starts < ends and starts < a.ends for a in self.away.get(person, ()))


def ground_of(book: Book) -> Ground:
    ground = Ground(book, {}, {}, {}, {}, {}, {}, {a.code: a for a in book.authorisations})
    for absence in book.absences:
        away = Away(absence, minute_of(absence.starts), minute_after(absence.ends))
        ground.away.setdefault(absence.person, []).append(away)
    for duty in book.history:
        ground.history.setdefault(duty.person, []).append(duty)
    for request in book.requests:
        ground.requests.setdefault(request.person, []).append(request)
    for pair in book.pairs:
        ground.pairs.setdefault(pair.one, []).append(pair)
        ground.pairs.setdefault(pair.other, []).append(pair)
    for work in book.disaster:
        ground.disaster.setdefault(work.person, []).append(work)
    for permit in book.authorisations:
        whose = permit.person or f"team:{permit.team}"
        ground.authorisations.setdefault((permit.rule, whose), []).append(permit)
    return ground


@dataclass(frozen=True, slots=True)
class Case:
    """One roster on its ground. Nothing of it changes; what is asked for is laid out when first asked for."""

    ground: Ground
    roster: Roster
    duties: dict[str, list[Duty]]
    """The roster's duties by person."""
    crews: dict[ShiftKey, list[Duty]]
    """The roster's duties by shift."""
    _turns: dict[str, tuple[Turn, ...]] = field(default_factory=dict)
    _loads: dict[str, Load] = field(default_factory=dict)

    @property
    def book(self) -> Book:
        return self.ground.book

    def turns(self, person: str) -> tuple[Turn, ...]:
        """History and roster in time. A duty with a team or shift that nobody knows has no place in time."""
        found = self._turns.get(person)
        if found is None:
            served = (d for d in self.ground.history.get(person, ()) if not self._in_roster(d))
            found = tuple(
                sorted(
                    [*self._lay(served, True), *self._lay(self.duties.get(person, ()), False)],
                    key=lambda turn: (turn.starts, turn.ends, turn.duty),
                )
            )
            self._turns[person] = found
        return found

    def planned(self, person: str) -> tuple[Turn, ...]:
        """The turns of the roster alone."""
        return tuple(turn for turn in self.turns(person) if not turn.served)

    def load(self, person: str) -> Load:
        found = self._loads.get(person)
        if found is None:
            turns, calendar = self.planned(person), self.book.calendar
            weekends = self.weekends(turns, self.roster.first, self.roster.last)
            nights = sum(1 for turn in turns if turn.shift.night)
            holidays = sum(1 for turn in turns if calendar.is_holiday(turn.duty.day))
            found = self._loads[person] = Load(nights, holidays, weekends)
        return found

    def weekends(self, turns: Iterable[Turn], first: date, last: date) -> dict[tuple[int, int], date]:
        """The weekends of these days that the turns touch: ISO year and week → the first such day."""
        found: dict[tuple[int, int], date] = {}
        for turn in turns:
            for day in turn.touches:
                if day.weekday() >= 5 and first <= day <= last and self.book.calendar.is_weekend(day):
                    iso = day.isocalendar()
                    found.setdefault((iso.year, iso.week), day)
        return found

    @property
    def periods(self) -> tuple[tuple[date, int], ...]:
        """First days and lengths of the rosters over which rules of a whole period are judged."""
        return self.book.periods or ((self.roster.first, self.roster.days),)

    def name_of_period(self, first: date, days: int) -> str:
        """Tells apart what is broken in two published periods; empty where the roster is the only one."""
        return f"{first.isoformat()}/{days}" if self.book.periods else ""

    def days(self) -> Iterator[date]:
        for offset in range(self.roster.days):
            yield self.roster.first + timedelta(days=offset)

    def covers(self, day: date) -> bool:
        return self.roster.first <= day <= self.roster.last

    def people(self) -> list[str]:
        """Who serves one of the roster's teams at some time, or stands in it."""
        teams = set(self.roster.teams)
        found = {code for code, p in self.book.people.items() if any(m.team in teams for m in p.memberships)}
        return sorted(found | self.duties.keys() & self.book.people.keys())

    def shifts(self) -> list[ShiftKey]:
        """Every shift that has seats or people."""
        found = set(self.crews)
        for team in self.roster.teams:
            for day in self.days():
                found.update((team, day, seat.shift) for seat in self.ground.seats(team, day))
        return sorted(found)

    def after(self, removed: Iterable[Duty], added: Iterable[Duty]) -> Case:
        """The same case with some duties taken out and others put in; the layout of everybody else is kept."""
        gone, new = list(removed), list(added)
        changed = {duty.person for duty in (*gone, *new)}
        duties, crews = dict(self.duties), dict(self.crews)
        for duty in gone:
            duties[duty.person] = _without(duties.get(duty.person, []), duty)
            crews[key_of(duty)] = _without(crews.get(key_of(duty), []), duty)
        for duty in new:
            duties[duty.person] = [*duties.get(duty.person, []), duty]
            crews[key_of(duty)] = [*crews.get(key_of(duty), []), duty]
        # Copied whole and then thinned out: hundreds of candidates for a seat are tried, each with a case of its own.
        turns, loads = dict(self._turns), dict(self._loads)
        for person in changed:
            turns.pop(person, None)
            loads.pop(person, None)
        roster = self.roster
        whole = _replaced(roster.duties, gone, new)
        return Case(
            self.ground,
            Roster(roster.county, roster.first, roster.days, roster.teams, whole),
            duties,
            crews,
            turns,
            loads,
        )

    def _in_roster(self, duty: Duty) -> bool:
        return duty.team in self.roster.teams and self.covers(duty.day)

    def _lay(self, duties: Iterable[Duty], served: bool) -> Iterator[Turn]:
        for duty in duties:
            if duty.shift in self.book.shifts and duty.team in self.book.teams:
                yield lay(self.book, duty, served, self.ground.whole(duty.day, duty.shift))


def case_of(book: Book, roster: Roster, ground: Ground | None = None) -> Case:
    """Give the `ground` of an earlier case of the same book, to save its indexing."""
    duties: defaultdict[str, list[Duty]] = defaultdict(list)
    crews: defaultdict[ShiftKey, list[Duty]] = defaultdict(list)
    for duty in roster.duties:
        duties[duty.person].append(duty)
        crews[duty.team, duty.day, duty.shift].append(duty)
    return Case(ground or ground_of(book), roster, dict(duties), dict(crews))


def key_of(duty: Duty) -> ShiftKey:
    return (duty.team, duty.day, duty.shift)


def _without(duties: list[Duty], one: Duty) -> list[Duty]:
    """Raises ValueError when the duty is not there."""
    rest = list(duties)
    rest.remove(one)
    return rest


def _replaced(duties: tuple[Duty, ...], gone: list[Duty], new: list[Duty]) -> tuple[Duty, ...]:
    """Sorted ones stay sorted. A month has thousands: places are found by bisection, not by sorting anew."""
    kept = list(duties)
    for duty in gone:
        at = bisect_left(kept, duty)
        if at < len(kept) and kept[at] == duty:
            del kept[at]
        else:  # a roster made by hand, in no order
            kept.remove(duty)
    for duty in new:
        insort(kept, duty)
    return tuple(kept)
