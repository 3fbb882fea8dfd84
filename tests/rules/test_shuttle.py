"""Shuttle plans equal hand-computed ones, and tankers driven one by one in a simulation bring what they promise."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.alarms.shuttle import Cycle, Run, Site, cycle_of, plan_shuttle
from tests.rules.shuttle_simulation import simulated_flow_lps

ENDLESS = float("inf")
PLENTY_LPS = 10_000.0  # a need that no fleet here meets: the plan shows all that it can bring


def a_cycle(
    litres: float = 6000.0, out: float = 300.0, back: float = 300.0, fill: float = 20.0, share: float = 0.9
) -> Cycle:
    return cycle_of(
        tank_litres=litres,
        usable_share=share,
        out_seconds=out,
        back_seconds=back,
        fill_lps=fill,
        discharge_lps=20.0,
        handling_seconds=60.0,
    )


def test_a_cycle_is_driving_filling_discharging_and_handling_at_both_ends() -> None:
    cycle = a_cycle()  # 300 + 300 driving, 6000/20 filling, 6000/20 discharging, twice 60 handling
    assert cycle.seconds == 300 + 300 + 300 + 300 + 120
    assert cycle.litres == 5400.0
    assert cycle.flow_lps == pytest.approx(5400 / 1320)
    assert cycle.at_site_seconds == cycle.at_fire_seconds == 360.0


def test_the_formula_of_nfpa_1142() -> None:
    """2,000 gal, A 3 min, T1 = T2 = 4 min, B 5 min, less 10 %: 1,800 gal / 16 min = 112.5 gpm."""
    gallon = 3.785411784
    cycle = Cycle(
        litres=0.9 * 2000 * gallon,
        drawn_litres=2000 * gallon,
        out_seconds=240.0,
        back_seconds=240.0,
        fill_seconds=300.0,
        discharge_seconds=180.0,
        handling_seconds=0.0,
    )
    assert cycle.flow_lps * 60 / gallon == pytest.approx(112.5)


def test_as_many_tankers_go_as_the_need_takes_and_no_more() -> None:
    # Each brings 4.09 l/s: three 12.27, four 16.4.
    plan = plan_shuttle(14.0, [6], [Site(ENDLESS, 4)], {(0, 0): a_cycle()}, discharge_places=4)
    assert plan.tankers == 4
    assert plan.needed == 4
    assert plan.flow_lps == pytest.approx(14.0)


def test_a_shortfall_says_how_many_would_do() -> None:
    plan = plan_shuttle(20.0, [3], [Site(ENDLESS, 4)], {(0, 0): a_cycle()}, discharge_places=4)
    assert plan.flow_lps == pytest.approx(3 * 5400 / 1320)
    assert (plan.tankers, plan.free, plan.needed) == (3, 3, 5)


def test_one_place_to_fill_at_bounds_all_tankers() -> None:
    # 5,400 l every 360 s at the only place: 15 l/s, and never the 20 wanted.
    plan = plan_shuttle(20.0, [9], [Site(ENDLESS, 1)], {(0, 0): a_cycle()}, discharge_places=4)
    assert plan.flow_lps == pytest.approx(15.0)
    assert plan.needed is None
    assert plan.most_lps == pytest.approx(15.0)
    assert plan.tankers == 4  # 3.67 keep the place busy


def test_the_flow_of_a_source_bounds_all_tankers_less_what_is_spilt() -> None:
    plan = plan_shuttle(20.0, [9], [Site(10.0, 4)], {(0, 0): a_cycle()}, discharge_places=4)
    assert plan.flow_lps == pytest.approx(9.0)
    assert plan.needed is None


def test_the_places_to_discharge_at_bound_all_tankers() -> None:
    plan = plan_shuttle(50.0, [20], [Site(ENDLESS, 20)], {(0, 0): a_cycle()}, discharge_places=2)
    assert plan.flow_lps == pytest.approx(30.0)
    assert plan.most_lps == pytest.approx(30.0)


def test_where_one_source_is_not_enough_tankers_are_shared_out_over_two() -> None:
    sites = [Site(10.0, 2), Site(10.0, 2)]
    cycles = {(0, 0): a_cycle(), (0, 1): a_cycle(out=400.0, back=400.0)}
    plan = plan_shuttle(15.0, [9], sites, cycles, discharge_places=4)
    assert plan.flow_lps == pytest.approx(15.0)
    assert {run.site for run in plan.runs} == {0, 1}


def test_big_tankers_go_before_small_ones() -> None:
    cycles = {(0, 0): a_cycle(2000.0), (1, 0): a_cycle(12000.0, fill=40.0)}
    plan = plan_shuttle(5.0, [4, 4], [Site(ENDLESS, 4)], cycles, discharge_places=4)
    assert [(run.group, run.tankers) for run in plan.runs] == [(1, 1)]


def test_a_site_for_a_portable_pump_takes_one_and_there_may_be_none() -> None:
    sites = [Site(ENDLESS, 2, takes_hand_pump=True), Site(ENDLESS, 2, takes_hand_pump=True)]
    cycles = {(0, 0): a_cycle(), (0, 1): a_cycle()}
    without = plan_shuttle(PLENTY_LPS, [9], sites, cycles, discharge_places=9, hand_pumps=0)
    one = plan_shuttle(PLENTY_LPS, [9], sites, cycles, discharge_places=9, hand_pumps=1)
    two = plan_shuttle(PLENTY_LPS, [9], sites, cycles, discharge_places=9, hand_pumps=2)
    assert (without.flow_lps, without.tankers) == (0.0, 0)
    assert len({run.site for run in one.runs}) == 1
    assert len({run.site for run in two.runs}) == 2
    assert one.flow_lps < two.flow_lps


def test_nobody_and_nothing_bring_nothing() -> None:
    assert plan_shuttle(10.0, [], [], {}).flow_lps == 0.0
    assert plan_shuttle(10.0, [0], [Site(ENDLESS)], {(0, 0): a_cycle()}).flow_lps == 0.0
    dry = plan_shuttle(10.0, [3], [Site(0.0)], {(0, 0): a_cycle()})
    assert (dry.flow_lps, dry.runs, dry.needed) == (0.0, (), None)


Fleet = tuple[list[int], list[Site], dict[tuple[int, int], Cycle], int]


def a_fleet(rng: np.random.Generator, *, kinds: int, sites: int) -> Fleet:
    groups = [int(rng.integers(1, 7)) for _ in range(kinds)]
    tanks = [float(rng.choice([2000, 4000, 6000, 12000])) for _ in range(kinds)]
    places = [Site(ENDLESS, int(rng.integers(1, 3))) for _ in range(sites)]
    fill = [float(rng.choice([10, 20, 30, 40])) for _ in range(sites)]
    away = [float(rng.uniform(60, 900)) for _ in range(sites)]
    cycles = {
        (g, s): a_cycle(tanks[g], out=away[s] * float(rng.uniform(0.8, 1.2)), back=away[s], fill=fill[s])
        for g in range(kinds)
        for s in range(sites)
    }
    return groups, places, cycles, int(rng.integers(1, 4))


def ratio(fleet: Fleet) -> float:
    """What the simulated tankers bring of what the plan promises."""
    groups, sites, cycles, discharge = fleet
    plan = plan_shuttle(PLENTY_LPS, groups, sites, cycles, discharge_places=discharge)
    return simulated_flow_lps(plan.runs, sites, cycles, discharge) / plan.flow_lps


def test_equal_tankers_bring_in_a_simulation_what_the_plan_says() -> None:
    rng = np.random.default_rng(1)
    found = [ratio(a_fleet(rng, kinds=1, sites=1)) for _ in range(60)]
    assert min(found) > 0.98
    assert max(found) < 1.02


def test_mixed_tankers_never_bring_more_and_seldom_much_less() -> None:
    """The plan is the bound of a steady flow: who meets others at a place waits, at worst for a quarter of it."""
    rng = np.random.default_rng(2)
    found = [
        ratio(a_fleet(rng, kinds=int(rng.integers(2, 4)), sites=int(rng.integers(1, 5)))) for _ in range(80)
    ]
    assert max(found) < 1.02
    assert min(found) > 0.7
    assert float(np.percentile(found, 10)) > 0.88
    assert float(np.median(found)) > 0.95


def test_the_judge_sees_a_wrong_promise() -> None:
    cycle = a_cycle()
    honest = simulated_flow_lps([Run(0, 0, 2, 0.0)], [Site(ENDLESS, 2)], {(0, 0): cycle}, 2)
    assert honest == pytest.approx(2 * cycle.flow_lps, rel=0.02)
    assert simulated_flow_lps([Run(0, 0, 20, 0.0)], [Site(ENDLESS, 1)], {(0, 0): cycle}, 4) == pytest.approx(
        15.0, rel=0.02
    )


seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(1.0, 80.0), st.integers(0, 3))
def test_one_tanker_more_never_brings_less(seed: int, need: float, which: int) -> None:
    groups, sites, cycles, discharge = a_fleet(np.random.default_rng(seed), kinds=2, sites=3)
    more = list(groups)
    more[which % len(groups)] += 1
    before = plan_shuttle(need, groups, sites, cycles, discharge_places=discharge)
    after = plan_shuttle(need, more, sites, cycles, discharge_places=discharge)
    assert after.flow_lps >= before.flow_lps - 2e-3
    assert before.flow_lps <= need + 1e-6
    assert sum(run.flow_lps for run in before.runs) == pytest.approx(before.flow_lps, abs=2e-3)
    for group, count in enumerate(groups):
        assert sum(run.tankers for run in before.runs if run.group == group) <= count


@settings(max_examples=60, deadline=None)
@given(seeds, st.floats(1.0, 80.0), st.floats(1.0, 900.0))
def test_a_farther_source_never_brings_more(seed: int, need: float, farther: float) -> None:
    groups, sites, cycles, discharge = a_fleet(np.random.default_rng(seed), kinds=2, sites=2)
    away = {
        pair: replace(
            cycle, out_seconds=cycle.out_seconds + farther, back_seconds=cycle.back_seconds + farther
        )
        if pair[1] == 0
        else cycle
        for pair, cycle in cycles.items()
    }
    near = plan_shuttle(need, groups, sites, cycles, discharge_places=discharge)
    far = plan_shuttle(need, groups, sites, away, discharge_places=discharge)
    assert far.flow_lps <= near.flow_lps + 2e-3
