"""A whole study: replications × policies on one ground, and its report as one document. Pure but for its callers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np

from dispatch.simulator.areas import Sums
from dispatch.simulator.arrivals import Alarms, Demand, demand_of, draw
from dispatch.simulator.assumptions import Assumptions
from dispatch.simulator.habits import Habit
from dispatch.simulator.measure import Estimate, numbers_of, paired, together
from dispatch.simulator.outcome import Outcome
from dispatch.simulator.workers import Task, outcomes
from gis_data.errors import InputError
from gis_data.model import County

MOST_ALARMS = 50_000_000
# A reader compares these first; all others are in the document too.
HEADLINES = (
    "first_engine.mean_seconds",
    "first_engine.p90_seconds",
    "first_engine.within.10",
    "first_unit.mean_seconds",
    "first_unit.p90_seconds",
    "full_set.mean_seconds",
    "zones_without_engine_seconds_a_year",
)


@dataclass(frozen=True, slots=True)
class Study:
    """What is asked for."""

    habits: tuple[Habit, ...]
    years: float
    seed: int
    replications: int
    alarms_a_day: float


def check_study(study: Study) -> None:
    if not (isfinite(study.years) and study.years > 0.0):
        raise InputError(
            "--years", f"{study.years:g} is no time to simulate", "give a number above 0, like 1"
        )
    if study.seed < 0:
        raise InputError("--seed", f"{study.seed} is negative", "give a whole number from 0")
    if study.replications < 1:
        raise InputError("--replications", f"{study.replications} is none", "give at least 1")
    if not (isfinite(study.alarms_a_day) and study.alarms_a_day > 0.0):
        raise InputError("--alarms-per-day", f"{study.alarms_a_day:g} is no rate", "give a number above 0")
    expected = study.years * 365 * study.alarms_a_day * study.replications * len(study.habits)
    if expected > MOST_ALARMS:
        raise InputError(
            "--years", f"{expected:.0f} alarms in all are more than {MOST_ALARMS}", "ask for less time"
        )


def check_county(county: County) -> None:
    if not county.units:
        raise InputError("units.csv", "the county has no units", "add at least one")


def drawn(county: County, given: Assumptions, study: Study) -> tuple[Demand, tuple[Alarms, ...]]:
    """The alarms of every replication, before any policy is tried on them."""
    demand = demand_of(county, given, study.alarms_a_day)
    return demand, tuple(
        draw(demand, study.years, study.seed, number) for number in range(study.replications)
    )


def places_of(alarms: Sequence[Alarms]) -> list[int]:
    return [int(place) for place in np.unique(np.concatenate([one.place for one in alarms]))]


def carry_out(
    task: Task, study: Study, each: Callable[[Outcome], None] = lambda outcome: None, workers: int = 1
) -> dict[str, Any]:
    """The report. `each` sees every outcome in its order: rows are written from it, progress is counted."""
    county, habits = task.ground.county, study.habits
    runs: list[list[dict[str, float]]] = [[] for _ in habits]
    sums = [Sums(task.ground) for _ in habits]
    for (_, number), outcome in zip(task.jobs, outcomes(task, workers), strict=True):
        runs[number].append(numbers_of(outcome))
        sums[number].add(outcome)
        each(outcome)
    return {
        "county": county.code,
        "county_name": county.name.zh,
        "synthetic": county.synthetic,
        "county_digest": county.digest,
        "assumptions": "待核",
        "years": study.years,
        "replications": study.replications,
        "seed": study.seed,
        "alarms_a_day": study.alarms_a_day,
        "policies": [
            {
                "policy": habit.name,
                "says": habit.says,
                "alarms": sum(len(one) for one in task.alarms),
                **_nested(together(runs[number])),
                "by_town": sums[number].by_town(),
                "by_zone": sums[number].by_zone(),
                "units": sums[number].units(),
                "zones_without_engine": sums[number].zones_without_engine(),
            }
            for number, habit in enumerate(habits)
        ],
        "differences": [
            {
                "policy": habit.name,
                "against": habits[0].name,
                "quantity": name,
                "difference": found.value,
                "low": found.low,
                "high": found.high,
                "replications": study.replications,
            }
            for number, habit in enumerate(habits[1:], start=1)
            for name, found in paired(runs[number], runs[0]).items()
        ],
    }


def _nested(found: dict[str, Estimate]) -> dict[str, Any]:
    """`a.b.c` as objects in objects."""
    out: dict[str, Any] = {}
    for path, value in found.items():
        *outer, last = path.split(".")
        at = out
        for word in outer:
            at = at.setdefault(word, {})
        at[last] = value.as_json()
    return out
