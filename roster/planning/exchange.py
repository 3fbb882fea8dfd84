"""Exchange search: people give one another days and blocks of days, annealed, from one legal roster to the next.

It serves what column generation sees badly: goals that hang on counts over the whole month (fair nights, weekends,
hours), where two people have to change at once. Rules are tested on whole rows, costs on what changes.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roster.planning.exchange_moves import ILLEGAL, propose, uniform
from roster.planning.exchange_tables import Ints, Tables
from roster.solving.compiled import compiled


@compiled
def row_cost(t: Tables, p: int, row: Ints, kinds: Ints) -> int:
    """What a person's row costs, `ILLEGAL` if a rule forbids it. `kinds` is scratch, history in front."""
    days, pad, kind_count = len(row), t.history.shape[1], t.works.shape[0]
    lags, limits, windows, tallies = (
        t.bars.shape[1],
        t.limit_has.shape[1],
        t.window_days.shape[1],
        t.tally_unit.shape[1],
    )
    total = 0
    for d in range(days):
        cost = t.costs[p, d, row[d] + 1]
        if cost >= ILLEGAL:
            return ILLEGAL
        total += cost
        kinds[pad + d] = t.kind_of[row[d]] if row[d] >= 0 else kind_count
    for d in range(pad):
        kinds[d] = t.history[p, d] if t.history[p, d] >= 0 else kind_count
    run = t.run_start[p]
    for d in range(days):
        k = kinds[pad + d]
        if k == kind_count:
            run = 0
            continue
        for lag in range(1, lags):
            before = kinds[pad + d - lag]
            if before != kind_count and t.bars[before, lag, k]:
                return ILLEGAL
        if t.works[k]:
            run += 1
            if run > t.run_max[p]:
                return ILLEGAL
        else:
            run = 0
    for r in range(limits):
        run = t.limit_start[p, r]
        for d in range(days):
            k = kinds[pad + d]
            if k != kind_count and t.limit_has[p, r, k]:
                run += 1
                if run > t.limit_max[p, r]:
                    return ILLEGAL
            else:
                run = 0
    for w in range(windows):
        if t.window_max[p, w] >= 2**40:
            continue
        size, weight = t.window_days[p, w], 0
        for d in range(1 - size, days):
            weight += t.window_weight[p, w, kinds[pad + d]]
            if d >= 1:
                weight -= t.window_weight[p, w, kinds[pad + d - size]]
            if d >= 0 and weight > t.window_max[p, w] and kinds[pad + d] != kind_count:
                return ILLEGAL
    for c in range(tallies):
        value, last = 0, -9
        for d in range(days):
            k, block = kinds[pad + d], t.tally_block[p, c, d]
            if k == kind_count or block == -1 or t.tally_weight[p, c, k] == 0:
                continue
            if block == -2 or block != last:
                value += t.tally_weight[p, c, k]
                last = block
        if value < t.tally_low[p, c] or value > t.tally_high[p, c]:
            return ILLEGAL
        total += t.tally_cost[p, c, value // t.tally_unit[p, c]]
    return total


@compiled
def cover_of(t: Tables, counts: Ints, d: int, option: int, step: int) -> int:
    """Put an option on its posts (step 1) or take it away (−1), and what that costs."""
    change = 0
    if option >= 0:
        for f in range(t.post_of.shape[1]):
            q = t.post_of[option, f]
            if q >= 0:
                change -= t.cover_cost[d, q, counts[d, q]]
                counts[d, q] += step
                change += t.cover_cost[d, q, counts[d, q]]
    return change


@compiled
def pair_cost(t: Tables, rows: Ints) -> int:
    """What pairs cost that stand together and should not, or apart while the other could be there."""
    total = 0
    for i in range(len(t.pairs)):
        one, other, price = t.pairs[i, 0], t.pairs[i, 1], t.pairs[i, 3]
        for d in range(rows.shape[1]):
            a = t.kind_of[rows[one, d]] if rows[one, d] >= 0 else -1
            b = t.kind_of[rows[other, d]] if rows[other, d] >= 0 else -1
            if t.pairs[i, 2] == 0:
                total += price if a >= 0 and a == b else 0
            elif a != b:
                total += price if a >= 0 and t.can[other, d, a] else 0
                total += price if b >= 0 and t.can[one, d, b] else 0
    return total


@compiled
def exchange(
    t: Tables, rows: Ints, best: Ints, steps: int, hot: float, cold: float, state: NDArray[np.uint64]
) -> tuple[int, int]:
    """Anneal `rows` over so many steps, `best` keeping the cheapest; the costs of both in the end."""
    people, days = rows.shape
    counts = np.zeros((days, t.need.shape[1]), np.int64)
    kinds = np.empty(t.history.shape[1] + days, np.int64)
    own, fresh = np.empty(people, np.int64), np.zeros(4, np.int64)
    who, new, old = np.zeros(4, np.int64), np.zeros((4, days), np.int64), np.zeros((4, days), np.int64)
    cost = 0
    for d in range(days):
        for q in range(t.need.shape[1]):
            cost += t.cover_cost[d, q, 0]
    for p in range(people):
        own[p] = row_cost(t, p, rows[p], kinds)
        cost += own[p]
        for d in range(days):
            cost += cover_of(t, counts, d, rows[p, d], 1)
    pairs = pair_cost(t, rows)
    cost += pairs
    best[:] = rows
    best_cost = cost
    temperature, cooling = hot, (cold / hot) ** (1.0 / max(1, steps // 256))
    for step in range(steps):
        if step % 256 == 255:
            temperature *= cooling
        moved = propose(t, rows, counts, state, who, new)
        if moved == 0:
            continue
        change = 0
        for i in range(moved):
            fresh[i] = row_cost(t, who[i], new[i], kinds)
            if fresh[i] >= ILLEGAL:
                change = ILLEGAL
                break
            change += fresh[i] - own[who[i]]
        if change >= ILLEGAL:
            continue
        for i in range(moved):
            for d in range(days):
                if new[i, d] != rows[who[i], d]:
                    change += cover_of(t, counts, d, rows[who[i], d], -1)
        for i in range(moved):
            for d in range(days):
                if new[i, d] != rows[who[i], d]:
                    change += cover_of(t, counts, d, new[i, d], 1)
        for i in range(moved):
            old[i] = rows[who[i]]
            rows[who[i]] = new[i]
        paired = pair_cost(t, rows) if len(t.pairs) else 0
        change += paired - pairs
        if change <= 0 or uniform(state) < np.exp(-change / temperature):
            cost += change
            pairs = paired
            for i in range(moved):
                own[who[i]] = fresh[i]
            if cost < best_cost:
                best_cost = cost
                best[:] = rows
            continue
        for i in range(moved):
            for d in range(days):
                if new[i, d] != old[i, d]:
                    cover_of(t, counts, d, new[i, d], -1)
            rows[who[i]] = old[i]
        for i in range(moved):
            for d in range(days):
                if new[i, d] != old[i, d]:
                    cover_of(t, counts, d, old[i, d], 1)
    return best_cost, cost
