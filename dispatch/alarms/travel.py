"""A unit's way to a place as the choice and its reasons see it, and those of all units as columns. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import SupportsFloat, overload

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import UNREACHABLE_MS


@dataclass(frozen=True, slots=True)
class HinderedRoad:
    """A closed or slow stretch of the way a unit would take: what it is called, or where it lies, and why it is so."""

    reason: str
    where: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Travel:
    """One unit's way to the place, aligned with the candidates. `reachable` false: the figures mean nothing.

    `hindered_by`: what lies on the way it would otherwise have taken, as somebody reported it, and `delay_ms` what
    all of it costs. `heading` of `routing.on_road.HEADINGS` where it drives already and its direction is known.
    Where the hose reaches (`water`), water can be on the fire `setup_ms` after the vehicle stops (at `stop`: longitude,
    latitude); where it does not, the unit counts as `without_water_ms` later. `short_metres`: what is left over ground
    where it stops short of the road nearest to the place, and `held_by` what on that road stops its class.
    """

    reachable: bool
    travel_ms: int
    on_foot_ms: int
    distance_metres: SupportsFloat  # worked out for those who are sent
    on_foot_metres: float
    hindered_by: tuple[HinderedRoad, ...] = ()
    delay_ms: int = 0
    heading: str | None = None
    setup_ms: int = 0
    without_water_ms: int = 0
    hose_metres: float = 0.0
    water: bool = False
    stop: tuple[float, float] | None = None
    short_metres: float = 0.0
    held_by: str | None = None


class Travels(Sequence[Travel]):
    """The ways of all units: what every choice reads as columns, and each way in full when somebody asks for it.

    `whole_ms`: from rolling until water can be on the fire, or what its lack counts for; `UNREACHABLE_MS` where there
    is no way. `way_ms`: from rolling until the crew is there, 0 where there is no way.
    """

    __slots__ = ("_note", "_tell", "_told", "on_foot_metres", "reachable", "way_ms", "whole_ms")

    def __init__(
        self,
        reachable: NDArray[np.bool_],
        whole_ms: NDArray[np.int64],
        way_ms: NDArray[np.int64],
        on_foot_metres: NDArray[np.float64],
        tell: Callable[[int], Travel],
        note: Callable[[int], Travel] | None = None,
    ) -> None:
        self.reachable = reachable
        self.whole_ms = np.where(reachable, whole_ms, UNREACHABLE_MS)
        self.way_ms = np.where(reachable, way_ms, 0)
        self.on_foot_metres = on_foot_metres
        self._tell, self._note = tell, note
        self._told: dict[int, Travel] = {}

    @classmethod
    def of(cls, travels: Sequence[Travel]) -> Travels:
        if isinstance(travels, cls):
            return travels
        rows = [(t.travel_ms, t.on_foot_ms, t.setup_ms, t.without_water_ms) for t in travels]
        parts = np.array(rows, dtype=np.int64).reshape(len(rows), 4)
        return cls(
            np.array([t.reachable for t in travels], dtype=np.bool_),
            parts.sum(axis=1),
            parts[:, 0] + parts[:, 1],
            np.array([t.on_foot_metres for t in travels], dtype=np.float64),
            travels.__getitem__,
        )

    def among(self, rows: Sequence[int]) -> Travels:
        """Those of some units, in this order."""
        at = np.array(rows, dtype=np.int64)
        return Travels(
            self.reachable[at],
            self.whole_ms[at],
            self.way_ms[at],
            self.on_foot_metres[at],
            lambda row: self[rows[row]],
            lambda row: self.noted(rows[row]),
        )

    def noted(self, row: int) -> Travel:
        """Enough of a way to say what its time rests on: the distance and the heading may be left out."""
        if self._note is None or row in self._told:
            return self[row]
        return self._note(row)

    def __len__(self) -> int:
        return len(self.reachable)

    @overload
    def __getitem__(self, row: int) -> Travel: ...
    @overload
    def __getitem__(self, row: slice) -> Sequence[Travel]: ...
    def __getitem__(self, row: int | slice) -> Travel | Sequence[Travel]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        if not -len(self) <= row < len(self):
            raise IndexError(row)
        row %= len(self)
        if row not in self._told:
            self._told[row] = self._tell(row)
        return self._told[row]
