"""What one alarm's searches found: times by unit as an array, and the full answer of a unit when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.drive import Drive
from routing.point import EdgePoint
from routing.reach import Reach

UNRANKED = 2**62


@dataclass(frozen=True, slots=True)
class _Leg:
    """A search, and what its answers mean: all of them arrive at `alarm`, or stop somewhere to walk on."""

    drive: Drive
    alarm: EdgePoint | None
    furthest_walk_metres: float


class Ranking:
    """`total_ms` by unit, drive and walk, int64; `UNRANKED` for a unit that is surely not among the best asked for."""

    def __init__(self, units: int) -> None:
        self.total_ms: NDArray[np.int64] = np.full(units, UNRANKED, dtype=np.int64)
        self._leg = np.full(units, -1, dtype=np.int32)
        self._row = np.zeros(units, dtype=np.int64)
        self._legs: list[_Leg] = []
        self._ranked: list[NDArray[np.int64]] = []

    def add(
        self,
        drive: Drive,
        rows: NDArray[np.int64],
        alarm: EdgePoint | None,
        furthest_walk_metres: float = 0.0,
    ) -> None:
        """Take over the answers of a search for these rows of its squad."""
        numbers = drive.squad.members[rows]
        self._ranked.append(numbers)
        self.total_ms[numbers] = drive.times[rows]
        self._leg[numbers] = len(self._legs)
        self._row[numbers] = rows
        self._legs.append(_Leg(drive, alarm, furthest_walk_metres))

    def bound_ms(self, k: int) -> int:
        """The k-th best so far: whoever needs longer is not among the best k of all."""
        ranked = self._all()
        if len(ranked) < k:
            return UNRANKED
        return int(np.partition(self.total_ms[ranked], k - 1)[k - 1])

    def best(self, k: int | None = None) -> Sequence[int]:
        """Numbers of the ranked units, nearest first, ties to the lower number; at most k."""
        ranked = self._all()
        order = ranked[np.lexsort((ranked, self.total_ms[ranked]))]
        return [int(number) for number in (order if k is None else order[: max(k, 0)])]

    def reach(self, number: int) -> Reach:
        """The answer of a ranked unit. Raises LookupError for another."""
        if self._leg[number] < 0:
            raise LookupError(f"unit {number} was not ranked")
        leg = self._legs[int(self._leg[number])]
        return leg.drive.reach(int(self._row[number]), leg.alarm, leg.furthest_walk_metres)

    def _all(self) -> NDArray[np.int64]:
        return self._ranked[0] if len(self._ranked) == 1 else np.concatenate([NOBODY, *self._ranked])


NOBODY: NDArray[np.int64] = np.empty(0, dtype=np.int64)
