"""The same exactness on real counties: Liechtenstein from OpenStreetMap, and the bundled one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gis_data.bundled import bundled_county_folder
from gis_data.folder import read_county
from gis_data.model import County
from gis_data.osm import import_osm
from routing.coverage import Post, coverage
from routing.graph import build_graph
from routing.live import Condition, LiveRoads
from routing.rank import rank
from routing.reach import Start
from tests.rules.routing_oracle import CLOSED, INFINITE, Oracle

EXTRACT = Path(__file__).resolve().parents[3] / "shared" / "data" / "osm" / "liechtenstein-2013.osm.pbf"


@pytest.fixture(scope="module")
def bundled(run_folder: Path) -> County:
    return read_county(bundled_county_folder(run_folder / "counties"))


@pytest.fixture(scope="module")
def liechtenstein(tmp_path_factory: pytest.TempPathFactory) -> County:
    if not EXTRACT.exists():
        pytest.skip(f"no extract at ../shared/data/osm/{EXTRACT.name}")
    out = tmp_path_factory.mktemp("extract") / "liechtenstein"
    import_osm(EXTRACT, out)
    return read_county(out)


def assert_times_are_scipys(county: County, seed: int, alarms: int) -> None:
    """Random alarms on, near and off the roads, under random closures; every unit with its own class."""
    rng = np.random.default_rng(seed)
    live = LiveRoads(build_graph(county.roads, county.vehicle_classes))
    graph = live.graph
    at = {station.code: station.position for station in county.stations}
    starts = [Start(at[unit.station].x, at[unit.station].y, unit.vehicle_class) for unit in county.units]
    checked = arrived = 0
    for version in range(3):
        oracles = {code: Oracle(live, code) for code in {start.vehicle_class for start in starts}}
        first = rank(live, float(graph.node_lon[0]), float(graph.node_lat[0]), starts)
        times = [oracles[s.vehicle_class].from_start(r.start) for s, r in zip(starts, first, strict=True)]
        for _ in range(alarms):
            node = rng.integers(graph.nodes)
            off = rng.normal(0.0, rng.choice([0.0, 1e-4, 3e-3]), 2)
            lon, lat = float(graph.node_lon[node] + off[0]), float(graph.node_lat[node] + off[1])
            nearest = live.find_point(lon, lat, None, "alarm")
            assert nearest is not None
            for start, reach, known in zip(starts, rank(live, lon, lat, starts), times, strict=True):
                oracle = oracles[start.vehicle_class]
                alarm = live.find_point(lon, lat, start.vehicle_class, "alarm")
                near = alarm is not None and alarm.off_road_metres <= nearest.off_road_metres + 100.0
                drive = oracle.drive(reach.start, known, alarm) if near and alarm is not None else INFINITE
                assert reach.by_road == (drive < INFINITE)
                if reach.by_road:
                    assert reach.travel_ms == drive
                    arrived += 1
                elif reach.stop.node >= 0:
                    assert reach.travel_ms == known[reach.stop.node]
                checked += 1
                oracle.assert_drivable(reach)
        edges = rng.choice(graph.piece_ids, size=len(graph.piece_ids) // 30, replace=False).tolist()
        conditions = [
            Condition("closed", tuple(edges[::2])),
            Condition("snow", tuple(edges[1::2]), None, 0.5),
        ]
        live = live.with_conditions(conditions, version + 1)
    assert arrived > checked // 4


@pytest.mark.extract
def test_liechtenstein_is_ranked_exactly(liechtenstein: County) -> None:
    assert_times_are_scipys(liechtenstein, seed=1, alarms=40)


def test_the_bundled_county_is_ranked_exactly(bundled: County) -> None:
    assert_times_are_scipys(bundled, seed=2, alarms=12)


def test_every_unit_of_the_bundled_county_can_leave_its_station(bundled: County) -> None:
    """On the road, on its own class's main network or on a network that its neighbours share."""
    live = LiveRoads(build_graph(bundled.roads, bundled.vehicle_classes))
    for unit in bundled.units:
        at = next(station.position for station in bundled.stations if station.code == unit.station)
        point = live.find_point(at.x, at.y, unit.vehicle_class, unit.code)
        assert point is not None
        assert point.off_road_metres < 300.0
        arc = int(live.graph.slot[point.arc])
        assert int(live.weights(unit.vehicle_class)[arc] >> np.uint64(32)) < CLOSED


def test_eight_threads_rank_the_bundled_county_alike(bundled: County) -> None:
    live = LiveRoads(build_graph(bundled.roads, bundled.vehicle_classes))
    at = {station.code: station.position for station in bundled.stations}
    starts = [Start(at[unit.station].x, at[unit.station].y, unit.vehicle_class) for unit in bundled.units]
    places = [(place.position.x, place.position.y) for place in bundled.places[::100]]
    alone = [rank(live, *place, starts) for place in places]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda place: rank(live, *place, starts), places))
    assert together == alone


def test_villages_of_the_bundled_county_are_covered_better_with_more_time(bundled: County) -> None:
    live = LiveRoads(build_graph(bundled.roads, bundled.vehicle_classes))
    posts = [
        Post(station.code, station.position.x, station.position.y, "light_engine", 60.0)
        for station in bundled.stations
        if not station.foreign
    ]
    villages = [place for place in bundled.places if place.kind == "village"]
    reached = []
    for minutes in (5, 15, 30):
        answer = coverage(live, posts, villages, bundled.zones, minutes)
        assert sum(zone.places for zone in answer.by_zone) == len(villages)
        assert len(answer.gaps) == len(villages) - sum(town.reached for town in answer.by_town)
        reached.append(sum(town.reached for town in answer.by_town))
    assert reached == sorted(reached)
    assert reached[-1] > 0.8 * len(villages)
