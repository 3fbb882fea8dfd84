"""Where water can be had, and where forest can burn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import shapely
from shapely import LineString, MultiPolygon, Point, Polygon, STRtree

from gis_data.crs import Projection
from gis_data.model import Forest, WaterSource
from gis_data.osm.names import local_name
from gis_data.osm.outline import in_metres, snapped
from gis_data.osm.pieces import AT_ONCE, METRES_PER_STEP, Line, Piece
from gis_data.osm.raw import Extract, RawArea, Tags
from gis_data.osm.report import Tally
from gis_data.osm.values import parse_flow_lps, parse_volume_tonnes
from gis_data.osm.way import DRIVABLE

NEAR_ROAD_METRES = 60.0  # as far as a suction hose with a portable pump reaches from the engine
LEAST_POND_SQUARE_METRES = 100.0
LEAST_FOREST_SQUARE_METRES = 5000.0
_FOREST_DETAIL_DEGREES = 2e-5

_EMERGENCY = {
    "fire_hydrant": "hydrant",
    "water_tank": "tank",
    "suction_point": "suction_point",
    "fire_water_pond": "pond",
}
_MAN_MADE = {
    "water_tower": "water_tower",
    "water_tank": "tank",
    "reservoir_covered": "tank",
    "storage_tank": "tank",
}
_FLOW_KEYS = ("fire_hydrant:flow_rate", "fire_hydrant:flow_capacity", "flow_rate", "flow_capacity")
_VOLUME_KEYS = ("water_tank:volume", "water_volume", "volume", "capacity")


def read_water(
    extract: Extract,
    outline: Polygon | MultiPolygon,
    pieces: Sequence[Piece],
    projection: Projection,
    tally: Tally,
) -> tuple[WaterSource, ...]:
    """Hydrants, tanks, suction points and fire ponds, and open water that an engine can get near."""
    shapely.prepare(outline)
    found: list[WaterSource] = []
    open_water: list[RawArea] = []
    for thing in extract.things:
        kind = _kind(thing.tags)
        if kind is None:
            if isinstance(thing, RawArea) and _is_open_water(thing.tags):
                open_water.append(thing)
            continue
        at = thing.at
        if not outline.contains(at):
            tally.drop("water sources", "outside the county")
            continue
        found.append(_source(thing.code, kind, thing.tags, at))
        tally.take(f"water sources: {kind}")
    own = [area for area in open_water if outline.intersects(area.area)]
    tally.drop("water sources", "outside the county", len(open_water) - len(own))
    found += _open_sources(own, outline, pieces, projection, tally)
    return tuple(sorted(found, key=lambda s: (s.code[0], int(s.code[1:]))))


def read_forests(
    areas: Sequence[RawArea], reach: Polygon | MultiPolygon, projection: Projection, tally: Tally
) -> tuple[Forest, ...]:
    forests: list[Forest] = []
    for raw in areas:
        if raw.tags.get("natural") != "wood" and raw.tags.get("landuse") != "forest":
            continue
        if not reach.intersects(raw.area):
            tally.drop("forests", "far outside the county")
            continue
        area = snapped(_simple(raw.area))
        if area.is_empty or in_metres(area, projection).area < LEAST_FOREST_SQUARE_METRES:
            tally.drop("forests", "under half a hectare")
            continue
        forests.append(Forest(raw.id, local_name(raw.tags), area, synthetic=False))
    tally.take("forests", len(forests))
    return tuple(forests)


def _simple(area: Polygon | MultiPolygon) -> Polygon | MultiPolygon:
    """A couple of metres less detail: nobody fights a fire at a leaf's edge, and pages draw it faster."""
    simple = shapely.simplify(area, _FOREST_DETAIL_DEGREES, preserve_topology=True)
    return simple if simple.is_valid and not simple.is_empty else area


def _kind(tags: Tags) -> str | None:
    kind = _EMERGENCY.get(tags.get("emergency", ""))
    if kind is not None:
        pond = kind == "hydrant" and tags.get("fire_hydrant:type") == "pond"
        return "pond" if pond else kind
    if tags.get("amenity") == "water_point":
        return "standpipe"
    kind = _MAN_MADE.get(tags.get("man_made", ""))
    holds_water = tags.get("content", "water") in ("water", "drinking_water") if kind == "tank" else True
    stored_word = tags.get("man_made") != "storage_tank" or tags.get("content") in ("water", "drinking_water")
    return kind if kind and holds_water and stored_word else None


def _is_open_water(tags: Tags) -> bool:
    if tags.get("natural") == "water":
        return tags.get("water") not in ("wastewater", "fountain", "river", "stream", "ditch")
    return tags.get("landuse") in ("reservoir", "basin") and tags.get("intermittent") != "yes"


def _source(code: str, kind: str, tags: Tags, at: Point) -> WaterSource:
    return WaterSource(
        code=code,
        name=local_name(tags) or tags.get("ref", "").strip(),
        kind=kind,
        position=Point(round(at.x, 7), round(at.y, 7)),
        capacity_tonnes=_first(tags, _VOLUME_KEYS, parse_volume_tonnes),
        flow_lps=_first(tags, _FLOW_KEYS, parse_flow_lps) if kind == "hydrant" else None,
        usable=not _out_of_use(tags),
        synthetic=False,
    )


def _out_of_use(tags: Tags) -> bool:
    gone = any(tags.get(key) == "yes" for key in ("disused", "abandoned", "demolished"))
    return gone or tags.get("operational_status", "") in (
        "closed",
        "broken",
        "out_of_order",
        "non-operational",
    )


def _first(tags: Tags, keys: Sequence[str], parse: Callable[[str], float]) -> float | None:
    for key in keys:
        value = parse(tags[key]) if key in tags else None
        if value is not None and value == value:
            return round(value, 2)
    return None


def _open_sources(
    waters: Sequence[RawArea],
    outline: Polygon | MultiPolygon,
    pieces: Sequence[Piece],
    projection: Projection,
    tally: Tally,
) -> list[WaterSource]:
    """The spot on the bank that lies nearest to a drivable road, where one lies near enough."""
    lines = _lines_beside(waters, pieces)
    roads = [_metric_line(line, projection) for line in lines]
    tree = STRtree(roads)
    found: list[WaterSource] = []
    for raw in waters:
        area = in_metres(raw.area, projection)
        if area.area < LEAST_POND_SQUARE_METRES:
            tally.drop("water sources", "open water under 100 m²")
            continue
        if not roads:
            tally.drop("water sources", "open water that no road comes near")
            continue
        nearest = roads[int(np.atleast_1d(tree.nearest(area.boundary))[0])]
        bank = shapely.shortest_line(area.boundary, nearest)
        if bank.length > NEAR_ROAD_METRES:
            tally.drop("water sources", "open water that no road comes near")
            continue
        at = Point(*(float(degrees) for degrees in projection.to_lonlat(*bank.coords[0])))
        if not outline.contains(at):
            tally.drop("water sources", "outside the county")
            continue
        found.append(_source(raw.id, "pond", raw.tags, at))
        tally.take("water sources: pond")
    return found


def _lines_beside(waters: Sequence[RawArea], pieces: Sequence[Piece]) -> list[Line]:
    """Drivable roads that may lie near enough to a water: of a province's roads a few, and only they become shapes."""
    if not waters:
        return []
    west, south, east, north = shapely.bounds([raw.area for raw in waters]).T
    high = 2.0 * NEAR_ROAD_METRES / (METRES_PER_STEP * 1e7)
    wide = high / np.cos(np.radians(np.minimum(85.0, np.maximum(abs(south), abs(north)))))
    banks = STRtree(shapely.box(west - wide, south - high, east + wide, north + high))
    drivable = [p.line for p in pieces if p.facts.road_class in DRIVABLE and p.facts.access != "no"]
    found: list[Line] = []
    for first in range(0, len(drivable), AT_ONCE):
        some = drivable[first : first + AT_ONCE]
        low = np.array([line.min(axis=0) for line in some]) / 1e7
        high_end = np.array([line.max(axis=0) for line in some]) / 1e7
        near = banks.query(shapely.box(low[:, 0], low[:, 1], high_end[:, 0], high_end[:, 1]))[0]
        found += [some[at] for at in np.unique(near).tolist()]
    return found


def _metric_line(line: Line, projection: Projection) -> LineString:
    coords = line.astype(np.float64) / 1e7
    return LineString(np.column_stack(projection.to_metres(coords[:, 0], coords[:, 1])))
