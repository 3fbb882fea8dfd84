"""One decision for one incident: what stands, what is asked of `choose`, and which answers may go out unasked. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dispatch.alarms.choose import choose
from dispatch.alarms.deadlines import may_order_unasked
from dispatch.alarms.explain import explain
from dispatch.alarms.framing import Standing, frame
from dispatch.alarms.incident import FILLING, State
from dispatch.alarms.record import to_record
from dispatch.alarms.rows import AssignmentRow, IncidentRow
from dispatch.alarms.travel import Travel, Travels
from dispatch.alarms.triage import triage
from dispatch.forces.model import Candidate
from gis_data.model import County, ResponsePlan, StationClass, Verb

TRIED = frozenset({State.UNABLE, State.DECLINED, State.UNCONFIRMED, State.RECALLED})
UNDONE = "undo"  # a slip of the hand, taken back: the unit was never really asked
AWAITS_DISPATCHER = "awaits_dispatcher"
ONLY_ASKED = "reinforcement"
# What a unit is mostly sent for, the first that it brings.
MAIN_CAPABILITIES = ("engine", "forest_gear", "people")
RELEASED = "released"  # force has become free for an incident that lacked some
REPLACEMENT_CAUSES = frozenset({"deadline", "unable", "declined"})


@dataclass(frozen=True, slots=True)
class Decision:
    """`result` is what people see, `inputs` what a replay needs."""

    result: dict[str, Any]
    inputs: dict[str, Any]


def decide(
    county: County,
    incident: IncidentRow,
    assignments: Sequence[AssignmentRow],
    candidates: Sequence[Candidate],
    travels: Sequence[Travel],
    now: datetime,
    *,
    season: str,
    reinforcement: Mapping[str, float] | None = None,
) -> Decision:
    plan, travels = plan_of(county, incident), Travels.of(travels)
    standing = stand(county, incident, assignments, candidates, plan, now, season=season)
    asked = frame(county, candidates, travels, standing, plan, reinforcement=reinforcement)
    choice = choose(asked.units, (asked.request,), asked.policy)
    inputs = {
        **to_record(asked.units, (asked.request,), asked.policy, asked.units_record),
        "candidates": [unit.code for unit in candidates],
        "on_foot_metres": travels.on_foot_metres.round(1).tolist(),
        "capabilities": list(asked.capabilities),
        "slots": [slot.code for slot in asked.slots],
        "plan": plan.code,
        "kind": incident.kind,
        "level": incident.level,
        "lon": incident.lon,
        "lat": incident.lat,
    }
    return Decision(explain(county, asked, candidates, travels, choice), inputs)


def plan_of(county: County, incident: IncidentRow) -> ResponsePlan:
    return next(plan for plan in county.plans if plan.code == incident.plan)


def stand(
    county: County,
    incident: IncidentRow,
    assignments: Sequence[AssignmentRow],
    candidates: Sequence[Candidate],
    plan: ResponsePlan,
    now: datetime,
    *,
    season: str,
) -> Standing:
    """What the incident is and has already. Whoever comes only in addition counts for nothing in the plan."""
    judged = triage(
        county,
        incident.kind,
        incident.facts,
        trapped=incident.trapped,
        zone=incident.zone,
        season=season,
        at_least=incident.level,
    )
    filling = [a for a in assignments if a.state in FILLING]
    in_addition = {slot.code for slot in plan.slots if not slot.counts}
    by_code = {unit.code: unit for unit in candidates}
    arriving: dict[str, float] = {}
    for assignment in filling:
        unit = by_code.get(assignment.unit_code)
        if unit is None or assignment.slot in in_addition or unit.station_class is StationClass.MICRO:
            continue
        for code, quantity in unit.brings.items():
            arriving[code] = arriving.get(code, 0.0) + quantity
    return Standing(
        kind=incident.kind,
        lon=incident.lon,
        lat=incident.lat,
        zone=incident.zone,
        station=incident.station,
        life_at_risk=judged.life_at_risk,
        waiting_ms=max(0, round((now - incident.opened_at).total_seconds() * 1000)),
        filled=frozenset(a.slot for a in filling),
        present=frozenset(a.unit_code for a in filling),
        # Whom a person took back, the machine does not send again by itself.
        tried=frozenset(
            a.unit_code for a in assignments if was_tried(a) or (incident.automatic and a.state in TRIED)
        ),
        arriving=arriving,
    )


def was_tried(assignment: AssignmentRow) -> bool:
    """Whether this unit was asked and does not come, so that it is not asked a second time."""
    return assignment.state in TRIED and assignment.cause != UNDONE


def in_place_of(
    county: County, plan: ResponsePlan, result: Mapping[str, Any], lost: Candidate, freed: str | None
) -> Mapping[str, float] | None:
    """What to ask for where the plan needs nobody more although a unit that was sent does not come: one like it.

    Somebody had decided on that much force. Whoever came only in addition is not replaced.
    """
    in_addition = {slot.code for slot in plan.slots if not slot.counts}
    if result["units"] or result["shortfalls"] or freed in in_addition:
        return None
    if lost.station_class is StationClass.MICRO:
        return None
    built = next((unit.brings for unit in county.units if unit.code == lost.code), lost.brings)
    return {next((code for code in MAIN_CAPABILITIES if built.get(code, 0.0) > 0), "people"): 1.0}


def goes_unasked(
    chosen: Sequence[Mapping[str, Any]],
    candidates: Mapping[str, Candidate],
    *,
    automatic: bool,
    cause: str,
    freed: str | None,
) -> list[Mapping[str, Any]]:
    """Which of the chosen units the machine may order by itself.

    In automatic mode everybody who may be ordered, but for a reinforcement, which the dispatcher asked to see and
    sends himself. Otherwise only help for a unit that did not come: the dispatcher
    had decided on that much force, so exactly one unit is added for the slot that was freed.
    """
    if cause == ONLY_ASKED:
        return []
    replacing = cause in REPLACEMENT_CAUSES
    allowed = [
        one
        for one in chosen
        if may_order_unasked(
            candidates[one["unit"]], Verb(one["verb"]), automatic=automatic or replacing, verified=True
        )
    ]
    if automatic:
        return allowed
    if not replacing:
        return []
    same_slot = [one for one in allowed if one["slot"] == freed]
    if same_slot:
        return same_slot[:1]
    extras = [one for one in allowed if one["counts"] and str(one["slot"]).startswith("extra-")]
    return extras[:1]


def awaiting(
    chosen: Sequence[Mapping[str, Any]],
    sent: Sequence[Mapping[str, Any]],
    *,
    automatic: bool,
    cause: str,
    freed: str | None,
) -> list[dict[str, Any]]:
    """Slots whose only takers must be asked by a person, where a person does not look already: in automatic mode
    all of them, otherwise the one whose unit did not come and could not be replaced, or that somebody has become
    free for. The console is told at once."""
    if cause == ONLY_ASKED:
        return []
    gone = {one["unit"] for one in sent}
    left = [one for one in chosen if one["unit"] not in gone and one["counts"]]
    if not automatic:
        if cause not in (*REPLACEMENT_CAUSES, RELEASED) or sent:
            return []
        left = [one for one in left if one["slot"] == freed] or left[:1]
    return [{"code": one["slot"], "slot": True, "missing": 1.0, "cause": AWAITS_DISPATCHER} for one in left]


def free_extra_slot(filled: frozenset[str]) -> str:
    """A slot for a unit that comes beside the plan's own slots."""
    number = 1
    while f"extra-{number}" in filled:
        number += 1
    return f"extra-{number}"
