"""What more teams would change, as `pianqu coverage --add` and `--p-median` say it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.table import Table

from dispatch.forces.turnout import turnout_seconds
from gis_data.errors import InputError
from gis_data.model import County, DutyMode, StationClass
from routing.expansion import UNREACHED_SECONDS, Expansion, Goal, Team


def team_of(county: County, station_class: StationClass, vehicle: str | None) -> Team:
    """What such a team sends: the engine that most of its kind have, or most of all. Its turnout is that by day."""
    classes = {station.code: station.station_class for station in county.stations}
    engines = [unit for unit in county.units if unit.accepted and unit.brings.get("engine", 0) > 0]
    alike = [unit for unit in engines if classes[unit.station] is station_class] or engines
    if vehicle is None and not alike:
        raise InputError(
            "--team", "no unit of the county is an engine", "say which vehicle it has: --vehicle CLASS"
        )
    common = Counter(unit.vehicle_class for unit in alike).most_common(1)
    return Team(
        vehicle or common[0][0],
        turnout_seconds(county.turnouts, station_class, DutyMode.STATION, night=False),
    )


def team_document(team: Team, station_class: StationClass) -> dict[str, Any]:
    return {
        "team": str(station_class),
        "vehicle": team.vehicle_class,
        "turnout_seconds": team.turnout_seconds,
    }


def expansion_document(found: Expansion) -> dict[str, Any]:
    """Counts are people and places, times seconds from the order on; `bound` is what nobody can beat."""
    then = {area.code: area for area in found.after.by_town}
    unit = "people" if found.goal is Goal.COVERING else "people_milliseconds"
    return {
        "goal": str(found.goal),
        "sites": [
            {
                "code": site.code,
                "name": site.name,
                "kind": site.kind,
                "town": site.town,
                "lon": site.position.x,
                "lat": site.position.y,
                "synthetic": site.synthetic,
            }
            for site in found.sites
        ],
        "proven": found.sited.proven,
        "gap": found.sited.gap,
        "value": found.sited.value,
        "bound": found.sited.bound,
        "value_unit": unit,
        "people_newly_reached": found.people_newly_reached,
        "mean_seconds_before": round(found.mean_seconds_before, 3),
        "mean_seconds_after": round(found.mean_seconds_after, 3),
        "unreached_count_as_seconds": UNREACHED_SECONDS,
        "by_town": [
            {
                "code": area.code,
                "places": area.places,
                "places_reached_before": area.reached,
                "places_reached_after": then[area.code].reached,
                "population": area.population,
                "population_reached_before": area.population_reached,
                "population_reached_after": then[area.code].population_reached,
            }
            for area in found.before.by_town
        ],
    }


def print_expansion(console: Console, found: Expansion, towns: Mapping[str, str]) -> None:
    """The sites, what they change, and town by town where they change anything."""
    goal = "most people in time" if found.goal is Goal.COVERING else "smallest mean time"
    then = {area.code: area for area in found.after.by_town}
    where = ", ".join(f"{site.name} ({towns.get(site.town, site.town)})" for site in found.sites)
    table = Table(title=f"+{len(found.sites)}: {goal}")
    for column in ("town", "gaps before", "after", "people not reached", "after"):
        table.add_column(column, justify="left" if column == "town" else "right")
    for area in found.before.by_town:
        after = then[area.code]
        if after != area:
            table.add_row(
                towns.get(area.code, area.code or "–"),
                str(area.places - area.reached),
                str(after.places - after.reached),
                str(area.population - area.population_reached),
                str(after.population - after.population_reached),
            )
    console.print(table)
    console.print(where, highlight=False)
    console.print(
        f"people newly reached: {found.people_newly_reached}   "
        f"mean: {found.mean_seconds_before / 60:.1f} → {found.mean_seconds_after / 60:.1f} min"
    )
    if found.sited.proven:
        console.print("proven: no other choice is better (gap 0)")
    else:
        console.print(
            f"not proven in the time given: another choice may be better, by {100 * found.sited.gap:.2f} % at most"
        )


def site_features(found: Expansion) -> list[dict[str, Any]]:
    """The chosen sites for a map."""
    return [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [round(site.position.x, 7), round(site.position.y, 7)],
            },
            "properties": {
                "code": site.code,
                "name": site.name,
                "town": site.town,
                "new_team": str(found.goal),
                "synthetic": site.synthetic,
            },
        }
        for site in found.sites
    ]
