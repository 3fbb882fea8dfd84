"""The report's rows as CSV: one a unit response with every time, one an alarm. Times in seconds from the start."""

from __future__ import annotations

import csv
from datetime import datetime, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from dispatch.simulator.ground import Ground
from dispatch.simulator.incident import NEVER, Sent
from dispatch.simulator.outcome import PARTS, Outcome

RESPONSE = (
    *("policy", "replication", "alarm", "clock", "kind", "level", "place", "town", "zone", "life_at_risk"),
    *("unit", "station", "vehicle", "slot", "counts", "state", "reason", "rank", "candidates"),
    *("alarm_at", "ready_at", "ordered_at", "acknowledged_at", "rolled_at", "on_scene_at", "cleared_at"),
    *("home_at", "km", "predicted_seconds"),
)
ALARM = (
    *("policy", "replication", "alarm", "clock", "kind", "level", "place", "town", "zone", "life_at_risk"),
    *("plan", "short", "units", "first_unit_seconds", "first_engine_seconds", "full_set_seconds"),
    *(f"first_unit_{part}_seconds" for part in PARTS),
)


class Rows:
    """Two files in a folder, written while the study runs."""

    def __init__(self, folder: Path) -> None:
        self._files: list[TextIO] = []
        self._responses = self._open(folder / "responses.csv", RESPONSE)
        self._alarms = self._open(folder / "alarms.csv", ALARM)

    def _open(self, file: Path, columns: tuple[str, ...]) -> Any:
        stream = file.open("w", encoding="utf-8", newline="")
        self._files.append(stream)
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(columns)
        return writer

    def __enter__(self) -> Rows:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for stream in self._files:
            stream.close()

    def write(self, ground: Ground, outcome: Outcome) -> None:
        county, begin = ground.county, ground.given.first_day
        units = [0] * len(outcome.incidents)
        heads: list[list[Any]] = []
        for incident in outcome.incidents:
            place = county.places[incident.place]
            clock = datetime(begin.year, begin.month, begin.day) + timedelta(milliseconds=incident.at_ms)  # noqa: DTZ001 - the virtual clock is local
            heads.append(
                [
                    *(outcome.habit, outcome.replication, incident.number),
                    clock.isoformat(timespec="milliseconds"),
                    *(incident.kind, incident.level, place.code, place.town, ground.zone_of(incident.place)),
                    int(incident.life_at_risk),
                ]
            )
        for one in outcome.sent:
            units[one.incident] += 1
            unit, incident = county.units[one.unit], outcome.incidents[one.incident]
            self._responses.writerow(
                [
                    *heads[one.incident],
                    *(
                        unit.code,
                        unit.station,
                        unit.vehicle_class,
                        one.slot,
                        int(one.counts),
                        one.state.value,
                    ),
                    *(one.reason, one.rank, one.candidates, incident.at_ms / 1000, incident.ready_ms / 1000),
                    *_times(one),
                    f"{one.metres / 1000:.3f}",
                    one.predicted_ms / 1000,
                ]
            )
        for row, incident in enumerate(outcome.incidents):
            self._alarms.writerow(
                [
                    *heads[row],
                    *(incident.plan.code, int(incident.short), units[row]),
                    _seconds(outcome.first_unit.total[row]),
                    _seconds(outcome.first_engine.total[row]),
                    _seconds(outcome.full_set_seconds[row]),
                    *(_seconds(part) for part in outcome.first_unit.parts[row]),
                ]
            )


def _times(one: Sent) -> list[float | str]:
    moments = (
        *(one.ordered_ms, one.acknowledged_ms, one.rolled_ms),
        *(one.arrived_ms, one.cleared_ms, one.home_ms),
    )
    return ["" if moment == NEVER else moment / 1000 for moment in moments]


def _seconds(value: float) -> str:
    return "" if value != value else f"{value:.3f}"
