"""Guesses the time zone of a place from the nearest principal city of the IANA list: honest, and said in the report."""

from __future__ import annotations

import math
import re
from functools import cache
from importlib.resources import files

_ROW = re.compile(r"^([A-Z]{2})\t([+-]\d{4,6})([+-]\d{5,7})\t(\S+)")


def guess_time_zone(lon: float, lat: float, country: str = "") -> str:
    """`country` (ISO 3166-1, from the boundary) narrows the choice; at sea or off the list a fixed offset remains."""
    rows = [row for row in _principal_cities() if row[0] == country.upper()] or _principal_cities()
    if not rows:
        return fixed_offset(lon)
    return min(rows, key=lambda row: (_degrees_apart(lon, lat, row[1], row[2]), row[3]))[3]


def fixed_offset(lon: float) -> str:
    """Nautical time. POSIX signs: east of Greenwich is minus."""
    hours = round(lon / 15.0)
    return "Etc/GMT" if hours == 0 else f"Etc/GMT{-hours:+d}"


@cache
def _principal_cities() -> list[tuple[str, float, float, str]]:
    try:
        text = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return []
    found = [_ROW.match(line) for line in text.splitlines()]
    return [(m[1], _degrees(m[3], 3), _degrees(m[2], 2), m[4]) for m in found if m]


def _degrees(text: str, whole: int) -> float:
    """±DDMM[SS] or ±DDDMM[SS]."""
    digits = text[1:]
    value = (
        float(digits[:whole]) + float(digits[whole : whole + 2]) / 60 + float(digits[whole + 2 :] or 0) / 3600
    )
    return -value if text[0] == "-" else value


def _degrees_apart(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    a, b, d = math.radians(lat), math.radians(other_lat), math.radians(other_lon - lon)
    cosine = math.sin(a) * math.sin(b) + math.cos(a) * math.cos(b) * math.cos(d)
    return math.degrees(math.acos(max(-1.0, min(1.0, cosine))))
