"""Laws that need no queue: how far the nearest unit is, how long a drive takes, how much a set of sites covers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations_with_replacement
from math import sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray


def nearest_random(rng: Generator, calls: int, most: int, *, manhattan: bool) -> NDArray[np.float64]:
    """Distances to the first `most` of randomly placed units, one to a unit of area: calls × most."""
    reach = 3.0 + sqrt(float(most))  # beyond it a missing unit is less likely than 1e-12
    count = rng.poisson((2.0 * reach) ** 2, calls)
    out = np.empty((calls, most))
    for call, units in enumerate(count.tolist()):
        x, y = np.abs(rng.random((2, units)) * 2.0 * reach - reach)
        away = x + y if manhattan else np.hypot(x, y)
        out[call] = np.sort(np.partition(away, most - 1)[:most])
    return out


def to_the_middle(
    rng: Generator, calls: int, *, manhattan: bool, diamond: bool = False
) -> NDArray[np.float64]:
    """Distances within a district of one unit of area, from its station in the middle."""
    x, y = rng.random((2, calls)) - 0.5
    if diamond:  # the square turned by 45° is the district in which Manhattan distance is bounded
        x, y = (x - y) / sqrt(2.0), (x + y) / sqrt(2.0)
    return np.asarray(np.abs(x) + np.abs(y) if manhattan else np.hypot(x, y), dtype=np.float64)


def rand_seconds(metres: float, cruise_mps: float, acceleration_mps2: float) -> float:
    """Kolesar and Blum's law: accelerate, cruise, brake; short drives never reach cruising speed."""
    if metres <= cruise_mps**2 / acceleration_mps2:
        return 2.0 * sqrt(metres / acceleration_mps2)
    return cruise_mps / acceleration_mps2 + metres / cruise_mps


def expected_cover(
    demand: Sequence[float], covers: Sequence[frozenset[int]], sites: Sequence[int], busy: float
) -> float:
    """MEXCLP: demand × the chance that at least one of the units near enough is free."""
    near = [sum(place in covers[site] for site in sites) for place in range(len(demand))]
    return sum(weight * (1.0 - busy**units) for weight, units in zip(demand, near, strict=True))


def best_cover(
    demand: Sequence[float], covers: Sequence[frozenset[int]], units: int, busy: float
) -> tuple[float, tuple[int, ...]]:
    """The best of all ways to place so many units, by trying them all."""
    ways = combinations_with_replacement(range(len(covers)), units)
    value, way = max(
        ((expected_cover(demand, covers, way, busy), tuple(-site for site in way)) for way in ways),
    )
    return value, tuple(-site for site in way)


def wave_mean(t: float, *, mean: float, swing: float, w: float, mu: float) -> float:
    """E of the number in Mt/M/∞ under λ(t) = mean·(1 + swing·sin wt), long after the start."""
    turn = mu * np.sin(w * t) - w * np.cos(w * t)
    return float(mean / mu * (1.0 + swing * mu / (mu * mu + w * w) * turn))


def erlang_loss(servers: int, offered: float) -> float:
    lost = 1.0
    for server in range(1, servers + 1):
        lost = offered * lost / (server + offered * lost)
    return lost


def as_covers(said: object) -> list[frozenset[int]]:
    """Lists of places by site, a 0/1 matrix site × place, or either under the sites' own names."""
    rows = list(said.values()) if isinstance(said, Mapping) else list(said)  # type: ignore[call-overload]
    matrix = all(set(row) <= {0, 1} and len(row) == len(rows[0]) for row in rows) and any(
        list(row).count(1) > 1 or list(row).count(0) > 1 for row in rows
    )
    if matrix:
        return [frozenset(place for place, near in enumerate(row) if near) for row in rows]
    return [frozenset(int(place) for place in row) for row in rows]
