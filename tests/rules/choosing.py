"""A short way to say a situation to `choose`: units and one request in the words of the tests."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from dispatch.alarms.question import (
    UNLISTED_ZONE,
    UNREACHABLE_MS,
    Policy,
    Request,
    Role,
    Rule,
    SlotWanted,
    Units,
)
from dispatch.forces.model import Gate

CAPABILITIES = ("people", "ba_pairs", "water_tonnes", "engine", "forest_gear")
POLICY = Policy(zone_tolerance_ms=60_000, life_tolerance_ms=0, send_zone_brigade=True, free_engine_reserve=3)


def quantities(**brings: float) -> np.ndarray:
    return np.array([brings.get(code, 0.0) for code in CAPABILITIES])


@dataclass
class Unit:
    """`minutes` to drive (None: no way), `turnout` seconds, home `zone` index, what it brings, what stops it."""

    minutes: float | None
    turnout: float = 60
    zone: int = 0
    zone_order: int = UNLISTED_ZONE
    role: Role = Role.NONE
    gates: Gate = Gate.NONE
    brings: dict[str, float] = field(
        default_factory=lambda: {"people": 5, "ba_pairs": 2, "water_tonnes": 3, "engine": 1}
    )
    full: dict[str, float] | None = None  # with a full crew; None: what it brings
    admitted: bool = True


def units_of(units: list[Unit]) -> Units:
    return Units(
        turnout_ms=np.array([round(u.turnout * 1000) for u in units], dtype=np.int64),
        brings=np.array([quantities(**u.brings) for u in units]).reshape(len(units), len(CAPABILITIES)),
        full_brings=np.array([quantities(**(u.brings if u.full is None else u.full)) for u in units]).reshape(
            len(units), len(CAPABILITIES)
        ),
        zone=np.array([u.zone for u in units], dtype=np.int32),
        engine=np.array([u.brings.get("engine", 0) > 0 for u in units], dtype=np.bool_),
        duty_mode=np.zeros(len(units), dtype=np.int8),
    )


def slot(
    rule: Rule, units: list[Unit], *, counts: bool = True, optional: bool = False, **needs: float
) -> SlotWanted:
    admitted = np.array([u.admitted for u in units], dtype=np.bool_)
    return SlotWanted(rule, quantities(**needs), admitted, counts, optional)


def request(
    units: list[Unit],
    slots: tuple[SlotWanted, ...] = (),
    *,
    life: bool = False,
    waiting: int = 0,
    extra_tasks: tuple[dict[str, float], ...] = ({},),
    minutes: list[float | None] | None = None,
    **need: float,
) -> Request:
    drive = minutes if minutes is not None else [u.minutes for u in units]
    no_road = [Gate.NO_ROAD if m is None else Gate.NONE for m in drive]
    return Request(
        travel_ms=np.array(
            [UNREACHABLE_MS if m is None else round(m * 60_000) for m in drive], dtype=np.int64
        ),
        gates=np.array([int(u.gates | g) for u, g in zip(units, no_road, strict=True)], dtype=np.int32),
        role=np.array([int(u.role) for u in units], dtype=np.int32),
        zone_order=np.array([u.zone_order for u in units], dtype=np.int32),
        slots=slots,
        need=quantities(**need),
        extra_tasks=tuple(quantities(**task) for task in extra_tasks),
        life_at_risk=life,
        waiting_ms=waiting,
    )
