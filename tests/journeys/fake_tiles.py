"""Vector tiles of the invented county: winding roads, villages, a little water."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from functools import cache

import mapbox_vector_tile
from shapely import LineString, Point, box
from shapely.geometry.base import BaseGeometry

from tests.journeys.fake_board import EAST, NORTH, SOUTH, TOWNS, WEST, Card, seat


@cache
def _lines() -> tuple[tuple[LineString, str], ...]:
    """Roads that wind from town to town, and lanes that wind from the roads into nothing."""
    chance = random.Random(140525)
    found = []
    for a in range(len(TOWNS)):
        for b in range(a + 1, len(TOWNS)):
            if math.dist(seat(a), seat(b)) < 0.27:
                found.append(
                    (_winding(chance, seat(a), seat(b), 24), chance.choice(("primary", "secondary", "trunk")))
                )
    for _ in range(900):
        start = (chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH))
        end = (start[0] + chance.gauss(0, 0.012), start[1] + chance.gauss(0, 0.012))
        kind = chance.choice(("tertiary", "unclassified", "residential", "track"))
        found.append((_winding(chance, start, end, 6), kind))
    return tuple(found)


def _winding(chance: random.Random, a: tuple[float, float], b: tuple[float, float], steps: int) -> LineString:
    wobble = math.dist(a, b) / steps * 0.5
    middle = [
        (
            a[0] + (b[0] - a[0]) * i / steps + chance.gauss(0, wobble),
            a[1] + (b[1] - a[1]) * i / steps + chance.gauss(0, wobble),
        )
        for i in range(1, steps)
    ]
    return LineString([a, *middle, b])


def tile(z: int, x: int, y: int) -> bytes:
    west, south, east, north = _bounds(z, x, y)
    window = box(west, south, east, north).buffer((east - west) * 0.05)

    def features(rows: Sequence[tuple[BaseGeometry, Card]]) -> list[Card]:
        return [
            {"geometry": geometry.intersection(window), "properties": properties}
            for geometry, properties in rows
            if geometry.intersects(window)
        ]

    chance = random.Random(7)
    villages: list[tuple[BaseGeometry, Card]] = [
        (
            Point(chance.uniform(WEST, EAST), chance.uniform(SOUTH, NORTH)),
            {"name": _village(chance), "kind": "village"},
        )
        for _ in range(220)
    ]
    lon, lat = seat(2)
    water: list[tuple[BaseGeometry, Card]] = [
        (Point(lon + 0.025, lat + 0.03), {"code": "w1", "kind": "pond", "name": "", "unusable": False}),
        (
            Point(lon + 0.02, lat + 0.035),
            {"code": "w2", "kind": "hydrant", "name": "渠头消火栓", "unusable": False},
        ),
        (Point(lon + 0.021, lat + 0.03), {"code": "w3", "kind": "tank", "name": "", "unusable": True}),
    ]
    layers: dict[str, Sequence[tuple[BaseGeometry, Card]]] = {
        "water_sources": water if z >= 12 else [],
        "boundary": [(box(WEST, SOUTH, EAST, NORTH).exterior, {})],
        "roads": [(line, {"class": kind, "name": ""}) for line, kind in _lines()],
        "towns": [(Point(seat(i)), {"name": town}) for i, town in enumerate(TOWNS)],
        "places": villages,
    }
    return bytes(
        mapbox_vector_tile.encode(
            [{"name": name, "features": features(rows)} for name, rows in layers.items()],
            default_options={"quantize_bounds": (west, south, east, north), "extents": 4096},
        )
    )


def _village(chance: random.Random) -> str:
    return "".join(chance.choice(part) for part in ("李王张刘陈赵", "家河山沟岭", "庄村沟坪"))


def _bounds(z: int, x: int, y: int) -> tuple[float, float, float, float]:
    """Linear within a tile, which is near enough for a picture."""

    def lat(row: int) -> float:
        return math.degrees(math.atan(math.sinh(math.pi * (1 - 2 * row / 2**z))))

    return x / 2**z * 360 - 180, lat(y + 1), (x + 1) / 2**z * 360 - 180, lat(y)
