"""Gapless delivery from a real journal: concurrent writers, slow readers, lost hints, a killed database session."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from dispatch.access.problem import DATABASE_GONE
from dispatch.push.buffer import MOST_EVENTS, Pruned
from dispatch.push.feed import Feed, Subscription
from runtime.database import Database, open_database
from runtime.hints import Hints

COUNTY = "140525"
PATIENCE_SECONDS = 20.0


class DeafHints(Hints):
    """Every hint is lost: only the poll is left."""

    def publish(self, topics: object) -> None:
        pass


@pytest.fixture
async def feed(db: Database) -> AsyncIterator[Feed]:
    made = Feed(db, db.hints, poll_seconds=0.05)
    task = asyncio.create_task(made.run())
    yield made
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def write(db: Database, stream: str, count: int, size: int = 10) -> None:
    for n in range(count):
        async with db.work() as work:
            work.journal(stream, "something_happened", {"n": n, "filler": "x" * size}, county=COUNTY)


async def read(subscription: Subscription, upto: int) -> list[int]:
    found: list[int] = []
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not found or found[-1] < upto:
            found += [parcel.seq for parcel in await subscription.take()]
    return found


async def test_readers_from_anywhere_get_every_event_once_and_in_order_under_concurrent_writers(
    db: Database, feed: Feed
) -> None:
    streams = [f"device/d{n}" for n in range(3)]
    await asyncio.gather(*(write(db, stream, 20) for stream in streams))
    early = [(feed.subscribe(stream, after), after) for stream in streams for after in (0, 7, 20)]
    reading = [asyncio.create_task(read(subscription, 100)) for subscription, _ in early]

    async def late(stream: str) -> list[int]:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await feed.head(stream)).seq < 50:  # noqa: ASYNC110 (the database tells nobody)
                await asyncio.sleep(0)
        return await read(feed.subscribe(stream, 30), 100)

    joining = [asyncio.create_task(late(stream)) for stream in streams for _ in range(3)]
    await asyncio.gather(*(write(db, stream, 20) for stream in streams for _ in range(4)))
    for (_, after), task in zip(early, reading, strict=True):
        assert await task == list(range(after + 1, 101))
    for task in joining:
        assert await task == list(range(31, 101))


async def test_lost_hints_cost_time_and_no_event(database_url: str) -> None:
    deaf = DeafHints()
    db = await open_database(database_url, deaf, size=4)
    feed = Feed(db, deaf, poll_seconds=0.05)
    task = asyncio.create_task(feed.run())
    subscription = feed.subscribe("device/d", 0)
    reading = asyncio.create_task(read(subscription, 30))
    await write(db, "device/d", 30)
    assert await reading == list(range(1, 31))
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await db.close()


async def test_a_reader_that_does_not_read_costs_bounded_memory_and_loses_nothing(
    db: Database, feed: Feed
) -> None:
    slow, quick = feed.subscribe("device/d", 0), feed.subscribe("device/d", 0)
    await write(db, "device/d", 1)
    assert [parcel.seq for parcel in await slow.take()] == [1]
    reading = asyncio.create_task(read(quick, 301))
    await asyncio.gather(*(write(db, "device/d", 100) for _ in range(3)))
    assert await reading == list(range(1, 302))
    assert slow.buffer.overflows >= 1
    assert len(slow.buffer._waiting) <= MOST_EVENTS
    assert await read(slow, 301) == list(range(2, 302))


async def test_few_large_events_overflow_too(db: Database, feed: Feed) -> None:
    slow, quick = feed.subscribe("device/d", 0), feed.subscribe("device/d", 0)
    await write(db, "device/d", 1)
    await slow.take()
    reading = asyncio.create_task(read(quick, 9))
    await write(db, "device/d", 8, size=60_000)
    await reading
    assert slow.buffer.overflows == 1
    assert await read(slow, 9) == list(range(2, 10))


async def test_an_event_larger_than_the_buffer_still_arrives(db: Database, feed: Feed) -> None:
    subscription = feed.subscribe("device/d", 0)
    await write(db, "device/d", 1)
    await subscription.take()
    await write(db, "device/d", 3, size=400_000)
    assert await read(subscription, 4) == [2, 3, 4]


async def test_a_reader_behind_what_retention_kept_is_told_to_start_over(db: Database, feed: Feed) -> None:
    await write(db, "device/d", 10)
    async with db.pool.acquire() as conn:
        await conn.execute("delete from event where seq <= 5")
    with pytest.raises(Pruned):
        await feed.subscribe("device/d", 3).take()
    assert await read(feed.subscribe("device/d", 5), 10) == [6, 7, 8, 9, 10]


async def test_a_cut_connection_to_the_database_loses_nothing(db: Database, feed: Feed) -> None:
    subscription = feed.subscribe("device/d", 0)
    await write(db, "device/d", 5)
    assert await read(subscription, 5) == [1, 2, 3, 4, 5]
    async with db.pool.acquire() as conn:
        await conn.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
    reading = asyncio.create_task(read(subscription, 10))
    for _ in range(5):
        while True:
            try:
                await write(db, "device/d", 1)
                break
            except DATABASE_GONE:
                await asyncio.sleep(0)
    assert await reading == [6, 7, 8, 9, 10]


async def test_a_stream_left_by_all_its_readers_is_forgotten_and_can_be_read_again(
    db: Database, feed: Feed
) -> None:
    first = feed.subscribe("device/d", 0)
    await write(db, "device/d", 2)
    assert await read(first, 2) == [1, 2]
    first.close()
    assert not feed._watched
    await write(db, "device/d", 2)
    assert await read(feed.subscribe("device/d", 2), 4) == [3, 4]
