"""Reads what mappers write into OpenStreetMap values: speeds, lengths, masses, inclines, flows and volumes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable

NAN = math.nan
KMH_PER_MPH = 1.609344
KMH_PER_KNOT = 1.852
METRES_PER_FOOT = 0.3048
TONNES_PER_SHORT_TON = 0.90718474
TONNES_PER_POUND = 0.45359237e-3

_NUMBER = re.compile(r"^\s*(-?\d+(?:[.,]\d+)?)\s*([^\d\s;|–-][^;|]*)?\s*$")
_FEET_INCHES = re.compile(
    r"^\s*(\d+(?:\.\d+)?)\s*(?:'|ft|feet)\s*(?:(\d+(?:\.\d+)?)\s*(?:\"|''|in|inches)?)?\s*$"
)
_LIST = re.compile(r"[;|]|(?<=\d)\s*[-–]\s*(?=\d)")

# What a law sets where no sign stands. Keys are the part after the country; the country overrides come first.
_LEGAL_SPEEDS = {
    "de:rural": 100.0,
    "at:rural": 100.0,
    "gb:nsl_single": 60 * KMH_PER_MPH,
    "gb:nsl_dual": 70 * KMH_PER_MPH,
    "gb:motorway": 70 * KMH_PER_MPH,
    "at:motorway": 130.0,
    "fr:motorway": 130.0,
    "it:motorway": 130.0,
    "cn:rural": 70.0,
    "urban": 50.0,
    "rural": 80.0,
    "trunk": 100.0,
    "motorway": 120.0,
    "living_street": 10.0,
    "pedestrian_zone": 7.0,
    "bicycle_road": 30.0,
    "walk": 7.0,
}
_ZONE = re.compile(r"^(?:[a-z]{2}:)?(?:zone:?)?(\d{2,3})$")


def parse_speed(text: str) -> float:
    """km/h; NaN where there is no limit or none that can be read. Of several values the lowest counts."""
    values = [_one_speed(part) for part in re.split(r"[;|]", text)]
    known = [value for value in values if value == value and value > 0]
    return min(known) if known else NAN


def _one_speed(text: str) -> float:
    word = text.strip().lower()
    legal = _LEGAL_SPEEDS.get(word)
    if legal is None and ":" in word:
        legal = _LEGAL_SPEEDS.get(word.split(":", 1)[1])
    if legal is not None:
        return legal
    zone = _ZONE.match(word)
    if zone:
        return float(zone.group(1))
    number, unit = _number_and_unit(word)
    factor = {"": 1.0, "km/h": 1.0, "kmh": 1.0, "kph": 1.0, "mph": KMH_PER_MPH, "knots": KMH_PER_KNOT}.get(
        unit, NAN
    )
    return number * factor


def parse_length(text: str) -> float:
    """Metres; bare numbers are metres, `10'6"` and `12 ft` are read, of a range the lowest counts."""
    return _lowest(text, _one_length)


def _one_length(word: str) -> float:
    feet = _FEET_INCHES.match(word)
    if feet:
        return float(feet.group(1)) * METRES_PER_FOOT + float(feet.group(2) or 0) * METRES_PER_FOOT / 12
    number, unit = _number_and_unit(word)
    factor = {
        "": 1.0, "m": 1.0, "metre": 1.0, "metres": 1.0, "meter": 1.0, "meters": 1.0, "米": 1.0,
        "cm": 0.01, "mm": 0.001, "km": 1000.0, "in": METRES_PER_FOOT / 12, "yd": METRES_PER_FOOT * 3,
    }.get(unit, NAN)  # fmt: skip
    return number * factor


def parse_mass(text: str) -> float:
    """Tonnes; bare numbers are tonnes, `kg`, `st` (short tons) and `lbs` are read, the lowest of several counts."""
    return _lowest(text, _one_mass)


def _one_mass(word: str) -> float:
    number, unit = _number_and_unit(word)
    factor = {
        "": 1.0, "t": 1.0, "to": 1.0, "ton": 1.0, "tons": 1.0, "tonne": 1.0, "tonnes": 1.0, "吨": 1.0,
        "kg": 0.001, "st": TONNES_PER_SHORT_TON, "short tons": TONNES_PER_SHORT_TON,
        "lt": 1.0160469088, "lb": TONNES_PER_POUND, "lbs": TONNES_PER_POUND,
    }.get(unit, NAN)  # fmt: skip
    return number * factor


def parse_incline(text: str) -> float:
    """Percent along the line, up positive; `up`, `down` and `steep` say no number and give NaN."""
    word = text.strip().lower().replace(",", ".")
    match = re.match(r"^(-?\d+(?:\.\d+)?)\s*(%|°|deg|degrees)?$", word)
    if not match:
        return NAN
    number = float(match.group(1))
    if match.group(2) in ("°", "deg", "degrees"):
        number = 100 * math.tan(math.radians(number)) if abs(number) < 80 else NAN
    return number if abs(number) <= 100 else NAN


def parse_flow_lps(text: str) -> float:
    """Litres a second; OpenStreetMap's bare `flow_capacity` is litres a minute."""
    number, unit = _number_and_unit(text.strip().lower())
    factor = {
        "": 1 / 60, "l/min": 1 / 60, "lpm": 1 / 60, "l/s": 1.0, "m3/h": 1 / 3.6, "m³/h": 1 / 3.6,
        "gpm": 3.785411784 / 60, "usgpm": 3.785411784 / 60,
    }.get(unit, NAN)  # fmt: skip
    return number * factor if number > 0 else NAN


def parse_volume_tonnes(text: str) -> float:
    """Tonnes of water; bare numbers are cubic metres, as the tagging guide says, litres need their unit."""
    number, unit = _number_and_unit(text.strip().lower())
    factor = {"": 1.0, "m3": 1.0, "m³": 1.0, "m^3": 1.0, "t": 1.0, "l": 0.001, "liter": 0.001, "litres": 0.001,
              "gal": 0.003785411784}.get(unit, NAN)  # fmt: skip
    return number * factor if number > 0 else NAN


def _lowest(text: str, read: Callable[[str], float]) -> float:
    values = [read(part.strip().lower()) for part in _LIST.split(text) if part.strip()]
    known = [value for value in values if value == value]
    if not known or min(known) <= 0 or text.lstrip().startswith("-"):
        return NAN
    return min(known)


def _number_and_unit(word: str) -> tuple[float, str]:
    match = _NUMBER.match(word)
    if not match:
        return NAN, ""
    return float(match.group(1).replace(",", ".")), (match.group(2) or "").strip(" .").lower()
