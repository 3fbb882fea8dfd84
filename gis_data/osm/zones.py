"""Divides the county among its brigades: each zone is what lies nearest to one, without a gap or an overlap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import shapely
from shapely import MultiPoint, MultiPolygon, Polygon

from gis_data.crs import Projection
from gis_data.model import Name, Station, Zone
from gis_data.osm.outline import in_metres, lines_in_degrees
from gis_data.osm.places import metres_to

_STEP = 1e-7


def divide(
    outline: Polygon | MultiPolygon, brigades: Sequence[Station], projection: Projection
) -> tuple[tuple[Zone, ...], Polygon | MultiPolygon]:
    """The zones, and the outline with the points added where zones meet it, so that both agree to the last digit."""
    areas = _areas(outline, brigades, projection)
    zones = tuple(
        Zone(
            code=f"zone-{brigade.code}",
            name=Name(f"{brigade.name.zh}片区", f"{brigade.name.en} zone"),
            area=area,
            brigade=brigade.code,
            backup=_backup(brigade, brigades),
            synthetic=True,
        )
        for brigade, area in zip(brigades, areas, strict=True)
    )
    return zones, _area(list(areas))


def _areas(
    outline: Polygon | MultiPolygon, brigades: Sequence[Station], projection: Projection
) -> tuple[Polygon | MultiPolygon, ...]:
    """Outline and borders are drawn as one net of lines on the 1e-7° grid; each mesh goes to its nearest brigade."""
    if len(brigades) == 1:
        return (outline,)
    seats = np.column_stack(
        projection.to_metres([b.position.x for b in brigades], [b.position.y for b in brigades])
    )
    frame = in_metres(outline, projection).buffer(1000.0).envelope
    borders = shapely.voronoi_polygons(MultiPoint(seats), extend_to=frame, only_edges=True)
    border_lines = lines_in_degrees(shapely.segmentize(borders, 2000.0), projection)
    net = shapely.union_all([outline.boundary, border_lines], grid_size=_STEP)
    shapely.prepare(outline)
    meshes: list[list[Polygon]] = [[] for _ in brigades]
    for mesh in shapely.get_parts(shapely.polygonize([net])):
        inside = mesh.representative_point()
        if not outline.contains(inside):
            continue
        x, y = projection.to_metres(inside.x, inside.y)
        nearest = int(np.hypot(seats[:, 0] - x, seats[:, 1] - y).argmin())
        meshes[nearest].append(mesh)
    return tuple(_area(parts) for parts in meshes)


def _area(parts: Sequence[Polygon | MultiPolygon]) -> Polygon | MultiPolygon:
    """One area of several that share edges exactly, so nothing is rounded anew."""
    whole = shapely.union_all(list(parts))
    polygons = [part for part in shapely.get_parts(whole) if isinstance(part, Polygon)]
    return polygons[0] if len(polygons) == 1 else MultiPolygon(polygons)


def _backup(brigade: Station, brigades: Sequence[Station]) -> tuple[str, ...]:
    others = [b for b in brigades if b.code != brigade.code]
    if not others:
        return ()
    metres = metres_to(brigade.position, [b.position for b in others])
    order = sorted(range(len(others)), key=lambda i: (float(metres[i]), others[i].code))
    return tuple(f"zone-{others[i].code}" for i in order)
