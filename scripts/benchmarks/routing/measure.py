"""How a comparison is timed: all alarms in turn, round after round, the best round of each alarm, their median.

Comparisons are in this thread's processor time: both sides compute in one thread and wait for nothing, so that is what
the clock shows on an idle machine, and what a busy one does not spoil. What people wait for is timed by the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from statistics import median
from time import perf_counter, thread_time
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Given = TypeVar("Given")
ROUNDS = 3


def timed(work: Callable[[], Answer]) -> tuple[Answer, float]:
    """An answer and its milliseconds by the clock."""
    begin = perf_counter()
    answer = work()
    return answer, (perf_counter() - begin) * 1000.0


def over_rounds(
    work: Callable[[Given], Answer], given: Sequence[Given], rounds: int = ROUNDS
) -> tuple[list[Answer], float]:
    """The answers, and the median over what is given of each one's best round, in milliseconds of processor time.

    Between two rounds of an alarm lie all the others, so nothing of its own is in the processor's nearest caches.
    """
    best = [float("inf")] * len(given)
    answers: list[Any] = [None] * len(given)
    for _ in range(rounds):
        for number, one in enumerate(given):
            begin = thread_time()
            answers[number] = work(one)
            best[number] = min(best[number], (thread_time() - begin) * 1000.0)
    return answers, median(best)
