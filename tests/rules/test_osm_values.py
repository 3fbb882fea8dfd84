"""What mappers write into values, and what we make of it."""

from __future__ import annotations

import math

import pytest

from gis_data.osm.courses import level_of
from gis_data.osm.raw import RawWay, WayPoints
from gis_data.osm.report import Tally
from gis_data.osm.values import (
    parse_flow_lps,
    parse_incline,
    parse_length,
    parse_mass,
    parse_speed,
    parse_volume_tonnes,
)
from gis_data.osm.way import ROAD_KEYS, read_way


@pytest.mark.parametrize(
    ("text", "kmh"),
    [
        ("50", 50.0),
        ("30 mph", 48.28032),
        ("30mph", 48.28032),
        ("10 knots", 18.52),
        ("60 km/h", 60.0),
        ("DE:urban", 50.0),
        ("DE:rural", 100.0),
        ("CH:rural", 80.0),
        ("CN:urban", 50.0),
        ("DE:zone30", 30.0),
        ("DE:zone:30", 30.0),
        ("AT:motorway", 130.0),
        ("walk", 7.0),
        ("50;30", 30.0),
        ("7,5", 7.5),
    ],
)
def test_speeds_are_read_in_every_way_people_write_them(text: str, kmh: float) -> None:
    assert parse_speed(text) == pytest.approx(kmh)


@pytest.mark.parametrize("text", ["none", "variable", "signals", "fast", "-30", "0", "50 furlongs", ""])
def test_a_speed_that_says_no_number_is_unknown(text: str) -> None:
    assert math.isnan(parse_speed(text))


@pytest.mark.parametrize(
    ("text", "metres"),
    [
        ("3", 3.0),
        ("3.5 m", 3.5),
        ("3,5", 3.5),
        ("2m", 2.0),
        ("250 cm", 2.5),
        ("10'6\"", 3.2004),
        ("10'", 3.048),
        ("12 ft", 3.6576),
        ("2.5-3.5", 2.5),
        ("3;4", 3.0),
        ("3 米", 3.0),
    ],
)
def test_lengths_are_read_with_their_units(text: str, metres: float) -> None:
    assert parse_length(text) == pytest.approx(metres)


@pytest.mark.parametrize("text", ["-1", "0", "narrow", "3 hands", "", "default"])
def test_a_length_that_cannot_be_is_unknown(text: str) -> None:
    assert math.isnan(parse_length(text))


@pytest.mark.parametrize(
    ("text", "tonnes"),
    [
        ("7.5", 7.5),
        ("7,5 t", 7.5),
        ("3500 kg", 3.5),
        ("5 st", 4.535924),
        ("11000 lbs", 4.989516),
        ("10 吨", 10.0),
        ("16;12", 12.0),
    ],
)
def test_masses_are_read_with_their_units(text: str, tonnes: float) -> None:
    assert parse_mass(text) == pytest.approx(tonnes, rel=1e-5)


def test_inclines_are_percent_and_words_say_no_number() -> None:
    assert parse_incline("10%") == 10.0
    assert parse_incline("-8.5 %") == -8.5
    assert parse_incline("45°") == pytest.approx(100.0)
    for word in ("up", "down", "steep", "yes", "400%"):
        assert math.isnan(parse_incline(word))


def test_water_is_read_in_litres_a_second_and_tonnes() -> None:
    assert parse_flow_lps("600") == pytest.approx(10.0)
    assert parse_flow_lps("600 l/min") == pytest.approx(10.0)
    assert parse_flow_lps("36 m3/h") == pytest.approx(10.0)
    assert parse_volume_tonnes("50") == 50.0
    assert parse_volume_tonnes("50000 l") == pytest.approx(50.0)
    assert math.isnan(parse_volume_tonnes("big"))


def test_no_road_reads_a_tag_that_an_import_does_not_keep() -> None:
    asked: set[str] = set()

    class Asked(dict[str, str]):
        def get(self, key: str, default: str = "") -> str:  # type: ignore[override]
            asked.add(key)
            return super().get(key, default)

    for word in ("residential", "steps", "motorway", "track", "path"):
        for access in ("", "no", "destination"):
            tags = Asked(highway=word, access=access, construction="minor")
            assert read_way(tags, Tally()) is not None
            level_of(RawWay(1, tags, WayPoints(), 0, 0))
    assert {"maxspeed:type", "layer", "hgv", "oneway:emergency", "maxheight:physical"} <= asked
    assert asked <= ROAD_KEYS
