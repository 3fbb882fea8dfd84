"""Map tiles say what the county says, cut at the right place, at the right zoom."""

from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import numpy as np
import pytest
import shapely
from shapely.geometry import shape

from dispatch.console.ground import Ground, lay_ground, to_square
from dispatch.console.tiles import BUFFER, EXTENT, encode_tile, tiles_over
from gis_data.model import County
from tests.rules.osm_world import LAT, LON, STEP, World, grid

LAYERS = {"forest", "zones", "boundary", "roads", "water_sources", "places", "towns"}
Features = list[dict[str, Any]]


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    world = World()
    grid(world, 12)
    world.way([(0, 0), (0, 4), (5, 4)], highway="primary", name="长晋线", bridge="yes")
    world.way([(5, 4), (9, 4)], highway="footway")
    world.node(2.5, -2.5, {"place": "village", "name": "王村"}, new=True)
    world.node(8.5, -8.5, {"place": "town", "name": "南村镇"}, new=True)
    world.node(4.5, -4.5, {"place": "hamlet", "name": "小庄"}, new=True)
    world.node(3.5, -3.5, {"emergency": "fire_hydrant"}, new=True)
    world.area(-3, 5, 6, 4, {"natural": "wood", "name": "北山"})
    county, _ = world.import_into(tmp_path_factory.mktemp("tiles"))
    return county


@pytest.fixture(scope="module")
def ground(county: County) -> Ground:
    return lay_ground(county)


def tile_of(x: float, y: float, z: int) -> tuple[int, int, int]:
    """The tile that holds a spot of the squared paper."""
    u, v = to_square(np.array([[LON + x * STEP, LAT + y * STEP]]))[0]
    return z, int(u * 2**z), int(v * 2**z)


def decoded(ground: Ground, tile: tuple[int, int, int]) -> dict[str, Features]:
    found = mapbox_vector_tile.decode(
        encode_tile(ground, *tile), default_options={"y_coord_down": True, "geojson": True}
    )
    return {name: layer["features"] for name, layer in found.items()}


def test_an_overview_holds_every_layer_but_only_great_roads(ground: Ground) -> None:
    layers = decoded(ground, tile_of(0, 0, 9))
    assert set(layers) == {"forest", "zones", "boundary", "roads", "towns"}
    assert {road["properties"]["class"] for road in layers["roads"]} == {"primary"}
    assert all("id" not in road["properties"] for road in layers["roads"])


def test_a_close_view_holds_every_piece_with_its_id(ground: Ground, county: County) -> None:
    seen: set[str] = set()
    for tile in tiles_over(ground.bounds, 14):
        if tile[0] == 14:
            roads = decoded(ground, tile).get("roads", [])
            seen |= {road["properties"]["id"] for road in roads}
    assert seen == set(county.roads.ids)


def test_a_road_says_its_class_name_and_bridge(ground: Ground) -> None:
    roads = decoded(ground, tile_of(0, 2, 14))["roads"]
    primary = next(road["properties"] for road in roads if road["properties"]["class"] == "primary")
    assert primary["name"] == "长晋线"
    assert primary["bridge"] is True
    assert "synthetic" not in primary


@pytest.mark.parametrize(
    ("zoom", "kinds", "classes", "water"),
    [
        (10, set(), {"primary"}, False),
        (11, {"village"}, {"primary", "residential"}, False),
        (12, {"village"}, {"primary", "residential"}, True),
        (13, {"village", "hamlet"}, {"primary", "residential", "footway"}, True),
    ],
)
def test_small_things_appear_as_one_comes_closer(
    ground: Ground, zoom: int, kinds: set[str], classes: set[str], water: bool
) -> None:
    every = [decoded(ground, tile) for tile in tiles_over(ground.bounds, zoom) if tile[0] == zoom]
    places = {place["properties"]["kind"] for layers in every for place in layers.get("places", [])}
    roads = {road["properties"]["class"] for layers in every for road in layers.get("roads", [])}
    assert places == kinds
    assert roads == classes
    assert any("water_sources" in layers for layers in every) is water


def test_positions_come_back_within_half_a_unit_of_the_tile(ground: Ground, county: County) -> None:
    place = next(p for p in county.places if p.name == "王村")
    z, x, y = tile_of(2.5, -2.5, 14)
    drawn = next(f for f in decoded(ground, (z, x, y))["places"] if f["properties"]["code"] == place.code)[
        "geometry"
    ]["coordinates"]
    u, v = (drawn[0] / EXTENT + x) / 2**z, (drawn[1] / EXTENT + y) / 2**z
    lon = u * 360.0 - 180.0
    lat = math.degrees(math.atan(math.sinh(math.pi * (1.0 - 2.0 * v))))
    unit = 360.0 / 2**z / EXTENT
    assert lon == pytest.approx(place.position.x, abs=0.51 * unit)
    assert lat == pytest.approx(place.position.y, abs=0.51 * unit)


def test_nothing_reaches_further_than_the_buffer(ground: Ground) -> None:
    for tile in tiles_over(ground.bounds, 15):
        if tile[0] < 13:
            continue
        for features in decoded(ground, tile).values():
            for feature in features:
                west, north, east, south = shape(feature["geometry"]).bounds
                assert min(west, north) >= -BUFFER - 1
                assert max(east, south) <= EXTENT + BUFFER + 1


def test_neighbouring_tiles_meet(ground: Ground) -> None:
    """A road that crosses the edge is drawn in both, at the same height."""
    z, x, y = tile_of(6, -5, 17)
    for _ in range(6):
        left, right = (decoded(ground, (z, column, y)).get("roads", []) for column in (x - 1, x))
        crossing = {f["properties"]["id"] for f in left} & {f["properties"]["id"] for f in right}
        for name in crossing:
            one, other = (
                shape(next(f["geometry"] for f in side if f["properties"]["id"] == name))
                for side in (left, right)
            )
            at_edge = shapely.intersection(one, shapely.box(EXTENT - 1, -99, EXTENT + 1, EXTENT + 99)).bounds
            beyond = shapely.intersection(other, shapely.box(-1, -99, 1, EXTENT + 99)).bounds
            assert at_edge[1] == pytest.approx(beyond[1], abs=2.0)
        if crossing:
            return
        y += 1
    raise AssertionError("no road crosses this edge: choose another")


def test_forests_are_valid_and_wound_as_the_format_asks(ground: Ground) -> None:
    seen = 0
    for tile in tiles_over(ground.bounds, 14):
        for feature in decoded(ground, tile).get("forest", []):
            area = shape(feature["geometry"])
            assert area.is_valid
            for part in shapely.get_parts(area):
                # The format wants a positive surveyor's area with y downwards: counter-clockwise in plain numbers.
                assert shapely.is_ccw(part.exterior)
            seen += 1
    assert seen


def test_borders_are_lines_so_that_no_tile_edge_is_drawn(ground: Ground) -> None:
    for tile in tiles_over(ground.bounds, 13):
        layers = decoded(ground, tile)
        for feature in (*layers.get("boundary", []), *layers.get("zones", [])):
            assert feature["geometry"]["type"] in ("LineString", "MultiLineString", "Point")


def test_a_tile_far_away_is_empty(ground: Ground) -> None:
    assert encode_tile(ground, 12, 0, 0) == b""


def test_the_same_ground_gives_the_same_bytes_in_many_threads_at_once(ground: Ground, county: County) -> None:
    tiles = [tile for tile in tiles_over(ground.bounds, 13) if tile[0] >= 11]
    alone = [encode_tile(lay_ground(county), *tile) for tile in tiles]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda tile: encode_tile(ground, *tile), tiles))
    assert together == alone


def test_low_zooms_merge_pieces_into_few_lines(ground: Ground, county: County) -> None:
    assert len(ground.merged_roads.shapes) < len(county.roads) / 10
    assert set(ground.layers) == LAYERS


def test_an_almost_empty_county_can_be_drawn(tmp_path: Path) -> None:
    world = World()
    world.way([(0, 0), (1, 0)])
    bare, _ = world.import_into(tmp_path)
    assert set(decoded(lay_ground(bare), tile_of(0.5, 0, 14))) >= {"roads", "boundary"}
