"""A calendar of Chinese statutory holidays from a library, corrected by the county's own days."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from holidays import country_holidays
from holidays.countries.china import ChinaStaticHolidays

from roster.calendar import Calendar, Season


@dataclass(frozen=True, slots=True)
class CountyDays:
    """What the county says itself: days that are holidays (with their names), days that are work, and the years for
    which it has entered the State Council's notice in full, so that nothing of them is 待核 any more."""

    holidays: Mapping[date, str] = field(default_factory=dict)
    workdays: Collection[date] = ()
    confirmed_years: Collection[int] = ()


def build_calendar(
    years: Iterable[int], county: CountyDays | None = None, seasons: tuple[Season, ...] = ()
) -> Calendar:
    """The holidays of the years: lunar ones too (春节, 清明, 端午, 中秋), days off in lieu and swapped days (调休).

    The swapped days of a year are announced late in the year before. Where the library does not know them, the year
    has its statutory holidays alone and is `unconfirmed`, until the county enters them. The county's word is final.
    """
    own = county or CountyDays()
    wanted = sorted(set(years))
    known = country_holidays("CN", years=wanted, language="zh_CN", expand=False)
    holidays = {day: name for day, name in known.items() if day.year in wanted}
    workdays = {day for day in known.weekend_workdays if day.year in wanted}
    for day in own.workdays:
        holidays.pop(day, None)
        workdays.add(day)
    for day, name in own.holidays.items():
        workdays.discard(day)
        holidays[day] = name
    unconfirmed = {
        year
        for year in wanted
        if year not in ChinaStaticHolidays.special_public_holidays and year not in own.confirmed_years
    }
    return Calendar(dict(sorted(holidays.items())), frozenset(workdays), seasons, frozenset(unconfirmed))
