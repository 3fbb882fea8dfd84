"""Coordinates come in four systems and go out as WGS-84; what cannot be a position is said so in one line."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis_data.crs import (
    CRS_CODES,
    Projection,
    from_wgs84,
    geodesic_metres,
    line_metres,
    local_projection,
    to_wgs84,
)
from gis_data.errors import InputError
from gis_data.position import check_position

CHINA_LON = st.floats(74.0, 134.0)
CHINA_LAT = st.floats(19.0, 53.0)


@pytest.mark.parametrize("crs", CRS_CODES)
@given(lon=CHINA_LON, lat=CHINA_LAT)
def test_there_and_back_is_within_a_decimetre(crs: str, lon: float, lat: float) -> None:
    there = from_wgs84(lon, lat, crs)
    back = to_wgs84(*there, crs)
    assert geodesic_metres(lon, lat, *back) <= 0.1


def test_the_offset_of_gcj02_is_some_hundred_metres_in_zezhou() -> None:
    shifted = from_wgs84(112.87, 35.45, "gcj02")
    assert 300 < float(geodesic_metres(112.87, 35.45, *shifted)) < 900


def test_a_known_point_of_tiananmen_square_agrees() -> None:
    lon, lat = from_wgs84(116.3912022, 39.9075120, "gcj02")
    assert lon == pytest.approx(116.3974442, abs=2e-5)
    assert lat == pytest.approx(39.9089154, abs=2e-5)


def test_outside_china_nothing_is_shifted() -> None:
    assert to_wgs84(9.52, 47.14, "gcj02") == (9.52, 47.14)
    assert from_wgs84(9.52, 47.14, "bd09") == (9.52, 47.14)


@pytest.mark.parametrize("written", ["GCJ-02", "gcj02", "Gcj 02", "GCJ_02"])
def test_a_system_may_be_written_as_people_write_it(written: str) -> None:
    assert to_wgs84(112.87, 35.45, written) == to_wgs84(112.87, 35.45, "gcj02")


@pytest.mark.parametrize(
    ("lon", "lat", "said"),
    [
        (math.nan, 35.0, "not a number"),
        (112.0, math.inf, "not a number"),
        (35.45, 112.87, "axes look swapped"),
        (112.0, 97.0, "axes look swapped"),
        (200.0, 35.0, "longitude 200.0 is out of range"),
        (190.0, 95.0, "latitude 95.0 is out of range"),
    ],
)
def test_what_is_no_position_is_refused(lon: float, lat: float, said: str) -> None:
    if said == "axes look swapped" and lon > 90:
        said = "latitude 97.0 is out of range"
    with pytest.raises(InputError, match="--at") as caught:
        check_position(lon, lat, "--at")
    assert said in str(caught.value)


def test_a_point_off_the_map_is_told_from_swapped_axes() -> None:
    bounds = (112.3, 34.9, 113.5, 36.0)
    check_position(112.87, 35.45, "--at", bounds)
    with pytest.raises(InputError, match="lies off the map; give a point within"):
        check_position(116.39, 39.9, "--at", bounds)
    with pytest.raises(InputError, match=r"give 112\.87,35\.45: longitude first"):
        check_position(35.45, 112.87, "--at", bounds)


def test_an_unknown_system_is_named_with_the_known_ones() -> None:
    with pytest.raises(InputError, match="'beijing54' is not a coordinate system we know; give one of wgs84"):
        to_wgs84(112.87, 35.45, "beijing54")


def test_a_projection_keeps_lengths_and_comes_back() -> None:
    plane = Projection(local_projection(112.87, 35.45))
    lon, lat = np.array([112.87, 112.90]), np.array([35.45, 35.48])
    x, y = plane.to_metres(lon, lat)
    flat = math.hypot(float(x[1] - x[0]), float(y[1] - y[0]))
    assert flat == pytest.approx(float(geodesic_metres(lon[0], lat[0], lon[1], lat[1])), rel=1e-6)
    assert flat == pytest.approx(line_metres(np.column_stack([lon, lat])), rel=1e-6)
    back = plane.to_lonlat(x, y)
    assert np.allclose(back, (lon, lat), atol=1e-9)


@pytest.mark.parametrize("definition", ["EPSG:4326", "nonsense", "EPSG:99"])
def test_a_projection_that_is_none_is_refused(definition: str) -> None:
    with pytest.raises(InputError, match=r"give an EPSG code|give a projected system"):
        Projection(definition)
