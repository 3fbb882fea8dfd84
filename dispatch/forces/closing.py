"""From what somebody says of a road to the edges and the area it means. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from shapely import MultiPolygon, Polygon, make_valid
from shapely.errors import GEOSException
from shapely.geometry import mapping

from dispatch.access.problem import Problem
from dispatch.forces.bodies import AreaBody, ConditionBody, Crs
from dispatch.forces.roads import Report
from gis_data.crs import to_wgs84
from gis_data.errors import InputError
from routing.graph import RoadGraph
from routing.snap import snap

METRE_DEGREES = 1e-5


def report_of(body: ConditionBody, graph: RoadGraph) -> Report:
    """404 for unknown edges and vehicle classes, and for a point off the roads."""
    unknown = [edge for edge in body.edges if edge not in graph.piece_of]
    if unknown:
        raise Problem(404, "road_edge_unknown", {"edges": ", ".join(unknown[:5])})
    strange = [code for code in body.vehicle_classes if code not in graph.vehicle_classes]
    if strange:
        raise Problem(404, "vehicle_class_unknown", {"vehicle_classes": ", ".join(strange[:5])})
    edges = list(body.edges)
    if body.at is not None:
        try:
            point = snap(graph, *to_wgs84(body.at.lon, body.at.lat, body.crs), where="at")
        except InputError as error:
            raise Problem(404, "unusable", {"reason": str(error)}) from error
        edges.append(graph.piece_ids[point.arc >> 1])
    area = None if body.area is None else mapping(_polygon(body.area, body.crs))
    return Report(
        edges=tuple(dict.fromkeys(edges)),
        area=area,
        factor=body.factor,
        vehicle_classes=tuple(sorted(set(body.vehicle_classes))),
        reason=body.reason,
        starts_at=body.starts_at,
        ends_at=body.ends_at,
    )


def drawn(card: Mapping[str, Any], graph: RoadGraph) -> dict[str, Any]:
    """The card with the lines of its edges as GeoJSON and their names; edges of an older map are left out."""
    pieces = [graph.piece_of[edge] for edge in card["edges"] if edge in graph.piece_of]
    lines = [graph.coords[graph.starts[p] : graph.starts[p + 1]].tolist() for p in pieces]
    names = dict.fromkeys(graph.piece_names[p] for p in pieces if graph.piece_names[p])
    shape = {"type": "MultiLineString", "coordinates": lines} if lines else None
    return {**card, "lines": shape, "roads": list(names)}


def _polygon(area: AreaBody, crs: Crs) -> Polygon | MultiPolygon:
    """Drawn in a hurry, an outline may cross itself or be a mere line: what it touches is meant, and a metre more."""

    def ring(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [to_wgs84(lon, lat, crs) for lon, lat in points]

    shell, *holes = area.coordinates
    outline = Polygon(ring(shell), [ring(hole) for hole in holes])
    try:
        sound = make_valid(outline)
    except GEOSException:  # a hole in a line or in a point
        sound = outline.convex_hull
    meant = sound.buffer(METRE_DEGREES)
    assert isinstance(meant, Polygon | MultiPolygon)
    return meant
