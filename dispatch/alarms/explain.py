"""What `choose` answered, as the proposal that people see: codes with parameters, never prose. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dispatch.alarms.framing import Frame
from dispatch.alarms.question import Choice, Passed, Pick, Reason
from dispatch.alarms.travel import HinderedRoad, Travel, Travels
from dispatch.forces.model import Candidate, Gate
from gis_data.model import County

# As plain integers: an operation on flags makes an object of the enumeration each time.
_OF_ITS_WAY = int(Gate.NO_ROAD | Gate.TOO_FAR)
_MAY_BE_OVERRULED = int(Gate.TOO_FAR | Gate.NOT_CAPABLE | Gate.TRIED)


def explain(
    county: County,
    frame: Frame,
    candidates: Sequence[Candidate],
    travels: Travels,
    choice: Choice,
) -> dict[str, Any]:
    """The `result` of a proposal row. Times in seconds, distances in metres.

    `units` in the order chosen, each with `notes` on what
    its time rests on; `passed_over` by time, the county's policy says how many; `zone_cost_seconds` is the
    price of preferring the zone; `leaves` are the zones left without a manned engine.
    """
    passed = _by_time(frame, travels, choice.passed, county.policy.candidates_reported)
    return {
        "units": [_chosen(frame, candidates, travels, pick) for pick in choice.picks],
        "passed_over": [_passed(frame, candidates, travels, one) for one in passed],
        "zone_cost_seconds": max((pick.cost_ms for pick in choice.picks), default=0) / 1000,
        "leaves": [frame.zones[zone] for zone in choice.zones_left],
        "free_engines": choice.free_engines_left,
        "shortfalls": [
            {
                "code": frame.slots[short.slot].code
                if short.slot >= 0
                else frame.capabilities[short.capability],
                "slot": short.slot >= 0,
                "missing": short.missing,
                "cause": short.cause.value,
            }
            for short in choice.shortfalls
        ],
    }


def _by_time(frame: Frame, travels: Travels, passed: Sequence[Passed], most: int) -> list[Passed]:
    """The soonest of those passed over, and whoever has no way after all others."""
    units = np.array([one.unit for one in passed], dtype=np.int64)
    ranked_ms = frame.units.turnout_ms[units] + travels.whole_ms[units]
    order = np.lexsort((ranked_ms, ~travels.reachable[units]))
    return [passed[at] for at in order[: max(most, 0)]]


def _chosen(frame: Frame, candidates: Sequence[Candidate], travels: Travels, pick: Pick) -> dict[str, Any]:
    unit, travel = candidates[pick.unit], travels[pick.unit]
    if pick.slot >= 0:
        slot, task = frame.slots[pick.slot].code, frame.slots[pick.slot].task
    else:
        slot, task = frame.extra_slots[-1 - pick.slot], frame.extra_tasks[pick.task]
    eta_seconds = _eta_ms(frame, travels, pick.unit) / 1000
    params: dict[str, Any] = {"minutes": round(eta_seconds / 60, 1)}
    if pick.reason in (Reason.OWN_ZONE, Reason.BACKING_ZONE):
        params["cost_seconds"] = round(pick.cost_ms / 1000)
    if pick.reason is Reason.FILLS_NEED:
        params["sooner"] = pick.rank
    return {
        "unit": unit.code,
        "station": unit.station,
        "vehicle": unit.vehicle_class,
        "slot": slot,
        "task": task,
        "verb": frame.verbs[pick.unit].value,
        "counts": frame.slots[pick.slot].counts if pick.slot >= 0 else True,
        "eta_seconds": eta_seconds,
        "turnout_seconds": unit.turnout_seconds,
        "travel_seconds": travel.travel_ms / 1000,
        "on_foot_seconds": travel.on_foot_ms / 1000,
        "distance_metres": round(float(travel.distance_metres), 1),
        "on_foot_metres": round(travel.on_foot_metres, 1),
        "hose_metres": round(travel.hose_metres, 1),
        "water": travel.water,
        "water_seconds": _water_seconds(unit, travel),
        "stop": list(travel.stop) if travel.stop is not None else None,
        "reason": {"code": f"reason.{pick.reason}", "params": params},
        "notes": _notes(travel) + _last_metres(unit, travel) + _from_where_it_is(unit, travel),
    }


def _notes(travel: Travel) -> list[dict[str, Any]]:
    """Each condition by itself, with what they cost together: one cannot tell what each costs alone."""
    cost = {"cost_seconds": round(travel.delay_ms / 1000)} if travel.reachable else {}
    return [
        {
            "code": _note_code(road, cut_off=not travel.reachable),
            "params": {"road_reason": road.reason, "road": list(road.where), "closed": road.closed, **cost},
        }
        for road in travel.hindered_by
    ]


def _note_code(road: HinderedRoad, *, cut_off: bool) -> str:
    if cut_off:
        return "note.road_cut"
    return "note.road_hindered_at" if road.where else "note.road_hindered"


def _last_metres(unit: Candidate, travel: Travel) -> list[dict[str, Any]]:
    """When water can be on the fire, which is what a unit is ranked by; or that it brings none there, and why."""
    if not travel.reachable:
        return []
    short = []
    if travel.held_by is not None:
        metres = {"metres": round(travel.short_metres)}
        short = [{"code": f"note.stops_short_{travel.held_by}", "params": metres}]
    if travel.water:
        params = {
            "minutes": round((_water_seconds(unit, travel) or 0.0) / 60, 1),
            "metres": round(travel.hose_metres),
        }
        return [*short, {"code": "note.water", "params": params}]
    if travel.without_water_ms > 0:
        params = {"metres": round(travel.on_foot_metres)}
        return [*short, {"code": "note.no_water", "params": params}]
    return short


def _water_seconds(unit: Candidate, travel: Travel) -> float | None:
    return unit.turnout_seconds + (travel.travel_ms + travel.setup_ms) / 1000 if travel.water else None


def _from_where_it_is(unit: Candidate, travel: Travel) -> list[dict[str, Any]]:
    if unit.at_station:
        return []
    way = "from_where_it_is" if travel.heading is None else f"heading_{travel.heading}"
    return [{"code": f"note.{way}", "params": {}}]


def _passed(frame: Frame, candidates: Sequence[Candidate], travels: Travels, one: Passed) -> dict[str, Any]:
    eta_seconds = _eta_ms(frame, travels, one.unit) / 1000 if travels.reachable[one.unit] else None
    gates = int(one.gates)
    if one.reason is not None:
        reasons = [{"code": f"reason.{one.reason}", "params": {}}]
    else:
        reasons = [{"code": f"gate.{gate.name.lower()}", "params": {}} for gate in one.gates if gate.name]
    if one.reason is Reason.SLOWER or gates & _OF_ITS_WAY:
        travel = travels.noted(one.unit)
        reasons += _notes(travel) + _last_metres(candidates[one.unit], travel)
    return {
        "unit": candidates[one.unit].code,
        "verb": frame.verbs[one.unit].value,
        "eta_seconds": eta_seconds,
        "reasons": reasons,
        "sendable": not gates & ~_MAY_BE_OVERRULED,
    }


def _eta_ms(frame: Frame, travels: Travels, unit: int) -> int:
    return int(frame.units.turnout_ms[unit] + travels.way_ms[unit])
