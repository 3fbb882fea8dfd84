"""Checks of laws by their fields: distance to the k-th nearest unit, drive times, maximal expected cover."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.random import Generator

from dispatch.simulator.verify.check import Check
from dispatch.simulator.verify.laws import (
    as_covers,
    best_cover,
    expected_cover,
    nearest_random,
    rand_seconds,
    to_the_middle,
)

CALLS = 3000
_BUDGET = re.compile(r"p=(\d+),\s*q=([\d.]+)")
# An instance that has the published values where a case does not bring its own: six places alike, three sites, of
# which the first covers four of them and the others three each, without overlap.
_DEMAND = (1.0,) * 6
_COVERS = (frozenset({1, 2, 3, 4}), frozenset({0, 1, 2}), frozenset({3, 4, 5}))


def distances(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """E[D] = c √(A/N): the constants c, for units placed at random or in a lattice of districts."""
    for metric in ("euclid", "manhattan"):
        manhattan = metric == "manhattan"
        means = fields.get(f"random_{metric}_k")
        if isinstance(means, Sequence) and means:
            yield _nearest(name, f"random_{metric}_k", [float(value) for value in means], manhattan)
        late = fields.get(f"p90_random_{metric}")
        if isinstance(late, int | float):
            yield _quantile(name, f"p90_random_{metric}", float(late), manhattan)
        for shape in ("square_lattice", "square_district", "diamond_district"):
            value = fields.get(f"{shape}_{metric}")
            if isinstance(value, int | float):
                yield _district(
                    name, f"{shape}_{metric}", float(value), manhattan, shape.startswith("diamond")
                )


def _nearest(name: str, field: str, means: list[float], manhattan: bool) -> Check:
    def sample(rng: Generator) -> list[float]:
        found = nearest_random(rng, CALLS, len(means), manhattan=manhattan).mean(axis=0)
        return [float(value) for value in found]

    return Check(name, tuple(f"{field}[{k}]" for k in range(len(means))), tuple(means), sample)


def _quantile(name: str, field: str, expected: float, manhattan: bool) -> Check:
    def sample(rng: Generator) -> list[float]:
        return [float(np.quantile(nearest_random(rng, CALLS, 1, manhattan=manhattan), 0.9))]

    return Check(name, (field,), (expected,), sample)


def _district(name: str, field: str, expected: float, manhattan: bool, diamond: bool) -> Check:
    def sample(rng: Generator) -> list[float]:
        return [float(to_the_middle(rng, 10 * CALLS, manhattan=manhattan, diamond=diamond).mean())]

    return Check(name, (field,), (expected,), sample)


def driving(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """Kolesar and Blum's drive times, by metres."""
    times = fields.get("T_at_m")
    if isinstance(times, Mapping) and times:
        v, a = float(fields["v_mps"]), float(fields["a_mps2"])
        found = [rand_seconds(float(metres), v, a) for metres in times]
        names = tuple(f"T_at_m[{metres}]" for metres in times)
        yield _exact(name, names, [float(value) for value in times.values()], found)


def covering(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """MEXCLP: the best cover of p units that are busy with probability q, and that of the sites named."""
    said = fields.get("covers", fields.get("cover"))
    covers = list(_COVERS) if said is None else as_covers(said)
    places = 1 + max(max(near, default=0) for near in covers)
    demand = [float(weight) for weight in fields.get("demand", fields.get("weights", ()))]
    demand = demand or (list(_DEMAND) if said is None else [1.0] * places)
    for key, answer in fields.items():
        budget = _BUDGET.fullmatch(key)
        if budget is None:
            continue
        units, busy = int(budget[1]), float(budget[2])
        value, sites = (answer, None) if isinstance(answer, int | float) else (answer[0], answer[1])
        found, names = [best_cover(demand, covers, units, busy)[0]], ["best"]
        if sites is not None:
            found.append(expected_cover(demand, covers, [int(site) for site in sites], busy))
            names.append("sites")
        quantities = tuple(f"{key} {word}" for word in names)
        yield _exact(name, quantities, [float(value)] * len(found), found)


def _exact(name: str, quantities: tuple[str, ...], expected: list[float], found: list[float]) -> Check:
    always: Callable[[Generator], Sequence[float]] = lambda rng: found  # noqa: E731
    return Check(name, quantities, tuple(expected), always, exact=True)
