"""Best responses: the cheapest legal roster of one person under given prices, and all rosters below a limit."""

from __future__ import annotations

import numpy as np

from roster.solving.compiled import Floats, Ints, Ints32, Shorts, compiled

NEVER = 1e17
"""Dearer than anything: no arc, or an option that may not be taken."""


@compiled
def cheapest(
    person: int,
    prices: Floats,
    off_prices: Floats,
    option_group: Shorts,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    values: Floats,
    group_price: Floats,
    group_option: Ints,
    choice: Shorts,
) -> float:
    """Fill `choice` (option index, −1 off) with the cheapest roster; return its price with the tallies' costs.

    `prices[day, option]`; `values` holds the tallies' costs at this person's terminals and is overwritten elsewhere
    with the cost from each node to the end.
    """
    days, options = prices.shape
    letters = group_price.shape[1]
    for d in range(days):
        group_price[d, 0] = off_prices[d]
        for g in range(1, letters):
            group_price[d, g] = NEVER
        for o in range(options):
            g = option_group[person, o]
            if g > 0 and prices[d, o] < group_price[d, g]:
                group_price[d, g] = prices[d, o]
                group_option[d, g] = o
    for d in range(days - 1, -1, -1):
        for i in range(layers[person, d], layers[person, d + 1]):
            best = NEVER
            for a in range(arc_from[i], arc_from[i + 1]):
                value = values[arc_to[a]] + group_price[d, arc_group[a]]
                if value < best:
                    best = value
            values[i] = best
    node = layers[person, 0]
    total = values[node]
    for d in range(days):
        best = 2 * NEVER
        group = 0
        onward = node
        for a in range(arc_from[node], arc_from[node + 1]):
            value = values[arc_to[a]] + group_price[d, arc_group[a]]
            if value < best:
                best = value
                group = arc_group[a]
                onward = arc_to[a]
        choice[d] = group_option[d, group] if group > 0 else -1
        node = onward
    return float(total)


@compiled
def below(
    person: int,
    prices: Floats,
    off_prices: Floats,
    option_group: Shorts,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    values: Floats,
    limit: float,
    found: Shorts,
) -> int:
    """All rosters with a price of at most `limit` into `found`; their number, or −1 if there are more than fit.

    `values` has to hold the costs to the end for the same prices, as `cheapest` leaves them.
    """
    days, options = prices.shape
    count = 0
    node = np.empty(days + 1, np.int64)
    spent = np.zeros(days + 1)
    arc = np.empty(days + 1, np.int64)
    option = np.empty(days + 1, np.int64)
    node[0] = layers[person, 0]
    arc[0] = arc_from[node[0]]
    option[0] = -1
    d = 0
    while d >= 0:
        if arc[d] >= arc_from[node[d] + 1]:
            d -= 1
            continue
        group = arc_group[arc[d]]
        price = 0.0
        if group == 0:
            if option[d] >= 0:
                arc[d] += 1
                option[d] = -1
                continue
            option[d] = 0
            price = off_prices[d]
            taken = -1
        else:
            o = option[d] + 1
            while o < options and option_group[person, o] != group:
                o += 1
            if o >= options:
                arc[d] += 1
                option[d] = -1
                continue
            option[d] = o
            price = prices[d, o]
            taken = o
        to = arc_to[arc[d]]
        if spent[d] + price + values[to] > limit:
            continue
        if d == days - 1:
            if count >= len(found):
                return -1
            for q in range(days - 1):
                found[count, q] = option[q] if arc_group[arc[q]] > 0 else -1
            found[count, d] = taken
            count += 1
            continue
        node[d + 1] = to
        spent[d + 1] = spent[d] + price
        arc[d + 1] = arc_from[to]
        option[d + 1] = -1
        d += 1
    return count


@compiled
def own_price(
    person: int,
    choice: Shorts,
    costs: Floats,
    off_costs: Floats,
    option_group: Shorts,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    terminal_costs: Floats,
) -> float:
    """The price of a row for the person alone; `NEVER` if his diagram does not know it."""
    total = 0.0
    node = layers[person, 0]
    for d in range(len(choice)):
        o = choice[d]
        group = option_group[person, o] if o >= 0 else 0
        total += costs[person, d, o] if o >= 0 else off_costs[person, d]
        onward = -1
        if o < 0 or group > 0:
            for a in range(arc_from[node], arc_from[node + 1]):
                if arc_group[a] == group:
                    onward = arc_to[a]
        if onward < 0:
            return NEVER
        node = onward
    return float(total + terminal_costs[node])


@compiled
def own_prices(
    people: Ints,
    choices: Shorts,
    prices: Floats,
    costs: Floats,
    off_costs: Floats,
    option_group: Shorts,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    terminal_costs: Floats,
) -> None:
    """`own_price` of many rows."""
    for i in range(len(people)):
        prices[i] = own_price(
            people[i],
            choices[i],
            costs,
            off_costs,
            option_group,
            layers,
            arc_from,
            arc_group,
            arc_to,
            terminal_costs,
        )


@compiled
def worths(choices: Shorts, duals: Floats, fill_from: Ints, fill_post: Ints, out: Floats) -> None:
    """What the posts filled by each row are worth under the duals."""
    for i in range(len(choices)):
        total = 0.0
        for d in range(choices.shape[1]):
            o = choices[i, d]
            if o >= 0:
                for f in range(fill_from[o], fill_from[o + 1]):
                    total += duals[d, fill_post[f]]
        out[i] = total
