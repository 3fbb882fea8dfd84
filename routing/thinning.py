"""A line with fewer points, none of them farther than a tolerance from the whole one (Douglas and Peucker 1973).

GEOS does the same through shapely, and a test holds this against it. But the ways of a choice are thinned while people
wait for their orders, and there it took longer than to find the ways.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled


def thinned(line: NDArray[np.float64], tolerance: float) -> NDArray[np.float64]:
    """Rows (x, y) of the line that are kept, both ends among them; `tolerance` in the line's own unit."""
    return line if len(line) < 3 else line[_kept(line, float(tolerance))]


@compiled
def _kept(line: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    kept = np.zeros(len(line), dtype=np.bool_)
    kept[0], kept[-1] = True, True
    waiting = np.empty((len(line), 2), dtype=np.int64)
    waiting[0, 0], waiting[0, 1] = 0, len(line) - 1
    left = 1
    while left > 0:
        left -= 1
        begin, end = waiting[left]
        x, y = line[begin]
        across, along = line[end, 0] - x, line[end, 1] - y
        length = across * across + along * along
        farthest, at = tolerance * tolerance, -1
        for i in range(begin + 1, end):
            dx, dy = line[i, 0] - x, line[i, 1] - y
            if length > 0.0:
                share = min(1.0, max(0.0, (dx * across + dy * along) / length))
                dx, dy = dx - share * across, dy - share * along
            if dx * dx + dy * dy > farthest:
                farthest, at = dx * dx + dy * dy, i
        if at >= 0:
            kept[at] = True
            waiting[left, 0], waiting[left, 1] = begin, at
            waiting[left + 1, 0], waiting[left + 1, 1] = at, end
            left += 2
    return kept
