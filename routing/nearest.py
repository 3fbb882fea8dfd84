"""Which point of the road is nearest to a position, on the ellipsoid, and whether it is a node."""

from __future__ import annotations

import math

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.crs import check_position
from gis_data.errors import InputError
from routing.compiled import compiled
from routing.ellipsoid import frame_scale, metres_between, metres_east, metres_north, to_frame
from routing.graph import RoadGraph
from routing.passable import CLOSED
from routing.point import EdgePoint

NODE_DEGREES = 1e-6
FIRST_RADIUS_METRES = 60.0
ALL_ROADS: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
ALL_ROADS.flags.writeable = False
EVERY_PIECE: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
EVERY_PIECE.flags.writeable = False
AT_NODE_METRES = 0.2


def snap_to(
    graph: RoadGraph,
    inbound: NDArray[np.uint64],
    joined: NDArray[np.bool_],
    lon: float,
    lat: float,
    where: str,
) -> EdgePoint | None:
    """The nearest point of a piece that is open in `inbound` (`ALL_ROADS`: of any piece); None: none within reach.

    A piece on an island of the class (not `joined` to its main network) gives way to one of the main network that
    is not much farther: it is a gap in the data more often than a road on its own. A node stays that node.
    """
    check_position(lon, lat, where)
    found = _nearest(graph, inbound, EVERY_PIECE, lon, lat, graph.rules.longest_off_road_metres)
    if found is None:
        return None
    piece, fraction, metres, node = found
    at_node = node >= 0 and metres < AT_NODE_METRES
    if len(joined) > 0 and not joined[piece] and not at_node:
        better = _nearest(graph, inbound, joined, lon, lat, metres + graph.rules.island_metres)
        piece, fraction, metres, node = better or found
    return _edge_point(graph, inbound, lon, lat, piece, fraction, node)


def _nearest(
    graph: RoadGraph,
    inbound: NDArray[np.uint64],
    among: NDArray[np.bool_],
    lon: float,
    lat: float,
    furthest_metres: float,
) -> tuple[int, float, float, int] | None:
    """Looks in growing circles, so that the answer is exact whatever share of the roads is open."""
    radius = min(FIRST_RADIUS_METRES, furthest_metres)
    while True:
        near = pieces_within(graph, lon, lat, radius)
        if len(near):
            piece, fraction, metres, node = nearest_of(
                near,
                lon,
                lat,
                graph.starts,
                graph.coords,
                graph.along_metres,
                graph.tail,
                graph.slot,
                inbound,
                among,
            )
            if piece >= 0 and metres <= radius:
                return int(piece), float(fraction), float(metres), int(node)
        if radius >= furthest_metres:
            return None
        radius = min(radius * 4.0, furthest_metres)


def off_network(graph: RoadGraph, lon: float, lat: float, where: str) -> InputError:
    """The one line about a point that no road is near to."""
    west, south, east, north = graph.bounds
    if west <= lat <= east and south <= lon <= north:
        return InputError(
            where,
            f"{lon},{lat} lies off the map: the axes look swapped",
            f"give {lat},{lon}: longitude first",
        )
    far = graph.rules.longest_off_road_metres / 1000.0
    return InputError(
        where,
        f"{lon},{lat} is more than {far:g} km from every road",
        f"give a point within {west:.3f},{south:.3f} to {east:.3f},{north:.3f} (WGS-84)",
    )


def pieces_within(graph: RoadGraph, lon: float, lat: float, metres: float) -> NDArray[np.int64]:
    """Pieces whose boxes come within a distance (and some more around it), in ascending order."""
    x, y = to_frame(np.array(((lon, lat),), dtype=np.float64))[0]
    reach = metres * frame_scale(lat) * 1.02
    found = graph.tree.query(shapely.box(x - reach, y - reach, x + reach, y + reach))
    return np.sort(np.asarray(found, dtype=np.int64))


@compiled
def part(milliseconds: int | np.int64, fraction: float) -> int:
    """Time from the tail of an arc to a point on it; what is left of the arc is the rest, so that parts add up."""
    return math.floor(milliseconds * fraction + 0.5)


@compiled
def nearest_on_piece(
    piece: int,
    lon: float,
    lat: float,
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
) -> tuple[float, float]:
    """Distance in metres to one piece, and how far along it (0 to 1) the nearest point lies."""
    first, last = starts[piece], starts[piece + 1] - 1
    best, best_along = np.inf, 0.0
    middle = 0.5 * (coords[first, 1] + lat)
    x0 = (coords[first, 0] - lon) * metres_east(middle)
    y0 = (coords[first, 1] - lat) * metres_north(middle)
    for v in range(first, last):
        middle = 0.5 * (coords[v + 1, 1] + lat)
        x1 = (coords[v + 1, 0] - lon) * metres_east(middle)
        y1 = (coords[v + 1, 1] - lat) * metres_north(middle)
        dx, dy = x1 - x0, y1 - y0
        square = dx * dx + dy * dy
        t = 0.0
        if square > 0.0:
            t = min(1.0, max(0.0, -(x0 * dx + y0 * dy) / square))
        metres = math.hypot(x0 + t * dx, y0 + t * dy)
        if metres < best:
            best = metres
            best_along = along[v] + t * (along[v + 1] - along[v])
        x0, y0 = x1, y1
    length = along[last]
    if length <= 0.0:
        return best, 0.0
    return best, min(1.0, max(0.0, best_along / length))


@compiled
def nearest_of(
    pieces: NDArray[np.int64],
    lon: float,
    lat: float,
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
    tail: NDArray[np.int32],
    slot: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
    among: NDArray[np.bool_],
) -> tuple[int, float, float, int]:
    """Piece, fraction along it, metres and node (or -1) nearest to a point; a node within 1e-6° comes first.

    Only pieces that are open in `inbound` and marked in `among` count; either is empty where it does not matter.
    """
    best, best_piece, best_fraction = np.inf, -1, 0.0
    best_node, best_node_metres = -1, np.inf
    for piece in pieces:
        if len(among) > 0 and not among[piece]:
            continue
        if len(inbound) > 0:
            along_ms = inbound[slot[2 * piece]] >> np.uint64(32)
            against_ms = inbound[slot[2 * piece + 1]] >> np.uint64(32)
            if along_ms >= np.uint64(CLOSED) and against_ms >= np.uint64(CLOSED):
                continue
        metres, fraction = nearest_on_piece(piece, lon, lat, starts, coords, along)
        for end in range(2):
            vertex = starts[piece + end] - end
            if abs(coords[vertex, 0] - lon) <= NODE_DEGREES and abs(coords[vertex, 1] - lat) <= NODE_DEGREES:
                off = metres_between(coords[vertex, 0], coords[vertex, 1], lon, lat)
                if off < best_node_metres:
                    best_node_metres, best_node = off, tail[2 * piece + end]
                    best_piece, best_fraction = piece, float(end)
        if best_node < 0 and metres < best:
            best, best_piece, best_fraction = metres, piece, fraction
    if best_node >= 0:
        return best_piece, best_fraction, best_node_metres, best_node
    node = -1
    if best_piece >= 0 and best_fraction <= 0.0:
        node = tail[2 * best_piece]
    elif best_piece >= 0 and best_fraction >= 1.0:
        node = tail[2 * best_piece + 1]
    return best_piece, best_fraction, best, node


@compiled
def point_along(
    piece: int,
    fraction: float,
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
) -> tuple[float, float]:
    """Position at a fraction of a piece."""
    first, last = starts[piece], starts[piece + 1] - 1
    target = fraction * along[last]
    v = first
    while v + 1 < last and along[v + 1] < target:
        v += 1
    step = along[v + 1] - along[v]
    t = 0.0
    if step > 0.0:
        t = min(1.0, max(0.0, (target - along[v]) / step))
    return (
        coords[v, 0] + t * (coords[v + 1, 0] - coords[v, 0]),
        coords[v, 1] + t * (coords[v + 1, 1] - coords[v, 1]),
    )


def _edge_point(
    graph: RoadGraph,
    inbound: NDArray[np.uint64],
    lon: float,
    lat: float,
    piece: int,
    fraction: float,
    node: int,
) -> EdgePoint:
    """Given on the direction that is open; a node as the start of an arc that leaves it, where one is open."""
    arc, at = 2 * piece, fraction
    if node >= 0 and fraction >= 1.0:
        arc, at = arc + 1, 0.0
    if len(inbound) and int(inbound[graph.slot[arc]] >> np.uint64(32)) >= CLOSED:
        arc, at = arc ^ 1, 1.0 - at
    if node >= 0:
        x, y = float(graph.node_lon[node]), float(graph.node_lat[node])
    else:
        x, y = point_along(piece, fraction, graph.starts, graph.coords, graph.along_metres)
    return EdgePoint(arc, at, x, y, float(metres_between(lon, lat, x, y)), node)
