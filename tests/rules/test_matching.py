"""From fixes to the road: measured on made-up drives whose truth is known, with margins below what was measured."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatch.forces.positions import place_from, place_record
from gis_data.errors import InputError
from routing.geometry import metres_east, metres_north, nearest_on_piece
from routing.live import LiveRoads
from routing.matching import (
    Fix,
    Matched,
    Matcher,
    MatchRules,
    Taken,
    match,
    matched,
)
from routing.on_road import OnRoad, on_road, point_of
from tests.rules.driving_world import (
    LIGHT,
    Truth,
    drive,
    metres_apart,
    noisy,
    shuffled,
    town_with_parallels,
)
from tests.rules.routing_world import Draft, at

WARM_UP_SECONDS = 20.0
LIVE = town_with_parallels(1)


@dataclass
class Score:
    """Shares of the fixes after warm-up. `clear`: those farther than 2 σ from a crossing, where a fix can tell."""

    fixes: int = 0
    right: int = 0
    clear: int = 0
    clear_right: int = 0
    told: int = 0
    told_wrong: int = 0
    metres: list[float] | None = None

    def add(self, truth: Truth, i: int, found: Matched | None, sigma: float) -> None:
        graph, arc = LIVE.graph, int(truth.arcs[i])
        length, fraction = float(graph.length_metres[arc >> 1]), float(truth.fractions[i])
        clear = 2.0 * sigma < fraction * length < length - 2.0 * sigma
        right = found is not None and found.point.arc == arc
        self.fixes += 1
        self.right += right
        self.clear += clear
        self.clear_right += clear and right
        if found is None:
            return
        if found.point.directed:
            self.told += 1
            self.told_wrong += found.point.arc == arc ^ 1
        self.metres = self.metres or []
        self.metres.append(metres_apart((truth.lon[i], truth.lat[i]), (found.point.lon, found.point.lat)))


def follow(live: LiveRoads, matcher: Matcher, fixes: list[Fix]) -> Matcher:
    for fix in fixes:
        matcher, _ = match(live.graph, live.graph.inbound, matcher, fix, fix.at_seconds)
    return matcher


def scored(sigma: float, every: float, drives: int = 12, rules: MatchRules | None = None) -> Score:
    score = Score()
    for seed in range(drives):
        rng = np.random.default_rng(seed)
        truth = drive(LIVE, rng, every, 300.0)
        matcher = Matcher(LIGHT, rules or MatchRules(sigma_metres=sigma))
        for i, fix in enumerate(noisy(truth, rng, sigma)):
            matcher = follow(LIVE, matcher, [fix])
            if fix.at_seconds >= WARM_UP_SECONDS:
                score.add(truth, i, matched(LIVE.graph, matcher), sigma)
    return score


@pytest.mark.parametrize(
    ("sigma", "every", "least_clear", "least_all"),
    [(5, 1, 0.99, 0.94), (5, 10, 0.97, 0.92), (8, 2, 0.97, 0.90), (8, 5, 0.95, 0.88), (15, 5, 0.88, 0.78)],
)
def test_fixes_fall_on_the_arc_driven_and_in_its_direction(
    sigma: float, every: float, least_clear: float, least_all: float
) -> None:
    score = scored(sigma, every)
    assert score.fixes > 200
    assert score.clear_right / score.clear >= least_clear
    assert score.right / score.fixes >= least_all
    assert score.told_wrong / score.told <= 0.01


def knowing_the_way(truth: Truth, i: int, fix: Fix) -> bool:
    """Whether a fix laid on the nearest arc of the way that was really driven falls on the right one."""
    graph, way = (
        LIVE.graph,
        truth.arcs[(truth.seconds > fix.at_seconds - 60) & (truth.seconds < fix.at_seconds + 60)],
    )
    off = [
        nearest_on_piece(arc >> 1, fix.lon, fix.lat, graph.starts, graph.coords, graph.along_metres)[0]
        for arc in way.tolist()
    ]
    return bool(way[int(np.argmin(off))] == truth.arcs[i])


@pytest.mark.parametrize(("sigma", "every"), [(5, 1), (8, 2), (8, 5)])
def test_fixes_fall_on_the_right_arc_nearly_as_often_as_if_the_way_had_been_known(
    sigma: float, every: float
) -> None:
    known = []
    for seed in range(12):
        rng = np.random.default_rng(seed)
        truth = drive(LIVE, rng, every, 300.0)
        for i, fix in enumerate(noisy(truth, rng, sigma)):
            if fix.at_seconds >= WARM_UP_SECONDS:
                known.append(knowing_the_way(truth, i, fix))
    score = scored(sigma, every)
    assert score.right / score.fixes >= np.mean(known) - 0.05


def test_matched_places_lie_within_the_noise_of_the_truth() -> None:
    metres = scored(8.0, 2.0).metres
    assert metres is not None
    assert np.median(metres) < 8.0
    assert np.quantile(metres, 0.95) < 24.0


def test_noise_of_another_size_than_supposed_still_leads_to_the_right_road() -> None:
    score = scored(5.0, 2.0, rules=MatchRules(sigma_metres=8.0))
    assert score.clear_right / score.clear >= 0.97
    score = scored(12.0, 2.0, rules=MatchRules(sigma_metres=8.0))
    assert score.clear_right / score.clear >= 0.90


# One straight road of three kilometres in pieces of 300 m, another 30 m beside it, both two-way.
STEP = 30.0 / metres_north(35.4) / 0.002
PIECE = 300.0 / metres_east(35.4) / 0.002


def two_roads() -> LiveRoads:
    draft = Draft()
    for lane in range(2):
        for i in range(10):
            draft.add([at(PIECE * i, STEP * lane), at(PIECE * (i + 1), STEP * lane)], road="tertiary")
    draft.add([at(0.0, 0.0), at(0.0, STEP)], road="residential")
    draft.add([at(PIECE * 10, 0.0), at(PIECE * 10, STEP)], road="residential")
    return draft.live()


ROADS = two_roads()
NAMES = tuple(ROADS.graph.piece_ids)


def fix_at(metres: float, seconds: float, rng: np.random.Generator, sigma: float = 5.0, lane: int = 0) -> Fix:
    """A noisy fix so far along one of the two roads."""
    lon, lat = at(metres / 300.0 * PIECE, STEP * lane)
    east, north = rng.normal(0.0, sigma, 2)
    return Fix(seconds, lon + east / metres_east(lat), lat + north / metres_north(lat))


def straight(
    rng: np.random.Generator, first: float, last: float, begins: float, speed: float = 12.0
) -> list[Fix]:
    """Every two seconds from one place of the first road to another."""
    takes = abs(last - first) / speed
    return [
        fix_at(first + (last - first) * t / takes, begins + t, rng) for t in np.arange(0.0, takes + 0.01, 2.0)
    ]


def place(matcher: Matcher, live: LiveRoads = ROADS) -> tuple[int, bool, float]:
    """Piece, whether it drives against the piece's line, and metres along that line."""
    found = matched(live.graph, matcher)
    assert found is not None
    assert found.point.directed
    arc = found.point.arc
    along = found.point.fraction if arc & 1 == 0 else 1.0 - found.point.fraction
    return arc >> 1, bool(arc & 1), along * float(live.graph.length_metres[arc >> 1])


@pytest.mark.parametrize("seed", range(6))
def test_a_road_thirty_metres_beside_is_not_taken_for_the_one_driven(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 450.0, 1950.0, 0.0))
    piece, against, metres = place(matcher)
    assert (piece, against) == (6, False)
    assert abs(metres - 150.0) < 20.0


@pytest.mark.parametrize("seed", range(6))
def test_a_unit_that_turned_round_on_the_road_is_told_within_a_hundred_metres(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 450.0, 1350.0, 0.0))
    assert place(matcher)[:2] == (4, False)
    matcher = follow(ROADS, matcher, straight(rng, 1350.0, 1254.0, 78.0))
    assert place(matcher)[:2] == (4, True)


@pytest.mark.parametrize("seed", range(6))
def test_a_tunnel_without_a_fix_ends_on_the_same_road_in_the_same_direction(seed: int) -> None:
    rng = np.random.default_rng(seed)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 150.0, 750.0, 0.0))
    matcher = follow(ROADS, matcher, straight(rng, 1950.0, 1998.0, 150.0))
    piece, against, _ = place(matcher)
    assert (piece, against) == (6, False)


def test_standing_still_for_minutes_changes_neither_arc_nor_direction() -> None:
    rng = np.random.default_rng(4)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 450.0, 1050.0, 0.0))
    before = place(matcher)
    matcher = follow(ROADS, matcher, [fix_at(1050.0, 52.0 + t, rng) for t in range(0, 600, 3)])
    after = place(matcher)
    assert after[:2] == before[:2] == (3, False)
    assert abs(after[2] - before[2]) < 20.0


def test_a_unit_that_never_moved_has_a_place_and_no_direction() -> None:
    rng = np.random.default_rng(1)
    matcher = follow(ROADS, Matcher(LIGHT), [fix_at(500.0, float(t), rng) for t in range(60)])
    found = matched(ROADS.graph, matcher)
    assert found is not None
    assert not found.point.directed


def test_a_unit_that_leaves_the_road_is_nowhere_and_is_found_again_when_it_comes_back() -> None:
    rng = np.random.default_rng(2)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 450.0, 1050.0, 0.0))
    lon, lat = at(1050.0 / 300.0 * PIECE, -STEP * 10)
    matcher = follow(ROADS, matcher, [Fix(60.0, lon, lat)])
    assert matched(ROADS.graph, matcher) is None
    matcher = follow(ROADS, matcher, straight(rng, 1050.0, 1410.0, 90.0))
    assert place(matcher)[:2] == (4, False)


def test_a_class_is_never_matched_to_an_arc_that_it_may_not_use() -> None:
    draft = Draft()
    draft.add([at(0.0, 0.0), at(PIECE * 3, 0.0)], road="tertiary", oneway=1)
    live, rng = draft.live(), np.random.default_rng(3)
    matcher = follow(live, Matcher("heavy_engine"), straight(rng, 600.0, 300.0, 0.0))
    found = matched(live.graph, matcher)
    assert found is not None
    assert found.point.arc == 0


def test_what_a_tracker_may_not_say_leaves_the_matcher_as_it_was() -> None:
    rng = np.random.default_rng(5)
    driven = straight(rng, 450.0, 1050.0, 0.0)
    matcher = follow(ROADS, Matcher(LIGHT), driven)
    lon, lat = driven[0].lon, driven[0].lat
    for fix, verdict in (
        (Fix(50.0 + 31.0, lon, lat), Taken.FUTURE),
        (Fix(50.0 - 200.0, lon, lat), Taken.TOO_OLD),
        (Fix(driven[3].at_seconds, lon, lat), Taken.DUPLICATE),
        (Fix(float("nan"), lon, lat), Taken.UNUSABLE),
        (Fix(50.0, float("nan"), lat), Taken.UNUSABLE),
        (Fix(50.0, lon, 91.0), Taken.UNUSABLE),
    ):
        after, told = match(ROADS.graph, ROADS.graph.inbound, matcher, fix, 50.0)
        assert told is verdict
        assert after is matcher


def test_a_clock_a_little_ahead_counts_as_of_now() -> None:
    rng = np.random.default_rng(6)
    matcher = follow(ROADS, Matcher(LIGHT), straight(rng, 450.0, 1050.0, 0.0))
    ahead = replace(fix_at(1080.0, 0.0, rng), at_seconds=70.0)
    matcher, told = match(ROADS.graph, ROADS.graph.inbound, matcher, ahead, 53.0)
    assert told is Taken.CLAMPED
    assert matcher.fixes[-1].at_seconds == 53.0


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    delay=st.floats(1.0, 120.0),
    every=st.sampled_from((1.0, 2.0, 5.0, 10.0)),
    sigma=st.sampled_from((5.0, 8.0, 15.0)),
)
def test_any_order_of_arrival_within_the_window_gives_the_answer_of_the_right_order(
    seed: int, delay: float, every: float, sigma: float
) -> None:
    rng = np.random.default_rng(seed)
    fixes = noisy(drive(LIVE, rng, every, 170.0), rng, sigma)
    in_order = follow(LIVE, Matcher(LIGHT), fixes)
    matcher, late = Matcher(LIGHT), 0
    for arrives, fix in shuffled(fixes, rng, delay):
        matcher, told = match(LIVE.graph, LIVE.graph.inbound, matcher, fix, arrives)
        assert told in (Taken.TAKEN, Taken.LATE)
        late += told is Taken.LATE
    assert matcher.fixes == in_order.fixes
    assert matched(LIVE.graph, matcher) == matched(LIVE.graph, in_order)


def test_a_place_is_kept_by_the_edge_and_found_again_on_a_graph_numbered_anew() -> None:
    rng = np.random.default_rng(7)
    found = matched(ROADS.graph, follow(ROADS, Matcher(LIGHT), straight(rng, 1350.0, 700.0, 0.0)))
    assert found is not None
    kept = on_road(ROADS.graph, found.point)
    assert kept == OnRoad(ROADS.graph.piece_ids[2], True, kept.fraction, True)
    back = point_of(ROADS.graph, kept)
    assert back is not None
    assert (back.arc, back.directed) == (found.point.arc, True)
    assert metres_apart((back.lon, back.lat), (found.point.lon, found.point.lat)) < 0.01
    assert point_of(ROADS.graph, replace(kept, edge="gone")) is None
    with pytest.raises(InputError, match="fraction"):
        point_of(ROADS.graph, replace(kept, fraction=1.5))


@pytest.mark.parametrize(
    "record", [None, {}, {"edge": "r1"}, {"edge": "r1", "against": 0, "fraction": "x", "directed": 1}]
)
def test_a_place_that_nobody_understands_is_no_place(record: dict[str, object] | None) -> None:
    assert place_from(record) is None


def test_a_place_survives_its_record() -> None:
    place = OnRoad("r1", True, 0.25, False)
    assert place_from(place_record(place)) == place
    assert place_record(None) is None
