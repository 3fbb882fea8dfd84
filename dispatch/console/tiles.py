"""Cuts map tiles out of the county's ground, and keeps them in an MBTiles file so that each is cut once."""

from __future__ import annotations

import gzip
import logging
import math
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import mapbox_vector_tile
import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.console.ground import NAMES_FROM_ZOOM, PIECES_FROM_ZOOM, Ground, Layer, lay_ground
from gis_data.model import County

log = logging.getLogger(__name__)

EXTENT = 4096
BUFFER = 80  # beyond the edge, so that strokes and names are not cut off at it
DETAIL = 3.0  # how far a line may be straightened, in units of the extent: less than half a pixel
LEAST_AREA = 64.0  # of a patch of forest, in squares of such units
DEEPEST_ZOOM = 16  # as the API allows; pages stretch zoom 14 further
AHEAD_TO_ZOOM = 11
FORMAT = 1  # goes into the file name: a change in what tiles hold makes old ones unused
KEPT_FILES = 3

_OPTIONS = {"y_coord_down": True, "extents": EXTENT, "check_winding_order": False}


def encode_tile(ground: Ground, z: int, x: int, y: int) -> bytes:
    """The Mapbox vector tile, empty bytes where nothing is drawn. Pure, and safe in several threads at once."""
    side = 1.0 / (1 << z)
    west, north = x * side, y * side
    margin = side * BUFFER / EXTENT
    box = (west - margin, north - margin, west + side + margin, north + side + margin)
    frame = shapely.box(*box)
    layers = []
    for name, layer in ground.layers.items():
        source = ground.merged_roads if name == "roads" and z < PIECES_FROM_ZOOM else layer
        chosen = source.within(frame, z)
        if not len(chosen):
            continue
        shapes = _on_tile(source, chosen, box, (west, north), EXTENT / side)
        features = [
            {"geometry": shape, "properties": _said(source.properties[index], z)}
            for index, shape in zip(chosen, shapes, strict=True)
            if not shape.is_empty
        ]
        if features:
            layers.append({"name": name, "features": features})
    return bytes(mapbox_vector_tile.encode(layers, default_options=_OPTIONS)) if layers else b""


def _on_tile(
    layer: Layer,
    chosen: NDArray[np.int64],
    box: tuple[float, float, float, float],
    corner: tuple[float, float],
    scale: float,
) -> NDArray[np.object_]:
    """Clipped, simplified, and in whole units of the tile, y downwards; what is too small to see becomes empty."""
    shapes = layer.shapes[chosen]
    dimension = shapely.get_dimensions(shapes)
    fine = np.asarray(shapely.clip_by_rect(shapes, *box), dtype=object)
    drawn = dimension > 0
    fine[drawn] = shapely.simplify(fine[drawn], DETAIL / scale, preserve_topology=False)

    def place(coords: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(np.rint((coords - corner) * scale))

    placed = np.asarray(shapely.transform(fine, place), dtype=object)
    lines, areas = dimension == 1, dimension == 2
    placed[lines] = shapely.remove_repeated_points(placed[lines])
    placed[lines & (shapely.length(placed) == 0.0)] = shapely.LineString()
    if areas.any():
        placed[areas] = _patches(placed[areas])
    return placed


def _patches(areas: NDArray[np.object_]) -> NDArray[np.object_]:
    """Polygons that stay valid in whole units, wound as the format asks (outer rings clockwise on the screen)."""
    kept = areas.copy()
    crossed = ~shapely.is_valid(kept)
    if crossed.any():
        kept[crossed] = shapely.set_precision(shapely.make_valid(kept[crossed], method="structure"), 1.0)
    # Collapsed corners may leave lines behind; only surfaces are painted.
    surface = np.isin(shapely.get_type_id(kept), _SURFACES) & (shapely.area(kept) >= LEAST_AREA)
    kept[~surface] = shapely.Polygon()
    return np.asarray(shapely.orient_polygons(kept, exterior_cw=False), dtype=object)


_SURFACES = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


def _said(properties: Mapping[str, str | bool], z: int) -> dict[str, str | bool]:
    """Without empty words and what is not so; road names only where they could be read."""
    named = z >= NAMES_FROM_ZOOM or "class" not in properties
    return {key: value for key, value in properties.items() if value and (named or key != "name")}


class TileStore:
    """The tiles of one county, gzipped. Low zooms can be made ahead; the others are made when first asked for.

    Several threads and several processes may use one folder. A file that cannot be used is only a cache: tiles are
    then cut each time.
    """

    def __init__(self, folder: Path, county: County) -> None:
        self._county = county
        self._ground: Ground | None = None
        self._laying = threading.Lock()
        self._writing = threading.Lock()
        self._file = folder / f"{county.code}-{county.digest[:16]}-{FORMAT}.mbtiles"
        self._archive = _open_archive(self._file, county)

    def tile(self, z: int, x: int, y: int) -> bytes:
        """Gzipped tile, or empty bytes where nothing is drawn or no such tile can be."""
        if not (0 <= z <= DEEPEST_ZOOM and 0 <= x < 1 << z and 0 <= y < 1 << z):
            return b""
        kept = self._read(z, x, y)
        if kept is not None:
            return kept
        plain = encode_tile(self.ground(), z, x, y)
        packed = gzip.compress(plain, 6, mtime=0) if plain else b""
        self._write(z, x, y, packed)
        return packed

    def make_ahead(self, to_zoom: int = AHEAD_TO_ZOOM) -> int:
        """Make all tiles of the low zooms, which every page opens with; how many there are."""
        count = 0
        for z, x, y in tiles_over(self.ground().bounds, to_zoom):
            self.tile(z, x, y)
            count += 1
        return count

    def ground(self) -> Ground:
        with self._laying:
            if self._ground is None:
                self._ground = lay_ground(self._county)
            return self._ground

    def close(self) -> None:
        with self._writing:
            if self._archive is not None:
                self._archive.close()
                self._archive = None

    def _read(self, z: int, x: int, y: int) -> bytes | None:
        with self._writing:
            if self._archive is None:
                return None
            try:
                row = self._archive.execute(
                    "select tile_data from tiles where zoom_level = ? and tile_column = ? and tile_row = ?",
                    (z, x, _counted_from_south(z, y)),
                ).fetchone()
            except sqlite3.Error:
                self._give_up()
                return None
        return None if row is None else bytes(row[0])

    def _write(self, z: int, x: int, y: int, data: bytes) -> None:
        with self._writing:
            if self._archive is None:
                return
            try:
                with self._archive:
                    self._archive.execute(
                        "insert or replace into tiles values (?, ?, ?, ?)",
                        (z, x, _counted_from_south(z, y), data),
                    )
            except sqlite3.Error:
                self._give_up()

    def _give_up(self) -> None:
        log.warning("map tiles are no longer kept: %s cannot be used", self._file, exc_info=True)
        self._archive = None


def tiles_over(bounds: tuple[float, float, float, float], to_zoom: int) -> Iterator[tuple[int, int, int]]:
    """The tiles that a box on the unit square touches, from zoom 0 on."""
    west, north, east, south = bounds
    for z in range(to_zoom + 1):
        size = 1 << z
        columns = range(max(0, math.floor(west * size)), min(size - 1, math.floor(east * size)) + 1)
        rows = range(max(0, math.floor(north * size)), min(size - 1, math.floor(south * size)) + 1)
        yield from ((z, x, y) for x in columns for y in rows)


def _counted_from_south(z: int, y: int) -> int:
    """MBTiles counts rows from the south."""
    return (1 << z) - 1 - y


def _open_archive(file: Path, county: County) -> sqlite3.Connection | None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        _forget_old(file, county.code)
        try:
            return _archive(file, county)
        except sqlite3.DatabaseError:
            # A torn file is worth nothing; it is made again.
            file.unlink(missing_ok=True)
            return _archive(file, county)
    except (OSError, sqlite3.Error):
        log.warning("map tiles are not kept: %s cannot be used", file, exc_info=True)
        return None


def _archive(file: Path, county: County) -> sqlite3.Connection:
    archive = sqlite3.connect(file, timeout=5.0, check_same_thread=False)
    west, south, east, north = county.boundary.bounds
    about = {
        "name": county.name.zh,
        "format": "pbf",
        "type": "baselayer",
        "version": str(FORMAT),
        "bounds": f"{west:.6f},{south:.6f},{east:.6f},{north:.6f}",
        "minzoom": "0",
        "maxzoom": str(DEEPEST_ZOOM),
        "attribution": "; ".join(county.attribution),
        "digest": county.digest,
    }
    try:
        archive.execute("pragma journal_mode = wal")
        archive.execute("pragma synchronous = normal")
        with archive:
            archive.execute("create table if not exists metadata (name text primary key, value text)")
            archive.execute(
                "create table if not exists tiles (zoom_level integer, tile_column integer, tile_row integer,"
                " tile_data blob, primary key (zoom_level, tile_column, tile_row)) without rowid"
            )
            archive.executemany("insert or ignore into metadata (name, value) values (?, ?)", about.items())
    except sqlite3.Error:
        archive.close()
        raise
    return archive


def _forget_old(file: Path, code: str) -> None:
    """Tiles of earlier versions of this county, but for the latest few, which another process may still use."""
    others = [other for other in file.parent.glob(f"{code}-*.mbtiles") if other != file]
    others.sort(key=lambda other: other.stat().st_mtime, reverse=True)
    for old in others[KEPT_FILES - 1 :]:
        for part in (old, Path(f"{old}-wal"), Path(f"{old}-shm")):
            part.unlink(missing_ok=True)
