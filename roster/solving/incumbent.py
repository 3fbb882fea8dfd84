"""The best roster so far and the best bound, shared by the threads that look for better ones."""

from __future__ import annotations

import math
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from roster.solving.problem import Budget, Problem, Progress, Solution

Choices = NDArray[np.int16]


STEPS_PER_SECOND = 10_000


class Incumbent:
    """Takes offers, keeps the cheapest, tells who listens, and knows when to stop."""

    def __init__(self, problem: Problem, budget: Budget, progress: Progress | None) -> None:
        self._problem, self._budget, self._progress = problem, budget, progress
        self._lock = Lock()
        self._choices: Choices | None = None
        self._begun = budget.clock() if budget.clock is not None else 0.0
        self._charged = 0
        self._halted = False
        self.total = budget.seconds if budget.seconds is not None else (budget.steps or 0) / STEPS_PER_SECOND
        self.cost = math.inf
        self.bound = -math.inf

    def offer(self, choices: Choices, cost: float) -> bool:
        """Keep a roster if it is cheaper than the best; whether it was. `cost` includes the problem's base cost."""
        with self._lock:
            if cost >= self.cost - 0.5:
                return False
            self._choices, self.cost = choices.copy(), float(round(cost))
            self._tell()
            return True

    def prove(self, bound: float) -> None:
        """A bound on every roster's cost (whole-numbered costs let it be rounded up)."""
        if not math.isfinite(bound):
            return
        whole = float(math.ceil(bound - 1e-6 - 1e-12 * abs(bound)))
        with self._lock:
            if whole > self.bound:
                self.bound = whole
                if self._choices is not None:
                    self._tell()

    @property
    def choices(self) -> Choices:
        """The best roster's choices."""
        with self._lock:
            assert self._choices is not None, "no roster was offered yet"
            return self._choices.copy()

    @property
    def by_steps(self) -> bool:
        """Whether time is counted by work instead of by a clock."""
        return self._budget.steps is not None

    def charge(self, steps: float) -> None:
        """Count work, where work is the clock."""
        self._charged += round(steps)

    def elapsed(self) -> float:
        """Seconds since the start, nominal ones where work is the clock."""
        if self._budget.steps is not None or self._budget.clock is None:
            return self._charged / STEPS_PER_SECOND
        return self._budget.clock() - self._begun

    def left(self) -> float:
        """Seconds that are left."""
        return self.total - self.elapsed()

    def gap(self) -> float:
        """What may still be won, as a share of the cost; infinite without a bound."""
        return (self.cost - self.bound) / max(1.0, abs(self.cost))

    def halt(self) -> None:
        """End the work of all threads."""
        self._halted = True

    def over(self) -> bool:
        """Whether to stop: proved, out of time, or told to."""
        if self._halted or self.bound >= self.cost or self.left() <= 0:
            return True
        return self._budget.should_stop is not None and self._budget.should_stop()

    def solution(self) -> Solution:
        """What to hand out."""
        with self._lock:
            return self._solution()

    def _solution(self) -> Solution:
        assert self._choices is not None, "no roster was offered yet"
        rows = tuple(tuple(row) for row in self._choices.tolist())
        bound = min(self.bound, self.cost)
        return Solution(rows, int(self.cost), int(bound) if math.isfinite(bound) else None)

    def _tell(self) -> None:
        if self._progress is not None:
            self._progress(self._solution())
