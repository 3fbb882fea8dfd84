"""Timers fire once, on database time, by whichever process is first, and a failing one hinders no other."""

import asyncio
import logging
from datetime import timedelta
from uuid import UUID

import pytest

from runtime.database import Database, Work, open_database
from runtime.hints import Hints
from runtime.ids import new_id
from runtime.timers import TOPIC, Sweeper, Timer, backoff, cancel_timer, prune_timers, set_timer
from tests.conftest import FakeClock


class Bell:
    """A handler that journals, so that its effect is seen only if it committed."""

    def __init__(self) -> None:
        self.rung: list[UUID] = []
        self.failures = 0

    async def __call__(self, work: Work, timer: Timer) -> None:
        if self.failures > 0:
            self.failures -= 1
            raise RuntimeError("the bell rope broke")
        self.rung.append(timer.subject)
        work.journal(f"device/{timer.subject}", "bell_rung", dict(timer.payload), county=timer.county)


async def set_bell(db: Database, seconds: float, subject: UUID | None = None) -> UUID:
    subject = subject or new_id()
    async with db.work() as work:
        due = work.now + timedelta(seconds=seconds)
        await set_timer(
            work.conn, county="1", kind="bell", subject=subject, due_at=due, payload={"why": "test"}
        )
        work.wake(TOPIC)
    return subject


async def rings(db: Database) -> int:
    async with db.reading() as conn:
        found: int = await conn.fetchval("select count(*) from event where type = 'bell_rung'")
        return found


async def test_a_timer_fires_when_its_time_has_come_and_only_once(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    bell = Bell()
    sweeper = Sweeper(stopped_db, {"bell": bell})
    subject = await set_bell(stopped_db, 30)
    fake_clock.advance(29.999)
    assert await sweeper.sweep_once() == 0
    fake_clock.advance(0.001)
    assert await sweeper.sweep_once() == 1
    assert await sweeper.sweep_once() == 0
    assert bell.rung == [subject]


async def test_two_sweepers_with_a_hundred_timers_ring_each_once(db: Database) -> None:
    for _ in range(100):
        await set_bell(db, -1)
    bell = Bell()
    counts = await asyncio.gather(*(Sweeper(db, {"bell": bell}).sweep_once() for _ in range(2)))
    assert sum(counts) == 100
    assert len(set(bell.rung)) == 100
    assert await rings(db) == 100


async def test_setting_a_timer_again_moves_it_and_cancelling_removes_it(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    bell = Bell()
    sweeper = Sweeper(stopped_db, {"bell": bell})
    subject = await set_bell(stopped_db, 10)
    await set_bell(stopped_db, 20, subject)
    fake_clock.advance(15)
    assert await sweeper.sweep_once() == 0
    async with stopped_db.work() as work:
        assert await cancel_timer(work.conn, "bell", subject)
        assert not await cancel_timer(work.conn, "bell", subject)
    fake_clock.advance(15)
    assert await sweeper.sweep_once() == 0


async def test_a_handler_that_fails_leaves_no_trace_and_comes_again_later_each_time(
    stopped_db: Database, fake_clock: FakeClock, caplog: pytest.LogCaptureFixture
) -> None:
    bell = Bell()
    bell.failures = 2
    sweeper = Sweeper(stopped_db, {"bell": bell})
    subject = await set_bell(stopped_db, 0)
    other = await set_bell(stopped_db, 0.001)
    with caplog.at_level(logging.ERROR):
        await sweeper.sweep_once()
    assert str(subject) in caplog.text
    assert bell.rung == []  # the other is not due yet
    fake_clock.advance(0.5)
    bell.failures = 0
    assert await sweeper.sweep_once() == 1
    assert bell.rung == [other]
    bell.failures = 1
    fake_clock.advance(0.5)
    await sweeper.sweep_once()  # one second after the first failure: fails again
    fake_clock.advance(1.9)
    assert await sweeper.sweep_once() == 0
    fake_clock.advance(0.1)
    assert await sweeper.sweep_once() == 1
    assert bell.rung == [other, subject]
    assert await rings(stopped_db) == 2


def test_the_pause_after_failures_doubles_up_to_a_minute() -> None:
    assert [backoff(n).total_seconds() for n in (1, 2, 3, 6, 7, 8, 1000)] == [1, 2, 4, 32, 60, 60, 60]


async def test_a_handler_may_set_its_own_timer_anew(stopped_db: Database, fake_clock: FakeClock) -> None:
    async def again(work: Work, timer: Timer) -> None:
        due = work.now + timedelta(seconds=5)
        await set_timer(work.conn, county="1", kind="bell", subject=timer.subject, due_at=due)

    sweeper = Sweeper(stopped_db, {"bell": again})
    await set_bell(stopped_db, 0)
    for _ in range(3):
        assert await sweeper.sweep_once() == 1
        fake_clock.advance(5)


async def test_a_sweeper_leaves_the_kinds_alone_that_it_cannot_handle(db: Database) -> None:
    await set_bell(db, -1)
    assert await Sweeper(db, {"propose": Bell()}).sweep_once() == 0


async def test_a_running_sweeper_is_woken_by_a_hint_long_before_its_poll(db: Database) -> None:
    rung = asyncio.Event()

    async def ring(work: Work, timer: Timer) -> None:
        rung.set()

    sweeper = asyncio.create_task(Sweeper(db, {"bell": ring}, poll_seconds=60).run())
    try:
        await set_bell(db, -1)
        async with asyncio.timeout(10):
            await rung.wait()
        rung.clear()
        await set_bell(db, 0.05)  # in the future: it wakes at that time by itself
        async with asyncio.timeout(10):
            await rung.wait()
    finally:
        sweeper.cancel()


async def test_without_any_hint_the_poll_finds_a_timer_of_another_process(
    db: Database, database_url: str
) -> None:
    other = await open_database(database_url, Hints(), size=2)
    rung = asyncio.Event()

    async def ring(work: Work, timer: Timer) -> None:
        rung.set()

    sweeper = asyncio.create_task(Sweeper(db, {"bell": ring}, poll_seconds=0.02).run())
    try:
        await set_bell(other, -1)
        async with asyncio.timeout(10):
            await rung.wait()
    finally:
        sweeper.cancel()
        await other.close()


async def test_a_sweeper_survives_a_database_that_cuts_every_connection(db: Database) -> None:
    rung = asyncio.Event()

    async def ring(work: Work, timer: Timer) -> None:
        rung.set()

    sweeper = asyncio.create_task(Sweeper(db, {"bell": ring}, poll_seconds=0.02).run())
    try:
        async with db.pool.acquire() as conn:
            await conn.execute(
                "select pg_terminate_backend(pid) from pg_stat_activity"
                " where datname = current_database() and pid <> pg_backend_pid()"
            )
        await set_bell(db, -1)
        async with asyncio.timeout(20):
            await rung.wait()
    finally:
        sweeper.cancel()


async def test_handled_timers_are_pruned_and_open_ones_are_kept(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    await set_bell(stopped_db, 0)
    await set_bell(stopped_db, 1000)
    await Sweeper(stopped_db, {"bell": Bell()}).sweep_once()
    fake_clock.advance(500)
    async with stopped_db.work() as work:
        assert await prune_timers(work.conn, "1", work.now) == 1
        assert await work.conn.fetchval("select count(*) from timer") == 1


async def test_handlers_that_cross_each_other_both_get_done_without_a_complaint(
    db: Database, caplog: pytest.LogCaptureFixture
) -> None:
    """Two transactions that lock two rows the other way round: PostgreSQL ends one, and it is simply done again."""
    one, other = new_id(), new_id()
    async with db.work() as work:
        await work.conn.execute("create table crossing (id uuid primary key, n int not null default 0)")
        await work.conn.executemany("insert into crossing values ($1)", [(one,), (other,)])
    both_hold_one = asyncio.Barrier(2)
    tries: list[UUID] = []

    async def cross(work: Work, timer: Timer) -> None:
        tries.append(timer.subject)
        first, second = (one, other) if timer.subject == one else (other, one)
        await work.conn.execute("update crossing set n = n + 1 where id = $1", first)
        if len(tries) <= 2:
            await both_hold_one.wait()
        await work.conn.execute("update crossing set n = n + 1 where id = $1", second)

    async with db.work() as work:
        for subject in (one, other):
            await set_timer(work.conn, county="1", kind="cross", subject=subject, due_at=work.now)
        work.wake(TOPIC)
    sweeping = asyncio.create_task(Sweeper(db, {"cross": cross}, poll_seconds=0.05).run())
    try:
        async with asyncio.timeout(30):
            while await db.pool.fetchval("select count(*) from timer where done_at is null"):
                await asyncio.to_thread(lambda: None)
    finally:
        sweeping.cancel()
    assert await db.pool.fetch("select n from crossing order by id") == [(2,), (2,)]
    assert len(tries) == 3
    assert [r.levelname for r in caplog.records if "crossed" in r.message] == ["WARNING"]
    assert not [r for r in caplog.records if r.levelno >= logging.ERROR]
