"""Teams and their seats, laid out from the sections of roster.toml over the stations and units of a county."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import cos, hypot, radians

from gis_data.model import County, Station, Unit
from roster.files.sections import CrewRow, SeatRow, Sections, TeamRow
from roster.shifts import SeatRule, Team

_REQUIRED_PRIORITY, _WISHED_PRIORITY = 2, 7


def rostered_stations(county: County, sections: Sections) -> tuple[Station, ...]:
    """The county's own stations whose duty is planned here."""
    return tuple(
        station
        for station in county.stations
        if not station.foreign and station.station_class.value not in sections.roster.reported
    )


def teams_of(county: County, sections: Sections) -> dict[str, Team]:
    """By code; a team written by itself takes the place of the one its station's class would give."""
    stations = {station.code: station for station in rostered_stations(county, sections)}
    found: dict[str, tuple[TeamRow, Team]] = {}
    for row in sections.team:
        if row.code:
            found[row.code] = (row, _team(row, row.code, stations.get(row.station)))
    taken = {team.station for _, team in found.values()}
    for row in sections.team:
        if row.station_class:
            for station in stations.values():
                if station.station_class.value == row.station_class and station.code not in taken:
                    found[station.code] = (row, _team(row, station.code, station))
        for town in county.towns if row.each_town else ():
            named = replace(
                row, name=f"{town.name}值班室", name_en=f"Duty room of {town.code}", synthetic=True
            )
            found[f"room-{town.code}"] = (row, _team(named, f"room-{town.code}", None))
    return {
        code: _lending(row, team, [other for _, other in found.values()], stations)
        for code, (row, team) in found.items()
    }


def seat_rules_of(county: County, sections: Sections, teams: dict[str, Team]) -> tuple[SeatRule, ...]:
    """Seats aboard, by vehicle class; then those of the team itself."""
    classes = {station.code: station.station_class.value for station in county.stations}
    rooms = {f"room-{town.code}" for town in county.towns}
    found: list[SeatRule] = []
    for team in teams.values():
        for unit in county.units:
            if unit.station == team.station:
                found.extend(_aboard(team, unit, classes[unit.station], sections.crew))
        for row in sections.seat:
            of_class = row.station_class and classes.get(team.station) == row.station_class
            if team.code == row.team or of_class or (row.each_town and team.code in rooms):
                found.append(_seat(team, row))
    return tuple(found)


def crew_of(unit: Unit, station_class: str, crews: Sequence[CrewRow]) -> CrewRow | None:
    """The first row that fits the unit."""
    for row in crews:
        if row.vehicle_class != unit.vehicle_class or (row.units and unit.code not in row.units):
            continue
        if row.station_class and station_class not in row.station_class:
            continue
        if row.minimum_crew is None or row.minimum_crew == unit.minimum_crew:
            return row
    return None


def _aboard(team: Team, unit: Unit, station_class: str, crews: Sequence[CrewRow]) -> Iterator[SeatRule]:
    row = crew_of(unit, station_class, crews)
    for place, role in enumerate(row.roles[: unit.seats] if row else ()):
        required = place < (unit.minimum_crew if row is None or row.required is None else row.required)
        yield SeatRule(
            team.code,
            role.role,
            1,
            role.needs,
            unit.code,
            required=required,
            priority=_REQUIRED_PRIORITY if required else _WISHED_PRIORITY,
            season=row.season if row else None,
        )


def _seat(team: Team, row: SeatRow) -> SeatRule:
    return SeatRule(
        team.code,
        row.role,
        row.count,
        row.needs,
        row.unit,
        row.shifts,
        row.required,
        row.priority,
        row.season,
        row.first,
        row.last,
    )


def _team(row: TeamRow, code: str, station: Station | None) -> Team:
    name, name_en = (station.name.zh, station.name.en) if station else (code, code)
    return Team(
        code,
        row.name or name,
        station.code if station else row.station,
        row.shifts,
        row.rotation,
        row.anchor,
        row.counted_share,
        row.floor,
        row.lends_to,
        station.synthetic if station else row.synthetic,
        row.name_en or name_en,
    )


def _lending(row: TeamRow, team: Team, teams: Sequence[Team], stations: dict[str, Station]) -> Team:
    """The nearest teams of the same class borrow first, as the crow flies."""
    own = stations.get(team.station)
    if not row.lends_to_nearest or own is None:
        return team
    from_here = [
        (_kilometres(own, there), other.code)
        for other in teams
        if other.code != team.code
        and (there := stations.get(other.station)) is not None
        and there.station_class is own.station_class
    ]
    near = (code for _, code in sorted(from_here)[: row.lends_to_nearest])
    return replace(team, lends_to=tuple(dict.fromkeys((*team.lends_to, *near))))


def _kilometres(one: Station, other: Station) -> float:
    narrower = cos(radians(one.position.y))
    return 111.2 * hypot((one.position.x - other.position.x) * narrower, one.position.y - other.position.y)
