"""From positions to the road: exact on the ellipsoid, on nodes, with classes and closures; and what is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point, box

from gis_data.crs import Projection, geodesic_metres, line_metres, local_projection
from gis_data.errors import InputError
from routing.geometry import metres_between
from routing.graph import build_graph
from routing.live import Condition, LiveRoads
from routing.rank import Fleet, Start, rank, rank_times
from routing.route import route
from routing.snap import snap
from tests.rules.routing_world import CELL, FLEET, SOUTH, WEST, Draft, at, town, vehicle


@settings(deadline=None)
@given(
    lon=st.floats(-179, 179), lat=st.floats(-65, 65), east=st.floats(-0.3, 0.3), north=st.floats(-0.3, 0.3)
)
def test_distances_are_those_of_the_ellipsoid(lon: float, lat: float, east: float, north: float) -> None:
    ours = metres_between(lon, lat, lon + east, lat + north)
    assert ours == pytest.approx(
        float(geodesic_metres(lon, lat, lon + east, lat + north)), rel=1e-4, abs=1e-3
    )


def test_lengths_of_pieces_are_those_of_the_ellipsoid() -> None:
    graph = town(1).graph()
    for piece in range(len(graph.piece_ids)):
        rows = graph.coords[graph.starts[piece] : graph.starts[piece + 1]]
        assert graph.length_metres[piece] == pytest.approx(line_metres(rows), rel=1e-5, abs=1e-4)


@pytest.mark.parametrize("vehicle_class", [None, "heavy_engine", "foot_crew"])
def test_the_nearest_road_is_the_nearest_of_all(vehicle_class: str | None) -> None:
    live = LiveRoads(town(2).graph())
    graph, rng = live.graph, np.random.default_rng(2)
    plane = Projection(local_projection(WEST, SOUTH))
    x, y = plane.to_metres(graph.coords[:, 0], graph.coords[:, 1])
    counts = np.diff(graph.starts)
    lines = shapely.linestrings(np.column_stack((x, y)), indices=np.repeat(np.arange(len(counts)), counts))
    open_ = np.ones(len(counts), dtype=bool)
    if vehicle_class is not None:
        ms = live.travel_ms(vehicle_class)
        open_ = (np.minimum(ms[0::2], ms[1::2]) < 2**31 - 1) & graph.main_network(vehicle_class).pieces
    for _ in range(200):
        lon, lat = WEST + rng.uniform(-2, 13) * CELL, SOUTH + rng.uniform(-2, 13) * CELL
        point = Point(*(float(v) for v in plane.to_metres(lon, lat)))
        best = float(shapely.distance(lines[open_], point).min())
        found = snap(live, lon, lat, vehicle_class)
        if vehicle_class is None or graph.main_network(vehicle_class).pieces[found.arc >> 1]:
            assert found.off_road_metres == pytest.approx(best, rel=1e-3, abs=0.05)
        rows = graph.coords[graph.starts[found.arc >> 1] : graph.starts[(found.arc >> 1) + 1]]
        assert shapely.LineString(rows).distance(Point(found.lon, found.lat)) < 1e-7


def test_the_fraction_runs_along_the_arc_that_is_open() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(3, 0), at(4, 0)], oneway=-1)
    live = draft.live()
    point = snap(live, *at(1, 0.1), "heavy_engine")
    assert point.arc == 1
    assert point.fraction == pytest.approx(0.75, abs=1e-6)
    assert snap(live, *at(1, 0.1)).arc == 0


def test_a_point_on_a_node_is_that_node_even_when_another_road_passes_closer() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(1, 0)])
    x, y = at(1, 0)
    draft.add([(x - 0.001, y + 4e-7), (x + 0.001, y + 4e-7)], id="flyover")
    live = draft.live()
    point = snap(live, x + 2e-7, y + 3e-7)
    assert live.graph.piece_ids[point.arc >> 1] == "r0"
    assert (live.graph.node_lon[point.node], live.graph.node_lat[point.node]) == (x, y)


def test_every_node_snaps_to_itself() -> None:
    graph = town(3).graph()
    live = LiveRoads(graph)
    assert [snap(live, *p).node for p in zip(graph.node_lon, graph.node_lat, strict=True)] == list(
        range(graph.nodes)
    )


def test_a_class_snaps_past_roads_that_are_closed_to_it_and_past_those_closed_now() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="path", road="path")
    draft.add([at(0, 1), at(4, 1)], id="lane")
    draft.add([at(0, 2), at(4, 2)], id="street")
    live = draft.live()
    closed = live.with_conditions([Condition("flood", ("lane",))], 1)

    def edge(roads: LiveRoads, vehicle_class: str) -> str:
        return roads.graph.piece_ids[snap(roads, *at(2, 0.1), vehicle_class).arc >> 1]

    assert edge(live, "fire_motorcycle") == "path"
    assert edge(closed, "fire_motorcycle") == "path"
    assert (edge(live, "heavy_engine"), edge(closed, "heavy_engine")) == ("lane", "street")


def test_a_point_beside_an_island_of_the_map_belongs_to_the_main_network() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(4, 0)], id="street")
    draft.add([at(4, 0), at(8, 0)], id="street2")
    draft.add([at(1, 0.3), at(2, 0.3)], id="yard", road="service")
    live = draft.live()
    assert live.graph.piece_ids[snap(live, *at(1.5, 0.29), "heavy_engine").arc >> 1] == "street"
    assert live.graph.piece_ids[snap(live, *at(1.5, 0.29)).arc >> 1] == "yard"
    assert snap(live, *at(1, 0.3), "heavy_engine").node >= 0


FAR = (WEST + 0.6, SOUTH)


@pytest.mark.parametrize(
    ("position", "says"),
    [
        ((math.nan, SOUTH), "is not a number"),
        ((WEST, math.inf), "is not a number"),
        ((SOUTH, WEST), "swapped"),
        ((200.0, SOUTH), "out of range"),
        ((-math.inf, SOUTH), "is not a number"),
        (FAR, "more than 25 km from every road"),
        ((WEST + 0.56, SOUTH), "more than 25 km from every road"),  # 50 km east of everything
    ],
)
def test_a_position_that_cannot_be_is_refused_in_one_line(position: tuple[float, float], says: str) -> None:
    live = town(4).live()
    inside = at(3, 3)
    for ask in (
        lambda: snap(live, *position),
        lambda: snap(live, *position, "heavy_engine"),
        lambda: rank(live, *position, [Start(*inside, "heavy_engine")]),
        lambda: rank(live, *position, [], k=3),
        lambda: route(live, inside, position, "heavy_engine"),
        lambda: route(live, position, inside, "heavy_engine"),
    ):
        with pytest.raises(InputError, match=says) as refused:
            ask()
        assert "\n" not in str(refused.value)


@pytest.mark.parametrize("position", [(math.nan, SOUTH), (WEST, math.inf), (SOUTH, WEST)])
def test_a_unit_that_stands_nowhere_is_refused_in_one_line(position: tuple[float, float]) -> None:
    live = town(4).live()
    with pytest.raises(InputError, match="unit: ") as refused:
        rank(live, *at(3, 3), [Start(*at(2, 2), "heavy_engine"), Start(*position, "heavy_engine")])
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize("k", [0, -1, -1_000_000])
def test_to_rank_fewer_than_one_unit_is_refused(k: int) -> None:
    live = town(4).live()
    starts = [Start(*at(2, 2), "heavy_engine")]
    for ask in (
        lambda: rank(live, *at(3, 3), starts, k=k),
        lambda: rank_times(live, *at(3, 3), Fleet(live, starts), k=k),
    ):
        with pytest.raises(InputError, match=f"k: the best {k} units cannot be told; give 1 or more"):
            ask()


def test_axes_swapped_in_the_tropics_are_noticed_by_where_the_roads_are() -> None:
    draft = Draft()
    draft.add([(10.0, 60.0), (10.01, 60.0)])
    with pytest.raises(InputError, match="swapped"):
        snap(draft.live(), 60.0, 10.0)


def test_an_unknown_vehicle_class_is_refused_with_the_known_ones() -> None:
    live = town(4).live()
    for ask in (
        lambda: snap(live, *at(3, 3), "fire_boat"),
        lambda: rank(live, *at(3, 3), [Start(*at(3, 3), "fire_boat")]),
        lambda: live.travel_ms("fire_boat"),
    ):
        with pytest.raises(
            InputError, match=r"'fire_boat' is unknown; give one of: heavy_engine, light_engine"
        ):
            ask()


def test_a_class_without_roads_is_refused_by_name_but_spoils_no_ranking() -> None:
    boat = vehicle("fire_boat", speeds_kmh={"river": 20.0})
    live = LiveRoads(build_graph(town(4).roads(), {**FLEET, "fire_boat": boat}))
    with pytest.raises(InputError, match="vehicle class fire_boat: no road of the county is open to it"):
        route(live, at(1, 1), at(3, 3), "fire_boat")
    starts = [Start(*at(3, 4), "fire_boat"), Start(*at(3, 4), "light_engine")]
    aboard, driving = rank(live, *at(3, 3), starts)
    assert (aboard.travel_ms, aboard.by_road, aboard.on_foot_metres > 0) == (0, False, True)
    assert driving == rank(live, *at(3, 3), starts[1:])[0]


def test_a_county_without_roads_is_refused() -> None:
    with pytest.raises(InputError, match="the county has no roads"):
        Draft().graph()


def test_a_road_off_the_earth_is_refused_by_its_id() -> None:
    draft = town(4)
    draft.add([at(0, 0), (math.nan, 35.0)], id="broken")
    with pytest.raises(InputError, match="roads broken"):
        draft.graph()


def test_a_point_far_from_any_road_open_to_the_class_says_so() -> None:
    live = town(4).live()
    everywhere = box(WEST - 1, SOUTH - 1, WEST + 1, SOUTH + 1)
    closed = live.with_conditions([Condition("war", (), everywhere)], 1)
    with pytest.raises(InputError, match="no road open to heavy_engine is near"):
        snap(closed, *at(3, 3), "heavy_engine")


@settings(max_examples=60, deadline=None)
@given(st.floats(-3, 15), st.floats(-3, 15), st.sampled_from([None, *FLEET]))
def test_a_point_on_the_road_snaps_to_itself(x: float, y: float, vehicle_class: str | None) -> None:
    first = snap(WORLD, WEST + x * CELL, SOUTH + y * CELL, vehicle_class)
    again = snap(WORLD, first.lon, first.lat, vehicle_class)
    assert again.off_road_metres < 0.01
    assert float(geodesic_metres(first.lon, first.lat, again.lon, again.lat)) < 0.01


WORLD = town(5).live()
