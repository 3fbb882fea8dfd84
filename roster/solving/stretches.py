"""Search over stretches of days, for horizons too long for diagrams: always legal, on one or two threads, no bound."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from roster.solving.compiled import Ints
from roster.solving.incumbent import Choices, Incumbent
from roster.solving.problem import Problem
from roster.solving.response import NEVER
from roster.solving.stretch_response import respond, room_for
from roster.solving.stretch_rows import days_price, follow_row, put_days, used
from roster.solving.stretch_tables import StretchTables
from roster.solving.stretch_walk import price_days, reachable_ends, walk
from roster.solving.walker import cooled, hot_temperature

COLD = 0.3
LONGEST = 16
"""Days of a stretch at most, but for the rest of a week."""
BORDER = 8
"""Days between the halves of two threads: what happens before is mostly forgotten after them."""
CHUNK_SECONDS = 0.15
CHUNK_STEPS = 100
STEP_PRICE = 8
"""What a step is charged, where work is the clock."""
ATTEMPTS = (
    (28, 1, 0),
    (28, 2, 0),
    (28, 2, 2),
    (14, 1, 0),
    (28, 2, 4),
    (21, 2, 1),
    (42, 3, 3),
    (28, 3, 7),
    (56, 5, 0),
)
"""To build a row: days at a time, how many duties it may stray from a straight line at the ends of these, and how many
ahead of the floor's line it comes, so that the last stretch is free to have fewer."""
NOISES = (1e-3, 20.0, 60.0)
"""On prices: what did not come out on one way through the days may on another."""
FAILURES = 6
"""Of stretches in one row, each mended by joining two, before it is begun anew in another way."""


class Stretches:
    """A current roster with what its rows use and where they stand, for the walks of two threads."""

    def __init__(self, problem: Problem, tables: StretchTables, incumbent: Incumbent, seed: int) -> None:
        self.problem, self.tables, self.incumbent = problem, tables, incumbent
        people, days, options = tables.costs.shape
        self.people, self.days = people, days
        self.random = np.random.default_rng(seed)
        self.rng = [self.random.integers(0, 2**63, 1).astype(np.uint64) for _ in range(2)]
        self.rooms = [room_for(tables) for _ in range(2)]
        self.prices = [(np.empty((days, options)), np.empty(days)) for _ in range(2)]
        self.choices: Choices = np.full((people, days), -1, np.int16)
        self.states = np.zeros((people, days + 1), np.int16)
        self.counts = np.zeros((days, len(problem.posts)), np.int64)
        self.totals = np.zeros((people, tables.weights.shape[1]), np.int64)
        self.lo, self.hi = tables.lo[tables.of_class], tables.hi[tables.of_class]
        self.cost = 0.0
        self.hot = hot_temperature(problem)

    def construct(self) -> bool:
        """Everybody's row by best responses, some weeks at a time; False if somebody's did not come out."""
        tables = self.tables
        own = 0.0
        for p in self.random.permutation(self.people).tolist():
            if not any(self._row(p, noise, *attempt) for noise in NOISES for attempt in ATTEMPTS):
                return False
            put_days(tables, self.choices[p], self.counts, 0, self.days, 1)
            own += days_price(tables, p, self.choices[p], 0, self.days)
        cover = np.take_along_axis(tables.cover_costs, self.counts[:, :, None], axis=2).sum()
        self.cost = own + float(cover) + self.problem.base_cost
        return self.incumbent.offer(self.choices, self.cost)

    def _row(self, p: int, noise: float, length: int, stray: int, lead: int) -> bool:
        tables, room, (prices, off_prices) = self.tables, self.rooms[0], self.prices[0]
        c = int(tables.of_class[p])
        row, states, tallies = self.choices[p], self.states[p], int(tables.tallies[c])
        alive = np.zeros((self.days + 1, tables.follow.shape[1]), np.bool_)
        reachable_ends(tables, p, alive)
        row[:] = -1
        states[0] = tables.start[p]
        price_days(tables, p, self.counts, 0, self.days, noise, self.rng[0], prices, off_prices)
        so_far = np.zeros(tallies, np.int64)
        begins, step, failures = [0], length, 0
        while begins[-1] < self.days:
            a = begins[-1]
            b = self._end(a, step)
            used(tables, p, row, 0, a, so_far)
            for t in range(tallies):
                low, high = int(tables.lo[c, t]), int(tables.hi[c, t])
                if b < self.days:
                    share, duty = b / self.days, int(tables.heaviest[c, t])
                    ahead = lead * share * duty if low > 0 else 0.0
                    high = min(high, int(high * share + ahead) + (stray * duty if low > 0 else 0))
                    low = int(np.ceil(low * share + ahead)) - stray * duty
                room.left_lo[t], room.left_hi[t] = low - so_far[t], high - so_far[t]
            room.ends[:] = alive[b]
            if respond(tables, room, p, a, b, int(states[a]), prices, off_prices, row) < NEVER:
                follow_row(tables, p, row, states, a, b)
                begins.append(b)
                step = length
            elif a == 0 or step > 3 * length or failures > FAILURES:
                return False
            else:  # no way on from here: this stretch and the one before as one
                failures += 1
                begins.pop()
                step += length
        used(tables, p, row, 0, self.days, so_far)
        self.totals[p, :tallies] = so_far
        return True

    def _end(self, a: int, length: int) -> int:
        later = int(self.tables.cuts[self.tables.cuts >= min(self.days, a + length)][0])
        return later if self.days - later >= 21 else self.days

    def anneal(self, *, threads: int, share: float, heat: float = 1.0) -> None:
        """One cooling, from a part of the hot temperature, over a share of the time that is left."""
        begun, seconds = self.incumbent.elapsed(), share * self.incumbent.left()
        rate = 2000.0
        alone = threads < 2 or self.incumbent.by_steps or self.days < 6 * BORDER
        with ThreadPoolExecutor(1) as pool:
            while not self.incumbent.over():
                done = (self.incumbent.elapsed() - begun) / max(1e-9, seconds)
                if done >= 1.0:
                    break
                temperature = cooled(heat * self.hot, COLD, done)
                if alone:
                    steps = CHUNK_STEPS if self.incumbent.by_steps else max(20, int(rate * CHUNK_SECONDS))
                    at = self.incumbent.elapsed()
                    self.cost += self._walk(
                        0, steps, temperature, 0, self.days, self.days, self.totals, self.lo, self.hi
                    )
                else:
                    steps = max(20, int(2 * rate * CHUNK_SECONDS))
                    at = self.incumbent.elapsed()
                    self._walk_both(pool, steps, temperature)
                self.incumbent.charge(steps * STEP_PRICE)
                if not self.incumbent.by_steps:
                    took = max(1e-3, self.incumbent.elapsed() - at)
                    rate = 0.5 * rate + 0.5 * steps / took * (1 if alone else 0.5)
                if self.cost < self.incumbent.cost - 0.5:
                    self.incumbent.offer(self.choices, self.cost)

    def _walk_both(self, pool: ThreadPoolExecutor, steps: int, temperature: float) -> None:
        middle = int(self.days * (0.4 + 0.2 * self.random.random()))
        horizon = middle + BORDER
        spare_up, spare_down = self.hi - self.totals, self.totals - self.lo
        first_up, first_down = spare_up // 2, spare_down // 2
        if self.random.random() < 0.5:
            first_up, first_down = spare_up - first_up, spare_down - first_down
        before = self.totals.copy()
        left, right = before.copy(), before.copy()
        part = int(steps * middle / (self.days - BORDER))
        other = pool.submit(
            self._walk, 1, max(10, steps - part), temperature, horizon, self.days, self.days, right,
            before - (spare_down - first_down), before + (spare_up - first_up),
        )  # fmt: skip
        change = self._walk(
            0, max(10, part), temperature, 0, middle, horizon, left, before - first_down, before + first_up
        )
        self.cost += change + other.result()
        self.totals = left + right - before

    def _walk(
        self, thread: int, steps: int, temperature: float, first: int, last: int, horizon: int, totals: Ints,
        lo: Ints, hi: Ints,
    ) -> float:  # fmt: skip
        prices, off_prices = self.prices[thread]
        return float(
            walk(
                self.tables, self.rooms[thread], steps, temperature, max(3.0, 0.12 * temperature), LONGEST,
                self.rng[thread], self.choices, self.states, self.counts, totals, lo, hi, first, last, horizon, prices,
                off_prices,
            )
        )  # fmt: skip
