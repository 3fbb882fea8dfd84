"""A checksum of everything a county folder says, over canonical features: order and file format do not matter."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from gis_data.model import County, Roads
from gis_data.records import plain

# 1e-7 of a degree is a centimetre: what the folder itself keeps.
_STEPS_PER_DEGREE = 1e7
AT_ONCE = 50_000  # pieces whose values are objects at the same time
_BY_CODE = ("towns", "places", "zones", "stations", "units", "people", "water_sources", "forests")


def with_digest(county: County) -> County:
    return replace(county, digest=county_digest(county))


def county_digest(county: County) -> str:
    """SHA-256 in hexadecimal of the county without its own digest field."""
    seal = hashlib.sha256()
    for field in fields(County):
        value = getattr(county, field.name)
        if field.name == "digest":
            continue
        seal.update(f"\n{field.name}\n".encode())
        if field.name == "roads":
            _add_roads(seal, value)
            continue
        if field.name in _BY_CODE:
            value = sorted(value, key=lambda record: str(record.code))
        seal.update(_canonical(value))
    return seal.hexdigest()


def roads_digest(roads: Roads) -> str:
    """SHA-256 of the roads alone: what a cached graph or tile depends on."""
    seal = hashlib.sha256()
    _add_roads(seal, roads)
    return seal.hexdigest()


def _canonical(value: object) -> bytes:
    return json.dumps(plain(_flat(value)), ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _flat(value: object) -> Any:
    """Geometry as whole steps of 1e-7°; records, enums and sets as plain values."""
    if isinstance(value, BaseGeometry):
        return _shape(value)
    if isinstance(value, tuple | list):
        return [_flat(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _flat(item) for key, item in value.items()}
    if hasattr(value, "__dataclass_fields__"):
        return {name: _flat(getattr(value, name)) for name in value.__dataclass_fields__}
    return value


def _shape(shape: BaseGeometry) -> list[Any]:
    shape = shape.normalize()
    return [[_steps(part).tolist() for part in _rings(one)] for one in shapely.get_parts(shape)]


def _rings(shape: BaseGeometry) -> list[NDArray[np.float64]]:
    rings = shapely.get_rings(shape) if shape.geom_type == "Polygon" else [shape]
    return [shapely.get_coordinates(ring) for ring in rings]


def _steps(coords: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.asarray(np.rint(coords * _STEPS_PER_DEGREE), dtype=np.int64)


def _add_roads(seal: Any, roads: Roads) -> None:
    words = [f.name for f in fields(Roads) if f.name not in ("starts", "coords") and f.name != "ids"]
    columns = [getattr(roads, name) for name in words]
    steps = _steps(roads.coords)
    order = sorted(range(len(roads)), key=roads.ids.__getitem__)
    for first in range(0, len(order), AT_ONCE):
        block = order[first : first + AT_ONCE]
        plain_columns = [
            c[block].tolist() if isinstance(c, np.ndarray) else [c[piece] for piece in block] for c in columns
        ]
        for piece, *row in zip(block, *plain_columns, strict=True):
            seal.update(repr([roads.ids[piece], *row]).encode())
            seal.update(steps[roads.starts[piece] : roads.starts[piece + 1]].astype("<i8").tobytes())
