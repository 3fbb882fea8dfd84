"""What a vehicle class reaches within minutes: the stretches of road, exactly, and the area around them as a polygon.

The area is everything within `around_metres` of a reached stretch, drawn on a grid of half that size. Every reached
stretch lies inside it, and nothing inside is farther than `tolerance_metres` from one. Areas of fewer minutes lie
within those of more, and what is surrounded and not reached is a hole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Polygon

from gis_data.errors import InputError
from routing.ends import arc_ms, entries
from routing.geometry import metres_east, metres_north
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import EdgePoint
from routing.raster import REACH, draw, rings
from routing.roads_of import RoadsOf
from routing.search import Sources

AROUND_METRES = 100.0
MOST_CORNERS = 4_000_000  # of the grid; beyond that, the cells grow
DISTORTION = 1.02  # degrees are taken as equally long all over the area; over 300 km they are not, by so much
DIAGONAL = 2.0**0.5


@dataclass(frozen=True, slots=True)
class Stretches:
    """What is reached of the roads: rows of a piece and the fractions of it between which it is reached."""

    piece: NDArray[np.int64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Isochrone:
    """`area` is empty where nothing is reached. `reached_metres`: road that is reached, each direction not twice."""

    minutes: float
    area: Polygon
    square_metres: float
    reached_metres: float


@dataclass(frozen=True, slots=True)
class Isochrones:
    """From `start` outward, by ascending minutes."""

    start: EdgePoint
    vehicle_class: str
    tolerance_metres: float
    rings: tuple[Isochrone, ...]


def isochrones(
    live: LiveRoads,
    start: EdgePoint,
    vehicle_class: str,
    minutes: Sequence[float],
    *,
    ready_seconds: float = 0.0,
    around_metres: float = AROUND_METRES,
) -> Isochrones:
    """One area for each limit; `ready_seconds` pass before the drive begins. Only driving counts, nothing on foot.

    The start is free to leave in both directions, whatever it does now.

    Raises InputError for limits or widths that are none, and for an unknown vehicle class.
    """
    limits = sorted(set(minutes))
    if not limits or not all(0.0 < limit <= 24 * 60 for limit in limits):
        raise InputError("minutes", f"{list(minutes)} are no times", "give numbers above 0, at most 1440")
    if not 10.0 <= around_metres <= 10_000.0:
        raise InputError("metres around the road", f"{around_metres} is out of range", "give 10 to 10000")
    live.graph.require_class(vehicle_class)
    start = replace(start, directed=False)
    limit_ms = [round((limit * 60.0 - ready_seconds) * 1000.0) for limit in limits]
    if start.arc < 0 and start.node < 0:
        limit_ms = [-1] * len(limits)  # it stands off every open road
    times = _times(live, vehicle_class, start, limit_ms[-1])
    reached = [_stretches(live, vehicle_class, start, times, one) for one in limit_ms]
    grid = _Grid(live, start, reached[-1], around_metres)
    found = []
    for limit, stretches in zip(limits, reached, strict=True):
        area = grid.around(stretches)
        found.append(
            Isochrone(limit, area, area.area * grid.square_metres_of_degrees, _driven_metres(live, stretches))
        )
    return Isochrones(start, vehicle_class, grid.tolerance_metres, tuple(found))


def stretches_within(live: LiveRoads, start: EdgePoint, vehicle_class: str, limit_ms: int) -> Stretches:
    """The reached parts of every piece. One reached from both ends, but not all of it, has two rows.

    The piece that the start stands on may have two more, for what is reached without meeting a node.
    """
    times = _times(live, vehicle_class, start, limit_ms)
    return _stretches(live, vehicle_class, start, times, limit_ms)


def _times(live: LiveRoads, vehicle_class: str, start: EdgePoint, limit_ms: int) -> NDArray[np.int64]:
    """Milliseconds from the start until each arc is driven onto; above the limit: not reached."""
    out = entries(live, vehicle_class, [start], np.full(1, CLOSED, dtype=np.int64))
    sources = Sources(out.node, out.cost, out.arc)
    return RoadsOf(live, vehicle_class, forward=True).times_onto_arcs(sources, limit_ms)


def _stretches(
    live: LiveRoads, vehicle_class: str, start: EdgePoint, times: NDArray[np.int64], limit_ms: int
) -> Stretches:
    whole = live.travel_ms(vehicle_class).astype(np.int64)
    left = limit_ms - times
    reached = (left >= 0) & (whole < CLOSED)
    share = np.where(whole > left, left / np.maximum(whole, 1), 1.0)
    along, against = np.where(reached[0::2], share[0::2], -1.0), np.where(reached[1::2], share[1::2], -1.0)
    full = (along >= 1.0) | (against >= 1.0) | ((along >= 0.0) & (along + against >= 1.0))
    some, back = np.flatnonzero((along >= 0.0) & ~full), np.flatnonzero((against >= 0.0) & ~full)
    all_ = np.flatnonzero(full)
    own = _own_piece(live, vehicle_class, start, limit_ms)
    return Stretches(
        np.concatenate((all_, some, back, own.piece)),
        np.concatenate((np.zeros(len(all_) + len(some)), 1.0 - against[back], own.begin)),
        np.concatenate((np.ones(len(all_)), along[some], np.ones(len(back)), own.end)),
    )


def _own_piece(live: LiveRoads, vehicle_class: str, start: EdgePoint, limit_ms: int) -> Stretches:
    """What is reached from inside a piece without meeting a node: at least the start itself."""
    rows: list[tuple[int, float, float]] = []
    if start.node >= 0 and start.arc >= 0 and limit_ms >= 0:
        at = start.fraction if start.arc & 1 == 0 else 1.0 - start.fraction
        rows.append((start.arc >> 1, at, at))
    if start.node < 0 and start.arc >= 0 and limit_ms >= 0:
        for arc, at in ((start.arc, start.fraction), (start.arc ^ 1, 1.0 - start.fraction)):
            whole = arc_ms(live, vehicle_class, arc)
            if whole < CLOSED:
                until = min(1.0, at + limit_ms / max(whole, 1))
                rows.append((arc >> 1, at, until) if arc & 1 == 0 else (arc >> 1, 1.0 - until, 1.0 - at))
    columns = np.array(rows, dtype=np.float64).reshape(-1, 3)
    return Stretches(columns[:, 0].astype(np.int64), columns[:, 1].copy(), columns[:, 2].copy())


def _driven_metres(live: LiveRoads, reached: Stretches) -> float:
    """How much road that is; stretches of one piece may overlap."""
    order = np.lexsort((reached.begin, reached.piece))
    piece, begin, end = reached.piece[order], reached.begin[order], reached.end[order]
    # Within a piece (four rows at most), each row counts from where those before it end.
    reach = np.maximum.accumulate(piece * 2.0 + end) - piece * 2.0
    before = np.zeros(len(piece))
    before[1:] = np.where(piece[1:] == piece[:-1], reach[:-1], 0.0)
    return float((np.maximum(0.0, end - np.maximum(begin, before)) * live.graph.length_metres[piece]).sum())


class _Grid:
    """A grid over all that is reached; what is drawn on it stays, so ask for the smaller areas first."""

    def __init__(self, live: LiveRoads, start: EdgePoint, reached: Stretches, around_metres: float) -> None:
        self.graph = live.graph
        pieces = np.unique(reached.piece)
        starts, coords = self.graph.starts, self.graph.coords
        lon, lat = np.array([start.lon]), np.array([start.lat])
        if len(pieces):
            counts = starts[pieces + 1] - starts[pieces]
            offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            rows = coords[np.repeat(starts[pieces], counts) + offsets]
            lon, lat = rows[:, 0], rows[:, 1]
        west, east, south, north = lon.min(), lon.max(), lat.min(), lat.max()
        middle = (south + north) / 2.0
        east_metres, north_metres = float(metres_east(middle)), float(metres_north(middle))
        self.square_metres_of_degrees = east_metres * north_metres
        cell = around_metres / REACH
        extent = (east - west) * east_metres, (north - south) * north_metres
        while (extent[0] / cell + 10) * (extent[1] / cell + 10) > MOST_CORNERS:
            cell *= 1.25
        self.tolerance_metres = (REACH + DIAGONAL) * cell * DISTORTION
        margin = REACH + 3.0
        self.cells_east, self.cells_north = east_metres / cell, north_metres / cell
        self.west, self.south = (
            float(west) - margin / self.cells_east,
            float(south) - margin / self.cells_north,
        )
        shape = (int(extent[1] / cell + 2 * margin) + 2, int(extent[0] / cell + 2 * margin) + 2)
        self.corners = np.full(shape, (REACH + 1.0) ** 2, dtype=np.float32)

    def around(self, reached: Stretches) -> Polygon:
        """The area around these stretches and all that were drawn before."""
        graph = self.graph
        draw(
            self.corners, self.west, self.south, self.cells_east, self.cells_north,
            reached.piece, reached.begin, reached.end, graph.starts, graph.coords, graph.along_metres,
        )  # fmt: skip
        points, ring = rings(self.corners)
        if len(points) == 0:
            return Polygon()
        lonlat = np.round(points / (self.cells_east, self.cells_north) + (self.west, self.south), 7)
        closed: Any = shapely.linearrings(lonlat, indices=ring)
        shells = shapely.is_ccw(closed)
        (shell,) = closed[shells]  # what is reached hangs together, and so does what lies around it
        return Polygon(shell, list(closed[~shells]))
