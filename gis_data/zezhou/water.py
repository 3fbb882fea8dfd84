"""Invented water and forest: hydrants in towns, tanks in villages, suction points where roads meet rivers, woods."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from scipy.spatial import cKDTree
from shapely import MultiPolygon, Point, Polygon

from gis_data.model import Forest, WaterSource
from gis_data.zezhou.mesh import Ground
from gis_data.zezhou.pieces import Piece
from gis_data.zezhou.plane import Floats, shape_to_lonlat, stream, to_lonlat
from gis_data.zezhou.planning import RANK, RoadPlan
from gis_data.zezhou.sites import Sites
from gis_data.zezhou.terrain import height, ruggedness

_OFF_ROAD = 9.0


def make_water(sites: Sites, plan: RoadPlan, pieces: list[Piece]) -> tuple[WaterSource, ...]:
    rng = stream(12)
    found: list[WaterSource] = []
    mesh = sites.mesh
    used = plan.on_road()
    for k, seat in enumerate(sites.seats):
        spots = np.flatnonzero((mesh.patch == sites.first["town"] + k) & used)
        chosen = rng.choice(spots, size=min(len(spots), 10 + seat.fact.villages // 4), replace=False)
        for n, point in enumerate(sorted(chosen.tolist())):
            crane = n == 0
            found.append(
                WaterSource(
                    f"w{seat.fact.code[-3:]}-{n + 1:02d}",
                    seat.fact.short + (f"水鹤{n + 1}" if crane else f"消火栓{n + 1}"),
                    "crane" if crane else "hydrant",
                    _near(mesh.points[point], rng),
                    None,
                    30.0 if crane else 12.0,
                    bool(rng.random() > 0.06),
                )
            )
    for k, site in enumerate(sites.villages):
        if site.population > 900 and rng.random() < 0.6:
            at = _near(mesh.points[sites.point("village", k)], rng)
            tonnes = float(rng.choice([50.0, 100.0, 200.0]))
            name = site.fact.name + "消防水池"
            found.append(WaterSource(f"w{site.fact.code[-6:]}", name, "tank", at, tonnes, None))
    wet = [p for p in pieces if (p.bridge or p.ford) and RANK[p.road_class] >= RANK["secondary"]]
    inside = np.asarray(
        shapely.contains(sites.facts.county, shapely.points(np.array([p.line[0] for p in wet])))
    )
    for n, piece in enumerate(p for p, home in zip(wet, inside, strict=True) if home and rng.random() < 0.55):
        season = "06-01/10-31" if rng.random() < 0.4 else ""
        found.append(
            WaterSource(
                f"ws{n + 1:03d}",
                f"取水点{n + 1}",
                "suction_point",
                _near(piece.line[0], rng),
                None,
                None,
                True,
                season,
            )
        )
    return _fitted(found)


def _fitted(found: list[WaterSource]) -> tuple[WaterSource, ...]:
    """Lifts and places to fill at, from a stream of their own; of one source in eight nobody has measured the lift."""
    rng = stream(21)
    fitted = []
    for source in found:
        measured, share = rng.random() > 0.125, float(rng.random())
        if source.kind == "crane":
            source = replace(source, fill_places=2)
        elif source.kind == "tank":
            source = replace(source, lift_metres=round(1.5 + 3.0 * share, 1) if measured else None)
        elif source.kind == "suction_point":
            source = replace(source, lift_metres=round(1.0 + 7.5 * share, 1) if measured else None)
        fitted.append(source)
    return tuple(fitted)


def make_forests(sites: Sites) -> tuple[Forest, ...]:
    """High rough ground without houses, as joined triangles of the open mesh's points."""
    mesh = sites.mesh
    open_ground = (mesh.ground == int(Ground.OPEN)) & mesh.inside & (ruggedness(mesh.points) > 0.4)
    points = mesh.points[open_ground]
    homes = np.array([mesh.points[sites.point("village", k)] for k in range(len(sites.villages))])
    away = np.asarray(cKDTree(homes).query(points)[0])
    wooded = points[(height(points) > 1010.0) & (away > 650.0)]
    seats = np.array([seat.at for seat in sites.seats])
    nearest = np.asarray(cKDTree(seats).query(wooded)[1])
    found: list[Forest] = []
    for town, seat in enumerate(sites.seats):
        area = shapely.union_all([_hexagon(point) for point in wooded[nearest == town]])
        area = shapely.intersection(area, sites.facts.county).simplify(60.0)
        parts = [part for part in shapely.get_parts(area) if part.geom_type == "Polygon" and part.area > 4e5]
        parts.sort(key=lambda part: (-part.area, part.centroid.x))
        for n, part in enumerate(parts, start=1):
            shape = shapely.make_valid(shape_to_lonlat(part))
            if isinstance(shape, Polygon | MultiPolygon):
                code = f"f{seat.fact.code[-3:]}-{n:02d}"
                found.append(Forest(code, f"{seat.fact.short}林区{n}", shape))
    return tuple(found)


def _hexagon(at: Floats) -> Polygon:
    corners = np.array(
        [(260, 0), (130, 225), (-130, 225), (-260, 0), (-130, -225), (130, -225)], dtype=np.float64
    )
    return Polygon(at + corners)


def _near(at: Floats, rng: np.random.Generator) -> Point:
    lon, lat = to_lonlat(at + (rng.random(2) - 0.5) * 2.0 * _OFF_ROAD)
    return Point(float(lon), float(lat))
