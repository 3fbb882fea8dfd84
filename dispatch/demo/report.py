"""The demo's report: what the incidents say of themselves, and how long the two steps that machines make took. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dispatch.messages import Lang, text

TIMES = (
    "dispatched_at",
    "delivered_at",
    "acknowledged_at",
    "en_route_at",
    "on_scene_at",
    "unconfirmed_at",
    "ended_at",
)
ANSWERED = ("acknowledged_at", "en_route_at", "on_scene_at")


def latency(milliseconds: Sequence[float]) -> dict[str, float | int | None]:
    """`n, p50, p99, max`; percentiles by the nearest rank, so that p99 is a time that was really seen."""
    if not milliseconds:
        return {"n": 0, "p50": None, "p99": None, "max": None}
    values = np.asarray(milliseconds, dtype=np.float64)
    p50, p99 = np.percentile(values, [50, 99], method="inverted_cdf")
    return {
        "n": len(values),
        "p50": round(float(p50), 1),
        "p99": round(float(p99), 1),
        "max": round(float(values.max()), 1),
    }


def is_served(incident: Mapping[str, Any]) -> bool:
    """At least one unit acknowledged, and every slot of the plan filled or its shortfall raised to the console.

    A slot counts as filled when somebody who fills it answered, or when it is not on the last proposal's list of
    what is still wanted; whatever is wanted and not sent must stand among the shortfalls.
    """
    answered = [a for a in incident["assignments"] if any(a.get(name) for name in ANSWERED)]
    if not answered:
        return False
    proposal = incident.get("proposal") or {}
    assigned = {a["slot"] for a in incident["assignments"]}
    raised = {s["code"] for s in incident.get("shortfalls", ())} | {
        s["code"] for s in proposal.get("shortfalls", ())
    }
    wanted = {u["slot"] for u in proposal.get("units", ()) if u.get("counts", True)}
    return wanted <= assigned | raised


def build_report(
    county: Mapping[str, Any],
    incidents: Sequence[Mapping[str, Any]],
    *,
    alarms: int,
    alarm_to_dispatch_ms: Sequence[float],
    dispatch_to_device_ms: Sequence[float],
    roster: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """`incidents` are documents of GET /incidents/{id}. Times RFC 3339 UTC, latencies milliseconds."""
    served = [one for one in incidents if is_served(one)]
    assignments = [a for one in incidents for a in one["assignments"]]
    return {
        "county": county,
        "alarms": alarms,
        "served": sum(one["alarms"] for one in served),
        "unserved": [
            {"id": one["id"], "number": one["number"], "place": one["place"], "alarms": one["alarms"]}
            for one in incidents
            if not is_served(one)
        ],
        "acknowledged": sum(1 for a in assignments if a.get("acknowledged_at")),
        "escalated": sum(1 for a in assignments if a.get("unconfirmed_at")),
        "latency_ms": {
            "alarm_to_dispatch": latency(alarm_to_dispatch_ms),
            "dispatch_to_device": latency(dispatch_to_device_ms),
        },
        "roster": roster,
        "incidents": [_incident(one) for one in sorted(incidents, key=lambda one: one["number"])],
    }


def _incident(one: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "id": one["id"],
        "number": one["number"],
        "kind": one["kind"],
        "level": one["level"],
        "scale": one["scale"],
        "place": one["place"],
        "lon": one["lon"],
        "lat": one["lat"],
        "alarm_at": one["opened_at"],
        "alarms": one["alarms"],
        "shortfalls": one["shortfalls"],
        "assignments": [_assignment(a) for a in sorted(one["assignments"], key=lambda a: a["dispatched_at"])],
    }


def _assignment(a: Mapping[str, Any]) -> dict[str, Any]:
    reason = a["reason"] or {}
    return {
        "unit": a["unit"],
        "station": a["station"],
        "vehicle": a.get("vehicle", ""),
        "slot": a["slot"],
        "eta_seconds": a["eta_seconds"],
        "reason": text(reason.get("code", ""), reason.get("params", {}), "zh"),
        "reason_code": reason.get("code", ""),
        "state": a["state"],
        **{name: a.get(name) for name in TIMES},
    }


def said(reason: Mapping[str, Any] | None, lang: Lang) -> str:
    """A reason in words."""
    return text((reason or {}).get("code", ""), (reason or {}).get("params", {}), lang)
