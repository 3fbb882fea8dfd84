"""Round trips of a class equal scipy's on the exported graph in both directions, to the millisecond."""

from __future__ import annotations

import numpy as np
import pytest

from gis_data.errors import InputError
from routing.live import LiveRoads
from routing.round_trip import round_trips
from tests.rules.routing_oracle import INFINITE, Oracle
from tests.rules.routing_world import FLEET, Draft, at, some_conditions, somewhere, town


@pytest.mark.parametrize("seed", range(8))
def test_both_ways_equal_scipys_under_random_closures(seed: int) -> None:
    rng = np.random.default_rng(seed)
    live = LiveRoads(town(seed).graph())
    driven = one_sided = 0
    for version in range(3):
        for vehicle_class in FLEET:
            oracle = Oracle(live, vehicle_class)
            centre = somewhere(rng, live)
            places = [somewhere(rng, live) for _ in range(25)]
            found = round_trips(live, *centre, places, vehicle_class)
            assert found is not None
            times_out = oracle.from_start(found.centre)
            for place, trip in zip(places, found.trips, strict=True):
                assert trip is not None
                assert trip.stop == live.find_point(*place, vehicle_class, "place")
                out = oracle.drive(found.centre, times_out, trip.stop)
                back = oracle.drive(trip.stop, oracle.from_start(trip.stop), found.centre)
                assert (INFINITE if trip.out_ms is None else trip.out_ms) == out
                assert (INFINITE if trip.back_ms is None else trip.back_ms) == back
                driven += trip.both_ways
                one_sided += trip.both_ways and trip.out_ms != trip.back_ms
        live = live.with_conditions(some_conditions(rng, live), version + 1)
    assert driven > 100
    assert one_sided > 10


def test_a_one_way_makes_the_way_back_longer() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="street", oneway=1)
    draft.add([at(6, 0), at(6, 3), at(0, 3), at(0, 0)], id="round")
    found = round_trips(draft.live(), *at(1, 0), [at(5, 0), at(1, 0)], "heavy_engine")
    assert found is not None
    there, here = found.trips
    assert there is not None
    assert there.out_ms is not None
    assert there.back_ms is not None
    assert there.back_ms > 2 * there.out_ms
    assert here is not None
    assert (here.out_ms, here.back_ms) == (0, 0)
    assert there.back_metres > 1000.0


def test_who_cannot_come_back_has_no_round_trip() -> None:
    draft = Draft()
    draft.add([at(0, 0), at(6, 0)], id="in")
    draft.add([at(6, 0), at(9, 0)], id="trap", oneway=1)
    live = draft.live()
    found = round_trips(live, *at(1, 0), [at(9, 0)], "heavy_engine")
    assert found is not None
    (trip,) = found.trips
    assert trip is not None
    assert not trip.both_ways
    assert trip.out_ms is not None
    assert trip.back_ms is None


def test_bad_input_is_one_clear_line() -> None:
    live = LiveRoads(town(1).graph())
    with pytest.raises(InputError, match="vehicle class"):
        round_trips(live, *at(1, 1), [], "submarine")
    with pytest.raises(InputError):
        round_trips(live, float("nan"), 35.4, [], "heavy_engine")
    found = round_trips(live, *at(1, 1), [], "heavy_engine")
    assert found is not None
    assert found.trips == ()
