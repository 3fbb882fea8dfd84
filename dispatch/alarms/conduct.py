"""What the commander and the dispatcher decide about an incident: level, milestones, place, closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import assignments_of, save_way
from dispatch.alarms.decide import plan_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import BUSY, Milestone, missing_to_close
from dispatch.alarms.incident_store import (
    close_incident,
    incident_card,
    load_incident,
    lock_incident,
    save_location,
    save_milestones,
    save_triage,
)
from dispatch.alarms.location import Located
from dispatch.alarms.measure import measure, ways
from dispatch.alarms.notices import send_notices
from dispatch.alarms.proposal_store import resolve_shortfalls
from dispatch.alarms.propose import season_now
from dispatch.alarms.rows import AssignmentRow, IncidentRow
from dispatch.alarms.tell import ask_for_proposal, changed, order_brief, tell_devices
from dispatch.alarms.triage import severity, triage
from dispatch.forces.store import load_candidates
from runtime.database import Work
from runtime.encoding import utc_text


@dataclass(frozen=True, slots=True)
class LevelSaid:
    """`correction`: the level was wrong and may go down; it is logged as such, with its reason."""

    level: int
    by: str
    correction: bool
    why: str | None


async def locked_open(desk: Desk, work: Work, id: UUID) -> IncidentRow:
    """The incident, locked. 404 when there is none, 409 when it is closed or merged."""
    incident = await lock_incident(work.conn, desk.county.code, id)
    if incident is None:
        raise Problem(404, "no_incident", {"id": str(id)})
    if not incident.open:
        raise Problem(409, "incident_not_open", {"number": incident.number, "status": incident.status})
    return incident


async def card_of(desk: Desk, work: Work, id: UUID) -> dict[str, Any]:
    card = await incident_card(work.conn, desk.county.code, id)
    assert card is not None
    return card


async def set_level(desk: Desk, work: Work, id: UUID, said: LevelSaid) -> dict[str, Any]:
    """Raise the level, or correct it downwards; the plan follows, and what it lacks is proposed."""
    incident = await locked_open(desk, work, id)
    kind = desk.county.kinds[incident.kind]
    lowest, highest = sorted((kind.worst_level, 4 if kind.scale == "forest" else 1))
    if not lowest <= said.level <= highest:
        raise Problem(422, "level_unknown", {"level": said.level, "lowest": lowest, "highest": highest})
    if said.level == incident.level:
        return await card_of(desk, work, id)
    lowered = severity(incident.scale, said.level) < severity(incident.scale, incident.level)
    if lowered and not (said.correction and said.why):
        raise Problem(409, "level_never_lowered", {"level": said.level, "stands": incident.level})
    judged = triage(
        desk.county,
        incident.kind,
        {},  # the commander's word goes before what the facts alone would give
        trapped=0,
        zone=incident.zone,
        season=season_now(desk, work),
        at_least=said.level,
    )
    await save_triage(
        work.conn,
        id,
        judged,
        trapped=incident.trapped,
        facts=incident.facts,
        automatic=incident.automatic,
    )
    now = await locked_open(desk, work, id)
    active = [a for a in await assignments_of(work.conn, id) if a.state in BUSY]
    notices: list[UUID] = []
    if active:
        notices = await send_notices(desk, work, now, plan_of(desk.county, now).notify)
        await _tell_crews(desk, work, now, active, "level")
    await changed(
        desk,
        work,
        "incident_level_corrected" if lowered else "incident_level_raised",
        {
            "incident": id,
            "number": incident.number,
            "scale": judged.scale,
            "level": judged.level,
            "from_level": incident.level,
            "by": said.by,
            "why": said.why,
        },
        incidents=[id],
        notices=notices,
    )
    await ask_for_proposal(desk, work, id, "level")
    return await card_of(desk, work, id)


async def reach_milestone(
    desk: Desk, work: Work, id: UUID, milestone: Milestone, *, by: str, at: datetime | None
) -> dict[str, Any]:
    """The commander says how far it is. The first time stands; a repeat changes nothing."""
    incident = await locked_open(desk, work, id)
    if milestone.value not in incident.milestones:
        when = utc_text(max(min(at or work.now, work.now), incident.opened_at))
        await save_milestones(work.conn, id, {**incident.milestones, milestone.value: when})
        await changed(
            desk,
            work,
            "milestone_reached",
            {
                "incident": id,
                "number": incident.number,
                "milestone": milestone.value,
                "at": when,
                "by": by,
            },
            incidents=[id],
        )
    return await card_of(desk, work, id)


async def relocate(desk: Desk, work: Work, id: UUID, located: Located, *, by: str) -> dict[str, Any]:
    """改址: the choice is made again, and units on their way get the order again with the new way."""
    before = await load_incident(work.conn, desk.county.code, id)
    if before is None:
        raise Problem(404, "no_incident", {"id": str(id)})
    units = await load_candidates(work.conn, desk.county, work.now)
    measured = await measure(await desk.roads.refresh(work.conn, work.now), located.lon, located.lat, units)
    incident = await locked_open(desk, work, id)
    zone = desk.map.zone_of(located.lon, located.lat)
    station = desk.map.station_of(located.lon, located.lat, zone, located.place_code)
    await save_location(work.conn, id, located, zone=zone, station=station)
    active = [a for a in await assignments_of(work.conn, id) if a.state in BUSY]
    paths = await ways(measured, frozenset(a.unit_code for a in active))
    by_code = {unit.code: unit for unit in units}
    for assignment in active:
        unit = by_code.get(assignment.unit_code)
        travel = None if unit is None else measured.travel_of(unit)
        if unit is None or travel is None or not travel.reachable:
            continue
        # Whoever has rolled needs no turnout any more.
        turnout = 0.0 if assignment.en_route_at is not None else unit.turnout_seconds
        driving = (travel.travel_ms + travel.on_foot_ms) / 1000
        await save_way(
            work.conn,
            assignment.id,
            eta_seconds=turnout + driving,
            travel_seconds=driving,
            distance_metres=round(travel.distance_metres, 1),
            on_foot_metres=round(travel.on_foot_metres, 1),
            path=paths.get(assignment.unit_code),
        )
    now = await locked_open(desk, work, id)
    again = [a for a in await assignments_of(work.conn, id) if a.state in BUSY]
    await _tell_crews(desk, work, now, again, "location")
    await changed(
        desk,
        work,
        "incident_relocated",
        {
            "incident": id,
            "number": incident.number,
            "place": located.place,
            "place_verified": located.verified,
            "lon": located.lon,
            "lat": located.lat,
            "by": by,
        },
        incidents=[id],
        assignments=[a.id for a in again],
    )
    await ask_for_proposal(desk, work, id, "location")
    return await card_of(desk, work, id)


async def _tell_crews(
    desk: Desk, work: Work, incident: IncidentRow, active: list[AssignmentRow], cause: str
) -> None:
    for assignment in active:
        brief: Mapping[str, Any] = {**order_brief(incident, assignment, None), "cause": cause}
        await tell_devices(
            work, desk.county.code, assignment.station, assignment.unit_code, "order_updated", brief
        )


async def close(desk: Desk, work: Work, id: UUID, *, by: str, why: str | None) -> dict[str, Any]:
    """Close it when nobody is bound any more, and a forest fire only after mop-up, guard and acceptance."""
    incident = await lock_incident(work.conn, desk.county.code, id)
    if incident is not None and incident.status == "closed":
        return await card_of(desk, work, id)
    incident = await locked_open(desk, work, id)
    states = tuple(a.state for a in await assignments_of(work.conn, id))
    missing = missing_to_close(incident.scale, frozenset(incident.milestones), states)
    if missing:
        raise Problem(409, "incident_cannot_close", {"number": incident.number, "missing": list(missing)})
    await close_incident(work.conn, id, work.now)
    await resolve_shortfalls(work.conn, id, work.now)
    await changed(
        desk,
        work,
        "incident_closed",
        {"incident": id, "number": incident.number, "by": by, "why": why},
        incidents=[id],
    )
    return await card_of(desk, work, id)
