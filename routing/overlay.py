"""A class's weights with conditions laid over them, in arrays that are written again once nobody reads them.

A version of the roads is never changed while anybody holds it, and yet a new one costs no copy of the graph: an array
whose last reader is gone still holds what some earlier version said, and only the pieces in which the two versions
differ are written. What a version lends out is a view that is not the array itself; when the last view of a sheet
(or a part of it, which keeps it alive) is dropped, the sheet is free.
"""

from __future__ import annotations

import weakref
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.condition import Condition, Pieces
from routing.graph import RoadGraph
from routing.passable import CLOSED, LONGEST_MS

FREE_SHEETS = 2  # by class: the one before this version, and one that a long search gave back late
COPIED_AT_ONCE = 64  # positions copied in a row cost as much as writing one piece
WORD = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)

Weights = NDArray[np.uint64]


@dataclass(frozen=True, eq=False, slots=True)
class Laid:
    """The conditions that hinder a class, with the pieces of each: what lies over its weights."""

    pieces_of: Mapping[Condition, Pieces]

    @property
    def closes(self) -> bool:
        return any(condition.factor == 0.0 for condition in self.pieces_of)


NOTHING = Laid({})


@dataclass(frozen=True, eq=False, slots=True)
class Change:
    """What must be written to get from one `Laid` to another: positions, and the speed's factor at each."""

    slots: NDArray[np.int64] | slice
    speed: NDArray[np.float64]


class Sheet:
    """One array of the size of a class's weights: `base` with `laid` over it."""

    def __init__(self, weights: Weights, base: Weights, laid: Laid) -> None:
        self.array, self.base, self.laid = weights.copy(), base, laid

    def become(self, weights: Weights, base: Weights, laid: Laid) -> None:
        np.copyto(self.array, weights)
        self.base, self.laid = base, laid

    def write(self, change: Change, laid: Laid) -> None:
        """Pieces at a part of the speed they have in `base`; what was closed there stays closed."""
        before = self.base[change.slots]
        open_ = (before >> WORD < np.uint64(CLOSED)) & (change.speed > 0.0)
        exact = np.rint((before >> WORD).astype(np.float64) / np.where(open_, change.speed, 1.0))
        after = np.where(open_, np.minimum(exact, float(LONGEST_MS)), float(CLOSED)).astype(np.uint64)
        self.array[change.slots] = after << WORD | (before & LOW)
        self.laid = laid


class Sheets:
    """The free sheets of one graph, by class. Threads may take and give back at once."""

    def __init__(self) -> None:
        self._free: dict[str, deque[Sheet]] = {}

    def make_ready(self, vehicle_class: str, base: Weights) -> None:
        """Have as many free sheets as are kept, so that the first closures find them."""
        free = self._free.setdefault(vehicle_class, deque(maxlen=FREE_SHEETS))
        while len(free) < FREE_SHEETS:
            free.append(Sheet(base, base, NOTHING))

    def take(self, vehicle_class: str, weights: Weights, base: Weights, laid: Laid, wanted: Laid) -> Sheet:
        """A sheet that nobody reads, over this base, on which `wanted` is soon written.

        It starts as `weights`, which has `laid` over the base, where no sheet of this base is nearer to what is wanted.
        """
        try:
            sheet = self._free[vehicle_class].pop()
        except (KeyError, IndexError):
            return Sheet(weights, base, laid)
        if (
            sheet.base is not base
            or _far(sheet.laid, wanted) > _far(laid, wanted) + len(base) // COPIED_AT_ONCE
        ):
            sheet.become(weights, base, laid)
        return sheet

    def lend(self, vehicle_class: str, sheet: Sheet) -> Weights:
        """The sheet to read; it comes back by itself."""
        # Over a memoryview, parts of the view refer to the view and not past it to the array.
        view = np.frombuffer(sheet.array.data, dtype=np.uint64)
        view.flags.writeable = False
        free = self._free.setdefault(vehicle_class, deque(maxlen=FREE_SHEETS))
        weakref.finalize(view, free.append, sheet).atexit = False
        return view


def _far(before: Laid, after: Laid) -> int:
    return 0 if before is after else sum(map(len, pieces_between(before, after)))


def pieces_between(before: Laid, after: Laid) -> list[Pieces]:
    """The pieces of each condition that is in one of them only."""
    return [
        *(pieces for condition, pieces in before.pieces_of.items() if condition not in after.pieces_of),
        *(pieces for condition, pieces in after.pieces_of.items() if condition not in before.pieces_of),
    ]


def change_between(graph: RoadGraph, before: Laid, after: Laid) -> Change:
    """Where conditions overlap, the one that slows most holds."""
    differ = pieces_between(before, after)
    if not differ:
        return Change(np.empty(0, dtype=np.int64), np.empty(0))
    everywhere = sum(map(len, differ)) > len(graph.piece_ids) // 4
    if everywhere:  # in the order of the memory: many times quicker than piece by piece
        pieces = np.arange(len(graph.piece_ids), dtype=np.int64)
    else:
        pieces = differ[0] if len(differ) == 1 else np.unique(np.concatenate(differ))
    speed = np.ones(len(pieces))
    for condition, meant in after.pieces_of.items():
        at = positions_in(pieces, meant)
        speed[at] = np.minimum(speed[at], condition.factor)
    if everywhere:
        return Change(slice(None), speed[graph.in_arc >> np.uint32(1)])
    arcs = np.concatenate((2 * pieces, 2 * pieces + 1))
    return Change(graph.slot[arcs].astype(np.int64), np.concatenate((speed, speed)))


def positions_in(among: Pieces, wanted: Pieces) -> NDArray[np.int64]:
    """Where in `among` stands what is also in `wanted`, both ascending and without doubles."""
    if len(wanted) > len(among):
        here = np.searchsorted(wanted, among)
        here[here == len(wanted)] = len(wanted) - 1
        return np.flatnonzero(wanted[here] == among)
    if len(among) == 0:
        return np.empty(0, dtype=np.int64)
    at = np.searchsorted(among, wanted)
    at[at == len(among)] = len(among) - 1
    found: NDArray[np.int64] = at[among[at] == wanted]
    return found
