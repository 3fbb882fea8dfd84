"""Intake: every alarm is kept, none is refused, and ten callers for one fire make one incident."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatch.alarms.intake import take_alarm
from dispatch.alarms.location import CountyMap
from dispatch.alarms.places import CountyPlaces
from dispatch.alarms.report import read_report, storable
from gis_data.crs import from_wgs84, to_wgs84
from runtime.database import Database
from runtime.encoding import from_json, to_json
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, small_county

BOOK = CountyPlaces(small_county())
MAP = CountyMap(small_county(), BOOK, to_wgs84)


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


async def test_an_alarm_opens_an_incident_with_level_plan_zone_and_number(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    world = await make_world(stopped_db)
    answer = await world.alarm(VILLAGE_W, trapped=1)
    card = await world.incident(answer["incident_id"])
    assert answer["linked"] is False
    assert (card["kind"], card["level"], card["plan"]) == ("building", 2, "building_2")
    assert (card["zone"], card["station"], card["place_verified"]) == ("W", "W1", True)
    assert card["place"] == "西河镇 柳河村"
    assert card["number"] == "20260404-001"


async def test_the_number_counts_by_the_county_s_own_day(stopped_db: Database, fake_clock: FakeClock) -> None:
    world = await make_world(stopped_db)
    fake_clock.advance(10 * 3600 - 1)  # 23:59:59 in Zezhou, still the afternoon in Greenwich
    assert (await world.alarm(VILLAGE_W))["incident_number"] == "20260404-001"
    fake_clock.advance(1)
    assert (await world.alarm(VILLAGE_E))["incident_number"] == "20260405-001"
    assert (await world.alarm((112.86, 35.40)))["incident_number"] == "20260405-002"


async def test_ten_callers_at_once_make_one_incident_with_ten_alarms(world: World) -> None:
    answers = await asyncio.gather(
        *(world.alarm((VILLAGE_W[0] + n * 1e-4, VILLAGE_W[1] - n * 1e-4)) for n in range(10))
    )
    assert len({answer["incident_id"] for answer in answers}) == 1
    assert sorted(answer["linked"] for answer in answers) == [False] + [True] * 9
    assert (await world.incident(answers[0]["incident_id"]))["alarms"] == 10


async def test_the_same_message_sent_twice_at_once_gets_one_answer(world: World) -> None:
    answers = await asyncio.gather(*(world.alarm(VILLAGE_W, source_id="same") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert len(await world.sql("select id from alarm")) == 1


async def test_fires_in_two_villages_are_two_incidents(world: World) -> None:
    one, other = await world.alarm(VILLAGE_W), await world.alarm(VILLAGE_E)
    assert one["incident_id"] != other["incident_id"]


async def test_a_car_accident_beside_a_house_fire_is_another_incident(world: World) -> None:
    one = await world.alarm(VILLAGE_W)
    other = await world.alarm(VILLAGE_W, kind="rescue")
    assert one["incident_id"] != other["incident_id"]


async def test_an_alarm_of_yesterday_s_fire_opens_a_new_incident(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    world = await make_world(stopped_db)
    one = await world.alarm(VILLAGE_W)
    fake_clock.advance(3601)
    assert (await world.alarm(VILLAGE_W))["incident_id"] != one["incident_id"]


async def test_a_second_caller_who_sees_people_trapped_raises_the_level(world: World) -> None:
    first = await world.alarm(VILLAGE_W)
    await world.alarm(VILLAGE_W, trapped=3)
    card = await world.incident(first["incident_id"])
    assert (card["level"], card["trapped"]) == (3, 3)
    assert "incident_level_raised" in await world.types(first["incident_id"])


async def test_a_second_caller_who_knows_less_lowers_nothing(world: World) -> None:
    first = await world.alarm(VILLAGE_W, trapped=3, facts={"hazmat": True})
    await world.alarm(VILLAGE_W, trapped=0, facts={"hazmat": False})
    card = await world.incident(first["incident_id"])
    assert (card["level"] >= 3, card["trapped"], card["facts"]["hazmat"]) == (True, 3, True)


async def test_a_caller_who_knows_the_place_makes_it_certain(world: World) -> None:
    first = await world.alarm(location={"text": "北村"})  # there are two
    assert (await world.incident(first["incident_id"]))["place_verified"] is False
    near = await world.incident(first["incident_id"])
    second = await world.alarm((near["lon"], near["lat"]))
    card = await world.incident(first["incident_id"])
    assert second["incident_id"] == first["incident_id"]
    assert card["place_verified"] is True
    assert "incident_relocated" in await world.types(first["incident_id"])


async def test_a_sensor_nobody_has_checked_is_never_dispatched_on_by_the_machine(world: World) -> None:
    sensor = await world.alarm(VILLAGE_W, source="sensor")
    assert (await world.incident(sensor["incident_id"]))["automatic"] is False
    await world.alarm(VILLAGE_W, source="119")
    assert (await world.incident(sensor["incident_id"]))["automatic"] is True


# ── places ─────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "name", "certain"),
    [
        ("柳河村", "西河镇 柳河村", True),
        ("柳河", "西河镇 柳河村", True),
        ("西河镇柳河村老槐树旁边", "西河镇 柳河村 老槐树", True),
        ("东山乡北村", "东山乡 北村", True),
        ("东山乡 北村 三组", "东山乡 北村", True),
        ("北村", None, False),
        ("东山乡", "东山乡", False),
        ("东山乡那边", "东山乡", False),
    ],
)
def test_words_point_to_places(text: str, name: str | None, certain: bool) -> None:
    found = BOOK.resolve(text)
    assert found is not None
    assert found.certain is certain
    if name is not None:
        assert found.name == name


@pytest.mark.parametrize("text", ["", "  ", "!!!", "过了大桥往东", "xyz"])
def test_words_that_name_nothing_point_nowhere(text: str) -> None:
    assert BOOK.resolve(text) is None


def test_two_villages_of_one_name_give_a_circle_around_both() -> None:
    found = BOOK.resolve("北村")
    assert found is not None
    assert found.radius_metres > 10_000


def test_swapped_axes_are_turned_round_and_marked() -> None:
    found = MAP.locate(VILLAGE_W[1], VILLAGE_W[0], "wgs84", "")
    assert (found.lon, found.lat) == VILLAGE_W
    assert found.verified is False
    assert found.doubts == ("axes_swapped",)


def test_gcj02_is_stored_as_wgs84() -> None:
    lon, lat = from_wgs84(*VILLAGE_W, "gcj02")
    found = MAP.locate(lon, lat, "gcj02", "")
    assert abs(found.lon - VILLAGE_W[0]) < 1e-6
    assert abs(found.lat - VILLAGE_W[1]) < 1e-6
    assert found.verified


@pytest.mark.parametrize(
    ("lon", "lat", "crs", "text", "doubt"),
    [
        (*VILLAGE_W, "mars", "", "unknown_crs"),
        (12.0, 35.0, "wgs84", "", "off_the_map"),
        (12.0, 35.0, "wgs84", "柳河村", "off_the_map"),
        (None, 35.4, "wgs84", "", "half_a_position"),
        (None, None, "wgs84", "", "no_place"),
        (None, None, "wgs84", "不知道哪里", "place_unknown"),
    ],
)
def test_a_doubtful_place_is_taken_with_a_radius(
    lon: float | None, lat: float | None, crs: str, text: str, doubt: str
) -> None:
    found = MAP.locate(lon, lat, crs, text)
    assert doubt in found.doubts
    assert found.verified is False
    assert found.uncertainty_metres >= 100
    if text == "柳河村":
        assert (found.lon, found.lat) == VILLAGE_W


# ── no caller is refused ───────────────────────────────────────────────────────────────────────────────────────

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ANY_ALARM = st.fixed_dictionaries(
    {},
    optional={
        "source": ANY_JSON,
        "kind": ANY_JSON | st.sampled_from(["building", "火灾", "vegetation"]),
        "location": ANY_JSON
        | st.fixed_dictionaries(
            {},
            optional={
                "lon": ANY_JSON | st.floats(112, 113),
                "lat": ANY_JSON | st.floats(35, 36),
                "crs": ANY_JSON,
                "text": ANY_JSON,
            },
        ),
        "trapped": ANY_JSON,
        "facts": ANY_JSON,
        "caller": ANY_JSON,
        "reported_at": ANY_JSON | st.datetimes().map(str),
        "verified": ANY_JSON,
    },
)


@given(body=ANY_ALARM)
@settings(max_examples=300, deadline=None)
def test_every_report_can_be_read_located_and_stored_as_json(body: dict[str, Any]) -> None:
    now = FakeClock().now
    said = read_report(body, now)
    located = MAP.locate(said.lon, said.lat, said.crs, said.text)
    assert located.verified or located.doubts
    assert 0 <= said.trapped <= 9999
    assert said.reported_at <= now
    for value in (said.source, said.text, said.caller or "", said.description or ""):
        assert "\x00" not in value
        value.encode("utf-8")
    assert from_json(to_json(storable(body))) is not None or body is None


@given(body=ANY_ALARM)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_no_caller_is_refused(world: World, body: dict[str, Any]) -> None:
    answer = await world.act(take_alarm, body, by="gateway/test", message_id=None)
    card = await world.incident(answer["incident_id"])
    assert card["status"] == "open"
    assert card["alarms"] >= 1
