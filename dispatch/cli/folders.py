"""`pianqu county …`: make, check, compare and apply county folders; export the graph as it is searched."""

from __future__ import annotations

import asyncio
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from dispatch.cli.options import (
    county_folder,
    county_option,
    data_options,
    json_option,
    print_json,
    settings_of,
)
from dispatch.cli.roads import live_roads, vehicle_class
from dispatch.duty.people import apply_roster, differs
from dispatch.forces.apply import apply_county, plan_county
from dispatch.messages import text
from gis_data.check import check_folder
from gis_data.folder import read_county
from gis_data.osm import import_osm
from roster.files.book import read_book
from roster.files.faults import check_duty
from routing.export import export_graph as write_graph
from runtime.clock import utc_now
from runtime.database import Database, open_database
from runtime.hints import Hints
from runtime.migrate import migrate
from runtime.servers import running_servers
from runtime.settings import Settings


@click.group()
def county() -> None:
    """A county is a folder: county.toml, county.gpkg, units.csv, people.csv."""


@county.command("check")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@data_options
@json_option
def check(folder: Path | None, as_json: bool, **where: Any) -> int:
    """Report every fault with layer, feature and remedy. Ends with 1 when it found any."""
    place = county_folder(settings_of(**where), folder)
    faults = check_folder(place)
    if not any(fault.code == "unreadable" for fault in faults):
        here = read_county(place)
        today = utc_now().astimezone(ZoneInfo(here.time_zone)).date()
        faults = (*faults, *check_duty(here, place, today))
    if as_json:
        print_json({"faults": [fault.as_dict() for fault in faults]})
    else:
        for fault in faults:
            print(fault)
        print(f"{len(faults)} fault(s)", file=sys.stderr)
    return 1 if faults else 0


@county.command("import-osm")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), metavar="DIR", help="Folder to write.")
@click.option("--time-zone", metavar="NAME", help="Like Asia/Shanghai; guessed by place when not given.")
@json_option
def import_extract(file: Path, out: Path, time_zone: str | None, as_json: bool) -> None:
    """Make a county folder from an OpenStreetMap extract: .osm.pbf, .osm, .osm.gz, .osm.bz2."""
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TimeElapsedColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
        transient=True,
    ) as progress:
        tasks: dict[str, TaskID] = {}

        def tell(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = progress.add_task(stage, total=total or None)
            progress.update(tasks[stage], completed=done, total=total or None)

        report = import_osm(file, out, progress=tell, time_zone=time_zone)
    if as_json:
        print_json(report)
    else:
        print(report)


@county.command("export-graph")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--vehicle", required=True, metavar="CLASS")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.npz")
@data_options
def export(folder: Path | None, vehicle: str, out: Path, **where: Any) -> None:
    """The directed graph as it is searched, so that anyone can check the routing with another library."""
    settings = settings_of(**where)
    here = read_county(county_folder(settings, folder))
    vehicle_class(here, vehicle)
    write_graph(live_roads(here, settings.cache_folder), vehicle, out)


@county.command("plan")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@county_option
@data_options
@json_option
def plan(folder: Path | None, county: Path | None, as_json: bool, **where: Any) -> None:
    """What `apply` would change in the database."""
    settings = settings_of(**where)
    where_it_lies = county_folder(settings, folder or county)
    here = read_county(where_it_lies)
    book = read_book(here, where_it_lies)

    async def compare(db: Database) -> Any:
        async with db.reading() as conn:
            return await plan_county(conn, here), await differs(conn, book)

    found, roster_differs = asyncio.run(beside(settings, compare))
    if as_json:
        print_json({**asdict(found), "roster_differs": roster_differs})
        return
    if found or not roster_differs:
        print(*found.lines(), sep="\n")
    if roster_differs:
        print(text("duty.plan.differs"))


@county.command("apply")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@county_option
@data_options
@json_option
def apply(folder: Path | None, county: Path | None, as_json: bool, **where: Any) -> None:
    """Bring the database to the folder in one journaled transaction: geography, units, people and duty teams.

    Boards show it at once; roads, zones and response plans follow when the service is started again on that folder.
    """
    settings = settings_of(**where)
    where_it_lies = county_folder(settings, folder or county)
    here = read_county(where_it_lies)
    book = read_book(here, where_it_lies)

    async def change(db: Database) -> Any:
        async with db.work() as work:
            return await apply_county(work, here), await apply_roster(work, book)

    done, roster = asyncio.run(beside(settings, change))
    if as_json:
        print_json({**asdict(done), "roster": roster})
        return
    if done or not roster:
        print(*done.lines(), sep="\n")
    if roster:
        print(text("duty.plan.applied", roster))
    if roster.get("duties"):
        print(text("duty.plan.left_behind", roster))


async def beside(settings: Settings, act: Any) -> Any:
    """Run one piece of work on the database, beside a running service or with servers of its own."""
    with running_servers(settings) as servers:
        await migrate(servers.database_url)
        hints = Hints(servers.redis_url)
        await hints.start()
        try:
            db = await open_database(servers.database_url, hints, size=2)
            try:
                return await act(db)
            finally:
                await db.pool.close()
        finally:
            await hints.stop()
