"""Compiled kernels that unfold an automaton with tallies over the days into a diagram, and fold it up again."""

from __future__ import annotations

import numpy as np

from roster.solving.compiled import Bools, Ints, Ints32, Shorts, compiled


@compiled
def expand(
    table: Ints32,
    allowed: Bools,
    weights: Ints,
    counted: Bools,
    block_starts: Bools,
    block_ends: Bools,
    flags: Bools,
    high: Ints,
    low: Ints,
    lifts: Bools,
    at_least: Ints,
    radix: Ints,
    roots: Ints,
    nodes_max: int,
) -> tuple[Ints32, Ints, Ints, bool]:
    """Unfold layer by layer. A state is automaton state × tally values × block flags in one integer.

    `weights[tally, group]`, `counted[tally, day]`, `block_starts/ends[tally, day]`; `flags[tally]` says whether the
    tally has blocks (a flag: counted already). After day d a value may not exceed `high[t, d]`; below `low[t, d]` it
    is illegal, or lifted to it where `lifts[t]` (to count more than there was is legal for a ceiling). Returns
    children by node and group (−1: none), layer offsets, final codes, and whether the limit held.
    """
    days, letters = allowed.shape
    tallies = weights.shape[0]
    stride = np.empty(tallies + 1, np.int64)
    stride[0] = table.shape[0]
    for t in range(tallies):
        stride[t + 1] = stride[t] * radix[t] * (2 if flags[t] else 1)
    best_day = np.zeros((tallies, days + 1), np.int64)
    for t in range(tallies):
        for d in range(days - 1, -1, -1):
            most = 0
            for g in range(1, letters):
                if allowed[d, g] and counted[t, d] and weights[t, g] > most:
                    most = weights[t, g]
            best_day[t, d] = best_day[t, d + 1] + most
    layer = roots.copy()
    offsets = np.zeros(days + 2, np.int64)
    offsets[1] = len(layer)
    capacity = 1 << 14
    child = np.empty((capacity, letters), np.int32)
    total = 0
    size = 1 << 12
    keys = np.full(size, -1, np.int64)
    slots = np.empty(size, np.int32)
    following = np.empty(1 << 12, np.int64)
    for d in range(days):
        n = len(layer)
        while total + n > capacity:
            bigger = np.empty((capacity * 2, letters), np.int32)
            bigger[:total] = child[:total]
            child = bigger
            capacity *= 2
        keys[:] = -1
        k = 0
        for i in range(n):
            code = layer[i]
            state = code % table.shape[0]
            for g in range(letters):
                child[total + i, g] = -1
                if not allowed[d, g]:
                    continue
                after = table[state, g]
                if after < 0:
                    continue
                new = np.int64(after)
                legal = True
                for t in range(tallies):
                    field = (code // stride[t]) % (stride[t + 1] // stride[t])
                    value = field
                    flag = 0
                    if flags[t]:
                        flag = field % 2
                        value = field // 2
                    if flags[t] and block_starts[t, d]:
                        flag = 0
                    if g > 0 and counted[t, d] and weights[t, g] > 0 and not (flags[t] and flag):
                        value += weights[t, g]
                        flag = 1
                    if flags[t] and block_ends[t, d]:
                        flag = 0
                    if value > high[t, d]:
                        legal = False
                        break
                    if value + best_day[t, d + 1] < at_least[t]:
                        legal = False
                        break
                    if value < low[t, d]:
                        if not lifts[t]:
                            legal = False
                            break
                        value = low[t, d]
                    if value > radix[t] - 1:
                        value = radix[t] - 1
                    field = value * 2 + flag if flags[t] else value
                    new += field * stride[t]
                if not legal:
                    continue
                h = (np.uint64(new) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
                p = np.int64(h & np.uint64(size - 1))
                while keys[p] != -1 and keys[p] != new:
                    p = (p + 1) & (size - 1)
                if keys[p] == -1:
                    if k == len(following):
                        longer = np.empty(2 * k, np.int64)
                        longer[:k] = following
                        following = longer
                    keys[p] = new
                    slots[p] = k
                    following[k] = new
                    child[total + i, g] = k
                    k += 1
                    if 2 * k > size:
                        size *= 4
                        keys = np.full(size, -1, np.int64)
                        slots = np.empty(size, np.int32)
                        for j in range(k):
                            h = (np.uint64(following[j]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(20)
                            p = np.int64(h & np.uint64(size - 1))
                            while keys[p] != -1:
                                p = (p + 1) & (size - 1)
                            keys[p] = following[j]
                            slots[p] = j
                else:
                    child[total + i, g] = slots[p]
        total += n
        layer = following[:k].copy()
        offsets[d + 2] = offsets[d + 1] + k
        if total + k > nodes_max:
            return child[:total], offsets, layer, False
    return child[:total], offsets, layer, True


@compiled
def restrict(
    arc_from: Ints32, arc_group: Shorts, arc_to: Ints32, layers: Ints, root: int, allowed: Bools
) -> tuple[Ints32, Ints, Ints32]:
    """The part of a folded diagram that one person can reach, unfolded again into children by group (for `fold`)."""
    days, letters = allowed.shape
    index = np.full(layers[days + 1], -1, np.int32)
    index[root] = 0
    count = 1
    offsets = np.zeros(days + 2, np.int64)
    offsets[1] = 1
    members = np.empty(layers[days + 1], np.int32)
    members[0] = root
    child = np.full((layers[days], letters), -1, np.int32)
    begin = 0
    for d in range(days):
        first = count
        for m in range(begin, first):
            node = members[m]
            for a in range(arc_from[node], arc_from[node + 1]):
                g = arc_group[a]
                if not allowed[d, g]:
                    continue
                to = arc_to[a]
                if index[to] < 0:
                    index[to] = count - first
                    members[count] = to
                    count += 1
                child[m, g] = index[to]
        begin = first
        offsets[d + 2] = count
    last = members[begin:count] - layers[days]
    return child[:begin], offsets, last.astype(np.int32)


@compiled
def fold(child: Ints32, offsets: Ints, ends: Ints32) -> tuple[Ints32, Shorts, Ints32, Ints, Ints32]:
    """Drop what leads nowhere and merge equal nodes, from the back.

    `ends[final state]` is its terminal (−1: illegal). Returns arcs as compressed rows, layer offsets (terminals are the
    last layer, numbered as given), and for each state of the first layer its node or −1.
    """
    days = len(offsets) - 2
    letters = child.shape[1]
    ident = ends.copy()
    terminals = 0
    for e in ends:
        terminals = max(terminals, e + 1)
    kept = np.empty(child.shape, np.int32)
    position = child.shape[0]
    back = np.zeros(days + 1, np.int64)
    back[days] = position
    row = np.empty(letters, np.int32)
    for d in range(days - 1, -1, -1):
        a = offsets[d]
        n = offsets[d + 1] - a
        size = 4
        while size < 2 * n + 2:
            size *= 2
        bucket = np.full(size, -1, np.int32)
        found = np.empty((n, letters), np.int32)
        merged = np.empty(n, np.int32)
        k = 0
        for i in range(n):
            h = np.uint64(1469598103934665603)
            dead = True
            for g in range(letters):
                c = child[a + i, g]
                v = ident[c] if c >= 0 else -1
                row[g] = v
                if v >= 0:
                    dead = False
                h = (h ^ np.uint64(v + 2)) * np.uint64(1099511628211)
                h ^= h >> np.uint64(29)
            if dead:
                merged[i] = -1
                continue
            p = np.int64(h & np.uint64(size - 1))
            while True:
                q = bucket[p]
                if q < 0:
                    bucket[p] = k
                    found[k] = row
                    merged[i] = k
                    k += 1
                    break
                same = True
                for g in range(letters):
                    if found[q, g] != row[g]:
                        same = False
                        break
                if same:
                    merged[i] = q
                    break
                p = (p + 1) & (size - 1)
        position -= k
        kept[position : position + k] = found[:k]
        back[d] = position
        ident = merged
    kept = kept[position:]
    layers = np.empty(days + 2, np.int64)
    for d in range(days + 1):
        layers[d] = back[d] - position
    layers[days + 1] = layers[days] + terminals
    nodes = len(kept)
    arc_from = np.zeros(nodes + 1, np.int32)
    arcs = 0
    for i in range(nodes):
        for g in range(letters):
            if kept[i, g] >= 0:
                arcs += 1
        arc_from[i + 1] = arcs
    arc_group = np.empty(arcs, np.int16)
    arc_to = np.empty(arcs, np.int32)
    a = 0
    for d in range(days):
        for i in range(layers[d], layers[d + 1]):
            for g in range(letters):
                if kept[i, g] >= 0:
                    arc_group[a] = g
                    arc_to[a] = kept[i, g] + layers[d + 1]
                    a += 1
    return arc_from, arc_group, arc_to, layers, ident
