"""A place on the road as it is kept and replayed: by the edge's id, for arcs are numbered anew with every county."""

from __future__ import annotations

import math
from dataclasses import dataclass

from gis_data.errors import InputError
from routing.geometry import metres_east, metres_north, point_along
from routing.graph import RoadGraph
from routing.point import EdgePoint


@dataclass(frozen=True, slots=True)
class OnRoad:
    """`against` the edge's line or along it; `fraction` in driving direction; `directed`: it surely drives that way."""

    edge: str
    against: bool
    fraction: float
    directed: bool


def on_road(graph: RoadGraph, point: EdgePoint) -> OnRoad:
    edge = graph.piece_ids[point.arc >> 1]
    return OnRoad(edge, bool(point.arc & 1), round(float(point.fraction), 6), bool(point.directed))


def point_of(graph: RoadGraph, place: OnRoad) -> EdgePoint | None:
    """The place on this graph; None where it has no such edge. Raises InputError for a fraction that is none."""
    if not 0.0 <= place.fraction <= 1.0:
        raise InputError("place on the road", f"fraction {place.fraction} is out of range", "give 0 to 1")
    piece = graph.piece_of.get(place.edge)
    if piece is None:
        return None
    arc = 2 * piece + int(place.against)
    return EdgePoint(
        arc, place.fraction, *position_on(graph, arc, place.fraction), 0.0, directed=place.directed
    )


def position_on(graph: RoadGraph, arc: int, fraction: float) -> tuple[float, float]:
    """Longitude and latitude (WGS-84) of a fraction of an arc."""
    along = fraction if arc & 1 == 0 else 1.0 - fraction
    x, y = point_along(arc >> 1, along, graph.starts, graph.coords, graph.along_metres)
    return float(x), float(y)


HEADINGS = ("north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")


def heading_of(graph: RoadGraph, point: EdgePoint) -> str | None:
    """Where a directed point drives to, of `HEADINGS`: the way of the road ten metres around it. None: not known."""
    if not point.directed or point.arc < 0:
        return None
    step = 5.0 / max(float(graph.length_metres[point.arc >> 1]), 5.0)
    x0, y0 = position_on(graph, point.arc, max(point.fraction - step, 0.0))
    x1, y1 = position_on(graph, point.arc, min(point.fraction + step, 1.0))
    degrees = math.degrees(math.atan2((x1 - x0) * metres_east(y0), (y1 - y0) * metres_north(y0)))
    return HEADINGS[round(degrees / 45.0) % 8]
