"""`pianqu roster check|import|export`: a roster against the rules, from an office's spreadsheet, and onto paper."""

from __future__ import annotations

import asyncio
import sys
from calendar import monthrange
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import click

from dispatch.cli.folders import beside
from dispatch.cli.options import (
    county_option,
    data_options,
    json_option,
    print_json,
    settings_of,
)
from dispatch.cli.roster_options import book_of, lang_option, month_of, must_be_drawable
from dispatch.cli.tokens import county_code
from dispatch.duty.exporting import Form, exported
from dispatch.duty.store import in_force, load_book, published_days, with_retired
from dispatch.messages import Lang, text
from dispatch.messages.violations import violation_text
from gis_data.errors import InputError
from gis_data.fault import Fault
from gis_data.model import Person as PersonRow
from gis_data.tables import write_table
from roster.files.document import read_roster, write_roster
from roster.files.month import is_synthetic
from roster.files.office import Imported, import_roster
from roster.files.rows import row_of
from roster.plan import Book, Roster
from roster.rules.check import check
from roster.rules.violation import Violation, blocking
from runtime.clock import utc_now
from runtime.database import Database

_FORMATS: tuple[Form, ...] = ("xlsx", "html", "pdf", "ics", "json")


@click.command("check")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="ROSTER.json")
@click.option(
    "--all", "everything", is_flag=True, help="Preferences too, one by one; else they are only counted."
)
@lang_option
@county_option
@data_options
@json_option
def check_command(
    file: Path, everything: bool, lang: Lang, county: Path | None, as_json: bool, **where: Any
) -> int:
    """Audit a roster by every rule, hand-made ones too. Ends with 1 when something forbids publishing it."""
    roster = read_roster(file)
    book = book_of(settings_of(**where), county, roster)
    found = check(book, roster)
    stopping = blocking(found)
    if as_json:
        print_json(
            {
                "county": roster.county,
                "first": roster.first.isoformat(),
                "days": roster.days,
                "synthetic": is_synthetic(book),
                "blocking": len(stopping),
                "violations": [_document(one) for one in found],
            }
        )
        return 1 if stopping else 0
    shown = found if everything else [one for one in found if one.strength != "preference"]
    for one in shown:
        allowed = f" [{one.authorised_by}]" if one.authorised_by else ""
        print(f"{text(f'roster.strength.{one.strength}', lang=lang)}{allowed}  {violation_text(one, lang)}")
    wishes = sum(one.strength == "preference" for one in found)
    print(
        f"{len(stopping)} violation(s) forbid publishing, {wishes} preference(s) are not met", file=sys.stderr
    )
    return 1 if stopping else 0


@click.command("import")
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.xlsx|csv")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="ROSTER.json")
@click.option("--month", metavar="YYYY-MM", help="The month, where the sheets do not name one.")
@click.option(
    "--people-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Write the people of the workbook's own list, in the form of the county's people.csv.",
)
@click.option(
    "--absences-out",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Write leave found in marks and lists, in the form of the county's absences.csv.",
)
@lang_option
@county_option
@data_options
@json_option
def import_command(
    file: Path,
    out: Path,
    month: str | None,
    people_out: Path | None,
    absences_out: Path | None,
    lang: Lang,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> int:
    """Read a month as offices keep it: people by days, marks in cells. Every fault by sheet and cell, or all of it."""
    first = month_of(month)
    book = book_of(settings_of(**where), county)
    imported, faults = import_roster(file, book, first)
    if imported is None:
        if as_json:
            print_json({"faults": [fault.as_dict() for fault in faults]})
        else:
            for fault in faults:
                print(f"pianqu: {sentence(fault, lang)}", file=sys.stderr)
        return 2
    write_roster(out, imported.roster, synthetic=is_synthetic(book))
    if people_out is not None:
        stations = {team.code: team.station for team in book.teams.values()}
        write_table(people_out, PersonRow, [row_of(person, stations) for person in imported.people])
    if absences_out is not None:
        absences_out.write_bytes(_absences(imported))
    told = {
        "out": str(out),
        "first": imported.roster.first.isoformat(),
        "days": imported.roster.days,
        "teams": list(imported.roster.teams),
        "duties": len(imported.roster.duties),
        "people": len(imported.people),
        "leave": len(imported.leave),
    }
    strangers = sorted(person.code for person in imported.people if person.code not in book.people)
    if strangers:
        shown = ", ".join(strangers[:5]) + (" …" if len(strangers) > 5 else "")
        print(f"not in the county's people.csv yet: {shown}; add them (--people-out)", file=sys.stderr)
    if as_json:
        print_json(told)
    else:
        print(
            f"{told['duties']} duties of {len(imported.roster.teams)} team(s) from {told['first']} in {out}"
        )
    return 0


@click.command("export")
@click.argument(
    "file", type=click.Path(path_type=Path, dir_okay=False), metavar="[ROSTER.json]", required=False
)
@click.option(
    "--published", metavar="YYYY-MM", help="The month in force in the database, instead of a document."
)
@click.option("--format", "form", type=click.Choice(_FORMATS), help="By default what --out ends with.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE")
@click.option("--team", "teams", multiple=True, metavar="CODE", help="Only this team; again for more.")
@click.option("--person", metavar="CODE", help="Only this person; iCalendar needs one.")
@county_option
@data_options
def export_command(
    file: Path | None,
    published: str | None,
    form: Form | None,
    out: Path,
    teams: tuple[str, ...],
    person: str | None,
    county: Path | None,
    **where: Any,
) -> None:
    """Write a roster as a month calendar (xlsx, html, pdf), a person's calendar feed (ics) or a document (json)."""
    settings, form = settings_of(**where), form or _form_of(out)
    if (file is None) == (published is None):
        raise InputError("ROSTER.json", "or --published is needed, and not both", "name one of the two")
    if file is not None:
        roster = read_roster(file)
        book = book_of(settings, county, roster)
    else:
        first = month_of(published, "--published")
        assert first is not None
        days = monthrange(first.year, first.month)[1]
        roster, book = asyncio.run(beside(settings, partial(published_roster, first=first, days=days)))
    must_be_drawable(book, roster)
    for team in teams:
        if team not in roster.teams:
            known = ", ".join(roster.teams[:12]) + (" …" if len(roster.teams) > 12 else "")
            raise InputError("--team", f"{team!r} is not in the roster", f"use one of {known}")
    if person is not None and person not in book.people:
        raise InputError("--person", f"{person!r} is not known", "name a code of people.csv")
    if form == "ics" and person is None:
        raise InputError("--person", "is missing", "name whose calendar it is")
    out.write_bytes(exported(book, roster, form, teams, person, utc_now()))


def _form_of(out: Path) -> Form:
    form = next((form for form in _FORMATS if out.suffix.lower() == f".{form}"), None)
    if form is None:
        raise InputError(
            "--out", f"{out.name} does not tell its format", f"end it with .{', .'.join(_FORMATS)}"
        )
    return form


async def published_roster(db: Database, first: date, days: int) -> tuple[Roster, Book]:
    """What is in force on these days after every change, with the book it was published by."""
    last = first + timedelta(days=days - 1)
    async with db.reading() as conn:
        county = await county_code(db)
        book = await load_book(conn, county, first, days, ())
        teams = sorted({team for team, _ in await published_days(conn, county, first, last)})
        duties = await in_force(conn, county, first, last)
        if book is None or not teams:
            raise InputError(
                "--published", f"{first:%Y-%m} has no roster in force", "publish one, or name another month"
            )
        named = await with_retired(conn, county, book, duties)
    return Roster(county, first, days, tuple(teams), duties), named


def sentence(fault: Fault, lang: Lang) -> str:
    """Where, what, and how to mend it, in one line."""
    where = f"{fault.layer} {fault.feature}".strip()
    said, remedy = (text(f"{kind}.{fault.code}", fault.params, lang) for kind in ("fault", "remedy"))
    return f"{where}：{said}；{remedy}" if lang == "zh" else f"{where}: {said}; {remedy}"


def _document(one: Violation) -> dict[str, Any]:
    return {
        "rule": one.rule,
        "strength": one.strength.value,
        "blocks": one.blocks,
        "person": one.person,
        "team": one.team,
        "days": [day.isoformat() for day in one.days],
        "params": dict(one.params),
        "authorised_by": one.authorised_by,
        "zh": violation_text(one, "zh"),
        "en": violation_text(one, "en"),
    }


def _absences(imported: Imported) -> bytes:
    lines = ["person,kind,starts,ends,note"]
    lines += [
        f"{one.person},{one.kind.value},{one.first.isoformat()},{one.last.isoformat()},"
        for one in imported.leave
    ]
    return b"\xef\xbb\xbf" + ("\r\n".join(lines) + "\r\n").encode()
