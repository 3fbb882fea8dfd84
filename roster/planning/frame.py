"""A team's turns laid out for exact arithmetic: which turns there are, what each person may take, and the working-time
rules as sums over turns that may not pass a limit.

Repair and explanation build their programmes from it. What stands outside the team's own period (served history, duties
in other teams) are turns too; they are constants there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from roster.demand import seats_between
from roster.people import Person
from roster.plan import Book, Duty
from roster.planning.limits import ELSEWHERE, Limits, limits_of
from roster.planning.spans import Spans, counted_minutes, lives_in, minute_of, week_of
from roster.planning.working_time import Key, Limit, Period, Turn, working_time
from roster.policy import Strength
from roster.shifts import Seat

Floats = NDArray[np.float64]

HISTORY_DAYS = 31
"""How far back served duties can matter: the averaging period, a run of living in."""


@dataclass(frozen=True, slots=True)
class Place:
    """Alike seats of a turn: whoever may sit on one may sit on all."""

    turn: int
    unit: str
    role: str
    needs: tuple[str, ...]
    required: bool
    priority: int
    seats: tuple[Seat, ...]


@dataclass(eq=False)
class Frame:
    """Everything about a team's period that does not depend on who is put where."""

    book: Book
    team: str
    first: date
    days: int
    turns: tuple[Turn, ...]
    places: tuple[Place, ...]
    people: tuple[Person, ...]
    """The team's own, then those of teams that lend to it."""
    own: int
    """How many of the people are the team's own."""
    spans: Spans
    outside: Mapping[str, frozenset[int]]
    """By person: turns served before the period or elsewhere."""
    guards: bool
    _limits: dict[Limits, tuple[Limit, ...]] = field(default_factory=dict)
    _fits: dict[tuple[str, tuple[str, ...], date, str], bool] = field(default_factory=dict)
    _matrices: dict[int, tuple[Floats, Floats]] = field(default_factory=dict)

    @cached_property
    def index(self) -> Mapping[Key, int]:
        return {turn.key: at for at, turn in enumerate(self.turns)}

    @cached_property
    def places_of(self) -> Mapping[int, tuple[int, ...]]:
        """Places by turn."""
        found: defaultdict[int, list[int]] = defaultdict(list)
        for at, place in enumerate(self.places):
            found[place.turn].append(at)
        return {turn: tuple(places) for turn, places in found.items()}

    @cached_property
    def place_of_seat(self) -> Mapping[tuple[int, str], int]:
        """Turn and seat key → place."""
        return {(p.turn, seat.key): at for at, p in enumerate(self.places) for seat in p.seats}

    @cached_property
    def _away(self) -> Mapping[str, tuple[tuple[int, int, str], ...]]:
        found: defaultdict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for absence in self.book.absences:
            found[absence.person].append((minute_of(absence.starts), minute_of(absence.ends), absence.code))
        return {who: tuple(spans) for who, spans in found.items()}

    def absences_at(self, person: str, turn: Turn) -> tuple[str, ...]:
        """Codes of the absences that forbid a person a turn."""
        found = (
            code
            for starts, ends, code in self._away.get(person, ())
            if starts < turn.ends and turn.starts < ends
        )
        return tuple(dict.fromkeys(found))

    def belongs(self, at: int, turn: Turn) -> bool:
        """Membership on the day; whoever is lent belongs to his own team on that day."""
        person = self.people[at]
        return person.serves(self.team if at < self.own else person.home_team, turn.day)

    def fits(self, person: Person, place: Place) -> bool:
        """Holds what the seat needs on the day the turn begins and on the day it ends."""
        turn = self.turns[place.turn]
        key = (person.code, place.needs, turn.day, turn.shift)
        known = self._fits.get(key)
        if known is None:
            until = self.spans.last_day(turn.day, turn.shift)
            known = all(person.holds(code, turn.day) and person.holds(code, until) for code in place.needs)
            self._fits[key] = known
        return known

    def limits(self, at: int) -> tuple[Limit, ...]:
        """The working-time rules of one person; people bound alike share them. What the county has made a preference
        binds nobody."""
        person = self.people[at]
        team = self.team if at < self.own else person.home_team
        limits = limits_of(self.book, person, team, self.first, self.days)
        if limits not in self._limits:
            policy, free = self.book.policy, person.employment in ELSEWHERE
            regular = None if free else policy.average_week_minutes
            period = Period(
                self.turns, self.first, self.days, self._weekends, regular, policy.overtime_month_minutes
            )
            self._limits[limits] = tuple(
                limit
                for limit in working_time(period, limits, guards=self.guards)
                if policy.strengths.get(limit.rule) is not Strength.PREFERENCE
            )
        return self._limits[limits]

    def matrix(self, at: int) -> tuple[Floats, Floats]:
        """The limits of one person as rows over turns, and what they allow (those without blocks). What has been
        authorised for the person on a day is not bounded where that day counts; the audit says whether it suffices."""
        limits = self.limits(at)
        plain = [limit for limit in limits if not limit.blocks]
        known = self._matrices.get(id(limits))
        if known is None:
            rows = np.array([limit.weights for limit in plain], np.float64).reshape(
                len(plain), len(self.turns)
            )
            # Whole duties only: 4,752 minutes are six turns of 792, and so says the row; fractions gain nothing.
            unit = np.array([np.gcd.reduce(limit.weights) or 1 for limit in plain], np.int64)
            most = np.array([limit.at_most for limit in plain], np.int64) // unit
            known = rows / unit[:, None], most.astype(np.float64)
            self._matrices[id(limits)] = known
        permits = [
            a for a in self.book.authorisations if a.person == self.people[at].code and a.rule != "rest"
        ]
        if not permits:
            return known
        allowed = known[1].copy()
        for row, limit in enumerate(plain):
            if any(a.rule == limit.rule and a.first <= limit.last and limit.first <= a.last for a in permits):
                allowed[row] = np.inf
        return known[0], allowed

    def _weekends(self, day: date, shift: str) -> frozenset[date]:
        last = self.first + timedelta(days=self.days - 1)
        return frozenset(
            week_of(at) for at in self.spans.weekend_days(day, shift) if self.first <= at <= last
        )

    def leans(self, at: int, turn: int) -> bool:
        """Whether an authorisation is on record for the person on the day of the turn."""
        who, day = self.people[at].code, self.turns[turn].day
        return any(a.person == who and a.first <= day <= a.last for a in self.book.authorisations)


def frame_of(
    book: Book, team: str, first: date, days: int, elsewhere: Iterable[Duty] = (), *, guards: bool = False
) -> Frame:
    """Lay out a team's period. `elsewhere`: duties of other teams in the same weeks, and own ones that were left early.
    `guards`: keep the rule of rest apart from the plain fact that nobody serves twice at once, so that it can be named
    alone."""
    spans = Spans(book)
    last = first + timedelta(days=days - 1)
    own = [
        p for _, p in sorted(book.people.items())
        if any(
            m.team == team and (m.first is None or m.first <= last) and (m.last is None or m.last >= first)
            for m in p.memberships
        )
    ]  # fmt: skip
    names = {p.code for p in own}
    lenders = {code for code, other in book.teams.items() if team in other.lends_to}
    lent = [p for _, p in sorted(book.people.items()) if p.code not in names and p.home_team in lenders]
    people = (*own, *lent)
    known = {p.code for p in people}
    seats = defaultdict(list)
    for seat in seats_between(book, team, first, days):
        seats[seat.team, seat.day, seat.shift].append(seat)
    served: defaultdict[str, set[Key]] = defaultdict(set)
    back = max(HISTORY_DAYS, book.policy.average_days)
    since = first - timedelta(days=back)
    for duty in (*(d for d in book.history if since <= d.day < first), *elsewhere):
        if duty.person in known and (
            duty.early_minutes or duty.team != team or not first <= duty.day <= last
        ):
            served[duty.person].add((duty.team, duty.day, duty.shift))
    keys = {*seats, *(key for turns in served.values() for key in turns)}
    turns = tuple(sorted((_turn(book, spans, key) for key in keys), key=lambda t: (t.starts, t.ends, t.key)))
    index = {turn.key: at for at, turn in enumerate(turns)}
    return Frame(
        book, team, first, days, turns, tuple(_places(seats, index)), people, len(own), spans,
        {who: frozenset(index[key] for key in found) for who, found in served.items()}, guards,
    )  # fmt: skip


def _turn(book: Book, spans: Spans, key: Key) -> Turn:
    team, day, shift = key
    span, kind = spans.of(day, shift), book.shifts[shift]
    counted = counted_minutes(book, team, shift)
    return Turn(team, day, shift, span.starts, span.ends, span.rest, counted, kind.night, lives_in(kind))


def _places(seats: Mapping[Key, Sequence[Seat]], index: Mapping[Key, int]) -> Iterable[Place]:
    for key, found in sorted(seats.items(), key=lambda item: index[item[0]]):
        alike: defaultdict[tuple[str, str, tuple[str, ...], bool, int], list[Seat]] = defaultdict(list)
        for seat in found:
            alike[seat.unit, seat.role, seat.needs, seat.required, seat.priority].append(seat)
        for (unit, role, needs, required, priority), group in sorted(alike.items()):
            yield Place(index[key], unit, role, needs, required, priority, tuple(group))
