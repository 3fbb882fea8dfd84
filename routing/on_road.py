"""A place on the road as it is kept and replayed: by the edge's id, for arcs are numbered anew with every county."""

from __future__ import annotations

from dataclasses import dataclass

from gis_data.errors import InputError
from routing.geometry import point_along
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
