"""The compiled drawing of reached roads on a grid, and the rings of the area around them (marching squares).

The grid holds at each corner the squared distance, in cells, to the nearest stretch drawn so far, as far as `REACH` + 1
cells. All in one file, because the disk cache of a compiled function notices changes of its own file only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled

REACH = 2.0  # cells; more than √2, so that all corners of a cell that a stretch touches are inside
LEAST = 0.02  # of the side of a cell: no ring crosses it nearer to a corner, so that rings never touch
NO_EDGE = -1


@compiled
def draw(
    grid: NDArray[np.float32],
    west: float,
    south: float,
    cells_east: float,
    cells_north: float,
    piece: NDArray[np.int64],
    begin: NDArray[np.float64],
    end: NDArray[np.float64],
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
) -> None:
    """Lower the grid to the distance from the stretches `begin` to `end` (fractions) of these pieces.

    `cells_east`, `cells_north`: cells to a degree of longitude and of latitude.
    """
    for n in range(len(piece)):
        first, last = starts[piece[n]], starts[piece[n] + 1] - 1
        low, high = begin[n] * along[last], end[n] * along[last]
        for v in range(first, last):
            if along[v + 1] < low or along[v] > high:
                continue
            length = along[v + 1] - along[v]
            t0, t1 = 0.0, 1.0
            if length > 0.0:
                t0 = max(0.0, (low - along[v]) / length)
                t1 = min(1.0, (high - along[v]) / length)
            x = (coords[v, 0] - west) * cells_east
            y = (coords[v, 1] - south) * cells_north
            dx = (coords[v + 1, 0] - coords[v, 0]) * cells_east
            dy = (coords[v + 1, 1] - coords[v, 1]) * cells_north
            parts = max(1, math.ceil(math.hypot(dx, dy) * (t1 - t0) / 4.0))
            for k in range(parts):
                a = t0 + (t1 - t0) * k / parts
                b = t0 + (t1 - t0) * (k + 1) / parts
                _stamp(grid, x + a * dx, y + a * dy, x + b * dx, y + b * dy)


@compiled
def _stamp(grid: NDArray[np.float32], x0: float, y0: float, x1: float, y1: float) -> None:
    """Lower the corners around one short segment, in cells."""
    far = REACH + 1.0
    dx, dy = x1 - x0, y1 - y0
    square = dx * dx + dy * dy
    scale = 1.0 / square if square > 0.0 else 0.0
    for j in range(math.ceil(min(y0, y1) - far), math.floor(max(y0, y1) + far) + 1):
        for i in range(math.ceil(min(x0, x1) - far), math.floor(max(x0, x1) + far) + 1):
            t = min(1.0, max(0.0, ((i - x0) * dx + (j - y0) * dy) * scale))
            ex, ey = x0 + t * dx - i, y0 + t * dy - j
            off = np.float32(ex * ex + ey * ey)
            if off < grid[j, i]:
                grid[j, i] = off


@compiled
def _crossing(grid: NDArray[np.float32], edge: int) -> tuple[float, float]:
    """Where the area's rim crosses a side of a cell, in cells."""
    width = grid.shape[1]
    corner = edge >> 1
    j, i = corner // width, corner % width
    dj, di = edge & 1, 1 - (edge & 1)
    near, far = math.sqrt(grid[j, i]), math.sqrt(grid[j + dj, i + di])
    t = min(1.0 - LEAST, max(LEAST, (REACH - near) / (far - near)))
    return i + t * di, j + t * dj


@compiled
def rings(grid: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """The closed rings around what is within `REACH`, the area on their left: rows (x, y) in cells, and ring by row.

    The border of the grid must lie outside. Where two corners across a cell are inside, they are not joined.
    """
    height, width = grid.shape
    limit = np.float32(REACH * REACH)
    onward = np.empty(2 * height * width, dtype=np.int32)
    found = np.empty(2 * height * width, dtype=np.int32)
    count = 0
    for j in range(height - 1):
        case = 0
        for i in range(width - 1):
            # Corners as bits, counter-clockwise from the lower left; the left ones are the right ones of the last cell.
            case = (case >> 1 & 1) | (case << 1 & 8)
            if grid[j, i + 1] < limit:
                case |= 2
            if grid[j + 1, i + 1] < limit:
                case |= 4
            if case == 0 or case == 15:
                continue
            lower = 2 * (j * width + i)
            left, right, upper = lower + 1, lower + 3, lower + 2 * width
            a, b, c, d = NO_EDGE, NO_EDGE, NO_EDGE, NO_EDGE
            if case == 1:
                a, b = lower, left
            elif case == 2:
                a, b = right, lower
            elif case == 3:
                a, b = right, left
            elif case == 4:
                a, b = upper, right
            elif case == 5:
                a, b, c, d = lower, left, upper, right
            elif case == 6:
                a, b = upper, lower
            elif case == 7:
                a, b = upper, left
            elif case == 8:
                a, b = left, upper
            elif case == 9:
                a, b = lower, upper
            elif case == 10:
                a, b, c, d = right, lower, left, upper
            elif case == 11:
                a, b = right, upper
            elif case == 12:
                a, b = left, right
            elif case == 13:
                a, b = lower, right
            else:
                a, b = left, lower
            onward[a] = b
            found[count] = a
            count += 1
            if c >= 0:
                onward[c] = d
                found[count] = c
                count += 1
    points = np.empty((count, 2), dtype=np.float64)
    ring = np.empty(count, dtype=np.int64)
    row, number = 0, 0
    for n in range(count):
        edge = found[n]
        if onward[edge] < 0:
            continue
        while onward[edge] >= 0:
            points[row, 0], points[row, 1] = _crossing(grid, edge)
            ring[row] = number
            row += 1
            after = onward[edge]
            onward[edge] = NO_EDGE
            edge = after
        number += 1
    return points, ring
