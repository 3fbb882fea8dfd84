"""From an incident, the county's plan and the units as they are now to the arrays that `choose` reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.deadlines import verb_towards
from dispatch.alarms.question import (
    UNLISTED_ZONE,
    Policy,
    Request,
    Role,
    Rule,
    SlotWanted,
    Units,
)
from dispatch.alarms.travel import Travels
from dispatch.alarms.triage import metres_between
from dispatch.forces.model import Candidate, Gate
from gis_data.model import County, DutyMode, ResponsePlan, Slot, SlotRule, StationClass, Verb

OWN_PREMISES_METRES = 1500.0
SECOND_TASKS = ("water_supply", "evacuation")

_RULES = {
    SlotRule.NEAREST: Rule.NEAREST,
    SlotRule.ZONE_BRIGADE: Rule.ZONE_BRIGADE,
    SlotRule.RESPONSIBLE_STATION: Rule.RESPONSIBLE_STATION,
    SlotRule.MICRO_ON_FOOT: Rule.MICRO_ON_FOOT,
    SlotRule.ENTERPRISE_OWN: Rule.ENTERPRISE_OWN,
}
_ROLES = {
    SlotRule.ZONE_BRIGADE: Role.ZONE_BRIGADE,
    SlotRule.RESPONSIBLE_STATION: Role.RESPONSIBLE,
    SlotRule.ENTERPRISE_OWN: Role.OWN_PREMISES,
}
_ZONE_BRIGADE, _RESPONSIBLE, _ON_FOOT_NEAR, _OWN_PREMISES, _NO_SLOT = (
    int(role)
    for role in (Role.ZONE_BRIGADE, Role.RESPONSIBLE, Role.ON_FOOT_NEAR, Role.OWN_PREMISES, Role.NO_SLOT)
)


@dataclass(frozen=True, slots=True)
class Standing:
    """What an incident is and has already: `filled` slots, `present` units that fill them (by code), `tried` units
    that are not asked again, `arriving` quantities that count towards the plan."""

    kind: str
    lon: float
    lat: float
    zone: str | None
    station: str | None
    life_at_risk: bool
    waiting_ms: int
    filled: frozenset[str]
    present: frozenset[str]
    tried: frozenset[str]
    arriving: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The question for `choose`, and what its indices stand for."""

    units: Units
    request: Request
    policy: Policy
    capabilities: tuple[str, ...]
    zones: tuple[str, ...]
    slots: tuple[Slot, ...]
    extra_tasks: tuple[str, ...]
    extra_slots: tuple[str, ...]
    verbs: tuple[Verb, ...]


def frame(
    county: County,
    candidates: Sequence[Candidate],
    travels: Travels,
    standing: Standing,
    plan: ResponsePlan,
    *,
    reinforcement: Mapping[str, float] | None = None,
) -> Frame:
    """Ask for what the plan still lacks, or, with `reinforcement`, for just these quantities more."""
    capabilities = tuple(county.capabilities)
    zones = tuple(zone.code for zone in county.zones)
    verbs = _verbs(county, candidates, standing.kind)
    roles = _roles(county, candidates, standing)
    slots = () if reinforcement is not None else _open_slots(plan, standing, candidates, roles)
    tasks = tuple(dict.fromkeys((plan.extra_task, *SECOND_TASKS)))
    need = reinforcement if reinforcement is not None else _lacking(plan, standing)
    request = Request(
        travel_ms=travels.whole_ms,
        gates=_gates(county, candidates, travels, verbs, standing),
        role=roles,
        zone_order=_zone_order(county, candidates, standing.zone),
        slots=tuple(_wanted(county, slot, candidates, capabilities) for slot in slots),
        need=_vector(need, capabilities),
        extra_tasks=tuple(_vector(county.tasks[task].needs, capabilities) for task in tasks),
        life_at_risk=standing.life_at_risk,
        waiting_ms=standing.waiting_ms,
    )
    return Frame(
        units=_units(candidates, capabilities, zones),
        request=request,
        policy=policy_of(county),
        capabilities=capabilities,
        zones=zones,
        slots=slots,
        extra_tasks=tasks,
        extra_slots=_extra_slots(standing.filled),
        verbs=verbs,
    )


def policy_of(county: County) -> Policy:
    """The county's dispatching policy in milliseconds."""
    return Policy(
        zone_tolerance_ms=round(county.policy.zone_tolerance_seconds * 1000),
        life_tolerance_ms=round(county.policy.life_tolerance_seconds * 1000),
        send_zone_brigade=county.policy.send_zone_brigade,
        free_engine_reserve=county.policy.free_engine_reserve,
    )


def _units(candidates: Sequence[Candidate], capabilities: tuple[str, ...], zones: tuple[str, ...]) -> Units:
    zone_at = {code: place for place, code in enumerate(zones)}
    modes = tuple(DutyMode)
    return Units(
        turnout_ms=np.array([round(unit.turnout_seconds * 1000) for unit in candidates], dtype=np.int64),
        brings=_table([unit.brings for unit in candidates], capabilities),
        full_brings=_table([unit.full_brings for unit in candidates], capabilities),
        zone=np.array([-1 if u.foreign else zone_at.get(u.zone, -1) for u in candidates], dtype=np.int32),
        engine=np.array([unit.brings.get("engine", 0.0) > 0 for unit in candidates], dtype=np.bool_),
        # By place in the list: these are the same objects, while a dictionary would hash every one of them in Python.
        duty_mode=np.array([modes.index(unit.duty_mode) for unit in candidates], dtype=np.int8),
    )


def _table(quantities: Sequence[Mapping[str, float]], capabilities: tuple[str, ...]) -> NDArray[np.float64]:
    """A row for each of them; few units bring much of what there is."""
    column = {code: place for place, code in enumerate(capabilities)}
    table = np.zeros((len(quantities), len(capabilities)))
    places: list[int] = []
    amounts: list[float] = []
    for first, brought in zip(range(0, table.size, len(capabilities) or 1), quantities, strict=False):
        places += [first + column[code] for code in brought if code in column]
        amounts += [brought[code] for code in brought if code in column]
    table.reshape(-1)[places] = amounts
    return table


def _verbs(county: County, candidates: Sequence[Candidate], kind: str) -> tuple[Verb, ...]:
    """What we may do towards each; units of one force and body are alike."""
    classes = tuple(StationClass)
    known: dict[tuple[int, str, bool], Verb] = {}
    verbs = []
    for unit in candidates:
        alike = (classes.index(unit.station_class), unit.body, unit.foreign)
        if alike not in known:
            known[alike] = verb_towards(county.authority, unit, kind)[0]
        verbs.append(known[alike])
    return tuple(verbs)


def _roles(county: County, candidates: Sequence[Candidate], standing: Standing) -> NDArray[np.int32]:
    brigade = next((zone.brigade for zone in county.zones if zone.code == standing.zone), None)
    micro, enterprise = StationClass.MICRO, StationClass.ENTERPRISE  # looked up once, not for every unit
    roles = []
    for unit in candidates:
        role = 0
        if brigade is not None and unit.station == brigade:
            role |= _ZONE_BRIGADE
        if standing.station is not None and unit.station == standing.station:
            role |= _RESPONSIBLE
        if unit.station_class is micro:
            role |= _NO_SLOT
            if _away_metres(unit, standing) <= county.policy.micro_metres:
                role |= _ON_FOOT_NEAR
        elif unit.station_class is enterprise and _away_metres(unit, standing) <= OWN_PREMISES_METRES:
            role |= _OWN_PREMISES
        roles.append(role)
    return np.array(roles, dtype=np.int32)


def _away_metres(unit: Candidate, standing: Standing) -> float:
    return metres_between(unit.lon, unit.lat, standing.lon, standing.lat)


def _gates(
    county: County,
    candidates: Sequence[Candidate],
    travels: Travels,
    verbs: Sequence[Verb],
    standing: Standing,
) -> NDArray[np.int32]:
    gates = np.array([int(unit.gates) for unit in candidates], dtype=np.int32)
    turnout_seconds = np.array([unit.turnout_seconds for unit in candidates], dtype=np.float64)
    too_far = turnout_seconds * 1000 + travels.way_ms > county.policy.max_travel_seconds * 1000
    gates[~travels.reachable] |= int(Gate.NO_ROAD)
    gates[travels.reachable & too_far] |= int(Gate.TOO_FAR)
    if Verb.NOTIFY in verbs:
        gates[[verb is Verb.NOTIFY for verb in verbs]] |= int(Gate.NOT_OURS)
    if standing.tried:
        gates[[unit.code in standing.tried for unit in candidates]] |= int(Gate.TRIED)
    return gates


def _zone_order(county: County, candidates: Sequence[Candidate], zone: str | None) -> NDArray[np.int32]:
    mine = next((z for z in county.zones if z.code == zone), None)
    order = {code: place for place, code in enumerate((mine.code, *mine.backup))} if mine else {}
    return np.array(
        [UNLISTED_ZONE if unit.foreign else order.get(unit.zone, UNLISTED_ZONE) for unit in candidates],
        dtype=np.int32,
    )


def _open_slots(
    plan: ResponsePlan, standing: Standing, candidates: Sequence[Candidate], roles: NDArray[np.int32]
) -> tuple[Slot, ...]:
    """The plan's slots that nobody fills; a zone brigade or responsible station that already comes is not sent for."""
    present = 0
    for unit, role in zip(candidates, roles.tolist() if standing.present else (), strict=False):
        if unit.code in standing.present:
            present |= role
    return tuple(
        slot
        for slot in plan.slots
        if slot.code not in standing.filled and not (slot.rule in _ROLES and present & int(_ROLES[slot.rule]))
    )


def _lacking(plan: ResponsePlan, standing: Standing) -> Mapping[str, float]:
    return {
        code: max(0.0, wanted - standing.arriving.get(code, 0.0)) for code, wanted in plan.must_arrive.items()
    }


def _wanted(
    county: County, slot: Slot, candidates: Sequence[Candidate], capabilities: tuple[str, ...]
) -> SlotWanted:
    task_needs = _vector(county.tasks[slot.task].needs, capabilities)
    if slot.classes:
        classes_ok = np.array([unit.station_class in slot.classes for unit in candidates], dtype=np.bool_)
    else:
        classes_ok = np.ones(len(candidates), dtype=np.bool_)
    return SlotWanted(
        rule=_RULES[slot.rule],
        needs=np.maximum(task_needs, _vector(slot.needs, capabilities)),
        classes_ok=classes_ok,
        counts=slot.counts,
        optional=slot.optional,
    )


def _vector(quantities: Mapping[str, float], capabilities: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array(_amounts(quantities, capabilities), dtype=np.float64)


def _amounts(quantities: Mapping[str, float], capabilities: tuple[str, ...]) -> list[float]:
    return [quantities.get(code, 0.0) for code in capabilities]


def _extra_slots(filled: frozenset[str], count: int = 24) -> tuple[str, ...]:
    names = (f"extra-{number}" for number in range(1, count + len(filled) + 1))
    return tuple(name for name in names if name not in filled)[:count]
