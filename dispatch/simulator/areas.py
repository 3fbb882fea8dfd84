"""Sums that grow replication by replication: response by town and zone, work by unit, empty hours by zone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dispatch.simulator.ground import Ground
from dispatch.simulator.measure import TARGET_MINUTES, YEAR_MS
from dispatch.simulator.outcome import Outcome


class Sums:
    """Of one policy over all its replications. Times are the first unit's that counts, in seconds from the alarm."""

    def __init__(self, ground: Ground) -> None:
        self.ground = ground
        self._towns: dict[str, list[np.ndarray[Any, Any]]] = {}
        self._zones: dict[str, list[np.ndarray[Any, Any]]] = {}
        units = len(ground.codes)
        self._horizon_ms = 0
        self._busy_ms = np.zeros(units, dtype=np.int64)
        self._sent = np.zeros(units, dtype=np.int64)
        self._arrived = np.zeros(units, dtype=np.int64)
        self._metres = np.zeros(units)
        self._unconfirmed = np.zeros(units, dtype=np.int64)
        self._empty_ms = np.zeros(len(ground.county.zones), dtype=np.int64)
        self._has_engines = np.zeros(len(ground.county.zones), dtype=np.bool_)

    def add(self, outcome: Outcome) -> None:
        self._horizon_ms += outcome.alarms.horizon_ms
        self._busy_ms += outcome.busy_ms
        units = len(self.ground.codes)
        for sums, which in (
            (self._sent, np.ones_like(outcome.sent_arrived)),
            (self._arrived, outcome.sent_arrived),
            (self._unconfirmed, ~outcome.sent_answered),
        ):
            sums += np.bincount(outcome.sent_unit[which], minlength=units)
        there_and_back = 2.0 * outcome.sent_metres * outcome.sent_arrived
        self._metres += np.bincount(outcome.sent_unit, weights=there_and_back, minlength=units)
        known = np.flatnonzero(outcome.zone_empty_ms >= 0)
        self._empty_ms[known] += outcome.zone_empty_ms[known]
        self._has_engines[known] = True
        seconds, place = outcome.first_unit.total, outcome.alarms.place
        towns = np.array([self.ground.county.places[p].town for p in place.tolist()], dtype=object)
        zones = np.array([self.ground.zone_of(p) or "" for p in place.tolist()], dtype=object)
        for codes, areas in ((towns, self._towns), (zones, self._zones)):
            for code in sorted(set(codes.tolist())):
                areas.setdefault(code, []).append(seconds[codes == code])

    def by_town(self) -> list[dict[str, Any]]:
        return _areas(self._towns, {town.code: town.name for town in self.ground.county.towns})

    def by_zone(self) -> list[dict[str, Any]]:
        return _areas(self._zones, {zone.code: zone.name.zh for zone in self.ground.county.zones})

    def units(self) -> list[dict[str, Any]]:
        years = self._horizon_ms / YEAR_MS
        return [
            {
                "unit": unit.code,
                "station": unit.station,
                "vehicle": unit.vehicle_class,
                "busy_share": round(float(self._busy_ms[i]) / self._horizon_ms, 6),
                "sent_a_year": round(float(self._sent[i]) / years, 3),
                "arrived_a_year": round(float(self._arrived[i]) / years, 3),
                "never_acknowledged_a_year": round(float(self._unconfirmed[i]) / years, 3),
                "km_a_year": round(float(self._metres[i]) / 1000.0 / years, 1),
            }
            for i, unit in enumerate(self.ground.county.units)
        ]

    def zones_without_engine(self) -> list[dict[str, Any]]:
        """Zones that have engines of their own, and how long none of them is free."""
        years = self._horizon_ms / YEAR_MS
        return [
            {"zone": zone.code, "seconds_a_year": round(float(self._empty_ms[i]) / 1000.0 / years, 1)}
            for i, zone in enumerate(self.ground.county.zones)
            if self._has_engines[i]
        ]


def _areas(sums: Mapping[str, list[np.ndarray[Any, Any]]], names: Mapping[str, str]) -> list[dict[str, Any]]:
    out = []
    for code in sorted(sums):
        seconds = np.concatenate(sums[code])
        came = seconds[~np.isnan(seconds)]
        row: dict[str, Any] = {"code": code, "name": names.get(code, code), "alarms": len(seconds)}
        row["mean_seconds"] = round(float(came.mean()), 3) if len(came) else None
        row["p90_seconds"] = round(float(np.quantile(came, 0.9)), 3) if len(came) else None
        row["within"] = {
            str(minutes): round(float((came <= minutes * 60.0).sum()) / len(seconds), 6)
            for minutes in TARGET_MINUTES
        }
        out.append(row)
    return out
