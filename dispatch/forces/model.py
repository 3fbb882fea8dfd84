"""A unit as the choice sees it: who it is, where it starts, what it brings with the crew it has, what stops it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import IntFlag
from uuid import UUID

from gis_data.model import Contact, DutyMode, StationClass, Verb
from routing.on_road import OnRoad


class Gate(IntFlag):
    """Why a unit may not be sent. Bit flags, so that a row of candidates is one array."""

    NONE = 0
    NOT_ACCEPTED = 1  # 未验收: not yet accepted into service
    OFF_DUTY = 2
    SHORT_CREW = 4  # fewer than the vehicle's legal minimum
    BUSY = 8
    OUT_OF_SERVICE = 16
    RETIRED = 32
    NO_ROAD = 64  # its vehicle class cannot get near enough
    TOO_FAR = 128
    NOT_CAPABLE = 256  # may not do this task with what it brings
    NOT_OURS = 512  # may only be notified, neither ordered nor requested
    TRIED = 1024  # already unable, declined, unconfirmed or recalled for this incident


@dataclass(frozen=True, slots=True)
class Candidate:
    """`brings` is already degraded to the crew aboard; `gates` holds what is known without roads or task.

    `full_brings` is what a full crew would make of it. Away from its station, `fix_at` is when it was at `lon`, `lat`,
    and `on_road` the place that its fixes were matched to, if they were.
    """

    unit_id: UUID
    code: str
    name: str
    name_en: str
    station: str
    station_class: StationClass
    zone: str
    town: str
    body: str
    foreign: bool
    vehicle_class: str
    brings: Mapping[str, float]
    full_brings: Mapping[str, float]
    duty_mode: DutyMode
    contact: Contact
    turnout_seconds: float
    lon: float
    lat: float
    at_station: bool
    gates: Gate
    fix_at: datetime | None = None
    on_road: OnRoad | None = None

    def verb(self, rules_verb: Verb) -> Verb:
        """A neighbour beyond the border is asked, whatever the table says of its class."""
        return Verb.REQUEST if self.foreign and rules_verb is Verb.ORDER else rules_verb
