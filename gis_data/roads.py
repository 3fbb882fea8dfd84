"""Road pieces between a layer of lines and the columns that routing reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from numpy.typing import ArrayLike, NDArray

from gis_data.errors import InputError
from gis_data.layers import DEGREE_DECIMALS, Layer, read_layer_in_parts, write_layer
from gis_data.model import Roads

ROAD_CLASSES = (
    "motorway",
    "trunk",
    "primary",
    "secondary",
    "tertiary",
    "unclassified",
    "residential",
    "living_street",
    "service",
    "track",
    "path",
    "footway",
)

AT_ONCE = 50_000  # features that are objects at the same time
_WORDS = ("surface", "tracktype", "smoothness", "access", "barrier")
_NUMBERS = ("maxspeed_kmh", "width_metres", "maxweight_tonnes", "maxheight_metres", "incline_percent")
_FLAGS = ("bridge", "ford", "synthetic")


def roads_of(lines: Sequence[ArrayLike], columns: Mapping[str, Sequence[Any] | NDArray[Any]]) -> Roads:
    """Road pieces from their vertices and columns; `ids` and `classes` are needed, the rest has defaults."""
    arrays = [np.asarray(line, dtype=np.float64).reshape(-1, 2) for line in lines]
    starts = np.zeros(len(lines) + 1, dtype=np.int64)
    starts[1:] = np.cumsum([len(line) for line in arrays])
    return roads_from(starts, np.concatenate(arrays) if arrays else np.zeros((0, 2)), columns)


def roads_from(
    starts: NDArray[np.int64],
    coords: NDArray[np.float64],
    columns: Mapping[str, Sequence[Any] | NDArray[Any]],
) -> Roads:
    """`roads_of` for vertices that lie one after the other already."""
    count = len(starts) - 1
    extra: dict[str, Any] = {name: _words(columns.get(name, [""] * count)) for name in _WORDS}
    for name in _NUMBERS:
        extra[name] = np.asarray(columns.get(name, np.full(count, np.nan)), dtype=np.float64)
    for name in _FLAGS:
        extra[name] = np.asarray(columns.get(name, np.zeros(count)), dtype=np.bool_)
    return Roads(
        ids=_words(columns["ids"]),
        names=_words(columns.get("names", [""] * count)),
        classes=_words(columns["classes"]),
        starts=starts,
        coords=np.round(coords, DEGREE_DECIMALS),
        oneway=np.asarray(columns.get("oneway", np.zeros(count)), dtype=np.int8),
        **extra,
    )


def read_roads(path: Path) -> Roads:
    """The `roads` layer. Multi-part lines become several pieces with a number after their id.

    Read some features at a time, words that repeat kept once: a province's roads stay within a few hundred megabytes.
    """
    layers = read_layer_in_parts(path, "roads", AT_ONCE)
    if layers is None:
        raise InputError(path.name, "has no layer roads", "add the layer, or make the folder with import-osm")
    ids, words = _Ids(), _Words()
    parts = [_read_part(layer, ids, words) for layer in layers]
    starts = np.zeros(sum(map(len, parts)) + 1, dtype=np.int64)
    np.cumsum(np.concatenate([np.diff(part.starts) for part in parts]), out=starts[1:])
    joined: dict[str, Any] = {}
    for field in fields(Roads):
        columns = [getattr(part, field.name) for part in parts]
        joined[field.name] = (
            tuple(chain(*columns)) if isinstance(columns[0], tuple) else np.concatenate(columns)
        )
    return Roads(**{**joined, "starts": starts})


def _read_part(layer: Layer, ids: _Ids, words: _Words) -> Roads:
    for index, shape in enumerate(layer.geometry):
        if shape is None or shape.is_empty or shape.geom_type not in ("LineString", "MultiLineString"):
            raise InputError(layer.where(index), "is not a line", "draw it as a line or delete the feature")
    parts, row = shapely.get_parts(layer.geometry, return_index=True)
    counts = shapely.get_num_coordinates(parts)
    starts = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
    coords = shapely.get_coordinates(parts)
    if not np.isfinite(coords).all():
        piece = int(np.searchsorted(starts, np.flatnonzero(~np.isfinite(coords).all(axis=1))[0], "right")) - 1
        raise InputError(layer.where(int(row[piece])), "has a vertex that is not a number", "draw it again")
    oneway = _numbers(layer, "oneway", row)
    extra: dict[str, Any] = {name: words.column(layer, name, row) for name in _WORDS}
    for name in _NUMBERS:
        extra[name] = _numbers(layer, name, row)
    for name in _FLAGS:
        extra[name] = np.nan_to_num(_numbers(layer, name, row), nan=0.0) != 0
    return Roads(
        ids=ids.of(layer, row),
        names=words.column(layer, "name", row),
        classes=words.column(layer, "class", row),
        starts=starts,
        coords=coords,
        oneway=np.nan_to_num(oneway, nan=0.0).astype(np.int8),
        **extra,
    )


def write_roads(path: Path, roads: Roads) -> None:
    """Add the layer, some pieces at a time; no roads are an empty layer."""
    for first in range(0, max(1, len(roads)), AT_ONCE):
        _write_part(path, roads, slice(first, first + AT_ONCE))


def _write_part(path: Path, roads: Roads, part: slice) -> None:
    starts = roads.starts[part.start : part.stop + 1]
    piece = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    lines = np.asarray(shapely.linestrings(roads.coords[starts[0] : starts[-1]], indices=piece), dtype=object)
    columns: dict[str, NDArray[Any]] = {
        "id": np.array(roads.ids[part], dtype=object),
        "name": np.array(roads.names[part], dtype=object),
        "class": np.array(roads.classes[part], dtype=object),
        "oneway": roads.oneway[part].astype(np.int32),
    }
    for name in _WORDS:
        columns[name] = np.array(getattr(roads, name)[part], dtype=object)
    for name in (*_NUMBERS, *_FLAGS):
        columns[name] = getattr(roads, name)[part]
    write_layer(path, "roads", lines, "LineString", columns)


class _Ids:
    """Ids of pieces: that of the feature, or its row where it has none; its later parts get a number."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, layer: Layer, row: NDArray[np.int64]) -> tuple[str, ...]:
        ids = (
            _column(layer, "id", row)
            if "id" in layer.columns
            else tuple(str(layer.rows[i]) for i in row.tolist())
        )
        several: list[str] = []
        for piece, identity in enumerate(ids):
            part = self._seen[identity] = self._seen.get(identity, 0) + 1
            if part > 1 and (piece == 0 or row[piece] != row[piece - 1]):
                raise InputError(
                    layer.where(int(row[piece])), "has the id of another road", "give each its own id"
                )
            several.append(identity if part == 1 else f"{identity}.{part}")
        return tuple(several)


class _Words:
    """Words of columns, alike ones as one object."""

    def __init__(self) -> None:
        self._known: dict[str, str] = {}

    def column(self, layer: Layer, name: str, row: NDArray[np.int64]) -> tuple[str, ...]:
        return tuple(self._known.setdefault(word, word) for word in _column(layer, name, row))


def _column(layer: Layer, name: str, row: NDArray[np.int64]) -> tuple[str, ...]:
    if name not in layer.columns:
        return ("",) * len(row)
    values = layer.columns[name]
    return tuple("" if values[i] is None else str(values[i]) for i in row)


def _numbers(layer: Layer, name: str, row: NDArray[np.int64]) -> NDArray[np.float64]:
    if name not in layer.columns:
        return np.full(len(row), np.nan)
    values = layer.columns[name]
    try:
        return np.asarray([np.nan if v is None or v == "" else v for v in values], dtype=np.float64)[row]
    except (TypeError, ValueError):
        bad = next(i for i, v in enumerate(values) if not _is_number(v))
        raise InputError(
            f"{layer.where(bad)}, column {name}",
            f"{values[bad]!r} is not a number",
            "make the column numeric",
        ) from None


def _is_number(value: object) -> bool:
    try:
        float(str(value) if value not in (None, "") else "nan")
    except ValueError:
        return False
    return True


def _words(values: Sequence[Any] | NDArray[Any]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)
