"""Making a proposal: load, route outside any lock, choose, save; in automatic mode the orders go out with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.alarms.assignment_store import SlotFilled, UnitBusy, assignments_of
from dispatch.alarms.decide import Decision, awaiting, decide, goes_unasked, in_place_of, plan_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident_store import load_incident, lock_incident
from dispatch.alarms.location import season_of
from dispatch.alarms.measure import Measured, expected_by_road, measure, ways
from dispatch.alarms.order import AUTOMATIC, announce, order_of, send
from dispatch.alarms.proposal_store import insert_proposal, raise_shortfalls
from dispatch.alarms.rows import IncidentRow, Order
from dispatch.alarms.tell import changed, incident_brief
from dispatch.forces.model import Candidate
from dispatch.forces.starting import to_starts
from dispatch.forces.store import load_candidates
from dispatch.forces.turnout import is_night
from dispatch.push.changes import ForDevices, tell_each
from gis_data.model import Verb
from runtime.database import Work
from runtime.errors import UserError

# In a wave of alarms many choose the same unit at once; a choice takes milliseconds, and one of them wins each time.
TRIES = 12


@dataclass(frozen=True, slots=True)
class Asked:
    """Why a proposal is wanted. `freed` and `lost`: the slot and the unit that need a replacement."""

    cause: str
    freed: str | None = None
    lost: str | None = None
    reinforcement: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Proposed:
    id: UUID
    result: dict[str, Any]
    ordered: Mapping[str, UUID]


def season_now(desk: Desk, work: Work) -> str:
    return season_of(desk.county, work.now.astimezone(ZoneInfo(desk.county.time_zone)).date())


async def propose(
    desk: Desk,
    work: Work,
    incident_id: UUID,
    *,
    cause: str,
    freed: str | None = None,
    lost: str | None = None,
    reinforcement: Mapping[str, float] | None = None,
) -> Proposed | None:
    """Propose what the incident still lacks. None when it is not open any more; leaves the incident locked."""
    asked = Asked(cause, freed, lost, reinforcement)
    measured: Measured | None = None
    incident = await load_incident(work.conn, desk.county.code, incident_id)
    while incident is not None and incident.open:
        if measured is not None and (measured.lon, measured.lat) == (incident.lon, incident.lat):
            return await _propose(desk, work, incident, measured, asked)
        units = await desk.units_now(work)
        measured = await measure(
            await desk.roads.refresh(work.conn, work.now),
            incident.lon,
            incident.lat,
            units,
            desk.county.roads,
        )
        incident = await lock_incident(work.conn, desk.county.code, incident_id)
    return None


async def _propose(
    desk: Desk, work: Work, incident: IncidentRow, measured: Measured, asked: Asked
) -> Proposed:
    """Choose on fresh availability; when a unit is taken between reading and writing, choose again."""
    cause, freed = asked.cause, asked.freed
    for attempt in range(TRIES):
        candidates = await fresh(desk, work, measured)
        by_code = {unit.code: unit for unit in candidates}
        decision, beside_the_plan = await _decide(desk, work, incident, measured, by_code, asked)
        result = decision.result
        chosen = frozenset(one["unit"] for one in result["units"])
        paths, expected = await ways(measured, chosen), await expected_by_road(measured, chosen)
        sent = goes_unasked(result["units"], by_code, automatic=incident.automatic, cause=cause, freed=freed)
        orders = [
            order_of(desk, work, one, by_code[one["unit"]], paths.get(one["unit"]), expected.get(one["unit"]))
            for one in sent
        ]
        lacking = [
            *result["shortfalls"],
            *awaiting(result["units"], sent, automatic=incident.automatic, cause=cause, freed=freed),
        ]
        shown = {
            **result,
            "shortfalls": lacking,
            "rests_on": _rests_on(desk, work, measured),
            "detail": {"paths": paths, "by_road": expected, "at": [incident.lon, incident.lat]},
        }
        try:
            async with work.conn.transaction():
                id = await insert_proposal(
                    work.conn,
                    county=desk.county.code,
                    incident=incident.id,
                    cause=cause,
                    at=work.now,
                    conditions_version=measured.live.version,
                    policy_version=desk.policy_version,
                    inputs={
                        **decision.inputs,
                        "roads": _roads(desk, measured),
                        "starts": to_starts(_timed_from(measured, candidates)),
                    },
                    result=shown,
                )
                ids = await send(desk, work, incident, orders, proposal=id, by=AUTOMATIC) if orders else {}
        except (UnitBusy, SlotFilled):
            if attempt == TRIES - 1:
                raise UserError(
                    f"units were taken {TRIES} times while {incident.number} chose them"
                ) from None
            continue
        new = await raise_shortfalls(
            work.conn,
            county=desk.county.code,
            incident=incident.id,
            proposal=id,
            lacking=lacking,
            at=work.now,
            only_these=not beside_the_plan,
        )
        await _announce(desk, work, incident, shown, orders, ids, new, cause=cause)
        return Proposed(id, shown, ids)
    raise AssertionError("unreachable")


async def fresh(desk: Desk, work: Work, measured: Measured) -> tuple[Candidate, ...]:
    """The units as they are now, as far as their times are known."""
    known = {unit.unit_id for unit in measured.units}
    units = await load_candidates(work.conn, desk.county, work.now)
    return tuple(unit for unit in units if unit.unit_id in known)


def _timed_from(measured: Measured, candidates: Sequence[Candidate]) -> list[Candidate]:
    """The candidates as they stood when their times were computed."""
    then = {unit.unit_id: unit for unit in measured.units}
    return [then[unit.unit_id] for unit in candidates]


async def _decide(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    measured: Measured,
    units: Mapping[str, Candidate],
    asked: Asked,
) -> tuple[Decision, bool]:
    """The decision, and whether it was asked for beside what the plan lacks."""
    assignments = await assignments_of(work.conn, incident.id)

    def decided(reinforcement: Mapping[str, float] | None) -> Decision:
        return decide(
            desk.county,
            incident,
            assignments,
            tuple(units.values()),
            measured.travels_of(units.values()),
            work.now,
            season=season_now(desk, work),
            reinforcement=reinforcement,
        )

    decision = decided(asked.reinforcement)
    lost = units.get(asked.lost or "")
    if lost is None:
        return decision, asked.reinforcement is not None
    instead = in_place_of(desk.county, plan_of(desk.county, incident), decision.result, lost, asked.freed)
    return (decision, False) if instead is None else (decided(instead), True)


def _rests_on(desk: Desk, work: Work, measured: Measured) -> dict[str, Any]:
    """What every time in the proposal supposes: turnout by day or by night, and the roads as last reported."""
    policy, zone = desk.county.policy, ZoneInfo(desk.county.time_zone)
    return {
        "night": is_night(work.now, zone, policy.night_from_hour, policy.night_to_hour),
        "conditions_version": measured.live.version,
        "speed_profile": measured.live.profile.code if measured.live.profile else None,
        "road_conditions": len(measured.live.conditions),
    }


def _roads(desk: Desk, measured: Measured) -> dict[str, Any]:
    """Which roads the times were measured on: the conditions of a version, the speeds of a table and of a profile."""
    profile = measured.live.profile
    return {
        "conditions_version": measured.live.version,
        "speed_table": desk.speed_table,
        "speed_profile": profile.code if profile else "",
        "speed_profile_digest": profile.digest if profile else "",
    }


async def _announce(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    result: Mapping[str, Any],
    orders: list[Order],
    ids: Mapping[str, UUID],
    new_shortfalls: list[Mapping[str, Any]],
    *,
    cause: str,
) -> None:
    await changed(
        desk,
        work,
        "proposal_made",
        {
            "incident": incident.id,
            "number": incident.number,
            "cause": cause,
            "units": [one["unit"] for one in result["units"]],
        },
        incidents=[incident.id],
    )
    if orders:
        await announce(desk, work, incident, orders, ids, by=AUTOMATIC)
    elif cause == "alarm":
        await _pre_alert(desk, work, incident, result)
    for short in new_shortfalls:
        await changed(
            desk,
            work,
            "shortfall_raised",
            {
                "incident": incident.id,
                "number": incident.number,
                "code": short["code"],
                "missing": short["missing"],
                "cause": short["cause"],
            },
            incidents=[incident.id],
        )


async def _pre_alert(desk: Desk, work: Work, incident: IncidentRow, result: Mapping[str, Any]) -> None:
    """预警: the bell rings at the proposed stations while the call goes on; it binds nobody."""
    told = [
        ForDevices(
            one["station"],
            one["unit"],
            "pre_alert_sounded",
            {"unit": one["unit"], "incident": incident_brief(incident)},
        )
        for one in result["units"]
        if one["verb"] == Verb.ORDER.value
    ]
    await tell_each(work, desk.county.code, told)
