"""Road metres between places that lie close together, by a small search of its own: no array as large as the graph."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled
from routing.passable import CLOSED
from routing.point import NO_ARC

MOST_NODES = 8192  # a power of two: the table of nodes met is twice as large


@compiled
def metres_between_nodes(
    first_in: NDArray[np.uint32],
    in_arc: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
    length_metres: NDArray[np.float64],
    froms: NDArray[np.int64],
    tos: NDArray[np.int64],
    limit_metres: float,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Shortest road metres from each of `froms` to each of `tos` (len(froms) × len(tos)), and the first arc driven.

    Over arcs open in `inbound`; infinite beyond `limit_metres`, or when more than `MOST_NODES` / 2 nodes lie within.
    """
    metres = np.full((len(froms), len(tos)), np.inf)
    first_arc = np.full((len(froms), len(tos)), NO_ARC, dtype=np.int64)
    size = 2 * MOST_NODES
    key = np.empty(size, dtype=np.int64)
    dist = np.empty(size, dtype=np.float64)
    over = np.empty(size, dtype=np.int64)
    done = np.empty(size, dtype=np.bool_)
    heap_dist = np.empty(4 * size, dtype=np.float64)
    heap_at = np.empty(4 * size, dtype=np.int64)
    for t in range(len(tos)):
        twin = -1
        for s in range(t):
            if tos[s] == tos[t]:
                twin = s
                break
        if twin >= 0:
            metres[:, t] = metres[:, twin]
            first_arc[:, t] = first_arc[:, twin]
            continue
        key[:] = -1
        met = 1
        slot = (tos[t] * 2654435761) & (size - 1)
        key[slot], dist[slot], over[slot], done[slot] = tos[t], 0.0, NO_ARC, False
        heap_dist[0], heap_at[0], waiting = 0.0, slot, 1
        missing = len(froms)
        while waiting > 0 and missing > 0:
            d, at = heap_dist[0], heap_at[0]
            waiting -= 1
            last_d, last_at = heap_dist[waiting], heap_at[waiting]
            hole = 0
            while True:
                child = 2 * hole + 1
                if child >= waiting:
                    break
                if child + 1 < waiting and heap_dist[child + 1] < heap_dist[child]:
                    child += 1
                if heap_dist[child] >= last_d:
                    break
                heap_dist[hole], heap_at[hole] = heap_dist[child], heap_at[child]
                hole = child
            heap_dist[hole], heap_at[hole] = last_d, last_at
            if done[at]:
                continue
            done[at] = True
            node = key[at]
            for f in range(len(froms)):
                if froms[f] == node:
                    metres[f, t] = d
                    first_arc[f, t] = over[at]
                    missing -= 1
            for position in range(first_in[node], first_in[node + 1]):
                packed = inbound[position]
                if np.int64(packed >> np.uint64(32)) >= CLOSED:
                    continue
                arc = np.int64(in_arc[position])
                there = d + length_metres[arc >> 1]
                if there > limit_metres:
                    continue
                tail = np.int64(packed & np.uint64(0xFFFFFFFF))
                slot = (tail * 2654435761) & (size - 1)
                while key[slot] >= 0 and key[slot] != tail:
                    slot = (slot + 1) & (size - 1)
                if key[slot] < 0:
                    if met >= MOST_NODES // 2:
                        continue
                    met += 1
                    key[slot], dist[slot], over[slot], done[slot] = tail, np.inf, NO_ARC, False
                if done[slot] or there >= dist[slot] or waiting >= len(heap_dist):
                    continue
                dist[slot], over[slot] = there, arc
                hole = waiting
                waiting += 1
                while hole > 0:
                    parent = (hole - 1) >> 1
                    if heap_dist[parent] <= there:
                        break
                    heap_dist[hole], heap_at[hole] = heap_dist[parent], heap_at[parent]
                    hole = parent
                heap_dist[hole], heap_at[hole] = there, slot
    return metres, first_arc
