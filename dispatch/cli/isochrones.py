"""`pianqu isochrone`: what a vehicle class reaches from a station or a point within minutes, as polygons."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dispatch.cli.options import (
    county_of,
    county_option,
    data_options,
    json_option,
    position,
    print_json,
    settings_of,
)
from dispatch.cli.roads import crs_option, live_roads, vehicle_class
from dispatch.forces.isochrone_map import geojson
from dispatch.forces.turnout import turnout_seconds
from gis_data.errors import InputError
from gis_data.model import County, DutyMode, Station
from routing.isochrone import AROUND_METRES, isochrones
from routing.snap import snap


@click.command()
@click.option("--station", "code", metavar="CODE", help="From this station; its turnout time counts.")
@click.option("--at", "at", metavar="LON,LAT", help="From this point; no turnout time.")
@click.option("--vehicle", required=True, metavar="CLASS", help="Which roads it may use, and how fast.")
@click.option(
    "--minutes", "asked", default="5,15,30", show_default=True, metavar="N,N…", help="From the order on."
)
@click.option(
    "--turnout", type=click.FloatRange(0, 7200), metavar="SECONDS", help="Instead of the station's."
)
@click.option(
    "--around",
    type=click.FloatRange(10, 10_000),
    default=AROUND_METRES,
    show_default=True,
    metavar="METRES",
    help="How far the area goes beside the road.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.geojson")
@crs_option
@county_option
@data_options
@json_option
def isochrone(
    code: str | None,
    at: str | None,
    vehicle: str,
    asked: str,
    turnout: float | None,
    around: float,
    out: Path | None,
    crs: str,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """The area a vehicle class reaches by road from a station or a point outward: the 5-minute circle.

    Every reached stretch of road lies inside, and nothing inside is farther from one than the tolerance told.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    vehicle_class(here, vehicle)
    minutes = minutes_of(asked)
    if (code is None) == (at is None):
        raise InputError(
            "--station, --at", "exactly one of them is needed", "give a station's code or a point"
        )
    station = None if code is None else station_of(here, code)
    if station is not None:
        lon, lat = station.position.x, station.position.y
        if turnout is None:
            turnout = turnout_seconds(here.turnouts, station.station_class, DutyMode.STATION, night=False)
    else:
        lon, lat = position("--at", at or "", crs)
    live = live_roads(here, settings.cache_folder)
    start = snap(live, lon, lat, vehicle, "--at" if station is None else f"station {station.code}")
    found = isochrones(live, start, vehicle, minutes, ready_seconds=turnout or 0.0, around_metres=around)
    document = geojson(here, found, station, turnout or 0.0)
    if out is not None:
        out.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        print_json(document)
        return
    table = Table(title=f"{station.name.zh if station else f'{lon:.5f}, {lat:.5f}'}  {vehicle}")
    for column in ("minutes", "km²", "km of road"):
        table.add_column(column, justify="right")
    for feature in reversed(document["features"]):
        said = feature["properties"]
        table.add_row(
            f"{said['minutes']:g}", f"{said['square_kilometres']:.1f}", f"{said['road_kilometres']:.1f}"
        )
    console = Console()
    console.print(table)
    console.print(f"± {found.tolerance_metres:.0f} m")
    if here.synthetic:
        console.print("合成数据（synthetic）：不是测绘成果。")


def minutes_of(asked: str) -> list[float]:
    """`5,15,30` as numbers; what they may be, `isochrones` knows."""
    try:
        return [float(part) for part in asked.replace("，", ",").split(",")]
    except ValueError:
        raise InputError("--minutes", f"{asked!r} are no numbers", "write them like 5,15,30") from None


def station_of(county: County, code: str) -> Station:
    found = next((station for station in county.stations if station.code == code), None)
    if found is None:
        some = ", ".join(station.code for station in county.stations[:5])
        raise InputError("--station", f"no station {code!r} in this county", f"give its code, like {some}")
    return found
