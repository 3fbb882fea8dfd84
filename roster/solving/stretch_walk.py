"""Ruin and recreate within stretches: take a few people's days out between two cuts, put them back by best responses.

Two threads may walk at once on one roster if their days do not meet: each keeps its own half of what the tallies
leave, and the automaton's states at the border stay as they are.
"""

from __future__ import annotations

import numpy as np

from roster.solving.annealing import is_among, noise_share, uniform
from roster.solving.compiled import Bools, Floats, Ints, Seeds, Shorts, compiled
from roster.solving.response import NEVER
from roster.solving.stretch_response import Room, respond
from roster.solving.stretch_rows import days_price, follow_row, mark_ends, put_days, used
from roster.solving.stretch_tables import StretchTables

PEOPLE_MOST = 3
TRIES_FOR_TROUBLE = 12


@compiled
def price_days(
    tables: StretchTables, p: int, counts: Ints, a: int, b: int, noise: float, rng: Seeds, prices: Floats,
    off_prices: Floats,
) -> None:  # fmt: skip
    """Prices of one more person over the counts, with noise."""
    for d in range(a, b):
        off_prices[d] = tables.off_costs[p, d]
        for o in range(prices.shape[1]):
            if tables.option_group[p, o] == 0:
                prices[d, o] = NEVER
                continue
            price = tables.costs[p, d, o]
            for f in range(tables.fill_from[o], tables.fill_from[o + 1]):
                q = tables.fill_post[f]
                n = counts[d, q]
                price += tables.cover_costs[d, q, n + 1] - tables.cover_costs[d, q, n]
            if noise > 0.0:
                price += noise * 1.7 * (uniform(rng) + uniform(rng) + uniform(rng) + uniform(rng) - 2.0)
            prices[d, o] = price


@compiled
def walk(
    tables: StretchTables,
    room: Room,
    steps: int,
    temperature: float,
    noise_scale: float,
    longest: int,
    rng: Seeds,
    choices: Shorts,
    states: Shorts,
    counts: Ints,
    totals: Ints,
    lo: Ints,
    hi: Ints,
    first: int,
    last: int,
    horizon: int,
    prices: Floats,
    off_prices: Floats,
) -> float:
    """Make steps on the days from `first` to `last`, in place; the change of cost.

    `totals[p, t]` is what a row uses of each tally, between `lo[p, t]` and `hi[p, t]`. Stretches are at most
    `longest` days long; at `horizon` the automaton's states stay as they are.
    """
    people, days = choices.shape
    posts = counts.shape[1]
    from_cut = 0
    while tables.cuts[from_cut] < first:
        from_cut += 1
    to_cut = len(tables.cuts) - 1
    while tables.cuts[to_cut] > last:
        to_cut -= 1
    if to_cut <= from_cut:
        return 0.0
    fresh = np.empty((PEOPLE_MOST, days), choices.dtype)
    who = np.empty(PEOPLE_MOST, np.int64)
    before_used = np.empty((PEOPLE_MOST, totals.shape[1]), np.int64)
    after_used = np.zeros(totals.shape[1], np.int64)
    changed = 0.0
    for _ in range(steps):
        # Where and who: half of the steps look for a place with trouble.
        length = 3 + int(uniform(rng) * (longest - 2))
        centre = first + int(uniform(rng) * (last - first))
        post = -1
        if uniform(rng) < 0.5:
            for _try in range(TRIES_FOR_TROUBLE):
                d = first + int(uniform(rng) * (last - first))
                q = int(uniform(rng) * posts)
                if tables.cover_costs[d, q, counts[d, q]] > 0.0:
                    centre = d
                    post = q
                    break
        begin = centre - int(uniform(rng) * length)
        i = from_cut
        j = to_cut
        while i < j - 1:  # the last cut not after `begin`
            k = (i + j) // 2
            if tables.cuts[k] <= begin:
                i = k
            else:
                j = k
        a = tables.cuts[i]
        j = i + 1
        while j < to_cut and tables.cuts[j] < a + length:
            j += 1
        b = tables.cuts[j]
        pick = uniform(rng)
        k = min(people, 1 if pick < 0.1 else 2 if pick < 0.8 else 3)
        for i in range(k):
            while True:
                p = int(uniform(rng) * people)
                if i == 0 and post >= 0 and not tables.able[p, post] and uniform(rng) < 0.9:
                    continue
                if not is_among(who, i, p):
                    break
            who[i] = p
        before = 0.0
        for i in range(k):
            p = who[i]
            before += days_price(tables, p, choices[p], a, b)
            before -= put_days(tables, choices[p], counts, a, b, -1)
            used(tables, p, choices[p], a, b, before_used[i])
        noise = noise_scale * noise_share(rng)
        after = 0.0
        done = 0
        for i in range(k):
            p = who[i]
            c = tables.of_class[p]
            for t in range(tables.tallies[c]):
                outside = totals[p, t] - before_used[i, t]
                room.left_lo[t] = lo[p, t] - outside
                room.left_hi[t] = hi[p, t] - outside
            mark_ends(tables, p, choices[p], states[p], b, horizon, room.ends)
            price_days(
                tables, p, counts, a, b, noise if i < k - 1 else 0.004 * noise_scale, rng, prices, off_prices
            )
            if respond(tables, room, p, a, b, states[p, a], prices, off_prices, fresh[i]) >= NEVER:
                break
            after += days_price(tables, p, fresh[i], a, b)
            after += put_days(tables, fresh[i], counts, a, b, 1)
            done += 1
        change = after - before
        if done == k and (change <= 0.0 or uniform(rng) < np.exp(-change / temperature)):
            for i in range(k):
                p = who[i]
                choices[p, a:b] = fresh[i, a:b]
                follow_row(tables, p, choices[p], states[p], a, b)
                used(tables, p, choices[p], a, b, after_used)
                for t in range(tables.tallies[tables.of_class[p]]):
                    totals[p, t] += after_used[t] - before_used[i, t]
            changed += change
        else:
            for i in range(done):
                put_days(tables, fresh[i], counts, a, b, -1)
            for i in range(k):
                put_days(tables, choices[who[i]], counts, a, b, 1)
    return changed


@compiled
def reachable_ends(tables: StretchTables, p: int, alive: Bools) -> None:
    """`alive[d, s]`: from which states before day d the rest of the horizon can be done, tallies aside."""
    c = tables.of_class[p]
    days, options = tables.costs.shape[1], tables.costs.shape[2]
    may = np.zeros(tables.letters[c], np.bool_)
    alive[days, :] = True
    for d in range(days - 1, -1, -1):
        may[:] = False
        may[0] = tables.off_costs[p, d] < NEVER * 0.01
        for o in range(options):
            if tables.costs[p, d, o] < NEVER * 0.01 and tables.option_group[p, o] > 0:
                may[tables.option_group[p, o]] = True
        for s in range(tables.states[c]):
            alive[d, s] = False
            for g in range(tables.letters[c]):
                after = tables.follow[c, s, g]
                if may[g] and after >= 0 and alive[d + 1, after]:
                    alive[d, s] = True
