"""A walk over legal rosters: the state that ruin and recreate works on, one per thread."""

from __future__ import annotations

import itertools
import math
import statistics

import numpy as np

from roster.solving.annealing import anneal, marginal_prices, put
from roster.solving.incumbent import Choices
from roster.solving.instance import Floats, Instance
from roster.solving.problem import Problem
from roster.solving.response import cheapest
from roster.solving.rows import Index, counts_of, cover_price, priced


class Walker:
    """A current roster with its counts and prices, and the best that this walk has seen."""

    def __init__(self, instance: Instance, seed: int, values: Floats) -> None:
        self.instance, self.values = instance, values
        self.random = np.random.default_rng(seed)
        self._state = self.random.integers(0, 2**63, 1).astype(np.uint64)
        self.everybody: Index = np.arange(instance.people)

    def construct(self) -> None:
        """Put everybody in by a best response, in random order, under noisy prices."""
        instance = self.instance
        prices = np.empty(instance.costs.shape[1:])
        group_price = np.empty((instance.days, instance.letters))
        group_option = np.zeros((instance.days, instance.letters), np.int64)
        choices = np.full((instance.people, instance.days), -1, np.int16)
        counts = np.zeros(instance.cover.row.shape, np.int64)
        for person in self.random.permutation(instance.people).tolist():
            marginal_prices(
                instance.costs[person],
                counts,
                instance.fill_from,
                instance.fill_post,
                instance.cover_costs,
                prices,
            )
            prices += self.random.random(prices.shape) * 1e-3
            cheapest(
                person, prices, instance.off_costs[person], instance.option_group, instance.layers, instance.arc_from,
                instance.arc_group, instance.arc_to, self.values, group_price, group_option, choices[person],
            )  # fmt: skip
            put(choices[person], counts, 1, instance.fill_from, instance.fill_post)
        self.load(choices)

    def load(self, choices: Choices) -> None:
        """Stand on this roster."""
        instance = self.instance
        self.choices = choices.astype(np.int16)
        self.counts = counts_of(instance, self.choices)
        self.own = priced(instance, self.everybody, self.choices).prices
        self.cost = float(self.own.sum()) + cover_price(instance, self.counts) + instance.problem.base_cost
        self.best, self.best_cost = self.choices.copy(), self.cost

    def walk(
        self,
        steps: int,
        temperature: float,
        *,
        ruin: int = 2,
        noise: float = 3.0,
        movable: Index | None = None,
    ) -> None:
        """Make so many steps at one temperature."""
        instance = self.instance
        self.cost, self.best_cost = anneal(
            steps, temperature, ruin, noise, self._state, self.choices, self.counts, self.own, self.cost, self.best,
            self.best_cost, self.values, instance.costs, instance.off_costs, instance.option_group, instance.letters,
            instance.layers, instance.arc_from, instance.arc_group, instance.arc_to, instance.terminal_costs,
            instance.fill_from, instance.fill_post, instance.cover_costs,
            self.everybody if movable is None else movable,
        )  # fmt: skip


def cooled(hot: float, cold: float, share: float) -> float:
    """The temperature after a share of the walk, falling geometrically."""
    return hot * math.pow(cold / hot, min(1.0, max(0.0, share)))


def hot_temperature(problem: Problem) -> float:
    """Where cooling begins: hot enough to trade one step of the goals that walks can mend.

    That is a quarter of a missing person's usual price; where counts are priced (fairness), of twice their usual
    step if this is less, since the seats are then filled long before.
    """
    missing = [cover.missing[0] for cover in problem.covers if cover.missing and cover.missing[0] > 0]
    steps = [
        abs(after - before)
        for person in problem.people
        for tally, table in zip(person.rules.tallies, person.tally_costs, strict=False)
        if tally.priced
        for before, after in itertools.pairwise(table)
        if after != before
    ]
    scales = [statistics.median(missing)] if missing else []
    scales += [2.0 * statistics.median(steps)] if steps else []
    return 0.25 * max(4.0, min(scales, default=100.0))
