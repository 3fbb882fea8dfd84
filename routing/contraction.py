"""A graph with its nodes taken away in an order: the arcs that stand for ways around them, and their times.

Nodes are numbered here by their rank, the first taken away is 0. Of node `x` the arcs to those taken away later stand
at `first_up[x]` to `first_up[x + 1]`, ascending by `up`. Each has a time up and a time down. That is a customizable
contraction hierarchy (Dibbelt, Strasser, Wagner 2016, https://doi.org/10.1145/2886843): the arcs hold for all vehicle
classes and conditions, and times are filled in from the bottom by triangles, whole milliseconds, nothing rounded.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled
from routing.dissection import neighbours
from routing.passable import CLOSED


class Contraction(NamedTuple):
    """`order` are the nodes by rank and `rank` the other way round; `parent` is the first above each (-1: none).

    `below` is the lower end of an arc. `down` are the arcs again, those that lead up to node `x` at `first_down[x]` to
    `first_down[x + 1]`. `place` gives for each arc of the graph where its time goes: `2 * arc here + (0 up, 1 down)`,
    -1 for a loop; `real` are the graph's arcs by place, those of place `p` at `first_real[p]` to `first_real[p + 1]`.
    """

    order: NDArray[np.int32]
    rank: NDArray[np.int32]
    first_up: NDArray[np.int64]
    up: NDArray[np.int32]
    below: NDArray[np.int32]
    parent: NDArray[np.int32]
    first_down: NDArray[np.int64]
    down: NDArray[np.int32]
    place: NDArray[np.int64]
    first_real: NDArray[np.int32]
    real: NDArray[np.int32]


def contract(order: NDArray[np.int32], tail: NDArray[np.int32], head: NDArray[np.int32]) -> Contraction:
    nodes = len(order)
    rank = np.empty(nodes, dtype=np.int32)
    rank[order] = np.arange(nodes, dtype=np.int32)
    first, neighbour = neighbours(nodes, rank[tail], rank[head])
    first_up, up, parent = _fill(first, neighbour)
    place = _places(first_up, up, rank[tail], rank[head])
    down = np.argsort(up, kind="stable").astype(np.int32)
    real = np.argsort(place, kind="stable").astype(np.int32)
    made = Contraction(
        order=order,
        rank=rank,
        first_up=first_up,
        up=up,
        below=np.repeat(np.arange(nodes, dtype=np.int32), np.diff(first_up)),
        parent=parent,
        first_down=np.searchsorted(up[down], np.arange(nodes + 1)).astype(np.int64),
        down=down,
        place=place,
        first_real=np.searchsorted(place[real], np.arange(2 * len(up) + 1)).astype(np.int32),
        real=real,
    )
    for array in made:
        array.flags.writeable = False
    return made


def customize(contraction: Contraction, travel_ms: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """By arc of the hierarchy the time up and the time down; `CLOSED` where there is no way."""
    times = np.full((len(contraction.up), 2), CLOSED, dtype=np.uint32)
    _customize(contraction.first_up, contraction.up, contraction.place, travel_ms, times)
    times.flags.writeable = False
    return times


@compiled
def _fill(
    first: NDArray[np.int64], neighbour: NDArray[np.int32]
) -> tuple[NDArray[np.int64], NDArray[np.int32], NDArray[np.int32]]:
    nodes = len(first) - 1
    up = np.empty(max(16, 2 * len(neighbour)), dtype=np.int32)
    first_up = np.zeros(nodes + 1, dtype=np.int64)
    parent = np.full(nodes, -1, dtype=np.int32)
    child = np.full(nodes, -1, dtype=np.int32)  # the last child of each, and before each child its elder
    elder = np.full(nodes, -1, dtype=np.int32)
    seen = np.full(nodes, -1, dtype=np.int32)
    count = 0
    for node in range(nodes):
        begin = count
        most = first[node + 1] - first[node]
        one = child[node]
        while one >= 0:
            most += first_up[one + 1] - first_up[one]
            one = elder[one]
        if count + most > len(up):
            more = np.empty(2 * (count + most), dtype=np.int32)
            more[:count] = up[:count]
            up = more
        for position in range(first[node], first[node + 1]):
            other = neighbour[position]
            if other > node:
                seen[other] = node
                up[count] = other
                count += 1
        one = child[node]
        while one >= 0:
            for position in range(first_up[one], first_up[one + 1]):
                other = up[position]
                if other > node and seen[other] != node:
                    seen[other] = node
                    up[count] = other
                    count += 1
            one = elder[one]
        first_up[node + 1] = count
        if count > begin:
            up[begin:count].sort()
            parent[node] = up[begin]
            elder[node] = child[parent[node]]
            child[parent[node]] = node
    return first_up, up[:count].copy(), parent


@compiled
def _places(
    first_up: NDArray[np.int64], up: NDArray[np.int32], tail: NDArray[np.int32], head: NDArray[np.int32]
) -> NDArray[np.int64]:
    place = np.full(len(tail), -1, dtype=np.int64)
    for arc in range(len(tail)):
        below, above = min(tail[arc], head[arc]), max(tail[arc], head[arc])
        if below < above:
            row = up[first_up[below] : first_up[below + 1]]
            at = first_up[below] + np.searchsorted(row, above)
            place[arc] = 2 * at + (0 if tail[arc] == below else 1)
    return place


@compiled
def _customize(
    first_up: NDArray[np.int64],
    up: NDArray[np.int32],
    place: NDArray[np.int64],
    travel_ms: NDArray[np.uint32],
    times: NDArray[np.uint32],
) -> None:
    for arc in range(len(place)):
        if place[arc] >= 0:
            at, down = place[arc] >> 1, place[arc] & 1
            times[at, down] = min(times[at, down], travel_ms[arc])
    for node in range(len(first_up) - 1):
        end = first_up[node + 1]
        for low in range(first_up[node], end):
            x = up[low]
            to_x, from_x = times[low, 0], times[low, 1]
            position = first_up[x]
            for high in range(low + 1, end):
                y = up[high]
                while up[position] < y:
                    position += 1
                # x → node → y, and y → node → x; two closed times still fit 32 bits and are never below `CLOSED`.
                times[position, 0] = min(times[position, 0], np.uint32(from_x + times[high, 0]))
                times[position, 1] = min(times[position, 1], np.uint32(times[high, 1] + to_x))
