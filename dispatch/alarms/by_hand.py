"""The dispatcher's order: the proposal with one key, or units picked by hand; and the call for more force."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.assignment_store import SlotFilled, UnitBusy, assignment_cards, assignments_of
from dispatch.alarms.conduct import locked_open
from dispatch.alarms.deadlines import verb_towards
from dispatch.alarms.decide import free_extra_slot, plan_of, was_tried
from dispatch.alarms.desk import Desk
from dispatch.alarms.framing import SECOND_TASKS
from dispatch.alarms.incident import BUSY, FILLING
from dispatch.alarms.incident_store import load_incident
from dispatch.alarms.measure import Measured, expected_by_road, measure, ways
from dispatch.alarms.order import announce, order_of, send
from dispatch.alarms.proposal_store import latest_proposal
from dispatch.alarms.propose import TRIES, Proposed, propose
from dispatch.alarms.rows import AssignmentRow, IncidentRow, Order
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.store import load_candidates
from gis_data.model import Verb
from runtime.database import Work

# What a dispatcher may decide against: distance, task and what was tried before. The rest is enforced.
OVERRIDABLE = Gate.TOO_FAR | Gate.NOT_CAPABLE | Gate.TRIED | Gate.NO_ROAD


async def order_proposal(desk: Desk, work: Work, id: UUID, *, by: str) -> dict[str, Any]:
    """Send what is proposed. A unit taken meanwhile has the choice made again, so that one key always sends help."""
    incident = await locked_open(desk, work, id)
    latest = await latest_proposal(work.conn, id)
    proposal, result = (None, None) if latest is None else (latest["id"], latest["result"])
    for _ in range(TRIES):
        if result is None or result["detail"]["at"] != [incident.lon, incident.lat]:
            made = await _again(desk, work, id)
            proposal, result = made.id, made.result
        units = {unit.code: unit for unit in await load_candidates(work.conn, desk.county, work.now)}
        known = {a.unit_code: a for a in await assignments_of(work.conn, id)}
        wanted = [one for one in result["units"] if not _settled(known.get(one["unit"]))]
        if result["units"] and not wanted and not any(a.state in BUSY for a in known.values()):
            result = None  # everybody was recalled or cannot come: the key must still send somebody
            continue
        if any(one["unit"] not in units or units[one["unit"]].gates for one in wanted):
            result = None
            continue
        paths, expected = result["detail"]["paths"], result["detail"].get("by_road", {})
        orders = [
            order_of(desk, work, one, units[one["unit"]], paths.get(one["unit"]), expected.get(one["unit"]))
            for one in wanted
        ]
        try:
            return await _send(desk, work, incident, orders, proposal=proposal, by=by)
        except (UnitBusy, SlotFilled):
            result = None
    raise Problem(409, "units_taken", {"number": incident.number})


def _settled(assignment: AssignmentRow | None) -> bool:
    """This unit is bound to the incident already, or was and did not come: it is not ordered a second time."""
    return assignment is not None and (assignment.state in BUSY or was_tried(assignment))


async def _again(desk: Desk, work: Work, id: UUID) -> Proposed:
    made = await propose(desk, work, id, cause="request")
    assert made is not None  # the incident is locked and open
    return made


async def order_units(desk: Desk, work: Work, id: UUID, keys: Sequence[str], *, by: str) -> dict[str, Any]:
    """Send just these units, whatever is proposed; what stops a unit for good stops it here too."""
    seen = await load_incident(work.conn, desk.county.code, id)
    if seen is None:
        raise Problem(404, "no_incident", {"id": str(id)})
    units = await desk.units_now(work)
    picked = [_find(units, key) for key in dict.fromkeys(keys)]
    measured = await measure(await desk.roads.refresh(work.conn, work.now), seen.lon, seen.lat, picked)
    incident = await locked_open(desk, work, id)
    latest = await latest_proposal(work.conn, id)
    proposed = {} if latest is None else {one["unit"]: one for one in latest["result"]["units"]}
    codes = frozenset(unit.code for unit in picked)
    paths, expected = await ways(measured, codes), await expected_by_road(measured, codes)
    filled = {a.slot for a in await assignments_of(work.conn, id) if a.state in FILLING}
    orders = []
    for unit in picked:
        chosen = _chosen(desk, incident, measured, unit, proposed.get(unit.code), frozenset(filled))
        filled.add(chosen["slot"])
        orders.append(order_of(desk, work, chosen, unit, paths.get(unit.code), expected.get(unit.code)))
    try:
        proposal = None if latest is None else latest["id"]
        return await _send(desk, work, incident, orders, proposal=proposal, by=by)
    except UnitBusy as error:
        raise Problem(409, "unit_busy", {"units": [unit.code for unit in picked]}) from error
    except SlotFilled as error:
        raise Problem(409, "slot_filled", {"slots": [order.slot for order in orders]}) from error


def _find(units: Sequence[Candidate], key: str) -> Candidate:
    for unit in units:
        if key in (unit.code, str(unit.unit_id)):
            break
    else:
        raise Problem(404, "unit_unknown", {"unit": key})
    stopped = unit.gates & ~OVERRIDABLE
    if stopped & Gate.BUSY:
        raise Problem(409, "unit_busy", {"units": [unit.code]})
    if stopped:
        raise Problem(
            409,
            "unit_not_sendable",
            {"unit": unit.code, "gates": [gate.name.lower() for gate in stopped if gate.name]},
        )
    return unit


def _chosen(
    desk: Desk,
    incident: IncidentRow,
    measured: Measured,
    unit: Candidate,
    proposed: Mapping[str, Any] | None,
    filled: frozenset[str],
) -> dict[str, Any]:
    """A unit picked by hand in the shape of a proposal's unit."""
    verb, _ = verb_towards(desk.county.authority, unit, incident.kind)
    if verb is Verb.NOTIFY:
        raise Problem(409, "unit_not_sendable", {"unit": unit.code, "gates": ["not_ours"]})
    travel = measured.travel_of(unit)
    reachable = travel is not None and travel.reachable
    driving = (travel.travel_ms + travel.on_foot_ms) / 1000 if travel is not None and reachable else None
    eta = None if driving is None else unit.turnout_seconds + driving
    slot = proposed["slot"] if proposed is not None else None
    return {
        "slot": slot if slot is not None and slot not in filled else free_extra_slot(filled),
        "task": proposed["task"] if proposed is not None else _task(desk, incident, unit),
        "verb": verb.value,
        "reason": {
            "code": "reason.dispatcher",
            "params": {"minutes": None if eta is None else round(eta / 60, 1)},
        }
        if proposed is None
        else proposed["reason"],
        "eta_seconds": eta,
        "turnout_seconds": unit.turnout_seconds,
        "travel_seconds": driving,
        "distance_metres": round(float(travel.distance_metres), 1)
        if travel is not None and reachable
        else None,
        "on_foot_metres": round(travel.on_foot_metres, 1) if travel is not None and reachable else None,
    }


def _task(desk: Desk, incident: IncidentRow, unit: Candidate) -> str:
    """The first task that what the unit brings allows it to do; at the least it keeps people away."""
    for task in (plan_of(desk.county, incident).extra_task, *SECOND_TASKS):
        if all(unit.brings.get(code, 0.0) >= least for code, least in desk.county.tasks[task].needs.items()):
            return task
    return SECOND_TASKS[-1]


async def _send(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    orders: Sequence[Order],
    *,
    proposal: UUID | None,
    by: str,
) -> dict[str, Any]:
    ids = await send(desk, work, incident, orders, proposal=proposal, by=by) if orders else {}
    if orders:
        await announce(desk, work, incident, orders, ids, by=by)
    cards = await assignment_cards(work.conn, incident.id)
    sent = {str(id) for id in ids.values()}
    return {
        "incident_id": str(incident.id),
        "assignments": [card for card in cards if card["id"] in sent],
    }


async def reinforce(
    desk: Desk, work: Work, id: UUID, needs: Mapping[str, float], *, order: bool, by: str
) -> dict[str, Any]:
    """增援: propose just so much more; with `order` it is sent at once."""
    unknown = sorted(set(needs) - set(desk.county.capabilities))
    if unknown:
        raise Problem(404, "capability_unknown", {"codes": unknown})
    made = await propose(desk, work, id, cause="reinforcement", reinforcement=dict(needs))
    if made is None:
        await locked_open(desk, work, id)  # says why
        raise AssertionError("an open incident gets a proposal")
    sent: list[dict[str, Any]] = []
    if order:
        sent = (await order_proposal(desk, work, id, by=by))["assignments"]
    shown = {key: value for key, value in made.result.items() if key != "detail"}
    return {"incident_id": str(id), "proposal": {"id": str(made.id), **shown}, "assignments": sent}
