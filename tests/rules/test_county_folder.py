"""A county folder is read back as it was written, in the encodings that county offices use."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from openpyxl import Workbook
from shapely import Point, box

from gis_data.catalogue import catalogue_document, catalogue_of, default_catalogue
from gis_data.digest import county_digest, with_digest
from gis_data.errors import InputError
from gis_data.folder import read_county, write_county
from gis_data.model import (
    Contact,
    County,
    DrivingRules,
    DutyMode,
    Forest,
    Name,
    Person,
    Place,
    Station,
    StationClass,
    Town,
    Unit,
    WaterSource,
    Zone,
)
from gis_data.roads import roads_of
from gis_data.toml_text import toml_text


def small_county() -> County:
    """Two villages, one road, one station: the least a county can be."""
    catalogue = default_catalogue()
    area = box(112.7, 35.4, 112.9, 35.6)
    station = Station(
        "s1",
        Name("巴公站", "Bagong station"),
        StationClass.TOWNSHIP_1,
        Point(112.8, 35.5),
        "z1",
        "t1",
        "county_centre",
    )
    unit = Unit(
        "u1",
        Name("一号车", "Engine 1"),
        "s1",
        "heavy_engine",
        {"people": 6.0, "water_tonnes": 5.5},
        6,
        4,
        DutyMode.STATION,
        Contact.TABLET,
    )
    return with_digest(
        County(
            code="999999",
            name=Name("示例县", "Sample county"),
            time_zone="Asia/Shanghai",
            projection="EPSG:4547",
            synthetic=True,
            attribution=("invented for tests",),
            centre_body="county_centre",
            roads=roads_of(
                [[(112.75, 35.45), (112.8, 35.5)], [(112.8, 35.5), (112.82, 35.51), (112.85, 35.55)]],
                {
                    "ids": ["r1", "r2"],
                    "names": ["南环路", ""],
                    "classes": ["primary", "track"],
                    "oneway": [1, 0],
                    "width_metres": [7.0, np.nan],
                    "bridge": [True, False],
                    "barrier": ["", "gate"],
                },
            ),
            boundary=area,
            towns=(Town("t1", "巴公镇", Point(112.8, 35.5), "示例", "test", True, area),),
            places=(Place("p1", "官庄村", "village", "t1", "", Point(112.82, 35.51), 300.0, 1200, "s1"),),
            zones=(Zone("z1", Name("北片区", "North zone"), area, "s1", ()),),
            stations=(station,),
            units=(unit,),
            people=(Person("m1", "张示例", "s1", frozenset({"driver", "commander"}), "000-0001"),),
            water_sources=(WaterSource("w1", "一号池", "tank", Point(112.8, 35.5), 50.0, None),),
            forests=(Forest("f1", "东山林", box(112.85, 35.55, 112.9, 35.6)),),
            vehicle_classes=catalogue.vehicle_classes,
            capabilities=catalogue.capabilities,
            tasks=catalogue.tasks,
            kinds=catalogue.kinds,
            plans=catalogue.plans,
            triggers=catalogue.triggers,
            authority=catalogue.authority,
            deadlines=catalogue.deadlines,
            turnouts=catalogue.turnouts,
            notify_bodies=catalogue.notify_bodies,
            policy=catalogue.policy,
            digest="",
            turn_restrictions=(("r1", "r2", "no_left_turn"),),
        )
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "示例 county"
    write_county(small_county(), path)
    return path


def test_a_county_is_read_back_as_it_was_written(folder: Path) -> None:
    written, found = small_county(), read_county(folder)
    assert found.units == written.units
    assert found.people == written.people
    assert found.stations == written.stations
    assert found.places == written.places
    assert found.plans == written.plans
    assert found.turn_restrictions == written.turn_restrictions
    assert np.array_equal(found.roads.coords, written.roads.coords)
    assert np.isnan(found.roads.width_metres[1])
    assert found.digest == written.digest


def test_a_county_that_says_nothing_of_driving_drives_by_the_defaults(folder: Path) -> None:
    text = (folder / "county.toml").read_text(encoding="utf-8")
    before, rest = text.split("[driving]")
    (folder / "county.toml").write_text(before + rest[rest.index("[[") :], encoding="utf-8")
    assert read_county(folder).driving == DrivingRules() == default_catalogue().driving


def test_a_county_may_drive_by_its_own_rules(folder: Path) -> None:
    own = replace(DrivingRules(), contraflow_factor=0.7, contraflow_roads=frozenset({"residential"}))
    write_county(replace(small_county(), driving=own), folder)
    assert read_county(folder).driving == own


def test_the_digest_notices_a_centimetre_but_not_the_order() -> None:
    county = small_county()
    moved = replace(county.stations[0], position=Point(112.8000002, 35.5))
    assert county_digest(replace(county, stations=(moved,))) != county.digest
    more = replace(county, people=(*county.people, replace(county.people[0], code="m2")))
    assert county_digest(more) == county_digest(replace(more, people=more.people[::-1]))


def test_the_catalogue_as_toml_reads_back_unchanged() -> None:
    import tomllib

    catalogue = default_catalogue()
    text = toml_text(catalogue_document(catalogue))
    assert catalogue_of(tomllib.loads(text), "county.toml", None) == catalogue


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_tables_may_be_utf8_with_or_without_bom_or_gbk(folder: Path, encoding: str) -> None:
    text = (folder / "units.csv").read_bytes().decode("utf-8-sig")
    (folder / "units.csv").write_bytes(text.encode(encoding))
    assert read_county(folder).units == small_county().units


def test_people_may_come_as_a_workbook_with_chinese_headings(folder: Path) -> None:
    (folder / "people.csv").unlink()
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["编号", "姓名", "队站", "资格", "电话"])
    sheet.append(["m1", "张示例", "s1", "driver，commander", "000-0001"])
    book.save(folder / "people.xlsx")
    assert read_county(folder).people == small_county().people


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("units.csv", "heavy_engine,6", "heavy_engine,six", "units.csv, row 2, column people"),
        ("units.csv", "station,tablet", "sleeping,tablet", "units.csv, row 2, column duty_mode"),
        ("units.csv", "vehicle_class", "vehicel_class", "'vehicel_class' is not a known column"),
        ("people.csv", "m1,", ",", "people.csv, row 2, column code: is empty"),
        ("county.toml", "[county]", "[county", "county.toml: is not valid TOML"),
        ("county.toml", 'code = "999999"', "cod = 1", "county.toml [county], field cod"),
        ("county.toml", "EPSG:4547", "EPSG:99", "county.toml [county], field projection"),
        ("county.toml", "Asia/Shanghai", "Asia/Nowhere", "county.toml [county], field time_zone"),
        (
            "county.toml",
            "zone_tolerance_seconds = 60.0",
            'zone_tolerance_seconds = "soon"',
            "zone_tolerance_seconds",
        ),
        ("county.toml", "walk_kmh = 4.0", "walk_kmh = 0.0", "[driving], field walk_kmh: is out of range"),
        ("county.toml", "contraflow_factor = 0.5", "contraflow_factor = nan", "field contraflow_factor"),
        ("county.toml", "at_scene_metres = 100.0", "at_scene_metres = -1.0", "field at_scene_metres"),
        (
            "county.toml",
            "contraflow_roads",
            "contraflow_road",
            "[driving], field contraflow_road: is not known",
        ),
        ("county.toml", "hose_metres = 400.0", "hose_metres = -400.0", "heavy_engine, field hose_metres"),
        ("county.toml", 'slots = ["first_engine"', 'slots = ["first"', "no [[slot]] has the code 'first'"),
    ],
)
def test_what_is_wrong_is_said_with_file_row_and_field(
    folder: Path, file: str, old: str, new: str, said: str
) -> None:
    path = folder / file
    text = path.read_bytes().decode("utf-8")
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())
    with pytest.raises(InputError) as caught:
        read_county(folder)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-16", "shift_jis", "latin-1"])
def test_another_encoding_is_refused_in_one_line(folder: Path, encoding: str) -> None:
    (folder / "people.csv").write_bytes("code,name,station,qualifications\nm1,é è ü café,s1,\n".encode())
    text = {"shift_jis": "code,name,station\nm1,ヴィオラさんのテスト,s1\n"}.get(
        encoding, "code,name,station\nm1,é è ü café,s1\n"
    )
    (folder / "people.csv").write_bytes(text.encode(encoding))
    with pytest.raises(InputError, match=r"people\.csv: is (not|neither) UTF-8"):
        read_county(folder)


def test_a_broken_geopackage_is_one_line(folder: Path) -> None:
    (folder / "county.gpkg").write_bytes(b"SQLite format 3\0 and then nothing")
    with pytest.raises(InputError, match=r"county\.gpkg: is not a readable GeoPackage"):
        read_county(folder)


def test_a_folder_without_its_parts_is_one_line(tmp_path: Path, folder: Path) -> None:
    with pytest.raises(InputError, match="is not a folder"):
        read_county(tmp_path / "nowhere")
    (folder / "county.gpkg").unlink()
    with pytest.raises(InputError, match=r"county\.gpkg"):
        read_county(folder)
