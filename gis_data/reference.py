"""The records of the catalogue: what kinds of forces, vehicles, plans and rules a county has.

Codes are the county's own short ASCII names; the Chinese and English names stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


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
    """车型: what it can drive on and how fast. `speeds_kmh` is by road class; a road class not in it is closed.

    `pump_lps` is the flow of its own pump (0: it has none), which draws water over `suction_hose_metres` and up to
    `max_suction_lift_metres` at sea level.
    Under way it turns round in `turn_seconds`: anywhere if it `turns_on_road`, else at junctions and dead ends.
    Emergency drives waive turn restrictions, unless the class `honours_turn_restrictions`.
    A climb of p percent takes `uphill_time_per_percent` × p of the time on the level more; a road steeper than
    `max_incline_percent` is closed both ways (0: none is too steep). Where it must stop it lays up to `hose_metres`
    of hose (0: it brings no water by itself): `water_setup_seconds` from stopping to water at the nozzle with the
    first line, and `hose_seconds_per_100_metres` for the line itself.
    """

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
    turns_on_road: bool = False
    turn_seconds: float = 60.0
    honours_turn_restrictions: bool = False
    needs_paved: bool = False
    tracktypes: frozenset[str] = frozenset({"grade1", "grade2", "grade3"})
    smoothness: frozenset[str] = frozenset({"excellent", "good", "intermediate", "bad"})
    surface_factor: Mapping[str, float] = field(default_factory=dict)
    max_incline_percent: float = 0.0
    uphill_time_per_percent: float = 0.0
    hose_metres: float = 0.0
    hose_seconds_per_100_metres: float = 0.0
    water_setup_seconds: float = 0.0
    on_foot: bool = False
    pump_lps: float = 0.0
    max_suction_lift_metres: float = 7.0
    suction_hose_metres: float = 8.0
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class DrivingRules:
    """What holds for every vehicle class of a county.

    A posted limit does not bind an emergency drive, yet says how a road is built: the speed is the smaller of the
    class's own speed and `maxspeed_factor` × the limit. A class that may go against a one-way street does so
    slowly, and only on `contraflow_roads`. A road must be `side_clearance_metres` wider than the vehicle.
    A track of unknown grade counts as `unknown_track`. Walking from a stop to the alarm covers
    `walk_detour` × the air distance at `walk_kmh`; who brings no hose does not walk within `at_scene_metres`. A
    vehicle whose hose does not reach the fire counts as `without_water_seconds` later. A unit that would walk
    `longest_walk_metres` more than it is from the nearest road does not reach it.
    A point next to an island of the class's roads belongs to its main network instead, if that is not more than
    `island_metres` farther. A point farther than `longest_off_road_metres` from every road is off the map.
    """

    maxspeed_factor: float = 1.3
    contraflow_factor: float = 0.5
    contraflow_roads: frozenset[str] = frozenset(
        {
            "primary",
            "secondary",
            "tertiary",
            "unclassified",
            "residential",
            "living_street",
            "service",
            "track",
        }
    )
    side_clearance_metres: float = 0.3
    unknown_track: str = "grade3"
    closing_access: frozenset[str] = frozenset({"no"})
    walk_kmh: float = 4.0
    walk_detour: float = 1.4
    at_scene_metres: float = 100.0
    without_water_seconds: float = 300.0
    longest_walk_metres: float = 10_000.0
    island_metres: float = 200.0
    longest_off_road_metres: float = 25_000.0


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
class WaterRules:
    """供水: what a water plan assumes where a source, a unit or the caller says nothing. Flows in l/s, heads in metres.

    `altitude_metres` is the county's: thin air lifts less. Units count that can be at the fire in `at_hand_seconds`.
    A tanker counts from `tanker_least_tonnes` and delivers `usable_share` of its tank; `handling_seconds` are
    connecting and disconnecting, once at each end; at the fire `discharge_places` tankers empty at once. A source must
    last `sustain_seconds`. A vehicle stands up to `stand_metres` beside the line of the road; from there a hose leads
    to a source under pressure over `outlet_hose_metres`. A portable pump is carried `hand_pump_carry_metres` to the
    water. In a relay, of at most `most_relay_pumps`, every pump gives `pump_head_metres` and leaves
    `residual_head_metres` to the next; `hose_loss` is the k of h = k·L·Q² by nominal diameter in millimetres. Hose is
    laid along the road or over `lay_detour` × the air distance, whichever is shorter.
    """

    altitude_metres: float = 0.0
    at_hand_seconds: float = 1800.0
    default_lps: float = 20.0
    kind_lps: Mapping[str, float] = field(default_factory=lambda: {"hydrant": 10.0, "crane": 30.0})
    stand_metres: float = 10.0
    outlet_hose_metres: float = 40.0
    tanker_least_tonnes: float = 1.0
    usable_share: float = 0.9
    handling_seconds: float = 60.0
    discharge_lps: float = 20.0
    discharge_places: int = 3
    sustain_seconds: float = 7200.0
    hand_pump_lps: float = 8.0
    hand_pump_lift_metres: float = 6.0
    hand_pump_carry_metres: float = 200.0
    pump_head_metres: float = 80.0
    residual_head_metres: float = 10.0
    lay_detour: float = 1.2
    most_relay_pumps: int = 6
    hose_millimetres: int = 80
    hose_loss: Mapping[str, float] = field(
        default_factory=lambda: {"50": 0.00677, "65": 0.00172, "80": 0.00075}
    )
    status: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True)
class WaterNeed:
    """How much water a kind of incident needs at a level, in l/s, unless somebody says otherwise."""

    kind: str
    level: int
    flow_lps: float
    status: str = ""
    source: str = ""
