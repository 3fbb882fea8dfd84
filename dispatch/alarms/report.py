"""One report as it came in, read tolerantly: whatever cannot be understood is kept and marked, never refused."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

TEXT_LIMIT = 500
DESCRIPTION_LIMIT = 4000
MOST_TRAPPED = 9999
MOST_FACTS = 40
OLDEST_REPORT = timedelta(days=2)
UNVERIFIED_SOURCES = frozenset({"sensor"})
KNOWN_FIELDS = frozenset(
    {
        "source",
        "source_id",
        "kind",
        "location",
        "caller",
        "description",
        "trapped",
        "reported_at",
        "facts",
        "verified",
        "level",
    }
)

Fact = bool | int | float | str


@dataclass(frozen=True, slots=True)
class AlarmReport:
    """What a caller, a sensor or the city centre said. `lon` and `lat` are as sent, in `crs`."""

    source: str
    source_id: str | None
    kind: str
    lon: float | None
    lat: float | None
    crs: str
    text: str
    caller: str | None
    description: str | None
    trapped: int
    facts: Mapping[str, Fact]
    reported_at: datetime
    verified: bool
    body: Mapping[str, Any]


def read_report(body: Mapping[str, Any], now: datetime) -> AlarmReport:
    """Read what was sent. `now` bounds the reported time: a clock far off is not believed."""
    source = _text(body.get("source"), 60) or "unknown"
    lon, lat, crs, text = _location(body.get("location"))
    facts = _facts(body)
    verified = body.get("verified")
    return AlarmReport(
        source=source,
        source_id=_text(body.get("source_id"), 200) or None,
        kind=_text(body.get("kind"), 60),
        lon=lon,
        lat=lat,
        crs=crs,
        text=text,
        caller=_text(body.get("caller"), TEXT_LIMIT) or None,
        description=_text(body.get("description"), DESCRIPTION_LIMIT) or None,
        trapped=_count(body.get("trapped")),
        facts=facts,
        reported_at=_reported_at(body.get("reported_at"), now),
        verified=verified if isinstance(verified, bool) else source not in UNVERIFIED_SOURCES,
        body=storable(body),
    )


def storable(value: Any, depth: int = 0) -> Any:
    """The same JSON without what PostgreSQL cannot keep: NUL characters, lone surrogates, NaN, bottomless nesting."""
    if isinstance(value, str):
        return _clean(value)[:DESCRIPTION_LIMIT]
    if isinstance(value, Mapping):
        if depth > 8:
            return None
        return {
            _clean(str(key))[:TEXT_LIMIT]: storable(item, depth + 1)
            for key, item in list(value.items())[:200]
        }
    if isinstance(value, list | tuple):
        return None if depth > 8 else [storable(item, depth + 1) for item in value[:500]]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) > 2**53:
        return str(value)[:TEXT_LIMIT]
    return value


def _clean(text: str) -> str:
    sound = text.encode("utf-8", "replace").decode("utf-8")
    return sound.replace("\x00", "")


def _text(value: Any, limit: int) -> str:
    if isinstance(value, bool) or value is None:
        return ""
    if isinstance(value, int | float):
        value = str(value) if math.isfinite(value) else ""
    if not isinstance(value, str):
        return ""
    return unicodedata.normalize("NFC", _clean(value)).strip()[:limit]


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float | str):
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) else None
    return None


def _location(value: Any) -> tuple[float | None, float | None, str, str]:
    if isinstance(value, str):
        return None, None, "wgs84", _text(value, TEXT_LIMIT)
    if isinstance(value, list | tuple) and len(value) == 2:
        return _number(value[0]), _number(value[1]), "wgs84", ""
    if not isinstance(value, Mapping):
        return None, None, "wgs84", ""
    crs = _text(value.get("crs"), 30).lower().replace("-", "").replace("_", "") or "wgs84"
    return _number(value.get("lon")), _number(value.get("lat")), crs, _text(value.get("text"), TEXT_LIMIT)


def _count(value: Any) -> int:
    """`true` and "有人被困" mean at least one; a number is itself."""
    if isinstance(value, bool):
        return int(value)
    number = _number(value)
    if number is not None:
        return int(min(max(math.ceil(number), 0), MOST_TRAPPED))
    return 1 if isinstance(value, str) and value.strip() and value.strip().lower() not in NOBODY else 0


NOBODY = frozenset({"no", "none", "false", "nobody", "无", "没有", "无人", "否"})


def _facts(body: Mapping[str, Any]) -> dict[str, Fact]:
    """The dispatcher's form sends facts by name; anything else that is short and plain is a fact too."""
    given = body.get("facts")
    loose = {key: value for key, value in body.items() if key not in KNOWN_FIELDS}
    facts: dict[str, Fact] = {}
    for key, value in {**loose, **(given if isinstance(given, Mapping) else {})}.items():
        name = _text(key, 60)
        if not name or len(facts) >= MOST_FACTS:
            continue
        if isinstance(value, bool):
            facts[name] = value
        elif isinstance(value, int | float):
            number = _number(value)
            if number is not None and abs(number) < 2**53:
                facts[name] = value
        elif isinstance(value, str) and _text(value, TEXT_LIMIT):
            facts[name] = _text(value, TEXT_LIMIT)
    return facts


def _reported_at(value: Any, now: datetime) -> datetime:
    if not isinstance(value, str):
        return now
    try:
        said = datetime.fromisoformat(value.strip())
        said = said.replace(tzinfo=UTC) if said.tzinfo is None else said.astimezone(UTC)
    except (ValueError, OverflowError):
        return now
    return said if now - OLDEST_REPORT <= said <= now else now
