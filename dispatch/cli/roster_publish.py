"""`pianqu roster publish`: put a roster document in force, beside a running service."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from dispatch.access.problem import Problem
from dispatch.cli.folders import beside
from dispatch.cli.options import data_options, json_option, print_json, settings_of
from dispatch.cli.roster_options import lang_option
from dispatch.cli.tokens import county_code
from dispatch.duty.publishing import publish, save_draft
from dispatch.messages import Lang, text
from roster.files.document import read_roster
from runtime.database import Database
from runtime.errors import UserError

SHOWN = 20


@click.command("publish")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DAY",
    help="First day on which it replaces another version; tomorrow by default.",
)
@click.option("--note", default="", help="What the list of versions says of it.")
@click.option("--draft", is_flag=True, help="Keep it as a draft; publish it on the pages.")
@lang_option
@data_options
@json_option
def publish_command(
    file: Path, since: datetime | None, note: str, draft: bool, lang: Lang, as_json: bool, **where: Any
) -> int | None:
    """Put a roster document in force. Days that are over stay as they were served.

    Refused as a whole, with 1 as exit code, while it breaks rules that nobody may lift or has lifted.
    """
    roster = read_roster(file)

    async def act(db: Database) -> Mapping[str, Any]:
        county = await county_code(db)
        if roster.county != county:
            raise UserError(
                f"{file}: field county: is {roster.county}, and the database holds county {county}; "
                "name the database of that county with --data or --database-url"
            )
        async with db.work() as work:
            version = await save_draft(work, county, roster, note=note, by="cli")
            if draft:
                return {"version": version.id, "number": version.number, "state": "draft"}
            first = None if since is None else since.date()
            return {**await publish(work, county, version.id, since=first, by="cli"), "state": "published"}

    try:
        done = asyncio.run(beside(settings_of(**where), act))
    except Problem as problem:
        return _refused(file, problem, lang, as_json)
    if as_json:
        print_json(done)
    else:
        print(text(f"duty.cli.{done['state']}", done, lang))
    return None


def _refused(file: Path, problem: Problem, lang: Lang, as_json: bool) -> int:
    said = text(f"problem.{problem.code}", problem.params, lang)
    broken = problem.params.get("violations")
    if broken is None:
        raise UserError(f"{file}: {said}")
    if as_json:
        print_json({"state": "refused", "violations": broken})
        return 1
    click.echo(f"{file}: {said}", err=True)
    for violation in broken[:SHOWN]:
        click.echo(violation["text_en" if lang == "en" else "text"], err=True)
    if len(broken) > SHOWN:
        click.echo(text("duty.cli.more", {"count": len(broken) - SHOWN}, lang), err=True)
    return 1
