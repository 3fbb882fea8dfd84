"""A county as plain, frozen data: what the folder holds once it has been read.

Positions are WGS-84 longitude, latitude in degrees; lengths metres, masses tonnes, speeds km/h, times seconds.
Codes are the county's own short ASCII names; the Chinese and English names stand beside them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon

from gis_data.reference import (
    AuthorityRule,
    Capability,
    Contact,
    DeadlineRule,
    DispatchPolicy,
    DrivingRules,
    DutyMode,
    IncidentKind,
    Name,
    NotifyBody,
    ResponsePlan,
    Slot,
    SlotRule,
    StationClass,
    Task,
    Trigger,
    TurnoutRule,
    VehicleClass,
    Verb,
    WaterNeed,
    WaterRules,
)
from gis_data.speed_profile import SpeedProfile

# One door for the rest of the house: features from here, reference records passed through.
__all__ = [
    "AuthorityRule",
    "Capability",
    "Contact",
    "County",
    "DeadlineRule",
    "DispatchPolicy",
    "DrivingRules",
    "DutyMode",
    "Forest",
    "IncidentKind",
    "Name",
    "NotifyBody",
    "Person",
    "Place",
    "ResponsePlan",
    "Roads",
    "Slot",
    "SlotRule",
    "SpeedProfile",
    "Station",
    "StationClass",
    "Task",
    "Town",
    "Trigger",
    "TurnoutRule",
    "Unit",
    "VehicleClass",
    "Verb",
    "WaterNeed",
    "WaterRules",
    "WaterSource",
    "Zone",
]


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
    """One row of people.csv; what its words mean for the duty roster is read in `roster.files`.

    A qualification may carry its last valid day: `driver:heavy_engine@2027-06-30`. `platoon` is counted from 1. Who
    serves in a duty room has no station and names the room in `teams`, as does who helps in further teams.
    """

    code: str
    name: str
    station: str
    qualifications: frozenset[str]
    telephone: str = ""
    synthetic: bool = True
    employment: str = ""
    platoon: int | None = None
    teams: tuple[str, ...] = ()
    joined: date | None = None


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
    """`lift_metres`: from the water up to where a pump stands. `fill_places`: how many tankers fill at once.

    `season` in one of the forms of `gis_data.season`, or in words that only people read.
    """

    code: str
    name: str
    kind: str
    position: Point
    capacity_tonnes: float | None
    flow_lps: float | None
    usable: bool = True
    season: str = ""
    synthetic: bool = True
    lift_metres: float | None = None
    fill_places: int = 1


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
    water_rules: WaterRules = field(default_factory=WaterRules)
    water_needs: tuple[WaterNeed, ...] = ()
    driving: DrivingRules = field(default_factory=DrivingRules)
    speed_profiles: tuple[SpeedProfile, ...] = ()
