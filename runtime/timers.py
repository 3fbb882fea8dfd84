"""Deadlines and other follow-up work as rows: set in the transaction that needs them, swept when they are due."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from runtime.database import Connection, Database, Work
from runtime.errors import UserError
from runtime.ids import new_id
from runtime.queries import load_queries

_log = logging.getLogger(__name__)
_queries = load_queries("runtime", "timers.sql")

TOPIC = "timers"  # a hint with this topic wakes the sweepers of all processes

_LONGEST_BACKOFF_SECONDS = 60
_LONGEST_HANDLING_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Timer:
    id: UUID
    county: str
    kind: str
    subject: UUID
    due_at: datetime
    payload: Mapping[str, Any]
    attempts: int  # 1 at the first


Handler = Callable[[Work, Timer], Awaitable[None]]


async def set_timer(
    conn: Connection,
    *,
    county: str,
    kind: str,
    subject: UUID,
    due_at: datetime,
    payload: Mapping[str, Any] | None = None,
    only_earlier: bool = False,
) -> None:
    """For a timer due at once say `work.wake(timers.TOPIC)`, too; others are found when their time comes.

    One that is set already is moved and gets the new payload; with `only_earlier` it keeps its time if that is sooner.
    """
    await _queries.set_timer(
        conn,
        id=new_id(),
        county=county,
        kind=kind,
        subject=subject,
        due_at=due_at,
        payload=payload or {},
        only_earlier=only_earlier,
    )


async def set_timers(conn: Connection, *, county: str, timers: Sequence[tuple[str, UUID, datetime]]) -> None:
    """Like `set_timer` for several (kind, subject, due at), none of them due at once."""
    if timers:
        await _queries.set_timers(
            conn,
            ids=[new_id() for _ in timers],
            county=county,
            kinds=[kind for kind, _, _ in timers],
            subjects=[subject for _, subject, _ in timers],
            due_at=[due_at for _, _, due_at in timers],
        )


async def cancel_timer(conn: Connection, kind: str, subject: UUID) -> bool:
    """False when there was none; the one that is being handled at this moment has then won."""
    status: str = await _queries.cancel_timer(conn, kind=kind, subject=subject)
    return status != "DELETE 0"


async def prune_timers(conn: Connection, county: str, before: datetime, *, limit: int = 5_000) -> int:
    status: str = await _queries.delete_done(conn, county=county, before=before, most=limit)
    return int(status.rsplit(" ", 1)[-1])


_CROSSED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_CROSSED_AT_MOST = 5
_AGAIN_SOON = timedelta(milliseconds=100)


def backoff(attempts: int) -> timedelta:
    """1, 2, 4 … 60 seconds."""
    return timedelta(seconds=min(2 ** (min(attempts, 20) - 1), _LONGEST_BACKOFF_SECONDS))


class _Held(Exception):  # noqa: N818 (no error: it leaves the transaction)
    pass


class Sweeper:
    """Handles due timers, several at a time, each in its own transaction; any number of processes may sweep.

    A timer is handled at least once, and its effects once: the mark that it is done commits with them.
    """

    def __init__(
        self, db: Database, handlers: Mapping[str, Handler], poll_seconds: float = 0.25, *, at_once: int = 4
    ) -> None:
        self._db = db
        self._handlers = handlers
        self._poll_seconds = poll_seconds
        self._at_once = at_once
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[int]] = set()
        # Between the rollback of a failure and its being put off the row is free: nobody here takes it then.
        self._held: set[UUID] = set()

    async def run(self) -> None:
        """Until cancelled. Woken by hints and by the next due time; the poll finds what no hint told of."""
        stop_listening = self._db.hints.listen(self._heard)
        failures = 0
        try:
            while True:
                self._wake.clear()
                try:
                    pause = await self._hand_out()
                    failures = 0
                except Exception as error:  # noqa: BLE001 (a sweeper that ended would silence every deadline)
                    failures += 1
                    pause = min(0.1 * 2 ** min(failures, 5), 2.0)
                    _log.warning("timers cannot be read (%s); trying again in %.1f s", error, pause)
                try:
                    async with asyncio.timeout(pause):
                        await self._wake.wait()
                except TimeoutError:
                    continue
        finally:
            stop_listening()
            for task in tuple(self._running):
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)

    async def sweep_once(self) -> int:
        """Handle everything that is due now, in this call; for tests, and for ends that must be tidy."""
        return sum(await asyncio.gather(*(self._drain() for _ in range(self._at_once))))

    def _heard(self, topics: frozenset[str]) -> None:
        if TOPIC in topics:
            self._wake.set()

    async def _hand_out(self) -> float:
        """Start a worker for each due timer, up to the bound; gives the seconds until it is worth looking again."""
        async with self._db.pool.acquire() as conn:
            now = await self._db.clock(conn)
            row = await _queries.look_ahead(conn, kinds=list(self._handlers), now=now, most=self._at_once)
        for _ in range(min(row["due"], self._at_once - len(self._running))):
            task = asyncio.create_task(self._drain(), name="timers: drain")
            self._running.add(task)
            task.add_done_callback(self._ended)
        if row["next"] is None:
            return self._poll_seconds
        until_next: float = (row["next"] - now).total_seconds()
        return max(0.001, min(until_next, self._poll_seconds))

    def _ended(self, task: asyncio.Task[int]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        if (error := task.exception()) is not None:
            _log.warning("timers cannot be handled (%s); trying again", error)
        elif task.result() > 0:
            # A timer may have come due after its last look, when no worker was free. (After a look that found
            # nothing there is no cause to look again: what seemed due is in other hands.)
            self._wake.set()

    async def _drain(self) -> int:
        handled = 0
        while await self._handle_one():
            handled += 1
        return handled

    async def _handle_one(self) -> bool:
        timer: Timer | None = None
        try:
            async with self._db.work() as work:
                row = await _queries.claim_timer(
                    work.conn, kinds=list(self._handlers), held=list(self._held), now=work.now
                )
                if row is None:
                    return False
                if row["id"] in self._held:  # freed by a failure while the claim was on its way
                    raise _Held
                timer = Timer(**dict(row))
                self._held.add(timer.id)
                async with asyncio.timeout(_LONGEST_HANDLING_SECONDS):
                    await self._handlers[timer.kind](work, timer)
        except _Held:
            return True
        except Exception as error:
            if timer is None:
                raise
            await self._put_off(timer, error)
        finally:
            if timer is not None:
                self._held.discard(timer.id)
        return True

    async def _put_off(self, timer: Timer, error: Exception) -> None:
        """A handler that failed has changed nothing; it is tried again, later each time, for ever.

        Two transactions that crossed are no fault of the handler: PostgreSQL let one go first, this one comes next.
        """
        crossed = isinstance(error, _CROSSED)
        pause = _AGAIN_SOON if crossed and timer.attempts <= _CROSSED_AT_MOST else backoff(timer.attempts)
        if crossed:
            _log.warning(
                "timer %s of %s crossed another transaction at attempt %d, again in %.1f s",
                *(timer.kind, timer.subject, timer.attempts, pause.total_seconds()),
            )
        else:
            self._complain(timer, error, pause)
        async with self._db.work() as work:
            await _queries.put_off(work.conn, id=timer.id, due_at=work.now + pause, attempts=timer.attempts)

    @staticmethod
    def _complain(timer: Timer, error: Exception, pause: timedelta) -> None:
        _log.error(
            "timer %s of %s failed at attempt %d, again in %d s: %s",
            *(timer.kind, timer.subject, timer.attempts, pause.total_seconds(), error),
            exc_info=None if isinstance(error, UserError) else error,
        )
