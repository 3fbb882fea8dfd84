"""A problem as flat arrays for the exchange search: prices, bars, runs, windows, tallies and cover, by person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from roster.solving.problem import FORBIDDEN, OFF, Problem, Tally, table_cost

Ints = NDArray[np.int64]
NO_LIMIT = 10_000


class Tables(NamedTuple):
    """`[p]` people, `[d]` days, `[o]` options (`[o + 1]` where being off comes first), `[k]` kinds, `[q]` posts.

    Kinds of history stand before day 0 in `history[p, pad]`. `tally_block` is −1 where a day does not count, −2
    where each duty counts, else the number of the block that counts once.
    """

    costs: Ints
    kind_of: Ints
    post_of: Ints
    bars: NDArray[np.bool_]
    works: NDArray[np.bool_]
    history: Ints
    run_max: Ints
    run_start: Ints
    limit_has: NDArray[np.bool_]
    limit_max: Ints
    limit_start: Ints
    window_weight: Ints
    window_days: Ints
    window_max: Ints
    tally_weight: Ints
    tally_block: Ints
    tally_low: Ints
    tally_high: Ints
    tally_unit: Ints
    tally_cost: Ints
    cover_cost: Ints
    need: Ints
    allowed_from: Ints
    allowed: Ints
    pairs: Ints
    """People who are to serve apart or together: rows (one, other, 1 for together, price)."""
    can: NDArray[np.bool_]
    """`[p, d, k]`: whether somebody could work a kind at all; only looked at for pairs."""


def tables_of(problem: Problem, pairs: Sequence[tuple[int, int, bool, int]] = ()) -> Tables:
    people, days, options = len(problem.people), problem.days, len(problem.options)
    kinds = len(problem.kinds)
    lag = max((len(kind.bars) for kind in problem.kinds), default=0)
    rules = [person.rules for person in problem.people]
    width = max([lag, *(window.days - 1 for rule in rules for window in rule.windows), 1])
    costs = np.empty((people, days, options + 1), np.int64)
    history = np.full((people, width), OFF, np.int64)
    for p, person in enumerate(problem.people):
        costs[p, :, 0], costs[p, :, 1:] = person.off_costs, person.costs
        if person.history:
            tail = person.history[-width:]
            history[p, width - len(tail) :] = tail
    bars = np.zeros((kinds, lag + 1, kinds), np.bool_)
    for k, kind in enumerate(problem.kinds):
        for back, barred in enumerate(kind.bars, 1):
            bars[k, back, list(barred)] = True
    post_of = np.full((options, 3), -1, np.int64)
    for o, option in enumerate(problem.options):
        post_of[o, : len(option.posts)] = option.posts
    works = np.array([kind.works for kind in problem.kinds], np.bool_)
    limits = max((len(rule.run_limits) for rule in rules), default=0)
    limit_has = np.zeros((people, limits, kinds), np.bool_)
    limit_max = np.full((people, limits), NO_LIMIT, np.int64)
    limit_start = np.zeros((people, limits), np.int64)
    run_start = np.zeros(people, np.int64)
    windows = max((len(rule.windows) for rule in rules), default=0)
    window_weight = np.zeros((people, windows, kinds + 1), np.int64)
    window_days, window_max = np.ones((2, people, windows), np.int64)
    window_max[:] = 2**40
    for p, person in enumerate(problem.people):
        run_start[p] = _run(person.history, frozenset(np.flatnonzero(works).tolist()))
        for at, limit in enumerate(person.rules.run_limits):
            limit_has[p, at, list(limit.kinds)], limit_max[p, at] = True, limit.at_most
            limit_start[p, at] = _run(person.history, limit.kinds)
        for at, window in enumerate(person.rules.windows):
            window_weight[p, at, :kinds] = window.weights
            window_days[p, at], window_max[p, at] = window.days, window.at_most
    run_max = [NO_LIMIT if rule.work_run_max is None else rule.work_run_max for rule in rules]
    allowed = [np.flatnonzero(costs[p, d] < FORBIDDEN) - 1 for p in range(people) for d in range(days)]
    return Tables(
        costs, np.array([option.kind for option in problem.options], np.int64), post_of, bars, works, history,
        np.array(run_max, np.int64), run_start, limit_has, limit_max, limit_start,
        window_weight, window_days, window_max, *_tally_tables(problem), *_cover_tables(problem),
        np.cumsum([0, *(len(found) for found in allowed)]), np.concatenate(allowed),
        np.array(pairs, np.int64).reshape(-1, 4), _can(problem),
    )  # fmt: skip


def _run(history: Sequence[int], kinds: frozenset[int]) -> int:
    length = 0
    for kind in reversed(history):
        if kind not in kinds:
            break
        length += 1
    return length


def _tally_tables(problem: Problem) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
    people, days, kinds = len(problem.people), problem.days, len(problem.kinds)
    most = max((len(person.rules.tallies) for person in problem.people), default=0)
    units = [
        [1 + max(tally.weights) * days // tally.unit for tally in person.rules.tallies]
        for person in problem.people
    ]
    length = max((size for sizes in units for size in sizes), default=1)
    weight, block = np.zeros((people, most, kinds), np.int64), np.full((people, most, days), -1, np.int64)
    low, high = np.zeros((people, most), np.int64), np.full((people, most), 2**40, np.int64)
    unit, cost = np.ones((people, most), np.int64), np.zeros((people, most, length), np.int64)
    for p, person in enumerate(problem.people):
        for at, tally in enumerate(person.rules.tallies):
            weight[p, at], low[p, at], unit[p, at] = tally.weights, tally.at_least, tally.unit
            if tally.at_most is not None:
                high[p, at] = tally.at_most
            block[p, at] = _blocks(tally, days)
            if tally.priced:
                cost[p, at] = [table_cost(person.tally_costs[at], n) for n in range(length)]
    return weight, block, low, high, unit, cost


def _blocks(tally: Tally, days: int) -> Ints:
    if not tally.blocks:
        return np.array(
            [-2 if tally.days is None or day in tally.days else -1 for day in range(days)], np.int64
        )
    found = np.full(days, -1, np.int64)
    for number, block in enumerate(tally.blocks):
        found[[day for day in block if 0 <= day < days]] = number
    return found


def _cover_tables(problem: Problem) -> tuple[Ints, Ints]:
    """Cost by day, post and number of people; what is needed."""
    people = len(problem.people)
    cost = np.zeros((problem.days, len(problem.posts), people + 1), np.int64)
    need = np.zeros((problem.days, len(problem.posts)), np.int64)
    for cover in problem.covers:
        cost[cover.day, cover.post] = [cover.cost(count) for count in range(people + 1)]
        need[cover.day, cover.post] = cover.need
    return cost, need


def _can(problem: Problem) -> NDArray[np.bool_]:
    can = np.zeros((len(problem.people), problem.days, len(problem.kinds)), np.bool_)
    for p, person in enumerate(problem.people):
        for o, option in enumerate(problem.options):
            can[p, :, option.kind] |= person.costs[:, o] < FORBIDDEN
    return can
