"""Roads as they are now: closed at once, on every process, until lifted or run out."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dispatch.access.problem import Problem
from dispatch.forces.apply import apply_county
from dispatch.forces.bodies import ConditionBody
from dispatch.forces.closing import reports_of
from dispatch.forces.conditions import (
    add_condition,
    add_conditions,
    remove_condition,
    turn_conditions,
)
from dispatch.forces.roads import RoadBook, pause
from gis_data.crs import from_wgs84
from gis_data.model import Name, SpeedProfile
from routing.graph import build_graph
from routing.live import LiveRoads
from runtime.database import Database, open_database
from runtime.hints import Hints
from runtime.journal import read_events
from tests.conftest import FakeClock
from tests.storage.forces_county import CODE, grid_county

COUNTY = grid_county()
GRAPH = build_graph(COUNTY.roads, COUNTY.vehicle_classes)
CLOSED = 2**31 - 1


@pytest.fixture
async def roads_db(stopped_db: Database) -> Database:
    async with stopped_db.work() as work:
        await apply_county(work, COUNTY)
    return stopped_db


def book() -> RoadBook:
    return RoadBook(CODE, LiveRoads(GRAPH), poll_seconds=0.05)


async def close(db: Database, **said: Any) -> Any:
    body = ConditionBody.model_validate({"reason": "bridge", **said})
    async with db.work() as work:
        return await add_condition(work, CODE, reports_of(body, GRAPH)[0][0], by="test")


async def refresh(db: Database, road_book: RoadBook) -> LiveRoads:
    async with db.work() as work:
        return await road_book.refresh(work.conn, work.now)


def closed_edges(live: LiveRoads, vehicle_class: str = "heavy_engine") -> set[str]:
    times = live.travel_ms(vehicle_class)
    return {GRAPH.piece_ids[arc >> 1] for arc in range(len(times)) if times[arc] == CLOSED}


async def test_a_closed_edge_is_closed_until_it_is_lifted(roads_db: Database) -> None:
    road_book = book()
    id = await close(roads_db, edges=["east-3-3"])
    live = await refresh(roads_db, road_book)
    assert closed_edges(live) == {"east-3-3"}
    assert live.version == 1
    async with roads_db.work() as work:
        await remove_condition(work, CODE, id, by="test")
    assert closed_edges(await refresh(roads_db, road_book)) == set()
    assert road_book.current.version == 2
    with pytest.raises(Problem, match="road_condition_unknown"):
        async with roads_db.work() as work:
            await remove_condition(work, CODE, id, by="test")


async def test_a_search_under_way_keeps_the_roads_it_began_with(roads_db: Database) -> None:
    road_book = book()
    before = await refresh(roads_db, road_book)
    await close(roads_db, edges=["east-3-3"])
    await refresh(roads_db, road_book)
    assert closed_edges(before) == set()
    assert closed_edges(road_book.current) == {"east-3-3"}


async def test_nothing_new_keeps_the_very_same_roads(roads_db: Database) -> None:
    road_book = book()
    await close(roads_db, edges=["east-3-3"])
    assert await refresh(roads_db, road_book) is await refresh(roads_db, road_book)


async def test_a_point_in_gcj02_closes_the_road_it_lies_on(roads_db: Database) -> None:
    lon, lat = from_wgs84(112.835, 35.4301, "gcj02")
    await close(roads_db, at={"lon": lon, "lat": lat}, crs="gcj02")
    assert closed_edges(await refresh(roads_db, book())) == {"east-3-3"}


async def test_an_area_closes_what_it_touches_for_the_classes_named(roads_db: Database) -> None:
    ring = [(112.829, 35.434), (112.831, 35.434), (112.831, 35.436), (112.829, 35.436), (112.829, 35.434)]
    await close(roads_db, area={"type": "Polygon", "coordinates": [ring]}, vehicle_classes=["heavy_engine"])
    live = await refresh(roads_db, book())
    assert closed_edges(live) == {"north-3-3"}
    assert closed_edges(live, "light_engine") == set()


async def test_an_outline_that_crosses_itself_closes_what_it_touches(roads_db: Database) -> None:
    bow = [(112.829, 35.434), (112.831, 35.436), (112.831, 35.434), (112.829, 35.436), (112.829, 35.434)]
    await close(roads_db, area={"type": "Polygon", "coordinates": [bow]})
    line = [(112.839, 35.434), (112.841, 35.434), (112.841, 35.434), (112.839, 35.434)]
    await close(roads_db, area={"type": "Polygon", "coordinates": [line]})
    assert closed_edges(await refresh(roads_db, book())) == {"north-3-3", "north-4-3"}


async def test_a_condition_starts_and_ends_by_the_clock(roads_db: Database, fake_clock: FakeClock) -> None:
    road_book = book()
    hour = timedelta(hours=1)
    await close(
        roads_db, edges=["east-3-3"], starts_at=fake_clock.now + hour, ends_at=fake_clock.now + 2 * hour
    )
    assert closed_edges(await refresh(roads_db, road_book)) == set()
    fake_clock.advance(3600)
    assert closed_edges(await refresh(roads_db, road_book)) == {"east-3-3"}
    fake_clock.advance(3600)
    assert closed_edges(await refresh(roads_db, road_book)) == set()


async def test_what_has_run_out_is_journaled_once(roads_db: Database, fake_clock: FakeClock) -> None:
    await close(roads_db, edges=["east-3-3"], ends_at=fake_clock.now + timedelta(hours=1))
    async with roads_db.work() as work:
        assert await turn_conditions(work, CODE) == 0
    fake_clock.advance(3601)
    async with roads_db.work() as work:
        assert await turn_conditions(work, CODE) == 1
    async with roads_db.work() as work:
        assert await turn_conditions(work, CODE) == 0
    async with roads_db.pool.acquire() as conn:
        event = (await read_events(conn, f"county/{CODE}", 0))[-1]
    assert event.type == "road_condition_expired"
    assert event.data["cards"]["conditions"][0]["removed_at"] == "2026-04-04T07:00:00.000Z"


async def test_another_process_follows_by_hint_and_by_poll(roads_db: Database) -> None:
    road_book = book()
    following = asyncio.create_task(road_book.follow(roads_db))
    try:
        await close(roads_db, edges=["east-3-3"])
        live = await asyncio.wait_for(road_book.at_version(1), 10)
    finally:
        following.cancel()
    assert closed_edges(live) == {"east-3-3"}


@pytest.mark.parametrize(
    ("said", "status", "code"),
    [
        ({"edges": ["nowhere"]}, 404, "road_edge_unknown"),
        ({"edges": ["east-3-3"], "vehicle_classes": ["spaceship"]}, 404, "vehicle_class_unknown"),
        ({"edges": ["east-3-3"], "ends_at": "2026-04-04T05:00:00Z"}, 409, "road_condition_over"),
    ],
)
async def test_a_condition_that_means_nothing_is_refused(
    roads_db: Database, said: dict[str, Any], status: int, code: str
) -> None:
    with pytest.raises(Problem) as refused:
        await close(roads_db, **said)
    assert (refused.value.status, refused.value.code) == (status, code)


async def test_changes_at_once_each_get_their_own_version(roads_db: Database) -> None:
    await asyncio.gather(*(close(roads_db, edges=[f"east-{n}-0"]) for n in range(10)))
    live = await refresh(roads_db, book())
    assert live.version == 10
    assert len(closed_edges(live)) == 10


async def test_what_is_filed_ahead_begins_and_ends_to_the_second_in_every_process(
    roads_db: Database, fake_clock: FakeClock
) -> None:
    """No hint and no poll is needed: the book sleeps no longer than until the next start or end."""
    begins, hour = fake_clock.now, timedelta(hours=1)
    seen: list[tuple[float, set[str]]] = []
    done = asyncio.Event()

    async def sleep(woken: asyncio.Event, seconds: float) -> None:
        seen.append(((fake_clock.now - begins).total_seconds(), closed_edges(road_book.current)))
        if len(seen) > 8:
            done.set()
            await asyncio.Event().wait()
        if not woken.is_set():
            fake_clock.advance(seconds)

    await close(roads_db, edges=["east-3-3"], starts_at=begins + hour, ends_at=begins + 3 * hour)
    await close(roads_db, edges=["east-2-2"], ends_at=begins + 2 * hour)
    road_book = RoadBook(CODE, LiveRoads(GRAPH), poll_seconds=86400, pause=sleep)
    following = asyncio.create_task(road_book.follow(roads_db))
    try:
        await asyncio.wait_for(done.wait(), 20)
    finally:
        following.cancel()
    states = list(dict.fromkeys((round(at), frozenset(edges)) for at, edges in seen))
    assert states[:4] == [
        (0, frozenset({"east-2-2"})),
        (3600, frozenset({"east-2-2", "east-3-3"})),
        (7200, frozenset({"east-3-3"})),
        (10800, frozenset()),
    ]
    assert all(abs(at - round(at)) < 0.02 for at, _ in seen[:7])
    async with roads_db.pool.acquire() as conn:
        told = [event for event in await read_events(conn, f"county/{CODE}", 0) if "road_" in event.type]
    assert [event.type.removeprefix("road_condition_") for event in told] == [
        "added", "added", "started", "expired", "expired",
    ]  # fmt: skip
    assert told[2].data["cards"]["conditions"][0]["begun_at"] == "2026-04-04T07:00:00.000Z"
    assert [event.data["conditions_version"] for event in told] == [1, 2, 3, 4, 5]


@pytest.mark.parametrize("hinted", [True, False])
async def test_two_processes_have_a_closure_by_a_hint_or_by_the_poll(
    roads_db: Database, database_url: str, hinted: bool
) -> None:
    """Without hints between them nothing but the poll, once a second, tells the second process."""
    deaf = Hints()
    await deaf.start()
    other = await open_database(database_url, deaf, size=2)
    polls: list[float] = []
    polled = asyncio.Event()

    async def poll(woken: asyncio.Event, seconds: float) -> None:
        polls.append(seconds)
        polled.set()
        await (pause(woken, 10) if hinted else asyncio.sleep(0))

    books = [RoadBook(CODE, LiveRoads(GRAPH), pause=poll) for _ in range(2)]
    follower = roads_db if hinted else other
    following = [asyncio.create_task(book.follow(follower)) for book in books]
    try:
        await close(roads_db, edges=["east-3-3"])
        for book in books:
            live = await asyncio.wait_for(book.at_version(1), 10)
            assert closed_edges(live) == {"east-3-3"}
        # A book hands its roads on before it pauses: the first pause may still be ahead.
        await asyncio.wait_for(polled.wait(), 10)
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
        await other.close()
        await deaf.stop()
    assert max(polls) <= 1.0


async def test_a_set_is_filed_whole_or_not_at_all(roads_db: Database, fake_clock: FakeClock) -> None:
    body = ConditionBody.model_validate(
        {"reason": "snow", "edges": ["east-3-3"], "also": [{"everywhere": True, "factor": 0.5}]}
    )
    reports, meant = reports_of(body, GRAPH)
    assert [len(pieces) for pieces in meant] == [1, len(GRAPH.piece_ids)]
    async with roads_db.work() as work:
        ids = await add_conditions(work, CODE, reports, by="test")
    live = await refresh(roads_db, book())
    assert closed_edges(live) == {"east-3-3"}
    assert live.travel_ms("heavy_engine")[0] == 2 * LiveRoads(GRAPH).travel_ms("heavy_engine")[0]
    over = replace(reports[1], ends_at=fake_clock.now)
    with pytest.raises(Problem, match="road_condition_over"):
        async with roads_db.work() as work:
            await add_conditions(work, CODE, [reports[0], over], by="test")
    assert (await refresh(roads_db, book())).conditions == live.conditions
    async with roads_db.work() as work:
        assert set(await remove_condition(work, CODE, ids[1], by="test", together=True)) == set(ids)
    assert closed_edges(await refresh(roads_db, book())) == set()


MORNING = SpeedProfile("market", Name("早市", "market"), {"*": 0.5}, hours=("14:10-14:20",))


async def test_speeds_of_the_hour_are_swapped_at_the_boundary_and_journaled_once(
    roads_db: Database, fake_clock: FakeClock
) -> None:
    """It is 14:00 in Zezhou. Two processes follow; conditions lie over whatever speeds hold."""
    begins = fake_clock.now
    usual = LiveRoads(GRAPH).travel_ms("heavy_engine")[0]
    seen: list[tuple[int, int, str | None]] = []
    done = asyncio.Event()

    async def sleep(woken: asyncio.Event, seconds: float) -> None:
        live = books[0].current
        profile = live.profile.code if live.profile else None
        first = int(live.travel_ms("heavy_engine")[0])
        seen.append((round((fake_clock.now - begins).total_seconds()), first, profile))
        if len(seen) > 6:
            done.set()
            await asyncio.Event().wait()
        if not woken.is_set():
            fake_clock.advance(seconds)

    async def wait(woken: asyncio.Event, seconds: float) -> None:
        await woken.wait()

    zone = ZoneInfo(COUNTY.time_zone)
    books = [
        RoadBook(CODE, LiveRoads(GRAPH), profiles=[MORNING], zone=zone, poll_seconds=86400, pause=one)
        for one in (sleep, wait)
    ]
    await close(roads_db, edges=["east-3-3"])
    following = [asyncio.create_task(book.follow(roads_db)) for book in books]
    try:
        await asyncio.wait_for(done.wait(), 20)
    finally:
        for task in following:
            task.cancel()
        await asyncio.gather(*following, return_exceptions=True)
    assert list(dict.fromkeys(seen))[:3] == [
        (0, usual, None),
        (600, 2 * usual, "market"),
        (1200, usual, None),
    ]
    async with roads_db.pool.acquire() as conn:
        told = [
            event for event in await read_events(conn, f"county/{CODE}", 0) if event.type.startswith("speed")
        ]
    params = [{key: event.data[key] for key in ("from", "to", "conditions_version")} for event in told]
    assert params[:2] == [  # and so on, the day after
        {"from": "", "to": "market", "conditions_version": 2},
        {"from": "market", "to": "", "conditions_version": 3},
    ]
    assert told[0].data["digest"] == MORNING.digest
    assert closed_edges(books[0].current) == {"east-3-3"}


async def test_a_query_at_the_very_second_has_the_speeds_of_its_hour(
    roads_db: Database, fake_clock: FakeClock
) -> None:
    book = RoadBook(CODE, LiveRoads(GRAPH), profiles=[MORNING], zone=ZoneInfo(COUNTY.time_zone))
    usual = await refresh(roads_db, book)
    fake_clock.advance(600)
    slow = await refresh(roads_db, book)
    assert slow.travel_ms("heavy_engine")[0] == 2 * usual.travel_ms("heavy_engine")[0]
    assert await refresh(roads_db, book) is slow
    fake_clock.advance(600)
    again = await refresh(roads_db, book)
    assert again.weights("heavy_engine") is usual.weights("heavy_engine")


async def test_whoever_waits_for_news_of_the_roads_ends_when_told_to_in_the_very_tick_of_the_news() -> None:
    """A service that is stopped as a hint comes in must not go on following."""
    woken = asyncio.Event()

    async def follow() -> None:
        while True:
            await pause(woken, 3600)
            woken.clear()

    task = asyncio.create_task(follow())
    await asyncio.sleep(0)
    woken.set()
    await asyncio.sleep(0)  # the inner wait is over, whoever waits for it not yet on its way
    task.cancel()
    done, _ = await asyncio.wait({task}, timeout=2)
    task.cancel()
    assert done
