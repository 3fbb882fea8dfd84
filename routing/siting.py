"""Where to put more stations: maximal covering and weighted p-median, solved exactly, with the bound that proves it.

Both keep what stands already, choose `add` more sites, and are one problem: every candidate saves something at every
place, a place takes the most that a chosen one saves it, and the sum shall be largest. Maximal covering (Church,
ReVelle 1974, https://doi.org/10.1007/BF01942293) saves the people that are not reached in time today; the p-median
(Hakimi 1964, https://doi.org/10.1287/opre.12.3.450) saves each of them the milliseconds that a chosen site is nearer.

A Lagrangian relaxation (Cornuejols, Fisher, Nemhauser 1977, https://doi.org/10.1287/mnsc.23.8.789) gives a good choice
and an upper bound, and rules out almost every candidate by what the bound would be with it. HiGHS solves what is left
(`scipy.optimize.milp`), posed by levels of saving and not by pairs (Elloumi 2010,
https://doi.org/10.1007/s10878-008-9162-0).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError

ROUNDS = 400  # of the relaxation; the bound hardly falls any more after that
PATIENCE = 12  # rounds without a better bound before the steps are halved
ROUNDING = (
    1e-9  # of the value: how far sums of doubles may be off; the solver's own tolerance is wider, see `WHOLE`
)
WHOLE = 1e-6


@dataclass(frozen=True, slots=True)
class Sited:
    """The candidates chosen, ascending; `value` is what they save in whole numbers, `bound` what nobody can beat.

    For covering both are people newly reached, for the p-median people × milliseconds. `proven`: no other choice
    saves more, but for the rounding of the solver (a millionth of the value). `gap` is (bound - value) / bound.
    """

    chosen: tuple[int, ...]
    value: int
    bound: float
    proven: bool

    @property
    def gap(self) -> float:
        return 0.0 if self.proven else (self.bound - self.value) / self.bound


def maximal_covering(
    reaches: NDArray[np.bool_], weights: NDArray[np.int64], add: int, seconds: float = 60.0
) -> Sited:
    """The `add` candidates that reach the most weight.

    `reaches` is candidates × demand, `weights` whole people by demand, 0 for what is reached today. `seconds` limits
    the solver; what was found by then is the answer, with the bound that was proven. Raises InputError for more sites
    than there are candidates, and for negative weights.
    """
    return most_saved(np.where(reaches, _whole(weights), 0), add, seconds)


def p_median(
    milliseconds: NDArray[np.int64],
    today: NDArray[np.int64],
    weights: NDArray[np.int64],
    add: int,
    seconds: float = 60.0,
) -> Sited:
    """The `add` candidates that save the most people × milliseconds, which is: leave the smallest mean time.

    `milliseconds` is candidates × demand, `today` the time by demand from what stands already (a finite number: the
    caller says what a place that nobody reaches counts as), `weights` whole people by demand. `seconds` as above.
    """
    return most_saved(_whole(weights) * np.maximum(0, today - milliseconds), add, seconds)


def most_saved(savings: NDArray[np.int64], add: int, seconds: float = 60.0) -> Sited:
    """`add` rows of `savings` (candidates × demand, not negative) with the largest sum of their columns' maxima."""
    candidates = len(savings)
    if not 0 <= add <= candidates:
        problem = f"{add} of {candidates} candidate places"
        raise InputError("stations to add", problem, f"give 0 to {candidates}")
    if add == 0 or not savings.any():
        return Sited(tuple(range(add)), 0, 0.0, True)
    savings = np.ascontiguousarray(savings[:, savings.any(axis=0)])
    chosen, bound, kept, forced = _relaxed(savings, add)
    value = _saved(savings, chosen)
    if len(kept) == len(forced):  # one choice is left that could be better
        sites = tuple(int(site) for site in kept)
        chosen, value = max(((chosen, value), (sites, _saved(savings, sites))), key=lambda one: one[1])
        bound = float(value)
    elif not _meet(value, bound) and seconds > 0.0:
        found, left_bound = _solved(savings[kept], np.isin(kept, forced), add, seconds)
        sites = tuple(int(site) for site in kept[list(found)])
        if len(sites) == add and _saved(savings, sites) > value:
            chosen, value = sites, _saved(savings, sites)
        bound = min(
            bound, max(left_bound, float(value))
        )  # without the others nobody saves more than `chosen` did
    return Sited(tuple(sorted(chosen)), value, max(bound, float(value)), _meet(value, bound))


def _whole(weights: NDArray[np.int64]) -> NDArray[np.int64]:
    if (weights < 0).any():
        raise InputError("demand", "a place has fewer than no people", "correct its population")
    return weights.astype(np.int64)


def _meet(value: int, bound: float) -> bool:
    """A better choice would save at least one more, so that a bound less than one above the value is proof."""
    return value >= math.floor(bound + ROUNDING * bound) or bound - value <= WHOLE * value


def _saved(savings: NDArray[np.int64], sites: tuple[int, ...]) -> int:
    return int(savings[list(sites)].max(axis=0).sum()) if sites else 0


def _relaxed(
    savings: NDArray[np.int64], add: int
) -> tuple[tuple[int, ...], float, NDArray[np.int64], NDArray[np.int64]]:
    """The best choice met, the lowest bound, the candidates that may belong to a better choice, and those that must.

    A place may be saved to by several chosen sites, at a price by place; the prices fall to the lowest sum of prices
    and of what the `add` best sites earn above them.
    """
    site, place = np.nonzero(savings)
    worth = savings[site, place].astype(np.float64)
    candidates = len(savings)
    chosen = _one_by_one(savings, add)
    value = _saved(savings, chosen)
    price = savings[list(chosen)].max(axis=0).astype(np.float64)
    bound, best_price, scale, waiting = np.inf, price, 2.0, 0
    for _ in range(ROUNDS):
        over = np.maximum(worth - price[place], 0.0)
        earned = np.bincount(site, over, candidates)
        top = np.argpartition(-earned, add - 1)[:add]
        level = float(price.sum() + earned[top].sum())
        if level < bound * (1.0 - 1e-7):
            bound, best_price, waiting = level, price, 0
        else:
            waiting += 1
            if waiting == PATIENCE:
                scale, waiting = scale / 2.0, 0
        here = tuple(int(one) for one in top)
        if _saved(savings, here) > value:
            chosen, value = here, _saved(savings, here)
        taken = np.zeros(candidates, dtype=np.bool_)
        taken[top] = True
        slack = 1.0 - np.bincount(place, (over > 0.0) & taken[site], savings.shape[1])
        length = float(slack @ slack)
        if _meet(value, bound) or length == 0.0 or scale < 1e-4:
            break
        price = np.maximum(price - scale * (level - value) / length * slack, 0.0)
    earned = np.bincount(site, np.maximum(worth - best_price[place], 0.0), candidates)
    ranked = np.argsort(-earned, kind="stable")
    last, after = earned[ranked[add - 1]], earned[ranked[add]] if add < candidates else 0.0
    top = ranked[:add]
    # With one more saved at least, a choice that takes a site or leaves one must have a bound above `value`.
    better = value + 1.0 - ROUNDING * value
    possible = bound - last + earned >= better
    possible[top] = True
    needed = top[bound - earned[top] + after < better] if not _meet(value, bound) else top
    kept = np.flatnonzero(possible) if not _meet(value, bound) else np.sort(top)
    return chosen, bound, kept, needed


def _one_by_one(savings: NDArray[np.int64], add: int) -> tuple[int, ...]:
    """The candidate that saves most, then the one that saves most beside it, and so on."""
    chosen: tuple[int, ...] = ()
    taken = np.zeros(savings.shape[1], dtype=np.int64)
    for _ in range(add):
        gain = np.maximum(savings - taken, 0).sum(axis=1)
        gain[list(chosen)] = -1
        chosen = (*chosen, int(gain.argmax()))
        taken = np.maximum(taken, savings[chosen[-1]])
    return chosen


def _solved(
    savings: NDArray[np.int64], forced: NDArray[np.bool_], add: int, seconds: float
) -> tuple[tuple[int, ...], float]:
    """What HiGHS chose (nothing: no time for an answer), and the most that it has not ruled out.

    y_j: site j is chosen. c_ik: place i is saved its k-th largest saving or more; c_ik ≤ c_i(k-1) + Σ y_j over the
    sites that save it exactly that, and each level adds what it is above the next.
    """
    from scipy.optimize import (  # here: half a second that no other command waits for
        Bounds,
        LinearConstraint,
        milp,
    )
    from scipy.sparse import coo_array

    candidates = len(savings)
    place, site = np.nonzero(savings.T)
    worth = savings[site, place]
    order = np.lexsort((-worth, place))
    place, site, worth = place[order], site[order], worth[order]
    opens = np.ones(len(place), dtype=np.bool_)
    opens[1:] = (place[1:] != place[:-1]) | (worth[1:] != worth[:-1])
    level = np.cumsum(opens) - 1
    at, amount = place[opens], worth[opens]
    levels = len(at)
    continues = np.zeros(levels, dtype=np.bool_)  # the level before is of the same place
    continues[1:] = at[1:] == at[:-1]
    below = np.append(np.where(continues[1:], amount[1:], 0), 0)
    scale = float(savings.max(axis=0).sum())
    gain = (amount - below) / scale
    rows = np.flatnonzero(continues)
    chain = coo_array(
        (
            np.concatenate((np.ones(levels), -np.ones(len(rows)), -np.ones(len(site)))),
            (
                np.concatenate((np.arange(levels), rows, level)),
                np.concatenate((candidates + np.arange(levels), candidates + rows - 1, site)),
            ),
        ),
        shape=(levels, candidates + levels),
    ).tocsr()
    count = coo_array(
        (np.ones(candidates), (np.zeros(candidates, dtype=np.int64), np.arange(candidates))),
        shape=(1, candidates + levels),
    ).tocsr()
    solved = milp(
        np.concatenate((np.zeros(candidates), -gain)),
        integrality=np.concatenate((np.ones(candidates), np.zeros(levels))),
        bounds=Bounds(
            np.concatenate((forced.astype(np.float64), np.zeros(levels))), np.ones(candidates + levels)
        ),
        constraints=[LinearConstraint(chain, -np.inf, 0.0), LinearConstraint(count, add, add)],
        options={"time_limit": seconds, "mip_rel_gap": 0.0},
    )
    bound = scale if solved.mip_dual_bound is None else min(scale, -float(solved.mip_dual_bound) * scale)
    if solved.x is None:
        return (), bound
    return tuple(int(one) for one in np.flatnonzero(solved.x[:candidates] > 0.5)), bound
