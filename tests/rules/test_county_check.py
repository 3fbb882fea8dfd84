"""`county check` finds each fault that a county can have, names the feature, and says how to mend it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from shapely import Point, Polygon, box

from gis_data.check import check_county, check_folder
from gis_data.crs import from_wgs84
from gis_data.errors import InputError
from gis_data.fault import Fault
from gis_data.folder import write_county
from gis_data.model import County, Name, Zone
from gis_data.roads import roads_of
from tests.rules.test_county_folder import small_county

Lines = list[list[tuple[float, float]]]

# A square of two-way roads with a spur: clean.
SQUARE: Lines = [
    [(112.75, 35.45), (112.85, 35.45)],
    [(112.85, 35.45), (112.85, 35.55)],
    [(112.85, 35.55), (112.75, 35.55)],
    [(112.75, 35.55), (112.75, 35.45)],
    [(112.85, 35.45), (112.8, 35.5)],
    [(112.8, 35.5), (112.82, 35.51)],
]


def with_roads(county: County, lines: Lines, **columns: list[Any]) -> County:
    ids = [f"r{number}" for number in range(len(lines))]
    base: dict[str, list[Any]] = {"ids": ids, "classes": ["tertiary"] * len(lines)}
    return replace(county, roads=roads_of(lines, base | columns))


def clean_county() -> County:
    return with_roads(small_county(), SQUARE)


def found(county: County) -> list[tuple[str, str, str]]:
    return [(fault.layer, fault.feature, fault.code) for fault in check_county(county)]


def test_a_clean_county_has_no_fault() -> None:
    assert check_county(clean_county()) == ()


def one_way(county: County, *ways: tuple[int, int]) -> County:
    oneway = [0] * len(county.roads)
    for piece, way in ways:
        oneway[piece] = way
    return with_roads(county, SQUARE, oneway=oneway)


def with_line(line: list[tuple[float, float]]) -> Callable[[County], County]:
    return lambda county: with_roads(county, [*SQUARE, line])


def with_station(**change: Any) -> Callable[[County], County]:
    return lambda county: replace(county, stations=(replace(county.stations[0], **change),))


def with_unit(**change: Any) -> Callable[[County], County]:
    return lambda county: replace(county, units=(replace(county.units[0], **change),))


def with_zones(*zones: Zone) -> Callable[[County], County]:
    return lambda county: replace(county, zones=zones)


def with_place(**change: Any) -> Callable[[County], County]:
    return lambda county: replace(county, places=(replace(county.places[0], **change),))


def zone(code: str, area: Polygon, *backup: str) -> Zone:
    return Zone(code, Name(code, code), area, "s1", backup)


WEST, EAST = box(112.7, 35.4, 112.8, 35.6), box(112.8, 35.4, 112.9, 35.6)
BOW_TIE = Polygon([(112.7, 35.4), (112.9, 35.6), (112.9, 35.4), (112.7, 35.6)])
SHIFTED = Point(*from_wgs84(112.82, 35.51, "gcj02"))


@pytest.mark.parametrize(
    ("spoil", "fault"),
    [
        (with_line([(112.71, 35.58), (112.72, 35.58)]), ("roads", "r6", "road_island")),
        (lambda c: one_way(c, (5, 1)), ("roads", "r5", "dead_one_way")),
        (lambda c: one_way(c, (4, -1)), ("roads", "r4", "dead_one_way")),
        (with_line([(112.820002, 35.51), (112.83, 35.52)]), ("roads", "r5", "duplicate_node")),
        (with_line([(112.82, 35.51), (112.82, 35.51)]), ("roads", "r6", "zero_length")),
        (
            with_line([(112.82, 35.51), (112.84, 35.53), (112.84, 35.51), (112.82, 35.53)]),
            ("roads", "r6", "self_crossing"),
        ),
        (with_station(position=Point(112.72, 35.42)), ("stations", "s1", "off_network")),
        (with_station(position=Point(112.95, 35.5)), ("stations", "s1", "outside_county")),
        (with_station(position=Point(113.4, 35.5), foreign=True), ("stations", "s1", "outside_buffer")),
        (with_station(position=SHIFTED), ("stations", "s1", "looks_shifted")),
        (with_station(zone="z9"), ("stations", "s1", "unknown_code")),
        (with_station(town="t9"), ("stations", "s1", "unknown_code")),
        (with_station(body="ministry"), ("stations", "s1", "unknown_code")),
        (
            lambda c: replace(c, water_sources=(replace(c.water_sources[0], position=Point(112.72, 35.42)),)),
            ("water_sources", "w1", "off_network"),
        ),
        (
            lambda c: replace(c, water_sources=(replace(c.water_sources[0], kind="well"),)),
            ("water_sources", "w1", "unknown_code"),
        ),
        (with_place(position=Point(112.95, 35.5)), ("places", "p1", "outside_county")),
        (with_place(kind="planet"), ("places", "p1", "unknown_code")),
        (with_place(responsible="s9"), ("places", "p1", "no_station")),
        (with_zones(zone("z1", WEST)), ("zones", "", "zone_gap")),
        (
            with_zones(zone("z1", WEST), zone("z2", box(112.79, 35.4, 112.9, 35.6))),
            ("zones", "z1", "zone_overlap"),
        ),
        (with_zones(zone("z1", WEST, "z2", "z2"), zone("z2", EAST)), ("zones", "z1", "zone_backup")),
        (
            lambda c: replace(c, zones=(replace(c.zones[0], brigade="nobody"),)),
            ("zones", "z1", "no_station"),
        ),
        (with_zones(zone("z1", BOW_TIE)), ("zones", "z1", "broken_area")),
        (with_unit(station="s9"), ("units.csv", "u1", "no_station")),
        (with_unit(vehicle_class="tank"), ("units.csv", "u1", "unknown_code")),
        (with_unit(brings={"people": 6.0, "courage": 1.0}), ("units.csv", "u1", "unknown_code")),
        (with_unit(minimum_crew=9), ("units.csv", "u1", "short_seats")),
        (with_unit(brings={"people": 8.0}), ("units.csv", "u1", "too_many_people")),
        (lambda c: replace(c, units=()), ("units.csv", "", "no_units")),
        (lambda c: with_roads(c, []), ("roads", "", "no_roads")),
        (
            lambda c: replace(c, driving=replace(c.driving, contraflow_roads=frozenset({"canal"}))),
            ("county.toml", "[driving]", "unknown_code"),
        ),
        (
            lambda c: replace(c, people=(replace(c.people[0], station="s9"),)),
            ("people.csv", "m1", "no_station"),
        ),
        (lambda c: replace(c, stations=c.stations * 2), ("stations", "s1", "duplicate_code")),
        (
            lambda c: replace(c, kinds={k: v for k, v in c.kinds.items() if k != "other"}),
            ("county.toml", "[[kind]]", "missing_kind"),
        ),
        (
            lambda c: replace(c, plans=tuple(p for p in c.plans if p.kind != "snow")),
            ("county.toml", "snow", "kind_without_plan"),
        ),
        (
            lambda c: replace(c, plans=(*c.plans, replace(c.plans[0], code="x", must_arrive={"luck": 1.0}))),
            ("county.toml", "[[plan]] x", "unknown_code"),
        ),
        (
            lambda c: with_roads(c, SQUARE, classes=["boulevard", *["tertiary"] * 5]),
            ("roads", "r0", "unknown_code"),
        ),
    ],
)
def test_each_fault_is_found_at_its_feature(
    spoil: Callable[[County], County], fault: tuple[str, str, str]
) -> None:
    assert fault in found(spoil(clean_county()))


def test_two_roads_that_share_a_vertex_without_a_junction_are_found() -> None:
    county = with_roads(
        clean_county(),
        [*SQUARE[:5], [(112.8, 35.5), (112.82, 35.51), (112.83, 35.52)], [(112.82, 35.51), (112.83, 35.5)]],
    )
    assert ("roads", "r5", "missed_junction") in found(county) or ("roads", "r6", "missed_junction") in found(
        county
    )


def test_a_road_far_beyond_the_county_is_found() -> None:
    county = with_roads(clean_county(), [*SQUARE, [(113.3, 35.5), (113.31, 35.5)]])
    assert ("roads", "r6", "outside_buffer") in found(county)


def test_a_fault_says_layer_feature_problem_and_remedy_in_one_line() -> None:
    county = with_unit(station="s9")(clean_county())
    (fault,) = check_county(county)
    assert str(fault) == (
        "units.csv u1: belongs to station s9, which does not exist; add the station, or name another"
    )
    assert fault.as_dict()["code"] == "no_station"


def test_every_unreadable_part_is_reported_at_once(tmp_path: Path) -> None:
    write_county(clean_county(), tmp_path)
    (tmp_path / "county.gpkg").write_bytes(b"not a database")
    (tmp_path / "people.csv").write_text("code,name,station,qualifications,shoe_size\n", encoding="utf-8")
    faults = check_folder(tmp_path)
    assert {(fault.layer, fault.code) for fault in faults} == {
        ("county.gpkg", "unreadable"),
        ("people.csv", "unreadable"),
    }
    assert all("\n" not in str(fault) for fault in faults)


def test_a_written_county_is_checked_from_its_folder(tmp_path: Path) -> None:
    write_county(with_unit(station="s9")(clean_county()), tmp_path)
    assert check_folder(tmp_path) == (Fault("units.csv", "u1", "no_station", {"value": "s9"}),)


def test_a_folder_that_is_not_there_is_an_input_error(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        check_folder(tmp_path / "nowhere")
