"""Who could be sent now: duty, crew, status, service and position decide, and every change is journaled."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from dispatch.access.problem import Problem
from dispatch.forces import commands
from dispatch.forces.apply import apply_county
from dispatch.forces.model import Candidate, Gate
from dispatch.forces.positions import Verdict
from dispatch.forces.status import Status
from dispatch.forces.store import crews, load_candidates
from dispatch.forces.tracking import Tracking
from gis_data.crs import from_wgs84
from gis_data.model import DutyMode, TurnoutRule
from runtime.clock import utc_now
from runtime.database import Database
from runtime.journal import Event, read_events
from tests.conftest import FakeClock
from tests.storage.forces_county import CODE, grid_county

COUNTY = replace(
    grid_county(),
    turnouts=(
        TurnoutRule("*", "patrol", 10, 10),
        TurnoutRule("volunteer", "*", 180, 300),
        TurnoutRule("*", "*", 60, 90),
    ),
)


@pytest.fixture
async def county_db(db: Database) -> Database:
    async with db.work() as work:
        await apply_county(work, COUNTY)
    return db


async def candidates(db: Database, **more: object) -> dict[str, Candidate]:
    async with db.work() as work:
        found = await load_candidates(work.conn, COUNTY, work.now, **more)  # type: ignore[arg-type]
    return {candidate.code: candidate for candidate in found}


async def status(db: Database, unit: str, new: Status, **more: object) -> object:
    async with db.work() as work:
        return await commands.report_status(work, CODE, unit, new, at=more.get("at"), by="test")  # type: ignore[arg-type]


async def duty(db: Database, unit: str, **more: object) -> None:
    async with db.work() as work:
        await commands.report_strength(work, CODE, unit, by="test", **more)  # type: ignore[arg-type]


async def last_event(db: Database) -> Event:
    async with db.pool.acquire() as conn:
        return (await read_events(conn, f"county/{CODE}", 0))[-1]


async def test_a_unit_on_standby_with_its_crew_has_no_gate(county_db: Database) -> None:
    unit = (await candidates(county_db))["s1-1"]
    assert unit.gates == Gate.NONE
    assert unit.at_station
    assert unit.brings == dict(COUNTY.units[0].brings)
    assert unit.turnout_seconds in (60, 90)


async def test_each_thing_that_stops_a_unit_has_its_gate(county_db: Database) -> None:
    await duty(county_db, "s1-1", crew=0)
    await duty(county_db, "s1-2", crew=1)
    await status(county_db, "s2-1", Status.EN_ROUTE)
    async with county_db.work() as work:
        await commands.set_service(work, CODE, "s2-2", cause="repair", by="test")
    found = await candidates(county_db)
    assert {code: found[code].gates for code in found} == {
        "s1-1": Gate.OFF_DUTY,
        "s1-2": Gate.SHORT_CREW,
        "s2-1": Gate.BUSY,
        "s2-2": Gate.OUT_OF_SERVICE,
        "s2-3": Gate.NONE,
        "s3-1": Gate.NONE,
        "s3-2": Gate.NOT_ACCEPTED,
        "m1-1": Gate.NONE,
    }


async def test_a_duty_that_has_ended_counts_no_more(stopped_db: Database, fake_clock: FakeClock) -> None:
    async with stopped_db.work() as work:
        await apply_county(work, COUNTY)
    await duty(stopped_db, "s1-1", until=fake_clock.now + timedelta(hours=1))
    assert (await candidates(stopped_db))["s1-1"].gates == Gate.NONE
    fake_clock.advance(3600)
    assert (await candidates(stopped_db))["s1-1"].gates == Gate.OFF_DUTY
    async with stopped_db.reading() as conn:
        assert "s1-1" not in await crews(conn, CODE, fake_clock.now)
        assert (await crews(conn, CODE, fake_clock.now - timedelta(minutes=1)))["s1-1"].seats_filled == 6


async def test_night_turnout_follows_the_county_clock(stopped_db: Database, fake_clock: FakeClock) -> None:
    async with stopped_db.work() as work:
        await apply_county(work, COUNTY)
    assert (await candidates(stopped_db))["s3-1"].turnout_seconds == 180
    fake_clock.advance(9 * 3600)  # 23:00 in Shanxi
    assert (await candidates(stopped_db))["s3-1"].turnout_seconds == 300


async def test_whoever_stands_as_before_is_the_same_object(county_db: Database) -> None:
    before = await candidates(county_db)
    await status(county_db, "s2-1", Status.EN_ROUTE)
    after = await candidates(county_db)
    assert {code for code in before if after[code] is not before[code]} == {"s2-1"}
    assert after["s2-1"].gates == Gate.BUSY
    await status(county_db, "s2-1", Status.STANDBY)
    assert (await candidates(county_db))["s2-1"] == before["s2-1"]


async def test_a_short_crew_degrades_what_a_candidate_brings(county_db: Database) -> None:
    await duty(county_db, "s1-1", crew=3, qualifications={"driver": 1, "ba": 2})
    unit = (await candidates(county_db))["s1-1"]
    assert unit.gates == Gate.NONE
    assert unit.brings == {"people": 3, "ba_pairs": 1, "water_tonnes": 6, "engine": 1}


async def test_more_people_than_seats_are_refused(county_db: Database) -> None:
    with pytest.raises(Problem) as refused:
        await duty(county_db, "s1-1", crew=7)
    assert (refused.value.status, refused.value.code) == (409, "unit_too_many_aboard")


async def test_a_status_is_journaled_with_the_card_of_the_unit(county_db: Database) -> None:
    await status(county_db, "s1-1", Status.ON_SCENE)
    event = await last_event(county_db)
    assert event.type == "unit_status_changed"
    assert (event.data["unit"], event.data["from"], event.data["status"]) == ("s1-1", "standby", "on_scene")
    [card] = event.data["cards"]["units"]
    assert (card["code"], card["status"]) == ("s1-1", "on_scene")


async def test_a_status_kept_offline_is_noted_and_undoes_nothing(county_db: Database) -> None:
    await status(county_db, "s1-1", Status.ON_SCENE)
    told = await status(county_db, "s1-1", Status.EN_ROUTE, at=utc_now() - timedelta(minutes=5))
    assert told["told"] == "late"  # type: ignore[index]
    assert told["status"] == "on_scene"  # type: ignore[index]
    assert (await last_event(county_db)).type == "unit_status_noted"


async def test_a_clock_that_is_ahead_does_not_lock_later_reports_out(county_db: Database) -> None:
    await status(county_db, "s1-1", Status.EN_ROUTE, at=utc_now() + timedelta(hours=1))
    told = await status(county_db, "s1-1", Status.ON_SCENE)
    assert told["told"] == "changed"  # type: ignore[index]


async def test_a_status_that_cannot_be_is_refused(county_db: Database) -> None:
    await status(county_db, "s1-1", Status.ON_SCENE)
    with pytest.raises(Problem) as refused:
        await status(county_db, "s1-1", Status.TRAINING)
    assert (refused.value.status, refused.value.code) == (409, "unit_status_refused")


async def test_a_unit_answers_to_its_code_and_to_its_id(county_db: Database) -> None:
    unit = (await candidates(county_db))["s1-1"]
    await status(county_db, str(unit.unit_id).upper(), Status.TRAINING)
    with pytest.raises(Problem, match="unit_unknown"):
        await status(county_db, "no such unit", Status.TRAINING)


async def test_reports_at_once_are_ordered_by_the_row(county_db: Database) -> None:
    reports = [Status.EN_ROUTE, Status.ON_SCENE, Status.RETURNING, Status.STANDBY] * 3
    await asyncio.gather(*(status(county_db, "s2-1", new) for new in reports), return_exceptions=True)
    async with county_db.pool.acquire() as conn:
        events = [e for e in await read_events(conn, f"county/{CODE}", 0) if e.type == "unit_status_changed"]
        now = await conn.fetchval("select status from unit where code = 's2-1'")
    was = "standby"
    for event in events:
        assert event.data["from"] == was
        was = event.data["cards"]["units"][0]["status"]
        assert was == event.data["status"]
    assert was == now


async def test_a_fix_in_gcj02_is_stored_in_wgs84(county_db: Database) -> None:
    tracking = Tracking(county_db, CODE)
    lon, lat = from_wgs84(112.85, 35.45, "gcj02")
    assert await tracking.report("s2-3", lon, lat, "gcj02", None) is Verdict.TAKEN
    unit = (await candidates(county_db))["s2-3"]
    assert not unit.at_station
    assert (unit.lon, unit.lat) == (pytest.approx(112.85, abs=2e-6), pytest.approx(35.45, abs=2e-6))
    assert unit.turnout_seconds == 10


async def test_fixes_are_ordered_by_their_own_time_and_written_every_ten_seconds(county_db: Database) -> None:
    tracking = Tracking(county_db, CODE)
    start = utc_now() - timedelta(minutes=1)
    verdicts = [
        await tracking.report("s2-3", 112.85 + n / 1000, 35.45, "wgs84", start + timedelta(seconds=seconds))
        for n, seconds in enumerate([0, 4, 2, 8, 12, 7200])
    ]
    assert verdicts == [
        Verdict.TAKEN,
        Verdict.TAKEN,
        Verdict.OUT_OF_ORDER,
        Verdict.TAKEN,
        Verdict.TAKEN,
        Verdict.FUTURE,
    ]
    async with county_db.pool.acquire() as conn:
        events = [e for e in await read_events(conn, f"county/{CODE}", 0) if e.type == "unit_moved"]
    assert [round(e.data["lon"], 4) for e in events] == [112.85, 112.854]


async def test_two_processes_keep_the_newest_fix(county_db: Database) -> None:
    one, two = Tracking(county_db, CODE), Tracking(county_db, CODE)
    now = utc_now()
    await two.report("s2-3", 112.80, 35.40, "wgs84", now - timedelta(minutes=5))
    await one.report("s2-3", 112.85, 35.45, "wgs84", now)
    stale = await two.report("s2-3", 112.86, 35.46, "wgs84", now - timedelta(minutes=1))
    assert stale is Verdict.OUT_OF_ORDER
    assert (await candidates(county_db))["s2-3"].lon == 112.85


async def test_a_position_that_cannot_be_is_refused(county_db: Database) -> None:
    with pytest.raises(Problem, match="unusable"):
        await Tracking(county_db, CODE).report("s2-3", float("nan"), 35.0, "wgs84", None)


async def test_live_fixes_come_from_redis_and_do_without_it(county_db: Database, redis_url: str) -> None:
    from redis.asyncio import Redis

    client = Redis.from_url(redis_url)
    tracking = Tracking(county_db, CODE, client)
    now = utc_now()
    await tracking.report("s2-3", 112.85, 35.45, "wgs84", now - timedelta(seconds=5))
    await tracking.report("s2-3", 112.86, 35.46, "wgs84", now)
    [card] = await tracking.overlay([{"code": "s2-3", "lon": 112.85, "lat": 35.45, "position_at": None}])
    assert (card["lon"], card["lat"]) == (112.86, 35.46)
    await client.aclose()
    gone = Tracking(county_db, CODE, Redis(host="127.0.0.1", port=1))
    cards = [{"code": "s2-3", "lon": 1.0, "lat": 2.0, "position_at": None}]
    assert await gone.overlay(cards) == cards
    assert await gone.report("s2-3", 112.87, 35.47, "wgs84", now + timedelta(seconds=20)) is Verdict.TAKEN


async def test_old_fixes_of_units_at_home_are_forgotten(stopped_db: Database, fake_clock: FakeClock) -> None:
    async with stopped_db.work() as work:
        await apply_county(work, COUNTY)
        unit = await commands.known_unit(work, CODE, "s2-3")
        await work.conn.execute(
            "update unit set lon = 112.9, lat = 35.5, position_at = $1 where id = $2", work.now, unit.id
        )
    await duty(stopped_db, "s2-3", duty_mode=DutyMode.PATROL)
    fake_clock.advance(13 * 3600)
    async with stopped_db.work() as work:
        assert await commands.forget_stale_positions(work, CODE) == 1
        assert await commands.forget_stale_positions(work, CODE) == 0
    assert (await last_event(stopped_db)).type == "unit_positions_expired"
