"""Odd networks that Hypothesis thinks up: nothing breaks, everything adds up, every time is scipy's."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from gis_data.model import Place
from routing.coverage import Post, coverage
from routing.live import Condition
from routing.path import path_of
from routing.rank import Fleet, Start, rank, rank_times
from tests.rules.routing_oracle import INFINITE, Oracle
from tests.rules.routing_world import FLEET, Draft, at
from tests.rules.test_routing_exact import assert_exact

corners = st.tuples(st.integers(0, 3), st.integers(0, 3))
roads = st.fixed_dictionaries(
    {
        "ends": st.tuples(corners, corners),
        "via": st.lists(st.tuples(st.floats(-1, 4), st.floats(-1, 4)), max_size=2),
        "road": st.sampled_from(["primary", "residential", "track", "path", "footway"]),
        "oneway": st.sampled_from([0, 0, 1, -1]),
        "barrier": st.sampled_from(["", "", "", "gate", "bollard", "stile"]),
    }
)
spots = st.one_of(corners, st.tuples(st.floats(-2, 5), st.floats(-2, 5)))


def drafted(pieces: list[dict[str, object]]) -> Draft:
    draft = Draft()
    for piece in pieces:
        (a, b), via = piece["ends"], piece["via"]  # type: ignore[misc]
        line = [at(*a), *(at(*v) for v in via), at(*b)]  # type: ignore[union-attr]
        draft.add(line, road=piece["road"], oneway=piece["oneway"], barrier=piece["barrier"])
    return draft


@settings(max_examples=150, deadline=None)
@given(
    pieces=st.lists(roads, min_size=1, max_size=14),
    alarm=spots,
    units=st.lists(st.tuples(spots, st.sampled_from(list(FLEET))), min_size=1, max_size=5),
    closed=st.sets(st.integers(0, 13)),
    factor=st.sampled_from([0.0, 0.0, 0.01, 0.5]),
)
def test_any_network_is_ranked_exactly(
    pieces: list[dict[str, object]],
    alarm: tuple[float, float],
    units: list[tuple[tuple[float, float], str]],
    closed: set[int],
    factor: float,
) -> None:
    live = drafted(pieces).live()
    edges = tuple(f"r{number}" for number in sorted(closed))
    live = live.with_conditions([Condition("c", edges, None, factor)], 1)
    assert_exact(live, *at(*alarm), [Start(*at(*spot), code) for spot, code in units])


@settings(max_examples=60, deadline=None)
@given(
    pieces=st.lists(roads, min_size=1, max_size=14),
    posts=st.lists(
        st.tuples(spots, st.sampled_from(list(FLEET)), st.integers(0, 120)), min_size=1, max_size=4
    ),
    places=st.lists(spots, min_size=1, max_size=4),
)
def test_any_network_is_covered_exactly(
    pieces: list[dict[str, object]],
    posts: list[tuple[tuple[float, float], str, int]],
    places: list[tuple[float, float]],
) -> None:
    live = drafted(pieces).live()
    stood = [Post(f"s{i}", *at(*spot), code, float(delay)) for i, (spot, code, delay) in enumerate(posts)]
    asked = [
        Place(f"p{i}", f"p{i}", "village", "t", "", Point(*at(*spot)), 0.0, 10 + i)
        for i, spot in enumerate(places)
    ]
    answer = coverage(live, stood, asked, (), 2.0)
    for place, found in zip(asked, answer.places, strict=True):
        times = []
        for post in stood:
            oracle = Oracle(live, post.vehicle_class)
            start = live.find_point(post.lon, post.lat, post.vehicle_class, "post")
            end = live.find_point(place.position.x, place.position.y, post.vehicle_class, "place")
            if start is None or end is None:
                continue
            drive = oracle.drive(start, oracle.from_start(start), end)
            foot_ms = oracle.last_metres(end.off_road_metres).on_foot_ms
            times.append((drive + post.turnout_seconds * 1000 + foot_ms, post.code))
        best = min((time for time, _ in times), default=INFINITE)
        if best == INFINITE:
            assert (found.seconds, found.reached) == (None, False)
        else:
            assert found.seconds == best / 1000.0
            assert found.post in {code for time, code in times if time == best}
            assert found.reached == (best <= 120_000)
    assert sum(town.population for town in answer.by_town) == sum(place.population for place in asked)
    assert {gap.place.code for gap in answer.gaps} == {
        one.place.code for one in answer.places if not one.reached
    }


def test_a_path_names_its_roads_once_and_its_nodes_in_order() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(1, 0)], name="东大街")
    draft.add([at(1, 0), at(2, 0)], name="东大街")
    draft.add([at(2, 0), at(2, 1)], name="")
    draft.add([at(2, 1), at(3, 1)], name="丹河路")
    live = draft.live()
    (reach,) = rank(live, *at(3, 1), [Start(*at(0, 0), "heavy_engine")])
    path = path_of(live, None, reach)
    assert path.names == ("东大街", "丹河路")
    assert [(live.graph.node_lon[n], live.graph.node_lat[n]) for n in path.nodes] == list(path.coordinates)
    assert path.coordinates == (at(0, 0), at(1, 0), at(2, 0), at(2, 1), at(3, 1))


@settings(max_examples=120, deadline=None)
@given(
    pieces=st.lists(roads, min_size=1, max_size=14),
    alarm=spots,
    units=st.lists(st.tuples(spots, st.sampled_from(list(FLEET))), min_size=1, max_size=8),
    twins=st.lists(st.integers(0, 7), max_size=4),
    k=st.integers(1, 14),
    closed=st.sets(st.integers(0, 13)),
)
def test_the_best_k_of_any_network_are_the_head_of_all(
    pieces: list[dict[str, object]],
    alarm: tuple[float, float],
    units: list[tuple[tuple[float, float], str]],
    twins: list[int],
    k: int,
    closed: set[int],
) -> None:
    """Units of mixed classes, some of them twins at one place: ties go to the earlier, and k may be more than all."""
    live = drafted(pieces).live()
    live = live.with_conditions([Condition("c", tuple(f"r{number}" for number in sorted(closed)))], 1)
    stood = units + [units[twin % len(units)] for twin in twins]
    starts = [Start(*at(*spot), code) for spot, code in stood]
    everyone = rank(live, *at(*alarm), starts)
    order = sorted(range(len(starts)), key=lambda number: (everyone[number].total_ms, number))
    best = rank(live, *at(*alarm), starts, k=k)
    assert [number for number in range(len(starts)) if best[number] is not None] == sorted(order[:k])
    assert all(best[number] == everyone[number] for number in order[:k])
    assert rank_times(live, *at(*alarm), Fleet(live, starts), k=k).best(k) == order[:k]


@settings(max_examples=150, deadline=None)
@given(
    unit=st.floats(0.0, 1.0),
    alarm=st.floats(0.0, 1.0),
    oneway=st.sampled_from([0, 1, -1]),
    way_round=st.sampled_from(["none", "two-way", "there", "back"]),
    code=st.sampled_from(list(FLEET)),
)
def test_a_unit_on_the_alarms_own_road_drives_straight_or_goes_round(
    unit: float, alarm: float, oneway: int, way_round: str, code: str
) -> None:
    """Ahead of the alarm or behind it, on a one-way or not, with a way round or none: the same as scipy's."""
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], oneway=oneway)
    if way_round != "none":
        turn = {"two-way": 0, "there": 1, "back": -1}[way_round]
        draft.add([at(6, 0), at(6, 3), at(0, 3), at(0, 0)], oneway=turn)
    live = draft.live()
    assert_exact(live, *at(6 * alarm, 0), [Start(*at(6 * unit, 0), code)])


@settings(max_examples=60, deadline=None)
@given(
    unit=st.floats(0.0, 4.0),
    alarm=st.floats(0.0, 4.0),
    oneway=st.sampled_from([0, 1, -1]),
    stem=st.booleans(),
    code=st.sampled_from(list(FLEET)),
)
def test_on_a_road_that_is_a_loop_the_shorter_side_is_taken_where_it_is_open(
    unit: float, alarm: float, oneway: int, stem: bool, code: str
) -> None:
    corner = [(2.0, 0.0), (3.0, 0.0), (3.0, 1.0), (2.0, 1.0), (2.0, 0.0)]

    def along(turn: float) -> tuple[float, float]:
        side = min(3, int(turn))
        (x, y), (u, v) = corner[side], corner[side + 1]
        return at(x + (turn - side) * (u - x), y + (turn - side) * (v - y))

    draft = Draft()
    draft.add([at(*point) for point in corner], oneway=oneway)
    if stem:
        draft.add([at(0, 0), at(2, 0)])
    live = draft.live()
    assert_exact(live, *along(alarm), [Start(*along(unit), code), Start(*at(0, 0), code)])


@settings(max_examples=40, deadline=None)
@given(
    pieces=st.lists(roads, min_size=1, max_size=14),
    alarm=spots,
    units=st.lists(st.tuples(spots, st.sampled_from(list(FLEET))), min_size=1, max_size=5),
)
def test_with_every_road_closed_nobody_drives_and_everybody_has_an_answer(
    pieces: list[dict[str, object]],
    alarm: tuple[float, float],
    units: list[tuple[tuple[float, float], str]],
) -> None:
    live = drafted(pieces).live()
    live = live.with_conditions([Condition("all", live.graph.piece_ids)], 1)
    starts = [Start(*at(*spot), code) for spot, code in units]
    for start, reach in zip(starts, rank(live, *at(*alarm), starts), strict=True):
        assert (reach.by_road, reach.travel_ms, len(reach.arcs)) == (False, 0, 0)
        assert (reach.stop.lon, reach.stop.lat) == (start.lon, start.lat)
    assert_exact(live, *at(*alarm), starts)
