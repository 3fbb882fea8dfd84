"""The book that planning reads: the county folder's people, teams, seats, leave and figures in one value."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from zoneinfo import ZoneInfo

from gis_data.errors import InputError
from gis_data.model import County
from roster.calendar import Calendar, Season
from roster.files.rows import person_of, read_absences, read_debts, read_pairs, read_requests
from roster.files.sections import FILE, OFF, RotationRow, Sections, ShiftRow, read_sections
from roster.files.teams import seat_rules_of, teams_of
from roster.holidays import CountyDays, build_calendar
from roster.people import Person
from roster.plan import Book
from roster.shifts import Rotation, ShiftType

YEARS = range(2025, 2036)  # of the calendar, unless others are asked for: who plans farther ahead says so


def read_book(county: County, folder: Path, years: Iterable[int] = YEARS) -> Book:
    """Everything the folder says about duty. Without a roster.toml there is nobody to plan for: an empty book."""
    sections = read_sections(folder)
    zone = ZoneInfo(county.time_zone)
    teams = teams_of(county, sections)
    return Book(
        county.code,
        zone,
        _people(county, {team.station: team.code for team in teams.values() if team.station}),
        teams,
        {row.code: shift_of(row) for row in sections.shift},
        {row.code: rotation_of(row) for row in sections.rotation},
        seat_rules_of(county, sections, teams),
        calendar_of(sections, years),
        sections.policy,
        read_absences(folder, zone),
        read_requests(folder),
        read_pairs(folder),
        sections.post,
        sections.readiness,
        sections.authorisation,
        read_debts(folder),
    )


def shift_of(row: ShiftRow) -> ShiftType:
    return ShiftType(
        row.code,
        row.name,
        row.starts,
        round(row.hours * 60),
        round(row.rest_after_hours * 60),
        row.night,
        row.duty_mode,
        row.response_seconds,
        row.name_en,
    )


def rotation_of(row: RotationRow) -> Rotation:
    word = tuple(None if letter == OFF else letter for letter in row.word)
    return Rotation(row.code, row.name, row.kind, word, row.offsets, row.days_off_a_month, row.name_en)


def calendar_of(sections: Sections, years: Iterable[int]) -> Calendar:
    own = CountyDays(
        {row.day: row.name for row in sections.holiday},
        sections.calendar.workdays,
        sections.calendar.confirmed,
    )
    seasons = tuple(
        Season(row.code, row.name, _month_day(row.first, row.code), _month_day(row.last, row.code))
        for row in sections.season
    )
    return build_calendar(years, own, seasons)


def _people(county: County, teams_of_station: dict[str, str]) -> dict[str, Person]:
    """Those of stations that are not rostered here stay out: their strength is reported."""
    if not teams_of_station:
        return {}
    people = (person_of(row, teams_of_station) for row in county.people)
    return {person.code: person for person in people if person.memberships}


def _month_day(text: str, season: str) -> tuple[int, int]:
    try:
        month, day = (int(part) for part in text.split("-"))
        if 1 <= month <= 12 and 1 <= day <= 31:
            return month, day
    except ValueError:
        pass
    raise InputError(f"{FILE} [[season]] {season}", f"{text!r} is not a day of the year", "write MM-DD")
