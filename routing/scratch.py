"""Work space of searches, lent out: as many as there are cores, so that memory does not grow with threads."""

from __future__ import annotations

import os
import threading
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.passable import CLOSED

NOTHING = -1
SPARE_KEYS = 1024
LEAST_TARGETS = 256


class Scratch(NamedTuple):
    """One search's work space. Between searches `dist` is all `CLOSED` and `entry_at` all -1."""

    dist: NDArray[np.uint32]
    via: NDArray[np.int32]
    entry_at: NDArray[np.int32]
    heap: NDArray[np.uint64]
    seen: NDArray[np.uint32]


class ScratchPool:
    """At most `most` work spaces of one graph; who comes when all are lent waits for one to come back.

    A search keeps a core busy without the interpreter's lock, so more of them at once than cores would only cost
    memory: a work space is 16 bytes a node and 8 an arc. The one that came back last goes out first, for its pages
    are warm.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most or _cores()
        self.made = 0
        self._free: list[Scratch | None] = [None] * self.most  # None: not made yet
        self._waiting, self._back = 0, threading.Condition()

    def lend(self, nodes: int, targets: int, keys: int) -> Loan:
        """A work space for so many nodes, targets and keys in the heap; one that a failure left is thrown away."""
        return Loan(self, nodes, targets, keys)

    def take(self) -> Scratch | None:
        # A search takes 20 µs, and a semaphore took another five; taking from a list is one step for every thread.
        try:
            return self._free.pop()
        except IndexError:
            with self._back:
                self._waiting += 1
                try:
                    while True:
                        try:
                            return self._free.pop()
                        except IndexError:
                            self._back.wait()
                finally:
                    self._waiting -= 1

    def give_back(self, held: Scratch | None) -> None:
        if held is None:
            self._free.insert(0, None)
        else:
            self._free.append(held)
        if self._waiting:  # whoever looked before this came back has said that it waits
            with self._back:
                self._back.notify()


class Loan:
    """A work space as long as a `with` lasts."""

    __slots__ = ("_held", "_pool", "_size")

    def __init__(self, pool: ScratchPool, nodes: int, targets: int, keys: int) -> None:
        self._pool, self._size = pool, (nodes, targets, keys)
        self._held: Scratch | None = None

    def __enter__(self) -> Scratch:
        held, (nodes, targets, keys) = self._pool.take(), self._size
        try:
            if held is None or not _holds(held, nodes, targets, keys):
                if held is None:
                    self._pool.made += 1
                held = _make(nodes, targets, max(keys, len(held.heap) if held else 0))
        except BaseException:
            self._pool.give_back(None)
            raise
        self._held = held
        return held

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        self._pool.give_back(self._held if failed is None else None)


def _holds(held: Scratch, nodes: int, targets: int, keys: int) -> bool:
    return len(held.entry_at) == nodes and len(held.dist) >= nodes + targets and len(held.heap) >= keys


def _make(nodes: int, targets: int, keys: int) -> Scratch:
    size = nodes + max(LEAST_TARGETS, 2 * targets)
    return Scratch(
        dist=np.full(size, CLOSED, dtype=np.uint32),
        via=np.empty(size, dtype=np.int32),
        entry_at=np.full(nodes, NOTHING, dtype=np.int32),
        heap=np.empty(keys + SPARE_KEYS, dtype=np.uint64),
        seen=np.empty(size, dtype=np.uint32),
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
