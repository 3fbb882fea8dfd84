"""Thinned lines, held against GEOS."""

from __future__ import annotations

import numpy as np
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.thinning import thinned

COORDINATE = st.integers(-50, 50).map(float)
LINES = st.lists(st.tuples(COORDINATE, COORDINATE), min_size=2, max_size=60).map(
    lambda rows: np.array(rows, dtype=np.float64)
)


@settings(deadline=None)  # the first call compiles
@given(LINES, st.floats(0.01, 30.0))
def test_no_point_of_the_whole_line_is_farther_than_the_tolerance(line: np.ndarray, tolerance: float) -> None:
    kept = thinned(line, tolerance)
    assert kept[0].tolist() == line[0].tolist()
    assert kept[-1].tolist() == line[-1].tolist()
    away = shapely.distance(shapely.linestrings(kept), shapely.points(line))
    assert (away <= tolerance + 1e-9).all()


def test_a_winding_road_keeps_the_points_that_geos_keeps() -> None:
    rng = np.random.default_rng(5)
    for _ in range(200):
        line = np.cumsum(rng.normal(0.0, 1.0, (rng.integers(2, 400), 2)), axis=0)
        by_geos = shapely.simplify(shapely.linestrings(line), 1.5, preserve_topology=False)
        assert np.array_equal(thinned(line, 1.5), shapely.get_coordinates(by_geos))
