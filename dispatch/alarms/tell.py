"""What devices and boards are told: order events on device streams, changes with cards on the county's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.alarms.desk import Desk
from dispatch.alarms.rows import AssignmentRow, IncidentRow
from dispatch.push.changes import record_change
from runtime.database import Work
from runtime.ids import new_id
from runtime.timers import set_timer


def incident_brief(incident: IncidentRow) -> dict[str, Any]:
    """What a crew needs to know of an incident; nothing about callers."""
    return {
        "id": incident.id,
        "number": incident.number,
        "kind": incident.kind,
        "scale": incident.scale,
        "level": incident.level,
        "place": incident.place,
        "place_verified": incident.place_verified,
        "uncertainty_metres": incident.uncertainty_metres,
        "lon": incident.lon,
        "lat": incident.lat,
        "trapped": incident.trapped,
        "facts": incident.facts,
        "opened_at": incident.opened_at,
    }


def order_brief(
    incident: IncidentRow, assignment: AssignmentRow, acknowledge_due_at: datetime | None
) -> dict[str, Any]:
    """An order as a device shows it: the same in the event that brings it and in a snapshot."""
    return {
        "assignment_id": assignment.id,
        "unit": assignment.unit_code,
        "state": assignment.state.value,
        "incident": incident_brief(incident),
        "slot": assignment.slot,
        "task": assignment.task,
        "verb": assignment.verb.value,
        "eta_seconds": assignment.eta_seconds,
        "distance_metres": assignment.distance_metres,
        "on_foot_metres": assignment.on_foot_metres,
        "path": assignment.path,
        "dispatched_at": assignment.dispatched_at,
        "acknowledge_due_at": acknowledge_due_at,
    }


async def changed(
    desk: Desk,
    work: Work,
    type: str,
    params: Mapping[str, Any],
    *,
    incidents: Iterable[UUID] = (),
    assignments: Iterable[UUID] = (),
    units: Iterable[UUID] = (),
    notices: Iterable[UUID] = (),
) -> None:
    await record_change(
        work,
        desk.county.code,
        type,
        params,
        incidents=incidents,
        assignments=assignments,
        units=units,
        notices=notices,
    )


async def ask_for_proposal(
    desk: Desk,
    work: Work,
    incident: UUID,
    cause: str,
    *,
    freed: str | None = None,
    lost: str | None = None,
) -> None:
    """Have a proposal made right after this transaction. Each request is a row of its own: one that is being
    worked on holds its row, and must not hold up the command that asks for the next."""
    await set_timer(
        work.conn,
        county=desk.county.code,
        kind="propose",
        subject=new_id(),
        due_at=work.now,
        payload={"incident": str(incident), "cause": cause, "freed": freed, "lost": lost},
    )
    work.wake("timers")


async def ask_for_reroute(desk: Desk, work: Work, incident: UUID, cause: str) -> None:
    """Have the crews on their way told of another place, right after this transaction."""
    await set_timer(
        work.conn,
        county=desk.county.code,
        kind="reroute",
        subject=new_id(),
        due_at=work.now,
        payload={"incident": str(incident), "cause": cause},
    )
    work.wake("timers")
