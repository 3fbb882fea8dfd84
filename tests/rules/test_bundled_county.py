"""The bundled county 泽州县: real names, invented ground, the same everywhere, and fit to be dispatched in."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_data.bundled import bundled_county_folder
from gis_data.check import check_folder
from gis_data.check_roads import ends_of, road_lines
from gis_data.folder import read_county
from gis_data.model import Contact, County, DutyMode, StationClass
from gis_data.zezhou.county import build_zezhou
from gis_data.zezhou.facts import facts
from roster.demand import seats_of
from roster.files.book import read_book
from roster.files.faults import check_duty

DIGEST = "be00cf6be5f9dd652ac1a145242d813c1db9c07a9dddaa659212d24515d4dcfe"


@pytest.fixture(scope="module")
def folder(run_folder: Path) -> Path:
    return bundled_county_folder(run_folder / "counties")


@pytest.fixture(scope="module")
def county(folder: Path) -> County:
    return read_county(folder)


def test_its_canonical_features_have_the_pinned_checksum(county: County) -> None:
    assert county.digest == DIGEST


def test_it_is_generated_alike_a_second_time(county: County) -> None:
    assert build_zezhou().digest == county.digest


def test_it_is_made_once_and_kept(folder: Path) -> None:
    before = (folder / "county.gpkg").stat().st_mtime_ns
    assert bundled_county_folder(folder.parent) == folder
    assert (folder / "county.gpkg").stat().st_mtime_ns == before


def test_it_has_no_fault(folder: Path) -> None:
    assert [str(fault) for fault in check_folder(folder)] == []


def test_towns_and_villages_keep_their_real_names_and_codes(county: County) -> None:
    assert len(county.towns) == 16
    villages = {place.code: place for place in county.places if place.kind == "village"}
    assert len(villages) == 450
    for fact in facts().villages:
        assert villages[fact.code].name == fact.name
        assert villages[fact.code].town == fact.town
    assert villages["140525100200"].name == "南村"


def test_what_is_generated_says_so(county: County) -> None:
    assert county.synthetic
    assert county.roads.synthetic.all()
    for features in (county.places, county.stations, county.units, county.people, county.water_sources):
        seats = {town.code for town in county.towns}
        assert all(f.synthetic for f in features if f.code not in seats)
    known = [town for town in county.places if town.kind == "town" and not town.synthetic]
    assert [town.name for town in known] == ["南村镇", "金村镇"]
    assert any("非实测" in line for line in county.attribution)


def test_the_county_has_its_hole_and_roads_cross_it(county: County) -> None:
    (hole,) = county.boundary.interiors  # type: ignore[union-attr]
    city = shapely.Polygon(hole)
    lines = road_lines(county.roads)
    crossing = shapely.intersects(lines, shapely.LineString(city.exterior))
    trunk = [county.roads.classes[piece] for piece in np.flatnonzero(crossing)]
    assert trunk.count("trunk") >= 4


def test_the_buffer_has_roads_and_neighbours(county: County) -> None:
    lines = road_lines(county.roads)
    away = shapely.distance(lines, county.boundary)
    assert 0.10 < float(away.max()) < 0.20
    abroad = [station for station in county.stations if station.foreign]
    assert {station.body for station in abroad} == {"city_119", "neighbour_county"}
    assert all(not county.boundary.contains(station.position) for station in abroad)


def test_the_network_has_the_size_of_a_county(county: County) -> None:
    assert 15_000 <= len(ends_of(county.roads).at) <= 40_000
    kinds = Counter(county.roads.classes)
    assert set(kinds) >= {
        "trunk",
        "primary",
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "living_street",
        "track",
    }
    assert (county.roads.oneway != 0).sum() > 500
    assert county.roads.bridge.sum() > 50
    assert (county.roads.maxweight_tonnes < 16).sum() > 20
    assert county.roads.ford.sum() > 5
    assert {"gate", "bollard"} <= set(county.roads.barrier)


def test_roads_cross_each_other_only_at_junctions(county: County) -> None:
    lines = road_lines(county.roads)
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    assert (one == other).sum() == len(one) or len(one) <= 6


@pytest.mark.parametrize(
    ("vehicle", "share"), [("pickup", 0.95), ("light_engine", 0.93), ("heavy_engine", 0.85)]
)
def test_villages_can_be_reached_by_ordinary_vehicles(county: County, vehicle: str, share: float) -> None:
    """All but the deliberate exceptions: behind a narrow lane or a weak bridge."""
    kind = county.vehicle_classes[vehicle]
    roads = county.roads
    speeds = np.array([kind.speeds_kmh.get(word, 0.0) for word in roads.classes])
    open_road = (speeds > 0) & ~(roads.width_metres < kind.width_metres + 0.3)
    open_road &= ~(roads.maxweight_tonnes < kind.mass_tonnes) & (np.array(roads.barrier) != "bollard")
    open_road &= ~roads.ford | kind.ford
    ends = ends_of(roads)
    a, b = ends.first[open_road], ends.last[open_road]
    oneway = roads.oneway[open_road]
    tail = np.concatenate([a[oneway >= 0], b[oneway <= 0]])
    head = np.concatenate([b[oneway >= 0], a[oneway <= 0]])
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(len(ends.at), len(ends.at))).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    main = np.bincount(label).argmax()
    on_main = open_road & (label[ends.first] == main) & (label[ends.last] == main)
    reached = shapely.MultiLineString(list(road_lines(roads)[on_main]))
    shapely.prepare(reached)
    near = [
        place.position.distance(reached) * 100_000 < 120 for place in county.places if place.kind == "village"
    ]
    assert np.mean(near) >= share
    for station in county.stations:
        if any(u.station == station.code and u.vehicle_class == vehicle for u in county.units):
            assert station.position.distance(reached) * 100_000 < 60


def test_every_town_lies_in_one_zone_and_zones_back_each_other(county: County) -> None:
    assert len(county.zones) == 5
    for town in county.towns:
        assert sum(zone.area.contains(town.seat) for zone in county.zones) == 1
    for zone in county.zones:
        assert sorted([zone.code, *zone.backup]) == sorted(z.code for z in county.zones)
        brigade = next(station for station in county.stations if station.code == zone.brigade)
        assert brigade.station_class is StationClass.TOWNSHIP_1
        assert zone.area.contains(brigade.position)


def test_the_forces_are_those_of_the_founding_documents(county: County) -> None:
    own = Counter(station.station_class for station in county.stations if not station.foreign)
    assert own[StationClass.TOWNSHIP_1] == 5
    assert own[StationClass.TOWNSHIP_2] + own[StationClass.VOLUNTEER] == 11
    assert own[StationClass.FORESTRY] == 2
    assert own[StationClass.ENTERPRISE] == 1
    assert own[StationClass.MICRO] >= 20
    assert 60 <= len(county.units) <= 90
    not_accepted = {unit.station for unit in county.units if not unit.accepted}
    assert len(not_accepted) == 1
    assert {unit.contact for unit in county.units} == set(Contact)
    assert {unit.duty_mode for unit in county.units} == set(DutyMode)


def test_the_county_could_fill_every_plan_by_itself(county: County) -> None:
    abroad = {station.code for station in county.stations if station.foreign}
    total: Counter[str] = Counter()
    for unit in county.units:
        if unit.accepted and unit.station not in abroad:
            total.update({code: int(100 * amount) for code, amount in unit.brings.items()})
    for plan in county.plans:
        for capability, amount in plan.must_arrive.items():
            assert total[capability] >= 100 * amount, (plan.code, capability)


def test_its_duty_is_planned_without_a_fault_and_with_people_to_spare(county: County, folder: Path) -> None:
    assert check_duty(county, folder, date(2026, 12, 1)) == ()
    book = read_book(county, folder)
    assert all(person.synthetic for person in book.people.values())
    for team in book.teams.values():
        required = sum(seat.required for seat in seats_of(book, team.code, date(2026, 12, 1))) / len(
            team.shifts
        )
        members = len(book.members(team.code, date(2026, 12, 1)))
        platoons = max(1, len(book.rotations[team.rotation].offsets))
        assert members >= required * platoons + 1, team.code


def test_every_station_has_people_with_drivers_among_them(county: County) -> None:
    for station in county.stations:
        if not station.foreign:
            mine = [person for person in county.people if person.station == station.code]
            assert len(mine) >= 6
            assert any("driver" in person.qualifications for person in mine)
    assert len({person.name for person in county.people}) == len(county.people)
