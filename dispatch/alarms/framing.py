"""From an incident, the county's plan and the units as they are now to the arrays that `choose` reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import SupportsFloat

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.deadlines import verb_towards
from dispatch.alarms.question import (
    UNLISTED_ZONE,
    UNREACHABLE_MS,
    Policy,
    Request,
    Role,
    Rule,
    SlotWanted,
    Units,
)
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
_DUTY_MODES = tuple(DutyMode)


@dataclass(frozen=True, slots=True)
class HinderedRoad:
    """A closed or slow stretch of the way a unit would take: what it is called, or where it lies, and why it is so."""

    reason: str
    where: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Travel:
    """One unit's way to the place, aligned with the candidates. `reachable` false: the figures mean nothing.

    `hindered_by`: what lies on the way it would otherwise have taken, as somebody reported it, and `delay_ms` what
    all of it costs. `heading` of `routing.on_road.HEADINGS` where it drives already and its direction is known.
    Where the hose reaches (`water`), water can be on the fire `setup_ms` after the vehicle stops (at `stop`: longitude,
    latitude); where it does not, the unit counts as `without_water_ms` later. `short_metres`: what is left over ground
    where it stops short of the road nearest to the place, and `held_by` what on that road stops its class.
    """

    reachable: bool
    travel_ms: int
    on_foot_ms: int
    distance_metres: SupportsFloat  # worked out for those who are sent
    on_foot_metres: float
    hindered_by: tuple[HinderedRoad, ...] = ()
    delay_ms: int = 0
    heading: str | None = None
    setup_ms: int = 0
    without_water_ms: int = 0
    hose_metres: float = 0.0
    water: bool = False
    stop: tuple[float, float] | None = None
    short_metres: float = 0.0
    held_by: str | None = None


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
    travels: Sequence[Travel],
    standing: Standing,
    plan: ResponsePlan,
    *,
    reinforcement: Mapping[str, float] | None = None,
) -> Frame:
    """Ask for what the plan still lacks, or, with `reinforcement`, for just these quantities more."""
    capabilities = tuple(county.capabilities)
    zones = tuple(zone.code for zone in county.zones)
    verbs = tuple(verb_towards(county.authority, unit, standing.kind)[0] for unit in candidates)
    roles = _roles(county, candidates, standing)
    slots = () if reinforcement is not None else _open_slots(plan, standing, candidates, roles)
    tasks = tuple(dict.fromkeys((plan.extra_task, *SECOND_TASKS)))
    need = reinforcement if reinforcement is not None else _lacking(plan, standing)
    request = Request(
        travel_ms=np.array([whole_way_ms(t) for t in travels], dtype=np.int64),
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
    shape = (len(candidates), len(capabilities))
    brings = np.array([_amounts(unit.brings, capabilities) for unit in candidates], dtype=np.float64)
    full = np.array([_amounts(unit.full_brings, capabilities) for unit in candidates], dtype=np.float64)
    return Units(
        turnout_ms=np.array([round(unit.turnout_seconds * 1000) for unit in candidates], dtype=np.int64),
        brings=brings.reshape(shape),
        full_brings=full.reshape(shape),
        zone=np.array(
            [zones.index(u.zone) if u.zone in zones and not u.foreign else -1 for u in candidates],
            dtype=np.int32,
        ),
        engine=np.array([unit.brings.get("engine", 0.0) > 0 for unit in candidates], dtype=np.bool_),
        duty_mode=np.array([_DUTY_MODES.index(unit.duty_mode) for unit in candidates], dtype=np.int8),
    )


def _roles(county: County, candidates: Sequence[Candidate], standing: Standing) -> NDArray[np.int32]:
    brigade = next((zone.brigade for zone in county.zones if zone.code == standing.zone), None)
    roles = np.zeros(len(candidates), dtype=np.int32)
    for i, unit in enumerate(candidates):
        role = Role.NONE
        if brigade is not None and unit.station == brigade:
            role |= Role.ZONE_BRIGADE
        if standing.station is not None and unit.station == standing.station:
            role |= Role.RESPONSIBLE
        away = metres_between(unit.lon, unit.lat, standing.lon, standing.lat)
        if unit.station_class is StationClass.MICRO:
            role |= Role.NO_SLOT
            if away <= county.policy.micro_metres:
                role |= Role.ON_FOOT_NEAR
        if unit.station_class is StationClass.ENTERPRISE and away <= OWN_PREMISES_METRES:
            role |= Role.OWN_PREMISES
        roles[i] = int(role)
    return roles


def _gates(
    county: County,
    candidates: Sequence[Candidate],
    travels: Sequence[Travel],
    verbs: Sequence[Verb],
    standing: Standing,
) -> NDArray[np.int32]:
    too_far_ms = county.policy.max_travel_seconds * 1000
    gates = np.zeros(len(candidates), dtype=np.int32)
    for i, (unit, travel, verb) in enumerate(zip(candidates, travels, verbs, strict=True)):
        gate = unit.gates
        if not travel.reachable:
            gate |= Gate.NO_ROAD
        elif unit.turnout_seconds * 1000 + travel.travel_ms + travel.on_foot_ms > too_far_ms:
            gate |= Gate.TOO_FAR
        if verb is Verb.NOTIFY:
            gate |= Gate.NOT_OURS
        if unit.code in standing.tried:
            gate |= Gate.TRIED
        gates[i] = int(gate)
    return gates


def whole_way_ms(travel: Travel) -> int:
    """From rolling until water can be on the fire, or what its lack counts for."""
    if not travel.reachable:
        return UNREACHABLE_MS
    return travel.travel_ms + travel.on_foot_ms + travel.setup_ms + travel.without_water_ms


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
    for unit, role in zip(candidates, roles, strict=True):
        if unit.code in standing.present:
            present |= int(role)
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
    classes_ok = [not slot.classes or unit.station_class in slot.classes for unit in candidates]
    return SlotWanted(
        rule=_RULES[slot.rule],
        needs=np.maximum(task_needs, _vector(slot.needs, capabilities)),
        classes_ok=np.array(classes_ok, dtype=np.bool_),
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
