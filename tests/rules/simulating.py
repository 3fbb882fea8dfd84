"""Small worlds for the simulator's tests: the invented county with its travel times, and shorthand for runs."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from dispatch.simulator.agenda import run
from dispatch.simulator.arrivals import Alarms, Demand, demand_of, draw
from dispatch.simulator.assumptions import Answering, Assumptions, KindMix, Spread, default_assumptions
from dispatch.simulator.ground import Ground
from dispatch.simulator.habits import Habit, habits
from dispatch.simulator.outcome import Outcome, replicate
from dispatch.simulator.streams import UnitStreams
from dispatch.simulator.travel import empty_table, fill
from dispatch.simulator.world import DispatchWorld
from gis_data.model import County
from routing.live import LiveRoads
from tests.storage.small_county import small_county, small_graph

ASSUMED = default_assumptions()
TT = habits("tt")[0]


def ground_of(county: County, given: Assumptions = ASSUMED) -> Ground:
    table = empty_table(county)
    fill(table, county, lambda: LiveRoads(small_graph()), range(len(county.places)))
    return Ground(county, given, table)


@cache
def small_ground() -> Ground:
    return ground_of(small_county())


def alarms_of(
    ground: Ground, *, years: float, a_day: float = 8.0, seed: int = 1, run: int = 0
) -> tuple[Demand, Alarms]:
    demand = demand_of(ground.county, ground.given, a_day)
    return demand, draw(demand, years, seed, run)


def outcome_of(
    ground: Ground, habit: Habit = TT, *, years: float = 0.05, a_day: float = 8.0, seed: int = 1, run: int = 0
) -> Outcome:
    demand, alarms = alarms_of(ground, years=years, a_day=a_day, seed=seed, run=run)
    return replicate(ground, demand, habit, alarms, seed, run, with_rows=True)


def world_of(
    ground: Ground, habit: Habit = TT, *, years: float = 0.05, a_day: float = 8.0, seed: int = 1
) -> DispatchWorld:
    """The world itself after everything has happened."""
    demand, alarms = alarms_of(ground, years=years, a_day=a_day, seed=seed)
    world = DispatchWorld(ground, habit, alarms, demand.kinds, UnitStreams(seed, 0, ground.codes))
    run(world, alarms.at_ms.tolist())
    return world


def answering(
    *, mean: float = 10.0, variation: float = 0.0, silent: float = 0.0, unable: float = 0.0
) -> Assumptions:
    """The assumptions with every crew answering alike."""
    how = Answering("*", "*", Spread(mean, variation), silent, unable)
    return replace(ASSUMED, answering=(how,))


def only_kind(given: Assumptions, code: str, **changed: object) -> Assumptions:
    kind = next(one for one in given.kinds if one.code == code)
    return replace(given, kinds=(replace(kind, **changed),))  # type: ignore[arg-type]


def even(kind: KindMix) -> dict[str, object]:
    """No hours and no seasons."""
    return {"hours": (1.0,) * 24, "months": (1.0,) * 12}
