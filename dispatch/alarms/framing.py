"""From an incident, the county's plan and the units as they are now to the arrays that `choose` reads. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.columns import Columns, amounts, columns_of
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
from dispatch.alarms.triage import METRES_PER_DEGREE
from dispatch.forces.model import Candidate, Gate
from gis_data.model import County, ResponsePlan, Slot, SlotRule, StationClass, Verb

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
_MICRO, _ENTERPRISE = (
    tuple(StationClass).index(force) for force in (StationClass.MICRO, StationClass.ENTERPRISE)
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
    units_record: Mapping[str, Any]  # the same as plain lists, for the record of the decision
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
    terms = _terms_of(county)
    columns = columns_of(county, candidates)
    verbs = _verbs(terms, columns, standing.kind)
    roles = _roles(columns, standing)
    slots = () if reinforcement is not None else _open_slots(plan, standing, columns, roles)
    tasks = tuple(dict.fromkeys((plan.extra_task, *SECOND_TASKS)))
    need = reinforcement if reinforcement is not None else _lacking(plan, standing)
    request = Request(
        travel_ms=travels.whole_ms,
        gates=_gates(columns, travels, verbs, standing),
        role=roles,
        zone_order=_zone_order(columns, standing.zone),
        slots=tuple(_wanted(terms, columns, slot) for slot in slots),
        need=_vector(need, terms.capabilities),
        extra_tasks=tuple(terms.tasks[task] for task in tasks),
        life_at_risk=standing.life_at_risk,
        waiting_ms=standing.waiting_ms,
    )
    return Frame(
        units=columns.units,
        units_record=columns.record,
        request=request,
        policy=terms.policy,
        capabilities=terms.capabilities,
        zones=terms.zones,
        slots=slots,
        extra_tasks=tasks,
        extra_slots=_extra_slots(standing.filled),
        verbs=verbs,
    )


class _Terms:
    """What of a county's data every question to it says in the same way."""

    def __init__(self, county: County) -> None:
        self.county = county
        self.capabilities = tuple(county.capabilities)
        self.zones = tuple(zone.code for zone in county.zones)
        self.policy = policy_of(county)
        self.tasks = {code: _vector(task.needs, self.capabilities) for code, task in county.tasks.items()}
        # By kind of incident, and by what is alike in units.
        self.verbs: dict[str, dict[tuple[int, str, bool], Verb]] = {}


_last: list[_Terms] = []


def _terms_of(county: County) -> _Terms:
    if not _last or _last[0].county is not county:
        _last[:] = [_Terms(county)]
    return _last[0]


def policy_of(county: County) -> Policy:
    """The county's dispatching policy in milliseconds."""
    return Policy(
        zone_tolerance_ms=round(county.policy.zone_tolerance_seconds * 1000),
        life_tolerance_ms=round(county.policy.life_tolerance_seconds * 1000),
        send_zone_brigade=county.policy.send_zone_brigade,
        free_engine_reserve=county.policy.free_engine_reserve,
    )


def _verbs(terms: _Terms, columns: Columns, kind: str) -> tuple[Verb, ...]:
    """What we may do towards each; units of one force and body are alike."""
    known = terms.verbs.setdefault(kind, {})
    for alike, unit in zip(columns.alike, columns.candidates, strict=True):
        if alike not in known:
            known[alike] = verb_towards(columns.county.authority, unit, kind)[0]
    return tuple([known[alike] for alike in columns.alike])


def _roles(columns: Columns, standing: Standing) -> NDArray[np.int32]:
    county = columns.county
    roles = np.zeros(len(columns.candidates), dtype=np.int32)
    brigade = next((zone.brigade for zone in county.zones if zone.code == standing.zone), None)
    for station, role in ((brigade, _ZONE_BRIGADE), (standing.station, _RESPONSIBLE)):
        if station is not None:
            roles[[one == station for one in columns.stations]] |= role
    for force, role, within_metres in (
        (_MICRO, _ON_FOOT_NEAR, county.policy.micro_metres),
        (_ENTERPRISE, _OWN_PREMISES, OWN_PREMISES_METRES),
    ):
        rows = np.flatnonzero(columns.station_class == force)
        away = _metres_away(columns.lon[rows], columns.lat[rows], standing)
        roles[rows[away <= within_metres]] |= role
        if force == _MICRO:
            roles[rows] |= _NO_SLOT
    return roles


def _metres_away(
    lon: NDArray[np.float64], lat: NDArray[np.float64], standing: Standing
) -> NDArray[np.float64]:
    """As `triage.metres_between`, of many at once."""
    x = (lon - standing.lon) * np.cos(np.radians((lat + standing.lat) / 2))
    return np.asarray(np.hypot(x, lat - standing.lat) * METRES_PER_DEGREE)


def _gates(
    columns: Columns, travels: Travels, verbs: Sequence[Verb], standing: Standing
) -> NDArray[np.int32]:
    gates = columns.gates.copy()
    too_far = columns.turnout_ms + travels.way_ms > columns.county.policy.max_travel_seconds * 1000
    gates[~travels.reachable] |= int(Gate.NO_ROAD)
    gates[travels.reachable & too_far] |= int(Gate.TOO_FAR)
    if Verb.NOTIFY in verbs:
        gates[[verb is Verb.NOTIFY for verb in verbs]] |= int(Gate.NOT_OURS)
    if standing.tried:
        gates[[code in standing.tried for code in columns.codes]] |= int(Gate.TRIED)
    return gates


def _zone_order(columns: Columns, zone: str | None) -> NDArray[np.int32]:
    mine = next((z for z in columns.county.zones if z.code == zone), None)
    order = {code: place for place, code in enumerate((mine.code, *mine.backup))} if mine else {}
    order.pop("", None)  # the zone of whoever comes from beyond the border
    return np.array([order.get(home, UNLISTED_ZONE) for home in columns.zones], dtype=np.int32)


def _open_slots(
    plan: ResponsePlan, standing: Standing, columns: Columns, roles: NDArray[np.int32]
) -> tuple[Slot, ...]:
    """The plan's slots that nobody fills; a zone brigade or responsible station that already comes is not sent for."""
    present = 0
    for code, role in zip(columns.codes, roles.tolist() if standing.present else (), strict=False):
        if code in standing.present:
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


def _wanted(terms: _Terms, columns: Columns, slot: Slot) -> SlotWanted:
    needs = terms.tasks[slot.task]
    if slot.needs:
        needs = np.maximum(needs, _vector(slot.needs, terms.capabilities))
    if slot.classes:
        admitted = np.array([force in slot.classes for force in StationClass], dtype=np.bool_)
        classes_ok = admitted[columns.station_class]
    else:
        classes_ok = np.ones(len(columns.candidates), dtype=np.bool_)
    return SlotWanted(_RULES[slot.rule], needs, classes_ok, slot.counts, slot.optional)


def _vector(quantities: Mapping[str, float], capabilities: tuple[str, ...]) -> NDArray[np.float64]:
    return np.array(amounts(quantities, capabilities), dtype=np.float64)


def _extra_slots(filled: frozenset[str], count: int = 24) -> tuple[str, ...]:
    names = (f"extra-{number}" for number in range(1, count + len(filled) + 1))
    return tuple(name for name in names if name not in filled)[:count]
