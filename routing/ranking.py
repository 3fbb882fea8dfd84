"""What one alarm's searches found: times by unit as an array, and the full answer of a unit when it is asked for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import NDArray

from routing.drive import Drive
from routing.point import EdgePoint
from routing.reach import Reach

UNRANKED = 2**62


@dataclass(frozen=True, slots=True)
class _Leg:
    """A search, the rows it answers, and what that means: all arrive at `alarm`, or stop somewhere to walk on."""

    drive: Drive
    rows: NDArray[np.int64]
    alarm: EdgePoint | None
    furthest_walk_metres: float

    @property
    def numbers(self) -> NDArray[np.int64]:
        return self.drive.squad.members[self.rows]

    @property
    def times(self) -> NDArray[np.int64]:
        return self.drive.times[self.rows]


class Figures(NamedTuple):
    """By unit: `total_ms` is what is ranked; `way_ms` from rolling until the crew is there, last metres and all.

    `by_road`: it drives up to where its class has reached the alarm, which is one place for all of a class.
    """

    total_ms: NDArray[np.int64]
    way_ms: NDArray[np.int64]
    on_foot_metres: NDArray[np.float64]
    reachable: NDArray[np.bool_]
    by_road: NDArray[np.bool_]


class Ranking:
    """All answers (ready + drive + walk); arrays over all units are made only for those who ask for them."""

    def __init__(self, units: int) -> None:
        self._units = units
        self._legs: list[_Leg] = []
        self._found_at: dict[int, tuple[_Leg, int]] = {}

    def add(
        self,
        drive: Drive,
        rows: NDArray[np.int64],
        alarm: EdgePoint | None,
        furthest_walk_metres: float = 0.0,
    ) -> None:
        """Take over the answers of a search for these rows of its squad."""
        self._legs.append(_Leg(drive, rows, alarm, furthest_walk_metres))
        self._found_at.clear()

    @property
    def total_ms(self) -> NDArray[np.int64]:
        """Drive and walk by unit, int64; `UNRANKED` for a unit that is surely not among the best asked for."""
        total = np.full(self._units, UNRANKED, dtype=np.int64)
        for leg in self._legs:
            total[leg.numbers] = leg.times
        return total

    def figures(self) -> Figures:
        """Of every unit, where all were ranked."""
        total = np.zeros(self._units, dtype=np.int64)
        way, foot = np.zeros_like(total), np.zeros(self._units)
        reachable, by_road = np.zeros(self._units, np.bool_), np.zeros(self._units, np.bool_)
        for leg in self._legs:
            who, last = leg.numbers, leg.drive.last_of(leg.rows)
            total[who] = leg.times
            way[who] = leg.times - leg.drive.squad.ready_ms[leg.rows] - last.counted_ms + last.on_foot_ms
            foot[who] = last.on_foot_metres
            by_road[who] = leg.alarm is not None
            reachable[who] = leg.alarm is not None or last.on_foot_metres <= leg.furthest_walk_metres
        return Figures(total, way, foot, reachable, by_road)

    def bound_ms(self, k: int) -> int:
        """The k-th best so far: whoever needs longer is not among the best k of all."""
        if not self._legs:
            return UNRANKED
        if sum(len(leg.rows) for leg in self._legs) < k:
            return UNRANKED
        return int(np.partition(np.concatenate([leg.times for leg in self._legs]), k - 1)[k - 1])

    def best(self, k: int | None = None) -> Sequence[int]:
        """Numbers of the ranked units, nearest first, ties to the lower number; at most k."""
        return cast("list[int]", self.in_order(k)[0].tolist())

    def in_order(self, k: int | None = None) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """`best` as an array, and the milliseconds of each of them."""
        first = slice(None if k is None else max(k, 0))
        if not self._legs:
            return NOBODY, NOBODY
        if len(self._legs) == 1 and self._legs[0].drive.is_in_order:
            leg = self._legs[0]
            rows = leg.rows[first]
            return leg.drive.squad.members[rows], leg.drive.times[rows]
        numbers = np.concatenate([leg.numbers for leg in self._legs])
        times = np.concatenate([leg.times for leg in self._legs])
        alone = len(self._legs) == 1  # its rows ascend, and so do their numbers
        order = (np.argsort(times, kind="stable") if alone else np.lexsort((numbers, times)))[first]
        return numbers[order], times[order]

    def reach(self, number: int) -> Reach:
        """The answer of a ranked unit. Raises LookupError for another."""
        if not self._found_at:
            for leg in self._legs:
                for unit, row in zip(leg.numbers.tolist(), leg.rows.tolist(), strict=True):
                    self._found_at[unit] = (leg, row)
        if number not in self._found_at:
            raise LookupError(f"unit {number} was not ranked")
        leg, row = self._found_at[number]
        return leg.drive.reach(row, leg.alarm, leg.furthest_walk_metres)


NOBODY: NDArray[np.int64] = np.empty(0, dtype=np.int64)
