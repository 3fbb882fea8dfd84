"""Units under way go on before they come back: by the time their class needs to turn round, and where it can."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import hierarchy as module
from routing.hierarchy import Hierarchy
from routing.live import Condition, LiveRoads
from routing.matrix import travel_matrix
from routing.path import path_of
from routing.point import EdgePoint
from routing.rank import Reach, Start, rank
from tests.rules.routing_turn_oracle import TurnOracle
from tests.rules.routing_world import FLEET, Draft, at, some_conditions, somewhere, town
from tests.rules.test_routing_exact import assert_exact, two_ends, with_walk
from tests.rules.test_routing_odd import drafted, roads, spots

TURN_MS = {"heavy_engine": 60_000, "light_engine": 20_000, "fire_motorcycle": 3_000, "foot_crew": 0}


def under_way(live: LiveRoads, vehicle_class: str, arc: int, fraction: float, directed: bool = True) -> Start:
    """A unit at a fraction of an arc."""
    graph = live.graph
    piece, ahead = arc >> 1, fraction if arc & 1 == 0 else 1.0 - fraction
    along = graph.along_metres[graph.starts[piece] : graph.starts[piece + 1]]
    coords = graph.coords[graph.starts[piece] : graph.starts[piece + 1]]
    lon, lat = (float(np.interp(ahead * along[-1], along, coords[:, axis])) for axis in (0, 1))
    return Start(lon, lat, vehicle_class, EdgePoint(arc, fraction, lon, lat, 0.0, directed=directed))


def on(live: LiveRoads, edge: str, against: bool = False) -> int:
    return 2 * live.graph.piece_of[edge] + against


def anyone(rng: np.random.Generator, live: LiveRoads) -> Start:
    code = str(rng.choice(list(FLEET)))
    if rng.random() < 0.3:
        return Start(*somewhere(rng, live), code)
    arc, fraction = int(rng.integers(live.graph.arcs)), float(rng.choice([0.0, 1.0, rng.random()]))
    return under_way(live, code, arc, fraction, directed=rng.random() < 0.8)


@pytest.mark.parametrize("seed", range(8))
def test_every_time_of_units_under_way_equals_scipys_on_the_graph_of_arcs(seed: int) -> None:
    rng = np.random.default_rng(100 + seed)
    live = with_walk(LiveRoads(town(seed).graph()), float(rng.choice([400.0, 10_000.0])))
    arrived = 0
    for version in range(4):
        for _ in range(3):
            starts = [anyone(rng, live) for _ in range(30)]
            on_own_road = starts[0].lon, starts[0].lat
            place = on_own_road if rng.random() < 0.3 else somewhere(rng, live)
            arrived += assert_exact(live, *place, starts, TurnOracle)
        live = live.with_conditions(some_conditions(rng, live), version + 1)
    assert arrived > 0


@settings(max_examples=200, deadline=None)
@given(
    pieces=st.lists(roads, min_size=1, max_size=12),
    alarm=st.one_of(spots, st.tuples(st.integers(0, 11), st.sampled_from([0.0, 0.3, 0.5, 1.0]))),
    units=st.lists(
        st.tuples(
            st.integers(0, 23), st.sampled_from([0.0, 0.2, 0.5, 0.7, 1.0]), st.sampled_from(list(FLEET)),
            st.booleans(),
        ),
        min_size=1, max_size=6,
    ),
    closed=st.sets(st.integers(0, 11)),
    factor=st.sampled_from([0.0, 0.01, 0.5]),
)  # fmt: skip
def test_any_network_is_ranked_exactly_for_units_under_way(
    pieces: list[dict[str, object]],
    alarm: tuple[float, float],
    units: list[tuple[int, float, str, bool]],
    closed: set[int],
    factor: float,
) -> None:
    live = drafted(pieces).live()
    edges = tuple(f"r{number}" for number in sorted(closed))
    live = live.with_conditions([Condition("c", edges, None, factor)], 1)
    starts = [
        under_way(live, code, arc % live.graph.arcs, fraction, directed)
        for arc, fraction, code, directed in units
    ]
    on_road = under_way(live, "heavy_engine", 2 * (int(alarm[0]) % len(pieces)), abs(alarm[1]) % 1.0)
    for place in (at(*alarm), (on_road.lon, on_road.lat)):
        assert_exact(live, *place, starts, TurnOracle)


def test_the_hierarchy_gives_the_times_of_the_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CLIMBING", 0.0)
    rng = np.random.default_rng(5)
    plain = LiveRoads(town(5).graph())
    climbing = plain.with_hierarchy(Hierarchy(plain.graph))
    for _ in range(10):
        starts, place = [anyone(rng, plain) for _ in range(30)], somewhere(rng, plain)
        for ours, theirs in zip(rank(climbing, *place, starts), rank(plain, *place, starts), strict=True):
            assert (ours.travel_ms, ours.on_foot_ms, ours.stop) == (
                theirs.travel_ms, theirs.on_foot_ms, theirs.stop,
            )  # fmt: skip
        assert_exact(climbing, *place, starts, TurnOracle)


def test_a_matrix_of_units_under_way_is_that_of_their_rankings() -> None:
    rng = np.random.default_rng(23)
    live = LiveRoads(town(4).graph())
    starts, places = [anyone(rng, live) for _ in range(20)], [somewhere(rng, live) for _ in range(10)]
    places.append((starts[0].lon, starts[0].lat))
    table = travel_matrix(live, starts, places)
    for column, place in enumerate(places):
        for row, reach in enumerate(rank(live, *place, starts)):
            assert (table.total_ms[row, column], table.by_road[row, column]) == (
                reach.total_ms,
                reach.by_road,
            )


def one(live: LiveRoads, place: tuple[float, float], start: Start) -> Reach:
    (reach,) = rank(live, *place, [start])
    TurnOracle(live, start.vehicle_class).assert_drivable(reach)
    return reach


@pytest.mark.parametrize("code", FLEET)
def test_what_lies_ahead_on_its_own_road_costs_no_turn(code: str) -> None:
    live = two_ends().live()
    ahead = under_way(live, code, on(live, "street"), 0.2)
    standing = under_way(live, code, on(live, "street"), 0.2, directed=False)
    assert one(live, at(3, 0), ahead).travel_ms == one(live, at(3, 0), standing).travel_ms


@pytest.mark.parametrize("code", ["light_engine", "fire_motorcycle", "foot_crew"])
def test_a_class_that_turns_on_the_road_turns_for_what_lies_behind(code: str) -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="street")
    live = draft.live()
    passed = one(live, at(1, 0), under_way(live, code, on(live, "street"), 0.5))
    standing = one(live, at(1, 0), under_way(live, code, on(live, "street"), 0.5, directed=False))
    assert passed.travel_ms == standing.travel_ms + TURN_MS[code]
    assert list(passed.arcs) == [on(live, "street", against=True)]


def test_a_heavy_engine_goes_on_over_nodes_of_one_road_to_the_next_junction() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="first")
    draft.add([at(6, 0), at(7, 0)], id="second")
    draft.add([at(7, 0), at(15, 0)], id="third")
    draft.add([at(7, 0), at(7, 5)], id="side")
    live = draft.live()
    start = under_way(live, "heavy_engine", on(live, "first"), 0.5)
    back = one(live, at(1, 0), start)
    assert [live.graph.piece_ids[arc >> 1] for arc in back.arcs] == ["first", "second", "second", "first"]
    straight = one(live, at(7, 0), start)
    both_ways = (
        2 * straight.travel_ms
        + one(
            live, at(1, 0), under_way(live, "heavy_engine", on(live, "first"), 0.5, directed=False)
        ).travel_ms
    )
    assert back.travel_ms == pytest.approx(both_ways + 60_000, abs=3)
    assert one(live, at(7, 0.5), start).travel_ms < back.travel_ms
    assert path_of(live, None, back).coordinates[0] == pytest.approx((start.lon, start.lat), abs=1e-7)


def test_a_heavy_engine_turns_at_the_end_of_a_road_and_nowhere_in_a_ring() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="end")
    draft.add([at(0, 9), at(6, 9), at(6, 12)], id="ring")
    draft.add([at(6, 12), at(0, 12), at(0, 9)], id="closing")
    live = draft.live()
    back = one(live, at(1, 0), under_way(live, "heavy_engine", on(live, "end"), 0.5))
    assert list(back.arcs) == [on(live, "end"), on(live, "end", against=True)]
    round_ = one(live, at(1, 9), under_way(live, "heavy_engine", on(live, "ring"), 0.5))
    assert list(round_.arcs) == [on(live, "ring"), on(live, "closing"), on(live, "ring")]


def test_an_engine_that_just_passed_the_alarm_backs_up() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(60, 0)], id="street")
    live = draft.live()
    start = under_way(live, "heavy_engine", on(live, "street"), 0.5)
    near, far = one(live, at(29.7, 0), start), one(live, at(20, 0), start)
    assert list(near.arcs) == [on(live, "street", against=True)]
    assert 60_000 < near.travel_ms < 75_000
    assert len(far.arcs) == 2


def test_a_unit_whose_road_is_closed_ahead_turns_where_it_stands() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="street", oneway=1)
    draft.add([at(6, 0), at(6, 3), at(0, 3), at(0, 0)], id="round")
    live = draft.live()
    wrong_way = under_way(live, "heavy_engine", on(live, "street", against=True), 0.5)
    assert (
        one(live, at(6, 0), wrong_way).travel_ms
        == 60_000 + one(live, at(6, 0), under_way(live, "heavy_engine", on(live, "street"), 0.5)).travel_ms
    )


def test_the_best_k_of_units_under_way_are_the_first_k_of_all() -> None:
    rng = np.random.default_rng(17)
    live = LiveRoads(town(7).graph())
    for _ in range(20):
        starts, place = [anyone(rng, live) for _ in range(30)], somewhere(rng, live)
        everyone, best = rank(live, *place, starts), rank(live, *place, starts, k=5)
        order = sorted(range(30), key=lambda index: (everyone[index].total_ms, index))
        assert [index for index in range(30) if best[index] is not None] == sorted(order[:5])
