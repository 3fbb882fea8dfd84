"""The order in which a hierarchy takes nodes away: what leads on in two ways first, then cell by cell, rims last.

A node with one or two neighbours is taken away without making the graph denser. What is left is cut in two again and
again where the fewest roads cross from one side to the other: a maximum flow between the outer quarters in each of
four directions (inertial flow, Schild and Sommer 2015, https://doi.org/10.1007/978-3-319-20086-6_22). The nodes of a
cut come after both of its sides. The same graph always has the same order.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled

SMALLEST_CELL = 4
DIRECTIONS = np.array([(1.0, 0.0), (0.0, 1.0), (1.0, 1.0), (1.0, -1.0)])
DIRECTIONS.flags.writeable = False


def dissected(
    nodes: int,
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    lon: NDArray[np.float64],
    lat: NDArray[np.float64],
) -> NDArray[np.int32]:
    """All nodes, the first to be taken away first."""
    first, neighbour = neighbours(nodes, tail, head)
    peeled, count = _peel(first, neighbour)
    core = np.flatnonzero(count > 0).astype(np.int32)
    place = np.full(nodes, -1, dtype=np.int32)
    place[core] = np.arange(len(core), dtype=np.int32)
    row = np.repeat(np.arange(nodes), np.diff(first))
    kept = np.arange(len(neighbour)) - first[row] < count[row]
    core_first, core_neighbour = neighbours(len(core), place[row[kept]], place[neighbour[kept]])
    east = lon[core] * np.cos(np.radians(lat.mean())) if nodes else lon[core]
    members = _dissect(core_first, core_neighbour, np.column_stack((east, lat[core])), DIRECTIONS)
    return np.concatenate((peeled, core[members]))


def neighbours(
    nodes: int, tail: NDArray[np.int32], head: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Whom each node has a road to or from, in rows, ascending, each once and never itself."""
    other = tail != head
    a, b = tail[other].astype(np.int64), head[other].astype(np.int64)
    pairs = np.unique(np.concatenate((a * nodes + b, b * nodes + a)))
    first = np.searchsorted(pairs, np.arange(nodes + 1, dtype=np.int64) * nodes)
    return first.astype(np.int64), (pairs % max(nodes, 1)).astype(np.int32)


@compiled
def _peel(
    first: NDArray[np.int64], neighbour: NDArray[np.int32]
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The nodes taken away while any has at most two neighbours, and how many neighbours each other has then.

    The rows of `neighbour` are changed to what is left. No two neighbours are taken in the same round, so that a long
    chain becomes a shallow tree.
    """
    nodes = len(first) - 1
    count = np.empty(nodes, dtype=np.int32)
    for node in range(nodes):
        count[node] = first[node + 1] - first[node]
    order = np.empty(nodes, dtype=np.int32)
    gone = np.zeros(nodes, dtype=np.bool_)
    waits = np.zeros(nodes, dtype=np.bool_)
    blocked = np.full(nodes, -1, dtype=np.int32)
    turn, later = np.empty(nodes, dtype=np.int32), np.empty(nodes, dtype=np.int32)
    size, done, number = 0, 0, 0
    for node in range(nodes):
        if count[node] <= 2:
            turn[size] = node
            waits[node] = True
            size += 1
    while size > 0:
        coming = 0
        for at in range(size):
            node = turn[at]
            if blocked[node] == number:
                later[coming] = node
                coming += 1
                continue
            order[done] = node
            done += 1
            gone[node] = True
            row = first[node]
            for side in range(count[node]):
                mine = neighbour[row + side]
                other = neighbour[row + 1 - side] if count[node] == 2 else -1
                place, known = -1, False
                for position in range(first[mine], first[mine] + count[mine]):
                    if neighbour[position] == node:
                        place = position
                    elif neighbour[position] == other:
                        known = True
                if other < 0 or known:
                    count[mine] -= 1
                    neighbour[place] = neighbour[first[mine] + count[mine]]
                else:
                    neighbour[place] = other
                blocked[mine] = number
                if count[mine] <= 2 and not waits[mine]:
                    waits[mine] = True
                    later[coming] = mine
                    coming += 1
            count[node] = 0
        turn, later = later, turn
        size = coming
        number += 1
    return order[:done], count


@compiled
def _dissect(
    first: NDArray[np.int64],
    neighbour: NDArray[np.int32],
    at: NDArray[np.float64],
    directions: NDArray[np.float64],
) -> NDArray[np.int32]:
    """The nodes of the core, each cell's sides before its cut."""
    nodes = len(first) - 1
    members = np.arange(nodes).astype(np.int32)
    back = np.empty(len(neighbour), dtype=np.int64)  # where the same road stands in the other node's row
    for node in range(nodes):
        for half in range(first[node], first[node + 1]):
            other = neighbour[half]
            low, high = first[other], first[other + 1]
            while low < high:
                middle = (low + high) // 2
                if neighbour[middle] < node:
                    low = middle + 1
                else:
                    high = middle
            back[half] = low
    cell = np.zeros(nodes, dtype=np.int32)
    flow = np.zeros(len(neighbour), dtype=np.int8)
    came_by = np.empty(nodes, dtype=np.int64)
    seen = np.zeros(nodes, dtype=np.int64)
    queue = np.empty(nodes, dtype=np.int32)
    end = np.zeros(nodes, dtype=np.int8)
    side = np.zeros(nodes, dtype=np.bool_)
    begins, ends = [0], [nodes]
    stamp, cells = 0, 0
    while len(begins) > 0:
        begin, stop = begins.pop(), ends.pop()
        size = stop - begin
        if size < SMALLEST_CELL:
            continue
        cells += 1
        mine = members[begin:stop].copy()
        for node in mine:
            cell[node] = cells
        quarter = max(1, size // 4)
        fewest, evenest = len(neighbour), 0
        for way in range(len(directions)):
            along = np.empty(size, dtype=np.float64)
            for i in range(size):
                along[i] = at[mine[i], 0] * directions[way, 0] + at[mine[i], 1] * directions[way, 1]
            sorted_ = np.argsort(along, kind="mergesort")
            for i in range(size):
                node = mine[sorted_[i]]
                end[node] = 1 if i < quarter else (2 if i >= size - quarter else 0)
                for half in range(first[node], first[node + 1]):
                    flow[half] = 0
            crossing = 0
            while crossing <= fewest:
                # Breadth first from the one end to the other over roads that are not yet used this way.
                stamp += 1
                head, tail, met = 0, 0, -1
                for i in range(quarter):
                    node = mine[sorted_[i]]
                    seen[node] = stamp
                    queue[tail] = node
                    came_by[node] = -1
                    tail += 1
                while head < tail and met < 0:
                    node = queue[head]
                    head += 1
                    for half in range(first[node], first[node + 1]):
                        other = neighbour[half]
                        if cell[other] != cells or seen[other] == stamp or flow[half] == 1:
                            continue
                        seen[other] = stamp
                        came_by[other] = back[half]
                        if end[other] == 2:
                            met = other
                            break
                        queue[tail] = other
                        tail += 1
                if met < 0:
                    even = min(tail, size - tail)
                    if crossing < fewest or even > evenest:
                        fewest, evenest = crossing, even
                        for node in mine:
                            side[node] = seen[node] == stamp
                    break
                crossing += 1
                node = met
                while came_by[node] >= 0:
                    half = came_by[node]
                    flow[half] -= 1
                    flow[back[half]] += 1
                    node = neighbour[half]
        # The rim: the ends of the crossing roads on the side that has fewer of them.
        rim = np.zeros(2, dtype=np.int64)
        for node in mine:
            for half in range(first[node], first[node + 1]):
                other = neighbour[half]
                if cell[other] == cells and side[other] != side[node]:
                    rim[1 if side[node] else 0] += 1
                    break
        rim_side = rim[1] < rim[0]
        low, high, middle = begin, stop, 0
        for node in mine:
            on_rim = False
            if side[node] == rim_side:
                for half in range(first[node], first[node + 1]):
                    other = neighbour[half]
                    if cell[other] == cells and side[other] != side[node]:
                        on_rim = True
                        break
            if on_rim:
                high -= 1
                members[high] = node
            elif side[node]:
                members[low] = node
                low += 1
            else:
                queue[middle] = node
                middle += 1
        members[low : low + middle] = queue[:middle]
        begins.append(begin)
        ends.append(low)
        begins.append(low)
        ends.append(low + middle)
    return members
