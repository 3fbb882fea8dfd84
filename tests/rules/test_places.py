"""Place search: by name, by pinyin, by initials, by coordinates in a named system; and down the ladder."""

from dataclasses import replace
from time import perf_counter

import pytest
from shapely import Point

from dispatch.console.coordinates import parse_position
from dispatch.console.places import PlaceIndex
from gis_data.crs import from_wgs84
from gis_data.model import Name, Place, Station, Town
from tests.storage.forces_county import grid_county

COUNTY = grid_county()
INDEX = PlaceIndex(COUNTY)
BOUNDS = COUNTY.boundary.bounds


def codes(words: str, **more: object) -> list[str]:
    return [place.code for place in INDEX.search(words, **more)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "words",
    [
        "渠头村",
        "渠头",
        "qutoucun",
        "QuTou",
        "qtc",
        "大阳镇渠头村",
        "大阳渠头",
        "dayangqutou",
        "dyqtc",
        "dyzqtc",
    ],
)
def test_a_village_is_found_as_written_as_read_and_by_initials(words: str) -> None:
    assert codes(words)[0] == "t1-01"


@pytest.mark.parametrize("words", ["重庆火锅", "chongqing", "zhongqing", "cqhgc", "zqhgc"])
def test_a_character_with_several_readings_is_found_under_each(words: str) -> None:
    assert codes(words)[0] == "t2-03"


def test_of_two_villages_with_one_name_the_town_decides() -> None:
    assert codes("李家庄")[:2] == ["t2-01", "t1-02"]  # the larger first
    assert codes("大阳 李家庄")[0] == "t1-02"
    assert codes("李家庄 巴公")[0] == "t2-01"
    assert codes("by ljzc") == []
    assert codes("dy ljzc")[0] == "t1-02"


def test_the_exact_name_comes_before_longer_ones() -> None:
    assert codes("上李家庄")[0] == "t1-02-1"
    assert codes("李家庄村")[:2] == ["t2-01", "t1-02"]


def test_a_suffix_that_the_caller_adds_does_no_harm() -> None:
    assert codes("渠头自然村")[0] == "t1-01"


def test_stations_are_places_too() -> None:
    [station] = [place for place in INDEX.search("巴公专职") if place.kind == "station"]
    assert station.code == "s2"


def test_nothing_typed_or_nothing_known_finds_nothing() -> None:
    assert codes("") == codes("，。") == codes("没有这个地方") == []


def test_the_label_is_the_whole_ladder() -> None:
    assert INDEX.search("上李家庄")[0].label == "大阳镇 李家庄村 上李家庄"


def test_the_ladder_goes_from_town_to_village_to_hamlet_group_and_landmark() -> None:
    assert [place.name for place in INDEX.ladder()] == ["巴公镇", "大阳镇", "高都镇"]
    assert [place.code for place in INDEX.ladder("t1")] == ["t1-02", "t1-01"]
    assert [(place.kind, place.code) for place in INDEX.ladder("t1-02")] == [
        ("hamlet", "t1-02-1"),
        ("group", "t1-02-1g"),
    ]
    assert INDEX.ladder("nowhere") == ()


@pytest.mark.parametrize(
    "words",
    [
        "112.85,35.45",
        "35.45 112.85",
        "112.85°, 35.45°",
        "东经112.85 北纬35.45",
        "北纬35°27′ 东经112°51′",
        "N35°27'00\" E112°51'00\"",
        "35.45N,112.85E",
        "lat=35.45 lon=112.85",
        "１１２．８５，３５．４５",
        "112度51分0秒 35度27分",
    ],
)
def test_a_position_is_read_however_it_is_typed(words: str) -> None:
    [place] = INDEX.search(words)
    assert place.kind == "position"
    assert (place.lon, place.lat) == (pytest.approx(112.85), pytest.approx(35.45))
    assert place.crs == "wgs84"


def test_a_position_in_another_system_is_converted_and_says_so() -> None:
    lon, lat = from_wgs84(112.85, 35.45, "gcj02")
    for found in (INDEX.search(f"高德 {lon},{lat}"), INDEX.search(f"{lon},{lat}", crs="gcj02")):
        assert found[0].crs == "gcj02"
        assert (found[0].lon, found[0].lat) == (
            pytest.approx(112.85, abs=2e-6),
            pytest.approx(35.45, abs=2e-6),
        )


@pytest.mark.parametrize(
    "words", ["112.85", "112.85,35.45,7", "3组", "112 号", "200,100", "N35 N36", "1 2 3", "35°75′ 112°"]
)
def test_what_is_no_position_is_none(words: str) -> None:
    assert parse_position(words, BOUNDS) is None


def test_german_names_are_found_without_their_dots() -> None:
    town = Town("t9", "Schaan", Point(112.85, 35.45), "", "", False)
    place = Place("p9", "Mühleholz", "hamlet", "t9", "", Point(112.85, 35.45), 100.0, 0)
    index = PlaceIndex(replace(COUNTY, towns=(town,), places=(place,), stations=()))
    assert [found.code for found in index.search("muhleh")] == ["p9"]
    assert [found.code for found in index.search("schaan muhle")] == ["p9"]
    assert index.search("SCHAAN")[0].code == "t9"


def test_a_county_of_ten_thousand_names_answers_at_once() -> None:
    places = tuple(
        Place(f"p{n}", f"{a}{b}{c}庄", "village", "t1", "", Point(112.85, 35.45), 100.0, n)
        for n, (a, b, c) in enumerate(
            (a, b, c)
            for a in "东西南北上下前后大小"
            for b in "李王张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
            for c in "家庄沟坡岭山河塘湾桥寨堡圪台洼坪峪川原里尾口头底边"
        )
    )
    index = PlaceIndex(replace(COUNTY, places=places))
    start = perf_counter()
    for words in ("l", "li", "dlj", "dalijia", "李家", "下高坪庄", "大阳 东李家"):
        assert index.search(words)
    assert (perf_counter() - start) / 7 < 0.1


def test_a_foreign_station_without_a_town_is_found_by_its_name() -> None:
    station = replace(COUNTY.stations[0], code="f", name=Name("晋城特勤站", "f"), foreign=True, town="")
    index = PlaceIndex(replace(COUNTY, stations=(station,)))
    assert isinstance(station, Station)
    assert index.search("jctqz")[0].code == "f"
