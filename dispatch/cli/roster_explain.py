"""`pianqu roster explain`: why a team's month cannot be done, in sentences, and what would make it possible."""

from __future__ import annotations

import time
from calendar import monthrange
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import click

from dispatch.cli.options import county_option, data_options, json_option, print_json, settings_of
from dispatch.cli.roster_options import book_of, lang_option, month_of, must_be_drawable
from dispatch.messages import Lang, text
from dispatch.messages.repairs import count_text, part_text, step_text
from gis_data.errors import InputError
from roster.files.document import read_roster
from roster.files.month import is_synthetic
from roster.plan import Book, Duty, Roster
from roster.planning.clash import Part
from roster.planning.explain import Explanation, explain
from roster.planning.fix import Fix, Step
from roster.planning.fixes import fixes


@click.command("explain")
@click.option("--month", required=True, metavar="YYYY-MM")
@click.option("--team", "teams", multiple=True, metavar="CODE", help="By default all; again for more.")
@click.option(
    "--roster",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="ROSTER.json",
    help="What the other teams do in the month: whoever serves several teams is bound by it.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(min=0.5),
    default=5.0,
    show_default=True,
    help="For the why; the ways out get twice that. Each team.",
)
@lang_option
@county_option
@data_options
@json_option
def explain_command(
    month: str,
    teams: tuple[str, ...],
    file: Path | None,
    time_limit: float,
    lang: Lang,
    county: Any,
    as_json: bool,
    **where: Any,
) -> int:
    """Why a month cannot be done: counts, the smallest clash, ways out. Ends with 1 when some team's cannot."""
    first = month_of(month)
    assert first is not None
    days = monthrange(first.year, first.month)[1]
    roster = None if file is None else read_roster(file)
    book = book_of(settings_of(**where), county, roster)
    if not book.teams:
        raise InputError("--county", "it has no duty book", "write teams and shifts into its roster.toml")
    for team in teams:
        if team not in book.teams:
            known = ", ".join(sorted(book.teams)[:12])
            raise InputError("--team", f"{team!r} is not in the county", f"use one of {known} …")
    duties = () if roster is None else _of_the_month(book, roster, first, days)
    told, impossible = [], False
    for team in teams or sorted(book.teams):
        others = tuple(duty for duty in duties if duty.team != team)
        why = explain(book, team, first, days, clock=time.monotonic, seconds=time_limit, elsewhere=others)
        ways: tuple[Fix, ...] = ()
        if why.impossible:
            impossible = True
            ways = fixes(
                book, team, first, days, why, clock=time.monotonic, seconds=2 * time_limit, elsewhere=others
            )
        if as_json:
            told.append(_document(book, why, ways))
        else:
            _say(book, month, why, ways, lang)
    if as_json:
        print_json({"month": month, "synthetic": is_synthetic(book), "teams": told})
    return 1 if impossible else 0


def _of_the_month(book: Book, roster: Roster, first: date, days: int) -> tuple[Duty, ...]:
    must_be_drawable(book, roster)
    last = first + timedelta(days=days - 1)
    if roster.first > last or roster.first + timedelta(days=roster.days) <= first:
        raise InputError("--roster", f"has no day of {first:%Y-%m}", "name a roster of the month")
    return tuple(duty for duty in roster.duties if first <= duty.day <= last)


def _say(book: Book, month: str, why: Explanation, ways: tuple[Fix, ...], lang: Lang) -> None:
    unknown = "unknown" if why.impossible else "undecided"
    head = "possible" if why.possible else unknown if why.short is None else "short"
    params = {"team": book.teams[why.team].name, "month": month, "short": why.short}
    print(text(f"roster.explain.{head}", params, lang))
    if not why.impossible:
        return
    if why.counts:
        print(f"  {text('roster.explain.counts', lang=lang)}")
        for count in why.counts:
            print(f"    {count_text(book, count, lang)}")
    clash = "clash" if why.minimal else "clash_unverified"
    print(f"  {text(f'roster.explain.{clash}', lang=lang)}")
    for part in why.parts:
        print(f"    {part_text(book, part, lang)}")
    print(f"  {text('roster.explain.fixes' if ways else 'roster.explain.no_fix', lang=lang)}")
    for number, way in enumerate(ways, 1):
        steps = ("；" if lang == "zh" else "; ").join(step_text(book, step, lang) for step in way.steps)
        print(f"    {number}  {steps}")


def _document(book: Book, why: Explanation, ways: tuple[Fix, ...]) -> dict[str, Any]:
    return {
        "team": why.team,
        "possible": why.possible,
        "impossible": why.impossible,
        "short": why.short,
        "seconds": why.seconds,
        "minimal": why.minimal,
        "counts": [
            {
                "code": c.code, "first": _iso(c.first), "last": _iso(c.last), "shift": c.shift,
                "roles": list(c.roles), "needed": c.needed, "able": c.able, "people": list(c.people),
                "zh": count_text(book, c, "zh"), "en": count_text(book, c, "en"),
            }
            for c in why.counts
        ],
        "clash": [_part(book, part) for part in why.parts],
        "fixes": [
            {"kind": way.kind.value, "cost": way.cost, "steps": [_step(book, step) for step in way.steps]}
            for way in ways
        ],
    }  # fmt: skip


def _part(book: Book, part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind.value, "code": part.code, "people": list(part.people),
        "first": _iso(part.first), "last": _iso(part.last), "role": part.role, "unit": part.unit,
        "shift": part.shift, "seats": part.seats, "able": list(part.able),
        "zh": part_text(book, part, "zh"), "en": part_text(book, part, "en"),
    }  # fmt: skip


def _step(book: Book, step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind.value, "person": step.person, "rule": step.rule, "role": step.role, "seat": step.seat,
        "shift": step.shift, "team": step.team, "days": [_iso(day) for day in step.days], "by_days": step.by_days,
        "zh": step_text(book, step, "zh"), "en": step_text(book, step, "en"),
    }  # fmt: skip


def _iso(day: date) -> str:
    return day.isoformat()
