"""The county's outline: the boundary in the extract that fits its roads best, or one drawn around the roads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString, MultiLineString, MultiPolygon, Polygon

from gis_data.crs import Projection
from gis_data.osm.raw import RawArea, Tags
from gis_data.osm.report import Tally

# A boundary is the county's when it holds at least this share of the roads; of several the smallest is taken.
WHOLE_SHARE = 0.8
# … or, where the extract was cut with much around it, the one with most roads if it holds at least this share.
MAIN_SHARE = 0.4
GROW_METRES = 1500.0
SHRINK_METRES = 1200.0
_STEP = 1e-7


@dataclass(frozen=True, slots=True)
class Outline:
    area: Polygon | MultiPolygon
    tags: Tags
    level: int | None


def choose_outline(
    areas: Sequence[RawArea], road_points: NDArray[np.float64], projection: Projection, tally: Tally
) -> Outline:
    """`road_points` stand along the roads: lon, lat, and the metres that each stands for."""
    candidates = [area for area in areas if _level(area) is not None and area.id[0] == "r"]
    points = shapely.points(road_points[:, :2])
    weight = road_points[:, 2]
    shares = []
    for area in candidates:
        shapely.prepare(area.area)
        shares.append(float(weight[shapely.contains(area.area, points)].sum() / weight.sum()))
    whole = [i for i, share in enumerate(shares) if share >= WHOLE_SHARE]
    main = [i for i, share in enumerate(shares) if share >= MAIN_SHARE]
    if whole:
        best = min(whole, key=lambda i: (candidates[i].area.area, candidates[i].id))
    elif main:
        best = min(main, key=lambda i: (-shares[i], candidates[i].area.area, candidates[i].id))
    else:
        tally.note(
            "no administrative boundary in it holds most of the roads: the outline is drawn round them"
        )
        tally.make("boundary")
        return Outline(_around(road_points[:, :2], projection), {}, None)
    chosen = candidates[best]
    tally.take("boundary")
    tally.note(
        f"the outline is {chosen.tags.get('name', chosen.id)} (admin_level {_level(chosen)}),"
        f" which holds {shares[best]:.0%} of the roads"
    )
    return Outline(snapped(chosen.area), chosen.tags, _level(chosen))


def districts(areas: Sequence[RawArea], outline: Outline, projection: Projection) -> tuple[RawArea, ...]:
    """The administrative areas one level below that tile the outline; none where the extract has no full set."""
    if outline.level is None:
        return ()
    whole = in_metres(outline.area, projection)
    by_level: dict[int, list[RawArea]] = {}
    for area in areas:
        level = _level(area)
        if level is None or level <= outline.level or area.id[0] != "r" or not area.tags.get("name"):
            continue
        if outline.area.contains(area.area.representative_point()):
            by_level.setdefault(level, []).append(area)
    for level in sorted(by_level, reverse=True):
        covered = sum(in_metres(area.area, projection).intersection(whole).area for area in by_level[level])
        if 2 <= len(by_level[level]) <= 80 and 0.9 <= covered / whole.area <= 1.05 and level <= 8:
            return tuple(by_level[level])
    return ()


def in_metres(area: Polygon | MultiPolygon, projection: Projection) -> Polygon | MultiPolygon:
    moved = shapely.transform(area, lambda c: np.column_stack(projection.to_metres(c[:, 0], c[:, 1])))
    return moved if moved.is_valid else moved.buffer(0)


def in_degrees(area: Polygon | MultiPolygon, projection: Projection) -> Polygon | MultiPolygon:
    return shapely.transform(area, lambda c: np.column_stack(projection.to_lonlat(c[:, 0], c[:, 1])))


def lines_in_degrees(
    lines: LineString | MultiLineString, projection: Projection
) -> LineString | MultiLineString:
    return shapely.transform(lines, lambda c: np.column_stack(projection.to_lonlat(c[:, 0], c[:, 1])))


def snapped(area: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """On the 1e-7° grid that the folder keeps, and valid there."""
    exact = shapely.set_precision(area, _STEP)
    parts = [part for part in shapely.get_parts(exact) if isinstance(part, Polygon) and not part.is_empty]
    return parts[0] if len(parts) == 1 else MultiPolygon(parts)


def _level(area: RawArea) -> int | None:
    """Its admin_level, None where it is no administrative boundary."""
    if area.tags.get("boundary") != "administrative" or area.area.is_empty:
        return None
    word = area.tags.get("admin_level", "").split(";")[0].strip()
    return int(word) if word.isdigit() else None


def _around(points: NDArray[np.float64], projection: Projection) -> Polygon | MultiPolygon:
    """Where roads are: their points grown and shrunk again, holes filled, small specks dropped."""
    x, y = projection.to_metres(points[:, 0], points[:, 1])
    cells = np.unique(np.column_stack([np.rint(x / 250.0), np.rint(y / 250.0)]), axis=0) * 250.0
    grown = shapely.union_all(shapely.buffer(shapely.points(cells), GROW_METRES, quad_segs=4))
    shrunk = grown.buffer(-SHRINK_METRES, quad_segs=4).simplify(50.0)
    parts = [Polygon(part.exterior) for part in shapely.get_parts(shrunk) if not part.is_empty]
    largest = max(part.area for part in parts)
    kept = [part for part in parts if part.area >= 0.05 * largest]
    area = kept[0] if len(kept) == 1 else MultiPolygon(kept)
    return snapped(in_degrees(area, projection))
