"""Work space of searches, lent out: as many as there are cores, so that memory does not grow with threads."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
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
        self._free: list[Scratch] = []
        self._turn = threading.BoundedSemaphore(self.most)

    @contextmanager
    def lend(self, nodes: int, targets: int, keys: int) -> Iterator[Scratch]:
        """A work space for so many nodes, targets and keys in the heap; one that a failure left is thrown away."""
        with self._turn:
            held = self._take()
            if held is None or not _holds(held, nodes, targets, keys):
                held = _make(nodes, targets, max(keys, len(held.heap) if held else 0))
            yield held
            self._free.append(held)

    def _take(self) -> Scratch | None:
        try:
            return self._free.pop()
        except IndexError:
            self.made += 1
            return None


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
