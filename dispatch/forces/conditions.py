"""Commands on the roads: what somebody reports is recorded, lifted, begun and ended, each with its journal entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from shapely import MultiPolygon, Polygon
from shapely.geometry import shape

from dispatch.access.problem import Problem
from dispatch.forces.release import force_released
from dispatch.push.changes import record_change
from gis_data.model import SpeedProfile
from routing.condition import Condition
from runtime.database import Connection, Work
from runtime.ids import new_id
from runtime.queries import load_queries

SQL = load_queries("dispatch.forces", "roads.sql")


def topic_of(county: str) -> str:
    """The hint that the county's roads changed."""
    return f"roads/{county}"


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody says of a road. `factor` 0 is closed, 0.5 half speed; no vehicle classes named: for all.

    Which roads: as `routing.condition.Condition` has it. `place`: near what they lie, in words.
    """

    edges: tuple[str, ...]
    area: Mapping[str, Any] | None
    factor: float
    vehicle_classes: tuple[str, ...]
    reason: str
    starts_at: datetime | None
    ends_at: datetime | None
    names: tuple[str, ...] = ()
    road_classes: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ()
    bridges: bool = False
    everywhere: bool = False
    place: str = ""


def condition_of(report: Report | Mapping[str, Any], id: str) -> Condition:
    """What the roads make of a report, or of a condition's row or card."""
    said = (
        report if isinstance(report, Mapping) else {name: getattr(report, name) for name in Report.__slots__}
    )
    area = shape(said["area"]) if said["area"] else None
    return Condition(
        id=id,
        edges=tuple(said["edges"]),
        area=area if isinstance(area, Polygon | MultiPolygon) else None,
        factor=said["factor"],
        vehicle_classes=frozenset(said["vehicle_classes"]),
        reason=said["reason"],
        names=tuple(said["names"]),
        road_classes=frozenset(said["road_classes"]),
        surfaces=frozenset(said["surfaces"]),
        bridges=said["bridges"],
        everywhere=said["everywhere"],
        place=said["place"],
    )


async def add_conditions(work: Work, county: str, reports: Sequence[Report], *, by: str) -> tuple[UUID, ...]:
    """Record what is reported together, all or nothing; from their starts the roads have it."""
    ids = tuple(new_id() for _ in reports)
    for id, report in zip(ids, reports, strict=True):
        starts_at = report.starts_at or work.now
        if report.ends_at is not None and report.ends_at <= max(starts_at, work.now):
            raise Problem(409, "road_condition_over", {"ends_at": report.ends_at})
        await SQL.insert_condition(
            work.conn,
            id=id,
            county=county,
            edges=list(report.edges),
            area=report.area,
            factor=report.factor,
            vehicle_classes=list(report.vehicle_classes),
            reason=report.reason,
            starts_at=starts_at,
            ends_at=report.ends_at,
            by=by,
            names=list(report.names),
            road_classes=list(report.road_classes),
            surfaces=list(report.surfaces),
            bridges=report.bridges,
            everywhere=report.everywhere,
            place=report.place,
            filed_with=ids[0] if len(ids) > 1 else None,
            begun_at=starts_at if starts_at <= work.now else None,
        )
        params = {"condition": id, "factor": report.factor, "reason": report.reason, "by": by}
        await _changed(work, county, "road_condition_added", params, [id])
    return ids


async def add_condition(work: Work, county: str, report: Report, *, by: str) -> UUID:
    (id,) = await add_conditions(work, county, [report], by=by)
    return id


async def remove_condition(
    work: Work, county: str, id: UUID, *, by: str, together: bool = False
) -> tuple[UUID, ...]:
    """Lift a condition before its time, or all that were reported `together` with it.

    404 when it is not there, or gone already.
    """
    ids = [id]
    if together:
        ids = [row["id"] async for row in SQL.filed_together(work.conn, county=county, id=id)]
    gone = [
        one
        for one in ids
        if await SQL.remove_condition(work.conn, county=county, id=one, at=work.now) is not None
    ]
    if not gone:
        raise Problem(404, "road_condition_unknown", {"condition": str(id)})
    force_released(work, county)
    for one in gone:
        await _changed(work, county, "road_condition_removed", {"condition": one, "by": by}, [one])
    return tuple(gone)


async def turn_conditions(work: Work, county: str) -> int:
    """What has run out is removed as of the end it was given, and what was filed ahead begins. As often as you like."""
    begun = [row async for row in SQL.begin_conditions(work.conn, county=county, now=work.now)]
    for row in begun:
        params = {"condition": row["id"], "factor": row["factor"], "reason": row["reason"]}
        await _changed(work, county, "road_condition_started", params, [row["id"]])
    over = [row["id"] async for row in SQL.expire_conditions(work.conn, county=county, now=work.now)]
    for id in over:
        await _changed(work, county, "road_condition_expired", {"condition": id}, [id])
    if over:
        force_released(work, county)
    return len(begun) + len(over)


async def change_speeds(work: Work, county: str, profile: SpeedProfile | None) -> None:
    """Say, once for all processes, that another speed profile holds from now on (none: the usual speeds)."""
    code, digest = (profile.code, profile.digest) if profile else ("", "")
    told = await SQL.speeds_of(work.conn, county=county)
    before = told["speed_profile"] if told else ""
    if (before, told["speed_profile_digest"] if told else "") == (code, digest):
        return
    version = await SQL.change_speeds(work.conn, county=county, code=code, digest=digest, at=work.now)
    if version is None:
        return
    force_released(work, county)
    params = {"from": before, "to": code, "digest": digest, "conditions_version": version}
    await record_change(work, county, "speed_profile_changed", params)
    work.wake(topic_of(county))


async def _changed(
    work: Work, county: str, type: str, params: Mapping[str, Any], ids: Sequence[UUID]
) -> None:
    version = await SQL.next_version(work.conn, county=county)
    await record_change(work, county, type, {**params, "conditions_version": version}, conditions=ids)
    work.wake(topic_of(county))


async def condition_cards(conn: Connection, county: str) -> list[Mapping[str, Any]]:
    return [row["card"] async for row in SQL.condition_cards(conn, county=county)]
