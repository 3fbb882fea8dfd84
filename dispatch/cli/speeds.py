"""`pianqu speeds`: what observed drives say of the speed table, and its acceptance, beside a running service."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dispatch.access.problem import Problem
from dispatch.cli.folders import beside
from dispatch.cli.options import (
    county_of,
    county_option,
    data_options,
    json_option,
    print_json,
    settings_of,
)
from dispatch.forces.speed_table import NewSpeed
from dispatch.forces.speeds import (
    RESTART,
    accept_speeds,
    accepted_tables,
    restore_speeds,
    shown,
    speed_report,
)
from dispatch.messages import text
from gis_data.model import County
from runtime.database import Database
from runtime.errors import UserError

BY = "cli"


@click.command()
@click.option("--accept", is_flag=True, help="Accept every speed proposed; it holds from the next start on.")
@click.option(
    "--restore", type=click.IntRange(0), metavar="N", help="Go back to table N; 0: the folder's own."
)
@click.option("--simulated", is_flag=True, help="Look at simulated drives; they can never be accepted.")
@json_option
@county_option
@data_options
def speeds(
    accept: bool, restore: int | None, simulated: bool, as_json: bool, county: Path | None, **where: Any
) -> None:
    """What drives from rolling to arriving say of the speeds by vehicle class and class of road."""
    if sum((accept, restore is not None, simulated)) > 1:
        raise UserError("--accept, --restore and --simulated exclude each other; give one of them")
    settings = settings_of(county=county, **where)
    here = county_of(settings, county)

    async def act(db: Database) -> dict[str, Any]:
        try:
            return await _speeds(db, here, accept=accept, restore=restore, simulated=simulated)
        except Problem as problem:
            raise UserError(text(f"problem.{problem.code}", problem.params, "en")) from None

    found = asyncio.run(beside(settings, act))
    if as_json:
        print_json(found)
    else:
        _print(found)


async def _speeds(
    db: Database, county: County, *, accept: bool, restore: int | None, simulated: bool
) -> dict[str, Any]:
    async with db.work() as work:
        report = await speed_report(work.conn, county, work.now, simulated=simulated)
        table, news = (
            report.table,
            [
                NewSpeed(one.vehicle_class, one.road_class, one.proposed_kmh)
                for one in report.learned.corrections
                if one.proposed_kmh is not None
            ],
        )
        if accept and news:
            table = await accept_speeds(work, county, table.version, news, by=BY)
        if restore is not None:
            table = await restore_speeds(work, county, table.version, restore, by=BY)
        changed = table.version != report.table.version
        found = shown(report, await accepted_tables(work.conn, county.code))
    return {**found, "version": table.version, "then": RESTART if changed else None}


def _print(found: dict[str, Any]) -> None:
    console = Console()
    told = {"drives": found["drives"], "left_out": found["left_out"], "version": found["version"]}
    console.print(text("cli.speeds_rests_on", told))
    if found["simulated"]:
        console.print(text("cli.speeds_simulated"))
    elif found["other_drives"]:
        console.print(text("cli.speeds_simulated_unused", {"count": found["other_drives"]}))
    if found["rows"]:
        table = Table(box=None, pad_edge=False)
        for column in ("vehicle", "road", "drives", "factor", "interval", "kmh", "proposed"):
            table.add_column(
                text(f"cli.speeds_{column}"), justify="left" if column in ("vehicle", "road") else "right"
            )
        for row in found["rows"]:
            proposed = row["proposed_kmh"]
            table.add_row(
                row["vehicle_class"],
                row["road_class"],
                str(row["drives"]),
                f"{row['factor']:.2f}",
                f"{row['low']:.2f}–{row['high']:.2f}",
                f"{row['kmh']:g}",
                "–" if proposed is None else f"{proposed:g}",
            )
        console.print(table)
    if found["then"]:
        console.print(text("cli.speeds_restart", {"version": found["version"]}))
