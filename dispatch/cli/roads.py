"""`pianqu nearest`: who would be there first, answered from the county folder alone; and the county's road graph."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
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
from dispatch.messages import text
from gis_data.errors import InputError
from gis_data.model import County, Unit, VehicleClass
from routing.county import county_graph
from routing.live import LiveRoads
from routing.rank import Fleet, Reach, Start, path_of, rank_times
from routing.snap import snap


def live_roads(county: County, cache: Path) -> LiveRoads:
    """The county's roads without conditions: what the folder says, not what is closed tonight.

    The graph is built once and kept in the cache folder of the settings.
    """
    return LiveRoads(county_graph(county, cache))


def vehicle_class(county: County, code: str) -> VehicleClass:
    found = county.vehicle_classes.get(code)
    if found is None:
        known = ", ".join(county.vehicle_classes)
        raise InputError("--vehicle", f"no vehicle class {code!r} in this county", f"use one of: {known}")
    return found


def as_the_option_is_called(error: InputError, options: Mapping[str, str]) -> InputError:
    return InputError(options.get(error.where, error.where), error.problem, error.remedy)


crs_option = click.option(
    "--crs",
    type=click.Choice(["wgs84", "cgcs2000", "gcj02", "bd09"]),
    default="wgs84",
    show_default=True,
    help="Coordinate system of the positions given; answers are WGS-84.",
)


@click.command()
@click.option("--at", "at", required=True, metavar="LON,LAT", help="Where it burns.")
@crs_option
@click.option("--vehicle", metavar="CLASS", help="Only units of this vehicle class.")
@click.option(
    "-k", "count", type=click.IntRange(1, 1000), default=5, show_default=True, help="How many units."
)
@county_option
@data_options
@json_option
def nearest(
    at: str,
    crs: str,
    vehicle: str | None,
    count: int,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """The units that would be there first, by turnout and road.

    Reads the county folder: accepted units with their nominal crews, no road conditions. The running service
    answers with tonight's crews and roads.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    if vehicle is not None:
        vehicle_class(here, vehicle)
    lon, lat = position("--at", at, crs)
    live = live_roads(here, settings.cache_folder)
    try:
        answer = nearest_units(here, live, lon, lat, vehicle=vehicle, count=count)
    except InputError as error:
        raise as_the_option_is_called(error, {"alarm": "--at", "position": "--at"}) from None
    if as_json:
        print_json(answer)
        return
    table = Table(title=f"{answer['at']['lon']:.5f}, {answer['at']['lat']:.5f}")
    for column in ("unit", "station", "vehicle", "eta", "turnout", "drive", "km", "on foot", "hose", "water"):
        table.add_column(column)
    for unit in answer["units"]:
        table.add_row(
            unit["unit"],
            unit["station_name"],
            unit["vehicle"],
            clock(unit["eta_seconds"]),
            clock(unit["turnout_seconds"]),
            clock(unit["travel_seconds"]),
            f"{unit['distance_metres'] / 1000:.1f}",
            f"{unit['on_foot_metres']:.0f} m",
            f"{unit['hose_metres']:.0f} m",
            "–" if unit["water_seconds"] is None else clock(unit["water_seconds"]),
        )
    Console().print(table)


def nearest_units(
    county: County, live: LiveRoads, lon: float, lat: float, *, vehicle: str | None, count: int
) -> dict[str, Any]:
    """The document that `pianqu nearest --json` prints. WGS-84 degrees, seconds, metres."""
    stations = {station.code: station for station in county.stations}
    units = sorted(
        (u for u in county.units if u.accepted and (vehicle is None or u.vehicle_class == vehicle)),
        key=lambda unit: unit.code,
    )
    at = [stations[unit.station].position for unit in units]
    fleet = Fleet(
        live,
        [
            Start(point.x, point.y, unit.vehicle_class, ready_ms=round(turnout_seconds(county, unit) * 1000))
            for unit, point in zip(units, at, strict=True)
        ],
    )
    ranking = rank_times(live, lon, lat, fleet)
    ranked = ((i, ranking.reach(i)) for i in ranking.best())
    best = islice(((i, reach) for i, reach in ranked if reach.reachable), count)
    place = snap(live, lon, lat, vehicle)
    return {
        "at": {"lon": place.lon, "lat": place.lat, "edge": place.arc, "fraction": place.fraction},
        "units": [
            {
                "unit": units[i].code,
                "station": units[i].station,
                "station_name": stations[units[i].station].name.zh,
                "vehicle": units[i].vehicle_class,
                "lon": at[i].x,
                "lat": at[i].y,
                "eta_seconds": reach.arrival_ms / 1000,
                "turnout_seconds": reach.ready_ms / 1000,
                "travel_seconds": reach.travel_ms / 1000,
                "on_foot_seconds": reach.on_foot_ms / 1000,
                "distance_metres": round(reach.distance_metres, 1),
                "on_foot_metres": round(reach.on_foot_metres, 1),
                "hose_metres": round(reach.hose_metres, 1),
                "water_seconds": None if reach.water_ms is None else reach.water_ms / 1000,
                "stop": [reach.stop_lon, reach.stop_lat],
                "reason": _reason(rank_place, reach),
                "path": [list(point) for point in path_of(live, fleet.starts[i], reach).coordinates],
            }
            for rank_place, (i, reach) in enumerate(best, start=1)
        ],
    }


def _reason(place: int, reach: Reach) -> str:
    """What the place in the ranking rests on: when water can be on the fire, or that it cannot."""
    params = {"place": place, "minutes": round(reach.arrival_ms / 60_000, 1)}
    if reach.water_ms is not None:
        water = {"water": round(reach.water_ms / 60_000, 1), "metres": round(reach.hose_metres)}
        return text("cli.nearest_water", params | water)
    if reach.without_water_ms > 0:
        return text("cli.nearest_no_water", params | {"metres": round(reach.on_foot_metres)})
    code = "cli.nearest_on_foot" if reach.on_foot_metres >= 50 else "cli.nearest_by_road"
    return text(code, params | {"metres": round(reach.on_foot_metres)})


def turnout_seconds(county: County, unit: Unit) -> float:
    """By day, from the county's table; a minute where it says nothing."""
    station = next(s for s in county.stations if s.code == unit.station)
    for rule in county.turnouts:
        if rule.force in ("*", station.station_class.value) and rule.duty_mode in ("*", unit.duty_mode.value):
            return rule.day_seconds
    return 60.0


def clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02d}"
