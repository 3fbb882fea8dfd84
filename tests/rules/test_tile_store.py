"""Tiles are cut once and kept; a cache that cannot be used is only slower."""

from __future__ import annotations

import gzip
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.console import tiles
from dispatch.console.tiles import TileStore, encode_tile, tiles_over
from gis_data.model import County
from tests.rules.osm_world import World, grid


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> County:
    world = World()
    grid(world)
    world.node(2.5, -2.5, {"place": "village", "name": "王村"}, new=True)
    county, _ = world.import_into(tmp_path_factory.mktemp("store"))
    return county


def some_tile(store: TileStore) -> tuple[int, int, int]:
    return next(tile for tile in tiles_over(store.ground().bounds, 13) if tile[0] == 13)


def archive(folder: Path) -> sqlite3.Connection:
    (file,) = folder.glob("*.mbtiles")
    return sqlite3.connect(file)


def test_a_tile_is_cut_once_and_then_read_from_the_file(county: County, tmp_path: Path) -> None:
    store = TileStore(tmp_path, county)
    tile = some_tile(store)
    data = store.tile(*tile)
    assert gzip.decompress(data) == encode_tile(store.ground(), *tile)
    store.close()
    again = TileStore(tmp_path, county)
    assert again.tile(*tile) == data
    assert again._ground is None, "nothing had to be laid out"
    again.close()


def test_the_file_is_an_mbtiles_with_its_source_named(county: County, tmp_path: Path) -> None:
    store = TileStore(tmp_path, county)
    z, x, y = some_tile(store)
    data = store.tile(z, x, y)
    store.close()
    with archive(tmp_path) as kept:
        about = dict(kept.execute("select name, value from metadata"))
        row = kept.execute(
            "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?",
            (z, x, 2**z - 1 - y),
        ).fetchone()
    assert about["format"] == "pbf"
    assert about["digest"] == county.digest
    assert "OpenStreetMap" in about["attribution"]
    assert bytes(row[0]) == data


def test_low_zooms_are_made_ahead(county: County, tmp_path: Path) -> None:
    store = TileStore(tmp_path, county)
    made = store.make_ahead(8)
    store.close()
    with archive(tmp_path) as kept:
        zooms = [zoom for (zoom,) in kept.execute("select distinct zoom_level from tiles order by 1")]
        assert kept.execute("select count(*) from tiles").fetchone()[0] == made
    assert zooms == list(range(9))


def test_an_empty_tile_is_remembered_as_empty(county: County, tmp_path: Path) -> None:
    store = TileStore(tmp_path, county)
    assert store.tile(12, 0, 0) == b""
    assert store.tile(12, 0, 0) == b""
    store.close()
    with archive(tmp_path) as kept:
        assert kept.execute("select length(tile_data) from tiles").fetchall() == [(0,)]


@pytest.mark.parametrize("tile", [(-1, 0, 0), (3, 8, 0), (3, 0, -1), (17, 0, 0)])
def test_a_tile_that_cannot_be_is_empty(county: County, tmp_path: Path, tile: tuple[int, int, int]) -> None:
    store = TileStore(tmp_path, county)
    assert store.tile(*tile) == b""
    store.close()


def test_another_county_or_version_has_a_file_of_its_own_and_old_ones_go(
    county: County, tmp_path: Path
) -> None:
    for version in range(tiles.KEPT_FILES + 3):
        store = TileStore(tmp_path, replace(county, digest=f"{version:064d}"[::-1]))
        store.tile(0, 0, 0)
        store.close()
    other = TileStore(tmp_path, replace(county, code="other"))
    other.close()
    assert len(list(tmp_path.glob("little-*.mbtiles"))) == tiles.KEPT_FILES
    assert len(list(tmp_path.glob("other-*.mbtiles"))) == 1


def test_a_torn_file_is_made_again(county: County, tmp_path: Path) -> None:
    store = TileStore(tmp_path, county)
    tile = some_tile(store)
    data = store.tile(*tile)
    store.close()
    (file,) = tmp_path.glob("*.mbtiles")
    file.write_bytes(b"this is no database" * 100)
    again = TileStore(tmp_path, county)
    assert again.tile(*tile) == data
    again.close()


def test_without_a_place_to_keep_them_tiles_are_still_cut(
    county: County, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    store = TileStore(blocked / "tiles", county)
    assert gzip.decompress(store.tile(*some_tile(store)))
    assert "not kept" in caplog.text
    store.close()


def test_many_threads_and_two_stores_share_one_file(county: County, tmp_path: Path) -> None:
    stores = [TileStore(tmp_path, county), TileStore(tmp_path, county)]
    wanted = [tile for tile in tiles_over(stores[0].ground().bounds, 14) if tile[0] >= 12] * 4
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda job: stores[job[0] % 2].tile(*job[1]), enumerate(wanted)))
    fresh = {tile: encode_tile(stores[0].ground(), *tile) for tile in set(wanted)}
    for tile, data in zip(wanted, found, strict=True):
        assert (gzip.decompress(data) if data else b"") == fresh[tile]
    for store in stores:
        store.close()
