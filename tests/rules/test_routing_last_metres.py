"""The last metres: who has water on the fire when, where a vehicle must stop, and what holds it there."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.model import DrivingRules, Roads
from routing.graph import build_graph
from routing.last_metres import last_metres
from routing.live import Condition, LiveRoads
from routing.obstacle import Shortfalls, what_holds
from routing.rank import Start, rank
from tests.rules.routing_world import FLEET, FOOT, HEAVY, Draft, at, vehicle

RULES = DrivingRules()


@given(
    st.lists(st.floats(0.0, 5_000.0), min_size=2, max_size=12),
    st.floats(0.0, 1_000.0),
    st.floats(0.0, 600.0),
    st.floats(0.0, 600.0),
    st.floats(0.0, 3_600.0),
)
def test_stopping_farther_off_never_costs_less(
    air: list[float], hose: float, lay: float, setup: float, without: float
) -> None:
    engine = vehicle("any", hose_metres=hose, hose_seconds_per_100_metres=lay, water_setup_seconds=setup)
    rules = replace(RULES, without_water_seconds=without)
    counted = last_metres(rules, engine, np.array(sorted(air))).counted_ms
    assert (np.diff(counted) >= 0).all()


def test_water_takes_the_set_up_and_the_lay_over_ground() -> None:
    left = last_metres(RULES, HEAVY, np.array([0.0, 100.0]))
    assert left.hose_metres.tolist() == [0.0, 140.0]
    assert left.setup_ms.tolist() == [60_000, 60_000 + 84_000]
    assert left.on_foot_ms.tolist() == [0, 0]
    assert left.water.all()


def test_beyond_its_hose_a_crew_walks_on_and_counts_as_later_for_want_of_water() -> None:
    left = last_metres(RULES, HEAVY, np.array([200.0]))
    assert (left.water[0], left.hose_metres[0], left.setup_ms[0]) == (False, 0.0, 0)
    assert left.on_foot_metres[0] == pytest.approx(280.0)
    assert left.on_foot_ms[0] == 252_000
    assert left.without_water_ms[0] == 300_000


def test_people_on_foot_lay_no_hose_and_nobody_counts_them_as_late() -> None:
    left = last_metres(RULES, FOOT, np.array([80.0, 200.0]))
    assert left.on_foot_metres.tolist() == [0.0, pytest.approx(280.0)]
    assert not left.setup_ms.any()
    assert not left.without_water_ms.any()
    assert not left.water.any()


def lane(metres_of_lane: float, **facts: object) -> LiveRoads:
    return LiveRoads(build_graph(_roads(metres_of_lane, **facts), FLEET))


def test_a_light_engine_that_lays_water_comes_before_a_heavy_one_that_cannot() -> None:
    live, house = lane(300.0, width=2.5), at(10, 300.0 / 222.0)
    units = [Start(*at(8, 0), "heavy_engine"), Start(*at(0, 0), "light_engine", ready_ms=300_000)]
    heavy, light = rank(live, *house, units)
    assert heavy.arrival_ms < light.arrival_ms
    assert (heavy.water, light.water) == (False, True)
    assert heavy.on_foot_metres == pytest.approx(1.4 * 300.0, rel=0.01)
    assert light.total_ms < heavy.total_ms
    assert light.water_ms == light.total_ms
    assert rank(live, *house, units, k=1) == (None, light)


def test_an_engine_stops_at_a_narrow_lane_and_says_how_long_its_hose_is_and_what_holds_it() -> None:
    live, house = lane(160.0, width=2.5), at(10, 160.0 / 222.0)
    (heavy,) = rank(live, *house, [Start(*at(0, 0), "heavy_engine")])
    assert (heavy.stop_lon, heavy.stop_lat) == pytest.approx(at(10, 0))
    assert (heavy.water, heavy.on_foot_metres) == (True, 0.0)
    assert heavy.hose_metres == pytest.approx(1.4 * 160.0, rel=0.01)
    roads = _roads(160.0, width=2.5)
    metres, held = Shortfalls(live, roads, *house).of("heavy_engine", heavy)
    assert metres == pytest.approx(heavy.hose_metres, rel=0.01)
    assert held == "too_narrow"


def _roads(metres_of_lane: float, **facts: object) -> Roads:
    """A road, and at its end a lane to the north with a house at the end."""
    draft = Draft()
    draft.add([at(0, 0), at(10, 0)], id="road", road="primary")
    draft.add([at(10, 0), at(10, metres_of_lane / 222.0)], id="lane", **facts)
    return draft.roads()


def test_who_drives_up_to_the_house_is_not_told_to_stop_short() -> None:
    live, house = lane(300.0, width=2.5), at(10, 300.0 / 222.0)
    (reach,) = rank(live, *house, [Start(*at(0, 0), "light_engine")])
    assert Shortfalls(live, _roads(300.0, width=2.5), *house).of("light_engine", reach) == (0.0, None)


def test_a_road_closed_now_and_one_that_nothing_leads_to_are_told_apart() -> None:
    roads = _roads(300.0)
    live = lane(300.0)
    assert what_holds(live, roads, 1, "heavy_engine") == "no_way"
    shut = live.with_conditions([Condition("works", ("lane",))], 1)
    assert what_holds(shut, roads, 1, "heavy_engine") == "condition"
