"""From what somebody says of a road to the pieces that it means, and what they are called. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import reduce
from typing import Any

import numpy as np
from shapely import MultiPolygon, Polygon, make_valid
from shapely.errors import GEOSException
from shapely.geometry import mapping

from dispatch.access.problem import Problem
from dispatch.forces.bodies import AreaBody, ConditionBody, Crs, PreviewBody, StretchBody
from dispatch.forces.conditions import Report, condition_of
from gis_data.crs import to_wgs84
from gis_data.errors import InputError
from routing.condition import Pieces, pieces_meant, unknown_names
from routing.graph import RoadGraph
from routing.snap import snap

METRE_DEGREES = 1e-5
MOST_DRAWN = 4000  # pieces; more of them are a district, and its outline or its name says more
MOST_NAMED = 60

Describe = Callable[[float, float], str]
"""Near what a position lies, in words."""


def nowhere(lon: float, lat: float) -> str:
    return ""


def reports_of(
    body: PreviewBody, graph: RoadGraph, describe: Describe = nowhere
) -> tuple[tuple[Report, ...], tuple[Pieces, ...]]:
    """A report for each stretch, and the pieces that each means.

    404 for unknown edges, names, road and vehicle classes, for a point off the roads, and for a stretch without any.
    """
    reports, meant = [], []
    for stretch in (body, *body.also):
        report = _report(stretch, body, graph)
        pieces = pieces_meant(graph, condition_of(report, ""))
        if len(pieces) == 0:
            raise Problem(404, "road_none_meant")
        reports.append(_placed(report, graph, pieces, describe))
        meant.append(pieces)
    return tuple(reports), tuple(meant)


def _report(stretch: StretchBody, body: PreviewBody, graph: RoadGraph) -> Report:
    unknown = [edge for edge in stretch.edges if edge not in graph.piece_of]
    if unknown:
        raise Problem(404, "road_edge_unknown", {"edges": ", ".join(unknown[:5])})
    strange = [code for code in stretch.vehicle_classes if code not in graph.vehicle_classes]
    if strange:
        raise Problem(404, "vehicle_class_unknown", {"vehicle_classes": ", ".join(strange[:5])})
    for said, known in (
        (stretch.road_classes, graph.piece_classes),
        (stretch.surfaces, graph.piece_surfaces),
    ):
        words = sorted(word for word in known.table if word)
        if not set(said) <= set(words):
            odd = ", ".join(sorted(set(said) - set(words))[:5])
            raise Problem(404, "road_kind_unknown", {"kinds": odd, "known": ", ".join(words) or "—"})
    for name, near in unknown_names(graph, stretch.names).items():
        raise Problem(404, "road_name_unknown", {"name": name, "near": "、".join(near) or "—"})
    edges = list(stretch.edges)
    if stretch.at is not None:
        try:
            point = snap(graph, *to_wgs84(stretch.at.lon, stretch.at.lat, stretch.crs), where="at")
        except InputError as error:
            raise Problem(404, "unusable", {"reason": str(error)}) from error
        edges.append(graph.piece_ids[point.arc >> 1])
    filed = body if isinstance(body, ConditionBody) else None
    return Report(
        edges=tuple(dict.fromkeys(edges)),
        area=None if stretch.area is None else mapping(_polygon(stretch.area, stretch.crs)),
        factor=stretch.factor,
        vehicle_classes=tuple(sorted(set(stretch.vehicle_classes))),
        reason=filed.reason if filed else "",
        starts_at=filed.starts_at if filed else None,
        ends_at=filed.ends_at if filed else None,
        names=tuple(dict.fromkeys(stretch.names)),
        road_classes=tuple(sorted(set(stretch.road_classes))),
        surfaces=tuple(sorted(set(stretch.surfaces))),
        bridges=stretch.bridges,
        everywhere=stretch.everywhere,
    )


def _placed(report: Report, graph: RoadGraph, pieces: Pieces, describe: Describe) -> Report:
    """A stretch of a few roads is told by the place it lies at; what covers a district lies at none."""
    if len(pieces) > MOST_NAMED and report.area is None:
        return report
    middle = pieces[len(pieces) // 2]
    lon, lat = graph.coords[(graph.starts[middle] + graph.starts[middle + 1]) // 2]
    return replace(report, place=describe(float(lon), float(lat)))


def told_of(graph: RoadGraph, reports: Sequence[Report], meant: Sequence[Pieces]) -> dict[str, Any]:
    """What reports mean, as `MeantAnswer` has it."""
    together = reduce(np.union1d, meant)
    return {
        **_counted(graph, together),
        "stretches": [
            {"factor": report.factor, **_counted(graph, pieces)}
            for report, pieces in zip(reports, meant, strict=True)
        ],
        "roads": _named(graph, together),
        "lines": _lines(graph, together),
    }


def drawn(card: Mapping[str, Any], graph: RoadGraph) -> dict[str, Any]:
    """The card with the lines of its pieces as GeoJSON (null: too many) and their names and kilometres.

    Edges of an older map are left out.
    """
    pieces = pieces_meant(graph, condition_of(card, card["id"]))
    names = [road["name"] for road in _named(graph, pieces) if road["name"]]
    return {**card, "lines": _lines(graph, pieces), "roads": names, **_counted(graph, pieces)}


def _counted(graph: RoadGraph, pieces: Pieces) -> dict[str, Any]:
    return {"pieces": len(pieces), "kilometres": round(float(graph.length_metres[pieces].sum()) / 1000.0, 3)}


def _named(graph: RoadGraph, pieces: Pieces) -> list[dict[str, Any]]:
    number = graph.piece_names.number[pieces]
    metres = np.bincount(number, graph.length_metres[pieces])
    count = np.bincount(number)
    found = np.flatnonzero(count)
    found = found[np.argsort(-metres[found], kind="stable")][:MOST_NAMED]
    return [
        {
            "name": graph.piece_names.table[one],
            "pieces": int(count[one]),
            "kilometres": round(float(metres[one]) / 1000.0, 3),
        }
        for one in found.tolist()
    ]


def _lines(graph: RoadGraph, pieces: Pieces) -> dict[str, Any] | None:
    if not 0 < len(pieces) <= MOST_DRAWN:
        return None
    lines = [graph.coords[graph.starts[p] : graph.starts[p + 1]].round(6).tolist() for p in pieces.tolist()]
    return {"type": "MultiLineString", "coordinates": lines}


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
