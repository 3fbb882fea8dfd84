"""An invented lie of the land: a basin round the city, mountains south and east, and the rivers between."""

from __future__ import annotations

from functools import cache

import numpy as np
from shapely import LineString, MultiLineString

from gis_data.zezhou.plane import Floats, centimetres, stream

_LATTICE = 64


@cache
def _lattice(octave: int) -> Floats:
    return stream(100 + octave).random((_LATTICE, _LATTICE))


def _noise(points: Floats, octave: int, wavelength: float) -> Floats:
    """Smooth value noise in 0..1, from a lattice of random numbers and a cubic blend."""
    scaled = points / wavelength
    cell = np.floor(scaled).astype(np.int64)
    t = scaled - cell
    t = t * t * (3.0 - 2.0 * t)
    grid = _lattice(octave)
    x, y = cell[..., 0] % _LATTICE, cell[..., 1] % _LATTICE
    x1, y1 = (x + 1) % _LATTICE, (y + 1) % _LATTICE
    low = grid[x, y] * (1 - t[..., 0]) + grid[x1, y] * t[..., 0]
    high = grid[x, y1] * (1 - t[..., 0]) + grid[x1, y1] * t[..., 0]
    return np.asarray(low * (1 - t[..., 1]) + high * t[..., 1], dtype=np.float64)


def ruggedness(points: Floats) -> Floats:
    """0 in the basin and the northern plain, 1 in the high mountains of the south and the far east."""
    x, y = points[..., 0] / 1000.0, points[..., 1] / 1000.0
    south = np.clip((-y - 2.0) / 14.0, 0.0, 1.0)
    east = np.clip((x - 13.0) / 14.0, 0.0, 1.0)
    west = np.clip((-x - 15.0) / 16.0, 0.0, 1.0) * 0.6
    return np.asarray(np.clip(0.12 + 0.75 * south + 0.65 * east + west, 0.0, 1.0), dtype=np.float64)


def height(points: Floats) -> Floats:
    """Metres above the sea, invented."""
    rough = ruggedness(points)
    ridges = 1.0 - np.abs(2.0 * _noise(points, 0, 7000.0) - 1.0)
    hills = _noise(points, 1, 2600.0) * 0.55 + _noise(points, 2, 1100.0) * 0.25
    return centimetres(690.0 + rough * (260.0 + 480.0 * ridges * ridges) + (0.25 + rough) * 190.0 * hills)


@cache
def rivers() -> tuple[LineString, ...]:
    """Six rivers and streams from north to south or out of the hills; roads cross them on bridges and fords."""
    courses = (
        ((15.0, 34.0), (17.0, 20.0), (15.5, 8.0), (18.0, -6.0), (17.0, -22.0), (20.0, -38.0)),
        ((-24.0, 36.0), (-21.0, 22.0), (-24.0, 10.0), (-23.0, -4.0), (-27.0, -18.0), (-24.0, -34.0)),
        ((-6.0, 30.0), (-2.0, 19.0), (-7.5, 10.0), (-9.0, 0.0), (-3.0, -9.0), (3.0, -16.0), (17.4, -20.0)),
        ((-14.0, 27.0), (-15.5, 17.0), (-13.5, 8.0), (-16.0, -2.0), (-24.5, -9.0)),
        ((32.0, 14.0), (26.0, 6.0), (27.5, -3.0), (22.0, -11.0), (17.6, -17.0)),
        ((-4.0, -12.0), (-9.0, -19.0), (-6.5, -27.0), (-9.0, -38.0)),
    )
    rng = stream(2)
    return tuple(_meander(np.array(course) * 1000.0, rng) for course in courses)


def river_lines() -> MultiLineString:
    return MultiLineString(rivers())


def _meander(course: Floats, rng: np.random.Generator) -> LineString:
    line = course
    for reach in (4200.0, 2300.0, 1200.0, 520.0, 240.0):
        middle = (line[:-1] + line[1:]) / 2.0 + (rng.random((len(line) - 1, 2)) - 0.5) * reach
        joined = np.empty((len(line) + len(middle), 2))
        joined[0::2], joined[1::2] = line, middle
        line = joined
    return LineString(centimetres(line))
