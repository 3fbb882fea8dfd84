"""`pianqu roster repair`: ranked ways to fill what falls open when somebody falls ill, and taking one of them."""

from __future__ import annotations

import time
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from dispatch.cli.options import county_option, data_options, json_option, print_json, settings_of
from dispatch.cli.roster_options import book_of, lang_option, must_be_drawable
from dispatch.messages import Lang, text
from dispatch.messages.repairs import change_params, change_text
from gis_data.errors import InputError
from roster.files.document import EARLIEST, LATEST, read_roster, write_roster
from roster.files.month import is_synthetic
from roster.people import AbsenceKind
from roster.plan import Book
from roster.planning.repair import Repair, RepairOption, repair
from roster.planning.repair_case import Away
from runtime.clock import utc_now


@click.command("repair")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="ROSTER.json")
@click.option("--away", "people", multiple=True, required=True, metavar="PERSON", help="Who; again for more.")
@click.option(
    "--from", "starts", required=True, metavar="TIME", help="2026-12-03 or 2026-12-03T14:00, local."
)
@click.option("--to", "ends", metavar="TIME", help="A day counts to its end; by default the day of --from.")
@click.option("--now", metavar="TIME", help="By default the present; the past and the notice window stay.")
@click.option(
    "--take", type=click.IntRange(min=1), metavar="N", help="Write the roster of this option to --out."
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="NEW.json")
@click.option("--time-limit", type=click.FloatRange(min=0.5), default=5.0, show_default=True)
@lang_option
@county_option
@data_options
@json_option
def repair_command(
    file: Path,
    people: tuple[str, ...],
    starts: str,
    ends: str | None,
    now: str | None,
    take: int | None,
    out: Path | None,
    time_limit: float,
    lang: Lang,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> int:
    """Up to three ways to mend a roster, fewest changed duties first. Ends with 1 when the rules allow none."""
    if (take is None) != (out is None):
        raise InputError("--take", "and --out belong together", "give both, or neither")
    roster = read_roster(file)
    book = book_of(settings_of(**where), county, roster)
    must_be_drawable(book, roster)
    for person in people:
        if person not in book.people:
            raise InputError("--away", f"{person!r} is not known", "name a code of people.csv")
    first = _instant("--from", starts, book.time_zone)
    last = _instant("--to", ends or starts[:10], book.time_zone, end=True)
    if last <= first:
        raise InputError("--to", "lies before --from", "give a later time")
    at = utc_now() if now is None else _instant("--now", now, book.time_zone)
    away = [Away(person, first, last, AbsenceKind.SICK) for person in people]
    found = repair(book, roster, away, at, clock=time.monotonic, seconds=time_limit)
    if as_json:
        print_json(_document(found))
    else:
        _say(found, people, lang)
    if take is not None and out is not None:
        if take > len(found.options):
            raise InputError(
                "--take", f"{take} is none of the {len(found.options)} options", "name one of them"
            )
        write_roster(out, found.options[take - 1].roster, synthetic=is_synthetic(book))
        if not as_json:
            print(text("roster.repair.taken", {"number": take, "file": str(out)}, lang))
    return 0 if found.options or not found.released else 1


def _instant(option: str, value: str, zone: ZoneInfo, *, end: bool = False) -> datetime:
    """A local time, or a day: its beginning, or (`end`) its end."""
    if value[:4].isdecimal() and not EARLIEST.year <= int(value[:4]) <= LATEST.year:
        years = f"write a day of {EARLIEST.year} to {LATEST.year}"
        raise InputError(option, f"{value!r} is out of reach", years)
    try:
        if len(value) == 10:
            day = date.fromisoformat(value) + timedelta(days=1 if end else 0)
            return datetime(day.year, day.month, day.day, tzinfo=zone)
        at = datetime.fromisoformat(value)
    except ValueError:
        raise InputError(option, f"{value!r} is not a time", "write 2026-12-03 or 2026-12-03T14:00") from None
    return at if at.tzinfo is not None else at.replace(tzinfo=zone)


def _say(found: Repair, people: tuple[str, ...], lang: Lang) -> None:
    book = found.book
    if not found.released:
        names = [book.people[person].name for person in people]
        print(text("roster.repair.nothing", {"name": names}, lang))
        return
    if not found.options:
        print(text("roster.repair.no_option", lang=lang))
    for number, option in enumerate(found.options, 1):
        cost = option.cost
        params = {**asdict(cost), "required": cost.required_open, "wished": cost.wished_open}
        kind = text(f"roster.repair.kind.{option.kind}", lang=lang)
        print(f"{number}  {kind}: {text('roster.repair.cost', params, lang)}")
        for change in option.changes:
            print(f"     {change_text(book, change, lang)}")
    if found.options:
        proved = "roster.repair.proved" if found.options[0].proved else "roster.repair.not_proved"
        print(text(proved, lang=lang))


def _document(found: Repair) -> dict[str, Any]:
    return {
        "released": [
            {"day": d.day.isoformat(), "team": d.team, "shift": d.shift, "seat": d.seat, "person": d.person}
            for d in found.released
        ],
        "seconds_to_first": found.seconds_to_first,
        "seconds_to_proof": found.seconds_to_proof,
        "options": [_option(found.book, option) for option in found.options],
    }


def _option(book: Book, option: RepairOption) -> dict[str, Any]:
    return {
        "kind": option.kind,
        "proved": option.proved,
        "cost": asdict(option.cost),
        "people": list(option.people),
        "open_seats": [
            {"day": s.day.isoformat(), "team": s.team, "shift": s.shift, "seat": s.key, "required": s.required}
            for s in option.open_seats
        ],
        "changes": [
            {
                "code": change.code,
                "params": change_params(book, change),
                "day": change.day.isoformat(), "team": change.team, "shift": change.shift, "seat": change.seat,
                "before": change.before, "after": change.after, "asks": change.asks,
                "borrowed_from": change.borrowed_from,
                "zh": change_text(book, change, "zh"), "en": change_text(book, change, "en"),
            }
            for change in option.changes
        ],
    }  # fmt: skip
