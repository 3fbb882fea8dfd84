"""The question for `choose` at one moment of a simulated incident, joined from what its ground already knows."""

from __future__ import annotations

from collections.abc import Sequence, Set

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import Request, Shortfall
from dispatch.forces.model import Gate
from dispatch.simulator.ground import Plan, Spot

TRIED = int(Gate.TRIED)


def ask(
    spot: Spot,
    plan: Plan,
    stopped: NDArray[np.int32],
    *,
    tried: Set[int],
    filled: Set[str],
    present_roles: int,
    arriving: NDArray[np.float64],
    life_at_risk: bool,
    waiting_ms: int,
) -> tuple[Request, tuple[int, ...]]:
    """The request and which of the plan's slots its slots are.

    `stopped` are the units' own gates now; `present_roles` what those who come already are to this place.
    """
    gates = spot.gates | plan.gates | stopped
    for unit in tried:
        gates[unit] |= TRIED
    open_slots = tuple(
        slot
        for slot, code in enumerate(plan.slot_codes)
        if code not in filled and not plan.roles[slot] & present_roles
    )
    request = Request(
        travel_ms=spot.travel_ms,
        gates=gates,
        role=spot.role,
        zone_order=spot.zone_order,
        slots=tuple(plan.slots[slot] for slot in open_slots),
        need=np.maximum(0.0, plan.need - arriving),
        extra_tasks=plan.extra_tasks,
        life_at_risk=life_at_risk,
        waiting_ms=waiting_ms,
    )
    return request, open_slots


def could_help(
    request: Request, brings: NDArray[np.float64], shortfalls: Sequence[Shortfall]
) -> NDArray[np.bool_]:
    """Units that would mend one of the request's shortfalls, whatever stops them now."""
    helps = np.zeros(len(brings), dtype=np.bool_)
    for short in shortfalls:
        if short.slot >= 0:
            wanted = request.slots[short.slot]
            helps |= wanted.classes_ok & (brings >= wanted.needs - 1e-9).all(axis=1)
        else:
            helps |= brings[:, short.capability] > 1e-9
    return helps
