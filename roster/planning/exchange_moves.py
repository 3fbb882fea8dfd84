"""Moves of the exchange search: which rows of which people are drawn, and by which seeded numbers.

Numba keeps `exchange` on disk with these compiled into it, by the stamp of `exchange`'s own file: whoever changes a
kernel here and measures has to remove `__pycache__` beside it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from roster.planning.exchange_tables import Ints, Tables
from roster.solving.compiled import compiled

ILLEGAL = 2**52
OFF = -1


@compiled
def uniform(state: NDArray[np.uint64]) -> float:
    """A number in [0, 1) from a 64-bit state (splitmix)."""
    state[0] += np.uint64(0x9E3779B97F4A7C15)
    z = state[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) / 9007199254740992.0


@compiled
def below(state: NDArray[np.uint64], limit: int) -> int:
    return min(limit - 1, int(uniform(state) * limit))


@compiled
def propose(t: Tables, rows: Ints, counts: Ints, state: NDArray[np.uint64], who: Ints, new: Ints) -> int:
    """Draw a move: fills `who` and the `new` rows of up to four people; how many, 0 if the draw came to nothing."""
    people, days = rows.shape
    draw = uniform(state)
    p, d = below(state, people), below(state, days)
    who[0] = p
    new[0] = rows[p]
    if draw < 0.12:  # one person does something else
        first = t.allowed_from[p * days + d]
        choices = t.allowed_from[p * days + d + 1] - first
        if choices == 0:
            return 0
        option = t.allowed[first + below(state, choices)]
        if option == rows[p, d]:
            return 0
        new[0, d] = option
        return 1
    if draw < 0.24:  # somebody takes an open place, giving up duties that stand in the way
        d0 = d
        for ahead in range(days):
            d = (d0 + ahead) % days
            first = t.allowed_from[p * days + d]
            for at in range(first, t.allowed_from[p * days + d + 1]):
                option = t.allowed[at]
                if option < 0 or option == rows[p, d] or t.post_of[option, 0] < 0:
                    continue
                q = t.post_of[option, 0]
                if counts[d, q] < t.need[d, q]:
                    new[0, d] = option
                    make_way(rows, state, new, d)
                    return 1
        return 0
    if len(t.pairs) > 0 and draw < 0.30:
        return propose_pair(t, rows, state, who, new)
    q = below(state, people - 1) if people > 1 else p
    if q >= p:
        q += 1
    if q >= people:
        return 0
    who[1] = q
    new[1] = rows[q]
    if draw < 0.55:  # two people exchange a block of days
        length = 1 + below(state, 7)
        changed = False
        for at in range(d, min(days, d + length)):
            new[0, at], new[1, at] = rows[q, at], rows[p, at]
            changed = changed or rows[p, at] != rows[q, at]
        if not changed:
            return 0
        return seat_third(t, rows, state, who, new, d, min(days, d + length))
    # p gives q one duty and takes another
    e = below(state, days)
    if rows[p, d] == rows[q, d]:
        return 0
    new[0, d], new[1, d] = rows[q, d], rows[p, d]
    if draw < 0.85 and e != d:
        new[0, e], new[1, e] = rows[q, e], rows[p, e]
    return seat_third(t, rows, state, who, new, d, d + 1)


@compiled
def make_way(rows: Ints, state: NDArray[np.uint64], new: Ints, d: int) -> None:
    """For a duty on day d, give up nothing, the duties beside it, or one that is anywhere."""
    days = rows.shape[1]
    draw = below(state, 3)
    if draw == 1:
        for beside in (d - 1, d + 1):
            if 0 <= beside < days:
                new[0, beside] = OFF
    elif draw == 2:
        e = below(state, days)
        if e != d:
            new[0, e] = OFF


@compiled
def propose_pair(t: Tables, rows: Ints, state: NDArray[np.uint64], who: Ints, new: Ints) -> int:
    """Both of a pair exchange the same block of days with two others."""
    people, days = rows.shape
    i = below(state, len(t.pairs))
    who[0], who[1], who[2], who[3] = t.pairs[i, 0], t.pairs[i, 1], below(state, people), below(state, people)
    for a in range(4):
        for b in range(a):
            if who[a] == who[b]:
                return 0
        new[a] = rows[who[a]]
    d = below(state, days)
    for at in range(d, min(days, d + 1 + below(state, 4))):
        for side in range(2):
            new[side, at], new[side + 2, at] = rows[who[side + 2], at], rows[who[side], at]
    return 4


@compiled
def seat_third(
    t: Tables, rows: Ints, state: NDArray[np.uint64], who: Ints, new: Ints, first: int, last: int
) -> int:
    """Where one of two who exchange may not take the other's seat, a third on the same shift changes seats with him;
    at most one such third for the whole move."""
    people = rows.shape[0]
    third = -1
    for d in range(first, last):
        for side in range(2):
            p, option = who[side], new[side, d]
            if option < 0 or t.costs[p, d, option + 1] < ILLEGAL:
                continue
            begin = below(state, people)
            placed = False
            for ahead in range(people):
                r = (begin + ahead) % people
                if third >= 0:
                    r = third
                if r == who[0] or r == who[1]:
                    continue
                other = new[2, d] if third >= 0 else rows[r, d]
                if (
                    other >= 0
                    and t.kind_of[other] == t.kind_of[option]
                    and t.costs[r, d, option + 1] < ILLEGAL
                    and t.costs[p, d, other + 1] < ILLEGAL
                ):
                    if third < 0:
                        third = r
                        who[2] = r
                        new[2] = rows[r]
                    new[2, d] = option
                    new[side, d] = other
                    placed = True
                    break
                if third >= 0:
                    break
            if not placed:
                return 0
    return 3 if third >= 0 else 2
