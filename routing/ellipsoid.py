"""Metres on the WGS-84 ellipsoid, good to 1e-5 over a county."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.geometry import ECCENTRICITY_2, RADIANS, SEMI_MAJOR_METRES


def segment_metres(coords: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length of the step from each vertex to the next, by the same formula as `metres_between`."""
    s = np.sin((coords[1:, 1] + coords[:-1, 1]) * (0.5 * RADIANS))
    c = np.cos((coords[1:, 1] + coords[:-1, 1]) * (0.5 * RADIANS))
    q = 1.0 - ECCENTRICITY_2 * s * s
    east = (coords[1:, 0] - coords[:-1, 0]) * (SEMI_MAJOR_METRES * RADIANS) * c / np.sqrt(q)
    north = (coords[1:, 1] - coords[:-1, 1]) * (SEMI_MAJOR_METRES * (1.0 - ECCENTRICITY_2) * RADIANS)
    return np.asarray(np.hypot(east, north / (q * np.sqrt(q))), dtype=np.float64)
