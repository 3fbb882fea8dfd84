"""The times of an incident for its after-action record: every interval from the first alarm to the last unit. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

_STEPS = (
    ("dispatch_to_delivery_seconds", "dispatched_at", "delivered_at"),
    ("dispatch_to_acknowledge_seconds", "dispatched_at", "acknowledged_at"),
    ("turnout_seconds", "acknowledged_at", "en_route_at"),
    ("travel_seconds", "en_route_at", "on_scene_at"),
    ("dispatch_to_arrival_seconds", "dispatched_at", "on_scene_at"),
    ("work_seconds", "on_scene_at", "ended_at"),
)


def intervals(incident: Mapping[str, Any], assignments: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """From cards. A time that has not come yet gives no interval."""
    cards = list(assignments)
    opened = incident["opened_at"]
    first = {
        name: min((card[name] for card in cards if card[name] is not None), default=None)
        for name in ("dispatched_at", "acknowledged_at", "on_scene_at")
    }
    milestones = {
        f"opened_to_{code}_seconds": _seconds(opened, at) for code, at in incident["milestones"].items()
    }
    return {
        "alarm_to_dispatch_seconds": _seconds(opened, first["dispatched_at"]),
        "alarm_to_acknowledge_seconds": _seconds(opened, first["acknowledged_at"]),
        "alarm_to_arrival_seconds": _seconds(opened, first["on_scene_at"]),
        "open_seconds": _seconds(opened, incident["closed_at"]),
        "milestones": milestones,
        "units": [
            {"unit": card["unit"], "assignment": card["id"]}
            | {name: _seconds(card[start], card[end]) for name, start, end in _STEPS}
            for card in cards
        ],
    }


def _seconds(start: str | None, end: str | None) -> float | None:
    if start is None or end is None:
        return None
    return round((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds(), 3)
