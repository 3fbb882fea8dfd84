"""One fire, or two: the dispatcher joins incidents and takes an alarm out again. Nothing is ever deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import assignments_of, move_assignment
from dispatch.alarms.conduct import card_of, locked_open
from dispatch.alarms.decide import free_extra_slot
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import BUSY, FILLING
from dispatch.alarms.incident_store import (
    alarm_of,
    alarms_of,
    lock_incident,
    lock_intake,
    merge_incident,
    move_alarm,
    save_triage,
)
from dispatch.alarms.intake import open_new_incident
from dispatch.alarms.location import Located, kind_of
from dispatch.alarms.moving import move_incident
from dispatch.alarms.proposal_store import resolve_shortfalls
from dispatch.alarms.propose import season_now
from dispatch.alarms.report import read_report
from dispatch.alarms.rows import IncidentRow
from dispatch.alarms.tell import ask_for_proposal, ask_for_reroute, changed
from dispatch.alarms.triage import FALLBACK_KIND, triage, worse
from runtime.database import Work


async def link(desk: Desk, work: Work, id: UUID, into: UUID, *, by: str) -> dict[str, Any]:
    """`id` is the same as `into`: its alarms and units go over, its number stays readable."""
    if id == into:
        raise Problem(409, "link_to_itself", {"id": str(id)})
    for one in sorted((id, into)):  # everybody locks incidents in one order
        await lock_incident(work.conn, desk.county.code, one)
    source, target = await locked_open(desk, work, id), await locked_open(desk, work, into)
    filled = {a.slot for a in await assignments_of(work.conn, into) if a.state in FILLING}
    moved = []
    for assignment in await assignments_of(work.conn, id):
        if assignment.state not in BUSY:
            continue
        slot = assignment.slot
        if assignment.state in FILLING:
            if slot in filled:
                slot = free_extra_slot(frozenset(filled))
            filled.add(slot)
        await move_assignment(work.conn, assignment.id, into, slot)
        moved.append(assignment.id)
    await merge_incident(work.conn, id, into, work.now)
    await resolve_shortfalls(work.conn, id, work.now)
    await _worse_of_both(desk, work, source, target)
    if source.place_verified and not target.place_verified:
        await move_incident(desk, work, target, _place_of(source), by="triage")
    await changed(
        desk,
        work,
        "incidents_linked",
        {
            "incident": id,
            "number": source.number,
            "into": into,
            "into_number": target.number,
            "by": by,
        },
        incidents=[id, into],
        assignments=moved,
    )
    if moved:
        await ask_for_reroute(desk, work, into, "linked")
    await ask_for_proposal(desk, work, into, "linked")
    return await card_of(desk, work, into)


def _place_of(incident: IncidentRow) -> Located:
    return Located(
        incident.lon,
        incident.lat,
        incident.place,
        incident.place_code,
        incident.place_verified,
        incident.uncertainty_metres,
        (),
    )


async def _worse_of_both(desk: Desk, work: Work, source: IncidentRow, target: IncidentRow) -> None:
    kind = source.kind if target.kind == FALLBACK_KIND else target.kind  # whoever saw more names it
    level = source.level if kind == source.kind else target.level
    if target.scale == source.scale:
        level = worse(target.scale, target.level, source.level)
    trapped = max(source.trapped, target.trapped)
    facts = {**source.facts, **target.facts}
    judged = triage(
        desk.county,
        kind,
        {},
        trapped=0,
        zone=target.zone,
        season=season_now(desk, work),
        at_least=level,
    )
    automatic = target.automatic or source.automatic
    await save_triage(work.conn, target.id, judged, trapped=trapped, facts=facts, automatic=automatic)


async def unlink(desk: Desk, work: Work, id: UUID, alarm: UUID, *, by: str) -> dict[str, Any]:
    """The alarm is another fire after all: it gets an incident of its own, and a proposal at once."""
    await lock_intake(work.conn, desk.county.code)
    incident = await locked_open(desk, work, id)
    row = await alarm_of(work.conn, id, alarm)
    if row is None:
        raise Problem(404, "no_alarm", {"id": str(alarm)})
    if len(await alarms_of(work.conn, id)) < 2:
        raise Problem(409, "only_alarm", {"number": incident.number})
    said = read_report(row["body"], work.now)
    located = desk.map.locate(said.lon, said.lat, said.crs, said.text)
    kind = kind_of(desk.county, said.kind)
    new, number, judged = await open_new_incident(desk, work, said, kind, located)
    await move_alarm(work.conn, alarm, new, linked=False)
    await changed(
        desk,
        work,
        "alarm_unlinked",
        {
            "incident": id,
            "number": incident.number,
            "alarm": alarm,
            "opened": new,
            "opened_number": number,
            "kind": judged.kind,
            "by": by,
        },
        incidents=[id, new],
    )
    await ask_for_proposal(desk, work, new, "alarm")
    return await card_of(desk, work, new)
