"""Solve one published instance within a time limit, and say what the independent checker makes of the answer."""

from __future__ import annotations

import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from roster.solving.incumbent import Incumbent
from roster.solving.problem import OFF, Budget, Solution
from roster.solving.solve import solve, started
from scripts.benchmarks.roster.curtois import Benchmark, as_problem, read
from scripts.benchmarks.roster.curtois_check import objective, violations
from scripts.benchmarks.roster.made_instance import made_instance

THREADS = 2
SECONDS_KEPT_BACK = 0.3
"""For reading, checking and writing, so that the whole stays near the limit."""


def solve_file(path: Path, seconds: float, seed: int) -> dict[str, Any]:
    """One object: instance, objective, bound, seconds, violations, schedule."""
    _compile_kernels()
    begun = time.monotonic()
    benchmark = read(path)
    problem = as_problem(benchmark)
    spent = time.monotonic() - begun
    budget = Budget(seconds=max(0.05, seconds - spent - SECONDS_KEPT_BACK), clock=time.monotonic)
    solution = solve(problem, budget, seed=seed, threads=THREADS)
    schedule = as_schedule(benchmark, solution)
    return {
        "instance": benchmark.name,
        "objective": objective(benchmark, schedule),
        "bound": solution.bound,
        "seconds": round(time.monotonic() - begun, 2),
        "violations": len(violations(benchmark, schedule)),
        "schedule": schedule,
    }


def as_schedule(benchmark: Benchmark, solution: Solution) -> dict[str, list[str]]:
    """The choices as the benchmark writes them: shifts by day, "" for off."""
    shifts = list(benchmark.minutes)
    return {
        name: ["" if option == OFF else shifts[option] for option in row]
        for name, row in zip(benchmark.staff, solution.choices, strict=True)
    }


def _compile_kernels() -> None:
    """Solve a small instance both ways, so that an installation's first run does not spend its time on compiling."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "made.txt"
        path.write_text(made_instance(people=8, weeks=2, shifts=3, seed=1), encoding="utf-8")
        problem = as_problem(read(path))
    solve(problem, Budget(steps=3_000))
    stretches = started(problem, Incumbent(problem, Budget(steps=3_000), None), seed=1)
    if stretches is not None:
        stretches.anneal(threads=1, share=1.0)
