"""The report's rows as CSV: one a unit response with every time, one an alarm. Times in seconds from the start."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from io import StringIO
from typing import Any

from dispatch.simulator.ground import Ground
from dispatch.simulator.incident import NEVER, Incident, Sent

_WHICH = (
    *("policy", "replication", "alarm", "clock", "kind", "level", "place", "town", "zone"),
    *("life_at_risk", "alarm_at", "ready_at"),
)
RESPONSES = (
    *_WHICH,
    *("unit", "station", "vehicle", "slot", "counts", "state", "reason", "rank", "candidates"),
    *("ordered_at", "acknowledged_at", "rolled_at", "on_scene_at", "cleared_at", "home_at"),
    *("km", "predicted_seconds"),
)
ALARMS = (
    *_WHICH,
    *(
        "plan",
        "short",
        "units",
        "first_unit",
        "first_unit_at",
        "first_engine",
        "first_engine_at",
        "full_set_at",
    ),
)


@dataclass(frozen=True, slots=True)
class RowTexts:
    """The lines of one replication, without the heading."""

    responses: str
    alarms: str


def row_texts(
    ground: Ground, habit: str, replication: int, incidents: Sequence[Incident], sent: Sequence[Sent]
) -> RowTexts:
    units = [0] * len(incidents)
    heads = [_head(ground, habit, replication, incident) for incident in incidents]
    responses, alarms = StringIO(), StringIO()
    write_response = csv.writer(responses, lineterminator="\n").writerow
    write_alarm = csv.writer(alarms, lineterminator="\n").writerow
    for one in sent:
        units[one.incident] += 1
        unit = ground.county.units[one.unit]
        write_response(
            [
                *heads[one.incident],
                *(unit.code, unit.station, unit.vehicle_class, one.slot, int(one.counts), one.state.value),
                *(one.reason, one.rank, one.candidates),
                *map(_seconds, (one.ordered_ms, one.acknowledged_ms, one.rolled_ms)),
                *map(_seconds, (one.arrived_ms, one.cleared_ms, one.home_ms)),
                *(f"{one.metres / 1000:.3f}", _seconds(one.predicted_ms)),
            ]
        )
    for number, incident in enumerate(incidents):
        write_alarm(
            [
                *heads[number],
                *(incident.plan.code, int(incident.short), units[number]),
                *_first(ground, sent, incident.first),
                *_first(ground, sent, incident.first_engine),
                _seconds(incident.full_ms),
            ]
        )
    return RowTexts(responses.getvalue(), alarms.getvalue())


def heading(columns: Sequence[str]) -> str:
    return ",".join(columns) + "\n"


def _head(ground: Ground, habit: str, replication: int, incident: Incident) -> list[Any]:
    place = ground.county.places[incident.place]
    clock = datetime.combine(ground.given.first_day, time()) + timedelta(milliseconds=incident.at_ms)
    return [
        *(habit, replication, incident.number, clock.isoformat(timespec="milliseconds")),
        *(incident.kind, incident.level, place.code, place.town, ground.zone_of(incident.place) or ""),
        *(int(incident.life_at_risk), _seconds(incident.at_ms), _seconds(incident.ready_ms)),
    ]


def _first(ground: Ground, sent: Sequence[Sent], index: int) -> tuple[str, str]:
    if index == NEVER:
        return "", ""
    return ground.codes[sent[index].unit], _seconds(sent[index].arrived_ms)


def _seconds(milliseconds: int) -> str:
    return "" if milliseconds == NEVER else f"{milliseconds / 1000:.3f}"
