"""What the commands of `pianqu roster` are asked in common: the month, the county's book, the language."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from dispatch.cli.options import county_folder
from gis_data.errors import InputError
from gis_data.folder import read_county
from roster.files.book import read_book
from roster.files.document import EARLIEST, LATEST
from roster.plan import Book, Roster


def lang_option(command: Any) -> Any:
    return click.option(
        "--lang",
        type=click.Choice(["zh", "en"]),
        default="zh",
        show_default=True,
        help="Language of sentences.",
    )(command)


def month_of(value: str | None, option: str = "--month") -> date | None:
    if value is None:
        return None
    try:
        first = date.fromisoformat(f"{value}-01")
    except ValueError:
        raise InputError(option, f"{value!r} is not a month", "write YYYY-MM, such as 2026-12") from None
    if not EARLIEST <= first <= LATEST:
        years = f"write a month of {EARLIEST.year} to {LATEST.year}"
        raise InputError(option, f"{value} is out of reach", years)
    return first


def book_of(settings: Any, county: Path | None, roster: Roster | None = None) -> Book:
    """The book of a county folder. A roster of another county, or of teams it does not have, is refused."""
    folder = county_folder(settings, county)
    book = read_book(read_county(folder), folder)
    if roster is None:
        return book
    if roster.county != book.county:
        raise InputError(
            "--county",
            f"is {book.county}, the roster is of {roster.county}",
            "name the folder of the roster's county",
        )
    unknown = [team for team in roster.teams if team not in book.teams]
    if unknown:
        raise InputError(
            "--county",
            f"has no team {unknown[0]!r}, which the roster is of",
            "correct its roster.toml, or the roster's field teams",
        )
    return book


def must_be_drawable(book: Book, roster: Roster) -> None:
    """What names a team or shift that the county does not have cannot be drawn or mended; `roster check` judges it."""
    unknown = [
        team for team in (*roster.teams, *(duty.team for duty in roster.duties)) if team not in book.teams
    ]
    unknown += [duty.shift for duty in roster.duties if duty.shift not in book.shifts]
    if unknown:
        raise InputError(
            "teams and shifts of the roster",
            f"{', '.join(list(dict.fromkeys(unknown))[:5])} are not in the county",
            "correct roster.toml, or the roster",
        )
