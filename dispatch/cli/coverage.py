"""`pianqu coverage`: who is reached in time, by town and zone, where the gaps are, and what a station more changes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from dispatch.cli.expansions import (
    expansion_document,
    print_expansion,
    site_features,
    team_document,
    team_of,
)
from dispatch.cli.options import county_of, county_option, data_options, json_option, print_json, settings_of
from dispatch.cli.roads import live_roads, turnout_seconds, vehicle_class
from dispatch.cli.ways import places_of_kinds
from gis_data.model import County, StationClass
from routing.coverage import AreaReach, Coverage, PlaceReach, Post
from routing.coverage import coverage as reach_of
from routing.expansion import Expansion, Goal, expand


@click.command()
@click.option("--minutes", type=click.FloatRange(0.1, 240), default=5.0, show_default=True)
@click.option("--vehicle", metavar="CLASS", help="Only units of this vehicle class.")
@click.option(
    "--demand",
    multiple=True,
    metavar="KIND",
    help="Count only places of this kind (village, hamlet …); again for more.",
)
@click.option(
    "--add", type=click.IntRange(0), default=0, metavar="N", help="Put N teams to reach the most people."
)
@click.option(
    "--p-median",
    type=click.IntRange(0),
    default=0,
    metavar="N",
    help="Put N teams to bring the mean time down most.",
)
@click.option(
    "--candidates",
    multiple=True,
    default=("town", "village"),
    show_default="town, village",
    metavar="KIND",
    help="Kinds of places where a team may be put; again for more.",
)
@click.option(
    "--team",
    type=click.Choice([one.value for one in StationClass]),
    default=StationClass.TOWNSHIP_1.value,
    show_default=True,
    help="What kind of team is added: decides its turnout time and, without --vehicle, its engine.",
)
@click.option(
    "--time-limit",
    type=click.FloatRange(0),
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="For the solver, each time; what is not proven by then says so.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.geojson")
@county_option
@data_options
@json_option
def coverage(
    minutes: float,
    vehicle: str | None,
    demand: tuple[str, ...],
    add: int,
    p_median: int,
    candidates: tuple[str, ...],
    team: str,
    time_limit: float,
    out: Path | None,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """Which places an engine reaches in time from the order on: turnout, road, and the walk at the end.

    Accepted engines of the county and its neighbours with their nominal crews, by day. Micro stations do not count.
    With --add or --p-median: where more teams would help most, beside all that stand, and what they would change.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    if vehicle is not None:
        vehicle_class(here, vehicle)
    places = places_of_kinds(here, "--demand", demand)
    sites = places_of_kinds(here, "--candidates", candidates) if add or p_median else []
    live = live_roads(here, settings.cache_folder)
    posts = _posts(here, vehicle)
    found = reach_of(live, posts, places, here.zones, minutes)
    wanted = [(goal, n) for goal, n in ((Goal.COVERING, add), (Goal.MEDIAN, p_median)) if n]
    larger: tuple[Expansion, ...] = ()
    said_team: dict[str, Any] = {}
    if wanted:
        sent = team_of(here, StationClass(team), vehicle)
        said_team = team_document(sent, StationClass(team))
        larger = expand(
            live, posts, places, here.zones, minutes,
            wanted=wanted, candidates=sites, team=sent, seconds=time_limit,
        )  # fmt: skip
    if out is not None:
        document = _geojson(here, found)
        document["features"] += [feature for one in larger for feature in site_features(one)]
        out.write_text(json.dumps(document, ensure_ascii=False) + "\n", encoding="utf-8")
    if as_json:
        said = _document(here, found)
        if larger:
            said["expansions"] = [{**said_team, **expansion_document(one)} for one in larger]
        print_json(said)
        return
    towns = {town.code: town.name for town in here.towns}
    zones = {zone.code: zone.name.zh for zone in here.zones}
    table = Table(title=f"≤ {minutes:g} min")
    for column in ("area", "places", "reached", "gaps", "people", "reached", "gaps", "%"):
        table.add_column(column, justify="left" if column == "area" else "right")
    for names, areas in ((zones, found.by_zone), (towns, found.by_town)):
        for area in areas:
            share = 100 * area.population_reached / area.population if area.population else 0.0
            table.add_row(
                names.get(area.code, area.code or "–"),
                *(str(n) for n in (area.places, area.reached, area.places - area.reached)),
                *(str(n) for n in (area.population, area.population_reached)),
                str(area.population - area.population_reached),
                f"{share:.0f}",
            )
        table.add_section()
    console = Console()
    console.print(table)
    for gap in found.gaps[:15]:
        late = "–" if gap.seconds is None else f"{gap.seconds / 60:.1f} min"
        console.print(f"{gap.place.name}  {gap.place.population}  {late}")
    for one in larger:
        print_expansion(console, one, towns)
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
    gaps = found.gaps

    def area(one: AreaReach, code_of: Callable[[PlaceReach], str]) -> dict[str, Any]:
        return {
            "code": one.code,
            "places": one.places,
            "places_reached": one.reached,
            "population": one.population,
            "population_reached": one.population_reached,
            "gaps": [gap.place.code for gap in gaps if code_of(gap) == one.code],
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
        "by_town": [area(one, lambda gap: gap.place.town) for one in found.by_town],
        "by_zone": [area(one, lambda gap: gap.zone) for one in found.by_zone],
        "gaps": [_place(one) for one in gaps],
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
