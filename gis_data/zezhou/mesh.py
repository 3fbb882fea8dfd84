"""The net of points on which every road is drawn: a fine weave in towns and villages, a coarse one between.

Roads only ever follow edges of one triangulation, so they meet at its points and cross nowhere else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.spatial import Delaunay, cKDTree
from shapely.geometry.base import BaseGeometry

from gis_data.zezhou.plane import Floats, Ints, centimetres, length, stream
from gis_data.zezhou.terrain import height, river_lines

BUFFER_METRES = 15_000.0
COARSE = 340.0
FAR = 640.0


class Ground(IntEnum):
    OPEN = 0
    HAMLET = 1
    VILLAGE = 2
    TOWN = 3
    CITY = 4


@dataclass(frozen=True)
class Pattern:
    """A patch of streets: a turned grid of `step` metres within `radius` of `centre`, shaken by `jitter`."""

    ground: Ground
    centre: Floats
    radius: float
    step: tuple[float, float]
    jitter: float


@dataclass(frozen=True)
class Mesh:
    """`tail` < `head` are the ends of each edge; `row`, `column`, `patch` place a point in its street pattern."""

    points: Floats
    ground: NDArray[np.int8]
    patch: Ints
    row: Ints
    column: Ints
    tail: Ints
    head: Ints
    metres: Floats
    toil: Floats  # metres as a road builder feels them: slopes and rivers count
    centre: Ints  # point nearest to each pattern's centre
    inside: NDArray[np.bool_]  # in the county

    def edge_numbers(self) -> csr_array:
        """Symmetric: edge number + 1 for each pair of points."""
        n, m = len(self.points), len(self.tail)
        number = np.arange(1, m + 1)
        ends = (np.concatenate([self.tail, self.head]), np.concatenate([self.head, self.tail]))
        return csr_array((np.concatenate([number, number]), ends), shape=(n, n))


def make_mesh(county: BaseGeometry, city: BaseGeometry, patterns: Sequence[Pattern]) -> Mesh:
    """Patterns come first come first served: a later one keeps clear of an earlier one."""
    rng = stream(4)
    woven = _weave(patterns, rng)
    coarse = _coarse(county, city, patterns, rng)
    points = np.concatenate([woven[0], coarse])
    rest = np.full(len(coarse), -1, dtype=np.int64)
    patch, row, column = (np.concatenate([part, rest]) for part in woven[1:])
    tail, head = _edges(points)
    metres = length(points[head] - points[tail])
    near = metres < 2600.0
    tail, head, metres = tail[near], head[near], metres[near]
    ground = np.array([int(p.ground) for p in patterns] + [int(Ground.OPEN)], dtype=np.int8)[patch]
    tree = cKDTree(points)
    centre = np.asarray(tree.query(np.array([p.centre for p in patterns]))[1], dtype=np.int64)
    inside = np.asarray(shapely.contains(county, shapely.points(points)), dtype=np.bool_)
    return Mesh(
        points,
        ground,
        patch,
        row,
        column,
        tail,
        head,
        metres,
        _toil(points, tail, head, metres),
        centre,
        inside,
    )


def _weave(patterns: Sequence[Pattern], rng: np.random.Generator) -> tuple[Floats, Ints, Ints, Ints]:
    parts: list[tuple[Floats, Ints]] = []
    patches: list[Ints] = []
    centres = np.array([p.centre for p in patterns])
    radii = np.array([p.radius for p in patterns])
    for number, pattern in enumerate(patterns):
        spots, places = _grid(pattern, rng)
        reach = radii[:number] + pattern.radius + 200.0
        earlier = np.flatnonzero(length(centres[:number] - pattern.centre) < reach)
        if len(earlier):
            clear = (length(spots[:, None] - centres[earlier][None]) > radii[earlier] + 70.0).all(axis=1)
            spots, places = spots[clear], places[clear]
        parts.append((spots, places))
        patches.append(np.full(len(spots), number, dtype=np.int64))
    places = np.concatenate([places for _, places in parts])
    return np.concatenate([spots for spots, _ in parts]), np.concatenate(patches), places[:, 0], places[:, 1]


def _grid(pattern: Pattern, rng: np.random.Generator) -> tuple[Floats, Ints]:
    """A turned grid cut to a lopsided oval; the turn comes from a random direction, not from sines."""
    ahead = rng.random(2) - 0.5
    ahead = ahead / max(float(length(ahead)), 0.05)
    side = np.array([-ahead[1], ahead[0]])
    across = 0.7 + 0.3 * float(rng.random())
    reach_a, reach_b = int(pattern.radius / pattern.step[0]), int(pattern.radius / pattern.step[1])
    steps = np.stack(
        np.meshgrid(np.arange(-reach_a, reach_a + 1), np.arange(-reach_b, reach_b + 1), indexing="ij"),
        axis=-1,
    ).reshape(-1, 2)
    a, b = steps[:, 0] * pattern.step[0], steps[:, 1] * pattern.step[1]
    kept = a * a + (b / across) * (b / across) <= pattern.radius * pattern.radius
    shake = (rng.random((len(steps), 2)) - 0.5) * 2.0 * pattern.jitter
    spots = pattern.centre + a[:, None] * ahead + b[:, None] * side + shake
    return centimetres(spots[kept]), steps[kept].astype(np.int64)


def _coarse(
    county: BaseGeometry, city: BaseGeometry, patterns: Sequence[Pattern], rng: np.random.Generator
) -> Floats:
    """A shaken triangular lattice: fine in the county, wider in the strip of neighbours round it."""
    west, south, east, north = county.bounds
    home = shapely.union(county, city)
    kept: list[Floats] = []
    for step, is_far in ((COARSE, False), (FAR, True)):
        rows = np.arange(int((north - south + 2 * BUFFER_METRES) / (step * 0.866)) + 1)
        columns = np.arange(int((east - west + 2 * BUFFER_METRES) / step) + 1)
        j, i = np.meshgrid(rows, columns, indexing="ij")
        x = west - BUFFER_METRES + (i + 0.5 * (j % 2)) * step
        y = south - BUFFER_METRES + j * step * 0.866
        lattice = np.stack([x.ravel(), y.ravel()], axis=-1)
        lattice = centimetres(lattice + (rng.random(lattice.shape) - 0.5) * step * 0.62)
        away = shapely.distance(home, shapely.points(lattice))
        wanted = (away > 500.0) & (away < BUFFER_METRES) if is_far else away <= 500.0
        kept.append(lattice[wanted])
    points = np.concatenate(kept)
    tree = cKDTree(points)
    clear = np.ones(len(points), dtype=np.bool_)
    for pattern in patterns:
        clear[tree.query_ball_point(pattern.centre, pattern.radius + 130.0)] = False
    return points[clear]


def _edges(points: Floats) -> tuple[Ints, Ints]:
    triangles = Delaunay(points).simplices.astype(np.int64)
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    return pairs[:, 0], pairs[:, 1]


def _toil(points: Floats, tail: Ints, head: Ints, metres: Floats) -> Floats:
    slope = np.abs(height(points)[head] - height(points)[tail]) / np.maximum(metres, 30.0)
    lines = np.asarray(shapely.linestrings(np.stack([points[tail], points[head]], axis=1)), dtype=object)
    wet = np.zeros(len(tail))
    wet[shapely.STRtree(lines).query(river_lines(), predicate="intersects")] = 350.0
    return metres * (1.0 + 22.0 * slope * np.minimum(slope, 0.35) + 1.5 * slope) + wet
