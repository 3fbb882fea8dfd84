"""What surrounds the roads: outline, towns, places, stations, zones, units, water and forest."""

from __future__ import annotations

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import shapely

from gis_data.crs import geodesic_metres
from gis_data.errors import InputError
from gis_data.model import Contact, County, DutyMode, StationClass
from gis_data.osm import ATTRIBUTION, import_osm
from gis_data.osm.clock import fixed_offset, guess_time_zone
from gis_data.osm.names import slug
from tests.rules.osm_world import World, grid


@pytest.fixture
def world() -> World:
    world = World()
    grid(world, 8)
    return world


def boundary(world: World, x: float, y: float, width: float, height: float, **tags: str) -> int:
    ring = world.area(x, y, width, height, {"note": "outline"})
    return world.relation(
        [("way", ring, "outer")],
        {
            "type": "boundary",
            "boundary": "administrative",
            **{k.replace("__", ":"): v for k, v in tags.items()},
        },
    )


def village(world: World, x: float, y: float, name: str, place: str = "village", **tags: str) -> int:
    return world.node(x, y, {"place": place, "name": name, **tags}, new=True)


def zones_tile(county: County) -> None:
    areas = [zone.area for zone in county.zones]
    assert shapely.union_all(areas).equals(county.boundary)
    assert sum(area.area for area in areas) == pytest.approx(county.boundary.area, rel=1e-9)
    assert all(area.is_valid and not area.is_empty for area in areas)


def test_the_smallest_boundary_that_holds_the_roads_is_the_county(world: World, tmp_path: Path) -> None:
    boundary(world, -20, -20, 60, 60, admin_level="4", name="省")
    boundary(world, -1, -9, 10, 10, admin_level="6", name="泽州县", name__en="Zezhou County")
    boundary(world, -1, -9, 3, 3, admin_level="8", name="一镇")
    county, report = world.import_into(tmp_path)
    assert (county.name.zh, county.name.en) == ("泽州县", "Zezhou County")
    assert county.boundary.bounds == pytest.approx((112.899, 35.491, 112.909, 35.501))
    assert report.made.get("boundary") is None
    assert "泽州县" in " ".join(report.notes)


def test_without_a_boundary_the_outline_goes_round_the_roads(world: World, tmp_path: Path) -> None:
    county, report = world.import_into(tmp_path)
    roads = shapely.points(county.roads.coords)
    assert shapely.contains(county.boundary, roads).all()
    assert report.made["boundary"] == 1
    assert county.name.zh == "little"
    assert county.code == "little"


def test_districts_that_tile_the_county_are_its_towns(world: World, tmp_path: Path) -> None:
    boundary(world, -1, -9, 10, 10, admin_level="6", name="县")
    west = boundary(world, -1, -9, 5, 10, admin_level="8", name="西镇")
    east = boundary(world, 4, -9, 5, 10, admin_level="8", name="东镇")
    village(world, 1, -2, "西镇", "town")
    village(world, 6, -2, "小村")
    county, _ = world.import_into(tmp_path)
    assert {(town.code, town.name) for town in county.towns} == {
        (f"town-r{west}", "西镇"),
        (f"town-r{east}", "东镇"),
    }
    assert all(town.area is not None for town in county.towns)
    assert {place.name: place.town for place in county.places} == {
        "西镇": f"town-r{west}",
        "小村": f"town-r{east}",
    }
    zones_tile(county)


def test_places_stand_on_their_rungs_with_a_radius(world: World, tmp_path: Path) -> None:
    village(world, 1, -1, "大镇", "town", population="12 000")
    near = village(world, 2, -2, "王村")
    village(world, 2.5, -2.5, "小庄", "hamlet")
    village(world, 3, -3, "岔路口", "locality")
    village(world, 3, -4, "", "village")
    village(world, 90, 90, "远村")
    world.area(4, -4, 0.5, 0.5, {"amenity": "school", "name": "中心小学"})
    county, report = world.import_into(tmp_path)
    by_name = {place.name: place for place in county.places}
    assert {name: place.kind for name, place in by_name.items()} == {
        "大镇": "village",
        "王村": "village",
        "小庄": "hamlet",
        "岔路口": "landmark",
        "中心小学": "landmark",
    }
    assert by_name["大镇"].population == 12000
    assert by_name["小庄"].village == f"n{near}"
    assert by_name["大镇"].radius_metres > by_name["王村"].radius_metres > by_name["中心小学"].radius_metres
    reasons = {drop.reason for drop in report.dropped if drop.layer == "places"}
    assert reasons == {"without a name", "outside the county"}


def test_stations_are_found_as_points_and_as_buildings_once_each(world: World, tmp_path: Path) -> None:
    world.node(
        1.2, -1.2, {"amenity": "fire_station", "name": "Feuerwehr Ost", "name:zh": "东消防队"}, new=True
    )
    world.area(6, -6, 0.3, 0.3, {"amenity": "fire_station", "building": "yes"})
    world.node(6.1, -6.1, {"amenity": "fire_station"}, new=True)
    village(world, 6, -5, "Westdorf")
    county, report = world.import_into(tmp_path)
    names = {(s.name.zh, s.name.en) for s in county.stations if s.station_class is StationClass.TOWNSHIP_1}
    assert names == {("东消防队", "Feuerwehr Ost"), ("Westdorf消防站", "Westdorf fire station")}
    assert report.taken["stations"] == 2


@pytest.mark.parametrize(
    ("name", "station_class", "duty"),
    [
        ("Freiwillige Feuerwehr Vaduz", StationClass.TOWNSHIP_1, DutyMode.HOME),
        ("Werkfeuerwehr Stahl AG", StationClass.ENTERPRISE, DutyMode.STATION),
        ("泽州县消防救援大队", StationClass.NATIONAL, DutyMode.STATION),
        ("南村镇政府专职消防队", StationClass.TOWNSHIP_1, DutyMode.STATION),
        ("东街社区微型消防站", StationClass.MICRO, DutyMode.STATION),
        ("巴公镇志愿消防队", StationClass.VOLUNTEER, DutyMode.STATION),
        ("县森林消防中队", StationClass.FORESTRY, DutyMode.STATION),
    ],
)
def test_a_station_is_taken_for_what_its_name_says(
    world: World, tmp_path: Path, name: str, station_class: StationClass, duty: DutyMode
) -> None:
    world.node(1.2, -1.2, {"amenity": "fire_station", "name": name}, new=True)
    world.node(6.2, -6.2, {"amenity": "fire_station", "name": "Main fire station"}, new=True)
    county, _ = world.import_into(tmp_path)
    station = next(s for s in county.stations if s.name.zh == name)
    assert station.station_class is station_class
    assert {unit.duty_mode for unit in county.units if unit.station == station.code} == {duty}
    assert station.body == ("city_119" if station_class is StationClass.NATIONAL else "county_centre")


def test_a_station_beyond_the_border_belongs_to_the_neighbour(world: World, tmp_path: Path) -> None:
    boundary(world, -1, -9, 10, 10, admin_level="6", name="县")
    world.node(1.2, -1.2, {"amenity": "fire_station", "name": "Home brigade"}, new=True)
    world.node(12, -2, {"amenity": "fire_station", "name": "Abroad brigade"}, new=True)
    county, _ = world.import_into(tmp_path)
    abroad = next(s for s in county.stations if s.name.en == "Abroad brigade")
    assert abroad.foreign
    assert (abroad.body, abroad.zone, abroad.town) == ("neighbour_county", "", "")
    assert {zone.brigade for zone in county.zones} == {
        s.code for s in county.stations if s.name.en == "Home brigade"
    }


def test_zones_divide_the_county_without_gap_or_overlap_and_back_each_other_by_distance(
    world: World, tmp_path: Path
) -> None:
    boundary(world, -1, -9, 10, 10, admin_level="6", name="县")
    for x, y, name in ((1.3, -1.7, "A"), (6.1, -2.2, "B"), (3.4, -7.5, "C"), (7.7, -7.9, "D")):
        world.node(x, y, {"amenity": "fire_station", "name": f"Station {name}"}, new=True)
    county, _ = world.import_into(tmp_path)
    zones_tile(county)
    assert len(county.zones) == 4
    stations = {station.code: station for station in county.stations}
    by_code = {zone.code: zone for zone in county.zones}
    for zone in county.zones:
        seat = stations[zone.brigade].position
        assert zone.area.contains(seat)
        assert stations[zone.brigade].zone == zone.code
        assert zone.synthetic
        others = [stations[by_code[code].brigade].position for code in zone.backup]
        away = [float(geodesic_metres(seat.x, seat.y, other.x, other.y)) for other in others]
        assert len(away) == 3
        assert away == sorted(away)


def test_units_are_invented_for_every_station_and_say_so(world: World, tmp_path: Path) -> None:
    world.node(1.2, -1.2, {"amenity": "fire_station", "name": "Station A"}, new=True)
    village(world, 60, -60, "Farville")
    world.way([(7, -8), (60, -60)])
    world.area(0, 1, 4, 4, {"natural": "wood"})
    county, report = world.import_into(tmp_path)
    stations = {station.code: station for station in county.stations}
    assert {unit.station for unit in county.units} == set(stations)
    assert all(unit.synthetic and unit.accepted for unit in county.units)
    assert not next(s for s in county.stations if s.name.en == "Station A").synthetic
    post = next(s for s in county.stations if s.name.en.startswith("Farville fire post"))
    assert post.synthetic
    assert post.source.startswith("invented")
    assert any(s.station_class is StationClass.FORESTRY and s.synthetic for s in county.stations)
    assert report.made["units"] == len(county.units)
    for unit in county.units:
        assert unit.vehicle_class in county.vehicle_classes
        assert set(unit.brings) <= set(county.capabilities)
        assert unit.brings["people"] <= unit.seats
        assert unit.minimum_crew <= unit.seats
        assert unit.name.zh
        assert unit.name.en


def test_without_any_station_every_town_gets_a_brigade(world: World, tmp_path: Path) -> None:
    for x, name in ((0, "甲镇"), (30, "乙镇"), (60, "丙镇")):
        village(world, x + 0.5, -1.5, name, "town")
    world.way([(7, -1), (30, -1), (60, -1)])
    county, report = world.import_into(tmp_path)
    assert {s.station_class for s in county.stations} == {StationClass.TOWNSHIP_1}
    assert [s.code for s in county.stations] == ["bingzhen", "jiazhen", "yizhen"]
    assert len(county.zones) == 3
    assert report.made["stations"] == 3
    zones_tile(county)


def test_the_remotest_of_the_invented_posts_can_only_be_rung_up(world: World, tmp_path: Path) -> None:
    world.node(1.2, -1.2, {"amenity": "fire_station", "name": "Main station"}, new=True)
    for x, name in ((20, "Near"), (40, "Far"), (60, "Farthest")):
        village(world, x, -1.5, name, "town")
    world.way([(7, -1), (20, -1), (60, -1)])
    county, _ = world.import_into(tmp_path)
    rung = {unit.station for unit in county.units if unit.contact is Contact.TELEPHONE}
    assert rung == {"farthest"}


def test_water_is_found_where_engines_can_use_it(world: World, tmp_path: Path) -> None:
    hydrant = {"emergency": "fire_hydrant", "fire_hydrant:flow_rate": "900", "ref": "H7"}
    world.node(1.1, -1, hydrant, new=True)
    world.node(1.2, -1, {"emergency": "fire_hydrant", "fire_hydrant:type": "pond"}, new=True)
    world.node(1.3, -1, {"emergency": "water_tank", "water_tank:volume": "80"}, new=True)
    world.node(1.4, -1, {"emergency": "suction_point", "disused": "yes"}, new=True)
    world.node(1.5, -1, {"man_made": "storage_tank", "content": "oil"}, new=True)
    world.area(2, -2, 1, 0.4, {"emergency": "fire_water_pond", "name": "老池塘"})
    beside = world.area(3.1, -3.5, 0.5, 0.3, {"natural": "water", "name": "水库"})
    world.area(30, 30, 2, 2, {"natural": "water"})
    world.area(4.1, -4.5, 0.05, 0.05, {"natural": "water"})
    county, report = world.import_into(tmp_path)
    by_kind = {source.kind: source for source in county.water_sources}
    assert sorted(s.kind for s in county.water_sources) == [
        "hydrant",
        "pond",
        "pond",
        "pond",
        "suction_point",
        "tank",
    ]
    assert by_kind["hydrant"].flow_lps == 15.0
    assert by_kind["hydrant"].name == "H7"
    assert by_kind["tank"].capacity_tonnes == 80.0
    assert not by_kind["suction_point"].usable
    bank = next(s for s in county.water_sources if s.code == f"w{beside}")
    assert shapely.box(112.9031, 35.4965, 112.9036, 35.4968).boundary.distance(bank.position) < 1e-6
    assert not any(source.synthetic for source in county.water_sources)
    assert {d.reason for d in report.dropped if d.layer == "water sources"} == {
        "outside the county",
        "open water under 100 m²",
    }


def test_forests_are_taken_as_areas_with_their_holes(world: World, tmp_path: Path) -> None:
    world.area(0, 1, 3, 3, {"landuse": "forest", "name": "北山"})
    world.area(8, 8, 0.1, 0.1, {"natural": "wood"})
    outer = world.area(4, 1, 3, 3, {"note": "ring"})
    inner = world.area(5, 2, 1, 1, {"note": "glade"})
    world.relation(
        [("way", outer, "outer"), ("way", inner, "inner")], {"type": "multipolygon", "natural": "wood"}
    )
    county, report = world.import_into(tmp_path)
    assert sorted(forest.name for forest in county.forests) == ["", "北山"]
    ringed = next(forest for forest in county.forests if not forest.name)
    assert len(list(shapely.get_parts(ringed.area)[0].interiors)) == 1
    assert {d.reason for d in report.dropped if d.layer == "forests"} == {"under half a hectare"}


def test_the_folder_says_where_its_data_comes_from(world: World, tmp_path: Path) -> None:
    county, report = world.import_into(tmp_path)
    assert county.attribution == (ATTRIBUTION,)
    assert report.attribution == "© OpenStreetMap contributors, ODbL 1.0"
    assert county.digest == report.digest
    assert county.centre_body == "county_centre"
    assert county.projection == "EPSG:32649"
    assert county.time_zone == "Asia/Shanghai"
    assert county.code in str(report)
    assert f"{len(county.roads):,}  road pieces" in str(report)


def test_the_time_zone_can_be_given(world: World, tmp_path: Path) -> None:
    county, report = world.import_into(tmp_path, time_zone="Etc/GMT-8", code="zz")
    assert county.time_zone == "Etc/GMT-8"
    assert county.code == "zz"
    assert not any("time zone" in note for note in report.notes)


def test_an_unknown_time_zone_is_refused_before_anything_is_read(world: World, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="time zone: 'Mars/Phobos'"):
        world.import_into(tmp_path, time_zone="Mars/Phobos")
    assert not (tmp_path / "county").exists()


def test_progress_is_told_step_by_step(world: World, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    file = world.write(tmp_path)
    import_osm(file, tmp_path / "county", progress=lambda *step: told.append(step))
    assert list(dict.fromkeys(step for step, _, _ in told)) == ["read", "roads", "places", "forces", "write"]
    last = {step: (done, total) for step, done, total in told}
    assert all(done == total > 0 for done, total in last.values())


def test_time_zones_are_guessed_from_the_nearest_city_of_the_list() -> None:
    assert guess_time_zone(9.52, 47.14) == "Europe/Vaduz"
    assert guess_time_zone(9.52, 47.14, "CH") == "Europe/Zurich"
    assert guess_time_zone(112.85, 35.5) == "Asia/Shanghai"
    assert [fixed_offset(lon) for lon in (112.0, 2.0, -71.0)] == ["Etc/GMT-7", "Etc/GMT", "Etc/GMT+5"]
    for lon in range(-180, 181, 15):
        ZoneInfo(fixed_offset(float(lon)))


def test_codes_are_short_plain_names() -> None:
    assert slug("Triesenberg", "x") == "triesenberg"
    assert slug("泽州县", "x") == "zezhouxian"
    assert slug("Sankt Pölten-Süd", "x") == "sankt-polten-sud"
    assert slug("!!!", "station") == "station"
