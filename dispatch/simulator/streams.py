"""Random numbers by purpose and alarm number, so that every policy meets the same luck (common random numbers).

The n-th number of a stream belongs to alarm n, whatever was decided before; a stream of a unit is keyed by the unit's
code, so that one more unit in the county changes nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from math import exp, log, sqrt
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.random import Generator, Philox, SeedSequence
from numpy.typing import NDArray

BLOCK = 512
_STANDARD = NormalDist()
_LEAST = 1e-12


class Purpose(IntEnum):
    """Of an alarm."""

    MOMENTS = 0
    KIND = 1
    PLACE = 2
    TRAPPED = 3
    FACTS = 4
    HANDLING = 5
    WORK = 6


class UnitPurpose(IntEnum):
    """Of a unit at an alarm: rows of a block."""

    ANSWER = 0
    DELAY = 1
    TURNOUT = 2
    TRAVEL = 3


def stream(seed: int, replication: int, purpose: Purpose) -> Generator:
    return Generator(Philox(SeedSequence(seed, spawn_key=(replication, 0, int(purpose)))))


class UnitStreams:
    """Uniform numbers for every unit and purpose, made block by block as the alarms come, in ascending order."""

    def __init__(self, seed: int, replication: int, codes: Sequence[str]) -> None:
        self._generators = [
            [
                Generator(
                    Philox(SeedSequence(seed, spawn_key=(replication, 1, int(purpose), crc32(code.encode()))))
                )
                for code in codes
            ]
            for purpose in UnitPurpose
        ]
        self._block = np.empty((BLOCK, len(UnitPurpose), len(codes)))
        self._made = 0

    def of_alarm(self, number: int) -> NDArray[np.float64]:
        """Purpose × unit for one alarm. Numbers must not go back by more than the block that is open."""
        while number >= self._made:
            for purpose, row in enumerate(self._generators):
                for unit, generator in enumerate(row):
                    self._block[:, purpose, unit] = generator.random(BLOCK)
            self._made += BLOCK
        return np.array(self._block[number - self._made + BLOCK])


def lognormal(uniform: float, mean: float, variation: float) -> float:
    """The value of a lognormal distribution at a uniform number; `variation` is its coefficient of variation."""
    if mean <= 0.0 or variation <= 0.0:
        return max(mean, 0.0)
    squared = log(1.0 + variation * variation)
    deviate = _STANDARD.inv_cdf(min(max(uniform, _LEAST), 1.0 - _LEAST))
    return mean * exp(sqrt(squared) * deviate - squared / 2.0)
