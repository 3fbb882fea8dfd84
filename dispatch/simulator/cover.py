"""Who is away and which cover that leaves: busy time by unit, time without a free engine by zone and in the county."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import Units


class CoverWatch:
    """Sums over the horizon only: what lasts beyond it is cut. Counts accepted engines of the county's own zones."""

    def __init__(self, units: Units, able: NDArray[np.bool_], reserve: int, horizon_ms: int) -> None:
        self.horizon_ms = horizon_ms
        self.reserve = reserve
        self.busy_ms = np.zeros(len(units.engine), dtype=np.int64)
        self._left_ms = np.zeros(len(units.engine), dtype=np.int64)
        self._engine = units.engine & able & (units.zone >= 0)
        self._zone = units.zone
        zones = int(units.zone.max(initial=-1)) + 1
        self._free = np.bincount(units.zone[self._engine], minlength=zones).astype(np.int64)
        self.has_engines = self._free > 0
        self.empty_ms = np.zeros(zones, dtype=np.int64)
        self._empty_since = np.zeros(zones, dtype=np.int64)
        self.below_ms = 0
        self._below_since = 0
        self._total = int(self._free.sum())
        self.reserve_possible = self._total >= reserve

    def leaves(self, unit: int, now: int) -> None:
        self._left_ms[unit] = now
        if not self._engine[unit]:
            return
        zone = self._zone[unit]
        self._free[zone] -= 1
        self._total -= 1
        if self._free[zone] == 0:
            self._empty_since[zone] = now
        if self._total == self.reserve - 1:
            self._below_since = now

    def returns(self, unit: int, now: int) -> None:
        self.busy_ms[unit] += self._within(int(self._left_ms[unit]), now)
        if not self._engine[unit]:
            return
        zone = self._zone[unit]
        if self._free[zone] == 0:
            self.empty_ms[zone] += self._within(int(self._empty_since[zone]), now)
        if self._total == self.reserve - 1:
            self.below_ms += self._within(self._below_since, now)
        self._free[zone] += 1
        self._total += 1

    def _within(self, since: int, now: int) -> int:
        return max(0, min(now, self.horizon_ms) - min(since, self.horizon_ms))
