"""A county as plain, frozen data: what the folder holds once it has been read.

Positions are WGS-84 longitude, latitude in degrees; lengths metres, masses tonnes, speeds km/h, times seconds.
Codes are the county's own short ASCII names; the Chinese and English names stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon


class StationClass(StrEnum):
    """队站类别. National to enterprise, as in GB/T 35547-2017 and the founding documents."""

    NATIONAL = "national"
    TOWNSHIP_1 = "township_1"
    TOWNSHIP_2 = "township_2"
    VOLUNTEER = "volunteer"
    PART_TIME = "part_time"
    MICRO = "micro"
    FORESTRY = "forestry"
    ENTERPRISE = "enterprise"


class DutyMode(StrEnum):
    """备勤方式: decides turnout time, contact and deadlines."""

    STATION = "station"
    HOME = "home"
    PATROL = "patrol"
    FORWARD_POST = "forward_post"


class Contact(StrEnum):
    """How an order reaches the unit: a mounted tablet, a pocket phone with the page open, or a voice call."""

    TABLET = "tablet"
    PHONE = "phone"
    TELEPHONE = "telephone"


class Verb(StrEnum):
    """调派, 商请, 通报: what the county's centre may do towards a force."""

    ORDER = "order"
    REQUEST = "request"
    NOTIFY = "notify"


class SlotRule(StrEnum):
    """How a slot of the first response is filled."""

    NEAREST = "nearest"
    ZONE_BRIGADE = "zone_brigade"
    RESPONSIBLE_STATION = "responsible_station"
    MICRO_ON_FOOT = "micro_on_foot"
    ENTERPRISE_OWN = "enterprise_own"


@dataclass(frozen=True, slots=True)
class Name:
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class VehicleClass:
    """车型: what it can drive on and how fast. `speeds_kmh` is by road class; a road class not in it is closed."""

    code: str
    name: Name
    speeds_kmh: Mapping[str, float]
    mass_tonnes: float
    height_metres: float
    width_metres: float
    passes_gates: bool = True
    gate_seconds: float = 20.0
    passes_bollards: bool = False
    ford: bool = False
    against_oneway: bool = False
    needs_paved: bool = False
    tracktypes: frozenset[str] = frozenset({"grade1", "grade2", "grade3"})
    smoothness: frozenset[str] = frozenset({"excellent", "good", "intermediate", "bad"})
    surface_factor: Mapping[str, float] = field(default_factory=dict)
    on_foot: bool = False
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Capability:
    """A quantity that a unit brings and a plan asks for: `people`, `ba_pairs`, `water_tonnes`, `rescue_set` …"""

    code: str
    name: Name
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """What a unit does at the scene, and the least it must bring to be allowed to (interior attack: BA …)."""

    code: str
    name: Name
    needs: Mapping[str, float]
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in the first response. `counts` is false for those who come in addition and fill no need."""

    code: str
    rule: SlotRule
    task: str
    needs: Mapping[str, float] = field(default_factory=dict)
    classes: frozenset[StationClass] = frozenset()
    counts: bool = True
    optional: bool = False
    within_metres: float | None = None


@dataclass(frozen=True, slots=True)
class ResponsePlan:
    """等级调派方案: kind × level (× zone, season) → what must arrive, by whom first, and whom to notify."""

    code: str
    kind: str
    scale: str
    level: int
    must_arrive: Mapping[str, float]
    slots: tuple[Slot, ...]
    notify: tuple[str, ...] = ()
    extra_task: str = "exterior_attack"
    zone: str = ""
    season: str = ""
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class Trigger:
    """A fact that raises kind × level by itself: trapped, crowded, hazmat … (`field`, at least `at_least`)."""

    code: str
    kinds: frozenset[str]
    field: str
    at_least: float
    level: int
    life_at_risk: bool = False
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class IncidentKind:
    """灾害类型. `scale` is `fire` (火警 1–5, 5 worst) or `forest` (Ⅳ–Ⅰ as 4–1, 1 worst)."""

    code: str
    name: Name
    scale: str
    default_level: int
    worst_level: int
    link_metres: float
    link_minutes: float
    automatic: bool = False


@dataclass(frozen=True, slots=True)
class AuthorityRule:
    """谁能调谁: first match wins; `*` stands for any."""

    force: str
    kind: str
    body: str
    verb: Verb
    why: str = ""
    status: str = ""


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """Delivery and acknowledgement deadlines by station class and duty mode; None = no deadline."""

    force: str
    duty_mode: str
    contact: str
    delivery_seconds: float | None = None
    acknowledge_seconds: float | None = None
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class TurnoutRule:
    """着装登车时间 by station class and duty mode, by day and by night."""

    force: str
    duty_mode: str
    day_seconds: float
    night_seconds: float
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DispatchPolicy:
    """The dispatching defaults and their evidence: reference study of six synthetic counties."""

    zone_tolerance_seconds: float = 60.0
    life_tolerance_seconds: float = 0.0
    micro_metres: float = 1000.0
    send_zone_brigade: bool = True
    free_engine_reserve: int = 3
    candidates_reported: int = 12
    max_travel_seconds: float = 5400.0
    night_from_hour: int = 22
    night_to_hour: int = 6
    undo_seconds: float = 10.0
    forest_season: tuple[str, str] = ("10-01", "05-31")


@dataclass(frozen=True, slots=True)
class NotifyBody:
    """联动单位: who is told, and how to reach them."""

    code: str
    name: Name
    telephone: str = ""


@dataclass(frozen=True, slots=True)
class Station:
    code: str
    name: Name
    station_class: StationClass
    position: Point
    zone: str
    town: str
    body: str
    telephone: str = ""
    foreign: bool = False
    synthetic: bool = True
    source: str = ""


@dataclass(frozen=True, slots=True)
class Unit:
    """执勤车组: what is sent. `brings` are its quantities with the nominal crew aboard."""

    code: str
    name: Name
    station: str
    vehicle_class: str
    brings: Mapping[str, float]
    seats: int
    minimum_crew: int
    duty_mode: DutyMode
    contact: Contact
    accepted: bool = True
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Person:
    code: str
    name: str
    station: str
    qualifications: frozenset[str]
    telephone: str = ""
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Zone:
    """片区: responsibility and command, not a fence. `backup` is the order in which other zones help."""

    code: str
    name: Name
    area: Polygon | MultiPolygon
    brigade: str
    backup: tuple[str, ...]
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Place:
    """A rung of the place ladder 乡镇/行政村/自然村/组/地标. `radius_metres` is how far off the point may be."""

    code: str
    name: str
    kind: str
    town: str
    village: str
    position: Point
    radius_metres: float
    population: int
    responsible: str = ""
    quality: str = ""
    source: str = ""
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class WaterSource:
    code: str
    name: str
    kind: str
    position: Point
    capacity_tonnes: float | None
    flow_lps: float | None
    usable: bool = True
    season: str = ""
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Forest:
    code: str
    name: str
    area: Polygon | MultiPolygon
    synthetic: bool = True


@dataclass(frozen=True, slots=True)
class Town:
    """乡镇 as an administrative area, for labels, gaps by town and the village ladder."""

    code: str
    name: str
    seat: Point
    quality: str
    source: str
    synthetic: bool
    area: Polygon | MultiPolygon | None = None


@dataclass(frozen=True)
class Roads:
    """Road pieces as columns, one row a piece; pieces meet only at their end points (1e-7° exact).

    `coords` holds all vertices (lon, lat) and `starts` the first vertex of each piece (n + 1 values).
    Unknown numbers are NaN, unknown words "". `oneway`: 1 along the line, -1 against it, 0 both.
    """

    ids: tuple[str, ...]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    starts: NDArray[np.int64]
    coords: NDArray[np.float64]
    oneway: NDArray[np.int8]
    maxspeed_kmh: NDArray[np.float64]
    surface: tuple[str, ...]
    tracktype: tuple[str, ...]
    smoothness: tuple[str, ...]
    width_metres: NDArray[np.float64]
    maxweight_tonnes: NDArray[np.float64]
    maxheight_metres: NDArray[np.float64]
    access: tuple[str, ...]
    barrier: tuple[str, ...]
    bridge: NDArray[np.bool_]
    ford: NDArray[np.bool_]
    incline_percent: NDArray[np.float64]
    synthetic: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class County:
    """Everything the folder says. `digest` is a checksum of the canonical, rounded features."""

    code: str
    name: Name
    time_zone: str
    projection: str
    synthetic: bool
    attribution: tuple[str, ...]
    centre_body: str
    roads: Roads
    boundary: Polygon | MultiPolygon
    towns: tuple[Town, ...]
    places: tuple[Place, ...]
    zones: tuple[Zone, ...]
    stations: tuple[Station, ...]
    units: tuple[Unit, ...]
    people: tuple[Person, ...]
    water_sources: tuple[WaterSource, ...]
    forests: tuple[Forest, ...]
    vehicle_classes: Mapping[str, VehicleClass]
    capabilities: Mapping[str, Capability]
    tasks: Mapping[str, Task]
    kinds: Mapping[str, IncidentKind]
    plans: tuple[ResponsePlan, ...]
    triggers: tuple[Trigger, ...]
    authority: tuple[AuthorityRule, ...]
    deadlines: tuple[DeadlineRule, ...]
    turnouts: tuple[TurnoutRule, ...]
    notify_bodies: Mapping[str, NotifyBody]
    policy: DispatchPolicy
    digest: str
    turn_restrictions: tuple[tuple[str, str, str], ...] = field(default=())
