"""A position as people type it: decimal or degrees and minutes, in either order, in a named system. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

SYSTEMS = {
    "wgs84": "wgs84",
    "wgs-84": "wgs84",
    "gps": "wgs84",
    "cgcs2000": "cgcs2000",
    "天地图": "cgcs2000",
    "gcj02": "gcj02",
    "gcj-02": "gcj02",
    "高德": "gcj02",
    "腾讯": "gcj02",
    "bd09": "bd09",
    "bd-09": "bd09",
    "百度": "bd09",
}
_EAST, _NORTH = ("东经", "经度", "lon", "e"), ("北纬", "纬度", "lat", "n")
_NUMBER = re.compile(
    r"(?P<before>东经|北纬|经度|纬度|lon|lat|e|n)?[:=]?"
    r"(?P<sign>[-+])?(?P<degrees>\d{1,3}(?:\.\d+)?)"
    r"(?:[°度](?:(?P<minutes>\d{1,2}(?:\.\d+)?)['′分](?:(?P<seconds>\d{1,2}(?:\.\d+)?)(?:[\"″秒]|''))?)?)?"
    r"(?P<after>[en](?![a-z]))?"
)
_BETWEEN = re.compile(r"[\s,;/]*")


@dataclass(frozen=True, slots=True)
class Typed:
    """Longitude and latitude in the system that was named, or in the one given beside the text."""

    lon: float
    lat: float
    crs: str
    swapped: bool


def parse_position(words: str, bounds: tuple[float, float, float, float], crs: str = "wgs84") -> Typed | None:
    """Two numbers and nothing else, or None. Which is the longitude: by its letter, else by what lies nearer."""
    text = unicodedata.normalize("NFKC", words).casefold().strip()
    for name, system in sorted(SYSTEMS.items(), key=lambda item: -len(item[0])):
        if name in text:
            crs, text = system, text.replace(name, " ", 1).strip(" :,")
            break
    first = _NUMBER.match(text)
    if first is None:
        return None
    second = _NUMBER.match(text, _skip(text, first.end()))
    if second is None or _skip(text, second.end()) != len(text) or second.start() == first.end():
        return None
    one, two = _degrees(first), _degrees(second)
    if one is None or two is None:
        return None
    axis_one, axis_two = _axis(first), _axis(second)
    if axis_one is not None and axis_one == axis_two:
        return None
    if axis_one == "lat" or axis_two == "lon":
        swapped = True
    elif axis_one == "lon" or axis_two == "lat":
        swapped = False
    else:
        swapped = _off(two, one, bounds) < _off(one, two, bounds)
    lon, lat = (two, one) if swapped else (one, two)
    if abs(lon) > 180 or abs(lat) > 90:
        return None
    return Typed(lon, lat, crs, swapped)


def _skip(text: str, start: int) -> int:
    found = _BETWEEN.match(text, start)
    return found.end() if found else start


def _degrees(found: re.Match[str]) -> float | None:
    minutes, seconds = float(found["minutes"] or 0), float(found["seconds"] or 0)
    if minutes >= 60 or seconds >= 60:
        return None
    value = float(found["degrees"]) + minutes / 60 + seconds / 3600
    return -value if found["sign"] == "-" else value


def _axis(found: re.Match[str]) -> str | None:
    word = found["before"] or found["after"]
    if word is None:
        return None
    return "lon" if word in _EAST else "lat" if word in _NORTH else None


def _off(lon: float, lat: float, bounds: tuple[float, float, float, float]) -> float:
    """How many degrees off the county."""
    west, south, east, north = bounds
    return max(west - lon, lon - east, 0.0) + max(south - lat, lat - north, 0.0)
