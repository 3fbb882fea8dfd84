"""The county's ground on the Web Mercator square, indexed layer by layer, ready to be cut into tiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import STRtree
from shapely.geometry.base import BaseGeometry

from gis_data.model import County, Roads

# The whole world is the unit square, y downwards, as tiles count.
MOST_NORTHERN = 85.0511287798066
Properties = Mapping[str, str | bool]

# From which zoom a road class is drawn (tiles of 512 pixels: zoom 12 is 19 m a pixel at the equator).
ROAD_FROM_ZOOM = {
    "motorway": 0,
    "trunk": 0,
    "primary": 0,
    "secondary": 8,
    "tertiary": 9,
    "unclassified": 10,
    "residential": 11,
    "living_street": 11,
    "track": 11,
    "service": 12,
    "path": 13,
    "footway": 13,
}
# From here on every piece is a feature with its own id, so that a page can colour a closed one.
PIECES_FROM_ZOOM = 11
PLACE_FROM_ZOOM = {"town": 10, "village": 11, "hamlet": 13, "group": 13, "landmark": 13}
WATER_FROM_ZOOM = 12
NAMES_FROM_ZOOM = 13


@dataclass(frozen=True, eq=False)
class Layer:
    """Features with the zoom from which each is drawn; `properties[i]` belongs to `shapes[i]`."""

    shapes: NDArray[np.object_]
    from_zoom: NDArray[np.int8]
    properties: Sequence[Properties]
    tree: STRtree

    def within(self, box: BaseGeometry, zoom: int) -> NDArray[np.int64]:
        found = self.tree.query(box)
        return np.sort(found[self.from_zoom[found] <= zoom])


@dataclass(frozen=True, eq=False)
class Ground:
    """Layers in the order in which a page paints them. `merged_roads` serves the zooms before `PIECES_FROM_ZOOM`."""

    layers: Mapping[str, Layer]
    merged_roads: Layer
    bounds: tuple[float, float, float, float]


def lay_ground(county: County) -> Ground:
    """All that is drawn of a county but what moves: forces are live and never in a tile."""
    pieces = _road_shapes(county.roads)
    layers = {
        "forest": _layer(
            [f.area for f in county.forests],
            [{"name": f.name, "synthetic": f.synthetic} for f in county.forests],
        ),
        "zones": _zones(county),
        "boundary": _layer([county.boundary.boundary], [{"code": county.code, "name": county.name.zh}]),
        "roads": _roads(county.roads, pieces),
        "water_sources": _layer(
            [w.position for w in county.water_sources],
            [
                {
                    "code": w.code,
                    "kind": w.kind,
                    "name": w.name,
                    "unusable": not w.usable,
                    "synthetic": w.synthetic,
                }
                for w in county.water_sources
            ],
            [WATER_FROM_ZOOM] * len(county.water_sources),
        ),
        "places": _layer(
            [p.position for p in county.places],
            [
                {"code": p.code, "kind": p.kind, "name": p.name, "synthetic": p.synthetic}
                for p in county.places
            ],
            [PLACE_FROM_ZOOM.get(p.kind, 13) for p in county.places],
        ),
        "towns": _layer(
            [t.seat for t in county.towns],
            [{"code": t.code, "name": t.name, "synthetic": t.synthetic} for t in county.towns],
        ),
    }
    full = [shapely.total_bounds(layer.shapes) for layer in layers.values() if len(layer.shapes)]
    low, high = np.min([b[:2] for b in full], axis=0), np.max([b[2:] for b in full], axis=0)
    return Ground(
        layers=layers,
        merged_roads=_merged_roads(county.roads, pieces),
        bounds=(float(low[0]), float(low[1]), float(high[0]), float(high[1])),
    )


def to_square(coords: NDArray[np.float64]) -> NDArray[np.float64]:
    """Longitude, latitude on the unit square of Web Mercator."""
    latitude = np.radians(np.clip(coords[:, 1], -MOST_NORTHERN, MOST_NORTHERN))
    y = 0.5 - np.arcsinh(np.tan(latitude)) / (2.0 * np.pi)
    return np.column_stack(((coords[:, 0] + 180.0) / 360.0, y))


def _road_shapes(roads: Roads) -> NDArray[np.object_]:
    rows = np.repeat(np.arange(len(roads)), np.diff(roads.starts))
    return np.asarray(shapely.linestrings(to_square(np.asarray(roads.coords)), indices=rows), dtype=object)


def _roads(roads: Roads, shapes: NDArray[np.object_]) -> Layer:
    properties: list[Properties] = [
        {
            "id": name,
            "class": road_class,
            "name": called,
            "bridge": bool(bridge),
            "synthetic": bool(synthetic),
        }
        for name, road_class, called, bridge, synthetic in zip(
            roads.ids, roads.classes, roads.names, roads.bridge, roads.synthetic, strict=True
        )
    ]
    return _indexed(shapes, properties, [_road_zoom(road_class) for road_class in roads.classes])


def _merged_roads(roads: Roads, shapes: NDArray[np.object_]) -> Layer:
    """Pieces of one class joined into long lines: far fewer features, which also simplify better."""
    kinds = sorted(set(zip(roads.classes, roads.synthetic.tolist(), strict=True)))
    classes, synthetic = np.array(roads.classes), roads.synthetic
    lines: list[BaseGeometry] = []
    properties: list[Properties] = []
    zooms: list[int] = []
    for road_class, made in kinds:
        if _road_zoom(road_class) >= PIECES_FROM_ZOOM:
            continue
        chosen = shapes[(classes == road_class) & (synthetic == made)]
        parts = shapely.get_parts(shapely.line_merge(shapely.multilinestrings(list(chosen))))
        lines += list(parts)
        properties += [{"class": road_class, "synthetic": made}] * len(parts)
        zooms += [_road_zoom(road_class)] * len(parts)
    return _indexed(np.array(lines, dtype=object), properties, zooms)


def _road_zoom(road_class: str) -> int:
    return ROAD_FROM_ZOOM.get(road_class, 12)


def _zones(county: County) -> Layer:
    """Borders once, though two zones share them, and a point for each zone's name."""
    if not county.zones:
        return _layer([], [])
    borders = shapely.line_merge(shapely.union_all([zone.area.boundary for zone in county.zones]))
    points = [zone.area.representative_point() for zone in county.zones]
    names: list[Properties] = [
        {"code": zone.code, "name": zone.name.zh, "brigade": zone.brigade, "synthetic": zone.synthetic}
        for zone in county.zones
    ]
    return _layer([borders, *points], [{}, *names])


def _layer(
    shapes: Sequence[BaseGeometry], properties: Sequence[Properties], zooms: Sequence[int] | None = None
) -> Layer:
    """Of shapes in degrees."""
    flat = np.empty(len(shapes), dtype=object)
    flat[:] = shapes
    moved = shapely.transform(flat, to_square) if len(flat) else flat
    return _indexed(np.asarray(moved, dtype=object), properties, zooms or [0] * len(flat))


def _indexed(shapes: NDArray[np.object_], properties: Sequence[Properties], zooms: Sequence[int]) -> Layer:
    return Layer(shapes, np.array(zooms, dtype=np.int8), properties, STRtree(shapes))
