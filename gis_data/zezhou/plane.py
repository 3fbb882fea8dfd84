"""The flat metre plane in which the county is drawn: constants only, so that every machine draws the same."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely.geometry.base import BaseGeometry

ORIGIN_LON, ORIGIN_LAT = 112.87, 35.45
METRES_PER_DEGREE_LON = 90_786.0
METRES_PER_DEGREE_LAT = 110_950.0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SEED = 140_525


def stream(part: int) -> np.random.Generator:
    """Random numbers for one part of the county, untouched by what other parts draw."""
    return np.random.default_rng([SEED, part])


def to_plane(lonlat: ArrayLike) -> Floats:
    degrees = np.asarray(lonlat, dtype=np.float64)
    return np.stack(
        [
            (degrees[..., 0] - ORIGIN_LON) * METRES_PER_DEGREE_LON,
            (degrees[..., 1] - ORIGIN_LAT) * METRES_PER_DEGREE_LAT,
        ],
        axis=-1,
    )


def to_lonlat(metres: ArrayLike) -> Floats:
    """Degrees, rounded to 1e-7° as the folder keeps them."""
    plane = np.asarray(metres, dtype=np.float64)
    lon = plane[..., 0] / METRES_PER_DEGREE_LON + ORIGIN_LON
    lat = plane[..., 1] / METRES_PER_DEGREE_LAT + ORIGIN_LAT
    return np.asarray(np.round(np.stack([lon, lat], axis=-1), 7), dtype=np.float64)


def shape_to_plane(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, to_plane)


def shape_to_lonlat(shape: BaseGeometry) -> BaseGeometry:
    return shapely.transform(shape, to_lonlat)


def length(vectors: ArrayLike) -> Floats:
    """Square root of squares: exactly rounded everywhere, unlike hypot."""
    v = np.asarray(vectors, dtype=np.float64)
    return np.asarray(np.sqrt(v[..., 0] * v[..., 0] + v[..., 1] * v[..., 1]), dtype=np.float64)


def centimetres(metres: Floats) -> Floats:
    """Rounded, so that the last bit of a library's arithmetic cannot change what follows."""
    return np.round(metres, 2)
