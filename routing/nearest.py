"""Which point of the road is nearest to a position, on the ellipsoid, and whether it is a node."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from gis_data.errors import InputError
from gis_data.position import check_position
from routing.geometry import metres_between, metres_east, metres_north, nearest_of, point_along
from routing.graph import RoadGraph
from routing.passable import CLOSED
from routing.point import EdgePoint

FIRST_RADIUS_METRES = 60.0
ALL_ROADS: NDArray[np.uint64] = np.empty(0, dtype=np.uint64)
ALL_ROADS.flags.writeable = False
EVERY_PIECE: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
EVERY_PIECE.flags.writeable = False
AT_NODE_METRES = 0.2
REMEMBERED_CIRCLES = 16
AT_ONCE = 50_000  # pieces that become geometries at a time: a province is never one list of them


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
    """Pieces whose boxes come within a distance (and some more around it), in ascending order.

    All vehicle classes ask for the same place in turn: the last answers are remembered.
    """
    asked = (lon, lat, metres)
    known = graph.near.get(asked)
    if known is not None:
        return known
    high = metres * 1.02 / metres_north(min(89.0, max(-89.0, lat)))
    poleward = min(89.0, abs(lat) + high)  # where a degree of longitude is shortest
    wide = metres * 1.02 / metres_east(poleward)
    near = graph.tree.within(lon - wide, lat - high, lon + wide, lat + high)
    if len(graph.near) >= REMEMBERED_CIRCLES:
        graph.near.clear()
    graph.near[asked] = near
    return near


def pieces_touching(graph: RoadGraph, area: Polygon | MultiPolygon) -> NDArray[np.int64]:
    """Pieces that share at least a point with an area in WGS-84 degrees, in ascending order.

    The sides of the area are straight in longitude and latitude, as in GeoJSON (RFC 7946, 3.1.1).
    """
    if area.is_empty:
        return np.empty(0, dtype=np.int64)
    near = graph.tree.within(*area.bounds)
    shapely.prepare(area)
    touching = [
        pieces[shapely.intersects(area, _lines(graph, pieces))]
        for pieces in np.split(near, range(AT_ONCE, len(near), AT_ONCE))
    ]
    return np.concatenate(touching)


def _lines(graph: RoadGraph, pieces: NDArray[np.int64]) -> NDArray[np.object_]:
    first, count = graph.starts[pieces], graph.starts[pieces + 1] - graph.starts[pieces]
    line = np.repeat(np.arange(len(pieces)), count)
    within = np.arange(len(line)) - np.repeat(np.cumsum(count) - count, count)
    made: NDArray[np.object_] = shapely.linestrings(graph.coords[first[line] + within], indices=line)
    return made


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
