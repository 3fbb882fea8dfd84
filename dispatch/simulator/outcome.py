"""What a replication came to, as columns: one row an alarm, one row a unit sent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dispatch.simulator.agenda import run
from dispatch.simulator.arrivals import Alarms, Demand
from dispatch.simulator.ground import Ground
from dispatch.simulator.habits import Habit
from dispatch.simulator.incident import NEVER, Incident, Sent
from dispatch.simulator.rows import RowTexts, row_texts
from dispatch.simulator.streams import UnitStreams
from dispatch.simulator.world import DispatchWorld

PARTS = ("handling", "queue", "answer", "turnout", "travel")


@dataclass(frozen=True)
class Times:
    """Seconds from the alarm, NaN where it never came to that. `parts` is alarm × PARTS and sums to `total`."""

    total: NDArray[np.float64]
    parts: NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    habit: str
    replication: int
    alarms: Alarms
    first_engine: Times
    first_unit: Times
    full_set_seconds: NDArray[np.float64]
    engine_wanted: NDArray[np.bool_]
    short: NDArray[np.bool_]
    unserved: NDArray[np.bool_]
    decisions: int
    busy_ms: NDArray[np.int64]
    zone_empty_ms: NDArray[np.int64]
    below_reserve_ms: int
    sent_unit: NDArray[np.int32]
    sent_metres: NDArray[np.float64]  # one way; 0 where the unit never rolled
    sent_arrived: NDArray[np.bool_]
    sent_answered: NDArray[np.bool_]
    rows: RowTexts | None


def replicate(
    ground: Ground,
    demand: Demand,
    habit: Habit,
    alarms: Alarms,
    seed: int,
    replication: int,
    *,
    with_rows: bool = False,
) -> Outcome:
    """One replication under one habit; the same seed and number give every habit the same luck."""
    world = DispatchWorld(ground, habit, alarms, demand.kinds, UnitStreams(seed, replication, ground.codes))
    run(world, alarms.at_ms.tolist())
    incidents, sent = world.incidents, world.sent
    full = np.array([one.full_ms - one.at_ms if one.full_ms != NEVER else np.nan for one in incidents])
    first_engine = _times(incidents, sent, [one.first_engine for one in incidents])
    first_unit = _times(incidents, sent, [one.first for one in incidents])
    return Outcome(
        habit=habit.name,
        replication=replication,
        alarms=alarms,
        first_engine=first_engine,
        first_unit=first_unit,
        full_set_seconds=full / 1000.0,
        engine_wanted=np.array([one.plan.engine_wanted for one in incidents], dtype=np.bool_),
        short=np.array([one.short for one in incidents], dtype=np.bool_),
        unserved=np.array([one.touched_ms == NEVER for one in incidents], dtype=np.bool_),
        decisions=world.chosen,
        busy_ms=world.cover.busy_ms,
        zone_empty_ms=np.where(world.cover.has_engines, world.cover.empty_ms, -1),
        below_reserve_ms=world.cover.below_ms if world.cover.reserve_possible else -1,
        sent_unit=np.array([one.unit for one in sent], dtype=np.int32),
        sent_metres=np.array([one.metres for one in sent], dtype=np.float64),
        sent_arrived=np.array([one.arrived_ms != NEVER for one in sent], dtype=np.bool_),
        sent_answered=np.array([one.acknowledged_ms != NEVER for one in sent], dtype=np.bool_),
        rows=row_texts(ground, habit.name, replication, incidents, sent) if with_rows else None,
    )


def _times(incidents: list[Incident], sent: list[Sent], first: list[int]) -> Times:
    parts = np.full((len(incidents), len(PARTS)), np.nan)
    for row, (incident, index) in enumerate(zip(incidents, first, strict=True)):
        if index == NEVER:
            continue
        one = sent[index]
        steps = (
            incident.at_ms,
            incident.ready_ms,
            one.ordered_ms,
            one.acknowledged_ms,
            one.rolled_ms,
            one.arrived_ms,
        )
        parts[row] = np.diff(steps)
    return Times(parts.sum(axis=1) / 1000.0, parts / 1000.0)
