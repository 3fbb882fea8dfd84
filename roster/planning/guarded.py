"""A team's month with every demand, rule and absence behind a guard: which of them can hold together?

An element is what a sentence can name: a seat that is needed, a rule as it binds one person, an absence, a pair. Plain
facts have no guard: nobody is in two places, who belongs to the team, who holds which qualification.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from roster.people import PairKind
from roster.plan import Roster
from roster.planning.frame import Frame
from roster.planning.linear import INFINITY, Floats, Outcome, Programme
from roster.rules.company import is_novice

FACTS = frozenset({"overlap"})
"""Rules that are no policy and have no guard."""


class ElementKind(StrEnum):
    DEMAND = "demand"
    RULE = "rule"
    ABSENCE = "absence"
    APART = "apart"
    TOGETHER = "together"
    MENTOR = "mentor"


@dataclass(frozen=True, slots=True, order=True)
class Element:
    """`place` for demands; `code` is the rule or the absence; `other` the second of a pair."""

    kind: ElementKind
    code: str = ""
    person: str = ""
    other: str = ""
    place: int = -1


@dataclass(slots=True)
class _Guard:
    rows: list[int]
    lower: list[float]
    upper: list[float]


class Guarded:
    """The programme over some places. Only they have to be filled, so people on others need not be thought of, but for
    rules of company, which look at everybody on a turn."""

    def __init__(
        self,
        frame: Frame,
        places: Collection[int],
        *,
        elastic: bool,
        loose: Collection[Element] = (),
        more: Collection[tuple[int, int]] = (),
    ) -> None:
        """`elastic`: seats may stay empty. `loose`: elements that may be broken, each with a column that says so.
        `more`: further (person, place) than the team's own qualified people."""
        self.frame = frame
        self.programme = Programme()
        self.seat: dict[tuple[int, int], int] = {}
        self.empty: dict[int, int] = {}
        self.broken: dict[Element, int] = {}
        self._loose = frozenset(loose)
        self._guards: defaultdict[Element, _Guard] = defaultdict(lambda: _Guard([], [], []))
        self._elastic = elastic
        book, turns = frame.book, {frame.places[place].turn for place in places}
        self._company = bool(book.pairs) or any(p.joined for p in frame.people[: frame.own])
        every = {p for turn in turns for p in frame.places_of[turn]} if self._company else set(places)
        for place in sorted(every):
            for person in range(frame.own):
                one = frame.places[place]
                if frame.belongs(person, frame.turns[one.turn]) and frame.fits(frame.people[person], one):
                    self.seat[person, place] = self.programme.column()
        self.programme.column()  # so that there is something to solve where nobody can sit on any of the places
        for pair in sorted(set(more) - self.seat.keys()):
            self.seat[pair] = self.programme.column()
        self._demands(places)
        by_person: defaultdict[int, list[int]] = defaultdict(list)
        for person, place in self.seat:
            by_person[person].append(place)
        for person, mine in by_person.items():
            self._one_seat_a_turn(person, mine)
            self._rules(person, mine)
            self._absences(person, mine)
        if self._company:
            for turn in sorted(turns):
                self._pairs(turn)
                self._mentors(turn)

    @property
    def elements(self) -> list[Element]:
        return sorted(self._guards)

    def _guard(
        self, element: Element, columns: Sequence[int], values: Sequence[float], lower: float, upper: float
    ) -> None:
        if element in self._loose and upper < INFINITY:
            if element not in self.broken:
                self.broken[element] = self.programme.column()
            columns = [*columns, self.broken[element]]
            values = [*values, -(sum(value for value in values if value > 0) - upper)]
        guard = self._guards[element]
        guard.rows.append(self.programme.row(columns, values, lower, upper))
        guard.lower.append(lower)
        guard.upper.append(upper)

    def _demands(self, places: Collection[int]) -> None:
        by_place: defaultdict[int, list[int]] = defaultdict(list)
        for (_, place), column in self.seat.items():
            by_place[place].append(column)
        for place, columns in by_place.items():
            self.programme.row(columns, [1.0] * len(columns), upper=len(self.frame.places[place].seats))
        for place in sorted(places):
            one = self.frame.places[place]
            if not one.required:
                continue
            columns = list(by_place[place])
            if self._elastic:
                self.empty[place] = self.programme.column(0, len(one.seats))
                columns.append(self.empty[place])
            self._guard(
                Element(ElementKind.DEMAND, place=place),
                columns,
                [1.0] * len(columns),
                len(one.seats),
                INFINITY,
            )

    def _one_seat_a_turn(self, person: int, places: Sequence[int]) -> None:
        for columns in self._by_turn(person, places).values():
            if len(columns) > 1:
                self.programme.row(columns, [1.0] * len(columns), upper=1.0)

    def _by_turn(self, person: int, places: Iterable[int]) -> Mapping[int, list[int]]:
        found: defaultdict[int, list[int]] = defaultdict(list)
        for place in places:
            found[self.frame.places[place].turn].append(self.seat[person, place])
        return found

    def _rules(self, person: int, places: Sequence[int]) -> None:
        frame, who = self.frame, self.frame.people[person].code
        constant = np.zeros(len(frame.turns))
        constant[list(frame.outside.get(who, ()))] = 1
        turn_of = np.array([frame.places[place].turn for place in places])
        columns = np.array([self.seat[person, place] for place in places])
        matrix, at_most = frame.matrix(person)
        fixed = matrix @ constant
        room = np.maximum(at_most, fixed) - fixed
        weights = matrix[:, turn_of]
        binding = matrix[:, np.unique(turn_of)].sum(axis=1) > room
        plain = [limit for limit in frame.limits(person) if not limit.blocks]
        for row in binding.nonzero()[0]:
            used = weights[row].nonzero()[0]
            chosen, values, upper = columns[used].tolist(), weights[row, used].tolist(), float(room[row])
            if plain[row].rule in FACTS:
                self.programme.row(chosen, values, upper=upper)
            else:
                self._guard(Element(ElementKind.RULE, plain[row].rule, who), chosen, values, -INFINITY, upper)
        for limit in frame.limits(person):
            if limit.blocks:
                self._weekends(
                    person, Element(ElementKind.RULE, limit.rule, who), limit.blocks, limit.at_most, places
                )

    def _weekends(
        self,
        person: int,
        element: Element,
        blocks: Sequence[Sequence[int]],
        at_most: int,
        places: Sequence[int],
    ) -> None:
        by_turn, flags = self._by_turn(person, places), []
        for block in blocks:
            columns = [column for turn in block for column in by_turn.get(turn, ())]
            if columns:
                flags.append(self.programme.column())
                for column in columns:
                    self.programme.row([flags[-1], column], [1.0, -1.0], lower=0.0)
        if len(flags) > at_most:
            self._guard(element, flags, [1.0] * len(flags), -INFINITY, at_most)

    def _absences(self, person: int, places: Sequence[int]) -> None:
        frame, who = self.frame, self.frame.people[person].code
        barred: defaultdict[str, list[int]] = defaultdict(list)
        for place in places:
            for code in frame.absences_at(who, frame.turns[frame.places[place].turn]):
                barred[code].append(self.seat[person, place])
        for code, columns in barred.items():
            self._guard(
                Element(ElementKind.ABSENCE, code, who), columns, [1.0] * len(columns), -INFINITY, 0.0
            )

    def _on(self, person: int, turn: int) -> list[int]:
        return [self.seat[person, p] for p in self.frame.places_of[turn] if (person, p) in self.seat]

    def _pairs(self, turn: int) -> None:
        frame = self.frame
        index = {person.code: at for at, person in enumerate(frame.people[: frame.own])}
        for pair in frame.book.pairs:
            if pair.one not in index or pair.other not in index:
                continue
            one, other = self._on(index[pair.one], turn), self._on(index[pair.other], turn)
            if pair.kind is PairKind.APART and one and other:
                element = Element(ElementKind.APART, "apart", pair.one, pair.other)
                self._guard(element, [*one, *other], [1.0] * (len(one) + len(other)), -INFINITY, 1.0)
            if pair.kind is PairKind.TOGETHER and (one or other):
                away = [code for code in (pair.one, pair.other) if frame.absences_at(code, frame.turns[turn])]
                if not away:  # who is away is not missed beside the other
                    element = Element(ElementKind.TOGETHER, "together", pair.one, pair.other)
                    self._guard(element, [*one, *other], [1.0] * len(one) + [-1.0] * len(other), 0.0, 0.0)

    def _mentors(self, turn: int) -> None:
        frame, day = self.frame, self.frame.turns[turn].day
        months = frame.book.policy.novice_months
        new = [at for at in range(frame.own) if is_novice(frame.people[at], day, months)]
        old = [column for at in range(frame.own) if at not in new for column in self._on(at, turn)]
        for at in new:
            mine = self._on(at, turn)
            if mine:
                element = Element(ElementKind.MENTOR, "mentor", frame.people[at].code)
                self._guard(element, [*mine, *old], [1.0] * len(mine) + [-1.0] * len(old), -INFINITY, 0.0)

    def values_of(self, roster: Roster) -> Floats:
        """A roster as columns, to begin a search with."""
        frame = self.frame
        index = {person.code: at for at, person in enumerate(frame.people)}
        values = np.zeros(self.programme.columns)
        missing = {place: len(frame.places[place].seats) for place in self.empty}
        for duty in roster.duties:
            turn = frame.index.get((duty.team, duty.day, duty.shift), -1)
            place = frame.place_of_seat.get((turn, duty.seat), -1)
            pair = (index.get(duty.person, -1), place)
            if pair in self.seat:
                values[self.seat[pair]] = 1.0
                if place in missing:
                    missing[place] -= 1
        for place, count in missing.items():
            values[self.empty[place]] = count
        return values

    def shortage(self, seconds: float) -> tuple[float, list[Element]] | None:
        """The fewest empty seats, in fractions of people, and the elements that prove it: all others may go."""
        costs = np.zeros(self.programme.columns)
        costs[list(self.empty.values())] = 1.0
        answer = self.programme.minimise(costs, seconds=seconds, relaxed=True)
        if answer.outcome is not Outcome.OPTIMAL:
            return None
        duals = self.programme.duals()
        core = [e for e, guard in self._guards.items() if any(abs(duals[row]) > 1e-7 for row in guard.rows)]
        return answer.cost, sorted(core)

    def holds(self, elements: Iterable[Element], seconds: float) -> bool | None:
        """Whether these can all hold together; None if the time was too short to say."""
        on = set(elements)
        rows: list[int] = []
        lower: list[float] = []
        upper: list[float] = []
        for element, guard in self._guards.items():
            rows += guard.rows
            lower += guard.lower if element in on else [-INFINITY] * len(guard.rows)
            upper += guard.upper if element in on else [INFINITY] * len(guard.rows)
        self.programme.bound_rows(rows, lower, upper)
        nothing = np.zeros(self.programme.columns)
        if self.programme.minimise(nothing, seconds=seconds, relaxed=True).outcome is Outcome.INFEASIBLE:
            return False
        outcome = self.programme.minimise(nothing, seconds=seconds).outcome
        return None if outcome is Outcome.STOPPED else outcome is Outcome.OPTIMAL
