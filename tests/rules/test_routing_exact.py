"""Rankings equal scipy's on the exported graph to the millisecond, with every way to drive and to walk."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from gis_data.errors import InputError
from routing.live import LiveRoads
from routing.path import path_of
from routing.rank import Reach, Start, rank
from routing.route import route
from tests.rules.routing_oracle import INFINITE, Oracle
from tests.rules.routing_world import (
    FLEET,
    Draft,
    at,
    some_conditions,
    somewhere,
    town,
)


def with_walk(live: LiveRoads, longest_walk_metres: float) -> LiveRoads:
    """The same roads in a county where people walk no farther."""
    rules = replace(live.graph.rules, longest_walk_metres=longest_walk_metres)
    return LiveRoads(replace(live.graph, rules=rules))


def assert_exact(
    live: LiveRoads, lon: float, lat: float, starts: list[Start], judge: type[Oracle] = Oracle
) -> int:
    """Every answer against the oracle; how many of them drive all the way."""
    oracles = {code: judge(live, code) for code in {start.vehicle_class for start in starts}}
    arrived = 0
    for start, reach in zip(starts, rank(live, lon, lat, starts), strict=True):
        oracle = oracles[start.vehicle_class]
        times = oracle.from_start(reach.start)
        alarm = live.find_point(lon, lat, start.vehicle_class, "alarm")
        nearest = live.find_point(lon, lat, None, "alarm")
        assert nearest is not None
        near = alarm is not None and alarm.off_road_metres <= nearest.off_road_metres + 100.0
        drive = oracle.drive(reach.start, times, alarm) if alarm is not None and near else INFINITE
        assert reach.by_road == (drive < INFINITE)
        if reach.by_road:
            assert reach.reachable
            assert reach.travel_ms == drive
            arrived += 1
        else:
            rules = live.graph.rules
            common = nearest.off_road_metres if nearest.off_road_metres > rules.at_scene_metres else 0.0
            furthest = rules.longest_walk_metres + common * rules.walk_detour
            assert abs(reach.total_ms - oracle.best_total(reach.start, times, lon, lat, furthest)) <= 1
            assert reach.reachable == (reach.on_foot_metres <= furthest)
        oracle.assert_drivable(reach)
        oracle.assert_last_metres(reach, lon, lat)
        path = path_of(live, start, reach)
        assert path.coordinates[0] == pytest.approx((reach.start.lon, reach.start.lat), abs=1e-7)
        assert path.coordinates[-1] == pytest.approx((reach.stop.lon, reach.stop.lat), abs=1e-7)
    return arrived


@pytest.mark.parametrize("seed", range(12))
def test_every_time_equals_scipys_under_random_closures(seed: int) -> None:
    rng = np.random.default_rng(seed)
    live = with_walk(LiveRoads(town(seed).graph()), float(rng.choice([400.0, 10_000.0])))
    arrived = 0
    for version in range(4):
        starts = [Start(*somewhere(rng, live), str(rng.choice(list(FLEET)))) for _ in range(40)]
        arrived += assert_exact(live, *somewhere(rng, live), starts)
        live = live.with_conditions(some_conditions(rng, live), version + 1)
    assert arrived > 0


def test_the_best_k_are_the_first_k_of_all() -> None:
    rng = np.random.default_rng(7)
    live = LiveRoads(town(7).graph())
    for _ in range(30):
        starts = [
            Start(
                *somewhere(rng, live), str(rng.choice(list(FLEET))), ready_ms=int(rng.integers(0, 4)) * 60_000
            )
            for _ in range(30)
        ]
        place = somewhere(rng, live)
        everyone = rank(live, *place, starts)
        best = rank(live, *place, starts, k=5)
        order = sorted(range(30), key=lambda index: (everyone[index].total_ms, index))
        assert [index for index in range(30) if best[index] is not None] == sorted(order[:5])
        assert all(best[index] == everyone[index] for index in order[:5])


def test_a_unit_that_rolls_later_is_later_by_just_that_much_and_drives_the_same_way() -> None:
    rng = np.random.default_rng(17)
    live = LiveRoads(town(17).graph())
    for version in range(8):
        starts = [Start(*somewhere(rng, live), str(rng.choice(list(FLEET)))) for _ in range(25)]
        later = [start._replace(ready_ms=int(rng.integers(0, 600_000))) for start in starts]
        place = somewhere(rng, live)
        for before, after, start in zip(
            rank(live, *place, starts), rank(live, *place, later), later, strict=True
        ):
            assert after.total_ms == before.total_ms + start.ready_ms
            assert replace(after, ready_ms=0) == before
        live = live.with_conditions(some_conditions(rng, live), version + 1)


@pytest.mark.parametrize("ready_ms", [-1, 2**31])
def test_a_unit_that_is_never_ready_is_refused(ready_ms: int) -> None:
    with pytest.raises(InputError, match="unit 1: ready in"):
        rank(
            two_ends().live(),
            *at(3, 0),
            [Start(*at(1, 0), "heavy_engine"), Start(*at(1, 0), "heavy_engine", ready_ms=ready_ms)],
        )


@pytest.mark.parametrize("k", [None, 5])
def test_eight_searches_at_once_give_the_answers_of_one_at_a_time(k: int | None) -> None:
    rng = np.random.default_rng(8)
    live = LiveRoads(town(8, side=25).graph())
    starts = [Start(*somewhere(rng, live), str(rng.choice(list(FLEET)))) for _ in range(60)]
    places = [somewhere(rng, live) for _ in range(64)]

    def answer(place: tuple[float, float]) -> tuple[tuple[Reach, tuple[int, ...]] | None, ...]:
        found = rank(live, *place, starts) if k is None else rank(live, *place, starts, k=k)
        return tuple(reach and (reach, tuple(map(int, reach.arcs))) for reach in found)

    alone = [answer(place) for place in places]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(answer, places * 3))
    assert together == alone * 3


def test_a_route_between_nodes_is_scipys_distance_between_them() -> None:
    live = LiveRoads(town(9).graph())
    oracle = Oracle(live, "light_engine")
    rng = np.random.default_rng(9)
    checked = 0
    for _ in range(300):
        a, b = (int(node) for node in rng.integers(live.graph.nodes, size=2))
        points = [(float(live.graph.node_lon[n]), float(live.graph.node_lat[n])) for n in (a, b)]
        found = route(live, points[0], points[1], "light_engine")
        if found.start.node != a or found.goal.node != b:
            continue  # a node of footpaths only: the class starts from the nearest road of its own
        times = oracle.from_start(found.start)
        assert (found.reach.travel_ms if found.reach.by_road else INFINITE) == times[b]
        checked += 1
    assert checked > 150


def two_ends() -> Draft:
    """A one-way street A → B of 1 km with a long way round from B back to A."""
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="street", oneway=1)
    draft.add([at(6, 0), at(6, 3), at(0, 3), at(0, 0)], id="round")
    return draft


def test_a_unit_behind_the_alarm_on_its_own_one_way_drives_straight_and_one_ahead_goes_round() -> None:
    live = two_ends().live()
    behind, ahead = rank(
        live, *at(3, 0), [Start(*at(1, 0), "heavy_engine"), Start(*at(5, 0), "heavy_engine")]
    )
    assert len(behind.arcs) == 1
    assert len(ahead.arcs) == 3
    assert ahead.travel_ms > behind.travel_ms
    for reach in (behind, ahead):
        Oracle(live, "heavy_engine").assert_drivable(reach)


def test_a_class_that_may_goes_against_the_one_way() -> None:
    live = two_ends().live()
    (against,) = rank(live, *at(3, 0), [Start(*at(5, 0), "light_engine")])
    assert len(against.arcs) == 1


def test_a_unit_on_the_alarm_needs_no_time() -> None:
    live = two_ends().live()
    for place in (at(3, 0), at(0, 0)):
        (reach,) = rank(live, *place, [Start(*place, "heavy_engine")])
        assert (reach.by_road, reach.travel_ms, reach.distance_metres, reach.on_foot_ms) == (
            True,
            0,
            0.0,
            0,
        )


def test_parallel_roads_are_told_apart() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(2, 0)], id="slow", road="track")
    draft.add([at(0, 0), at(1, 0.2), at(2, 0)], id="fast", road="primary")
    live = draft.live()
    (reach,) = rank(live, *at(2, 0), [Start(*at(0, 0), "light_engine")])
    assert path_of(live, None, reach).coordinates[1] == at(1, 0.2)
    slow = rank(live, *at(1, 0), [Start(*at(0, 0), "light_engine")])[0]
    assert live.graph.piece_ids[slow.arcs[-1] >> 1] == "slow"


def test_where_a_road_comes_back_over_itself_its_first_nearest_point_is_the_stop() -> None:
    draft = Draft()
    draft.add([at(0, 2), at(1, 0), at(0, 2)], oneway=1)
    draft.add([at(0, 0), at(0, 0.1)], road="footway")
    live = draft.live()
    (reach,) = rank(live, *at(0, 0), [Start(*at(0, 2), "heavy_engine")])
    assert reach.stop.fraction == pytest.approx(0.4282, abs=1e-3)
    assert_exact(live, *at(0, 0), [Start(*at(0, 2), "heavy_engine")])


def test_a_loop_is_entered_on_the_shorter_side() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(2, 0)], id="way")
    draft.add([at(2, 0), at(3, 0), at(3, 1), at(2, 1), at(2, 0)], id="loop")
    live = draft.live()
    near, far = at(2.2, 0), at(2, 0.8)
    for place, direction in ((near, 0), (far, 1)):
        (reach,) = rank(live, *place, [Start(*at(1, 0), "heavy_engine")])
        assert reach.arcs[-1] & 1 == direction
        Oracle(live, "heavy_engine").assert_drivable(reach)
