"""The hierarchy gives the times of the search, to the millisecond, and ways that can be driven."""

import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from routing import hierarchy as module
from routing import rank as rank_module
from routing.everyone import Everyone
from routing.hierarchy import Hierarchy, hierarchy_for, open_hierarchy
from routing.live import LiveRoads
from routing.rank import Fleet, rank, rank_times
from routing.reach import Start
from tests.rules.routing_oracle import Oracle
from tests.rules.routing_world import FLEET, some_conditions, somewhere, town


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLIMBING", -1.0)
    monkeypatch.setattr(
        rank_module, "FIRST_WALK_METRES", 40.0
    )  # so that the walk is looked at again and again


@pytest.mark.parametrize("seed", range(6))
def test_every_time_is_the_searchs_and_every_way_adds_up(seed: int) -> None:
    rng = np.random.default_rng(seed)
    plain = LiveRoads(town(seed).graph())
    climbing = plain.with_hierarchy(Hierarchy(plain.graph))
    oracles = {code: Oracle(plain, code) for code in FLEET}
    for _ in range(8):
        starts = [
            Start(
                *somewhere(rng, plain), str(rng.choice(list(FLEET))), ready_ms=int(rng.integers(0, 300_000))
            )
            for _ in range(40)
        ]
        place = somewhere(rng, plain)
        for ours, theirs, start in zip(
            rank(climbing, *place, starts), rank(plain, *place, starts), starts, strict=True
        ):
            assert (ours.travel_ms, ours.on_foot_ms) == (theirs.travel_ms, theirs.on_foot_ms)
            assert (ours.by_road, ours.stop) == (theirs.by_road, theirs.stop)
            oracles[start.vehicle_class].assert_drivable(ours)


def test_the_best_k_are_those_of_the_search_also_under_conditions() -> None:
    rng = np.random.default_rng(11)
    plain = LiveRoads(town(11).graph())
    climbing = plain.with_hierarchy(Hierarchy(plain.graph))
    for version in range(1, 6):
        conditions = some_conditions(rng, plain)
        for vehicle_class in FLEET:
            starts = [
                Start(*somewhere(rng, plain), vehicle_class, ready_ms=int(rng.integers(0, 300_000)))
                for _ in range(30)
            ]
            place = somewhere(rng, plain)
            for k in (1, 5, 30):
                ways = [
                    rank(live.with_conditions(conditions, version), *place, starts, k=k)
                    for live in (plain, climbing)
                ]
                times = [[reach and reach.total_ms for reach in way] for way in ways]
                assert times[0] == times[1]


def test_an_order_computed_before_serves_again() -> None:
    live = LiveRoads(town(3).graph())
    first = Hierarchy(live.graph)
    assert np.array_equal(Hierarchy(live.graph, first.order).order, first.order)
    assert np.array_equal(Hierarchy(live.graph).order, first.order)


def test_what_was_made_ready_is_not_customized_again_by_the_first_alarm(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rng = np.random.default_rng(7)
    live = LiveRoads(town(7).graph())
    hierarchy = Hierarchy(live.graph)
    hierarchy.make_ready(live, FLEET)

    def customize(*_: object) -> None:
        raise AssertionError("a metric was made while an alarm waited")

    monkeypatch.setattr(module, "customize", customize)
    climbing = live.with_hierarchy(hierarchy)
    starts = [Start(*somewhere(rng, live), vehicle_class) for vehicle_class in FLEET]
    place = somewhere(rng, live)
    assert [reach.total_ms for reach in rank(climbing, *place, starts)] == [
        reach.total_ms for reach in rank(live, *place, starts)
    ]


def test_threads_may_climb_at_once() -> None:
    rng = np.random.default_rng(5)
    live = LiveRoads(town(5).graph())
    live = live.with_hierarchy(Hierarchy(live.graph))
    fleet = Fleet(live, [Start(*somewhere(rng, live), str(rng.choice(list(FLEET)))) for _ in range(50)])
    places = [somewhere(rng, live) for _ in range(40)]

    def times(place: tuple[float, float]) -> list[int]:
        return [int(time) for time in rank_times(live, *place, fleet).total_ms]

    alone = [times(place) for place in places]
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(times, places * 3)) == alone * 3


def test_an_order_is_kept_in_the_cache_and_a_spoilt_one_computed_again(tmp_path: Path) -> None:
    graph = town(3).graph()
    first = open_hierarchy(tmp_path / "graphs", graph)
    (kept,) = (tmp_path / "graphs").glob("*.order.npy")
    assert np.array_equal(open_hierarchy(tmp_path / "graphs", graph).order, first.order)
    for spoilt in (b"", b"no order", kept.read_bytes()[:200]):
        kept.write_bytes(spoilt)
        assert np.array_equal(open_hierarchy(tmp_path / "graphs", graph).order, first.order)
        assert np.array_equal(np.load(kept), first.order)
    with kept.open("wb") as file:
        np.save(file, np.zeros(graph.nodes, dtype=np.int32))
    assert np.array_equal(open_hierarchy(tmp_path / "graphs", graph).order, first.order)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way", encoding="utf-8")
    graph = town(3).graph()
    assert sorted(open_hierarchy(tmp_path / "file", graph).order) == list(range(graph.nodes))


@pytest.mark.parametrize("seed", range(3))
def test_under_conditions_it_answers_once_its_times_are_made_ready(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    plain = LiveRoads(town(seed).graph())
    climbing = plain.with_hierarchy(Hierarchy(plain.graph))
    for version in range(1, 5):
        conditions = some_conditions(rng, plain)
        searched = plain.with_conditions(conditions, version)
        climbed = climbing.with_conditions(conditions, version)
        assert all(hierarchy_for(climbed, code) is None for code in climbed.touched)
        climbed.make_hierarchy_ready()
        assert all(hierarchy_for(climbed, code) is not None for code in FLEET)
        starts = [Start(*somewhere(rng, plain), str(rng.choice(list(FLEET)))) for _ in range(30)]
        oracles = {code: Oracle(climbed, code) for code in FLEET}
        for _ in range(3):
            place = somewhere(rng, plain)
            for ours, theirs, start in zip(
                rank(climbed, *place, starts), rank(searched, *place, starts), starts, strict=True
            ):
                assert (ours.total_ms, ours.by_road, ours.delay_ms > 0) == (
                    theirs.total_ms, theirs.by_road, theirs.delay_ms > 0,
                )  # fmt: skip
                oracles[start.vehicle_class].assert_drivable(ours)


def test_a_version_of_the_roads_ends_with_its_last_holder_although_fleets_are_remembered_with_it() -> None:
    rng = np.random.default_rng(9)
    plain = LiveRoads(town(9).graph())
    plain = plain.with_hierarchy(Hierarchy(plain.graph))
    live = plain.with_conditions(some_conditions(rng, plain), 1)
    live.make_hierarchy_ready()
    rank(live, *somewhere(rng, live), [Start(*somewhere(rng, live), code) for code in FLEET])
    held = weakref.ref(live)
    gc.disable()
    try:
        del live
        assert held() is None
    finally:
        gc.enable()


def test_the_columns_of_everyone_say_what_each_answer_says() -> None:
    rng = np.random.default_rng(12)
    plain = LiveRoads(town(12).graph())
    for live in (plain, plain.with_hierarchy(Hierarchy(plain.graph))):
        live = live.with_conditions(some_conditions(rng, live), 1)
        live.make_hierarchy_ready()
        starts = [
            Start(*somewhere(rng, live), str(rng.choice(list(FLEET))), ready_ms=int(rng.integers(0, 90_000)))
            for _ in range(40)
        ]
        for _ in range(4):
            place = somewhere(rng, live)
            everyone = Everyone(live, *place, Fleet(live, starts))
            for number, reach in enumerate(rank(live, *place, starts)):
                told = everyone.reach(number)
                assert told == reach
                figures = everyone.figures
                assert (figures.total_ms[number], figures.way_ms[number]) == (
                    reach.total_ms, reach.travel_ms + reach.on_foot_ms,
                )  # fmt: skip
                assert (figures.reachable[number], figures.on_foot_metres[number]) == (
                    reach.reachable, reach.on_foot_metres,
                )  # fmt: skip
                assert figures.by_road[number] == reach.by_road
