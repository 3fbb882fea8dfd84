"""The master problem of column generation: which whole rows the people of a group work, as a linear programme.

The others stay as they are (`fixed_counts`). Any duals give a valid bound (Lagrange); the simplex method only
chooses good ones, so its tolerances never enter the bound.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import highspy
import numpy as np

from roster.solving.instance import Floats, Instance
from roster.solving.pricing import lay_out, list_below, price_people
from roster.solving.quiet import quiet
from roster.solving.rows import Choices, Index, Rows, no_rows, priced, worth

Stop = Callable[[], bool]


class Master:
    """The linear programme over one group of people, growing by columns."""

    def __init__(self, instance: Instance, group: Index, fixed_counts: Index, values: Floats):
        self.instance, self.group, self.values = instance, group, values
        self.place = np.full(instance.people, -1, np.int64)
        self.place[group] = np.arange(len(group))
        self.residual = (instance.cover.needs - fixed_counts).astype(np.float64)
        self.free = np.ones(len(group), np.bool_)
        self.rows = self.fixed = no_rows(instance)
        self._known: set[bytes] = set()
        self.row_of = instance.cover.row + np.where(instance.cover.row >= 0, len(group), 0)
        self.x = np.zeros(0)
        self.duals = np.zeros(instance.cover.row.shape)
        self.shares = np.zeros(len(group))
        self.lower, self.upper = -math.inf, math.inf
        self.seconds_left: Callable[[], float] = lambda: math.inf
        self.best_lower = -math.inf
        self.center: Floats | None = None
        self._build()

    def _build(self) -> None:
        instance, people = self.instance, len(self.group)
        self.highs = highs = quiet()
        highs.setOptionValue("presolve", "off")
        highs.setOptionValue("solver", "simplex")
        highs.setOptionValue("simplex_strategy", PRIMAL)
        highs.setOptionValue(
            "simplex_scale_strategy", 0
        )  # ones throughout: nothing to scale, and half the time
        right = np.concatenate([np.ones(people), self.residual[instance.cover.row >= 0]])
        none = np.zeros(0, np.int32)
        highs.addRows(len(right), right, right, 0, none, none, np.zeros(0))
        cover = instance.cover
        count = len(cover.slack_costs)
        highs.addCols(
            count, cover.slack_costs, np.zeros(count), cover.slack_rooms, count, np.arange(count, dtype=np.int32),
            (cover.slack_rows + people).astype(np.int32), cover.slack_signs,
        )  # fmt: skip
        self.slack_count = count

    def add(self, rows: Rows) -> int:
        """Add the columns that are new; how many those were."""
        fresh = []
        for i in range(len(rows)):
            key = rows.key(i)
            if key not in self._known:
                self._known.add(key)
                fresh.append(i)
        if not fresh:
            return 0
        new = rows.take(np.array(fresh)) if len(fresh) < len(rows) else rows
        instance = self.instance
        starts, touched = lay_out(new.choices, self.row_of, instance.fill_from, instance.fill_post)
        count = len(fresh)
        lengths = np.diff(starts) + 1
        begin = np.concatenate([[0], np.cumsum(lengths)])
        index = np.empty(begin[-1], np.int32)
        index[begin[:-1]] = self.place[new.people]
        inner = np.ones(len(index), np.bool_)
        inner[begin[:-1]] = False
        index[inner] = touched
        upper = np.where(self.free[self.place[new.people]], highspy.kHighsInf, 0.0)
        self.highs.addCols(
            count, new.prices, np.zeros(count), upper, len(index), begin[:-1].astype(np.int32), index,
            np.ones(len(index)),
        )  # fmt: skip
        self.rows = Rows.joined([self.rows, new])
        return count

    def solve(self, *, dual: bool = False) -> bool:
        """Solve the linear programme over the present columns: `x`, `duals` by post, `shares` by person.

        False if the time ended first: nothing was learnt then.
        """
        left = self.seconds_left()
        if math.isfinite(left):
            self.highs.setOptionValue("time_limit", self.highs.getRunTime() + max(0.01, left))
        if dual:
            self.highs.setOptionValue("simplex_strategy", DUAL)
        self.highs.run()
        if dual:
            self.highs.setOptionValue("simplex_strategy", PRIMAL)
        if self.highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            return False
        solution = self.highs.getSolution()
        people = len(self.group)
        self.x = np.asarray(solution.col_value)[self.slack_count :]
        prices = np.asarray(solution.row_dual)
        self.shares = prices[:people]
        self.duals = self.instance.cover.by_cell(prices[people:])
        self.upper = float(self.highs.getInfo().objective_function_value)
        return True

    def price(self, duals: Floats) -> tuple[float, Rows]:
        """The bound that these duals prove, and everybody's cheapest row under them."""
        instance = self.instance
        who = self.group[self.free]
        best, choices = cheapest_rows(instance, who, duals, self.values)
        rows = Rows(who, choices, best + worth(instance, choices, duals))
        settled = (self.fixed.prices - worth(instance, self.fixed.choices, duals)).sum()
        cover = (duals * self.residual).sum() + instance.cover.slack_bound(duals)
        return float(best.sum() + settled + cover), rows

    def reduced(self, rows: Rows) -> Floats:
        """Reduced costs under the last duals."""
        shares: Floats = self.shares[self.place[rows.people]]
        return rows.prices - worth(self.instance, rows.choices, self.duals) - shares

    def generate(
        self,
        *,
        rounds: int,
        gap: float,
        cutoff: float,
        stop: Stop,
        smoothing: float = 0.7,
        warm: bool = False,
    ) -> bool:
        """Add columns until the bound meets the value within `gap`, or exceeds `cutoff`; whether it converged."""
        self.lower = self.best_lower if self.free.all() else -math.inf
        for turn in range(rounds):
            if not self.solve(dual=warm and turn == 0):
                return False
            if self.upper - self.lower < gap:
                return True
            if stop():
                return False
            blend = smoothing if self.center is not None and turn else 0.0
            while True:
                duals = (
                    blend * self.center + (1 - blend) * self.duals
                    if blend and self.center is not None
                    else self.duals
                )
                bound, rows = self.price(duals)
                if bound > self.lower:
                    self.lower, self.center = bound, duals
                    if self.free.all():
                        self.best_lower = max(self.best_lower, bound)
                useful = self.reduced(rows) < -1e-7
                if useful.any() or not blend:
                    break
                blend = 0.0
            if self.lower >= cutoff:
                return True
            if not useful.any() or not self.add(rows.take(useful)):
                return True
        return False

    def fix(self, columns: Index) -> None:
        """Each of these columns becomes its person's row; the person's other columns are closed."""
        chosen = self.rows.take(columns)
        self.free[self.place[chosen.people]] = False
        mine = np.isin(self.rows.people, chosen.people)
        others = np.nonzero(mine)[0].astype(np.int32) + self.slack_count
        self.highs.changeColsBounds(
            len(others), others.astype(np.int32), np.zeros(len(others)), np.zeros(len(others))
        )
        kept = (columns + self.slack_count).astype(np.int32)
        self.highs.changeColsBounds(len(kept), kept, np.ones(len(kept)), np.ones(len(kept)))
        self.fixed = Rows.joined([self.fixed, chosen])

    def release(self) -> None:
        """Nobody is fixed any more."""
        count = len(self.rows.people)
        every = np.arange(self.slack_count, self.slack_count + count, dtype=np.int32)
        self.highs.changeColsBounds(count, every, np.zeros(count), np.full(count, highspy.kHighsInf))
        self.free[:] = True
        self.fixed = no_rows(self.instance)

    def list_within(self, gap: float, most: int) -> Rows | None:
        """Every row of the group with a reduced cost up to `gap` under the last duals; None if they exceed `most`."""
        instance, left, found = self.instance, most, []
        for person in self.group[self.free].tolist():
            space = np.empty((left, instance.days), np.int16)
            count = list_below(
                person, self.duals, float(self.shares[self.place[person]]) + gap + 1e-7, self.values, instance.costs,
                instance.off_costs, instance.option_group, instance.letters, instance.layers, instance.arc_from,
                instance.arc_group, instance.arc_to, instance.fill_from, instance.fill_post, space,
            )  # fmt: skip
            if count < 0:
                return None
            left -= count
            found.append(priced(instance, np.full(count, person), space[:count].copy()))
        return Rows.joined(found)

    def choose(self, *, seconds: float, nodes: int | None, cutoff: float, keep: float) -> Rows | None:
        """The best whole choice among the present columns, cheaper than `cutoff`: a mixed-integer programme."""
        whole = quiet()
        model = self.highs.getLp()
        count = len(self.rows.people)
        model.integrality_ = [highspy.HighsVarType.kContinuous] * self.slack_count + [
            highspy.HighsVarType.kInteger
        ] * count
        upper = np.array(model.col_upper_)
        upper[self.slack_count :][self.reduced(self.rows) > keep] = 0
        model.col_upper_ = upper
        whole.passModel(model)
        whole.setOptionValue("time_limit", seconds)
        if nodes is not None:
            whole.setOptionValue("mip_max_nodes", nodes)
        whole.setOptionValue("mip_abs_gap", 0.999)
        whole.setOptionValue("mip_rel_gap", 0.0)
        whole.setOptionValue("objective_bound", cutoff - 0.5)
        whole.run()
        if whole.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
            return None
        x = np.asarray(whole.getSolution().col_value)[self.slack_count :]
        chosen = self.rows.take(np.nonzero(x > 0.5)[0])
        return chosen if len(np.unique(chosen.people)) == len(self.group) == len(chosen.people) else None


PRIMAL, DUAL = 4, 1


def cheapest_rows(instance: Instance, who: Index, duals: Floats, values: Floats) -> tuple[Floats, Choices]:
    """Everybody's cheapest row under the duals: its price and its choices."""
    best, choices = np.empty(len(who)), np.empty((len(who), instance.days), np.int16)
    price_people(
        who, duals, values, instance.costs, instance.off_costs, instance.option_group, instance.letters,
        instance.layers, instance.arc_from, instance.arc_group, instance.arc_to, instance.fill_from,
        instance.fill_post, best, choices,
    )  # fmt: skip
    return best, choices
