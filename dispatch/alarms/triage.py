"""From what a caller says to a level and a plan; and whether two alarms are one incident. Pure.

A level always carries its scale: `fire` 1–5 with 5 worst, `forest` 4–1 with 1 worst (Ⅳ–Ⅰ).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import cos, hypot, radians
from uuid import UUID

from gis_data.model import County, IncidentKind, ResponsePlan, Trigger

FALLBACK_KIND = "other"
METRES_PER_DEGREE = 111_195.0


def severity(scale: str, level: int) -> int:
    """A number that grows with how bad it is, so that two levels of one scale can be compared."""
    return -level if scale == "forest" else level


def worse(scale: str, one: int, other: int) -> int:
    """The worse of two levels of one scale."""
    return one if severity(scale, one) >= severity(scale, other) else other


@dataclass(frozen=True, slots=True)
class Triage:
    """`triggers`: codes of the facts that raised the level. The level is the worst of all that apply."""

    kind: str
    scale: str
    level: int
    plan: str
    life_at_risk: bool
    triggers: tuple[str, ...]
    automatic: bool


def triage(
    county: County,
    kind: str,
    facts: Mapping[str, object],
    *,
    trapped: int,
    zone: str | None,
    season: str,
    at_least: int | None = None,
) -> Triage:
    """Kind, level and triggers give the plan. An unknown kind is taken as `other`, never refused.

    `at_least` is the level that already stands: facts raise it, they never lower it.
    """
    found = county.kinds.get(kind) or county.kinds[FALLBACK_KIND]
    level = found.default_level if at_least is None else at_least
    hit: list[Trigger] = [
        trigger
        for trigger in county.triggers
        if (found.code in trigger.kinds or "*" in trigger.kinds)
        and _value({**facts, "trapped": trapped}, trigger.field) >= trigger.at_least
    ]
    for trigger in hit:
        level = worse(found.scale, level, trigger.level)
    level = _clamp(found, level)
    return Triage(
        kind=found.code,
        scale=found.scale,
        level=level,
        plan=find_plan(county.plans, found, level, zone=zone or "", season=season).code,
        life_at_risk=trapped > 0 or any(trigger.life_at_risk for trigger in hit),
        triggers=tuple(trigger.code for trigger in hit),
        automatic=found.automatic,
    )


def find_plan(
    plans: Sequence[ResponsePlan], kind: IncidentKind, level: int, *, zone: str, season: str
) -> ResponsePlan:
    """The plan of kind and level; one made for this zone or season goes before the general one.

    Where the county has no plan of just this level, the next worse one serves, then the next milder.
    """
    fitting = [
        plan
        for plan in plans
        if plan.kind == kind.code and plan.zone in ("", zone) and plan.season in ("", season)
    ]
    if not fitting:
        fitting = [plan for plan in plans if plan.kind == FALLBACK_KIND and not plan.zone and not plan.season]
    wanted = severity(kind.scale, level)

    def far(plan: ResponsePlan) -> tuple[int, int, bool, bool, str]:
        gap = severity(plan.scale, plan.level) - wanted
        return (0 if gap >= 0 else 1, abs(gap), not plan.zone, not plan.season, plan.code)

    return min(fitting, key=far)


def _clamp(kind: IncidentKind, level: int) -> int:
    return min(max(level, 1), max(kind.worst_level, kind.default_level, 4 if kind.scale == "forest" else 1))


def _value(facts: Mapping[str, object], field: str) -> float:
    value = facts.get(field)
    if isinstance(value, bool):
        return float(value)
    return float(value) if isinstance(value, int | float) else 0.0


@dataclass(frozen=True, slots=True)
class Sighting:
    """Where and when something was reported, and how far off the place may be."""

    kind: str
    lon: float
    lat: float
    uncertainty_metres: float
    at: datetime


@dataclass(frozen=True, slots=True)
class OpenIncident:
    id: UUID
    sighting: Sighting
    last_alarm_at: datetime


def same_incident(
    county: County, alarm: Sighting, open_incidents: Sequence[OpenIncident]
) -> OpenIncident | None:
    """The open incident that this alarm belongs to: same sort of thing, near enough, soon enough; the nearest one.

    Distances are flat-earth metres, good to 0.1 % at these ranges. The dispatcher can undo the link.
    """
    kind = county.kinds.get(alarm.kind) or county.kinds[FALLBACK_KIND]
    best: tuple[float, str] | None = None
    found: OpenIncident | None = None
    for incident in open_incidents:
        other = incident.sighting
        if not _related(kind.code, other.kind):
            continue
        if alarm.at - incident.last_alarm_at > timedelta(minutes=kind.link_minutes):
            continue
        distance = metres_between(alarm.lon, alarm.lat, other.lon, other.lat)
        reach = (
            kind.link_metres
            + min(alarm.uncertainty_metres, kind.link_metres)
            + min(other.uncertainty_metres, kind.link_metres)
        )
        if distance <= reach and (best is None or (distance, str(incident.id)) < best):
            best, found = (distance, str(incident.id)), incident
    return found


def metres_between(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Flat-earth distance in metres between two WGS-84 positions that lie within one county."""
    x = (lon - other_lon) * cos(radians((lat + other_lat) / 2))
    return hypot(x, lat - other_lat) * METRES_PER_DEGREE


_FAMILIES = (frozenset({"building", "industrial"}), frozenset({"industrial", "hazmat"}))


def _related(one: str, other: str) -> bool:
    """Callers name the same fire differently; `other` is what a caller says who only sees smoke."""
    if one == other or FALLBACK_KIND in (one, other):
        return True
    return any(one in family and other in family for family in _FAMILIES)
