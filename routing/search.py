"""The compiled search: Dijkstra over packed arcs with a 4-ary heap of packed keys, and the paths it found.

A key is `time << 32 | node`. Targets (the units of a ranking) are numbered after the nodes and take part in the heap
as nodes of their own, each reached from the ends of the road it stands on; so it settles in the order of the true
times, ties by number, whatever the threads do. Nothing proportional to the graph is allocated or cleared here.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled
from routing.passable import CLOSED
from routing.scratch import NOTHING, ScratchPool

ONE, TWO, FOUR, WORD = np.uint64(1), np.uint64(2), np.uint64(4), np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


class Sources(NamedTuple):
    """Where the search begins: nodes, what it costs to be there, and the partial arc driven beyond them (or -1)."""

    node: NDArray[np.int64]
    cost: NDArray[np.int64]
    arc: NDArray[np.int64]


class Targets(NamedTuple):
    """What the search looks for: entries by node, with the extra cost and the partial arc from their target (or -1).

    `direct` is what a target costs without the graph.
    """

    node: NDArray[np.int64]
    cost: NDArray[np.int64]
    arc: NDArray[np.int64]
    target: NDArray[np.int64]
    direct: NDArray[np.int64]


class Found(NamedTuple):
    """By target: time (`CLOSED`: not found), its entry (-1: direct), the source, and its share of `arcs`.

    `metres` is the length of all its arcs, the partial ones in full.
    """

    time: NDArray[np.int64]
    entry: NDArray[np.int64]
    source: NDArray[np.int64]
    first_arc: NDArray[np.int64]
    arcs: NDArray[np.int32]
    metres: NDArray[np.float64]
    order: NDArray[np.int64]

    def path(self, target: int) -> NDArray[np.int32]:
        return self.arcs[self.first_arc[target] : self.first_arc[target + 1]]


class Network(Protocol):
    """Nodes and arcs in the order in which the search reads them, as in `RoadGraph`."""

    @property
    def nodes(self) -> int: ...
    @property
    def arcs(self) -> int: ...
    @property
    def first_in(self) -> NDArray[np.uint32]: ...
    @property
    def in_arc(self) -> NDArray[np.uint32]: ...
    @property
    def head(self) -> NDArray[np.int32]: ...
    @property
    def length_metres(self) -> NDArray[np.float64]: ...
    @property
    def scratch(self) -> ScratchPool: ...


def find(
    graph: Network,
    inbound: NDArray[np.uint64],
    sources: Sources,
    targets: Targets,
    best: int,
    limit_ms: int = CLOSED,
    paths: bool = True,
) -> Found:
    """Search until the `best` nearest targets are settled, or everything within the limit is."""
    keys = len(sources.node) + graph.arcs + 3 * len(targets.direct) + 8
    with graph.scratch.lend(graph.nodes, len(targets.direct), keys) as scratch:
        return Found(
            *_find(
                graph.first_in, inbound, graph.in_arc, graph.head, graph.length_metres,
                *sources, *targets, best, limit_ms, paths,
                scratch.dist, scratch.via, scratch.entry_at, scratch.heap, scratch.seen,
            )
        )  # fmt: skip


@compiled
def _push(heap: NDArray[np.uint64], size: np.uint64, key: np.uint64) -> np.uint64:
    hole = size
    while hole > np.uint64(0):
        parent = np.uint64(np.uint64(hole - ONE) >> TWO)
        if heap[parent] <= key:
            break
        heap[hole] = heap[parent]
        hole = parent
    heap[hole] = key
    return np.uint64(size + ONE)


@compiled
def _sink(heap: NDArray[np.uint64], size: np.uint64) -> None:
    """Put the last key (at `size`) into the hole at the top."""
    key = heap[size]
    hole = np.uint64(0)
    while True:
        child = np.uint64(np.uint64(hole << TWO) + ONE)
        if child >= size:
            break
        end = np.uint64(child + FOUR)
        if end > size:
            end = size
        least, least_key = child, heap[child]
        child = np.uint64(child + ONE)
        while child < end:
            if heap[child] < least_key:
                least, least_key = child, heap[child]
            child = np.uint64(child + ONE)
        if least_key >= key:
            break
        heap[hole] = least_key
        hole = least
    heap[hole] = key


@compiled
def _find(
    first_in: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
    in_arc: NDArray[np.uint32],
    head: NDArray[np.int32],
    length_metres: NDArray[np.float64],
    source_node: NDArray[np.int64],
    source_cost: NDArray[np.int64],
    source_arc: NDArray[np.int64],
    entry_node: NDArray[np.int64],
    entry_cost: NDArray[np.int64],
    entry_arc: NDArray[np.int64],
    entry_target: NDArray[np.int64],
    direct: NDArray[np.int64],
    best: int,
    limit_ms: int,
    paths: bool,
    dist: NDArray[np.uint32],
    via: NDArray[np.int32],
    entry_at: NDArray[np.int32],
    heap: NDArray[np.uint64],
    seen: NDArray[np.uint32],
) -> tuple[
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.float64],
    NDArray[np.int64],
]:
    nodes, targets = np.uint64(len(entry_at)), len(direct)
    next_entry = np.full(len(entry_node), NOTHING, dtype=np.int32)
    for e in range(len(entry_node)):
        next_entry[e] = entry_at[entry_node[e]]
        entry_at[entry_node[e]] = e

    size, touched = np.uint64(0), 0
    for s in range(len(source_node)):
        node = np.uint64(source_node[s])
        if source_cost[s] < dist[node]:
            if dist[node] == np.uint32(CLOSED):
                seen[touched] = node
                touched += 1
            dist[node] = source_cost[s]
            via[node] = -2 - s
            size = _push(heap, size, np.uint64((np.uint64(source_cost[s]) << WORD) | node))
    for t in range(targets):
        if direct[t] < CLOSED:
            node = nodes + np.uint64(t)
            seen[touched] = node
            touched += 1
            dist[node] = direct[t]
            via[node] = NOTHING
            size = _push(heap, size, np.uint64((np.uint64(direct[t]) << WORD) | node))

    order = np.empty(min(best, targets), dtype=np.int64)
    settled = 0
    while size > np.uint64(0) and settled < len(order):
        top = heap[np.uint64(0)]
        size = np.uint64(size - ONE)
        if size > np.uint64(0):
            _sink(heap, size)
        u = np.uint64(top & LOW)
        time = np.uint32(top >> WORD)
        if time != dist[u]:
            continue
        if np.int64(time) > limit_ms:
            break
        if u >= nodes:
            order[settled] = np.int64(u - nodes)
            settled += 1
            continue
        entry = np.int64(entry_at[u])
        while entry >= 0:
            total = np.int64(time) + entry_cost[entry]
            node = nodes + np.uint64(entry_target[entry])
            if total < np.int64(dist[node]):
                if dist[node] == np.uint32(CLOSED):
                    seen[touched] = node
                    touched += 1
                dist[node] = total
                via[node] = entry
                size = _push(heap, size, np.uint64((np.uint64(total) << WORD) | node))
            entry = np.int64(next_entry[entry])
        position = np.uint64(first_in[u])
        end = np.uint64(first_in[np.uint64(u + ONE)])
        while position < end:
            packed = inbound[position]
            v = np.uint64(packed & LOW)
            # A closed arc weighs 2^31 - 1: the sum still fits 32 bits and is never below an unreached node's.
            reached = np.uint32(time + np.uint32(packed >> WORD))
            before = dist[v]
            if reached < before:
                if before == np.uint32(CLOSED):
                    seen[touched] = v
                    touched += 1
                dist[v] = reached
                via[v] = position
                size = _push(heap, size, np.uint64((np.uint64(reached) << WORD) | v))
            position = np.uint64(position + ONE)
    order = order[:settled]

    time_of = np.full(targets, CLOSED, dtype=np.int64)
    entry_of = np.full(targets, NOTHING, dtype=np.int64)
    source_of = np.full(targets, NOTHING, dtype=np.int64)
    first_arc = np.zeros(targets + 1, dtype=np.int64)
    for target in order:
        time_of[target] = dist[nodes + np.uint64(target)]
        entry_of[target] = via[nodes + np.uint64(target)]
        if entry_of[target] >= 0 and not paths and len(source_node) == 1:
            source_of[target] = 0  # without following every way to its end
        elif entry_of[target] >= 0:
            v = np.uint64(entry_node[entry_of[target]])
            count = 0 if entry_arc[entry_of[target]] < 0 else 1
            while via[v] >= 0:
                v = np.uint64(head[in_arc[via[v]]])
                count += 1
            source_of[target] = -2 - via[v]
            if source_arc[source_of[target]] >= 0:
                count += 1
            if paths:
                first_arc[target + 1] = count
    first_arc = np.cumsum(first_arc)
    arcs = np.empty(first_arc[targets], dtype=np.int32)
    metres = np.zeros(targets, dtype=np.float64)
    if paths:
        for target in order:
            if entry_of[target] >= 0:
                v = np.uint64(entry_node[entry_of[target]])
                at = first_arc[target]
                if entry_arc[entry_of[target]] >= 0:
                    arcs[at] = entry_arc[entry_of[target]]
                    at += 1
                while via[v] >= 0:
                    arcs[at] = in_arc[via[v]]
                    v = np.uint64(head[arcs[at]])
                    at += 1
                if source_arc[source_of[target]] >= 0:
                    arcs[at] = source_arc[source_of[target]]
                for at in range(first_arc[target], first_arc[target + 1]):
                    metres[target] += length_metres[arcs[at] >> 1]

    for i in range(touched):
        dist[seen[i]] = np.uint32(CLOSED)
    for e in range(len(entry_node)):
        entry_at[entry_node[e]] = NOTHING
    return time_of, entry_of, source_of, first_arc, arcs, metres, order


class Spread(NamedTuple):
    """By node: milliseconds from the nearest source (`CLOSED`: none within the limit), and the metres of that way."""

    time: NDArray[np.uint32]
    metres: NDArray[np.float64]


def spread(
    graph: Network,
    weights: NDArray[np.uint64],
    sources: Sources,
    limit_ms: int,
    source_metres: NDArray[np.float64],
) -> Spread:
    """All nodes within the limit, exactly; `source_metres` is what is driven before each source's node.

    With the weights of `roads_of.outbound` the time is that of driving from the sources to the node.
    """
    keys = len(sources.node) + graph.arcs + 8
    with graph.scratch.lend(graph.nodes, 0, keys) as scratch:
        return Spread(
            *_spread(
                graph.first_in, weights, graph.in_arc, graph.length_metres, graph.nodes,
                sources.node, sources.cost, source_metres, limit_ms,
                scratch.dist, scratch.heap, scratch.seen,
            )
        )  # fmt: skip


@compiled
def _spread(
    first_in: NDArray[np.uint32],
    weights: NDArray[np.uint64],
    in_arc: NDArray[np.uint32],
    length_metres: NDArray[np.float64],
    nodes: int,
    source_node: NDArray[np.int64],
    source_cost: NDArray[np.int64],
    source_metres: NDArray[np.float64],
    limit_ms: int,
    dist: NDArray[np.uint32],
    heap: NDArray[np.uint64],
    seen: NDArray[np.uint32],
) -> tuple[NDArray[np.uint32], NDArray[np.float64]]:
    metres = np.zeros(nodes, dtype=np.float64)
    size, touched = np.uint64(0), 0
    for s in range(len(source_node)):
        node = np.uint64(source_node[s])
        if source_cost[s] <= limit_ms and source_cost[s] < np.int64(dist[node]):
            if dist[node] == np.uint32(CLOSED):
                seen[touched] = node
                touched += 1
            dist[node] = source_cost[s]
            metres[node] = source_metres[s]
            size = _push(heap, size, np.uint64((np.uint64(source_cost[s]) << WORD) | node))
    while size > np.uint64(0):
        top = heap[np.uint64(0)]
        size = np.uint64(size - ONE)
        if size > np.uint64(0):
            _sink(heap, size)
        u = np.uint64(top & LOW)
        time = np.uint32(top >> WORD)
        if time != dist[u]:
            continue
        position = np.uint64(first_in[u])
        end = np.uint64(first_in[np.uint64(u + ONE)])
        while position < end:
            packed = weights[position]
            v = np.uint64(packed & LOW)
            reached = np.uint32(time + np.uint32(packed >> WORD))
            before = dist[v]
            if reached < before and np.int64(reached) <= limit_ms:
                if before == np.uint32(CLOSED):
                    seen[touched] = v
                    touched += 1
                dist[v] = reached
                metres[v] = metres[u] + length_metres[in_arc[position] >> np.uint32(1)]
                size = _push(heap, size, np.uint64((np.uint64(reached) << WORD) | v))
            position = np.uint64(position + ONE)
    times = np.full(nodes, np.uint32(CLOSED), dtype=np.uint32)
    for i in range(touched):
        times[seen[i]] = dist[seen[i]]
        dist[seen[i]] = np.uint32(CLOSED)
    return times, metres
