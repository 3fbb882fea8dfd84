"""A packed Hilbert R-tree over the boxes of road pieces: three flat arrays, so that it can be mapped from a file.

Built once and never changed (Kamel and Faloutsos, "On packing R-trees", 1993): boxes sorted along a Hilbert curve,
each `FAN` of them under one box of the next level, up to a single root. A million geometries would take hundreds of
megabytes and could not be shared by processes; this takes 36 bytes a piece.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled

FAN = 16
CURVE_BITS = 16


class BoxTree(NamedTuple):
    """`boxes` are rows of west, south, east, north, level after level, the leaves first and the root last.

    `member` is the number of the box that a leaf stands for; `levels` is where each level begins, and the end.
    """

    boxes: NDArray[np.float64]
    member: NDArray[np.int32]
    levels: NDArray[np.int64]

    def within(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Numbers of all boxes that share at least a point with this one, in ascending order."""
        return find_boxes(
            self.boxes, self.member, self.levels, float(west), float(south), float(east), float(north)
        )


def boxes_of_lines(coords: NDArray[np.float64], starts: NDArray[np.int64]) -> NDArray[np.float64]:
    """West, south, east, north of each line; `starts` as in `Roads`, no line without vertices."""
    first = starts[:-1]
    low, high = np.minimum.reduceat(coords, first), np.maximum.reduceat(coords, first)
    return np.concatenate((low, high), axis=1)


def build_tree(boxes: NDArray[np.float64]) -> BoxTree:
    """The tree of at least one box. Raises ValueError for none, and for a box that is not a number."""
    if len(boxes) == 0 or not np.isfinite(boxes).all():
        raise ValueError("a tree needs boxes, and numbers in them")
    member = np.argsort(_along_curve(boxes), kind="stable").astype(np.int32)
    rows, levels = [boxes[member]], [0, len(boxes)]
    while len(rows) == 1 or len(rows[-1]) > 1:
        below = rows[-1]
        first = np.arange(0, len(below), FAN)
        low, high = np.minimum.reduceat(below[:, :2], first), np.maximum.reduceat(below[:, 2:], first)
        rows.append(np.concatenate((low, high), axis=1))
        levels.append(levels[-1] + len(first))
    tree = BoxTree(np.concatenate(rows), member, np.array(levels, dtype=np.int64))
    for array in tree:
        array.flags.writeable = False
    return tree


def _along_curve(boxes: NDArray[np.float64]) -> NDArray[np.uint32]:
    """The place of each box's middle on a Hilbert curve of 2^16 × 2^16 cells over all of them."""
    middle = boxes[:, :2] + boxes[:, 2:]
    low, high = middle.min(axis=0), middle.max(axis=0)
    last = float(2**CURVE_BITS - 1)
    cells = ((middle - low) * (last / np.maximum(high - low, 1e-12))).astype(np.uint32)
    x, y = cells[:, 0].copy(), cells[:, 1].copy()
    place = np.zeros(len(boxes), dtype=np.uint32)
    for bit in range(CURVE_BITS - 1, -1, -1):
        right, upper = (x >> np.uint32(bit)) & np.uint32(1), (y >> np.uint32(bit)) & np.uint32(1)
        place = (place << np.uint32(2)) | ((np.uint32(3) * right) ^ upper)
        # The lower quadrants are turned: mirrored where x is on the right, then x and y change places.
        mirror = (upper == 0) & (right == 1)
        mask = np.uint32((1 << bit) - 1)
        x, y = np.where(mirror, ~x & mask, x & mask), np.where(mirror, ~y & mask, y & mask)
        turned = upper == 0
        x, y = np.where(turned, y, x), np.where(turned, x, y)
    return place


@compiled
def find_boxes(
    boxes: NDArray[np.float64],
    member: NDArray[np.int32],
    levels: NDArray[np.int64],
    west: float,
    south: float,
    east: float,
    north: float,
) -> NDArray[np.int64]:
    found = np.empty(64, dtype=np.int64)
    count = 0
    depth = len(levels) - 2
    position = np.empty(FAN * (depth + 1) + 1, dtype=np.int64)
    level = np.empty(FAN * (depth + 1) + 1, dtype=np.int64)
    position[0], level[0] = levels[depth], depth
    size = 1
    while size > 0:
        size -= 1
        at, high = position[size], level[size]
        if boxes[at, 0] > east or boxes[at, 1] > north or boxes[at, 2] < west or boxes[at, 3] < south:
            continue
        if high == 0:
            if count == len(found):
                more = np.empty(2 * count, dtype=np.int64)
                more[:count] = found
                found = more
            found[count] = member[at]
            count += 1
            continue
        first = levels[high - 1] + (at - levels[high]) * FAN
        for child in range(first, min(first + FAN, levels[high])):
            position[size], level[size] = child, high - 1
            size += 1
    return np.sort(found[:count])
