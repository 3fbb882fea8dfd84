"""The calendar of holidays: swapped working days, lunar dates, the county's corrections, years nobody knows yet."""

from __future__ import annotations

from datetime import date

from roster.calendar import Season
from roster.holidays import CountyDays, build_calendar


def test_swapped_days_of_2026_are_the_state_councils() -> None:
    calendar = build_calendar([2026])
    assert calendar.workdays == {
        date(2026, 1, 4), date(2026, 2, 14), date(2026, 2, 28), date(2026, 5, 9), date(2026, 9, 20), date(2026, 10, 10)
    }  # fmt: skip
    assert not calendar.is_weekend(date(2026, 10, 10))
    assert calendar.is_holiday(date(2026, 10, 6))
    assert calendar.unconfirmed == frozenset()


def test_lunar_holidays_come_from_the_library() -> None:
    calendar = build_calendar([2026, 2027])
    assert calendar.holidays[date(2026, 2, 17)] == "春节"
    assert calendar.holidays[date(2026, 4, 5)] == "清明节"
    assert calendar.holidays[date(2027, 2, 6)] == "春节"
    assert calendar.holidays[date(2027, 9, 15)] == "中秋节"


def test_a_year_without_an_announcement_is_unconfirmed_until_the_county_enters_it() -> None:
    assert build_calendar([2026, 2035]).unconfirmed == {2035}
    own = CountyDays({date(2035, 2, 12): "休息日"}, [date(2035, 2, 17)], [2035])
    calendar = build_calendar([2035], own)
    assert calendar.unconfirmed == frozenset()
    assert calendar.is_holiday(date(2035, 2, 12))
    assert not calendar.is_weekend(date(2035, 2, 17))


def test_the_countys_word_is_final() -> None:
    own = CountyDays({date(2026, 10, 10): "县定休息"}, [date(2026, 10, 6)])
    calendar = build_calendar([2026], own)
    assert not calendar.is_holiday(date(2026, 10, 6))
    assert calendar.is_holiday(date(2026, 10, 10))
    assert calendar.is_weekend(date(2026, 10, 10))


def test_only_the_years_asked_for_are_in_it_and_seasons_stay() -> None:
    season = Season("forest_fire", "防火期", (10, 1), (5, 31))
    calendar = build_calendar([2026], seasons=(season,))
    assert {day.year for day in calendar.holidays} == {2026}
    assert calendar.in_season("forest_fire", date(2026, 1, 1))
