"""One thread's search: walks, root columns, dives and column neighbourhoods around the shared incumbent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from roster.solving.dive import dive
from roster.solving.incumbent import Incumbent
from roster.solving.instance import Floats, Instance
from roster.solving.master import Master, cheapest_rows
from roster.solving.pool import Pool
from roster.solving.rows import Index, Rows, counts_of, cover_price, priced
from roster.solving.walker import Walker, cooled, hot_temperature

ROWS_FROM_POOL = 30
DIVE_SHARE = 0.2
"""Of the whole time, for one dive over everybody."""
COLD = 0.3
"""The last temperature: a step that costs one is then taken once in thirty times."""


class Root:
    """What the master over everybody found out: duals and useful rows, for whoever comes after."""

    def __init__(self) -> None:
        self.duals: Floats | None = None
        self.rows: Rows | None = None
        self.lower = -np.inf
        self.seconds = np.inf


class Search:
    """The means of one thread. Each method improves the incumbent if it can and says whether it did."""

    def __init__(self, instance: Instance, incumbent: Incumbent, root: Root, seed: int) -> None:
        self.instance, self.incumbent, self.root = instance, incumbent, root
        self.values = instance.terminal_costs.copy()
        self.random = np.random.default_rng(seed)
        self.walker = Walker(instance, seed, self.values)
        self.pool = Pool(instance)
        self.hot = hot_temperature(instance.problem)
        self.everybody: Index = np.arange(instance.people)
        self.master: Master | None = None
        free = np.zeros(instance.cover.row.shape)
        self.floor, _ = cheapest_rows(instance, self.everybody, free, self.values)
        self.base = float(instance.problem.base_cost)

    # Walks.

    def walk(self, share_done: Callable[[], float], heat: float = 1.0) -> bool:
        """Cool from a part of the hot temperature to cold while `share_done` goes from 0 to 1."""
        better = False
        while (share := share_done()) < 1.0 and not self.incumbent.over():
            seen = self.walker.best_cost
            temperature = cooled(heat * self.hot, COLD, share)
            self.walker.walk(50, temperature, noise=max(3.0, 0.12 * temperature))
            self.incumbent.charge(50)
            if self.walker.best_cost < seen - 0.5 and self.incumbent.offer(
                self.walker.best, self.walker.best_cost
            ):
                better = True
                self.pool.add(priced(self.instance, self.everybody, self.walker.best))
        return better

    def timed(self, seconds: float) -> Callable[[], float]:
        """A share that runs from 0 to 1 in so many seconds."""
        begun = self.incumbent.elapsed()
        return lambda: (self.incumbent.elapsed() - begun) / max(1e-9, seconds)

    # Columns over everybody.

    def new_master(self, group: Index, fixed_counts: Index) -> Master:
        """A master that ends with the time."""
        master = Master(self.instance, group, fixed_counts, self.values)
        if not self.incumbent.by_steps:
            master.seconds_left = self.incumbent.left
        return master

    def solve_root(self) -> None:
        """Column generation over everybody: the bound, the duals and the useful rows."""
        begun = self.incumbent.elapsed()
        nobody = np.zeros(self.instance.cover.row.shape, np.int64)
        self.master = master = self.new_master(self.everybody, nobody)
        master.add(self.current())
        master.add(self.pool.of(self.everybody, self.random, 6))
        converged = False
        while not converged and not self.incumbent.over():
            converged = master.generate(rounds=8, gap=1e-6, cutoff=np.inf, stop=self.until(np.inf))
            if self.instance.exact:
                self.incumbent.prove(master.best_lower + self.base)
        self.root.seconds = self.incumbent.elapsed() - begun
        self.root.duals, self.root.lower = master.center, master.best_lower
        order = np.argsort(master.reduced(master.rows), kind="stable")
        self.root.rows = master.rows.take(order[: 18 * self.instance.people])
        self.pool.add(self.root.rows)

    def adopt_root(self) -> None:
        """Take over what another thread's root found."""
        if self.root.rows is not None:
            self.pool.add(self.root.rows)

    def may_dive(self) -> bool:
        """Whether a dive over everybody, five to twenty times the root's work, could end in its share of the time."""
        return 7 * self.root.seconds < DIVE_SHARE * self.incumbent.total

    def root_dive(self) -> bool:
        """A dive over everybody from the root's useful rows."""
        if self.root.rows is None or not self.may_dive():
            return False
        seconds = DIVE_SHARE * self.incumbent.total
        nobody = np.zeros(self.instance.cover.row.shape, np.int64)
        master = self.new_master(self.everybody, nobody)
        master.add(self.root.rows)
        master.add(self.current())
        master.center = self.root.duals
        found = dive(
            master, self.random, cutoff=self.incumbent.cost - self.base, stop=self.until(seconds),
            used=self.timed(0.8 * seconds),
        )  # fmt: skip
        if found is not None:
            self.pool.add(found)
        return self.accept(found)

    def close(self, most: int, seconds: float) -> bool:
        """Every row that could be in a better roster, if there are few enough, and the best choice among them."""
        gap = self.incumbent.cost - 1 - self.base - self.root.lower + 1e-3
        if self.master is None or gap <= 0:
            return False
        listed = self.master.list_within(gap, most)
        if listed is None:
            return False
        self.master.add(listed)
        self.master.solve()
        cutoff = self.incumbent.cost - self.base
        return self.accept(self.choose(self.master, seconds, cutoff, gap))

    # Neighbourhoods.

    def neighbourhood(self, group: Index, *, by_dive: bool, listed_most: int = 1500) -> tuple[bool, bool]:
        """Improve one group while the others stay: whether it helped, and whether the bound said no."""
        instance, choices = self.instance, self.incumbent.choices
        own = priced(instance, group, choices[group])
        counts = counts_of(instance, choices)
        fixed_counts = counts - counts_of(instance, choices[group])
        cutoff = float(own.prices.sum()) + cover_price(instance, counts)
        master = self.new_master(group, fixed_counts)
        master.add(own)
        master.add(self.pool.of(group, self.random, ROWS_FROM_POOL))
        master.center = self.root.duals
        stop = self.until(8.0, len(group))
        master.generate(rounds=1000, gap=0.01, cutoff=cutoff - 1 + 1e-6, stop=stop)
        if master.lower >= cutoff - 1 + 1e-6:
            return False, True
        if stop():
            return False, False
        if by_dive:
            found = dive(
                master, self.random, cutoff=cutoff, stop=self.until(8.0, len(group)), used=self.timed(6.0), noise=0.2
            )  # fmt: skip
        else:
            gap = cutoff - 1 - master.lower + 1e-3
            while gap > 1e-3:
                listed = master.list_within(gap, listed_most)
                if listed is not None:
                    master.add(listed)
                    break
                gap *= 0.7
            found = self.choose(master, 3.0, cutoff, gap)
        return self.accept(found, choices), False

    def group(self, size: int) -> Index:
        """People to free together: at random, around a cell with trouble, or those furthest from what they want."""
        people = self.instance.people
        size = min(size, people)
        mode = self.random.random()
        weights: Any = np.ones(people)
        if mode > 0.7:
            weights = np.asarray(np.maximum(self.current().prices - self.floor, 0.0) + 1.0, np.float64)
        elif mode > 0.4:
            choices = self.incumbent.choices
            counts = counts_of(self.instance, choices)
            price = np.take_along_axis(self.instance.cover_costs, counts[:, :, None], axis=2)[:, :, 0]
            cells = np.argwhere(price > 0)
            if len(cells):
                day, post = cells[self.random.integers(len(cells))].tolist()
                fits = [post in option.posts for option in self.instance.problem.options]
                able = (self.instance.option_group[:, fits] > 0).any(axis=1)
                around = (choices[:, max(0, day - 1) : day + 2] >= 0).any(axis=1)
                weights = 0.1 + able * (1.0 + around)
        return np.sort(self.random.choice(people, size, replace=False, p=weights / weights.sum()))

    def accept(self, found: Rows | None, around: np.ndarray | None = None) -> bool:
        """Offer the incumbent with these rows in it."""
        if found is None:
            return False
        choices = self.incumbent.choices if around is None else around
        choices[found.people] = found.choices
        rows = priced(self.instance, self.everybody, choices)
        cost = (
            float(rows.prices.sum())
            + cover_price(self.instance, counts_of(self.instance, choices))
            + self.base
        )
        better = self.incumbent.offer(choices, cost)
        if better:
            self.pool.add(rows)
        return better

    def current(self) -> Rows:
        """The incumbent as rows."""
        return priced(self.instance, self.everybody, self.incumbent.choices)

    def until(self, seconds: float, people: int | None = None) -> Callable[[], bool]:
        """Stop after so many seconds, or with everything else; asked once a round of pricing `people`."""
        end = self.incumbent.elapsed() + seconds
        round_steps = 4 * (people or self.instance.people)

        def stop() -> bool:
            self.incumbent.charge(round_steps)
            return self.incumbent.elapsed() > end or self.incumbent.over()

        return stop

    def choose(self, master: Master, seconds: float, cutoff: float, gap: float) -> Rows | None:
        """The master's mixed-integer programme within its time, or within a count of nodes where work is the clock."""
        if self.incumbent.by_steps:
            self.incumbent.charge(3000)
            return master.choose(seconds=np.inf, nodes=100, cutoff=cutoff, keep=gap)
        allowed = max(0.1, min(seconds, self.incumbent.left()))
        return master.choose(seconds=allowed, nodes=None, cutoff=cutoff, keep=gap)
