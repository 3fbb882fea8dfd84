"""Generated counties for benchmarks: a crooked grid of lanes under main roads, cut by ridges with few passes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gis_data.model import Roads

CELL_DEGREES = 0.0018
MAIN_EVERY, TRUNK_EVERY = 20, 100


def road_like(columns: int, rows: int, seed: int, west: float = 112.0, south: float = 35.0) -> Roads:
    """About 0.95 × columns × rows nodes in one piece of country; the same seed gives the same roads."""
    rng = np.random.default_rng(seed)
    i, j = np.meshgrid(np.arange(columns), np.arange(rows))
    lon = west + (i + rng.uniform(-0.35, 0.35, i.shape)) * CELL_DEGREES
    lat = south + (j + rng.uniform(-0.35, 0.35, i.shape)) * CELL_DEGREES
    points: NDArray[np.float64] = np.round(np.column_stack((lon.ravel(), lat.ravel())), 7).astype(np.float64)
    number = np.arange(columns * rows).reshape(rows, columns)
    a = np.concatenate((number[:, :-1].ravel(), number[:-1].ravel()))
    b = np.concatenate((number[:, 1:].ravel(), number[1:].ravel()))
    line = np.concatenate((j[:, :-1].ravel(), i[:-1].ravel()))
    rank = np.where(line % TRUNK_EVERY == 0, 2, np.where(line % MAIN_EVERY == 0, 1, 0))

    across = (_valley(points[a], 61.0) != _valley(points[b], 61.0)) | (
        _valley(points[a, ::-1], 83.0) != _valley(points[b, ::-1], 83.0)
    )
    lost = np.choose(rank, (0.28, 0.02, 0.0))
    lost = np.where(across, np.choose(rank, (0.985, 0.4, 0.0)), lost)
    kept = rng.random(len(a)) >= lost
    a, b, rank = a[kept], b[kept], rank[kept]

    bend = rng.normal(0.0, 0.18, (len(a), 2)) * CELL_DEGREES
    middle = (points[a] + points[b]) / 2.0 + bend
    coords = np.stack((points[a], middle, points[b]), axis=1, dtype=np.float64).reshape(-1, 2)
    count = len(a)
    oneway = np.where((rank == 0) & (rng.random(count) < 0.08), rng.choice((-1, 1), count), 0)
    lane = rng.choice(("tertiary", "unclassified", "residential", "track"), count, p=(0.15, 0.5, 0.25, 0.1))
    classes = np.where(rank == 2, "trunk", np.where(rank == 1, "secondary", lane))
    unknown = np.full(count, np.nan)
    narrow = np.where((rank == 0) & (rng.random(count) < 0.05), 2.2, np.nan)
    weak = np.where(rng.random(count) < 0.01, 8.0, np.nan)
    blank = ("",) * count
    return Roads(
        ids=tuple(f"r{n}" for n in range(count)), names=blank, classes=tuple(classes.tolist()),
        starts=np.arange(count + 1, dtype=np.int64) * 3, coords=coords, oneway=oneway.astype(np.int8),
        maxspeed_kmh=unknown, surface=blank, tracktype=blank, smoothness=blank, width_metres=narrow,
        maxweight_tonnes=weak, maxheight_metres=unknown, access=blank, barrier=blank,
        bridge=np.zeros(count, dtype=np.bool_), ford=np.zeros(count, dtype=np.bool_), incline_percent=unknown,
        synthetic=np.ones(count, dtype=np.bool_),
    )  # fmt: skip


def _valley(points: NDArray[np.float64], wide: float) -> NDArray[np.int64]:
    """Which valley a point lies in; between two valleys runs a crooked ridge."""
    x, y = points[:, 0] / CELL_DEGREES, points[:, 1] / CELL_DEGREES
    return np.floor((x + 12.0 * np.sin(y / 17.0) + 6.0 * np.sin(y / 5.0)) / wide).astype(np.int64)
