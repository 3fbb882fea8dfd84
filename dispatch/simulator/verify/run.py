"""Many seeds of every check, and how far the mean is from the expected value, in standard errors (z).

With a hundred quantities, one beyond |z| = 2.5 is no surprise. Such a check is done once more, with new seeds and
four times as many, and only the second answer counts: chance goes away, a fault grows.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isclose, sqrt
from zlib import crc32

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

from dispatch.simulator.verify.check import Check

LIMIT = 3.0
DOUBT = 2.5
MORE = 4
_ENTROPY = 119
_FAR = 1e6  # z of an exact value that is missed
_ROUNDED = 1e-5  # laws are given with rounded constants


@dataclass(frozen=True, slots=True)
class Verified:
    case: str
    quantity: str
    expected: float
    mean: float
    z: float
    seeds: int

    def as_json(self) -> dict[str, str | float | int]:
        return {
            "case": self.case,
            "quantity": self.quantity,
            "expected": self.expected,
            "mean": self.mean,
            "z": self.z,
            "seeds": self.seeds,
        }


def verified(
    checks: Sequence[Check], seeds: int, progress: Callable[[int, int], None] = lambda done, of: None
) -> tuple[Verified, ...]:
    """Every quantity of every check."""
    out: list[Verified] = []
    for done, check in enumerate(checks):
        progress(done, len(checks))
        out += _verified(check, seeds)
    progress(len(checks), len(checks))
    return tuple(out)


def _verified(check: Check, seeds: int) -> list[Verified]:
    if check.exact:
        return _exact(check)
    first = _compared(check, _samples(check, 0, seeds))
    if all(abs(one.z) < DOUBT for one in first):
        return first
    again = _compared(check, _samples(check, 1, MORE * seeds))
    return [other if abs(one.z) >= DOUBT else one for one, other in zip(first, again, strict=True)]


def _samples(check: Check, stage: int, seeds: int) -> NDArray[np.float64]:
    key = crc32(f"{check.case} {check.quantities[0]}".encode())
    rows: list[Sequence[float]] = []
    for seed in range(seeds):
        rng = Generator(Philox(SeedSequence(_ENTROPY, spawn_key=(key, stage, seed))))
        rows.append(check.sample(rng))
    return np.array(rows, dtype=np.float64)


def _compared(check: Check, samples: NDArray[np.float64]) -> list[Verified]:
    seeds = len(samples)
    means, errors = samples.mean(axis=0), samples.std(axis=0, ddof=1) / sqrt(seeds)
    return [
        Verified(check.case, quantity, expected, float(mean), _z(float(mean), expected, float(error)), seeds)
        for quantity, expected, mean, error in zip(
            check.quantities, check.expected, means, errors, strict=True
        )
    ]


def _exact(check: Check) -> list[Verified]:
    found = check.sample(Generator(Philox(0)))
    return [
        Verified(check.case, quantity, expected, value, _z(value, expected, 0.0), 0)
        for quantity, expected, value in zip(check.quantities, check.expected, found, strict=True)
    ]


def _z(mean: float, expected: float, error: float) -> float:
    if isclose(mean, expected, rel_tol=_ROUNDED if error == 0.0 else 1e-12, abs_tol=1e-12):
        return 0.0
    if error <= 0.0:
        return _FAR if mean > expected else -_FAR
    return max(-_FAR, min(_FAR, (mean - expected) / error))
