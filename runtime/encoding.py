"""JSON as the whole system writes it: times in UTC with milliseconds and a Z, keys as text, numbers plain."""

from collections.abc import Mapping, Set
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from typing import Any
from uuid import UUID

import orjson

# Datetimes go through `_plain`, because orjson writes microseconds; dataclasses too, because they may hold datetimes
# and mappings that orjson does not know.
_OPTIONS = orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NON_STR_KEYS


def utc_text(moment: datetime) -> str:
    """RFC 3339 in UTC with milliseconds; a naive time is a mistake and is refused."""
    if moment.tzinfo is None:
        raise TypeError("a time without a zone cannot be written")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def to_json(value: Any) -> str:
    return orjson.dumps(value, default=_plain, option=_OPTIONS).decode()


def to_json_bytes(value: Any, *, sorted_keys: bool = False) -> bytes:
    return orjson.dumps(value, default=_plain, option=_OPTIONS | (orjson.OPT_SORT_KEYS if sorted_keys else 0))


def from_json(text: str | bytes) -> Any:
    return orjson.loads(text)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Path | UUID):  # asyncpg gives its own kind of UUID, which orjson does not know
        return str(value)
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
