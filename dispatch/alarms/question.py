"""What `choose` is asked and what it answers: arrays in, indices and codes out. Times in whole milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, IntFlag, StrEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dispatch.forces.model import Gate

UNREACHABLE_MS = 2**31 - 1
UNLISTED_ZONE = 999


class Role(IntFlag):
    """What a unit is to the place of an alarm."""

    NONE = 0
    ZONE_BRIGADE = 1  # of the main brigade of the alarm's zone
    RESPONSIBLE = 2  # of the responsible (辖区) station
    ON_FOOT_NEAR = 4  # a micro station near enough to run there
    OWN_PREMISES = 8  # an enterprise brigade at its own enterprise
    NO_SLOT = 16  # comes only in addition: fills no need, taken for no extra


class Rule(IntEnum):
    """How a slot is filled; mirrors gis_data.model.SlotRule."""

    NEAREST = 0
    ZONE_BRIGADE = 1
    RESPONSIBLE_STATION = 2
    MICRO_ON_FOOT = 3
    ENTERPRISE_OWN = 4


class Reason(StrEnum):
    """Why a unit was chosen, or passed over although nothing stopped it."""

    NEAREST = "nearest"
    OWN_ZONE = "own_zone"  # a little later than the soonest, within the tolerance
    BACKING_ZONE = "backing_zone"
    ZONE_BRIGADE = "zone_brigade"
    RESPONSIBLE_STATION = "responsible_station"
    MICRO_ON_FOOT = "micro_on_foot"
    OWN_PREMISES = "own_premises"
    FILLS_NEED = "fills_need"
    SLOWER = "slower"
    RESERVE = "reserve"  # kept back: force is not spare
    NOT_NEEDED = "not_needed"


class Cause(StrEnum):
    """Why a need or a slot stays unfilled: what stops most of those who could have filled it."""

    NONE_EXISTS = "none_exists"
    BUSY = "busy"
    OFF_DUTY = "off_duty"
    SHORT_CREW = "short_crew"
    OUT_OF_SERVICE = "out_of_service"
    NO_ROAD = "no_road"
    TOO_FAR = "too_far"
    NOT_CAPABLE = "not_capable"
    NOT_OURS = "not_ours"
    NOT_ACCEPTED = "not_accepted"
    TRIED = "tried"
    ALL_SENT = "all_sent"


@dataclass(frozen=True, slots=True)
class Units:
    """Every unit of the county: n rows. `brings` is n × c, a column for each capability.

    `full_brings`, of the same shape, is what the unit would bring with its full crew: a shortfall asks it who exists.
    """

    turnout_ms: NDArray[np.int64]
    brings: NDArray[np.float64]
    full_brings: NDArray[np.float64]
    zone: NDArray[np.int32]  # index of the home zone, -1 for none (foreign)
    engine: NDArray[np.bool_]  # a vehicle that counts as a manned engine when no gate stops it
    duty_mode: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class SlotWanted:
    rule: Rule
    needs: NDArray[np.float64]  # least the unit must bring, by capability (task and slot together)
    classes_ok: NDArray[np.bool_]  # by unit: its station class is admitted
    counts: bool
    optional: bool


@dataclass(frozen=True, slots=True)
class Request:
    """One place that waits for units. Row vectors over the n units unless said otherwise."""

    travel_ms: NDArray[np.int64]  # rolling → water can be on the fire; UNREACHABLE_MS where there is no way
    gates: NDArray[np.int32]
    role: NDArray[np.int32]
    zone_order: NDArray[np.int32]  # 0 own zone, 1 … backing zones in order, UNLISTED_ZONE
    slots: tuple[SlotWanted, ...]
    need: NDArray[np.float64]  # c: what must still arrive
    extra_tasks: tuple[
        NDArray[np.float64], ...
    ]  # c each: least to bring for the tasks an extra may get, in order
    life_at_risk: bool
    waiting_ms: int


@dataclass(frozen=True, slots=True)
class Policy:
    zone_tolerance_ms: int
    life_tolerance_ms: int
    send_zone_brigade: bool
    free_engine_reserve: int
    most_extras: int = 12


@dataclass(frozen=True, slots=True)
class Pick:
    """`slot` indexes the request's slots; -1 - k is the k-th extra. `task` is the extra task's index, else -1."""

    request: int
    unit: int
    slot: int
    task: int
    reason: Reason
    cost_ms: int  # later than the soonest unit by this much, for the sake of the zone
    rank: int  # how many units that nothing stops would be there sooner


class Passed(NamedTuple):
    """There is one for nearly every unit of the county: a tuple is made several times as fast as a dataclass."""

    request: int
    unit: int
    gates: Gate
    reason: Reason | None  # where no gate stopped it


@dataclass(frozen=True, slots=True)
class Shortfall:
    """`capability` or `slot`: the one that applies, the other -1."""

    request: int
    capability: int
    slot: int
    missing: float
    cause: Cause


@dataclass(frozen=True, slots=True)
class Choice:
    picks: tuple[Pick, ...]
    passed: tuple[Passed, ...]
    shortfalls: tuple[Shortfall, ...]
    zones_left: tuple[int, ...]  # zones that this choice leaves without a manned engine
    free_engines_left: int
