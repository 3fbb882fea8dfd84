"""Best responses within a stretch: the cheapest legal days of one person between two cuts, the rest of his row fixed.

The state before a day is the automaton's state and what was used of each tally within the stretch. Tallies that the
stretch cannot bring to a bound are left out; one tally (the widest) becomes the inner axis of the value table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roster.solving.compiled import Bools, Floats, Ints, Ints32, Shorts, compiled
from roster.solving.response import NEVER
from roster.solving.stretch_tables import StretchTables

TOO_LARGE = 2 * NEVER
"""The answer where a stretch has too many states: try a shorter one."""

NODES = 60_000
VALUES = 1_500_000
SLOTS = 1 << 18
STATES_OF_A_DAY = 30_000
"""With the inner tally's values: more would take milliseconds a response."""


class Room(NamedTuple):
    """Scratch arrays of one thread, so that nothing is allocated while searching."""

    slot: Ints32
    stamp: Ints
    clock: Ints
    code: Ints
    child: Ints32
    value: Floats
    layer: Ints
    group_price: Floats
    group_option: Ints
    active: Ints
    top: Ints
    floor: Ints
    capped: Bools
    stride: Ints
    left_lo: Ints
    left_hi: Ints
    ends: Bools


def room_for(tables: StretchTables) -> Room:
    """Scratch for these tables."""
    days, letters = tables.costs.shape[1], tables.follow.shape[2]
    tallies = tables.weights.shape[1]
    return Room(
        slot=np.zeros(SLOTS, np.int32),
        stamp=np.zeros(SLOTS, np.int64),
        clock=np.zeros(1, np.int64),
        code=np.zeros(NODES, np.int64),
        child=np.zeros((NODES, letters), np.int32),
        value=np.zeros(VALUES),
        layer=np.zeros(days + 2, np.int64),
        group_price=np.zeros((days, letters)),
        group_option=np.zeros((days, letters), np.int64),
        active=np.zeros(tallies, np.int64),
        top=np.zeros(tallies, np.int64),
        floor=np.zeros(tallies, np.int64),
        capped=np.zeros(tallies, np.bool_),
        stride=np.zeros(tallies + 1, np.int64),
        left_lo=np.zeros(tallies, np.int64),
        left_hi=np.zeros(tallies, np.int64),
        ends=np.zeros(tables.follow.shape[1], np.bool_),
    )


@compiled
def respond(
    tables: StretchTables,
    room: Room,
    p: int,
    a: int,
    b: int,
    start: int,
    prices: Floats,
    off_prices: Floats,
    choice: Shorts,
) -> float:
    """Fill `choice[a:b]` with the cheapest legal days and return their price; `NEVER` if there are none.

    `prices[d]` and `off_prices[d]` by day of the horizon. `room.left_lo`, `left_hi` say what of each tally the
    stretch must and may use, `room.ends` in which states it may end.
    """
    c = tables.of_class[p]
    for d in range(a, b):
        room.group_price[d, 0] = off_prices[d]
        for g in range(1, tables.letters[c]):
            room.group_price[d, g] = NEVER
        for o in range(prices.shape[1]):
            g = tables.option_group[p, o]
            if g > 0 and prices[d, o] < room.group_price[d, g]:
                room.group_price[d, g] = prices[d, o]
                room.group_option[d, g] = o
    actives, main = _tallies_to_count(tables, room, c, a, b)
    if actives < 0:
        return NEVER
    width = int(room.top[main]) + 1 if main >= 0 else 1
    if not _unfold(tables, room, p, a, b, start, actives, main, width):
        return TOO_LARGE
    _evaluate(tables, room, c, a, b, actives, main, width)
    total = room.value[0]
    if total >= NEVER * 0.5:
        return NEVER
    _trace(tables, room, c, a, b, main, width, choice)
    return float(total)


@compiled
def _tallies_to_count(tables: StretchTables, room: Room, c: int, a: int, b: int) -> tuple[int, int]:
    """Which tallies the stretch can bring to a bound, and which is the inner one: their number (−1: no way) and it."""
    actives = 0
    main = -1
    for t in range(tables.tallies[c]):
        most = 0
        for d in range(a, b):
            if tables.block_ends[c, t, d] if tables.is_block[c, t] else tables.counted[c, t, d]:
                most += tables.heaviest[c, t]
        low, high = max(0, room.left_lo[t]), room.left_hi[t]
        if high < 0 or low > most:
            return -1, -1
        if high >= most and low == 0:
            continue
        room.active[actives] = t
        room.capped[actives] = high < most
        room.top[actives] = high if high < most else low
        room.floor[actives] = low
        if not tables.is_block[c, t] and (main < 0 or room.top[actives] > room.top[main]):
            main = actives
        actives += 1
    # Too many states together: those that only have a ceiling are held lower than they need be, the widest first.
    while True:
        size = tables.states[c]
        widest = -1
        for i in range(actives):
            size *= (room.top[i] + 1) * (2 if tables.is_block[c, room.active[i]] else 1)
            free = (
                i != main and room.capped[i] and room.floor[i] == 0 and not tables.is_block[c, room.active[i]]
            )
            if free and room.top[i] > 0 and (widest < 0 or room.top[i] > room.top[widest]):
                widest = i
        if size <= STATES_OF_A_DAY or widest < 0:
            return actives, main
        room.top[widest] //= 2


@compiled
def _unfold(
    tables: StretchTables, room: Room, p: int, a: int, b: int, start: int, actives: int, main: int, width: int
) -> bool:
    """Forward: the states that can be reached, without the inner tally. False if they do not fit."""
    c = tables.of_class[p]
    size = tables.states[c]
    code = np.int64(start)
    for i in range(actives):
        room.stride[i] = size
        if i != main:
            if a == 0 and tables.start_flags[p, room.active[i]]:
                code += size
            size *= (room.top[i] + 1) * (2 if tables.is_block[c, room.active[i]] else 1)
            if size > len(room.slot):
                return False
    room.code[0] = code
    room.layer[a] = 0
    room.layer[a + 1] = 1
    nodes = np.int64(1)
    for d in range(a, b):
        room.clock[0] += 1
        now = room.clock[0]
        for n in range(room.layer[d], room.layer[d + 1]):
            code = room.code[n]
            for g in range(tables.letters[c]):
                room.child[n, g] = -1
                if room.group_price[d, g] >= NEVER * 0.01:
                    continue
                after = _after(tables, room, c, code, g, d, actives, main)
                if after < 0:
                    continue
                if room.stamp[after] != now:
                    if nodes >= len(room.code) or (nodes + 1) * width > len(room.value):
                        return False
                    room.stamp[after] = now
                    room.slot[after] = nodes
                    room.code[nodes] = after
                    nodes += 1
                room.child[n, g] = room.slot[after]
        room.layer[d + 2] = nodes
    return True


@compiled
def _after(
    tables: StretchTables, room: Room, c: int, code: int, g: int, d: int, actives: int, main: int
) -> int:
    """The state that a day leads to, −1 where a rule forbids it."""
    after = int(tables.follow[c, code % tables.states[c], g])
    if after < 0:
        return after
    for i in range(actives):
        if i == main:
            continue
        t = room.active[i]
        field = code // room.stride[i]
        flag = np.int64(0)
        if tables.is_block[c, t]:
            flag = field % 2
            field //= 2
        value = field % (room.top[i] + 1)
        weight = tables.weights[c, t, g]
        if weight > 0 and tables.counted[c, t, d] and flag == 0:
            value += weight
            flag = np.int64(1)
            if value > room.top[i]:
                if room.capped[i]:
                    return -1
                value = room.top[i]
        if tables.is_block[c, t]:
            value = 2 * value + (0 if tables.block_ends[c, t, d] else flag)
        after += int(value * room.stride[i])
    return after


@compiled
def _evaluate(
    tables: StretchTables, room: Room, c: int, a: int, b: int, actives: int, main: int, width: int
) -> None:
    """Backward: the cost from each state to the end, by what was used of the inner tally."""
    inner = room.active[main] if main >= 0 else 0
    least = room.floor[main] if main >= 0 else 0
    for n in range(room.layer[b], room.layer[b + 1]):
        code = room.code[n]
        legal = room.ends[code % tables.states[c]]
        for i in range(actives):
            if i != main and room.floor[i] > 0:
                field = code // room.stride[i]
                if tables.is_block[c, room.active[i]]:
                    field //= 2
                if field % (room.top[i] + 1) < room.floor[i]:
                    legal = False
        for m in range(width):
            room.value[n * width + m] = 0.0 if legal and m >= least else NEVER
    for d in range(b - 1, a - 1, -1):
        reach = min(width, (d - a) * (tables.heaviest[c, inner] if main >= 0 else 0) + 1)
        heavy = main >= 0 and tables.counted[c, inner, d]
        for n in range(room.layer[d], room.layer[d + 1]):
            here = n * width
            for m in range(reach):
                room.value[here + m] = NEVER
            for g in range(tables.letters[c]):
                child = room.child[n, g]
                if child < 0:
                    continue
                price = room.group_price[d, g]
                weight = tables.weights[c, inner, g] if heavy else 0
                there = child * width + weight
                for m in range(min(reach, width - weight)):
                    value = price + room.value[there + m]
                    old = room.value[here + m]
                    room.value[here + m] = value if value < old else old
                if main >= 0 and not room.capped[main]:
                    for m in range(max(0, width - weight), reach):
                        value = price + room.value[child * width + width - 1]
                        if value < room.value[here + m]:
                            room.value[here + m] = value


@compiled
def _trace(
    tables: StretchTables, room: Room, c: int, a: int, b: int, main: int, width: int, choice: Shorts
) -> None:
    """Walk along the cheapest way."""
    inner = room.active[main] if main >= 0 else 0
    node = 0
    used_up = 0
    for d in range(a, b):
        heavy = main >= 0 and tables.counted[c, inner, d]
        best = 3 * NEVER
        group = 0
        onward = 0
        much = 0
        for g in range(tables.letters[c]):
            child = room.child[node, g]
            if child < 0:
                continue
            after = used_up + (tables.weights[c, inner, g] if heavy else 0)
            if after >= width:
                if room.capped[main]:
                    continue
                after = width - 1
            value = room.group_price[d, g] + room.value[child * width + after]
            if value < best:
                best = value
                group = g
                onward = child
                much = after
        choice[d] = room.group_option[d, group] if group > 0 else -1
        node = onward
        used_up = much
