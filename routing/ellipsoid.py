"""Metres on the WGS-84 ellipsoid, good to 1e-5 over a county, and the conformal frame that the road index lives in."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from routing.geometry import ECCENTRICITY_2, RADIANS, SEMI_MAJOR_METRES, metres_east

ECCENTRICITY = math.sqrt(ECCENTRICITY_2)


def segment_metres(coords: NDArray[np.float64]) -> NDArray[np.float64]:
    """Length of the step from each vertex to the next, by the same formula as `metres_between`."""
    s = np.sin((coords[1:, 1] + coords[:-1, 1]) * (0.5 * RADIANS))
    c = np.cos((coords[1:, 1] + coords[:-1, 1]) * (0.5 * RADIANS))
    q = 1.0 - ECCENTRICITY_2 * s * s
    east = (coords[1:, 0] - coords[:-1, 0]) * (SEMI_MAJOR_METRES * RADIANS) * c / np.sqrt(q)
    north = (coords[1:, 1] - coords[:-1, 1]) * (SEMI_MAJOR_METRES * (1.0 - ECCENTRICITY_2) * RADIANS)
    return np.asarray(np.hypot(east, north / (q * np.sqrt(q))), dtype=np.float64)


def to_frame(coords: NDArray[np.float64]) -> NDArray[np.float64]:
    """(lon, lat) rows in the ellipsoidal Mercator frame: conformal, so what is nearest there is nearest outside."""
    lat = np.clip(coords[:, 1], -89.0, 89.0) * RADIANS
    y = np.arcsinh(np.tan(lat)) - ECCENTRICITY * np.arctanh(ECCENTRICITY * np.sin(lat))
    return np.column_stack((coords[:, 0] * (RADIANS * SEMI_MAJOR_METRES), y * SEMI_MAJOR_METRES))


def frame_scale(lat: float) -> float:
    """Frame units to a metre of ground at this latitude."""
    return SEMI_MAJOR_METRES * RADIANS / metres_east(max(-89.0, min(89.0, lat)))
