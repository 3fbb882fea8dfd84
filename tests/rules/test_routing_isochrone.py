"""Isochrones: exactly what scipy says is reached, all of it inside the area, and nothing inside far from it."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from gis_data.errors import InputError
from routing.geometry import metres_east, metres_north, point_along
from routing.isochrone import Stretches, isochrones, stretches_within
from routing.live import LiveRoads
from routing.path import arc_line
from routing.point import NO_ARC, EdgePoint
from tests.rules.routing_oracle import Oracle
from tests.rules.routing_world import FLEET, SIDE, SOUTH, Draft, at, town


def start_in(live: LiveRoads, vehicle_class: str, x: float, y: float) -> EdgePoint:
    point = live.find_point(*at(x, y), vehicle_class, "start")
    assert point is not None
    return point


def metric(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Metres on a plane good enough for a town: within a thousandth of the ellipsoid."""
    return lonlat * (metres_east(SOUTH + 0.01), metres_north(SOUTH + 0.01))


def lines(live: LiveRoads, reached: Stretches) -> list[NDArray[np.float64]]:
    return [
        arc_line(live.graph, 2 * int(piece), float(begin), float(end))
        for piece, begin, end in zip(reached.piece, reached.begin, reached.end, strict=True)
    ]


def metres_of(live: LiveRoads, reached: Stretches) -> float:
    """Piece by piece, what the reached spans of it cover together."""
    total = 0.0
    for piece in np.unique(reached.piece).tolist():
        here = reached.piece == piece
        spans = sorted(zip(reached.begin[here], reached.end[here], strict=True))
        until, share = 0.0, 0.0
        for begin, end in spans:
            share += max(0.0, end - max(begin, until))
            until = max(until, end)
        total += share * live.graph.length_metres[piece]
    return total


@settings(deadline=None, max_examples=15)
@given(
    seed=st.integers(0, 40),
    code=st.sampled_from(sorted(FLEET)),
    x=st.floats(0, SIDE - 1),
    y=st.floats(0, SIDE - 1),
    seconds=st.integers(1, 240),
)
def test_a_point_of_the_road_is_reached_exactly_when_scipy_drives_there_in_time(
    seed: int, code: str, x: float, y: float, seconds: int
) -> None:
    live = town(seed % 4).live()
    oracle, start, limit = Oracle(live, code), start_in(live, code, x, y), seconds * 1000
    times = oracle.from_start(start)
    reached = stretches_within(live, start, code, limit)
    rng = np.random.default_rng(seed)
    for piece in rng.permutation(len(live.graph.piece_ids))[:150].tolist():
        fraction = float(rng.random())
        lon, lat = point_along(piece, fraction, live.graph.starts, live.graph.coords, live.graph.along_metres)
        drive = oracle.drive(start, times, EdgePoint(2 * piece, fraction, lon, lat, 0.0))
        here = reached.piece == piece
        inside = bool(((reached.begin[here] <= fraction) & (fraction <= reached.end[here])).any())
        if abs(drive - limit) > 2:  # a whole millisecond is as fine as times are told
            assert inside == (drive <= limit)


@settings(deadline=None, max_examples=20)
@given(
    seed=st.integers(0, 40),
    code=st.sampled_from(sorted(FLEET)),
    x=st.floats(-1, SIDE + 5),
    y=st.floats(-1, SIDE),
    around=st.sampled_from((25.0, 60.0, 100.0, 400.0)),
)
def test_what_is_reached_is_inside_and_what_is_far_from_it_is_outside(
    seed: int, code: str, x: float, y: float, around: float
) -> None:
    live = town(seed % 4).live()
    start = start_in(live, code, x, y)
    minutes = (0.2, 1.0, 2.5)
    found = isochrones(live, start, code, minutes, around_metres=around)
    assert found.tolerance_metres < 1.75 * around
    rng = np.random.default_rng(seed)
    for one in found.rings:
        assert one.area.is_valid
        reached = stretches_within(live, start, code, round(one.minutes * 60_000))
        ways = lines(live, reached)
        assert one.reached_metres == pytest.approx(metres_of(live, reached), abs=1e-6)
        flat = shapely.transform(one.area, metric)
        assert one.square_metres == pytest.approx(flat.area, rel=0.001)
        for way in ways:
            assert one.area.covers(shapely.LineString(way))
        scattered = np.array([at(*spot) for spot in rng.uniform(-1, SIDE + 5, (400, 2))])
        rim = shapely.get_coordinates(one.area)
        beside = np.concatenate((scattered, rim[rng.integers(0, len(rim), 200)]))
        off = shapely.distance(
            shapely.multilinestrings([shapely.LineString(metric(way)) for way in ways]),
            shapely.points(metric(beside)),
        )
        assert (off[shapely.covers(one.area, shapely.points(beside))] <= found.tolerance_metres).all()
    for small, large in pairwise(found.rings):
        assert large.area.covers(small.area)
        assert large.reached_metres >= small.reached_metres


def ring_road() -> LiveRoads:
    """Two kilometres around nothing, driven one way, counter-clockwise."""
    draft, corners = Draft(), [at(0, 0), at(3, 0), at(3, 3), at(0, 3), at(0, 0)]
    for a, b in pairwise(corners):
        draft.add([a, b], road="primary", oneway=1)
    return draft.live()


def test_what_nobody_drives_through_is_a_hole() -> None:
    live = ring_road()
    start = start_in(live, "heavy_engine", 0, 0)
    (ring,) = isochrones(live, start, "heavy_engine", [10]).rings
    assert len(ring.area.interiors) == 1
    assert not ring.area.contains(shapely.Point(at(1.5, 1.5)))
    assert ring.reached_metres == pytest.approx(live.graph.length_metres.sum())


def test_the_way_is_from_the_station_outward() -> None:
    live = ring_road()
    start = start_in(live, "heavy_engine", 1.5, 0)
    (ring,) = isochrones(live, start, "heavy_engine", [0.5]).rings  # 500 m at 60 km/h
    assert ring.reached_metres == pytest.approx(500.0, rel=0.01)
    assert ring.area.covers(shapely.Point(at(3, 0)))
    assert not ring.area.covers(shapely.Point(at(0, 0)))


def test_seconds_to_get_ready_leave_less_road_and_at_last_none() -> None:
    live = town(1).live()
    start = start_in(live, "light_engine", 5, 5)
    at_once, later, too_late = (
        isochrones(live, start, "light_engine", [2], ready_seconds=seconds).rings[0]
        for seconds in (0, 60, 121)
    )
    assert at_once.reached_metres > later.reached_metres > 0.0
    same = isochrones(live, start, "light_engine", [1]).rings[0]
    assert later.reached_metres == same.reached_metres
    assert too_late.area.is_empty
    assert too_late.reached_metres == 0.0


def test_the_end_of_a_street_that_only_leads_there_is_all_that_is_reached_from_it() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(3, 0)], road="primary", oneway=1)
    live = draft.live()
    start = start_in(live, "heavy_engine", 3, 0)
    assert start.node >= 0
    (ring,) = isochrones(live, start, "heavy_engine", [5]).rings
    assert ring.reached_metres == 0.0
    assert ring.area.covers(shapely.Point(at(3, 0)))
    assert not ring.area.covers(shapely.Point(at(1, 0)))


def test_a_start_off_every_open_road_reaches_nothing() -> None:
    live = town(1).live()
    nowhere = EdgePoint(NO_ARC, 0.0, *at(5, 5), 0.0)
    (ring,) = isochrones(live, nowhere, "heavy_engine", [5]).rings
    assert ring.area.is_empty


def test_a_great_area_gets_larger_cells_and_says_so() -> None:
    draft = Draft()
    for step in range(40):
        draft.add([at(step * 100, step * 100), at((step + 1) * 100, (step + 1) * 100)], road="primary")
    live = draft.live()
    start = start_in(live, "heavy_engine", 0, 0)
    found = isochrones(live, start, "heavy_engine", [1440], around_metres=100.0)
    assert found.tolerance_metres > 175.0
    assert all(
        found.rings[0].area.covers(shapely.Point(live.graph.node_lon[n], live.graph.node_lat[n]))
        for n in range(live.graph.nodes)
    )


@pytest.mark.parametrize(
    ("minutes", "around"), [([], 100.0), ([0.0], 100.0), ([float("nan")], 100.0), ([5.0], 1.0)]
)
def test_limits_that_are_none_are_one_clear_line(minutes: list[float], around: float) -> None:
    live = town(1).live()
    with pytest.raises(InputError):
        isochrones(live, start_in(live, "foot_crew", 1, 1), "foot_crew", minutes, around_metres=around)
