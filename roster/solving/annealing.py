"""Ruin and recreate: take people out, put each back by an exact best response, and anneal on the cost.

Always legal, at any time. One call of the kernel makes many steps at one temperature; clocks are read in between.
"""

from __future__ import annotations

import numpy as np

from roster.solving.compiled import Floats, Ints, Ints32, Seeds, Shorts, compiled
from roster.solving.response import cheapest, own_price


@compiled
def uniform(state: Seeds) -> float:
    """A number in [0, 1) from a 64-bit state (splitmix), so that threads do not share a generator."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return np.float64(z >> np.uint64(11)) / 9007199254740992.0


@compiled
def is_among(who: Ints, count: int, person: int) -> bool:
    """Whether the person is one of the first so many that were drawn."""
    found = False
    for i in range(count):
        if who[i] == person:
            found = True
    return found


@compiled
def noise_share(state: Seeds) -> float:
    """How much noise the prices of a step get: none, a tenth or all of it, a third of the time each."""
    pick = uniform(state)
    return 0.0 if pick < 0.3333 else 0.1 if pick < 0.6667 else 1.0


@compiled
def put(choice: Shorts, counts: Ints, step: int, fill_from: Ints, fill_post: Ints) -> None:
    """Add (step 1) or take away (−1) a row from the counts by day and post."""
    for d in range(len(choice)):
        o = choice[d]
        if o >= 0:
            for f in range(fill_from[o], fill_from[o + 1]):
                counts[d, fill_post[f]] += step


@compiled
def cover_change(
    choice: Shorts, counts: Ints, fill_from: Ints, fill_post: Ints, cover_costs: Floats
) -> float:
    """What the cover's cost rises by when a row is added to the counts."""
    change = 0.0
    for d in range(len(choice)):
        o = choice[d]
        if o >= 0:
            for f in range(fill_from[o], fill_from[o + 1]):
                q = fill_post[f]
                n = counts[d, q]
                change += cover_costs[d, q, n + 1] - cover_costs[d, q, n]
    return change


@compiled
def marginal_prices(
    costs: Floats, counts: Ints, fill_from: Ints, fill_post: Ints, cover_costs: Floats, prices: Floats
) -> None:
    """Prices of all options for one more person over the counts."""
    days, options = costs.shape
    for d in range(days):
        for o in range(options):
            price = costs[d, o]
            for f in range(fill_from[o], fill_from[o + 1]):
                q = fill_post[f]
                n = counts[d, q]
                price += cover_costs[d, q, n + 1] - cover_costs[d, q, n]
            prices[d, o] = price


@compiled
def anneal(
    steps: int,
    temperature: float,
    ruin_max: int,
    noise_scale: float,
    rng: Seeds,
    choices: Shorts,
    counts: Ints,
    own: Floats,
    cost: float,
    best_choices: Shorts,
    best_cost: float,
    values: Floats,
    costs: Floats,
    off_costs: Floats,
    option_group: Shorts,
    letters: int,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    terminal_costs: Floats,
    fill_from: Ints,
    fill_post: Ints,
    cover_costs: Floats,
    movable: Ints,
) -> tuple[float, float]:
    """Make steps in place; returns the current and the best cost. `movable` lists who may be taken out."""
    _, days, options = costs.shape
    prices = np.empty((days, options))
    off_prices = np.empty(days)
    group_price = np.empty((days, letters))
    group_option = np.zeros((days, letters), np.int64)
    fresh = np.empty((ruin_max, days), choices.dtype)
    fresh_own = np.empty(ruin_max)
    who = np.empty(ruin_max, np.int64)
    for _ in range(steps):
        k = min(len(movable), 2 + int(uniform(rng) * (ruin_max - 1)))
        for i in range(k):
            while True:
                p = movable[int(uniform(rng) * len(movable))]
                if not is_among(who, i, p):
                    break
            who[i] = p
        before = 0.0
        for i in range(k):
            p = who[i]
            put(choices[p], counts, -1, fill_from, fill_post)
            before += own[p] + cover_change(choices[p], counts, fill_from, fill_post, cover_costs)
        noise = noise_scale * noise_share(rng)
        after = 0.0
        for i in range(k):
            p = who[i]
            marginal_prices(costs[p], counts, fill_from, fill_post, cover_costs, prices)
            amount = noise if i < k - 1 else 0.004 * noise_scale
            for d in range(days):
                off_prices[d] = off_costs[p, d]
                for o in range(options):
                    if amount > 0.0:
                        prices[d, o] += (
                            amount * 1.7 * (uniform(rng) + uniform(rng) + uniform(rng) + uniform(rng) - 2.0)
                        )
            cheapest(
                p,
                prices,
                off_prices,
                option_group,
                layers,
                arc_from,
                arc_group,
                arc_to,
                values,
                group_price,
                group_option,
                fresh[i],
            )
            price = own_price(
                p,
                fresh[i],
                costs,
                off_costs,
                option_group,
                layers,
                arc_from,
                arc_group,
                arc_to,
                terminal_costs,
            )
            fresh_own[i] = price
            after += price + cover_change(fresh[i], counts, fill_from, fill_post, cover_costs)
            put(fresh[i], counts, 1, fill_from, fill_post)
        change = after - before
        if change <= 0.0 or uniform(rng) < np.exp(-change / temperature):
            for i in range(k):
                choices[who[i]] = fresh[i]
                own[who[i]] = fresh_own[i]
            cost += change
            if cost < best_cost - 0.5:
                best_cost = cost
                best_choices[:] = choices
        else:
            for i in range(k):
                put(fresh[i], counts, -1, fill_from, fill_post)
            for i in range(k):
                put(choices[who[i]], counts, 1, fill_from, fill_post)
    return cost, best_cost
