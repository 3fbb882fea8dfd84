"""Seasons of water sources are read in the forms that people write, and the check names what nobody understands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.check import check_county
from gis_data.folder import read_county, write_county
from gis_data.model import County, WaterNeed, WaterSource
from gis_data.water import Season, is_broken_season, read_season
from tests.rules.test_county_check import clean_county

SUMMER = Season((((4, 1), (10, 31)),))


@pytest.mark.parametrize(
    "text",
    [
        "04-01/10-31",
        "4-1/10-31",
        "04/10",
        "4月1日至10月31日",
        "4月至10月",
        "4月-10月",
        "04-01 / 10-31",
        "04-01至10-31",
    ],
)
def test_a_season_is_read_in_every_form_that_people_write(text: str) -> None:
    assert read_season(text) == SUMMER


@pytest.mark.parametrize("text", ["", "  ", "全年", "常年"])
def test_no_season_is_the_whole_year(text: str) -> None:
    season = read_season(text)
    assert season is not None
    assert season.covers(date(2026, 1, 1))


def test_a_season_may_run_over_the_new_year_and_have_two_parts() -> None:
    season = read_season("11-15/02-28，06-01/06-30")
    assert season is not None
    inside = [date(2026, 11, 15), date(2026, 12, 31), date(2027, 1, 1), date(2027, 2, 28), date(2026, 6, 30)]
    outside = [date(2026, 11, 14), date(2027, 3, 1), date(2026, 5, 31), date(2026, 7, 1)]
    assert all(season.covers(day) for day in inside)
    assert not any(season.covers(day) for day in outside)


def test_words_are_for_people_and_broken_figures_are_a_fault() -> None:
    assert read_season("枯水期停用") is None
    assert not is_broken_season("枯水期停用")
    assert is_broken_season("13-01/14-02")
    assert is_broken_season("04-31/05-01")
    assert is_broken_season("2024年停用")


@given(
    st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 12, 31)),
    st.dates(min_value=date(2024, 1, 1), max_value=date(2024, 12, 31)),
)
def test_the_days_of_a_season_are_those_between_its_ends(first: date, last: date) -> None:
    season = read_season(f"{first:%m-%d}/{last:%m-%d}")
    assert season is not None
    days = [date(2024, 1, 1) + timedelta(days=n) for n in range(366)]
    covered = sum(season.covers(day) for day in days)
    assert covered == ((last - first).days % 366) + 1
    assert season.covers(first)
    assert season.covers(last)


def with_water(**facts: object) -> County:
    county = clean_county()
    source = replace(county.water_sources[0], **facts)  # type: ignore[arg-type]
    return replace(county, water_sources=(source,))


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"season": "13-01/14-02"}, "bad_season"),
        ({"lift_metres": 250.0}, "out_of_range"),
        ({"fill_places": 0}, "out_of_range"),
        ({"flow_lps": -1.0}, "out_of_range"),
        ({"kind": "well?"}, "unknown_code"),
    ],
)
def test_the_check_names_a_source_that_cannot_be(facts: dict[str, object], code: str) -> None:
    faults = [(fault.layer, fault.feature, fault.code) for fault in check_county(with_water(**facts))]
    assert faults == [("water_sources", "w1", code)]


@pytest.mark.parametrize(
    "facts", [{"season": "汛期不可用"}, {"lift_metres": 3.5, "fill_places": 2}, {"kind": "water_tower"}]
)
def test_a_source_that_can_be_is_no_fault(facts: dict[str, object]) -> None:
    assert check_county(with_water(**facts)) == ()


def test_pumps_and_needs_are_checked_too() -> None:
    county = clean_county()
    heavy = replace(county.vehicle_classes["heavy_engine"], max_suction_lift_metres=12.0)
    wrong = replace(
        county,
        vehicle_classes={**county.vehicle_classes, "heavy_engine": heavy},
        water_needs=(WaterNeed("earthquake", 1, 10.0),),
    )
    faults = [(fault.feature, fault.code) for fault in check_county(wrong)]
    assert faults == [("heavy_engine", "out_of_range"), ("[[water_need]] earthquake 1", "unknown_code")]


def test_lifts_places_rules_and_needs_survive_the_folder(tmp_path: Path) -> None:
    county = clean_county()
    rules = replace(county.water_rules, altitude_metres=812.0, hose_loss={"65": 0.002})
    sources = (
        WaterSource(
            "w1", "池", "tank", county.water_sources[0].position, 50.0, None, True, "04/10", True, 2.5, 2
        ),
        WaterSource(
            "w2", "塘", "pond", county.water_sources[0].position, None, None, True, "汛期", True, None, 1
        ),
    )
    needs = (WaterNeed("building", 1, 12.5, "待核", "自定"),)
    told = replace(county, water_sources=sources, water_rules=rules, water_needs=needs)
    write_county(told, tmp_path / "county")
    back = read_county(tmp_path / "county")
    assert back.water_sources == sources
    assert back.water_rules == rules
    assert back.water_needs == needs
    assert back.vehicle_classes == county.vehicle_classes
    assert back.vehicle_classes["heavy_engine"].pump_lps == 40.0
