"""The time that is left of a budget, by a clock that is handed in."""

from __future__ import annotations

from collections.abc import Callable


class Timer:
    """Time left of a budget."""

    def __init__(self, clock: Callable[[], float], seconds: float) -> None:
        self.clock, self.seconds, self.began = clock, seconds, clock()

    @property
    def passed(self) -> float:
        return self.clock() - self.began

    @property
    def left(self) -> float:
        return max(0.05, self.seconds - self.passed)

    @property
    def over(self) -> bool:
        return self.passed > self.seconds
