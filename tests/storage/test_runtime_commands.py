"""A repeated request gives the first answer and has one effect; leases and the calendar let one process do a thing."""

import asyncio
from typing import Any

import pytest

from runtime.calendar import Calendar, Job
from runtime.database import Database, Work
from runtime.errors import Conflict
from runtime.idempotency import run_once
from runtime.leases import hold_lease, release_lease
from runtime.retention import apply_retention
from tests.conftest import FakeClock


class Counter:
    def __init__(self) -> None:
        self.calls = 0

    async def __call__(self, work: Work) -> dict[str, Any]:
        self.calls += 1
        work.journal("county/1", "alarm_received", {"call": self.calls}, county="1")
        return {"call": self.calls, "at": work.now}

    async def send(
        self, db: Database, id: str | None, request: dict[str, Any] | None = None, actor: str = "119"
    ) -> Any:
        return await run_once(
            db, county="1", actor=actor, id=id, kind="alarm", request=request or {"a": 1}, act=self
        )


async def events(db: Database) -> int:
    async with db.reading() as conn:
        found: int = await conn.fetchval("select count(*) from event")
        return found


async def test_a_repeat_gives_the_first_answer_to_the_letter(db: Database) -> None:
    act = Counter()
    first = await act.send(db, "m-1")
    assert await act.send(db, "m-1") == first
    assert first["at"].endswith("Z")
    assert act.calls == await events(db) == 1


async def test_the_order_of_fields_makes_no_other_request(db: Database) -> None:
    act = Counter()
    await act.send(db, "m-1", {"a": 1, "b": 2})
    await act.send(db, "m-1", {"b": 2, "a": 1})
    assert act.calls == 1


async def test_twenty_at_once_have_one_effect_and_one_answer(db: Database) -> None:
    act = Counter()
    answers = await asyncio.gather(*(act.send(db, "m-1") for _ in range(20)))
    assert all(answer == answers[0] for answer in answers)
    assert await events(db) == 1


async def test_the_same_id_for_another_request_is_refused(db: Database) -> None:
    act = Counter()
    await act.send(db, "m-1", {"a": 1})
    with pytest.raises(Conflict, match="m-1"):
        await act.send(db, "m-1", {"a": 2})
    assert await events(db) == 1


async def test_ids_of_two_senders_do_not_meet_and_no_id_just_runs(db: Database) -> None:
    act = Counter()
    await act.send(db, "m-1")
    await act.send(db, "m-1", actor="sensor")
    await act.send(db, None)
    await act.send(db, None)
    assert await events(db) == 4


async def test_an_attempt_that_failed_does_not_use_up_the_id(db: Database) -> None:
    async def fail(work: Work) -> dict[str, Any]:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await run_once(db, county="1", actor="119", id="m-1", kind="alarm", request={"a": 1}, act=fail)
    act = Counter()
    assert (await act.send(db, "m-1"))["call"] == 1


async def test_one_holds_a_lease_until_it_runs_out_or_is_given_up(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    assert await hold_lease(stopped_db, "summary", "a", 10) == 1
    assert await hold_lease(stopped_db, "summary", "b", 10) is None
    fake_clock.advance(9)
    assert await hold_lease(stopped_db, "summary", "a", 10) == 1  # renewed, the same term
    fake_clock.advance(9)
    assert await hold_lease(stopped_db, "summary", "b", 10) is None
    fake_clock.advance(1)
    assert await hold_lease(stopped_db, "summary", "b", 10) == 2
    assert await hold_lease(stopped_db, "summary", "a", 10) is None
    await release_lease(stopped_db, "summary", "b")
    assert await hold_lease(stopped_db, "summary", "a", 10) == 3


async def test_of_two_processes_one_runs_a_calendar_job(db: Database) -> None:
    ran: list[str] = []

    async def run() -> None:
        ran.append("handover")

    job = Job("handover", run, cron="0 8 * * *")
    first, second = (Calendar(db, "Asia/Shanghai", (job,)) for _ in range(2))
    assert await first.run_job(job)
    assert not await second.run_job(job)
    await first.stop()
    assert await second.run_job(job)
    assert ran == ["handover", "handover"]


async def test_the_calendar_runs_its_jobs_and_survives_one_that_fails(db: Database) -> None:
    ran = asyncio.Event()

    async def fail() -> None:
        raise ZeroDivisionError

    async def run() -> None:
        ran.set()

    calendar = Calendar(
        db, "Asia/Shanghai", (Job("bad", fail, every_seconds=0.01), Job("good", run, every_seconds=0.02))
    )
    await calendar.start()
    for _ in range(2):
        async with asyncio.timeout(10):
            await ran.wait()
        ran.clear()
    await calendar.stop()


async def test_retention_deletes_what_is_old_and_keeps_the_rest(
    stopped_db: Database, fake_clock: FakeClock
) -> None:
    act = Counter()
    await act.send(stopped_db, "old")
    fake_clock.advance(8 * 86_400)
    await act.send(stopped_db, "new")
    assert await apply_retention(stopped_db, "1", days=30) == 1  # the old command
    fake_clock.advance(25 * 86_400)
    assert await apply_retention(stopped_db, "1", days=30) == 2  # the new command and the old event
    assert await apply_retention(stopped_db, "2", days=30) == 0
    assert await events(stopped_db) == 1
