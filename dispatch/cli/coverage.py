"""`pianqu coverage`: who is reached in time, by town and zone, and where the gaps are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dispatch.cli.options import county_of, county_option, data_options, json_option, print_json, settings_of
from dispatch.cli.roads import live_roads, turnout_seconds, vehicle_class
from gis_data.model import County, StationClass
from routing.coverage import AreaReach, Coverage, PlaceReach, Post
from routing.coverage import coverage as reach_of


@click.command()
@click.option("--minutes", type=click.FloatRange(0.1, 240), default=5.0, show_default=True)
@click.option("--vehicle", metavar="CLASS", help="Only units of this vehicle class.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.geojson")
@county_option
@data_options
@json_option
def coverage(
    minutes: float, vehicle: str | None, out: Path | None, county: Path | None, as_json: bool, **where: Any
) -> None:
    """Which places an engine reaches in time from the order on: turnout, road, and the walk at the end.

    Accepted engines of the county and its neighbours with their nominal crews, by day. Micro stations do not count.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    if vehicle is not None:
        vehicle_class(here, vehicle)
    live = live_roads(here, settings.cache_folder)
    found = reach_of(live, _posts(here, vehicle), here.places, here.zones, minutes)
    if out is not None:
        out.write_text(json.dumps(_geojson(here, found), ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        print_json(_document(here, found))
        return
    towns = {town.code: town.name for town in here.towns}
    zones = {zone.code: zone.name.zh for zone in here.zones}
    table = Table(title=f"≤ {minutes:g} min")
    for column in ("area", "places", "reached", "people", "reached", "%"):
        table.add_column(column, justify="left" if column == "area" else "right")
    for names, areas in ((zones, found.by_zone), (towns, found.by_town)):
        for area in areas:
            share = 100 * area.population_reached / area.population if area.population else 0.0
            table.add_row(
                names.get(area.code, area.code or "–"),
                *(str(n) for n in (area.places, area.reached, area.population, area.population_reached)),
                f"{share:.0f}",
            )
        table.add_section()
    console = Console()
    console.print(table)
    for gap in found.gaps[:15]:
        said = "–" if gap.seconds is None else f"{gap.seconds / 60:.1f} min"
        console.print(f"{gap.place.name}  {gap.place.population}  {said}")
    if here.synthetic:
        console.print("合成数据（synthetic）：不是测绘成果。")


def _posts(county: County, vehicle: str | None) -> list[Post]:
    stations = {station.code: station for station in county.stations}
    return [
        Post(
            unit.code,
            stations[unit.station].position.x,
            stations[unit.station].position.y,
            unit.vehicle_class,
            turnout_seconds(county, unit),
        )
        for unit in county.units
        if unit.accepted
        and (vehicle is None or unit.vehicle_class == vehicle)
        and unit.brings.get("engine", 0) > 0
        and stations[unit.station].station_class is not StationClass.MICRO
    ]


def _document(county: County, found: Coverage) -> dict[str, Any]:
    def area(one: AreaReach) -> dict[str, Any]:
        return {
            "code": one.code,
            "places": one.places,
            "places_reached": one.reached,
            "population": one.population,
            "population_reached": one.population_reached,
        }

    people = sum(one.place.population for one in found.places)
    reached = sum(one.place.population for one in found.places if one.reached)
    return {
        "county": county.code,
        "synthetic": county.synthetic,
        "minutes": found.minutes,
        "places": len(found.places),
        "places_reached": sum(one.reached for one in found.places),
        "population": people,
        "population_reached": reached,
        "by_town": [area(one) for one in found.by_town],
        "by_zone": [area(one) for one in found.by_zone],
        "gaps": [_place(one) for one in found.gaps],
    }


def _place(one: PlaceReach) -> dict[str, Any]:
    return {
        "code": one.place.code,
        "name": one.place.name,
        "town": one.place.town,
        "zone": one.zone,
        "lon": one.place.position.x,
        "lat": one.place.position.y,
        "population": one.place.population,
        "seconds": one.seconds,
        "first_unit": one.post,
        "reached": one.reached,
    }


def _geojson(county: County, found: Coverage) -> dict[str, Any]:
    return {
        "type": "FeatureCollection",
        "attribution": list(county.attribution),
        "synthetic": county.synthetic,
        "features": [
            {
                "type": "Feature",
                "geometry": {
                    "type": "Point",
                    "coordinates": [round(one.place.position.x, 7), round(one.place.position.y, 7)],
                },
                "properties": {**_place(one), "synthetic": one.place.synthetic},
            }
            for one in found.places
        ],
    }
