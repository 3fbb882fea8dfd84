"""Incidents and the alarms that belong to them, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from datetime import date, datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.alarms.location import Located
from dispatch.alarms.report import AlarmReport
from dispatch.alarms.rows import IncidentRow
from dispatch.alarms.triage import OpenIncident, Sighting, Triage
from runtime.queries import load_queries

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
QUERIES = load_queries("dispatch.alarms", "incidents.sql")
_COLUMNS = tuple(field.name for field in fields(IncidentRow))


def _incident(row: Mapping[str, Any] | None) -> IncidentRow | None:
    return None if row is None else IncidentRow(**{name: row[name] for name in _COLUMNS})


async def lock_intake(conn: Connection, county: str) -> None:
    await QUERIES.lock_intake(conn, county=county)


async def first_answer(conn: Connection, county: str, source: str, source_id: str) -> dict[str, Any] | None:
    """What was answered to this very alarm before."""
    row = await QUERIES.alarm_by_source(conn, county=county, source=source, source_id=source_id)
    return None if row is None else answer(row["id"], row["incident"], row["number"], row["linked"])


def answer(alarm: UUID, incident: UUID, number: str, linked: bool) -> dict[str, Any]:
    return {
        "alarm_id": str(alarm),
        "incident_id": str(incident),
        "incident_number": number,
        "linked": linked,
    }


async def open_incidents(conn: Connection, county: str) -> list[OpenIncident]:
    return [
        OpenIncident(
            row["id"],
            Sighting(row["kind"], row["lon"], row["lat"], row["uncertainty_metres"], row["opened_at"]),
            row["last_alarm_at"],
        )
        async for row in QUERIES.open_sightings(conn, county=county)
    ]


async def waiting_incidents(
    conn: Connection, county: str, *, since: datetime, hopeless: frozenset[str], most: int
) -> list[UUID]:
    """Open incidents that lack something else than what is `hopeless`, and were last looked at before `since`."""
    rows = QUERIES.waiting(conn, county=county, since=since, hopeless=list(hopeless), most=most)
    return [row["id"] async for row in rows]


async def next_number(conn: Connection, county: str, day: date) -> str:
    last = await QUERIES.next_number(conn, county=county, day=day)
    return f"{day:%Y%m%d}-{last:03d}"


async def insert_incident(
    conn: Connection,
    *,
    id: UUID,
    county: str,
    number: str,
    judged: Triage,
    located: Located,
    zone: str | None,
    station: str | None,
    trapped: int,
    facts: Mapping[str, Any],
    automatic: bool,
    at: datetime,
) -> None:
    await QUERIES.insert_incident(
        conn,
        id=id,
        county=county,
        number=number,
        kind=judged.kind,
        scale=judged.scale,
        level=judged.level,
        plan=judged.plan,
        lon=located.lon,
        lat=located.lat,
        place=located.place,
        place_code=located.place_code,
        place_verified=located.verified,
        uncertainty_metres=located.uncertainty_metres,
        zone=zone,
        station=station,
        trapped=trapped,
        facts=dict(facts),
        automatic=automatic,
        opened_at=at,
    )


async def insert_alarm(
    conn: Connection,
    *,
    id: UUID,
    county: str,
    incident: UUID,
    linked: bool,
    kind: str,
    report: AlarmReport,
    source_id: str,
    received_at: datetime,
    received_by: str,
) -> None:
    await QUERIES.insert_alarm(
        conn,
        id=id,
        county=county,
        source=report.source,
        source_id=source_id,
        incident=incident,
        linked=linked,
        kind=kind,
        lon=report.lon,
        lat=report.lat,
        crs=report.crs,
        place_text=report.text or None,
        caller=report.caller,
        description=report.description,
        trapped=report.trapped,
        verified=report.verified,
        reported_at=report.reported_at,
        received_at=received_at,
        received_by=received_by,
        body=dict(report.body),
    )


async def load_incident(conn: Connection, county: str, id: UUID) -> IncidentRow | None:
    return _incident(await QUERIES.incident_by_id(conn, county=county, id=id))


async def lock_incident(conn: Connection, county: str, id: UUID) -> IncidentRow | None:
    return _incident(await QUERIES.lock_incident(conn, county=county, id=id))


async def save_triage(
    conn: Connection,
    id: UUID,
    judged: Triage,
    *,
    trapped: int,
    facts: Mapping[str, Any],
    automatic: bool,
) -> None:
    await QUERIES.save_triage(
        conn,
        id=id,
        kind=judged.kind,
        scale=judged.scale,
        level=judged.level,
        plan=judged.plan,
        trapped=trapped,
        facts=dict(facts),
        automatic=automatic,
    )


async def save_automatic(conn: Connection, id: UUID, automatic: bool) -> None:
    await QUERIES.save_automatic(conn, id=id, automatic=automatic)


async def verify_alarms(conn: Connection, incident: UUID) -> int:
    """How many of its alarms nobody had checked before."""
    return len([row async for row in QUERIES.verify_alarms(conn, incident=incident)])


async def save_location(
    conn: Connection, id: UUID, located: Located, *, zone: str | None, station: str | None
) -> None:
    await QUERIES.save_location(
        conn,
        id=id,
        lon=located.lon,
        lat=located.lat,
        place=located.place,
        place_code=located.place_code,
        place_verified=located.verified,
        uncertainty_metres=located.uncertainty_metres,
        zone=zone,
        station=station,
    )


async def save_milestones(conn: Connection, id: UUID, milestones: Mapping[str, str]) -> None:
    await QUERIES.save_milestones(conn, id=id, milestones=dict(milestones))


async def close_incident(conn: Connection, id: UUID, at: datetime) -> None:
    await QUERIES.close_incident(conn, id=id, at=at)


async def merge_incident(conn: Connection, id: UUID, target: UUID, at: datetime) -> None:
    await QUERIES.merge_incident(conn, id=id, target=target, at=at)
    await QUERIES.move_alarms(conn, incident=id, target=target)


async def move_alarm(conn: Connection, id: UUID, incident: UUID, *, linked: bool) -> None:
    await QUERIES.move_alarm(conn, id=id, incident=incident, linked=linked)


async def alarms_of(conn: Connection, incident: UUID) -> list[dict[str, Any]]:
    return [dict(row) async for row in QUERIES.alarms_of(conn, incident=incident)]


async def alarm_of(conn: Connection, incident: UUID, id: UUID) -> dict[str, Any] | None:
    row = await QUERIES.alarm_of(conn, incident=incident, id=id)
    return None if row is None else dict(row)


async def alarm_status(conn: Connection, county: str, id: UUID, *, by: str | None) -> dict[str, Any] | None:
    """What became of an alarm; `by`: only if this gateway sent it."""
    row = await QUERIES.alarm_status(conn, county=county, id=id, by=by)
    return None if row is None else dict(row)


async def incident_card(conn: Connection, county: str, id: UUID) -> dict[str, Any] | None:
    card: dict[str, Any] | None = await QUERIES.card(conn, county=county, id=id)
    return card


async def incident_cards(
    conn: Connection, county: str, *, status: str | None, before: UUID | None, page: int
) -> list[dict[str, Any]]:
    rows = QUERIES.cards(conn, county=county, status=status, before=before, page=page)
    return [row["card"] async for row in rows]
