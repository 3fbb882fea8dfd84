"""What is said about an assignment, by a device, a dispatcher or a deadline: one command for every report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import (
    assignment_card,
    assignments_of,
    load_assignment,
    lock_assignment,
    save_state,
    stop_clocks,
)
from dispatch.alarms.deadlines import bell_rings
from dispatch.alarms.decide import free_extra_slot
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import ENDED, FILLING, Milestone, Outcome, Report, State, settle
from dispatch.alarms.incident_store import lock_incident, save_milestones
from dispatch.alarms.rows import AssignmentRow, IncidentRow
from dispatch.alarms.tell import ask_for_proposal, changed
from dispatch.alarms.unit_status import follow_assignment, stop_unable
from dispatch.forces.release import force_released
from dispatch.push.changes import tell_devices
from gis_data.model import Contact
from runtime.database import Work
from runtime.encoding import utc_text

EVENTS = {
    State.DELIVERED: "assignment_delivered",
    State.ACKNOWLEDGED: "assignment_acknowledged",
    State.EN_ROUTE: "assignment_en_route",
    State.ON_SCENE: "assignment_on_scene",
    State.CLEARED: "assignment_cleared",
    State.UNCONFIRMED: "assignment_unconfirmed",
    State.UNABLE: "assignment_unable",
    State.DECLINED: "assignment_declined",
    State.RECALLED: "assignment_recalled",
}
CLOCKS = ("delivery", "acknowledge")


@dataclass(frozen=True, slots=True)
class Said:
    """One report: who said it, by which way (device, telephone, radio, console; for a deadline, which one), why, and
    when it was so."""

    report: Report
    by: str
    via: str
    cause: str | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Answered:
    """`assignment` is what stands now."""

    outcome: Outcome
    assignment: AssignmentRow
    incident: IncidentRow


async def report(desk: Desk, work: Work, assignment_id: UUID, said: Said) -> Answered:
    """Load, settle by the transition table, save, tell. The incident is locked first, so that an answer and a
    deadline at the same instant have one outcome."""
    incident, old = await _lock(desk, work, assignment_id)
    others = [a for a in await assignments_of(work.conn, incident.id) if a.id != old.id]
    slot_open = all(a.slot != old.slot or a.state not in FILLING for a in others)
    settled = settle(old.state, said.report, verb=old.verb, slot_open=slot_open)
    if said.report is Report.DELIVER and old.state is State.UNCONFIRMED and old.delivered_at is None:
        return await _delivered_late(desk, work, incident, old, said)
    if settled.outcome is Outcome.LATE:
        return await _late(desk, work, incident, old, said)
    if settled.outcome is not Outcome.CHANGED:
        return Answered(settled.outcome, old, incident)
    slot = old.slot
    if settled.state in FILLING and not slot_open:
        slot = free_extra_slot(frozenset(a.slot for a in others if a.state in FILLING))
    new = _moved(old, settled.state, slot, said, work.now)
    if not await save_state(work.conn, old, new):
        raise AssertionError(
            "the incident was locked, yet the assignment changed"
        )  # a broken invariant, retried
    await stop_clocks(work.conn, old.id, ("delivery",) if new.state is State.DELIVERED else CLOCKS, work.now)
    await follow_assignment(desk, work, new, was=old.state, at=_when(said, old, work.now))
    await _tell(desk, work, incident, old, new, said)
    await stop_unable(desk, work, new, by=said.by)
    await _follow_up(desk, work, incident, old, new, others)
    return Answered(Outcome.CHANGED, replace(new, version=old.version + 1), incident)


async def _lock(desk: Desk, work: Work, assignment_id: UUID) -> tuple[IncidentRow, AssignmentRow]:
    """The incident, then the assignment; once more if the assignment was moved to another incident meanwhile."""
    for _ in range(3):
        seen = await load_assignment(work.conn, desk.county.code, assignment_id)
        if seen is None:
            break
        incident = await lock_incident(work.conn, desk.county.code, seen.incident)
        locked = await lock_assignment(work.conn, desk.county.code, assignment_id)
        if incident is not None and locked is not None and locked.incident == incident.id:
            return incident, locked
    raise Problem(404, "no_assignment", {"id": str(assignment_id)})


def _when(said: Said, old: AssignmentRow, now: datetime) -> datetime:
    """A device may send late what it kept offline; it cannot have been before the order nor after now."""
    return min(max(said.at or now, old.dispatched_at), now)


def _moved(old: AssignmentRow, state: State, slot: str, said: Said, now: datetime) -> AssignmentRow:
    at = max(time for time in (_when(said, old, now), old.en_route_at, old.on_scene_at) if time is not None)
    new = replace(old, state=state, slot=slot, cause=said.cause or old.cause)
    if said.via == "device":
        # Whoever answered had the order, and whoever drove had accepted, though we heard of that only later.
        new = replace(new, delivered_at=min(old.delivered_at or at, at))
        if old.acknowledged_at is not None and old.acknowledged_via == "device":
            new = replace(new, acknowledged_at=min(old.acknowledged_at, at))
    if state in (State.ACKNOWLEDGED, State.EN_ROUTE, State.ON_SCENE) and old.acknowledged_at is None:
        late = at if old.state is State.UNCONFIRMED else None
        new = replace(
            new,
            acknowledged_at=at,
            acknowledged_by=said.by,
            acknowledged_via=said.via,
            late_acknowledged_at=old.late_acknowledged_at or late,
        )
    match state:
        case State.DELIVERED:
            return replace(new, delivered_at=at)
        case State.EN_ROUTE:
            return replace(new, en_route_at=at)
        case State.ON_SCENE:
            return replace(new, on_scene_at=at)
        case State.UNCONFIRMED:
            return replace(new, unconfirmed_at=at)
        case State.CLEARED | State.UNABLE | State.DECLINED | State.RECALLED:
            return replace(new, ended_at=at)
        case _:
            return new


async def _delivered_late(
    desk: Desk, work: Work, incident: IncidentRow, old: AssignmentRow, said: Said
) -> Answered:
    """The order has come through after its deadline: it is known from now on, and still unanswered."""
    new = replace(old, delivered_at=_when(said, old, work.now))
    await save_state(work.conn, old, new)
    await changed(
        desk,
        work,
        "assignment_delivered",
        _params(incident, new, said),
        incidents=[incident.id],
        assignments=[old.id],
    )
    return Answered(Outcome.CHANGED, replace(new, version=old.version + 1), incident)


async def _late(desk: Desk, work: Work, incident: IncidentRow, old: AssignmentRow, said: Said) -> Answered:
    """Another unit has the slot: the answer is noted, and the dispatcher keeps or recalls."""
    if old.late_acknowledged_at is not None:
        return Answered(Outcome.LATE, old, incident)
    at = _when(said, old, work.now)
    new = replace(old, late_acknowledged_at=at, acknowledged_by=said.by, acknowledged_via=said.via)
    await save_state(work.conn, old, new)
    await changed(
        desk,
        work,
        "assignment_answered_late",
        _params(incident, new, said),
        incidents=[incident.id],
        assignments=[old.id],
    )
    return Answered(Outcome.LATE, replace(new, version=old.version + 1), incident)


def _params(incident: IncidentRow, assignment: AssignmentRow, said: Said) -> dict[str, Any]:
    return {
        "incident": incident.id,
        "number": incident.number,
        "assignment": assignment.id,
        "unit": assignment.unit_code,
        "station": assignment.station,
        "state": assignment.state.value,
        "by": said.by,
        "via": said.via,
        "cause": said.cause,
    }


async def _tell(
    desk: Desk, work: Work, incident: IncidentRow, old: AssignmentRow, new: AssignmentRow, said: Said
) -> None:
    params = _params(incident, new, said)
    if new.state is State.UNCONFIRMED:
        params["telephone"] = telephone_of(desk, new.station)
    type = "assignment_kept" if said.report is Report.KEEP else EVENTS[new.state]
    await changed(desk, work, type, params, incidents=[incident.id], assignments=[new.id], units=[new.unit])
    brief = {"assignment_id": new.id, "unit": new.unit_code, "state": new.state.value}
    told: str | None = "order_settled"
    if new.state is State.RECALLED:
        told, brief = "order_recalled", {**brief, "cause": said.cause}
    elif new.state is State.UNCONFIRMED:
        told = "bell_rung" if bell_rings(Contact(new.contact)) else None
        brief = {**brief, "missed": said.via}
    elif new.state is State.DELIVERED:
        told = None
    if told is not None:
        await tell_devices(work, desk.county.code, new.station, new.unit_code, told, brief)


async def _follow_up(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    old: AssignmentRow,
    new: AssignmentRow,
    others: Sequence[AssignmentRow],
) -> None:
    """Whoever does not come is made good; the first on scene is the incident's arrival."""
    causes = {State.UNCONFIRMED: "deadline", State.UNABLE: "unable", State.DECLINED: "declined"}
    if new.state in ENDED:
        force_released(work, desk.county.code)
    if new.state in causes and old.state in FILLING and incident.open:
        await ask_for_proposal(desk, work, incident.id, causes[new.state], freed=old.slot, lost=old.unit_code)
    arrived = Milestone.ARRIVED.value
    if new.state is State.ON_SCENE and arrived not in incident.milestones and new.on_scene_at is not None:
        reached = {**incident.milestones, arrived: utc_text(new.on_scene_at)}
        await save_milestones(work.conn, incident.id, reached)


def telephone_of(desk: Desk, station: str) -> str:
    return next((s.telephone for s in desk.county.stations if s.code == station), "")


async def stands(desk: Desk, work: Work, answered: Answered) -> dict[str, Any]:
    """What stands now, as people and devices are told. A report that does not fit is a conflict."""
    if answered.outcome is Outcome.REFUSED:
        raise Problem(
            409,
            "assignment_state",
            {"unit": answered.assignment.unit_code, "state": answered.assignment.state.value},
        )
    card = await assignment_card(work.conn, desk.county.code, answered.assignment.id)
    assert card is not None
    return {"outcome": answered.outcome.value, "assignment": card}
