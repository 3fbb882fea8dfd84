"""The compiled geometry of a road: distances, the nearest point of a piece, and times over parts of an arc.

All in one file, because the disk cache of a compiled function notices changes of its own file only.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from routing.compiled import compiled
from routing.passable import CLOSED
from routing.point import NO_ARC

SEMI_MAJOR_METRES = 6378137.0
FLATTENING = 1.0 / 298.257223563
ECCENTRICITY_2 = FLATTENING * (2.0 - FLATTENING)
RADIANS = math.pi / 180.0
NODE_DEGREES = 1e-6
EQUALLY_NEAR_METRES = 1e-6


@compiled
def metres_east(lat_middle: float) -> float:
    """Metres a degree of longitude is long at this latitude."""
    s = math.sin(lat_middle * RADIANS)
    return (
        SEMI_MAJOR_METRES / math.sqrt(1.0 - ECCENTRICITY_2 * s * s) * math.cos(lat_middle * RADIANS) * RADIANS
    )


@compiled
def metres_north(lat_middle: float) -> float:
    """Metres a degree of latitude is long around this latitude."""
    s = math.sin(lat_middle * RADIANS)
    q = 1.0 - ECCENTRICITY_2 * s * s
    return SEMI_MAJOR_METRES * (1.0 - ECCENTRICITY_2) / (q * math.sqrt(q)) * RADIANS


@compiled
def metres_between(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Air distance between two points, with both radii of curvature taken half way."""
    middle = 0.5 * (lat_a + lat_b)
    return math.hypot((lon_b - lon_a) * metres_east(middle), (lat_b - lat_a) * metres_north(middle))


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
    """Distance in metres to one piece, and how far along it (0 to 1) the nearest point lies.

    Of points equally near, as on a line that comes back over itself, the first.
    """
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
        if metres < best - EQUALLY_NEAR_METRES:
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


@compiled
def line_along(
    arcs: NDArray[np.int32],
    begin: float,
    end: float,
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The vertices (lon, lat) of joined arcs, from a fraction of the first of them to a fraction of the last."""
    room = 2
    for arc in arcs:
        room += starts[(arc >> 1) + 1] - starts[arc >> 1]
    line = np.empty((room, 2), dtype=np.float64)
    count = 0
    for number in range(len(arcs)):
        piece, against = arcs[number] >> 1, arcs[number] & 1 == 1
        low = begin if number == 0 else 0.0
        high = end if number == len(arcs) - 1 else 1.0
        if against:
            low, high = 1.0 - high, 1.0 - low
        first, last = starts[piece], starts[piece + 1]
        whole = along[last - 1]
        if number == 0:
            line[0] = point_along(piece, high if against else low, starts, coords, along)
            count = 1
        for step in range(last - first):
            v = last - 1 - step if against else first + step
            if low * whole < along[v] < high * whole:
                line[count] = coords[v]
                count += 1
        line[count] = point_along(piece, low if against else high, starts, coords, along)
        count += 1
    return line[:count]


@compiled
def leaving(
    arc: NDArray[np.int64],
    fraction: NDArray[np.float64],
    node: NDArray[np.int64],
    head: NDArray[np.int32],
    slot: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    at = np.empty(2 * len(arc), dtype=np.int64)
    cost = np.empty(2 * len(arc), dtype=np.int64)
    target = np.empty(2 * len(arc), dtype=np.int64)
    over = np.empty(2 * len(arc), dtype=np.int64)
    count = 0
    for t in range(len(arc)):
        if node[t] >= 0:
            at[count], cost[count], target[count], over[count] = node[t], 0, t, NO_ARC
            count += 1
        elif arc[t] >= 0:
            for turn in range(2):
                out = arc[t] ^ turn
                gone = fraction[t] if turn == 0 else 1.0 - fraction[t]
                whole = np.int64(inbound[slot[out]] >> np.uint64(32))
                if whole < CLOSED:
                    at[count], cost[count], target[count], over[count] = (
                        head[out],
                        whole - part(whole, gone),
                        t,
                        out,
                    )
                    count += 1
    return at[:count], cost[:count], target[:count], over[:count]


@compiled
def stopping(
    pieces: NDArray[np.int64],
    lon: float,
    lat: float,
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    along: NDArray[np.float64],
    tail: NDArray[np.int32],
    node_lon: NDArray[np.float64],
    node_lat: NDArray[np.float64],
    slot: NDArray[np.uint32],
    inbound: NDArray[np.uint64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.float64]]:
    node = np.empty(4 * len(pieces), dtype=np.int64)
    arc = np.full(4 * len(pieces), NO_ARC, dtype=np.int64)
    fraction = np.zeros(4 * len(pieces), dtype=np.float64)
    drive = np.zeros(4 * len(pieces), dtype=np.int64)
    air = np.empty(4 * len(pieces), dtype=np.float64)
    count = 0
    for piece in pieces:
        open_ways = 0
        for turn in range(2):
            if np.int64(inbound[slot[2 * piece + turn]] >> np.uint64(32)) < CLOSED:
                open_ways += 1
        if open_ways == 0:
            continue
        for turn in range(2):
            end = tail[2 * piece + turn]
            node[count] = end
            air[count] = metres_between(node_lon[end], node_lat[end], lon, lat)
            count += 1
        _, at = nearest_on_piece(piece, lon, lat, starts, coords, along)
        if at <= 0.0 or at >= 1.0:
            continue
        x, y = point_along(piece, at, starts, coords, along)
        metres = metres_between(x, y, lon, lat)
        for turn in range(2):
            way = 2 * piece + turn
            whole = np.int64(inbound[slot[way]] >> np.uint64(32))
            if whole < CLOSED:
                node[count], arc[count], air[count] = tail[way], way, metres
                fraction[count] = at if turn == 0 else 1.0 - at
                drive[count] = part(whole, fraction[count])
                count += 1
    return node[:count], arc[:count], fraction[:count], drive[:count], air[:count]
