"""The compiled queries of a hierarchy: from a few units to the best of some stops, and the arcs of one way.

From a stop only upwards, from node to parent, which settles all that can be on top of a way. The nodes above the units,
chosen once for a squad, are then swept from the top down (RPHAST: Delling, Goldberg, Werneck 2011). No heap.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled
from routing.contraction import Contraction
from routing.passable import CLOSED
from routing.scratch import NOTHING, ScratchPool
from routing.search import Sources, Targets

GATHERED = np.uint32(CLOSED + 1)  # above a stop, and not reached yet


class Above(NamedTuple):
    """All nodes above the units' entries, highest first, with their arcs up among themselves and the times up.

    `entry` is where each entry stands among them.
    """

    node: NDArray[np.int32]
    first: NDArray[np.int64]
    up: NDArray[np.int32]
    ms: NDArray[np.uint32]
    entry: NDArray[np.int32]


class Climbed(NamedTuple):
    """By target: time (`CLOSED`: no way), the entry it takes (-1: without the graph), and the source where it ends."""

    time: NDArray[np.int64]
    entry: NDArray[np.int64]
    source: NDArray[np.int64]


def above(contraction: Contraction, times: NDArray[np.uint32], targets: Targets) -> Above:
    return Above(
        *_above(
            contraction.first_up, contraction.up, contraction.parent, times, contraction.rank[targets.node]
        )
    )


def climb(
    contraction: Contraction,
    times: NDArray[np.uint32],
    scratch: ScratchPool,
    kept: Above,
    sources: Sources,
    targets: Targets,
) -> Climbed:
    """The fastest way of each target to any of the sources; ties to the earlier entry and source."""
    nodes = len(contraction.order)
    with scratch.lend(nodes, 0, 0) as lent:
        return Climbed(
            *_climb(
                contraction.first_up, contraction.up, contraction.parent, times, contraction.rank, *kept,
                sources.node, sources.cost, targets.cost, targets.target, targets.direct,
                lent.dist, lent.via, lent.seen,
            )
        )  # fmt: skip


def way_between(
    contraction: Contraction,
    times: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
    slot: NDArray[np.uint32],
    begin: int,
    end: int,
) -> NDArray[np.int32]:
    """The arcs of a fastest way between two nodes that are joined; `inbound` and `slot` are a `RoadGraph`'s."""
    c = contraction
    return _way(
        c.first_up, c.up, c.below, c.parent, c.first_down, c.down, c.first_real, c.real, times, inbound, slot,
        int(c.rank[begin]), int(c.rank[end]),
    )  # fmt: skip


@compiled
def _above(
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    parent: NDArray[np.int32],
    times: NDArray[np.uint32],
    entry_rank: NDArray[np.int32],
) -> tuple[NDArray[np.int32], NDArray[np.int64], NDArray[np.int32], NDArray[np.uint32], NDArray[np.int32]]:
    found = np.empty(max(16, 64 * len(entry_rank)), dtype=np.int32)
    known = {np.int32(-1)}
    count, arcs = 0, 0
    for entry in range(len(entry_rank)):
        node = entry_rank[entry]
        while node not in known:
            known.add(node)
            if count == len(found):
                more = np.empty(2 * count, dtype=np.int32)
                more[:count] = found
                found = more
            found[count] = node
            count += 1
            arcs += first_up[node + 1] - first_up[node]
            node = parent[node]
    node_of = np.sort(found[:count])[::-1].copy()
    first = np.zeros(count + 1, dtype=np.int64)
    up_of = np.empty(arcs, dtype=np.int32)
    ms_of = np.empty(arcs, dtype=np.uint32)
    rising = node_of[::-1].copy()
    at = 0
    for place in range(count):
        for position in range(first_up[node_of[place]], first_up[node_of[place] + 1]):
            if times[position, 0] < np.uint32(CLOSED):
                up_of[at] = count - 1 - np.searchsorted(rising, up[position])
                ms_of[at] = times[position, 0]
                at += 1
        first[place + 1] = at
    entry_of = np.empty(len(entry_rank), dtype=np.int32)
    for entry in range(len(entry_rank)):
        entry_of[entry] = count - 1 - np.searchsorted(rising, entry_rank[entry])
    return node_of, first, up_of[:at].copy(), ms_of[:at].copy(), entry_of


@compiled
def _relax(
    node: int,
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    times: NDArray[np.uint32],
    dist: NDArray[np.uint32],
    via: NDArray[np.int32],
) -> None:
    """Reach the nodes above one over its arcs up; ties to the earlier source."""
    here = dist[node]
    if here < np.uint32(CLOSED):
        for position in range(first_up[node], first_up[node + 1]):
            reached = np.uint32(here + times[position, 1])
            other = up[position]
            if reached < dist[other] or (reached == dist[other] and via[node] < via[other]):
                dist[other] = reached
                via[other] = via[node]


@compiled
def _climb(
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    parent: NDArray[np.int32],
    times: NDArray[np.uint32],
    rank: NDArray[np.int32],
    kept_node: NDArray[np.int32],
    kept_first: NDArray[np.int64],
    kept_up: NDArray[np.int32],
    kept_ms: NDArray[np.uint32],
    entry_at: NDArray[np.int32],
    source_node: NDArray[np.int64],
    source_cost: NDArray[np.int64],
    entry_cost: NDArray[np.int64],
    entry_target: NDArray[np.int64],
    direct: NDArray[np.int64],
    dist: NDArray[np.uint32],
    via: NDArray[np.int32],
    seen: NDArray[np.uint32],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    # Every way up from a stop leads over nodes above it: they are gathered, each once, and swept from the bottom up.
    gathered, chains = 0, 0
    for source in range(len(source_node)):
        begin = rank[source_node[source]]
        node = begin
        if dist[node] == np.uint32(CLOSED):
            chains += 1
        while node >= 0 and dist[node] == np.uint32(CLOSED):
            dist[node] = GATHERED
            seen[gathered] = node
            gathered += 1
            node = parent[node]
        if source_cost[source] < min(np.int64(dist[begin]), np.int64(CLOSED)):
            dist[begin] = source_cost[source]
            via[begin] = source
    rising = np.sort(seen[:gathered]) if chains > 1 else seen[:gathered]
    for node in rising:
        _relax(node, first_up, up, times, dist, via)

    kept = len(kept_node)
    below_ms = np.empty(kept, dtype=np.uint32)
    ends_at = np.empty(kept, dtype=np.int32)
    for place in range(kept):
        node = kept_node[place]
        best = dist[node]
        end = via[node] if best < np.uint32(CLOSED) else np.int32(NOTHING)
        for position in range(kept_first[place], kept_first[place + 1]):
            reached = np.uint32(below_ms[kept_up[position]] + kept_ms[position])
            if reached < best:
                best = reached
                end = ends_at[kept_up[position]]
        below_ms[place] = best
        ends_at[place] = end
    for i in range(gathered):
        dist[seen[i]] = np.uint32(CLOSED)

    targets = len(direct)
    time = direct.copy()
    entry_of = np.full(targets, NOTHING, dtype=np.int64)
    source_of = np.full(targets, NOTHING, dtype=np.int64)
    for entry in range(len(entry_at)):
        total = np.int64(below_ms[entry_at[entry]]) + entry_cost[entry]
        target = entry_target[entry]
        if total < time[target]:
            time[target] = total
            entry_of[target] = entry
            source_of[target] = ends_at[entry_at[entry]]
    return time, entry_of, source_of


@compiled
def _ascend(
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    parent: NDArray[np.int32],
    times: NDArray[np.uint32],
    begin: int,
    down: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The nodes above one, the time to each by arcs up (or, `down`, from each), and the last arc of that."""
    count, node = 0, begin
    while node >= 0:
        count += 1
        node = parent[node]
    chain = np.empty(count, dtype=np.int64)
    node = begin
    for i in range(count):
        chain[i] = node
        node = parent[node]
    ms = np.full(count, CLOSED, dtype=np.int64)
    by = np.full(count, NOTHING, dtype=np.int64)
    ms[0] = 0
    for i in range(count):
        if ms[i] < CLOSED:
            at = i
            for position in range(first_up[chain[i]], first_up[chain[i] + 1]):
                while chain[at] != up[position]:
                    at += 1
                reached = ms[i] + np.int64(times[position, down])
                if reached < ms[at]:
                    ms[at] = reached
                    by[at] = position
    return chain, ms, by


@compiled
def _way(
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    below: NDArray[np.int32],
    parent: NDArray[np.int32],
    first_down: NDArray[np.int64],
    down: NDArray[np.int32],
    first_real: NDArray[np.int32],
    real: NDArray[np.int32],
    times: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
    slot: NDArray[np.uint32],
    begin: int,
    end: int,
) -> NDArray[np.int32]:
    ours, there, by = _ascend(first_up, up, parent, times, begin, 0)
    theirs, back, back_by = _ascend(first_up, up, parent, times, end, 1)
    # Two chains of parents are one from where they first meet.
    best, top, least = -1, -1, CLOSED
    i, j = 0, 0
    while i < len(ours) and j < len(theirs):
        if ours[i] == theirs[j]:
            if there[i] + back[j] < least:
                least, best, top = there[i] + back[j], i, j
            i += 1
            j += 1
        elif ours[i] < theirs[j]:
            i += 1
        else:
            j += 1
    # Places (2 * arc + down) still to be told, the next of them last.
    falling, whole = [np.int64(0) for _ in range(0)], [np.int64(0) for _ in range(0)]
    j = top
    while back_by[j] >= 0:
        falling.append(2 * back_by[j] + 1)
        low = below[back_by[j]]
        while theirs[j] != low:
            j -= 1
    for j in range(len(falling) - 1, -1, -1):
        whole.append(falling[j])
    i = best
    while by[i] >= 0:
        whole.append(2 * by[i])
        low = below[by[i]]
        while ours[i] != low:
            i -= 1
    found = np.empty(64, dtype=np.int32)
    count = 0
    while len(whole) > 0:
        place = whole.pop()
        arc, side = place >> 1, place & 1
        ms = times[arc, side]
        told = False
        for position in range(first_real[place], first_real[place + 1]):
            if np.uint32(inbound[slot[real[position]]] >> np.uint64(32)) == ms:
                if count == len(found):
                    more = np.empty(2 * count, dtype=np.int32)
                    more[:count] = found
                    found = more
                found[count] = real[position]
                count += 1
                told = True
                break
        if told:
            continue
        x, y = below[arc], up[arc]
        for position in range(first_down[x], first_down[x + 1]):
            to_x = down[position]
            low, high = first_up[below[to_x]], first_up[below[to_x] + 1]
            last = high
            while low < high:
                middle = (low + high) // 2
                if up[middle] < y:
                    low = middle + 1
                else:
                    high = middle
            if low == last or up[low] != y:
                continue
            # Up: x down to the middle and up to y. Down: y down to the middle and up to x.
            first, then = (2 * to_x + 1, 2 * low) if side == 0 else (2 * low + 1, 2 * to_x)
            if np.uint32(times[first >> 1, first & 1] + times[then >> 1, then & 1]) == ms:
                whole.append(then)
                whole.append(first)
                break
    return found[:count]
