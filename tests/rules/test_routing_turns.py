"""Turn restrictions: waived, or honoured by a class so exactly that scipy on the graph of arcs finds the same times."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from gis_data.errors import InputError
from gis_data.model import Place
from routing.coverage import Post, coverage
from routing.graph import build_graph
from routing.isochrone import stretches_within
from routing.live import Condition, LiveRoads
from routing.matrix import travel_matrix
from routing.point import EdgePoint
from routing.rank import Reach, Start, rank
from routing.turns import with_turns
from tests.rules.routing_oracle import INFINITE, Oracle
from tests.rules.routing_turn_oracle import TurnOracle
from tests.rules.routing_world import FLEET, Draft, at, some_conditions, somewhere, town
from tests.rules.test_routing_directed import anyone, on, under_way
from tests.rules.test_routing_exact import assert_exact, with_walk
from tests.rules.test_routing_odd import drafted, roads, spots

Restriction = tuple[str, str, str]
LAWFUL = {code: replace(vehicle, honours_turn_restrictions=True) for code, vehicle in FLEET.items()}
RULES = ("no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "only_straight_on", "only_left_turn")


def lawful(draft: Draft, restrictions: Iterable[Restriction]) -> LiveRoads:
    return LiveRoads(with_turns(build_graph(draft.roads(), LAWFUL), restrictions))


def some_restrictions(rng: np.random.Generator, draft: Draft, share: float) -> list[Restriction]:
    """At a share of the pairs of pieces that meet, and U-turns at a share of the pieces."""
    ends: dict[tuple[float, float], list[str]] = {}
    for row in draft.rows:
        line = row["line"]
        for spot in {line[0], line[-1]}:  # type: ignore[index]
            ends.setdefault(spot, []).append(str(row["id"]))
    found = [
        (a, b, str(rng.choice(RULES[:3] if rng.random() < 0.8 else RULES[4:])))
        for pieces in ends.values()
        for a in pieces
        for b in pieces
        if a != b and rng.random() < share
    ]
    return found + [(str(row["id"]),) * 2 + ("no_u_turn",) for row in draft.rows if rng.random() < share]


@pytest.mark.parametrize("seed", range(10))
def test_every_time_of_a_lawful_class_equals_scipys_on_the_graph_of_arcs(seed: int) -> None:
    rng = np.random.default_rng(200 + seed)
    draft = town(seed)
    live = lawful(draft, some_restrictions(rng, draft, float(rng.choice([0.03, 0.15, 0.4]))))
    live = with_walk(live, float(rng.choice([400.0, 10_000.0])))
    arrived = 0
    for version in range(4):
        for _ in range(3):
            starts = [anyone(rng, live) for _ in range(30)]
            place = (starts[0].lon, starts[0].lat) if rng.random() < 0.3 else somewhere(rng, live)
            arrived += assert_exact(live, *place, starts, TurnOracle)
        live = live.with_conditions(some_conditions(rng, live), version + 1)
    assert arrived > 0


def has_one_nearest_point(piece: dict[str, object]) -> bool:
    """A road that goes back over itself has two, and the oracle may take the other."""
    (a, b), via = piece["ends"], piece["via"]  # type: ignore[misc]
    line = LineString([a, *via, b])  # type: ignore[misc]
    return line.length == 0.0 or bool(line.is_simple)


@settings(max_examples=250, deadline=None)
@given(
    pieces=st.lists(roads.filter(has_one_nearest_point), min_size=1, max_size=12),
    restrictions=st.lists(
        st.tuples(st.integers(0, 11), st.integers(0, 11), st.sampled_from(RULES)), max_size=12
    ),
    alarm=spots,
    units=st.lists(
        st.tuples(
            st.integers(0, 23), st.sampled_from([0.0, 0.2, 0.5, 1.0]), st.sampled_from(list(FLEET)),
            st.booleans(),
        ),
        min_size=1, max_size=6,
    ),
    standing=st.lists(st.tuples(spots, st.sampled_from(list(FLEET))), max_size=3),
    closed=st.sets(st.integers(0, 11)),
    factor=st.sampled_from([0.0, 0.5]),
)  # fmt: skip
def test_any_network_with_any_restrictions_is_ranked_exactly(
    pieces: list[dict[str, object]],
    restrictions: list[tuple[int, int, str]],
    alarm: tuple[float, float],
    units: list[tuple[int, float, str, bool]],
    standing: list[tuple[tuple[float, float], str]],
    closed: set[int],
    factor: float,
) -> None:
    live = lawful(drafted(pieces), [(f"r{a}", f"r{b}", rule) for a, b, rule in restrictions])
    live = live.with_conditions([Condition("c", tuple(f"r{n}" for n in sorted(closed)), None, factor)], 1)
    starts = [Start(*at(*spot), code) for spot, code in standing]
    starts += [
        under_way(live, code, arc % live.graph.arcs, fraction, directed)
        for arc, fraction, code, directed in units
    ]
    for place in (at(*alarm), (starts[-1].lon, starts[-1].lat)):
        assert_exact(live, *place, starts, TurnOracle)


@pytest.mark.parametrize("seed", range(3))
def test_the_best_k_of_a_lawful_fleet_are_the_first_k_of_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    draft = town(seed)
    live = lawful(draft, some_restrictions(rng, draft, 0.2))
    for _ in range(15):
        starts, place = [anyone(rng, live) for _ in range(30)], somewhere(rng, live)
        everyone, best = rank(live, *place, starts), rank(live, *place, starts, k=5)
        order = sorted(range(30), key=lambda index: (everyone[index].total_ms, index))
        assert [index for index in range(30) if best[index] is not None] == sorted(order[:5])


@pytest.mark.parametrize("seed", range(4))
def test_isochrones_of_a_lawful_class_reach_what_scipy_reaches_on_the_graph_of_arcs(seed: int) -> None:
    rng = np.random.default_rng(70 + seed)
    draft = town(seed)
    live = lawful(draft, some_restrictions(rng, draft, 0.3))
    for code in FLEET:
        start = live.find_point(*somewhere(rng, live), code, "start")
        assert start is not None
        oracle, limit = TurnOracle(live, code), int(rng.integers(20_000, 200_000))
        times = oracle.from_start(start)
        reached = stretches_within(live, start, code, limit)
        for piece in range(len(live.graph.length_metres)):
            for fraction in (0.1, 0.5, 0.9):
                drive = oracle.drive(start, times, EdgePoint(2 * piece, fraction, 0.0, 0.0, 0.0))
                if abs(drive - limit) > 2:
                    here = reached.piece == piece
                    inside = (reached.begin[here] <= fraction) & (fraction <= reached.end[here])
                    assert inside.any() == (drive < limit)


@pytest.mark.parametrize("seed", range(4))
def test_a_matrix_and_a_coverage_of_a_lawful_class_say_what_a_ranking_says(seed: int) -> None:
    rng = np.random.default_rng(50 + seed)
    draft = town(seed)
    live = lawful(draft, some_restrictions(rng, draft, 0.2))
    live = live.with_conditions(some_conditions(rng, live), 1)
    spots = [somewhere(rng, live) for _ in range(25)]
    for code in FLEET:
        starts = [Start(*somewhere(rng, live), code) for _ in range(12)]
        for few, many in ((starts[:6], spots), (starts, spots[:6])):
            table = travel_matrix(live, few, many, metres=True)
            for column, place in enumerate(many):
                for row, reach in enumerate(rank(live, *place, few)):
                    if reach.by_road:
                        assert table.travel_ms[row, column] == reach.travel_ms
                        assert table.distance_metres[row, column] == pytest.approx(reach.distance_metres)
        posts = [Post(f"s{n}", start.lon, start.lat, code, 0.0) for n, start in enumerate(starts[:3])]
        places = [
            Place(f"p{n}", "p", "village", "", "", Point(*spot), 0.0, 1) for n, spot in enumerate(spots)
        ]
        oracle = TurnOracle(live, code)
        times = {
            post.code: (start, oracle.from_start(start))
            for post in posts
            if (start := live.find_point(post.lon, post.lat, code, "post")) is not None
        }
        for spot, found in zip(spots, coverage(live, posts, places, (), 5.0).places, strict=True):
            end = live.find_point(*spot, code, "place")
            drives = [oracle.drive(start, known, end) for start, known in times.values() if end is not None]
            best = min(drives, default=INFINITE)
            assert (found.seconds is None) == (best == INFINITE)
            if found.seconds is not None and end is not None:
                foot_ms = oracle.last_metres(end.off_road_metres).on_foot_ms
                assert found.seconds == (best + foot_ms) / 1000.0


def crossing() -> Draft:
    """West, north, east and south arms of 400 m each; the north and east arms are joined by a way round."""
    draft = Draft()
    draft.add([at(0, 0), at(2, 0)], id="west")
    draft.add([at(2, 0), at(2, 2)], id="north")
    draft.add([at(2, 0), at(4, 0)], id="east")
    draft.add([at(2, 0), at(2, -2)], id="south")
    draft.add([at(2, 2), at(4, 0)], id="round")
    return draft


def way(live: LiveRoads, code: str, place: tuple[float, float], start: Start | None = None) -> list[str]:
    (reach,) = rank(live, *place, [start or Start(*at(0, 0), code)])
    TurnOracle(live, code).assert_drivable(reach)
    return [live.graph.piece_ids[arc >> 1] for arc in reach.arcs] if reach.by_road else []


def test_a_forbidden_left_turn_is_gone_round_and_only_the_one_way() -> None:
    live = lawful(crossing(), [("west", "north", "no_left_turn")])
    assert way(live, "heavy_engine", at(2, 1.9)) == ["west", "east", "round", "north"]
    assert way(live, "heavy_engine", at(0, 0), Start(*at(2, 1.9), "heavy_engine")) == ["north", "west"]
    assert way(live, "heavy_engine", at(2, 0)) == ["west"]


def test_only_straight_on_forbids_every_other_turn_and_the_u_turn() -> None:
    live = lawful(crossing(), [("west", "east", "only_straight_on")])
    assert way(live, "heavy_engine", at(2, 2)) == ["west", "east", "round"]
    assert way(live, "heavy_engine", at(2, -1)) == ["west", "east", "round", "north", "south"] or way(
        live, "heavy_engine", at(2, -1)
    ) == ["west", "east", "east", "south"]
    passed = under_way(live, "heavy_engine", on(live, "west"), 0.9)
    assert way(live, "heavy_engine", at(0.1, 0), passed)[:2] == ["west", "east"]


def test_a_dead_end_without_a_u_turn_is_not_left_again() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="end")
    draft.add([at(0, 0), at(-4, 0)], id="out")
    live = lawful(draft, [("end", "end", "no_u_turn")])
    bound = under_way(live, "heavy_engine", on(live, "end"), 0.5)
    assert way(live, "heavy_engine", at(-2, 0), bound) == []
    assert way(live, "heavy_engine", at(3.9, 0), bound) == ["end"]
    assert way(live, "light_engine", at(-2, 0), under_way(live, "light_engine", on(live, "end"), 0.5))


def test_who_waives_restrictions_and_who_walks_has_the_arrays_and_times_of_a_graph_without_them() -> None:
    rng = np.random.default_rng(3)
    draft = town(3)
    plain = build_graph(draft.roads(), FLEET)
    restrictions = some_restrictions(rng, draft, 0.3)
    assert with_turns(plain, restrictions) is plain
    mixed = {**FLEET, "light_engine": LAWFUL["light_engine"], "foot_crew": LAWFUL["foot_crew"]}
    live = LiveRoads(with_turns(build_graph(draft.roads(), mixed), restrictions))
    assert list(live.graph.turns) == ["light_engine"]
    different = 0
    for _ in range(20):
        place = somewhere(rng, live)
        starts = [Start(*somewhere(rng, live), code) for code in FLEET for _ in range(5)]
        pairs = zip(rank(live, *place, starts), rank(LiveRoads(plain), *place, starts), starts, strict=True)
        for ours, theirs, start in pairs:
            if start.vehicle_class != "light_engine":
                assert ours == theirs
            elif ours.by_road and (ours.start, ours.stop) == (theirs.start, theirs.stop):
                assert ours.travel_ms >= theirs.travel_ms
                different += ours.travel_ms > theirs.travel_ms
    assert different > 0


def test_a_fleet_keeps_its_arrays_where_no_restriction_names_its_pieces() -> None:
    graph = build_graph(crossing().roads(), LAWFUL)
    assert with_turns(graph, [("west", "gone", "no_left_turn")]) is graph
    assert with_turns(graph, [("west", "round", "only_left_turn")]) is graph  # they do not meet


def test_a_rule_that_is_none_is_one_clear_line() -> None:
    with pytest.raises(InputError, match="'left' is no rule"):
        with_turns(build_graph(crossing().roads(), LAWFUL), [("west", "north", "left")])


def test_the_export_lists_the_forbidden_turns_of_a_lawful_class_only() -> None:
    draft = crossing()
    fleet = {**FLEET, "heavy_engine": LAWFUL["heavy_engine"]}
    graph = with_turns(build_graph(draft.roads(), fleet), [("west", "north", "no_left_turn")])
    west, north = graph.piece_of["west"], graph.piece_of["north"]
    told = Oracle(LiveRoads(graph), "heavy_engine").graph["forbidden_turns"]
    assert told.tolist() == [[2 * west, 2 * north]]
    assert len(Oracle(LiveRoads(graph), "light_engine").graph["forbidden_turns"]) == 0


def test_a_reach_is_made_of_the_roads_own_arcs() -> None:
    live = lawful(crossing(), [("west", "north", "no_left_turn"), ("round", "north", "no_right_turn")])
    reached: list[Reach] = list(rank(live, *at(2, 1.9), [Start(*at(0, 0), code) for code in FLEET]))
    assert all(int(reach.arcs.max()) < live.graph.arcs for reach in reached)
