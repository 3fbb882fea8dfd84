"""Learning speeds from drives, on drives made up from planted factors."""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.forces.speed_table import NewSpeed, laid_over, not_proposed, speeds_of, with_speeds
from routing.learning import Correction, Driven, Learned, LearningRules, RoadTime, expected_by_road, learn
from routing.live import Condition
from routing.rank import rank
from routing.reach import Start
from tests.rules.routing_world import FLEET, at, town

TABLE = {
    "heavy": {"primary": 60.0, "tertiary": 40.0, "residential": 25.0, "track": 12.0},
    "light": {"primary": 70.0, "tertiary": 45.0, "residential": 30.0, "track": 15.0},
}
TRUTH = {
    ("heavy", "primary"): 1.10, ("heavy", "tertiary"): 1.35, ("heavy", "residential"): 1.20, ("heavy", "track"): 1.60,
    ("light", "primary"): 0.95, ("light", "tertiary"): 1.15, ("light", "residential"): 1.05, ("light", "track"): 1.50,
}  # fmt: skip


def driven(
    count: int,
    seed: int,
    *,
    noise: float = 0.15,
    wild: float = 0.0,
    truth: dict[tuple[str, str], float] = TRUTH,
) -> list[Driven]:
    """`wild`: the share of drives with a stop on the way or a button pressed at the wrong time."""
    rng = np.random.default_rng(seed)
    drives = []
    for _ in range(count):
        vehicle = "heavy" if rng.random() < 0.5 else "light"
        roads = [road for road in TABLE[vehicle] if rng.random() < 0.6] or ["tertiary"]
        by_road = {road: RoadTime(float(rng.gamma(2.0, 150_000.0)), TABLE[vehicle][road]) for road in roads}
        seconds = sum(time.ms / 1000.0 * truth[vehicle, road] for road, time in by_road.items())
        seconds = seconds * math.exp(rng.normal(0.0, noise)) + rng.normal(0.0, 8.0)
        if rng.random() < wild:
            seconds *= rng.choice([0.2, 3.0, 5.0, 8.0])
        drives.append(Driven(vehicle, by_road, float(seconds)))
    return drives


def by_pair(learned: Learned) -> dict[tuple[str, str], Correction]:
    return {(one.vehicle_class, one.road_class): one for one in learned.corrections}


@pytest.mark.parametrize("seed", range(5))
def test_planted_factors_are_found_again(seed: int) -> None:
    found = by_pair(learn(driven(500, seed), TABLE))
    assert found.keys() == TRUTH.keys()
    for pair, one in found.items():
        assert abs(math.log(one.factor / TRUTH[pair])) < 0.08
        assert one.proposed_kmh == round(TABLE[pair[0]][pair[1]] / one.factor, 1)


def test_intervals_hold_the_truth_about_as_often_as_they_say() -> None:
    held = [
        one.low <= TRUTH[pair] <= one.high
        for seed in range(40)
        for pair, one in by_pair(learn(driven(150, seed), TABLE)).items()
    ]
    assert 0.85 <= np.mean(held) <= 1.0


@pytest.mark.parametrize("seed", range(5))
def test_stops_and_wrong_buttons_move_a_factor_by_less_than_a_tenth(seed: int) -> None:
    for pair, one in by_pair(learn(driven(500, seed, wild=0.15), TABLE)).items():
        assert abs(math.log(one.factor / TRUTH[pair])) < 0.12


def test_few_drives_move_little_and_propose_nothing() -> None:
    three = [Driven("heavy", {"tertiary": RoadTime(300_000.0, 40.0)}, 480.0 + 10 * n) for n in range(3)]
    [one] = learn(three[1:2], TABLE).corrections
    [few] = learn(three, TABLE).corrections
    [many] = learn(three * 40, TABLE).corrections
    raw = 490.0 / 300.0
    assert 1.0 < one.factor < 1.0 + 0.75 * (raw - 1.0)
    assert one.factor < few.factor < 1.0 + 0.9 * (raw - 1.0)
    assert few.proposed_kmh is None
    assert few.high - few.low > many.high - many.low
    assert abs(many.factor - raw) < 0.03
    assert many.proposed_kmh is not None


def test_more_drives_give_narrower_intervals() -> None:
    few, many = by_pair(learn(driven(60, 3), TABLE)), by_pair(learn(driven(600, 3), TABLE))
    for pair in few:
        assert many[pair].high - many[pair].low < few[pair].high - few[pair].low


def test_a_class_with_few_drives_leans_on_what_others_found_on_the_same_roads() -> None:
    snowed = dict.fromkeys(TRUTH, 1.5)
    drives = [one for one in driven(400, 7, truth=snowed) if one.vehicle_class == "light"]
    alone = by_pair(learn(driven(3, 8, truth=snowed), TABLE))
    heavy = [one for one in driven(30, 8, truth=snowed) if one.vehicle_class == "heavy"][:3]
    beside = by_pair(learn([*drives, *heavy], TABLE))
    pairs = [pair for pair in beside if pair[0] == "heavy" and pair in alone]
    assert pairs
    assert all(beside[pair].factor > 1.2 for pair in pairs)


def test_a_drive_under_an_older_table_is_judged_against_todays() -> None:
    drives = driven(400, 11)
    today = {vehicle: {road: kmh / 1.25 for road, kmh in roads.items()} for vehicle, roads in TABLE.items()}
    before, after = by_pair(learn(drives, TABLE)), by_pair(learn(drives, today))
    for pair in before:
        assert after[pair].factor == pytest.approx(before[pair].factor / 1.25, rel=0.03)
    again = speeds_after(drives)
    assert all(abs(math.log(one.factor)) < 0.03 for one in learn(drives, again).corrections)


def speeds_after(drives: list[Driven]) -> dict[str, dict[str, float]]:
    found = by_pair(learn(drives, TABLE))
    return {
        vehicle: {road: kmh / found[vehicle, road].factor for road, kmh in roads.items()}
        for vehicle, roads in TABLE.items()
    }


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.builds(
            Driven,
            st.sampled_from(("heavy", "light", "unknown")),
            st.dictionaries(
                st.sampled_from(("primary", "tertiary", "track", "gone")),
                st.builds(RoadTime, st.floats(-1.0, 1e9), st.floats(0.0, 200.0)),
                max_size=4,
            ),
            st.floats(allow_nan=True, allow_infinity=True),
        ),
        max_size=30,
    )
)
def test_whatever_was_recorded_factors_keep_within_their_bounds(drives: list[Driven]) -> None:
    rules = LearningRules()
    learned = learn(drives, TABLE, rules)
    assert learned.used + learned.left_out == len(drives)
    for one in learned.corrections:
        assert rules.lowest <= one.low <= one.factor <= one.high <= rules.highest
        assert one.proposed_kmh is None or one.drives >= rules.least_drives


def test_without_drives_nothing_is_said() -> None:
    assert learn([], TABLE).corrections == ()


def test_the_expected_time_by_class_of_road_adds_up_to_the_time_of_the_drive() -> None:
    live = town(4).live()
    slow = Condition("c", edges=tuple(live.graph.piece_ids[n] for n in range(0, 60, 3)), factor=0.5)
    for roads in (live, live.with_conditions((slow,), 1)):
        starts = [
            Start(*at(x + 0.37, y + 0.11), code)
            for x in range(1, 9, 3)
            for y in range(1, 9, 3)
            for code in FLEET
        ]
        driven_ways = 0
        for start, reach in zip(starts, rank(roads, *at(6.2, 5.3), starts), strict=True):
            parts = expected_by_road(roads, start.vehicle_class, reach)
            assert sum(time.ms for time in parts.values()) == pytest.approx(reach.travel_ms, abs=2.5)
            for road, time in parts.items():
                assert time.kmh == FLEET[start.vehicle_class].speeds_kmh[road]
            driven_ways += len(parts) > 1
        assert driven_ways > 5


def test_an_accepted_table_is_laid_over_the_folder_and_undone_without_a_trace() -> None:
    news = [NewSpeed("light_engine", "tertiary", 33.3), NewSpeed("heavy_engine", "track", 9.9)]
    factors = with_speeds({}, FLEET, news)
    laid = laid_over(FLEET, factors)
    assert speeds_of(laid)["light_engine"]["tertiary"] == 33.3
    assert speeds_of(laid)["heavy_engine"]["track"] == 9.9
    assert speeds_of(laid)["light_engine"]["primary"] == FLEET["light_engine"].speeds_kmh["primary"]
    assert laid["foot_crew"] is FLEET["foot_crew"]
    again = with_speeds(factors, FLEET, [NewSpeed("light_engine", "tertiary", 30.0)])
    assert speeds_of(laid_over(FLEET, again))["light_engine"]["tertiary"] == 30.0
    assert speeds_of(laid_over(FLEET, again))["heavy_engine"]["track"] == 9.9
    assert laid_over(FLEET, {}) == FLEET
    assert laid_over(FLEET, {"gone": {"tertiary": 0.5}, "light_engine": {"gone": 0.5}}) == FLEET


def test_only_what_is_proposed_now_can_be_accepted() -> None:
    one = Correction("heavy", "track", 20, 5.0, 1.5, 1.4, 1.6, 12.0, 8.0)
    few = replace(one, road_class="tertiary", proposed_kmh=None)
    assert not_proposed([NewSpeed("heavy", "track", 8.0)], [one, few]) == []
    wrong = [
        NewSpeed("heavy", "track", 8.1),
        NewSpeed("heavy", "tertiary", 20.0),
        NewSpeed("light", "track", 8.0),
    ]
    assert not_proposed(wrong, [one, few]) == wrong


def test_speeds_of_a_laid_table_cannot_be_written_to() -> None:
    laid = laid_over(FLEET, {"light_engine": {"tertiary": 0.5}})
    assert isinstance(laid["light_engine"].speeds_kmh, MappingProxyType)
