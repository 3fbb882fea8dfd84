"""The journal keeps its numbers without gaps, whoever writes at the same time."""

import asyncio
from datetime import timedelta
from uuid import uuid4

import pytest

from runtime.clock import utc_now
from runtime.database import Database
from runtime.journal import NO_EPOCH, Head, heads, prune, read_events, read_many


async def write(db: Database, *streams: str, type: str = "unit_moved") -> None:
    async with db.work() as work:
        for stream in streams:
            work.journal(stream, type, {"at": work.now}, county="1")


async def test_events_of_one_transaction_are_numbered_in_the_order_said(db: Database) -> None:
    async with db.work() as work:
        work.journal("county/1", "alarm_received", {"n": 1}, county="1")
        work.journal("incident/a", "incident_opened", {"n": 2}, county="1")
        work.journal("county/1", "incident_opened", {"n": 3}, county="1")
        now = work.now
    async with db.reading() as conn:
        found = await read_events(conn, "county/1", 0)
    assert [(event.seq, event.type, event.data["n"]) for event in found] == [
        (1, "alarm_received", 1),
        (2, "incident_opened", 3),
    ]
    assert {event.at for event in found} == {now}
    assert now.microsecond % 1000 == 0


async def test_forty_writers_of_the_same_streams_leave_no_gap_and_no_deadlock(db: Database) -> None:
    orders = [("device/b", "county/1", "device/a"), ("device/a", "device/b", "county/1")]
    await asyncio.gather(*(write(db, *orders[n % 2]) for n in range(40)))
    async with db.reading() as conn:
        found = await read_many(conn, {"county/1": 0, "device/a": 0, "device/b": 30})
        stand = await heads(conn, ["county/1"])
    assert [event.seq for event in found["county/1"]] == list(range(1, 41))
    assert [event.seq for event in found["device/a"]] == list(range(1, 41))
    assert [event.seq for event in found["device/b"]] == list(range(31, 41))
    assert stand["county/1"].seq == 40


async def test_a_reader_who_follows_the_head_misses_nothing_that_commits_late(db: Database) -> None:
    """The fault of a polled identity column: a number taken early and committed late is never seen."""
    seen: list[int] = []
    done = asyncio.Event()

    async def follow() -> None:
        while not (done.is_set() and len(seen) == 60):
            async with db.reading() as conn:
                seen.extend(event.seq for event in await read_events(conn, "county/1", len(seen)))

    reader = asyncio.create_task(follow())
    await asyncio.gather(*(write(db, "county/1") for _ in range(60)))
    done.set()
    async with asyncio.timeout(30):
        await reader
    assert seen == list(range(1, 61))


async def test_what_fails_leaves_neither_event_nor_number_nor_hint(db: Database) -> None:
    heard: list[frozenset[str]] = []
    db.hints.listen(heard.append)

    async def fail() -> None:
        async with db.work() as work:
            work.journal("county/1", "alarm_received", {}, county="1")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    await write(db, "county/1")
    async with db.reading() as conn:
        assert [event.seq for event in await read_events(conn, "county/1", 0)] == [1]
    assert heard == [frozenset({"county/1"})]


async def test_hints_are_given_after_the_commit(db: Database) -> None:
    heard: list[frozenset[str]] = []
    db.hints.listen(heard.append)
    async with db.work() as work:
        work.journal("device/a", "order_dispatched", {}, county="1")
        work.wake("timers")
        assert heard == []
    assert heard == [frozenset({"device/a", "timers"})]


async def test_a_snapshot_and_its_heads_belong_to_one_moment(db: Database) -> None:
    await write(db, "county/1")
    async with db.reading() as conn:
        before = await heads(conn, ["county/1"])
        await write(db, "county/1")
        after = await heads(conn, ["county/1"])
        assert len(await read_events(conn, "county/1", 0)) == 1
    assert before == after


async def test_an_unwritten_stream_has_a_head_from_which_a_reader_may_begin(db: Database) -> None:
    async with db.reading() as conn:
        found = await heads(conn, ["device/new"])
    assert found == {"device/new": Head(NO_EPOCH, 0)}
    assert found["device/new"].can_resume(uuid4(), 0)
    assert not found["device/new"].can_resume(NO_EPOCH, 3)


async def test_a_reader_behind_what_retention_left_needs_a_snapshot(db: Database) -> None:
    for _ in range(5):
        await write(db, "county/1")
    async with db.work() as work:
        await work.conn.execute("update event set at = at - interval '200 days' where seq <= 3")
        deleted = await prune(work.conn, "1", utc_now() - timedelta(days=180))
    async with db.reading() as conn:
        head = (await heads(conn, ["county/1"]))["county/1"]
    assert deleted == 3
    assert (head.seq, head.oldest) == (5, 4)
    assert head.can_resume(head.epoch, 3)
    assert not head.can_resume(head.epoch, 2)
    assert not head.can_resume(head.epoch, 6)
    assert not head.can_resume(uuid4(), 5)


async def test_numbers_go_on_when_retention_has_emptied_a_stream(db: Database) -> None:
    await write(db, "county/1")
    async with db.work() as work:
        await prune(work.conn, "1", utc_now() + timedelta(days=1))
    await write(db, "county/1")
    async with db.reading() as conn:
        assert [event.seq for event in await read_events(conn, "county/1", 0)] == [2]
