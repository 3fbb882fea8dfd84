"""`pianqu water`: which water tankers can use by road, and the plan that brings it, from the county folder alone."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
from rich.console import Console
from rich.table import Table

from dispatch.alarms.water_answer import answer
from dispatch.alarms.water_means import Fire, Supplier
from dispatch.alarms.water_supply import plan_water
from dispatch.cli.options import (
    county_of,
    county_option,
    data_options,
    json_option,
    position,
    print_json,
    settings_of,
)
from dispatch.cli.roads import crs_option, live_roads, turnout_seconds, vehicle_class
from dispatch.messages import text
from gis_data.errors import InputError
from gis_data.model import County
from routing.live import LiveRoads
from routing.snap import snap
from runtime.clock import utc_now


@click.command()
@click.option("--at", "at", required=True, metavar="LON,LAT", help="Where it burns.")
@click.option(
    "--flow",
    type=click.FloatRange(0, 1000, min_open=True),
    metavar="L/S",
    help="Water needed; by default the county's usual need.",
)
@click.option("--vehicle", metavar="CLASS", help="Only units of this vehicle class.")
@click.option(
    "--rise",
    type=click.FloatRange(-1000, 1000),
    metavar="METRES",
    help="How much higher the fire is than the water.",
)
@click.option(
    "--on", "day", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE", help="Day of the season; today."
)
@crs_option
@county_option
@data_options
@json_option
def water(
    at: str,
    flow: float | None,
    vehicle: str | None,
    rise: float | None,
    day: datetime | None,
    crs: str,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Water by road for a fire: the sources, and a shuttle of tankers or a relay of pumps.

    Reads the county folder: accepted units of its own with their nominal crews, no road conditions. The running
    service answers with tonight's crews and roads.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    if vehicle is not None:
        vehicle_class(here, vehicle)
    lon, lat = position("--at", at, crs)
    today = day.date() if day else utc_now().astimezone(ZoneInfo(here.time_zone)).date()
    live = live_roads(here, settings.cache_folder)
    try:
        with _own_output():
            document = water_plan(
                here, live, lon, lat, today=today, flow_lps=flow, rise_metres=rise, vehicle=vehicle
            )
    except InputError as error:
        raise InputError("--at", error.problem, error.remedy) from None
    if as_json:
        print_json(document)
    else:
        _print(document)


def water_plan(
    county: County,
    live: LiveRoads,
    lon: float,
    lat: float,
    *,
    today: date,
    flow_lps: float | None,
    rise_metres: float | None,
    vehicle: str | None,
) -> dict[str, Any]:
    """The document that `pianqu water --json` prints: that of `GET /incidents/{id}/water` without an incident."""
    stations = {station.code: station for station in county.stations}
    suppliers = [
        Supplier(
            code=unit.code,
            name=unit.name.zh,
            vehicle_class=unit.vehicle_class,
            brings=unit.brings,
            lon=stations[unit.station].position.x,
            lat=stations[unit.station].position.y,
            turnout_seconds=turnout_seconds(county, unit),
        )
        for unit in county.units
        if unit.accepted and not stations[unit.station].foreign and vehicle in (None, unit.vehicle_class)
    ]
    need = flow_lps if flow_lps is not None else county.water_rules.default_lps
    fire = Fire(lon, lat, today, need, "default" if flow_lps is None else "given", rise_metres)
    snap(live, lon, lat, where="--at")  # or one line that says how far the roads are
    return answer(county, plan_water(county, live, fire, suppliers))


@contextmanager
def _own_output() -> Iterator[None]:
    """What libraries print meanwhile goes to standard error: HiGHS lets a line slip through now and then."""
    sys.stdout.flush()
    kept = os.dup(1)
    os.dup2(2, 1)
    try:
        yield
    finally:
        os.dup2(kept, 1)
        os.close(kept)


def _print(document: dict[str, Any]) -> None:
    table = Table(title=text("water.title", {"need_lps": document["need_lps"]}))
    for column in ("source", "vehicle", "out", "back", "fill", "notes"):
        table.add_column(text(f"water.column.{column}"))
    for source in document["sources"]:
        for one in source["classes"]:
            said = [text(each["code"], each["params"]) for each in (*one["refusals"], *one["notes"])]
            table.add_row(
                source["name"] or source["code"],
                one["vehicle"],
                _clock(one["out_seconds"]),
                _clock(one["back_seconds"]),
                f"{one['fill_lps']:g}" if one["usable"] else "✗",
                "；".join(said),
            )
    Console().print(table)
    names = {source["code"]: source["name"] or source["code"] for source in document["sources"]}
    for line in plan_lines(document, names):
        print(line)


def plan_lines(document: dict[str, Any], names: dict[str, str]) -> list[str]:
    """The plan in words, the recommended means first."""
    advice, shuttle, relay = document["advice"], document["shuttle"], document["relay"]
    head = "water.enough" if advice["enough"] else "water.short"
    lines = [text(f"water.plan.{advice['plan']}") + "：" + text(head, {**advice, **document})]
    lines += [text(one["code"], one["params"]) for one in (*advice["reasons"], *advice["notes"])]
    for run in shuttle["runs"]:
        minutes = round(run["cycle_seconds"] / 60, 1)
        params = {**run, "vehicle_class": run["vehicle"], "source": names[run["source"]], "minutes": minutes}
        lines.append(text("water.run", params))
    needed = shuttle["tankers_needed"]
    if not shuttle["enough"]:
        code = "water.tankers_short" if needed is not None else "water.sites_short"
        lines.append(text(code, shuttle))
    if relay is not None:
        code = "water.relay" if relay["enough"] else "water.relay_short"
        lines.append(text(code, {**relay, "source": names[relay["source"]]}))
    return lines


def _clock(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
