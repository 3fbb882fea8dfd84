"""From what somebody says of a road to the edges and the area it means. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from shapely import MultiPolygon, Polygon, make_valid
from shapely.geometry import mapping

from dispatch.access.problem import Problem
from dispatch.forces.bodies import AreaBody, ConditionBody, Crs
from dispatch.forces.roads import Report
from gis_data.crs import to_wgs84
from routing.graph import RoadGraph
from routing.snap import snap

METRE_DEGREES = 1e-5


def report_of(body: ConditionBody, graph: RoadGraph) -> Report:
    """Unknown edges and vehicle classes, and points off the roads, are refused with 422."""
    unknown = [edge for edge in body.edges if edge not in graph.piece_of]
    if unknown:
        raise Problem(422, "road_edge_unknown", {"edges": ", ".join(unknown[:5])})
    strange = [code for code in body.vehicle_classes if code not in graph.vehicle_classes]
    if strange:
        raise Problem(422, "vehicle_class_unknown", {"vehicle_classes": ", ".join(strange[:5])})
    edges = list(body.edges)
    if body.at is not None:
        point = snap(graph, *to_wgs84(body.at.lon, body.at.lat, body.crs), where="at")
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


def _polygon(area: AreaBody, crs: Crs) -> Polygon | MultiPolygon:
    """Drawn in a hurry, an outline may cross itself or be a mere line: what it touches is meant, and a metre more."""

    def ring(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
        return [to_wgs84(lon, lat, crs) for lon, lat in points]

    shell, *holes = area.coordinates
    drawn = make_valid(Polygon(ring(shell), [ring(hole) for hole in holes])).buffer(METRE_DEGREES)
    assert isinstance(drawn, Polygon | MultiPolygon)
    return drawn
