"""Tables of plain values (TOML, rows of a file) to the frozen records of the model, and back."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter, ValidationError

from gis_data.errors import InputError

Record = TypeVar("Record")


def record(kind: type[Record], table: object, where: str) -> Record:
    """One record of `kind`; anything missing, unknown or of a wrong type is said with its field."""
    if not isinstance(table, Mapping):
        raise InputError(where, "is not a table", "write it as fields and values")
    known = [f.name for f in fields(cast(Any, kind))]
    for key in table:
        if key not in known:
            raise InputError(f"{where}, field {key}", "is not known", f"use one of {', '.join(known)}")
    try:
        return cast(Record, _adapter(cast(Hashable, kind)).validate_python(dict(table)))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{where}, field {field}", _problem(first["type"], first["msg"]), _REMEDY) from error


_REMEDY = "see docs/county-folder.md for what it may hold"


def _problem(kind: str, message: str) -> str:
    return "is missing" if kind in ("missing", "missing_argument") else message[0].lower() + message[1:]


def plain(value: object, *, defaults: bool = False) -> Any:
    """A record as dicts, lists and scalars; fields at their default are left out unless `defaults`."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value) and not isinstance(value, type):
        return {
            f.name: plain(getattr(value, f.name), defaults=defaults)
            for f in fields(value)
            if defaults or getattr(value, f.name) != _default(f)
        }
    if isinstance(value, Mapping):
        return {str(key): plain(item, defaults=defaults) for key, item in value.items()}
    if isinstance(value, frozenset | set):
        return sorted(plain(item, defaults=defaults) for item in value)
    if isinstance(value, tuple | list):
        return [plain(item, defaults=defaults) for item in value]
    return value


def _default(f: Field[Any]) -> object:
    return f.default if f.default_factory is MISSING else f.default_factory()


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))
