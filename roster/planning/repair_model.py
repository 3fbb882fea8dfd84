"""The exact programme of a repair: which seats change hands at the least cost, within a scope of moves.

The narrow scope moves people on the released turns and calls in others who keep all their own duties. The wide scope
may change every duty of the team that is not past or pinned. What is outside a scope is a constant.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from datetime import date

import numpy as np
from numpy.typing import NDArray

from roster.planning.linear import INFINITY, Answer, Floats, Programme
from roster.planning.repair_case import Nearness, RepairCase
from roster.planning.repair_goals import ANYTHING, Demand, Found, cost_of
from roster.planning.repair_scope import Moves, Scope

STEP = 32.0
"""Between two goals solved at once; a repair of so many changes is a new plan, not a repair."""


class RepairProgramme:
    """Columns, rows and goals of one case in one scope."""

    def __init__(
        self,
        case: RepairCase,
        scope: Scope,
        demand: Demand = ANYTHING,
        *,
        legal: bool = True,
        radius_days: int | None = None,
    ) -> None:
        """`legal` False leaves out working time: what then cannot be done better cannot be done better at all.
        `radius_days`: in the wide scope, only so many days around what fell open."""
        self.case, self.frame, self.demand, self.legal = case, case.frame, demand, legal
        self.programme = Programme()
        self.seat: dict[tuple[int, int], int] = {}
        self.short: dict[int, int] = {}
        self.newly_open: dict[int, int] = {}
        self._reached: list[int] = []
        self.touched: dict[int, int] = {}
        for person, place in Moves(case, scope, demand, radius_days).moves():
            upper = 1.0
            lower = 1.0 if (person, place) in case.pinned else 0.0
            self.seat[person, place] = self.programme.column(lower, upper)
        self.by_person: defaultdict[int, list[int]] = defaultdict(list)
        self.by_place: defaultdict[int, list[int]] = defaultdict(list)
        for person, place in self.seat:
            self.by_person[person].append(place)
            self.by_place[place].append(person)
        self._seats()
        for person, places in self.by_person.items():
            self._one_seat_a_turn(person, places)
            if legal:
                self._working_time(person, places)
        self._touching()
        if demand.give_back:
            self._giving_back()

    def _fixed(self, place: int) -> int:
        return self.case.sitting.get(place, 0) - sum(
            (person, place) in self.case.held for person in self.by_place[place]
        )

    def _seats(self) -> None:
        """As many on a place as it has seats; what is emptier than published, and emptier than without the absent."""
        for place, people in self.by_place.items():
            size = len(self.frame.places[place].seats)
            room = size - self._fixed(place)
            columns = [self.seat[person, place] for person in people]
            ones = [1.0] * len(columns)
            self.programme.row(columns, ones, upper=room)
            self.short[place] = short = self.programme.column(0, size)
            self.programme.row([*columns, short], [*ones, 1.0], lower=room - self.case.open_published(place))
            if self.case.opened.get(place) and self.case.sitting.get(place):
                self.newly_open[place] = fresh = self.programme.column(0, size)
                self.programme.row([*columns, fresh], [*ones, 1.0], lower=room - self.case.open_before(place))
            elif not self.case.opened.get(place):
                self.newly_open[place] = short

    def _one_seat_a_turn(self, person: int, places: Sequence[int]) -> None:
        by_turn: defaultdict[int, list[int]] = defaultdict(list)
        for place in places:
            by_turn[self.frame.places[place].turn].append(place)
        for turn, found in by_turn.items():
            columns = [self.seat[person, place] for place in found]
            if len(found) > 1:
                self.programme.row(columns, [1.0] * len(columns), upper=1.0)
            frozen = person in self.demand.spare or (
                self.demand.no_asks and self.case.nearness(turn) is not Nearness.FREE
            )
            if frozen and any((person, place) in self.case.held for place in found):
                self.programme.row(columns, [1.0] * len(columns), lower=1.0)

    def _working_time(self, person: int, places: Sequence[int]) -> None:
        """Rules that the moves could break. What is broken already may stay, and may not grow."""
        frame = self.frame
        constant = np.zeros(len(frame.turns))
        for turn in frame.outside.get(frame.people[person].code, ()):
            constant[turn] = 1
        held = constant.copy()
        for place in self.case.held_of.get(person, ()):
            held[frame.places[place].turn] = 1
            if (person, place) not in self.seat:
                constant[frame.places[place].turn] = 1
        turn_of = np.array([frame.places[place].turn for place in places])
        columns = np.array([self.seat[person, place] for place in places])
        matrix, at_most = frame.matrix(person)
        now, fixed = matrix @ held, matrix @ constant
        room = np.maximum(at_most, now) - fixed
        weights = matrix[:, turn_of]
        binding = (_most(matrix, turn_of) > room).nonzero()[0]
        for row in binding:
            used = weights[row].nonzero()[0]
            self.programme.row(columns[used].tolist(), weights[row, used].tolist(), upper=float(room[row]))
        for limit in frame.limits(person):
            if limit.blocks:
                self._blocks(
                    limit.blocks, limit.at_most, constant, held, dict(zip(columns, turn_of, strict=True))
                )

    def _blocks(
        self,
        blocks: Sequence[Sequence[int]],
        at_most: int,
        constant: Floats,
        held: Floats,
        turns: dict[int, int],
    ) -> None:
        """At most so many of the blocks entered (weekends)."""
        entered, fixed, before = [], 0, 0
        for block in blocks:
            before += bool(held[list(block)].any())
            if constant[list(block)].any():
                fixed += 1
                continue
            columns = [int(column) for column, turn in turns.items() if turn in block]
            if not columns:
                continue
            flag = self.programme.column()
            entered.append(flag)
            for column in columns:
                self.programme.row([flag, column], [1.0, -1.0], lower=0.0)
        if entered:
            self.programme.row(entered, [1.0] * len(entered), upper=float(max(at_most, before) - fixed))

    def _touching(self) -> None:
        """Whoever gains a seat or loses one is touched."""
        for person, places in self.by_person.items():
            if person in self.case.absent:
                continue
            self.touched[person] = flag = self.programme.column()
            for place in places:
                column = self.seat[person, place]
                if (person, place) in self.case.held:
                    self.programme.row([flag, column], [1.0, 1.0], lower=1.0)
                else:
                    self.programme.row([flag, column], [1.0, -1.0], lower=0.0)

    def _giving_back(self) -> None:
        for person, places in self.by_person.items():
            if person in self.case.absent:
                continue
            held = sum((person, place) in self.case.held for place in places)
            columns = [self.seat[person, place] for place in places]
            self.programme.row(columns, [1.0] * len(columns), upper=float(held))

    def solve(self, seconds: float, known: frozenset[tuple[int, int]] | None = None) -> Found | None:
        """Goal after goal; None if nothing was found in time (or the demand allows nothing). `known`: who sits where in
        an answer that is allowed; only what costs no more is looked for."""
        if not self.seat:
            return None
        if self._reached:
            count = len(self._reached)
            self.programme.bound_rows(self._reached, [-INFINITY] * count, [INFINITY] * count)
            self._reached = []
        goals = self.goals()
        best: Answer | None = None
        proved = True
        start = None if known is None else self._values_of(known)
        bounded = start is not None
        for goal in goals:
            if best is not None and not goal.any():
                continue
            if bounded and start is not None and goal.any():
                self._keep(goal, start)
            answer = self.programme.minimise(goal, seconds=seconds, start=start)
            proved = proved and answer.proved
            if answer.values is None:
                if best is None:
                    return None
                break
            bounded = bounded and start is not None and bool(goal @ answer.values > goal @ start - 0.5)
            best, start = answer, start if bounded else answer.values
            self._keep(goal, answer.values)
        assert best is not None
        assert best.values is not None
        held = self._held(best.values)
        return Found(held, cost_of(self.case, held), proved)

    def _keep(self, goal: Floats, values: Floats) -> None:
        """From now on nothing that costs more by this goal."""
        used = goal.nonzero()[0]
        if len(used):
            reached = float(np.round(goal @ values))
            row = self.programme.row(used.tolist(), goal[used].tolist(), upper=reached + 0.25)
            self._reached.append(row)

    def _values_of(self, held: frozenset[tuple[int, int]]) -> Floats:
        """An answer as columns; those of weekends are left to the solver."""
        case, values = self.case, np.zeros(self.programme.columns)
        sitting = Counter(place for _, place in held)
        for pair, column in self.seat.items():
            values[column] = pair in held
        for place, column in self.short.items():
            empty = len(self.frame.places[place].seats) - sitting[place]
            values[column] = max(0, empty - case.open_published(place))
        for place, column in self.newly_open.items():
            empty = len(self.frame.places[place].seats) - sitting[place]
            values[column] = max(0, empty - case.open_before(place))
        moved = {person for person, _ in held ^ case.held}
        for person, column in self.touched.items():
            values[column] = person in moved
        return values

    def forbid(
        self, found: Found, person: str = "", day: date | None = None, shift: str | None = None
    ) -> None:
        """Never again these moves: those of one person, those on one shift, or all together. A rule about one person's
        time depends on his duties alone, a rule about a crew on the shift alone; so nothing allowed is forbidden."""
        frame = self.frame

        def concerned(pair: tuple[int, int]) -> bool:
            turn = frame.turns[frame.places[pair[1]].turn]
            return (
                (not person or frame.people[pair[0]].code == person)
                and (day is None or turn.day == day)
                and (shift is None or turn.shift == shift)
            )

        gained = [self.seat[pair] for pair in found.held - self.case.held if concerned(pair)]
        lost = [self.seat[pair] for pair in self.case.held - found.held if concerned(pair)]
        if not gained and not lost:
            self.forbid(found)
            return
        values = [1.0] * len(gained) + [-1.0] * len(lost)
        self.programme.row([*gained, *lost], values, upper=len(gained) - 1.0)

    def goals(self) -> list[Floats]:
        """Required seats and asking; then wished seats, authorisations, changes; then people, loans, fairness."""
        case, frame, count = self.case, self.frame, self.programme.columns
        first, second, third = np.zeros(count), np.zeros(count), np.zeros(count)
        for place, column in self.short.items():
            if frame.places[place].required:
                first[column] = STEP * STEP if self.demand.wished_first else STEP
            elif self.demand.wished_first:
                first[column] = STEP
            else:
                second[column] = STEP * STEP
        for column in self.newly_open.values():
            second[column] += 1.0
        for (person, place), column in self.seat.items():
            turn = frame.places[place].turn
            asking = case.nearness(turn) is not Nearness.FREE
            if (person, place) in case.held:
                first[column] -= asking  # to stay on the turn, on whatever seat, asks for nothing
                continue
            here = self._on_turn(person, turn)
            first[column] += -1.0 if asking and here else float(asking)
            second[column] += 1.0
            if not here:
                second[column] += STEP * frame.leans(person, turn)
                third[column] += (person >= frame.own) * STEP * 10 + case.loads[person]
        for column in self.touched.values():
            third[column] += STEP * 300
        return [first, second, third]

    def _on_turn(self, person: int, turn: int) -> bool:
        return any((person, place) in self.case.held for place in self.frame.places_of[turn])

    def _held(self, values: NDArray[np.float64]) -> frozenset[tuple[int, int]]:
        stay = {pair for pair in self.case.held if pair not in self.seat}
        return frozenset(stay | {pair for pair, column in self.seat.items() if values[column] > 0.5})


def _most(matrix: Floats, turn_of: NDArray[np.int64]) -> Floats:
    """The most that a rule's sum can be: every turn once, however many seats it has."""
    most: Floats = matrix[:, np.unique(turn_of)].sum(axis=1)
    return most
