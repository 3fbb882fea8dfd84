"""Solve a roster problem: time is shared between walks, columns and neighbourhoods, on one or two threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from roster.solving.fitting import exact_diagrams, narrowed_diagrams
from roster.solving.incumbent import Incumbent
from roster.solving.instance import cover_costs, instance_of
from roster.solving.problem import Budget, Problem, Progress, Solution
from roster.solving.search import Root, Search
from roster.solving.stretch_tables import stretch_tables
from roster.solving.stretches import Stretches


def solve(
    problem: Problem, budget: Budget, *, seed: int = 0, threads: int = 1, progress: Progress | None = None
) -> Solution:
    """The best legal roster found within the budget, with the bound that was proved.

    With a budget in steps one thread works, whatever `threads` says: two would race. `progress` may be called from
    either thread, never from both at once.
    """
    incumbent = Incumbent(problem, budget, progress)
    long = problem.days > STRETCHES_FROM_DAYS
    stretches = started(problem, incumbent, seed) if long else None
    large = problem.days > EXACT_DAYS_MAX or len(problem.covers) > COLUMN_CELLS_MAX
    diagrams = None if large and stretches is not None else exact_diagrams(problem)
    if diagrams is None and not long:
        stretches = started(problem, incumbent, seed)
    if stretches is not None:
        stretches.anneal(threads=threads, share=0.95 if diagrams is None else STRETCHES_SHARE)
        while diagrams is None and not incumbent.over():
            stretches.anneal(threads=threads, share=0.5, heat=WARM)
        if incumbent.over():
            return incumbent.solution()
    instance = instance_of(problem, diagrams or narrowed_diagrams(problem), exact=diagrams is not None)
    root = Root()
    first = Search(instance, incumbent, root, seed)
    if stretches is None:
        first.walker.construct()
        incumbent.offer(first.walker.best, first.walker.best_cost)
    else:
        first.walker.load(incumbent.choices)
    if threads < 2 or incumbent.by_steps:
        _lead(first, alone=True, warm=stretches is not None)
        return incumbent.solution()
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(_follow, Search(instance, incumbent, root, seed + 1_000_003), stretches)
        try:
            _lead(first, alone=False, warm=stretches is not None)
        finally:
            incumbent.halt()
        other.result()
    return incumbent.solution()


STRETCHES_FROM_DAYS = 35
"""Beyond five weeks a walk by stretches comes further than one by whole rows."""
EXACT_DAYS_MAX = 120
"""Beyond it nobody's exact diagram fits: do not spend the seconds to see it fail."""
STRETCHES_SHARE = 0.6
"""Of the time, before columns go on from there."""
WARM = 0.04


def started(problem: Problem, incumbent: Incumbent, seed: int) -> Stretches | None:
    """A search without diagrams; None if the problem has a rule that stretches do not know, or no start was found."""
    tables = stretch_tables(problem, cover_costs(problem))
    if tables is None:
        return None
    search = Stretches(problem, tables, incumbent, seed)
    return search if search.construct() else None


NEAR = 0.02
"""A gap between cost and bound, as a share of the cost, that columns are better at than walks."""

COLUMN_CELLS_MAX = 2_500
"""Posts × days with a cost: beyond it linear programmes take longer than anybody waits, and walks do it all."""


def _lead(search: Search, *, alone: bool, warm: bool) -> None:
    """Bound and dives first, then everything."""
    incumbent, total = search.incumbent, search.incumbent.total
    if len(search.instance.cover.lowest) > COLUMN_CELLS_MAX:
        _walk_on(search)
        return
    if not warm:
        search.walk(search.timed(min(1.0, 0.1 * total)))
    if incumbent.over():
        return
    search.solve_root()
    until = incumbent.elapsed() + 0.2 * total
    dives = search.may_dive()
    while dives and not incumbent.over() and incumbent.elapsed() < until:
        search.root_dive()
    if not warm and (alone or not dives):
        search.walker.load(incumbent.choices)
        search.walk(search.timed((0.15 if dives else 0.35) * total))
    _improve(search)


def _follow(search: Search, stretches: Stretches | None) -> None:
    """A long walk of its own first, then everything."""
    if stretches is not None:
        stretches.anneal(threads=1, share=0.5, heat=WARM)
        search.walker.load(search.incumbent.choices)
        search.adopt_root()
        _improve(search)
        return
    search.walker.construct()
    if len(search.instance.cover.lowest) > COLUMN_CELLS_MAX:
        _walk_on(search)
        return
    incumbent, timed = search.incumbent, search.timed(0.3 * search.incumbent.total)
    # Where columns come near the bound, they will also do the rest: walks cannot, and the walk ends.
    search.walk(lambda: 1.0 if incumbent.gap() < NEAR else timed())
    search.adopt_root()
    _improve(search)


def _walk_on(search: Search) -> None:
    """One long cooling, and walks from the best roster with what is left."""
    search.walk(search.timed(0.95 * search.incumbent.left()))
    while not search.incumbent.over():
        search.walker.load(search.incumbent.choices)
        search.walk(search.timed(0.2 * search.incumbent.total), 0.04)


MEANS = ("dive", "large", "small", "walk")
LEAST_SHARE = 0.06
"""Of the time, for each means, however little it helped so far."""


def _improve(search: Search) -> None:
    """Whatever helped most for its time of late gets the most time; sizes follow what the bound and the clock say."""
    incumbent, random, people = search.incumbent, search.random, search.instance.people
    small, large = 6.0, float(max(6, people // 3))
    gains = dict.fromkeys(MEANS, 1.0)
    spent = dict.fromkeys(MEANS, 0.0)
    last_gain = incumbent.elapsed()
    while not incumbent.over():
        if incumbent.elapsed() - last_gain > 20:
            search.close(6000, 15)
            last_gain = incumbent.elapsed()
        total = sum(gains.values())
        means = min(
            MEANS, key=lambda one: spent[one] / (LEAST_SHARE + (1 - 4 * LEAST_SHARE) * gains[one] / total)
        )
        begun, helped, hopeless = incumbent.elapsed(), False, False
        if means == "walk":
            search.walker.load(incumbent.choices)
            seconds = min(4.0, 0.05 * incumbent.total)
            helped = search.walk(search.timed(seconds), float(random.choice([0.04, 0.12, 0.32])))
        elif means == "dive":
            helped = search.root_dive()
        else:
            size = round(large if means == "large" else small) + int(random.integers(-1, 2))
            helped, hopeless = search.neighbourhood(search.group(max(2, size)), by_dive=means == "large")
        took = incumbent.elapsed() - begun
        if helped:
            last_gain = incumbent.elapsed()
        if hopeless:
            large, small = (
                (min(people, large + 1), small) if means == "large" else (large, min(people, small + 0.3))
            )
        elif means == "large":
            large = min(people, large + 0.3) if took < 2 else max(6.0, large - 1) if took > 4.5 else large
        elif means == "small" and not helped:
            small = max(3.0, small - 0.5) if took > 2.5 else min(people, small + 0.2) if took < 1 else small
        weight = min(1.0, took / 4.0) * 0.5  # a long try says more about the means than a short one
        gains[means] = (1 - weight) * gains[means] + weight * (2.0 if helped else 0.05) / max(0.3, took)
        spent = {one: 0.98 * value for one, value in spent.items()}
        spent[means] += took + 1e-3
