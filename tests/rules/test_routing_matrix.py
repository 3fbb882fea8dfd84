"""The travel-time matrix: every cell is what a ranking of that unit for that point says, from whichever side."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis_data.errors import InputError
from routing.drives import drives
from routing.live import Condition
from routing.matrix import travel_matrix
from routing.rank import rank
from routing.reach import Start
from tests.rules.routing_oracle import Oracle
from tests.rules.routing_world import FLEET, SIDE, at, town


def somewhere(rng: np.random.Generator, count: int) -> list[tuple[float, float]]:
    """Mostly in town; some on the islands beside it, where few classes can drive."""
    return [at(rng.uniform(-0.5, SIDE + 5), rng.uniform(-0.5, SIDE)) for _ in range(count)]


@settings(deadline=None, max_examples=12)
@given(seed=st.integers(0, 10_000), closed=st.booleans(), few_points=st.booleans())
def test_every_cell_is_what_a_ranking_says(seed: int, closed: bool, few_points: bool) -> None:
    rng = np.random.default_rng(seed)
    live = town(seed % 5).live()
    if closed:
        edges = tuple(f"r{number}" for number in rng.integers(0, len(live.graph.piece_ids), 25))
        live = live.with_conditions([Condition("c", edges)], 1)
    codes = tuple(FLEET)
    starts = [
        Start(*lonlat, codes[int(rng.integers(len(codes)))])
        for lonlat in somewhere(rng, 40 if few_points else 6)
    ]
    points = somewhere(rng, 4 if few_points else 25)
    found = travel_matrix(live, starts, points)
    for column, (lon, lat) in enumerate(points):
        for row, reach in enumerate(rank(live, lon, lat, starts)):
            assert found.total_ms[row, column] == reach.total_ms
            assert found.travel_ms[row, column] == reach.travel_ms
            assert found.on_foot_ms[row, column] == reach.on_foot_ms
            assert found.on_foot_metres[row, column] == pytest.approx(reach.on_foot_metres)
            assert found.reachable[row, column] == reach.reachable
            assert found.by_road[row, column] == reach.by_road


def test_metres_are_those_of_the_way_a_ranking_drives() -> None:
    rng = np.random.default_rng(4)
    live = town(2).live()
    starts = [Start(*lonlat, "light_engine") for lonlat in somewhere(rng, 8)]
    points = somewhere(rng, 30)
    forward = travel_matrix(live, starts, points)
    for column, (lon, lat) in enumerate(points):
        for row, reach in enumerate(rank(live, lon, lat, starts)):
            assert forward.distance_metres[row, column] == pytest.approx(reach.distance_metres, abs=1e-6)
    quick = travel_matrix(live, starts, points, metres=False)
    assert np.isnan(quick.distance_metres).all()
    assert (quick.total_ms == forward.total_ms).all()


def test_one_start_and_one_point_and_none_at_all() -> None:
    live = town(1).live()
    start, goal = Start(*at(1.3, 2.0), "heavy_engine"), at(7.2, 6.9)
    one = travel_matrix(live, [start], [goal])
    assert one.total_ms.tolist() == [[rank(live, *goal, [start])[0].total_ms]]
    assert travel_matrix(live, [], [goal]).total_ms.shape == (0, 1)
    assert travel_matrix(live, [start], []).total_ms.shape == (1, 0)


def test_a_unit_bound_to_a_direction_is_ranked_as_such() -> None:
    live = town(2).live()
    point = live.find_point(*at(3.4, 4.2), "heavy_engine", "unit")
    assert point is not None
    under_way = Start(point.lon, point.lat, "heavy_engine", replace(point, directed=True))
    starts = [under_way, Start(*at(6, 6), "heavy_engine")]
    points = somewhere(np.random.default_rng(3), 20)
    found = travel_matrix(live, starts, points)
    for column, (lon, lat) in enumerate(points):
        for row, reach in enumerate(rank(live, lon, lat, starts)):
            assert (found.total_ms[row, column], found.by_road[row, column]) == (
                reach.total_ms,
                reach.by_road,
            )


def test_rows_from_many_threads_are_the_rows_of_one() -> None:
    rng = np.random.default_rng(9)
    live = town(3).live()
    starts = [Start(*lonlat, "light_engine") for lonlat in somewhere(rng, 24)]
    points = somewhere(rng, 60)
    rows: list[tuple[int, int]] = []
    single = travel_matrix(live, starts, points, threads=1, progress=lambda done, of: rows.append((done, of)))
    assert rows == [(number, 24) for number in range(1, 25)]
    many = travel_matrix(live, starts, points, threads=8)
    assert (single.total_ms == many.total_ms).all()
    assert np.array_equal(single.distance_metres, many.distance_metres)


def test_drives_equal_scipy_from_node_to_node() -> None:
    live = town(4).live()
    oracle = Oracle(live, "heavy_engine")
    graph = live.graph
    rng = np.random.default_rng(1)
    nodes = rng.integers(0, graph.nodes, 12)
    spots = [(float(graph.node_lon[node]), float(graph.node_lat[node])) for node in nodes]
    points = [live.find_point(*spot, "heavy_engine", "node") for spot in spots]
    some = [point for point in points if point is not None and point.node >= 0]
    assert len(some) > 6
    found = travel_matrix(
        live, [Start(p.lon, p.lat, "heavy_engine") for p in some], [(p.lon, p.lat) for p in some]
    )
    for row, start in enumerate(some):
        times = oracle.from_start(start)
        for column, end in enumerate(some):
            if found.by_road[row, column]:
                assert found.travel_ms[row, column] == times[end.node]
            else:
                assert np.isinf(times[end.node])


def test_no_stops_mean_no_way() -> None:
    live = town(1).live()
    here = live.find_point(*at(3, 3), "heavy_engine", "start")
    assert here is not None
    assert (drives(live, "heavy_engine", [here], [None, None]).total_ms == 2**31 - 1).all()


def test_a_point_far_from_every_road_is_one_clear_line() -> None:
    live = town(1).live()
    with pytest.raises(InputError, match="point"):
        travel_matrix(live, [Start(*at(1, 1), "heavy_engine")], [(100.0, 20.0)])
    with pytest.raises(InputError, match="vehicle class"):
        travel_matrix(live, [Start(*at(1, 1), "tank")], [at(2, 2)])
