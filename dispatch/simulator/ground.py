"""The county as the simulator asks about it: the same questions as the live service's framing, put together quickly.

What framing makes of a place, of a plan and of a kind does not change while the clock runs. It is taken from
`framing.frame` once each and joined again for every alarm; a test holds the joined question against the framed one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.deadlines import deadlines
from dispatch.alarms.framing import Frame, Standing, frame
from dispatch.alarms.location import CountyMap, season_of
from dispatch.alarms.places import CountyPlaces
from dispatch.alarms.question import Policy, Role, Rule, SlotWanted, Units
from dispatch.alarms.travel import Travels
from dispatch.alarms.triage import Triage, metres_between, triage
from dispatch.forces.degrade import degrade
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.turnout import turnout_seconds
from dispatch.simulator.arrivals import DAY_MS, HOUR_MS
from dispatch.simulator.assumptions import Assumptions
from dispatch.simulator.travel import TravelTable
from gis_data.model import County, ResponsePlan, Verb
from roster.crew import Crew

_OF_THE_WAY = int(Gate.NO_ROAD | Gate.TOO_FAR)


@dataclass(frozen=True)
class Spot:
    """A place, by day or by night: what does not depend on what burns there."""

    travel_ms: NDArray[np.int64]
    gates: NDArray[np.int32]
    role: NDArray[np.int32]
    zone_order: NDArray[np.int32]
    air_metres: NDArray[np.float64]


@dataclass(frozen=True)
class Plan:
    """A response plan for one kind: what does not depend on where. `task_slots` names the slots in their order."""

    code: str
    slots: tuple[SlotWanted, ...]
    slot_codes: tuple[str, ...]
    roles: tuple[int, ...]  # the role that must not be present yet for the slot to be asked, 0 for none
    need: NDArray[np.float64]
    extra_tasks: tuple[NDArray[np.float64], ...]
    gates: NDArray[np.int32]  # whom we may only notify
    asked: NDArray[np.bool_]  # whom we must ask
    engine_wanted: bool


class Ground:
    """A county with its travel table; asks nothing of anybody, so every replication shares it."""

    def __init__(self, county: County, given: Assumptions, table: TravelTable) -> None:
        self.county = county
        self.given = given
        self.table = table
        self.candidates: Mapping[bool, tuple[Candidate, ...]] = {
            night: _candidates(county, night=night) for night in (False, True)
        }
        self.codes = tuple(unit.code for unit in county.units)
        self.capabilities = tuple(county.capabilities)
        self._map = CountyMap(county, CountyPlaces(county), lambda lon, lat, crs: (lon, lat))
        self._zones: dict[int, str | None] = {}
        self._spots: dict[tuple[int, bool], Spot] = {}
        self._plans: dict[tuple[str, str], Plan] = {}
        self._triages: dict[tuple[str, tuple[tuple[str, float], ...], int, str | None, str], Triage] = {}

    # ── the calendar ───────────────────────────────────────────────────────────────────────────────────────────

    def night_at(self, now_ms: int) -> bool:
        hour = now_ms % DAY_MS // HOUR_MS
        first, last = self.county.policy.night_from_hour, self.county.policy.night_to_hour
        return first <= hour < last if first <= last else hour >= first or hour < last

    def season_at(self, now_ms: int) -> str:
        return self._seasons[now_ms // DAY_MS % 365]

    @cached_property
    def _seasons(self) -> tuple[str, ...]:
        first = self.given.first_day
        return tuple(season_of(self.county, first + timedelta(days=day)) for day in range(365))

    # ── the units ──────────────────────────────────────────────────────────────────────────────────────────────

    @cached_property
    def units(self) -> Mapping[bool, Units]:
        """By day and by night."""
        return {night: self._frame(0, night, "", _NO_PLAN).units for night in (False, True)}

    @cached_property
    def numbers(self) -> Policy:
        """The county's policy in milliseconds."""
        return self._frame(0, False, "", _NO_PLAN).policy

    @cached_property
    def gates(self) -> NDArray[np.int32]:
        """What stops a unit whatever happens."""
        return np.array([int(unit.gates) for unit in self.candidates[False]], dtype=np.int32)

    @cached_property
    def acknowledge_ms(self) -> tuple[int, ...]:
        """By unit, how long until the order counts as unconfirmed; where there is no deadline, until a person
        stops ringing."""
        start = datetime(2025, 1, 1, tzinfo=UTC)
        out = []
        for unit in self.candidates[False]:
            until = deadlines(self.county.deadlines, unit, start).acknowledge_at
            seconds = self.given.ring_out_seconds if until is None else (until - start).total_seconds()
            out.append(round(seconds * 1000))
        return tuple(out)

    # ── places and plans ───────────────────────────────────────────────────────────────────────────────────────

    def zone_of(self, place: int) -> str | None:
        if place not in self._zones:
            at = self.county.places[place].position
            self._zones[place] = self._map.zone_of(at.x, at.y)
        return self._zones[place]

    def station_of(self, place: int) -> str | None:
        here = self.county.places[place]
        return self._map.station_of(here.position.x, here.position.y, self.zone_of(place), here.code)

    def spot(self, place: int, night: bool) -> Spot:
        found = self._spots.get((place, night))
        if found is None:
            asked = self._frame(place, night, "", _NO_PLAN).request
            at = self.county.places[place].position
            found = self._spots[place, night] = Spot(
                asked.travel_ms,
                asked.gates & _OF_THE_WAY,
                asked.role,
                asked.zone_order,
                np.array([metres_between(at.x, at.y, unit.lon, unit.lat) for unit in self.candidates[False]]),
            )
        return found

    def plan(self, code: str, kind: str) -> Plan:
        found = self._plans.get((code, kind))
        if found is None:
            said = next(plan for plan in self.county.plans if plan.code == code)
            asked = self._frame(0, False, kind, said)
            engine = self.capabilities.index("engine") if "engine" in self.capabilities else -1
            wanted = engine >= 0 and (
                asked.request.need[engine] > 0
                or any(slot.needs[engine] > 0 and not slot.optional for slot in asked.request.slots)
            )
            found = self._plans[code, kind] = Plan(
                code=code,
                slots=asked.request.slots,
                slot_codes=tuple(slot.code for slot in asked.slots),
                roles=tuple(_ROLE_OF_RULE.get(slot.rule, 0) for slot in asked.request.slots),
                need=asked.request.need,
                extra_tasks=asked.request.extra_tasks,
                gates=asked.request.gates & int(Gate.NOT_OURS),
                asked=np.array([verb is Verb.REQUEST for verb in asked.verbs], dtype=np.bool_),
                engine_wanted=bool(wanted),
            )
        return found

    def triage(
        self, kind: str, facts: tuple[tuple[str, float], ...], trapped: int, zone: str | None, season: str
    ) -> Triage:
        key = (kind, facts, trapped, zone, season)
        found = self._triages.get(key)
        if found is None:
            found = self._triages[key] = triage(
                self.county, kind, dict(facts), trapped=trapped, zone=zone, season=season
            )
        return found

    def _frame(self, place: int, night: bool, kind: str, plan: ResponsePlan) -> Frame:
        at = self.county.places[place].position
        standing = Standing(
            kind=kind,
            lon=at.x,
            lat=at.y,
            zone=self.zone_of(place),
            station=self.station_of(place),
            life_at_risk=False,
            waiting_ms=0,
            filled=frozenset(),
            present=frozenset(),
            tried=frozenset(),
            arriving={},
        )
        return frame(self.county, self.candidates[night], Travels.of(self.table.row(place)), standing, plan)


# A slot of these rules is not sent for where somebody of its role comes already.
_ROLE_OF_RULE = {
    Rule.ZONE_BRIGADE: int(Role.ZONE_BRIGADE),
    Rule.RESPONSIBLE_STATION: int(Role.RESPONSIBLE),
    Rule.ENTERPRISE_OWN: int(Role.OWN_PREMISES),
}
_NO_PLAN = ResponsePlan("", "", "fire", 1, {}, ())


def _candidates(county: County, *, night: bool) -> tuple[Candidate, ...]:
    """Every unit at its station with its nominal crew; who is not accepted into service stays gated."""
    stations = {station.code: station for station in county.stations}
    out = []
    for number, unit in enumerate(county.units):
        station = stations[unit.station]
        aboard = degrade(unit.brings, unit.vehicle_class, unit.minimum_crew, Crew(unit.seats, {}, None))
        gates = Gate.NONE if unit.accepted else Gate.NOT_ACCEPTED
        if not aboard.legal:
            gates |= Gate.SHORT_CREW
        out.append(
            Candidate(
                unit_id=UUID(int=number),
                code=unit.code,
                name=unit.name.zh,
                name_en=unit.name.en,
                station=unit.station,
                station_class=station.station_class,
                zone=station.zone,
                town=station.town,
                body=station.body,
                foreign=station.foreign,
                vehicle_class=unit.vehicle_class,
                brings=aboard.brings,
                full_brings=unit.brings,
                duty_mode=unit.duty_mode,
                contact=unit.contact,
                turnout_seconds=turnout_seconds(
                    county.turnouts, station.station_class, unit.duty_mode, night=night
                ),
                lon=station.position.x,
                lat=station.position.y,
                at_station=True,
                gates=gates,
            )
        )
    return tuple(out)
