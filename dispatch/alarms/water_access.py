"""Which water a vehicle class can use: in order, in season, near enough a road of its own, and not too deep. Pure.

A source that trucks cannot draw from may still serve a portable pump (手抬泵) that is carried to the water.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

from gis_data.model import VehicleClass, WaterRules, WaterSource
from gis_data.water import PRESSURISED, read_season
from routing.live import LiveRoads
from routing.round_trip import RoundTrip, round_trips

AIR_HEAD_METRES = 10.33  # a column of water that the air at sea level carries


class Refusal(StrEnum):
    """Why a class cannot fill here."""

    OUT_OF_ORDER = "out_of_order"
    OUT_OF_SEASON = "out_of_season"
    NO_ROAD = "no_road"
    TOO_FAR = "too_far"
    NO_PUMP = "no_pump"
    TOO_DEEP = "too_deep"


class Note(StrEnum):
    """What a use rests on that nobody has confirmed, or how it works."""

    LIFT_UNKNOWN = "lift_unknown"
    FLOW_ASSUMED = "flow_assumed"
    SEASON_IN_WORDS = "season_in_words"
    BY_HAND_PUMP = "by_hand_pump"


@dataclass(frozen=True, slots=True)
class Said:
    """A refusal or a note with its parameters."""

    code: Refusal | Note
    params: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Access:
    """A class at a source: refused for all its reasons, or filled at `fill_lps`.

    `fire_off_road_metres` is what is left from the nearest road of the class to the fire, by air.
    """

    source: WaterSource
    vehicle_class: str
    trip: RoundTrip | None
    refusals: tuple[Said, ...]
    notes: tuple[Said, ...]
    fill_lps: float
    by_hand_pump: bool
    fire_off_road_metres: float = 0.0

    @property
    def usable(self) -> bool:
        return not self.refusals

    @property
    def travel_ms(self) -> int:
        """There and back; only of a usable one."""
        assert self.trip is not None
        assert self.trip.out_ms is not None
        assert self.trip.back_ms is not None
        return self.trip.out_ms + self.trip.back_ms


def suction_lift_metres(at_sea_level: float, altitude_metres: float) -> float:
    """How deep a pump still draws up there: what the thinner air of the ISO 2533 atmosphere carries less is lost."""
    air = AIR_HEAD_METRES * math.pow(max(0.0, 1.0 - 2.25577e-5 * altitude_metres), 5.25588)
    return max(0.0, at_sea_level - (AIR_HEAD_METRES - air))


def source_flow_lps(source: WaterSource, rules: WaterRules) -> float | None:
    """Its own figure, or that of its kind; None: as much as a pump draws."""
    return source.flow_lps if source.flow_lps is not None else rules.kind_lps.get(source.kind)


def lasting_flow_lps(source: WaterSource, rules: WaterRules) -> float:
    """What it gives until `sustain_seconds` have passed: its flow, and no more than it holds; may be infinite."""
    flow = source_flow_lps(source, rules)
    if source.kind in PRESSURISED or source.capacity_tonnes is None:
        return float("inf") if flow is None else flow
    held = source.capacity_tonnes * 1000.0 / rules.sustain_seconds
    return held if flow is None else min(flow, held)


def accesses(
    live: LiveRoads,
    sources: Sequence[WaterSource],
    lon: float,
    lat: float,
    vehicle_class: str,
    rules: WaterRules,
    today: date,
    *,
    hand_pumps: bool,
) -> tuple[Access, ...]:
    """What each source is to a class that drives from a fire at lon, lat (WGS-84 degrees), in their order.

    `hand_pumps`: there are portable pumps to carry to the water. Raises InputError for an unknown class and for a
    position that is none.
    """
    vehicle = live.graph.require_class(vehicle_class)
    places = [(source.position.x, source.position.y) for source in sources]
    found = round_trips(live, lon, lat, places, vehicle_class)
    trips: Sequence[RoundTrip | None] = found.trips if found is not None else (None,) * len(sources)
    left = found.centre.off_road_metres if found is not None else 0.0
    return tuple(
        replace(
            access_of(source, vehicle, trip, rules, today, hand_pumps=hand_pumps), fire_off_road_metres=left
        )
        for source, trip in zip(sources, trips, strict=True)
    )


def access_of(
    source: WaterSource,
    vehicle: VehicleClass,
    trip: RoundTrip | None,
    rules: WaterRules,
    today: date,
    *,
    hand_pumps: bool,
) -> Access:
    """One class at one source; every reason against it is named, not only the first."""
    refusals, notes = _state(source, today)
    if trip is None or not trip.both_ways:
        refusals.append(Said(Refusal.NO_ROAD, {}))
        return Access(source, vehicle.code, trip, tuple(refusals), tuple(notes), 0.0, False)
    metres = max(0.0, trip.stop.off_road_metres - rules.stand_metres)
    flow = source_flow_lps(source, rules)
    if flow is not None and source.flow_lps is None:
        notes.append(Said(Note.FLOW_ASSUMED, {"flow_lps": flow}))
    if source.kind in PRESSURISED:
        if metres > rules.outlet_hose_metres:
            refusals.append(_too_far(metres, rules.outlet_hose_metres))
        fill = flow if flow is not None else rules.default_lps
        return _made(source, vehicle, trip, refusals, notes, fill, by_hand_pump=False)
    against = _suction(source, vehicle, metres, rules)
    if not against:
        fill = vehicle.pump_lps if flow is None else min(flow, vehicle.pump_lps)
        return _made(source, vehicle, trip, refusals, notes + _lift_note(source), fill, by_hand_pump=False)
    lift = suction_lift_metres(rules.hand_pump_lift_metres, rules.altitude_metres)
    carried = metres <= rules.hand_pump_carry_metres
    shallow = source.lift_metres is None or source.lift_metres <= lift
    if hand_pumps and carried and shallow:
        fill = rules.hand_pump_lps if flow is None else min(flow, rules.hand_pump_lps)
        notes.append(Said(Note.BY_HAND_PUMP, {"metres": round(metres)}))
        return _made(source, vehicle, trip, refusals, notes + _lift_note(source), fill, by_hand_pump=True)
    return _made(source, vehicle, trip, refusals + against, notes, 0.0, by_hand_pump=False)


def _state(source: WaterSource, today: date) -> tuple[list[Said], list[Said]]:
    """What holds whoever comes: out of order, out of season, a season that only people read."""
    refusals, notes = [], []
    if not source.usable:
        refusals.append(Said(Refusal.OUT_OF_ORDER, {}))
    season = read_season(source.season)
    if season is None:
        notes.append(Said(Note.SEASON_IN_WORDS, {"season": source.season}))
    elif not season.covers(today):
        refusals.append(Said(Refusal.OUT_OF_SEASON, {"season": source.season}))
    return refusals, notes


def _suction(source: WaterSource, vehicle: VehicleClass, metres: float, rules: WaterRules) -> list[Said]:
    """What keeps the vehicle's own pump from drawing here."""
    if vehicle.pump_lps <= 0.0:
        return [Said(Refusal.NO_PUMP, {})]
    against = []
    if metres > vehicle.suction_hose_metres:
        against.append(_too_far(metres, vehicle.suction_hose_metres))
    most = suction_lift_metres(vehicle.max_suction_lift_metres, rules.altitude_metres)
    if source.lift_metres is not None and source.lift_metres > most:
        params = {"lift_metres": source.lift_metres, "most_metres": round(most, 1)}
        against.append(Said(Refusal.TOO_DEEP, params))
    return against


def _too_far(metres: float, hose_metres: float) -> Said:
    return Said(Refusal.TOO_FAR, {"metres": round(metres), "hose_metres": round(hose_metres)})


def _lift_note(source: WaterSource) -> list[Said]:
    return [Said(Note.LIFT_UNKNOWN, {})] if source.lift_metres is None else []


def _made(
    source: WaterSource,
    vehicle: VehicleClass,
    trip: RoundTrip,
    refusals: Sequence[Said],
    notes: Sequence[Said],
    fill_lps: float,
    *,
    by_hand_pump: bool,
) -> Access:
    fill = 0.0 if refusals else fill_lps
    return Access(
        source, vehicle.code, trip, tuple(refusals), tuple(notes), fill, by_hand_pump and not refusals
    )
