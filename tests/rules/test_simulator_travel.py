"""The simulator's travel times are those of a ranking, place by place and unit by unit."""

from __future__ import annotations

import pytest

from dispatch.simulator.travel import empty_table, fill
from routing.live import LiveRoads
from routing.rank import rank
from routing.reach import Start
from tests.storage.small_county import small_county, small_graph


def test_the_matrix_holds_what_ranking_place_by_place_would() -> None:
    county, live = small_county(), LiveRoads(small_graph())
    stations = {station.code: station.position for station in county.stations}
    starts = [Start(stations[u.station].x, stations[u.station].y, u.vehicle_class) for u in county.units]
    table = empty_table(county)
    assert fill(table, county, lambda: live, range(len(county.places)))
    for number, place in enumerate(county.places):
        reaches = rank(live, place.position.x, place.position.y, starts)
        for said, reach in zip(table.row(number), reaches, strict=True):
            assert (said.reachable, said.travel_ms, said.on_foot_ms) == (
                reach.reachable,
                reach.travel_ms,
                reach.on_foot_ms,
            )
            assert said.distance_metres == pytest.approx(reach.distance_metres, abs=1e-6)
            assert said.on_foot_metres == pytest.approx(reach.on_foot_metres)


def test_only_what_is_not_known_is_looked_for_and_progress_reaches_its_end() -> None:
    county, live = small_county(), LiveRoads(small_graph())
    told: list[tuple[int, int]] = []
    table = empty_table(county)
    assert fill(table, county, lambda: live, [0, 1], lambda done, of: told.append((done, of)))
    assert table.known.nonzero()[0].tolist() == [0, 1]
    assert told
    assert told[-1][0] == told[-1][1]
    assert not fill(table, county, lambda: live, [1])
