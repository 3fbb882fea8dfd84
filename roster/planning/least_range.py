"""The least range of nights or weekends that any roster of a team can have which fills as many seats: proved, or found.

An integer programme over everything that a person may do on each day. What it leaves out (history at the border) only
widens the choice, so that its bound holds for every legal roster.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from roster.planning.linear import Programme
from roster.planning.team_problem import TeamProblem
from roster.solving.problem import FORBIDDEN, OFF, Problem, Tally


@dataclass(frozen=True, slots=True)
class LeastRange:
    """No roster with at most so many empty seats has a range below `least`. `choices`: one that has `found`."""

    least: int
    found: int | None
    choices: tuple[tuple[int, ...], ...] | None


def least_range(
    team: TeamProblem,
    tally: str,
    people: frozenset[str],
    open_required: int,
    open_wished: int,
    seconds: float,
) -> LeastRange | None:
    """`people`: those who are compared. None if the time ended before anything was known."""
    return _Model(team, tally, people, open_required, open_wished).solved(seconds)


class _Model:
    def __init__(
        self,
        team: TeamProblem,
        tally: str,
        people: frozenset[str],
        open_required: int,
        open_wished: int,
    ) -> None:
        self.team, self.problem = team, team.problem
        self.programme = Programme()
        self.columns: dict[tuple[int, int, int], int] = {}
        """Person, day, option."""
        for p, person in enumerate(self.problem.people):
            for day, option in np.argwhere(person.costs < FORBIDDEN).tolist():
                fixed = float(person.off_costs[day] >= FORBIDDEN)
                self.columns[p, day, option] = self.programme.column(fixed, 1.0)
        self.by_kind: list[dict[tuple[int, int], list[int]]] = [
            defaultdict(list) for _ in self.problem.people
        ]
        for (p, day, option), column in self.columns.items():
            self.by_kind[p][day, self.problem.options[option].kind].append(column)
        self._people()
        self._seats(open_required, open_wished)
        self.range = self._range(tally, people)

    def solved(self, seconds: float) -> LeastRange | None:
        costs = np.zeros(self.programme.columns)
        costs[self.range] = 1.0
        answer = self.programme.minimise(costs, seconds=seconds)
        if not np.isfinite(answer.bound):
            return None
        least = max(0, int(np.ceil(answer.bound - 1e-4)))
        if answer.values is None:
            return LeastRange(least, None, None)
        rows = [[OFF] * self.problem.days for _ in self.problem.people]
        for (p, day, option), column in self.columns.items():
            if answer.values[column] > 0.5:
                rows[p][day] = option
        found = round(float(answer.values[self.range]))
        return LeastRange(least, found, tuple(tuple(row) for row in rows))

    def _row(self, columns: Sequence[int], most: float, weights: Sequence[float] | None = None) -> None:
        if columns:
            self.programme.row(columns, weights or [1.0] * len(columns), upper=most)

    def _people(self) -> None:
        problem = self.problem
        for p, person in enumerate(problem.people):
            cells = self.by_kind[p]
            for day in range(problem.days):
                self._row(self._on(p, [day], range(len(problem.kinds))), 1.0)
            for (day, kind), columns in cells.items():
                for lag, barred in enumerate(problem.kinds[kind].bars, 1):
                    later = self._on(p, [day + lag], barred)
                    if later:
                        self._row([*columns, *later], 1.0)
            works = [at for at, kind in enumerate(problem.kinds) if kind.works]
            limits = [(works, person.rules.work_run_max)]
            limits += [(sorted(limit.kinds), limit.at_most) for limit in person.rules.run_limits]
            for kinds, most in limits:
                if most is not None:
                    for day in range(problem.days - most):
                        self._row(self._on(p, range(day, day + most + 1), kinds), most)
            for window in person.rules.windows:
                for day in range(problem.days - window.days + 1):
                    self._weighed(p, range(day, day + window.days), window.weights, window.at_most)
            for tally in person.rules.tallies:
                if tally.at_most is not None and not tally.blocks:
                    days = range(problem.days) if tally.days is None else sorted(tally.days)
                    self._weighed(p, days, tally.weights, tally.at_most)

    def _on(
        self, p: int, days: Sequence[int] | range, kinds: Sequence[int] | range | frozenset[int]
    ) -> list[int]:
        return [
            column
            for day in days
            for kind in sorted(kinds)
            for column in self.by_kind[p].get((day, kind), ())
        ]

    def _weighed(self, p: int, days: Sequence[int] | range, weights: Sequence[int], most: int) -> None:
        terms = [
            (column, float(weights[kind]))
            for day in days
            for kind in range(len(weights))
            for column in self.by_kind[p].get((day, kind), ())
            if weights[kind]
        ]
        self._row([column for column, _ in terms], most, [weight for _, weight in terms])

    def _seats(self, open_required: int, open_wished: int) -> None:
        """Seats filled and empty add up; no more stay empty than the roster at hand leaves."""
        filling: dict[tuple[int, int], list[int]] = defaultdict(list)
        for (_, day, option), column in self.columns.items():
            post = self.team.seat_post(option)
            if post is not None:
                filling[day, post].append(column)
        empty: dict[bool, list[int]] = {True: [], False: []}
        for place, seats in self.team.seats.items():
            slack = []
            for required in (True, False):
                count = sum(seat.required is required for seat in seats)
                if count:
                    slack.append(self.programme.column(0.0, float(count)))
                    empty[required].append(slack[-1])
            columns = [*filling[place], *slack]
            self.programme.row(columns, [1.0] * len(columns), float(len(seats)), float(len(seats)))
        self._row(empty[True], open_required)
        self._row(empty[False], open_wished)

    def _range(self, name: str, people: frozenset[str]) -> int:
        days = self.problem.days
        low = self.programme.column(0.0, float(days))
        width = self.programme.column(0.0, float(days))
        for p, who in enumerate(self.team.people):
            tally = _tally(self.problem, p, name)
            if who not in people or tally is None:
                continue
            count = self._counting(p, tally)
            terms = [1.0] * len(count)
            self.programme.row([*count, low], [*terms, -1.0], lower=0.0)
            self.programme.row([*count, low, width], [*terms, -1.0, -1.0], upper=0.0)
        return width

    def _counting(self, p: int, tally: Tally) -> list[int]:
        """Columns whose sum is the tally's value."""
        kinds = [kind for kind, weight in enumerate(tally.weights) if weight]
        if not tally.blocks:
            return self._on(p, range(self.problem.days), kinds)
        blocks = []
        for block in tally.blocks:
            inside = self._on(p, sorted(day for day in block if day >= 0), kinds)
            if not inside:
                continue
            touched = self.programme.column()
            blocks.append(touched)
            self.programme.row([*inside, touched], [*([1.0] * len(inside)), -1.0], lower=0.0)
            for day in sorted(day for day in block if day >= 0):
                on = self._on(p, [day], kinds)
                if on:
                    self._row([*on, touched], 0.0, [*([1.0] * len(on)), -1.0])
        return blocks


def _tally(problem: Problem, p: int, name: str) -> Tally | None:
    return next((tally for tally in problem.people[p].rules.tallies if tally.name == name), None)
