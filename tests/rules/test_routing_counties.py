"""The same exactness on real counties: Liechtenstein from OpenStreetMap, and the bundled one."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from gis_data.bundled import bundled_county_folder
from gis_data.catalogue import default_catalogue
from gis_data.folder import read_county
from gis_data.model import County
from gis_data.osm import import_osm
from routing.coverage import Post, coverage
from routing.graph import build_graph
from routing.live import Condition, LiveRoads
from routing.rank import Fleet, rank
from routing.reach import Start
from scripts.benchmarks.road_like import road_like
from tests.rules.routing_oracle import CLOSED, INFINITE, Towards

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


CLASSES = ("heavy_engine", "light_engine", "pickup", "fire_motorcycle", "foot_crew")
UNITS, ALARMS, VERSIONS = 200, 18, 3


def anywhere(rng: np.random.Generator, live: LiveRoads) -> tuple[float, float]:
    """A node, a vertex of a road, or a point up to some hundred metres off one."""
    vertex = live.graph.coords[rng.integers(len(live.graph.coords))]
    off = rng.normal(0.0, rng.choice([1e-4, 3e-3]), 2) * rng.integers(0, 2)
    if rng.random() < 0.3:
        node = rng.integers(live.graph.nodes)
        return float(live.graph.node_lon[node]), float(live.graph.node_lat[node])
    return float(vertex[0] + off[0]), float(vertex[1] + off[1])


def some_closed_and_some_slow(rng: np.random.Generator, live: LiveRoads) -> list[Condition]:
    """A thirtieth of all edges: closed for everybody, at half speed for everybody, and closed for the heavy ones."""
    edges = rng.choice(live.graph.piece_ids, size=len(live.graph.piece_ids) // 30, replace=False).tolist()
    return [
        Condition("closed", tuple(edges[::3])),
        Condition("snow", tuple(edges[1::3]), factor=0.5),
        Condition("weak", tuple(edges[2::3]), vehicle_classes=frozenset({"heavy_engine"})),
    ]


def assert_every_time_is_scipys(live: LiveRoads, seed: int) -> int:
    """One query is one unit's time to one alarm: 3 road conditions × 18 alarms × 200 units are 10,800 queries.

    The units are of five classes and stand on nodes, on roads and beside them, and so lie the alarms. Who does not
    drive all the way must have no way, and what is driven must be open to the class and add up; the best 5 of all
    must be the first 5, however many searches share the bound. Returns how many drive all the way.
    """
    rng = np.random.default_rng(seed)
    starts = [Start(*anywhere(rng, live), CLASSES[i % len(CLASSES)]) for i in range(UNITS)]
    of_class = {code: [i for i in range(UNITS) if starts[i].vehicle_class == code] for code in CLASSES}
    judges = {code: Towards(live, code) for code in CLASSES}
    arrived = checked = 0
    for version in range(VERSIONS):
        fleet = Fleet(live, starts)
        for _ in range(ALARMS):
            lon, lat = anywhere(rng, live)
            found = rank(live, lon, lat, fleet)
            nearest = live.find_point(lon, lat, None, "alarm")
            assert nearest is not None
            for code, members in of_class.items():
                there = live.find_point(lon, lat, code, "alarm")
                near = there is not None and there.off_road_metres <= nearest.off_road_metres + 100.0
                drives = np.full(len(members), INFINITE)
                if there is not None and near:
                    drives = judges[code].drives([found[i].start for i in members], there)
                for number, drive in zip(members, drives.tolist(), strict=True):
                    reach = found[number]
                    assert reach.by_road == (drive < INFINITE)
                    assert not reach.by_road or reach.travel_ms == drive
                    judges[code].roads.assert_drivable(reach)
                    arrived += reach.by_road
                    checked += 1
            order = sorted(range(UNITS), key=lambda i: (found[i].total_ms, i))[:5]
            best = rank(live, lon, lat, fleet, k=5)
            assert [i for i in range(UNITS) if best[i] is not None] == sorted(order)
            assert all(
                (best[i].total_ms, best[i].by_road) == (found[i].total_ms, found[i].by_road) for i in order
            )  # type: ignore[union-attr]
        conditions = some_closed_and_some_slow(rng, live)
        live = live.with_conditions(conditions, version + 1)
        for judge in judges.values():
            judge.under(conditions)
    assert checked == VERSIONS * ALARMS * UNITS
    return arrived


@pytest.mark.extract
def test_10800_queries_on_liechtenstein_are_scipys_to_the_millisecond(liechtenstein: County) -> None:
    live = LiveRoads(build_graph(liechtenstein.roads, liechtenstein.vehicle_classes))
    assert assert_every_time_is_scipys(live, 1) > 3_000


def test_10800_queries_on_the_bundled_county_are_scipys_to_the_millisecond(bundled: County) -> None:
    live = LiveRoads(build_graph(bundled.roads, bundled.vehicle_classes))
    assert assert_every_time_is_scipys(live, 2) > 3_000


def test_10800_queries_on_a_generated_county_are_scipys_to_the_millisecond() -> None:
    classes = default_catalogue().vehicle_classes
    live = LiveRoads(build_graph(road_like(260, 245, 1), {code: classes[code] for code in CLASSES}))
    assert assert_every_time_is_scipys(live, 3) > 3_000


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
