"""Kernels of column generation: price everybody under dual prices, and lay columns out as sparse rows."""

from __future__ import annotations

import numpy as np

from roster.solving.compiled import Floats, Ints, Ints32, Shorts, compiled
from roster.solving.response import below, cheapest


@compiled
def dual_prices(costs: Floats, duals: Floats, fill_from: Ints, fill_post: Ints, prices: Floats) -> None:
    """Option costs less what the posts they fill are worth."""
    days, options = costs.shape
    for d in range(days):
        for o in range(options):
            price = costs[d, o]
            for f in range(fill_from[o], fill_from[o + 1]):
                price -= duals[d, fill_post[f]]
            prices[d, o] = price


@compiled
def price_people(
    who: Ints,
    duals: Floats,
    values: Floats,
    costs: Floats,
    off_costs: Floats,
    option_group: Shorts,
    letters: int,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    fill_from: Ints,
    fill_post: Ints,
    best: Floats,
    choices: Shorts,
) -> None:
    """For each of `who` the cheapest row under the duals (`choices`) and its price (`best`)."""
    days, options = costs.shape[1], costs.shape[2]
    prices = np.empty((days, options))
    group_price = np.empty((days, letters))
    group_option = np.zeros((days, letters), np.int64)
    for i in range(len(who)):
        p = who[i]
        dual_prices(costs[p], duals, fill_from, fill_post, prices)
        best[i] = cheapest(
            p,
            prices,
            off_costs[p],
            option_group,
            layers,
            arc_from,
            arc_group,
            arc_to,
            values,
            group_price,
            group_option,
            choices[i],
        )


@compiled
def list_below(
    person: int,
    duals: Floats,
    limit: float,
    values: Floats,
    costs: Floats,
    off_costs: Floats,
    option_group: Shorts,
    letters: int,
    layers: Ints,
    arc_from: Ints32,
    arc_group: Shorts,
    arc_to: Ints32,
    fill_from: Ints,
    fill_post: Ints,
    found: Shorts,
) -> int:
    """All rows of a person whose price under the duals is at most `limit`; their number, −1 if they do not fit."""
    days, options = costs.shape[1], costs.shape[2]
    prices = np.empty((days, options))
    group_price = np.empty((days, letters))
    group_option = np.zeros((days, letters), np.int64)
    choice = np.empty(days, found.dtype)
    dual_prices(costs[person], duals, fill_from, fill_post, prices)
    cheapest(
        person,
        prices,
        off_costs[person],
        option_group,
        layers,
        arc_from,
        arc_group,
        arc_to,
        values,
        group_price,
        group_option,
        choice,
    )
    return below(
        person,
        prices,
        off_costs[person],
        option_group,
        layers,
        arc_from,
        arc_group,
        arc_to,
        values,
        limit,
        found,
    )


@compiled
def lay_out(choices: Shorts, rows: Ints, fill_from: Ints, fill_post: Ints) -> tuple[Ints, Ints32]:
    """Row numbers that each choice row touches, as compressed rows: starts and indices. Rows below 0 are left out."""
    count, days = choices.shape
    starts = np.zeros(count + 1, np.int64)
    for pass_ in range(2):
        if pass_ == 1:
            touched = np.empty(starts[count], np.int32)
        n = 0
        for i in range(count):
            for d in range(days):
                o = choices[i, d]
                if o >= 0:
                    for f in range(fill_from[o], fill_from[o + 1]):
                        row = rows[d, fill_post[f]]
                        if row >= 0:
                            if pass_ == 1:
                                touched[n] = row
                            n += 1
            starts[i + 1] = n
    return starts, touched
