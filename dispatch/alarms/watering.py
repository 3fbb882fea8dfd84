"""The water plan of one incident as things stand: its place and level, the units free or sent, the roads of now."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import assignments_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import ENDED
from dispatch.alarms.incident_store import load_incident
from dispatch.alarms.water_answer import answer
from dispatch.alarms.water_means import Fire, Supplier
from dispatch.alarms.water_supply import need_lps, plan_water
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.store import load_candidates


async def water_of(desk: Desk, id: UUID, flow_lps: float | None, rise_metres: float | None) -> dict[str, Any]:
    """The document of `GET /incidents/{id}/water`; it orders nothing and writes nothing."""
    async with desk.db.reading() as conn:
        incident = await load_incident(conn, desk.county.code, id)
        if incident is None:
            raise Problem(404, "no_incident", {"id": str(id)})
        now = await desk.db.clock(conn)
        units = await load_candidates(conn, desk.county, now, ignore_incident=id)
        sent = {one.unit for one in await assignments_of(conn, id) if one.state not in ENDED}
    async with desk.db.pool.acquire() as conn:  # the newest roads, not those of the snapshot above
        live = await desk.roads.refresh(conn, now)
    need, need_from = need_lps(desk.county, incident.kind, incident.level, flow_lps)
    today = now.astimezone(ZoneInfo(desk.county.time_zone)).date()
    fire = Fire(incident.lon, incident.lat, today, need, need_from, rise_metres)
    suppliers = [_supplier(unit, assigned=unit.unit_id in sent) for unit in units if _helps(unit)]
    plan = await asyncio.to_thread(plan_water, desk.county, live, fire, suppliers)
    return {"at": now, "incident": str(id), **answer(desk.county, plan)}


def _helps(unit: Candidate) -> bool:
    """Free or sent here. A neighbour has to be asked first, so no plan counts on one."""
    return unit.gates == Gate.NONE and not unit.foreign


def _supplier(unit: Candidate, *, assigned: bool) -> Supplier:
    return Supplier(
        code=unit.code,
        name=unit.name,
        vehicle_class=unit.vehicle_class,
        brings=unit.brings,
        lon=unit.lon,
        lat=unit.lat,
        turnout_seconds=unit.turnout_seconds,
        assigned=assigned,
    )
