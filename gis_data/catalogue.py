"""The county's reference tables: what vehicles, plans, deadlines and verbs there are. Data, never code."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any, TypeVar

from gis_data.errors import InputError
from gis_data.model import (
    AuthorityRule,
    Capability,
    County,
    DeadlineRule,
    DispatchPolicy,
    DrivingRules,
    IncidentKind,
    NotifyBody,
    ResponsePlan,
    Slot,
    Task,
    Trigger,
    TurnoutRule,
    VehicleClass,
    WaterNeed,
    WaterRules,
)
from gis_data.records import plain, record
from gis_data.speed_profile import SpeedProfile

SECTIONS = (
    "policy",
    "driving",
    "capability",
    "task",
    "vehicle_class",
    "kind",
    "trigger",
    "slot",
    "plan",
    "authority",
    "deadline",
    "turnout",
    "notify",
    "water",
    "water_need",
    "speed_profile",
)


@dataclass(frozen=True)
class Catalogue:
    """The part of a county that is not geography. Mappings are by code, in the order of the file."""

    vehicle_classes: Mapping[str, VehicleClass]
    capabilities: Mapping[str, Capability]
    tasks: Mapping[str, Task]
    kinds: Mapping[str, IncidentKind]
    plans: tuple[ResponsePlan, ...]
    triggers: tuple[Trigger, ...]
    authority: tuple[AuthorityRule, ...]
    deadlines: tuple[DeadlineRule, ...]
    turnouts: tuple[TurnoutRule, ...]
    notify_bodies: Mapping[str, NotifyBody]
    policy: DispatchPolicy
    water_rules: WaterRules
    water_needs: tuple[WaterNeed, ...]
    driving: DrivingRules
    speed_profiles: tuple[SpeedProfile, ...]


@cache
def default_catalogue() -> Catalogue:
    """What a county starts with. Every figure from a standard that could not be read says 待核."""
    text = files("gis_data").joinpath("defaults", "catalogue.toml").read_text(encoding="utf-8")
    return catalogue_of(tomllib.loads(text), "catalogue.toml", None)


def catalogue_of(document: Mapping[str, Any], where: str, default: Catalogue | None) -> Catalogue:
    """The catalogue in a document; a section that is not there at all is the default's."""

    def missing(section: str) -> bool:
        return section not in document and default is not None

    d = default
    policy = document.get("policy", {})
    return Catalogue(
        vehicle_classes=d.vehicle_classes
        if d and missing("vehicle_class")
        else _vehicle_classes(document, where),
        capabilities=d.capabilities
        if d and missing("capability")
        else _by_code(Capability, document, "capability", where),
        tasks=d.tasks if d and missing("task") else _by_code(Task, document, "task", where),
        kinds=d.kinds if d and missing("kind") else _by_code(IncidentKind, document, "kind", where),
        plans=d.plans if d and missing("plan") else _plans(document, where),
        triggers=d.triggers
        if d and missing("trigger")
        else tuple(_rows(Trigger, document, "trigger", where)),
        authority=d.authority
        if d and missing("authority")
        else tuple(_rows(AuthorityRule, document, "authority", where)),
        deadlines=d.deadlines
        if d and missing("deadline")
        else tuple(_rows(DeadlineRule, document, "deadline", where)),
        turnouts=d.turnouts
        if d and missing("turnout")
        else tuple(_rows(TurnoutRule, document, "turnout", where)),
        notify_bodies=d.notify_bodies
        if d and missing("notify")
        else _by_code(NotifyBody, document, "notify", where),
        policy=d.policy if d and missing("policy") else record(DispatchPolicy, policy, f"{where} [policy]"),
        water_rules=d.water_rules
        if d and missing("water")
        else record(WaterRules, document.get("water", {}), f"{where} [water]"),
        water_needs=d.water_needs
        if d and missing("water_need")
        else tuple(_rows(WaterNeed, document, "water_need", where)),
        driving=d.driving
        if d and missing("driving")
        else _driving(document.get("driving", {}), f"{where} [driving]"),
        speed_profiles=d.speed_profiles
        if d and missing("speed_profile")
        else tuple(_by_code(SpeedProfile, document, "speed_profile", where).values()),
    )


def catalogue_document(catalogue: Catalogue | County) -> dict[str, Any]:
    """The catalogue as sections of a document; `catalogue_of` reads it back unchanged.

    A slot that has one meaning throughout is written once and named by the plans that hold it.
    """
    shared = _shared_slots(catalogue.plans)
    return {
        "policy": plain(catalogue.policy, defaults=True),
        "water": plain(catalogue.water_rules, defaults=True),
        "driving": plain(catalogue.driving, defaults=True),
        "capability": [plain(row) for row in catalogue.capabilities.values()],
        "task": [plain(row) for row in catalogue.tasks.values()],
        "vehicle_class": [plain(row) for row in catalogue.vehicle_classes.values()],
        "kind": [plain(row) for row in catalogue.kinds.values()],
        "trigger": [plain(row) for row in catalogue.triggers],
        "slot": [plain(row) for row in shared.values()],
        "plan": [
            {**plain(row), "slots": [s.code if s.code in shared else plain(s) for s in row.slots]}
            for row in catalogue.plans
        ],
        "authority": [plain(row) for row in catalogue.authority],
        "deadline": [plain(row) for row in catalogue.deadlines],
        "turnout": [plain(row) for row in catalogue.turnouts],
        "notify": [plain(row) for row in catalogue.notify_bodies.values()],
        "water_need": [plain(row) for row in catalogue.water_needs],
        **(
            {"speed_profile": [plain(row) for row in catalogue.speed_profiles]}
            if catalogue.speed_profiles
            else {}
        ),
    }


def _driving(table: object, where: str) -> DrivingRules:
    driving = record(DrivingRules, table, where)
    for field in ("maxspeed_factor", "contraflow_factor", "walk_kmh", "walk_detour"):
        if not 0.0 < getattr(driving, field) < math.inf:
            raise InputError(f"{where}, field {field}", "is out of range", "give a number above 0")
    for field in (name for name in driving.__slots__ if name.endswith(("_metres", "_seconds"))):
        _not_negative(driving, field, where)
    return driving


def _vehicle_classes(document: Mapping[str, Any], where: str) -> Mapping[str, VehicleClass]:
    classes = _by_code(VehicleClass, document, "vehicle_class", where)
    for vehicle in classes.values():
        for field in (
            "max_incline_percent",
            "uphill_time_per_percent",
            "hose_metres",
            "hose_seconds_per_100_metres",
            "water_setup_seconds",
        ):
            _not_negative(vehicle, field, f"{where} [[vehicle_class]] {vehicle.code}")
    return classes


def _not_negative(row: DrivingRules | VehicleClass, field: str, where: str) -> None:
    if not 0.0 <= getattr(row, field) < math.inf:
        raise InputError(f"{where}, field {field}", "is out of range", "give a number, 0 or more")


def _shared_slots(plans: Iterable[ResponsePlan]) -> dict[str, Slot]:
    seen: dict[str, Slot] = {}
    several: set[str] = set()
    for slot in (slot for plan in plans for slot in plan.slots):
        if seen.setdefault(slot.code, slot) != slot:
            several.add(slot.code)
    return {code: slot for code, slot in seen.items() if code not in several}


def _plans(document: Mapping[str, Any], where: str) -> tuple[ResponsePlan, ...]:
    shared = _by_code(Slot, document, "slot", where)
    plans: list[ResponsePlan] = []
    for number, table in enumerate(_tables(document, "plan", where), start=1):
        at = f"{where} [[plan]] {table.get('code', number)}"
        slots = tuple(_slot(item, shared, at) for item in table.get("slots", ()))
        plans.append(replace(record(ResponsePlan, {**table, "slots": ()}, at), slots=slots))
    return tuple(plans)


def _slot(item: object, shared: Mapping[str, Slot], where: str) -> Slot:
    if not isinstance(item, str):
        return record(Slot, item, f"{where}, slots")
    if item not in shared:
        raise InputError(f"{where}, slots", f"no [[slot]] has the code {item!r}", "add it or name another")
    return shared[item]


Coded = TypeVar("Coded", VehicleClass, Capability, Task, IncidentKind, NotifyBody, Slot, SpeedProfile)
Row = TypeVar("Row")


def _by_code(kind: type[Coded], document: Mapping[str, Any], section: str, where: str) -> Mapping[str, Coded]:
    found: dict[str, Coded] = {}
    for row in _rows(kind, document, section, where):
        if row.code in found:
            raise InputError(
                f"{where} [[{section}]] {row.code}", "the code stands twice", "rename or remove one"
            )
        found[row.code] = row
    return found


def _rows(kind: type[Row], document: Mapping[str, Any], section: str, where: str) -> Iterable[Row]:
    for number, table in enumerate(_tables(document, section, where), start=1):
        yield record(kind, table, f"{where} [[{section}]] {table.get('code', number)}")


def _tables(document: Mapping[str, Any], section: str, where: str) -> list[dict[str, Any]]:
    tables = document.get(section, [])
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise InputError(f"{where} [[{section}]]", "is not a list of tables", f"write each as [[{section}]]")
    return tables
