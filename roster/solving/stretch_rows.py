"""A row between two days: what it costs and uses, the cover that it gives, and the automaton's states along it."""

from __future__ import annotations

import numpy as np

from roster.solving.compiled import Bools, Ints, Shorts, compiled
from roster.solving.stretch_tables import StretchTables


@compiled
def put_days(tables: StretchTables, row: Shorts, counts: Ints, a: int, b: int, step: int) -> float:
    """Add (step 1) or take away (−1) the days from a to b; how much the cover's cost rises by it."""
    change = 0.0
    for d in range(a, b):
        o = row[d]
        if o >= 0:
            for f in range(tables.fill_from[o], tables.fill_from[o + 1]):
                q = tables.fill_post[f]
                n = counts[d, q]
                counts[d, q] = n + step
                change += tables.cover_costs[d, q, n + step] - tables.cover_costs[d, q, n]
    return change


@compiled
def days_price(tables: StretchTables, p: int, row: Shorts, a: int, b: int) -> float:
    """What the days from a to b of a row cost the person."""
    total = 0.0
    for d in range(a, b):
        total += tables.costs[p, d, row[d]] if row[d] >= 0 else tables.off_costs[p, d]
    return total


@compiled
def used(tables: StretchTables, p: int, row: Shorts, a: int, b: int, out: Ints) -> None:
    """What the days from a to b of a row use of each tally."""
    c = tables.of_class[p]
    for t in range(tables.tallies[c]):
        total = 0
        flag = a == 0 and tables.start_flags[p, t]
        for d in range(a, b):
            if row[d] >= 0 and tables.counted[c, t, d] and not flag:
                weight = tables.weights[c, t, tables.option_group[p, row[d]]]
                total += weight
                flag = tables.is_block[c, t] and weight > 0
            if tables.block_ends[c, t, d]:
                flag = False
        out[t] = total


@compiled
def follow_row(tables: StretchTables, p: int, row: Shorts, states: Shorts, a: int, b: int) -> None:
    """The automaton's states along a changed row: from a to b, and on until they are what they were."""
    c = tables.of_class[p]
    for d in range(a, len(row)):
        group = tables.option_group[p, row[d]] if row[d] >= 0 else 0
        after = tables.follow[c, states[d], group]
        if d >= b and states[d + 1] == after:
            return
        states[d + 1] = after


@compiled
def mark_ends(
    tables: StretchTables, p: int, row: Shorts, states: Shorts, b: int, horizon: int, ends: Bools
) -> None:
    """The states on day b from which the row goes on legally, up to `horizon`, where the state has to be as it was."""
    c = tables.of_class[p]
    days = len(row)
    for s in range(tables.states[c]):
        state = np.int64(s)
        d = b
        while d < horizon and state >= 0 and state != states[d]:
            state = np.int64(tables.follow[c, state, tables.option_group[p, row[d]] if row[d] >= 0 else 0])
            d += 1
        if d == horizon and horizon < days and state != states[d]:
            state = np.int64(-1)
        ends[s] = state >= 0
