"""`pianqu route` and `pianqu matrix`: ways with their steps, and whole tables of travel times."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import numpy as np
from rich.console import Console
from rich.table import Table

from dispatch.cli.options import (
    county_of,
    county_option,
    data_options,
    json_option,
    position,
    print_json,
    progress,
    settings_of,
)
from dispatch.cli.roads import as_the_option_is_called, clock, crs_option, live_roads, vehicle_class
from dispatch.messages import Lang
from dispatch.messages.directions import step_document
from gis_data.errors import InputError
from gis_data.model import County, Place
from routing.live import LiveRoads
from routing.matrix import TravelMatrix, travel_matrix
from routing.reach import Start
from routing.route import Route
from routing.route import route as find_route
from routing.steps import steps_of

lang_option = click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)


@click.command()
@click.option("--from", "from_", required=True, metavar="LON,LAT")
@click.option(
    "--to", "to", required=True, multiple=True, metavar="LON,LAT", help="Again for each destination."
)
@click.option("--vehicle", required=True, metavar="CLASS", help="Which roads it may use, and how fast.")
@crs_option
@lang_option
@county_option
@data_options
@json_option
def route(
    from_: str,
    to: tuple[str, ...],
    vehicle: str,
    crs: str,
    lang: Lang,
    county: Path | None,
    as_json: bool,
    **where: Any,
) -> None:
    """The fastest way of one vehicle class to a point, step by step; to several, the nearest first."""
    settings = settings_of(**where)
    here = county_of(settings, county)
    vehicle_class(here, vehicle)
    start, goals = position("--from", from_, crs), [position("--to", one, crs) for one in to]
    live = live_roads(here, settings.cache_folder)
    found: list[tuple[Route, dict[str, Any]]] = []
    for goal, asked in zip(goals, to, strict=True):
        try:
            way = find_route(live, start, goal, vehicle)
        except InputError as error:
            there = "--to" if len(to) == 1 else f"--to {asked}"
            names = {"from": "--from", "to": there, "alarm": there}
            raise as_the_option_is_called(error, names) from None
        found.append((way, {"asked": asked, **_document(live, way, vehicle, goal, lang)}))
    found.sort(key=lambda one: one[0].reach.total_ms)
    if as_json:
        only = {name: value for name, value in found[0][1].items() if name != "asked"}
        print_json(only if len(to) == 1 else {"vehicle": vehicle, "routes": [said for _, said in found]})
    elif len(to) == 1:
        _print_steps(*found[0])
    else:
        _print_ways(found)
    for way, said in found:
        if not as_json and not way.reach.by_road:
            print(f"pianqu: no road for {vehicle} leads all the way to {said['asked']}", file=sys.stderr)


def _document(
    live: LiveRoads, found: Route, vehicle: str, goal: tuple[float, float], lang: Lang
) -> dict[str, Any]:
    return {
        "travel_seconds": found.travel_ms / 1000,
        "distance_metres": round(found.distance_metres, 1),
        "on_foot_metres": round(found.reach.on_foot_metres, 1),
        "on_foot_seconds": found.reach.on_foot_ms / 1000,
        "hose_metres": round(found.reach.hose_metres, 1),
        "setup_seconds": found.reach.setup_ms / 1000,
        "water": found.reach.water,
        "stop": [found.reach.stop_lon, found.reach.stop_lat],
        "by_road": found.reach.by_road,
        "from": _point(found.start),
        "to": _point(found.goal),
        "path": [list(point) for point in found.path.coordinates],
        "nodes": list(found.path.nodes),
        "roads": list(found.path.names),
        "steps": [step_document(step, lang) for step in steps_of(live, vehicle, found.reach, goal)],
    }


def _point(point: Any) -> dict[str, float | int]:
    return {"lon": point.lon, "lat": point.lat, "edge": point.arc, "fraction": point.fraction}


def _summary(found: Route) -> tuple[str, str, str]:
    on_foot, hose = found.reach.on_foot_metres, found.reach.hose_metres
    left = f"+ {hose:.0f} m of hose" if hose >= 1 else f"+ {on_foot:.0f} m on foot" if on_foot >= 1 else ""
    return (
        clock(found.travel_ms / 1000),
        f"{found.distance_metres / 1000:.1f} km",
        left,
    )


def _print_steps(found: Route, document: dict[str, Any]) -> None:
    print("  ".join(part for part in _summary(found) if part))
    table = Table(box=None, show_header=False)
    table.add_column(overflow="fold")
    for _ in range(2):
        table.add_column(justify="right", no_wrap=True)
    for step in document["steps"]:
        length = f"{step['metres']:.0f} m" if step["metres"] and step["action"] != "walk" else ""
        table.add_row(step["text"], length, clock(step["seconds"]) if step["seconds"] else "")
    Console().print(table)


def _print_ways(found: Sequence[tuple[Route, dict[str, Any]]]) -> None:
    table = Table()
    for column in ("to", "drive", "km", "on foot", "by"):
        table.add_column(column)
    for way, said in found:
        names = way.path.names
        table.add_row(said["asked"], *_summary(way), " → ".join(names[:4]) + (" …" if len(names) > 4 else ""))
    Console().print(table)


@click.command()
@click.option("--vehicle", required=True, metavar="CLASS", help="Which roads it may use, and how fast.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv|FILE.npz",
    help="Rows are stations, columns places.",
)
@click.option(
    "--kind", "kinds", multiple=True, metavar="KIND", help="Only places of this kind; again for more."
)
@county_option
@data_options
@json_option
def matrix(
    vehicle: str, out: Path, kinds: tuple[str, ...], county: Path | None, as_json: bool, **where: Any
) -> None:
    """The seconds from every station to every place: drive, and the walk at the end where the road ends before.

    A CSV has one line a pair. An NPZ has the codes `stations` and `places`, and arrays stations × places in
    milliseconds and metres. A pair with too long a walk is not reachable; its times are told all the same.
    """
    settings = settings_of(**where)
    here = county_of(settings, county)
    vehicle_class(here, vehicle)
    if out.suffix not in (".csv", ".npz"):
        raise InputError("--out", f"{out.name!r} says no format", "name a file .csv or .npz")
    places = places_of_kinds(here, "--kind", kinds)
    live = live_roads(here, settings.cache_folder)
    starts = [Start(station.position.x, station.position.y, vehicle) for station in here.stations]
    points = [(place.position.x, place.position.y) for place in places]
    with progress("roads") as step:
        found = travel_matrix(live, starts, points, progress=step)
    stations = [station.code for station in here.stations]
    codes = [place.code for place in places]
    if out.suffix == ".npz":
        np.savez_compressed(out, stations=stations, places=codes, **_columns(found))
    else:
        _write_csv(out, stations, codes, found)
    total = found.total_ms[found.reachable] / 1000
    summary = {
        "county": here.code,
        "synthetic": here.synthetic,
        "vehicle": vehicle,
        "stations": len(stations),
        "places": len(codes),
        "reachable_pairs": int(found.reachable.sum()),
        "longest_seconds": float(total.max()) if len(total) else None,
        "out": str(out),
    }
    if as_json:
        print_json(summary)
    else:
        print(f"{out}: {len(stations)} × {len(codes)}")


def places_of_kinds(county: County, option: str, kinds: Sequence[str]) -> list[Place]:
    """The county's places of these kinds, or all of them; one line about a kind that it has no place of."""
    known = sorted({place.kind for place in county.places})
    for kind in kinds:
        if kind not in known:
            raise InputError(
                option, f"no place of kind {kind!r} in this county", f"use one of: {', '.join(known)}"
            )
    return [place for place in county.places if not kinds or place.kind in kinds]


def _columns(found: TravelMatrix) -> dict[str, Any]:
    return {
        "reachable": found.reachable,
        "travel_ms": found.travel_ms,
        "on_foot_ms": found.on_foot_ms,
        "distance_metres": found.distance_metres,
        "on_foot_metres": found.on_foot_metres,
    }


def _write_csv(out: Path, stations: Sequence[str], places: Sequence[str], found: TravelMatrix) -> None:
    with out.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ("station", "place", "reachable", "travel_seconds", "on_foot_seconds", "metres", "on_foot_metres")
        )
        for r, station in enumerate(stations):
            for c, place in enumerate(places):
                rows.writerow(
                    (
                        station, place, int(found.reachable[r, c]),
                        f"{found.travel_ms[r, c] / 1000:.3f}", f"{found.on_foot_ms[r, c] / 1000:.3f}",
                        f"{found.distance_metres[r, c]:.1f}", f"{found.on_foot_metres[r, c]:.1f}",
                    )
                )  # fmt: skip
