"""What the commander and the dispatcher decide about an incident: level, milestones, place, closing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import assignments_of
from dispatch.alarms.decide import plan_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import BUSY, Milestone, missing_to_close
from dispatch.alarms.incident_store import (
    close_incident,
    incident_card,
    lock_incident,
    save_automatic,
    save_milestones,
    save_triage,
    verify_alarms,
)
from dispatch.alarms.location import Located
from dispatch.alarms.moving import move_incident, tell_crews
from dispatch.alarms.notices import send_notices
from dispatch.alarms.proposal_store import resolve_shortfalls
from dispatch.alarms.propose import season_now
from dispatch.alarms.rows import IncidentRow
from dispatch.alarms.tell import ask_for_proposal, changed
from dispatch.alarms.triage import severity, triage
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
        raise Problem(409, "level_unknown", {"level": said.level, "lowest": lowest, "highest": highest})
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
        await tell_crews(desk, work, now, active, "level")
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


async def verify(desk: Desk, work: Work, id: UUID, *, by: str) -> dict[str, Any]:
    """Somebody has looked: what only sensors reported is real, and is treated like any other alarm from now on."""
    incident = await locked_open(desk, work, id)
    if await verify_alarms(work.conn, id) == 0:
        return await card_of(desk, work, id)
    automatic = incident.automatic or desk.sends_by_itself(desk.county.kinds[incident.kind])
    await save_automatic(work.conn, id, automatic)
    await changed(
        desk,
        work,
        "incident_verified",
        {"incident": id, "number": incident.number, "by": by},
        incidents=[id],
    )
    await ask_for_proposal(desk, work, id, "verified")
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
    incident = await locked_open(desk, work, id)
    await move_incident(desk, work, incident, located, by=by)
    await ask_for_proposal(desk, work, id, "location")
    return await card_of(desk, work, id)


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
