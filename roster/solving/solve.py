"""Solve a roster problem: time is shared between walks, columns and neighbourhoods, on one or two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from roster.solving.incumbent import Incumbent
from roster.solving.instance import instance_of
from roster.solving.problem import Budget, Problem, Progress, Solution
from roster.solving.search import Root, Search


def solve(
    problem: Problem, budget: Budget, *, seed: int = 0, threads: int = 1, progress: Progress | None = None
) -> Solution:
    """The best legal roster found within the budget, with the bound that was proved.

    With a budget in steps one thread works, whatever `threads` says: two would race. `progress` may be called from
    either thread, never from both at once.
    """
    instance = instance_of(problem)
    incumbent = Incumbent(problem, budget, progress)
    root = Root()
    first = Search(instance, incumbent, root, seed)
    first.walker.construct()
    incumbent.offer(first.walker.best, first.walker.best_cost)
    if threads < 2 or incumbent.by_steps:
        _lead(first)
        return incumbent.solution()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(_follow, Search(instance, incumbent, root, seed + 1_000_003))
        try:
            _lead(first)
        finally:
            incumbent.halt()
        other.result()
    return incumbent.solution()


def _lead(search: Search) -> None:
    """Bound and dives first, then neighbourhoods."""
    incumbent, total = search.incumbent, search.incumbent.total
    search.walk(search.timed(min(1.0, 0.1 * total)), 25.0, 0.3)
    if incumbent.over():
        return
    search.solve_root()
    if not incumbent.over():
        search.root_dive(0.0, max(0.2 * min(total, 60), 0.08 * total))
    search.walker.load(incumbent.choices)
    search.walk(search.timed(max(min(10.0, 0.15 * total), 0.05 * total)), 25.0, 0.3)
    _improve(search)


def _follow(search: Search) -> None:
    """A long walk of its own first, then neighbourhoods."""
    search.walker.construct()
    search.walk(
        search.timed(max(min(20.0, 0.3 * search.incumbent.total), 0.1 * search.incumbent.total)), 25.0, 0.3
    )
    search.adopt_root()
    _improve(search)


def _improve(search: Search) -> None:
    """Neighbourhoods until the end; sizes follow what the bound and the clock say."""
    incumbent, random, people = search.incumbent, search.random, search.instance.people
    small, large = 6.0, float(max(6, people // 3))
    gain_small = gain_large = 1.0
    turn, last_gain = 0, incumbent.elapsed()
    while not incumbent.over():
        turn += 1
        if incumbent.elapsed() - last_gain > 20:
            search.close(6000, 15)
            last_gain = incumbent.elapsed()
        if turn % 12 == 0:
            search.walker.load(incumbent.choices)
            search.walk(
                search.timed(min(4.0, 0.1 * incumbent.total)), float(random.choice([1.0, 3.0, 8.0])), 0.3
            )
            continue
        by_dive = bool(random.random() < gain_large / (gain_small + gain_large))
        size = max(2, min(people, round(large if by_dive else small) + int(random.integers(-1, 2))))
        begun = incumbent.elapsed()
        group = random.choice(people, min(size, people), replace=False)
        helped, hopeless = search.neighbourhood(np.sort(group), by_dive=by_dive)
        took = incumbent.elapsed() - begun
        if helped:
            last_gain = incumbent.elapsed()
        if hopeless:
            if by_dive:
                large = min(people, large + 1)
            else:
                small = min(people, small + 0.3)
            continue
        gain = (2.0 if helped else 0.05) / max(0.3, took)
        if by_dive:
            gain_large = 0.85 * gain_large + 0.15 * gain + 0.005
            large = min(people, large + 0.3) if took < 2 else max(6.0, large - 1) if took > 4.5 else large
        else:
            gain_small = 0.85 * gain_small + 0.15 * gain + 0.005
            if not helped:
                small = (
                    max(3.0, small - 0.5) if took > 2.5 else min(people, small + 0.2) if took < 1 else small
                )
