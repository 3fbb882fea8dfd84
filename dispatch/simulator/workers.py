"""Replications side by side in processes of our own, answered in their order, so that the report does not change."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context

from dispatch.simulator.arrivals import Alarms, Demand
from dispatch.simulator.ground import Ground
from dispatch.simulator.habits import Habit
from dispatch.simulator.outcome import Outcome, replicate


@dataclass(frozen=True)
class Task:
    """What every worker knows: it is inherited by the fork, never sent."""

    ground: Ground
    demand: Demand
    habits: tuple[Habit, ...]
    alarms: Sequence[Alarms]
    seed: int
    with_rows: bool

    @property
    def jobs(self) -> list[tuple[int, int]]:
        """Replication and habit, in the order of the report."""
        return [(run, habit) for run in range(len(self.alarms)) for habit in range(len(self.habits))]

    def do(self, job: tuple[int, int]) -> Outcome:
        run, habit = job
        return replicate(
            self.ground,
            self.demand,
            self.habits[habit],
            self.alarms[run],
            self.seed,
            run,
            with_rows=self.with_rows,
        )


def outcomes(task: Task, workers: int) -> Iterator[Outcome]:
    """Every outcome in the order of the jobs."""
    jobs = task.jobs
    if workers < 2 or len(jobs) < 2:
        yield from map(task.do, jobs)
        return
    # A fork shares the county and the travel table; nothing here runs threads before it.
    pool = ProcessPoolExecutor(min(workers, len(jobs)), get_context("fork"), _begin, (task,))
    try:
        yield from pool.map(_work, jobs)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


_work_of: list[Callable[[tuple[int, int]], Outcome]] = []


def _begin(task: Task) -> None:
    _work_of[:] = [task.do]


def _work(job: tuple[int, int]) -> Outcome:
    return _work_of[0](job)
