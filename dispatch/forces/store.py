"""Units as rows: who could be sent now, who is aboard, and the cards that pages and the API show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from asyncpg import Record

from dispatch.forces.degrade import DEFAULT_RULES, CrewRules, degrade
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.positions import is_stale, place_from, whereabouts
from dispatch.forces.status import WORKING, Status
from dispatch.forces.turnout import is_night, turnout_seconds
from gis_data.model import Contact, County, DutyMode, StationClass
from roster.crew import Crew, ForwardPost
from runtime.database import Connection
from runtime.queries import load_queries

SQL = load_queries("dispatch.forces", "queries.sql")
NOBODY = Crew(0, {}, None)


@dataclass(frozen=True, slots=True)
class UnitRow:
    """What the database owns of a unit, as the commands need it."""

    id: UUID
    code: str
    station: str
    brings: Mapping[str, float]
    seats: int
    duty_mode: DutyMode
    team: str | None  # the rostered team that answers for its crew
    seats_filled: int
    qualifications: Mapping[str, int]
    status: Status
    status_at: datetime
    out_of_service: str | None
    posted_at: str | None
    retired: bool


async def crews(conn: Connection, county_code: str, instant: datetime) -> Mapping[str, Crew]:
    """Who can roll at an instant, by unit code; a unit that is off duty is not in it."""
    return {
        row["code"]: Crew(
            row["seats_filled"],
            row["qualifications"],
            row["until"],
            post=ForwardPost(**row["post"]) if row["post"] else None,
        )
        async for row in SQL.crew_rows(conn, county=county_code, instant=instant)
    }


async def load_candidates(
    conn: Connection, county: County, now: datetime, *, ignore_incident: UUID | None = None
) -> tuple[Candidate, ...]:
    """Every unit of the county with what it brings now and what stops it, ordered by code.

    A unit that an assignment of `ignore_incident` holds does not count as busy for it. Whoever stands as at the last
    call is the same object again, so that what was worked out of it still holds.
    """
    policy = county.policy
    night = is_night(now, ZoneInfo(county.time_zone), policy.night_from_hour, policy.night_to_hour)
    rules = crew_rules(county)
    known = _known_of(county)
    found = []
    async for row in SQL.unit_rows(conn, county=county.code):
        crew = _crew_of(row, now)
        if ignore_incident is not None:
            found.append(_candidate(row, crew, county, rules, night, now, ignore_incident))
            continue
        # What a candidate is made of: its row, and what the hour makes of it.
        stale = row["position_at"] is not None and is_stale(row["position_at"], now)
        made_of = (night, crew is None, stale, *row)
        before, unit = known.get(row["id"], ((), None))
        if unit is None or before != made_of:
            new = _candidate(row, crew, county, rules, night, now, None)
            unit = unit if unit == new else new  # a fix of a unit at its station changes nothing
            known[new.unit_id] = (made_of, unit)
        found.append(unit)
    return tuple(found)


# The county that was asked for last, and of each of its units the last candidate and what it was made of.
_last: list[tuple[County, dict[UUID, tuple[tuple[object, ...], Candidate]]]] = []


def _known_of(county: County) -> dict[UUID, tuple[tuple[object, ...], Candidate]]:
    if not _last or _last[0][0] is not county:
        _last[:] = [(county, {})]
    return _last[0][1]


def _crew_of(row: Record, now: datetime) -> Crew | None:
    """None where nobody is on duty, or whoever was has stood too long without being relieved."""
    if not row["seats_filled"] or (row["stands_until"] is not None and row["stands_until"] <= now):
        return None
    return Crew(row["seats_filled"], row["qualifications"], row["until"])


def crew_rules(county: County) -> CrewRules:
    """The table of short crews, with the county's own classes that go on foot."""
    on_foot = frozenset(code for code, vehicle in county.vehicle_classes.items() if vehicle.on_foot)
    return replace(DEFAULT_RULES, driverless=DEFAULT_RULES.driverless | on_foot)


def _candidate(
    row: Record,
    crew: Crew | None,
    county: County,
    rules: CrewRules,
    night: bool,
    now: datetime,
    ignore_incident: UUID | None,
) -> Candidate:
    status, duty_mode = Status(row["status"]), DutyMode(row["duty_mode"])
    station_class = StationClass(row["class"])
    able = degrade(row["brings"], row["vehicle_class"], row["minimum_crew"], crew or NOBODY, rules)
    where = whereabouts(
        station=(row["station_lon"], row["station_lat"]),
        fix=(row["lon"], row["lat"]) if row["lon"] is not None and not _from_before_its_post(row) else None,
        fix_at=row["position_at"],
        status=status,
        duty_mode=duty_mode,
        now=now,
    )
    gates = Gate.NONE
    if not row["accepted"]:
        gates |= Gate.NOT_ACCEPTED
    if crew is None:
        gates |= Gate.OFF_DUTY
    elif not able.legal:
        gates |= Gate.SHORT_CREW
    # Working without an assignment: called out by somebody else, or by telephone. It is busy all the same.
    if (row["held_by"] is not None or status in WORKING) and (
        ignore_incident is None or row["held_by"] != ignore_incident
    ):
        gates |= Gate.BUSY
    if row["out_of_service"] is not None:
        gates |= Gate.OUT_OF_SERVICE
    if row["retired_at"] is not None:
        gates |= Gate.RETIRED
    # A crew on its way home sits in the vehicle already: it turns round as fast as one on patrol.
    rolls_as = DutyMode.PATROL if status is Status.RETURNING else duty_mode
    return Candidate(
        unit_id=row["id"],
        code=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        station=row["station"],
        station_class=station_class,
        zone=row["zone"],
        town=row["town"],
        body=row["body"],
        foreign=row["is_foreign"],
        vehicle_class=row["vehicle_class"],
        brings=able.brings,
        full_brings=row["brings"],
        duty_mode=duty_mode,
        contact=Contact(row["contact"]),
        turnout_seconds=turnout_seconds(county.turnouts, station_class, rolls_as, night=night),
        lon=where.lon,
        lat=where.lat,
        at_station=where.at_station,
        gates=gates,
        fix_at=None if where.at_station else row["position_at"],
        on_road=None if where.at_station else place_from(row["on_road"]),
    )


def _from_before_its_post(row: Record) -> bool:
    """A fix from its own station says nothing of a unit that has been sent to stand by elsewhere since."""
    return row["posted_at"] is not None and row["position_at"] < row["status_at"]


async def lock_unit(conn: Connection, county: str, key: str) -> UnitRow | None:
    """One unit by code or id, locked until the transaction ends; None where there is no such unit."""
    row = await SQL.unit_for_update(conn, county=county, key=key)
    if row is None:
        return None
    return UnitRow(
        id=row["id"],
        code=row["code"],
        station=row["station"],
        brings=row["brings"],
        seats=row["seats"],
        duty_mode=DutyMode(row["duty_mode"]),
        team=row["team"],
        seats_filled=row["seats_filled"],
        qualifications=row["qualifications"],
        status=Status(row["status"]),
        status_at=row["status_at"],
        out_of_service=row["out_of_service"],
        posted_at=row["posted_at"],
        retired=row["retired_at"] is not None,
    )


async def set_status(conn: Connection, unit: UUID, status: Status, at: datetime) -> None:
    """Write a status as it is told; whoever calls journals it."""
    await SQL.set_status(conn, id=unit, status=status.value, at=at)


async def unit_cards(conn: Connection, county: str) -> list[Mapping[str, Any]]:
    return [row["card"] async for row in SQL.unit_cards(conn, county=county)]


async def station_cards(conn: Connection, county: str, *, retired: bool = False) -> list[Mapping[str, Any]]:
    return [row["card"] async for row in SQL.station_cards(conn, county=county, retired=retired)]


async def zone_cards(conn: Connection, county: str, *, retired: bool = False) -> list[Mapping[str, Any]]:
    return [row["card"] async for row in SQL.zone_cards(conn, county=county, retired=retired)]
