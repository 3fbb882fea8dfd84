"""Cells of a table (CSV, spreadsheet, attribute of a feature) to the fields of a frozen record, and back."""

from __future__ import annotations

import math
import re
import types
import unicodedata
from collections.abc import Hashable, Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import date, datetime
from enum import Enum, StrEnum
from functools import cache
from typing import Any, Union, cast, get_args, get_origin, get_type_hints

from shapely.geometry.base import BaseGeometry

from gis_data.errors import InputError
from gis_data.model import Name

_YES = frozenset({"1", "true", "yes", "y", "t", "是", "有"})
_NO = frozenset({"0", "false", "no", "n", "f", "否", "无"})


_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[T ]00:00(?::00)?)?")


class CellKind(StrEnum):
    TEXT = "text"
    WHOLE = "whole"
    NUMBER = "number"
    YES_NO = "yes_no"
    WORD = "word"
    CODES = "codes"
    DAY = "day"
    NAME = "name"
    GEOMETRY = "geometry"
    QUANTITIES = "quantities"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """How one field stands in a table. `words` are the values a WORD may take."""

    name: str
    kind: CellKind
    required: bool
    default: Any
    may_be_empty: bool = False
    words: type[Enum] | None = None
    frozen_set: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        return (f"{self.name}_zh", f"{self.name}_en") if self.kind is CellKind.NAME else (self.name,)


def specs(kind: type[Any]) -> tuple[FieldSpec, ...]:
    """The fields of a record in their order."""
    return _specs(cast(Hashable, kind))


@cache
def _specs(kind: Any) -> tuple[FieldSpec, ...]:
    hints = get_type_hints(kind)
    found: list[FieldSpec] = []
    for field in fields(kind):
        default = field.default if field.default_factory is MISSING else field.default_factory()
        found.append(_spec(field.name, hints[field.name], default))
    return tuple(found)


def _spec(name: str, hint: Any, default: Any) -> FieldSpec:
    required = default is MISSING
    may_be_empty = False
    if get_origin(hint) in (Union, types.UnionType):
        options = [option for option in get_args(hint) if option is not type(None)]
        may_be_empty = len(options) < len(get_args(hint))
        hint = options[0]
    origin = get_origin(hint)
    words = hint if isinstance(hint, type) and issubclass(hint, Enum) else None
    if words is not None:
        kind = CellKind.WORD
    elif hint is Name:
        kind = CellKind.NAME
    elif isinstance(hint, type) and issubclass(hint, BaseGeometry):
        kind = CellKind.GEOMETRY
    elif origin in (tuple, frozenset):
        kind = CellKind.CODES
    elif origin is Mapping:
        kind = CellKind.QUANTITIES
    else:
        kind = _SCALARS[hint]
    return FieldSpec(name, kind, required, default, may_be_empty, words, origin is frozenset)


_SCALARS = {
    str: CellKind.TEXT,
    bool: CellKind.YES_NO,
    int: CellKind.WHOLE,
    float: CellKind.NUMBER,
    date: CellKind.DAY,
}


def read_field(spec: FieldSpec, row: Mapping[str, object], where: str) -> Any:
    """The value of one field from the cells of a row; an empty cell takes the default, if there is one."""
    if spec.kind is CellKind.NAME:
        return _read_name(spec, row, where)
    value = row.get(spec.name)
    if _empty(value):
        if not spec.required:
            return spec.default
        if spec.may_be_empty:
            return None
        if spec.kind is CellKind.TEXT and spec.name != "code":
            return ""
        if spec.kind is CellKind.CODES:
            return frozenset() if spec.frozen_set else ()
        raise InputError(f"{where}, column {spec.name}", "is empty", "fill it in")
    return _parse(spec, value, f"{where}, column {spec.name}")


def _read_name(spec: FieldSpec, row: Mapping[str, object], where: str) -> Name:
    zh, en = (row.get(column) for column in spec.columns)
    if _empty(zh):
        zh = row.get(spec.name)
    if _empty(zh) and _empty(en):
        raise InputError(f"{where}, column {spec.columns[0]}", "is empty", "fill it in")
    return Name(_text(en if _empty(zh) else zh), _text(zh if _empty(en) else en))


def _parse(spec: FieldSpec, value: object, where: str) -> Any:
    if spec.kind is CellKind.TEXT:
        return _text(value)
    if spec.kind is CellKind.CODES:
        codes = [part.strip() for part in _text(value).replace("，", ",").replace(";", ",").split(",")]
        return (frozenset if spec.frozen_set else tuple)(code for code in codes if code)
    if spec.kind is CellKind.WORD:
        assert spec.words is not None
        allowed = [str(word.value) for word in spec.words]
        text = _text(value).lower()
        if text not in allowed:
            raise InputError(where, f"{_text(value)!r} is not known", f"use one of {', '.join(allowed)}")
        return spec.words(text)
    if spec.kind is CellKind.YES_NO:
        return _yes_no(value, where)
    if spec.kind is CellKind.DAY:
        return read_day(value, where)
    number = _number(value, where)
    if spec.kind is CellKind.NUMBER:
        return number
    if number != int(number):
        raise InputError(where, f"{_text(value)!r} is not a whole number", "write a whole number")
    return int(number)


def _yes_no(value: object, where: str) -> bool:
    text = _text(value).lower()
    if text in _YES or text in _NO:
        return text in _YES
    raise InputError(where, f"{_text(value)!r} is neither yes nor no", "write true or false")


def read_day(value: object, where: str) -> date:
    """A day as spreadsheets and people write it: a date, 2026-12-01, 2026/12/1, 2026.12.1, 2026年12月1日."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    found = _DAY.fullmatch(unicodedata.normalize("NFKC", _text(value)))
    try:
        return date(*(int(part) for part in found.groups())) if found else date.fromisoformat("")
    except ValueError:
        raise InputError(
            where, f"{_text(value)!r} is not a day", "write YYYY-MM-DD, such as 2026-12-01"
        ) from None


def _number(value: object, where: str) -> float:
    try:
        number = float(str(value).strip())
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise InputError(where, f"{_text(value)!r} is not a number", "write a plain number such as 2.5")
    return number


def _empty(value: object) -> bool:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and not value.strip()


def _text(value: object) -> str:
    if isinstance(value, float) and value.is_integer():
        return str(int(value))  # a spreadsheet keeps a code like 140525100 as a number
    return str(value).strip()


def cells(spec: FieldSpec, value: Any) -> tuple[object, ...]:
    """The cells of one field, a value for each of its columns."""
    if spec.kind is CellKind.NAME:
        return (value.zh, value.en)
    if spec.kind is CellKind.CODES:
        return (",".join(sorted(value) if spec.frozen_set else value),)
    return (value.value if isinstance(value, Enum) else value,)
