"""Incidents and assignments as the commands see them once loaded: frozen, without I/O."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.alarms.incident import State
from gis_data.model import Verb


@dataclass(frozen=True, slots=True)
class IncidentRow:
    id: UUID
    county: str
    number: str
    kind: str
    scale: str
    level: int
    plan: str
    status: str
    merged_into: UUID | None
    lon: float
    lat: float
    place: str
    place_code: str | None
    place_verified: bool
    uncertainty_metres: float
    zone: str | None
    station: str | None
    trapped: int
    facts: Mapping[str, Any]
    automatic: bool
    milestones: Mapping[str, str]
    opened_at: datetime
    closed_at: datetime | None
    version: int

    @property
    def open(self) -> bool:
        return self.status == "open"


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    id: UUID
    county: str
    incident: UUID
    unit: UUID
    unit_code: str
    station: str
    contact: str
    proposal: UUID | None
    slot: str
    task: str
    verb: Verb
    state: State
    reason: Mapping[str, Any]
    cause: str | None
    eta_seconds: float | None
    turnout_seconds: float | None
    travel_seconds: float | None
    distance_metres: float | None
    on_foot_metres: float | None
    path: list[list[float]] | None
    late_acknowledged_at: datetime | None
    dispatched_by: str
    acknowledged_by: str | None
    acknowledged_via: str | None
    dispatched_at: datetime
    delivered_at: datetime | None
    acknowledged_at: datetime | None
    en_route_at: datetime | None
    on_scene_at: datetime | None
    unconfirmed_at: datetime | None
    ended_at: datetime | None
    version: int


@dataclass(frozen=True, slots=True)
class Order:
    """One unit about to be sent: what `choose` or the dispatcher decided, with the figures shown to people."""

    unit: UUID
    unit_code: str
    slot: str
    task: str
    verb: Verb
    reason: Mapping[str, Any]
    eta_seconds: float | None
    turnout_seconds: float | None
    travel_seconds: float | None
    distance_metres: float | None
    on_foot_metres: float | None
    path: list[list[float]] | None
    by_road: Mapping[str, Any] | None
    delivery_due_at: datetime | None
    acknowledge_due_at: datetime | None
