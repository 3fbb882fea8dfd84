"""Layers of the county's GeoPackage: features with their attributes, read and written with pyogrio."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray
from pyogrio import list_layers, raw
from pyogrio.errors import DataLayerError, DataSourceError, FeatureError, FieldError, GeometryError
from pyproj import CRS, Transformer
from shapely import MultiPolygon, Point, Polygon
from shapely.geometry.base import BaseGeometry

from gis_data.cells import CellKind, cells, read_field, specs
from gis_data.errors import InputError

GPKG = "county.gpkg"
DEGREE_DECIMALS = 7
_REMEDY = "open it in QGIS and save it again as a GeoPackage"
_READ_ERRORS = (DataSourceError, DataLayerError, FeatureError, FieldError, GeometryError, UnicodeDecodeError)

Record = TypeVar("Record")


@dataclass(frozen=True)
class Layer:
    """Rows of one layer: `geometry` in WGS-84, rounded to 1e-7°, `columns` by name, `rows` the feature ids."""

    name: str
    geometry: NDArray[np.object_]
    columns: Mapping[str, NDArray[Any]]
    rows: NDArray[np.int64]

    def row(self, index: int) -> dict[str, object]:
        return {name: values[index] for name, values in self.columns.items()}

    def where(self, index: int) -> str:
        code = self.columns.get("code", self.columns.get("id"))
        name = code[index] if code is not None and code[index] else f"fid {self.rows[index]}"
        return f"{GPKG}, layer {self.name}, feature {name}"


def layer_names(path: Path) -> tuple[str, ...]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # what GDAL grumbles about is said in our own words, or not at all
            return tuple(str(name) for name, _ in list_layers(path))
    except _READ_ERRORS as error:
        raise InputError(path.name, "is not a readable GeoPackage", _REMEDY) from error


def read_layer(path: Path, name: str) -> Layer | None:
    """One layer, or None where the file has none of that name."""
    return _read(path, name) if name in layer_names(path) else None


def read_layer_in_parts(path: Path, name: str, size: int) -> Iterator[Layer] | None:
    """A layer `size` features at a time (at least one part, which may be empty), or None where there is none."""
    return _parts(path, name, size) if name in layer_names(path) else None


def _parts(path: Path, name: str, size: int) -> Iterator[Layer]:
    skip = 0
    while True:
        part = _read(path, name, skip_features=skip, max_features=size)
        skip += size
        if len(part.rows) > 0 or skip == size:
            yield part
        if len(part.rows) < size:
            return


def _read(path: Path, name: str, **which: int) -> Layer:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            meta, fids, wkb, values = raw.read(path, layer=name, return_fids=True, **which)
    except _READ_ERRORS as error:
        raise InputError(f"{path.name}, layer {name}", "cannot be read", _REMEDY) from error
    try:
        geometry = np.array([], dtype=object) if wkb is None else shapely.from_wkb(wkb)
    except shapely.errors.ShapelyError as error:
        raise InputError(f"{path.name}, layer {name}", "holds a broken geometry", _REMEDY) from error
    columns = {str(field): column for field, column in zip(meta["fields"], values, strict=True)}
    return Layer(name, _rounded(_to_wgs84(geometry, meta["crs"], name)), columns, np.asarray(fids))


def write_layer(
    path: Path,
    name: str,
    geometry: Sequence[BaseGeometry] | NDArray[np.object_] | None,
    geometry_type: str | None,
    columns: Mapping[str, NDArray[Any]],
) -> None:
    """Add one layer to the file. NaN becomes null; objects must be text."""
    masks = [
        np.isnan(values) if values.dtype.kind == "f" else np.zeros(len(values), dtype=np.bool_)
        for values in columns.values()
    ]
    shapes = None if geometry is None else shapely.to_wkb(np.asarray(geometry, dtype=object))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        raw.write(
            path,
            geometry=shapes,
            field_data=list(columns.values()),
            fields=np.array(list(columns), dtype=object),
            field_mask=masks,
            layer=name,
            driver="GPKG",
            geometry_type=geometry_type,
            crs=None if geometry is None else "EPSG:4326",
            append=path.exists(),
            promote_to_multi=geometry_type == "MultiPolygon",
        )


def read_records(path: Path, name: str, kind: type[Record]) -> tuple[Record, ...]:
    """The features of a layer as records; their geometry fills the record's geometry field."""
    layer = read_layer(path, name)
    if layer is None:
        return ()
    shape = next(spec for spec in specs(kind) if spec.kind is CellKind.GEOMETRY)
    found: list[Record] = []
    for index in range(len(layer.rows)):
        where = layer.where(index)
        row = layer.row(index)
        values = {s.name: read_field(s, row, where) for s in specs(kind) if s.kind is not CellKind.GEOMETRY}
        values[shape.name] = _shape(layer.geometry[index], name in POINT_LAYERS, where)
        found.append(kind(**values))
    return tuple(found)


POINT_LAYERS = frozenset({"places", "stations", "water_sources"})


def write_records(path: Path, name: str, kind: type[Record], records: Sequence[Record]) -> None:
    shape = next(spec for spec in specs(kind) if spec.kind is CellKind.GEOMETRY)
    columns: dict[str, NDArray[Any]] = {}
    for spec in specs(kind):
        if spec.kind is CellKind.GEOMETRY:
            continue
        rows = [cells(spec, getattr(record, spec.name)) for record in records]
        for place, column in enumerate(spec.columns):
            columns[column] = column_of(spec.kind, [row[place] for row in rows])
    geometry = [getattr(record, shape.name) for record in records]
    write_layer(path, name, geometry, "Point" if name in POINT_LAYERS else "MultiPolygon", columns)


def column_of(kind: CellKind, values: Sequence[object]) -> NDArray[Any]:
    if kind is CellKind.YES_NO:
        return np.array(values, dtype=np.bool_)
    if kind is CellKind.WHOLE:
        return np.array(values, dtype=np.int64)
    if kind is CellKind.NUMBER:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return np.array(["" if value is None else value for value in values], dtype=object)


def area_of(geometry: object, where: str) -> Polygon | MultiPolygon:
    """A polygon feature; a multipolygon of one part is that part."""
    shape = _shape(geometry, False, where)
    assert isinstance(shape, Polygon | MultiPolygon)
    return shape


def _shape(geometry: Any, wants_point: bool, where: str) -> Point | Polygon | MultiPolygon:
    if geometry is None or geometry.is_empty:
        raise InputError(where, "has no geometry", "draw it or delete the feature")
    if geometry.geom_type in ("MultiPoint", "MultiPolygon") and len(geometry.geoms) == 1:
        geometry = geometry.geoms[0]
    if wants_point != isinstance(geometry, Point) or not isinstance(geometry, Point | Polygon | MultiPolygon):
        wanted = "point" if wants_point else "polygon"
        raise InputError(where, f"is a {geometry.geom_type}", f"draw it as a {wanted}")
    if isinstance(geometry, Point) and not (np.isfinite(geometry.x) and np.isfinite(geometry.y)):
        raise InputError(where, "has a position that is not a number", "place it again")
    return geometry


def _to_wgs84(geometry: NDArray[np.object_], crs: str | None, layer: str) -> NDArray[np.object_]:
    if crs is None or len(geometry) == 0:
        return geometry
    system = CRS.from_user_input(crs)
    if system.to_epsg() in (4326, 4490):  # CGCS2000 differs from WGS-84 by centimetres
        return geometry
    try:
        transformer = Transformer.from_crs(system, "EPSG:4326", always_xy=True)
    except Exception as error:
        raise InputError(
            f"{GPKG}, layer {layer}", f"cannot be turned into WGS-84 from {crs}", _REMEDY
        ) from error

    def move(coords: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(coords[:, 0], coords[:, 1]))

    moved: NDArray[np.object_] = shapely.transform(geometry, move)
    return moved


def _rounded(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    if len(geometry) == 0:
        return geometry
    result: NDArray[np.object_] = shapely.transform(
        shapely.force_2d(geometry), lambda coords: np.round(coords, DEGREE_DECIMALS)
    )
    return result
