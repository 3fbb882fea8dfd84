"""What the simulated dispatcher knows of an incident and of a unit sent to it. Milliseconds; -1: not yet."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.incident import State
from dispatch.simulator.ground import Plan

NEVER = -1


@dataclass(slots=True)
class Sent:
    """One unit ordered to one incident: a row of the report."""

    incident: int
    unit: int
    slot: str
    counts: bool
    reason: str
    rank: int
    candidates: int
    predicted_ms: int  # turnout + drive + walk, as the county's tables and roads say
    ordered_ms: int
    state: State = State.DISPATCHED
    acknowledged_ms: int = NEVER
    rolled_ms: int = NEVER
    arrived_ms: int = NEVER
    cleared_ms: int = NEVER
    home_ms: int = NEVER
    metres: float = 0.0


@dataclass(slots=True)
class Incident:
    """`filled`: slot → index of the unit sent that fills it. `arriving` and `here`: quantities that count."""

    number: int
    at_ms: int
    ready_ms: int
    place: int
    kind: str
    level: int
    plan: Plan
    life_at_risk: bool
    work_ms: int
    draws: NDArray[np.float64]
    arriving: NDArray[np.float64]
    here: NDArray[np.float64]
    filled: dict[str, int] = field(default_factory=dict)
    here_slots: set[str] = field(default_factory=set)
    tried: set[int] = field(default_factory=set)
    open: int = 0  # units that are still to come or still there
    short: bool = False  # something was lacking at the first choice
    lacking: NDArray[np.bool_] | None = None  # while it waits: units that could help
    touched_ms: int = NEVER  # first unit of any sort there
    first: int = NEVER  # index of the first unit sent that counts and arrived
    first_engine: int = NEVER
    full_ms: int = NEVER

    def over(self, now: int) -> bool:
        """Work is done and nobody is left."""
        return self.open == 0 and self.touched_ms != NEVER and now >= self.touched_ms + self.work_ms

    def free_extra(self) -> str:
        number = 1
        while f"extra-{number}" in self.filled:
            number += 1
        return f"extra-{number}"

    def complete(self) -> bool:
        """Everything the plan asks for is there: its quantities and whoever fills its slots."""
        if bool((self.here < self.plan.need - 1e-9).any()):
            return False
        return all(
            slot.optional or not slot.counts or code in self.here_slots
            for slot, code in zip(self.plan.slots, self.plan.slot_codes, strict=True)
        )
