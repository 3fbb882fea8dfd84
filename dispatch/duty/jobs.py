"""Solving a month in solver processes beside the service: how far it is stands in a row, the roster becomes a draft."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS
from dispatch.duty.publishing import save_draft
from dispatch.duty.standing import book_for
from dispatch.duty.store import in_force
from dispatch.duty.telling import changed
from roster.plan import Book, Roster
from roster.planning.county import Ask, solve_county
from roster.planning.month import Report
from roster.planning.outcome import TeamOutcome, outcomes_of
from roster.planning.processes import Processes
from runtime.database import Database, Work
from runtime.ids import new_id

LOG = logging.getLogger(__name__)
HEARD_EVERY_SECONDS = 1.0
LOST_AFTER = timedelta(seconds=60)
# The other processor is left to the alarms.
SOLVERS = 1


@dataclass(frozen=True, slots=True)
class SolveOrder:
    """`teams` empty: all. `keep`: change what is in force as little as possible, instead of planning anew. `seconds`:
    stop then with the best so far; without it the steps are counted, and the seed alone decides."""

    first: date
    days: int
    teams: tuple[str, ...] = ()
    seed: int = 1
    keep: bool = False
    seconds: float | None = None
    note: str = ""


@dataclass(slots=True)
class _Solving:
    """What a job's thread and the event loop tell each other."""

    stop: threading.Event = field(default_factory=threading.Event)
    shares: dict[str, int] = field(default_factory=dict)


class Jobs:
    """Those that this process works on. One of a county at a time: it takes a processor for minutes."""

    def __init__(self, db: Database, county: str) -> None:
        self._db, self._county = db, county
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._waiting: dict[UUID, tuple[Book, Ask, SolveOrder, str]] = {}

    async def solve(self, work: Work, order: SolveOrder, *, by: str) -> Mapping[str, Any]:
        """The job's row; whoever commits it calls `begin` with its id. 409 while another one runs."""
        last = order.first + timedelta(days=order.days - 1)
        book = await book_for(work.conn, self._county, order.first, order.days)
        for team in order.teams:
            if team not in book.teams:
                raise Problem(404, "roster_team_unknown", {"team": team})
        if not book.teams:
            raise Problem(404, "no_roster_here", {"county": self._county})
        duties = await in_force(work.conn, self._county, order.first, last)
        chosen = set(order.teams or book.teams)
        ask = Ask(
            first=order.first,
            days=order.days,
            teams=order.teams,
            seed=order.seed,
            current=tuple(duty for duty in duties if duty.team in chosen) if order.keep else None,
            fixed=tuple(duty for duty in duties if duty.team not in chosen),
        )
        id = await self._insert(work, order, by)
        self._waiting = {id: (book, ask, order, by)}
        return {"job": str(id)}

    def begin(self, id: UUID) -> None:
        """Start the solvers of a job that is committed. A job that has begun, here or elsewhere, is left alone."""
        waiting = self._waiting.pop(id, None)
        if waiting is not None:
            task = asyncio.create_task(self._work_on(id, *waiting), name=f"roster job {id}")
            self._running[id] = task
            task.add_done_callback(lambda _: self._running.pop(id, None))

    async def close(self) -> None:
        """The service stops: the solvers end, and their jobs say so."""
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def finished(self) -> None:
        """Until nothing runs here; for tests, and for ends that must be tidy."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _insert(self, work: Work, order: SolveOrder, by: str) -> UUID:
        await ASKS.lock_jobs(work.conn, county=self._county)
        if await ASKS.running_jobs(work.conn, county=self._county):
            raise Problem(409, "roster_job_running", {"county": self._county})
        id = new_id()
        request = {**asdict(order), "first": order.first.isoformat()}
        await ASKS.insert_job(
            work.conn, id=id, county=self._county, kind="solve", request=request, by=by, at=work.now
        )
        params = {"job": id, "first": order.first, "days": order.days, "teams": list(order.teams), "by": by}
        await changed(work, self._county, "roster_solving_started", params)
        return id

    async def _work_on(self, id: UUID, book: Book, ask: Ask, order: SolveOrder, by: str) -> None:
        solving = _Solving()
        thread = asyncio.create_task(asyncio.to_thread(_solve, book, ask, order.seconds, solving))
        try:
            if not await self._listen(id, solving, thread):
                return
            roster, outcomes = await thread
            await self._keep(id, roster, outcomes, order, by)
        except asyncio.CancelledError:
            await asyncio.shield(self._fail(id, "roster_job_lost"))
            raise
        except Exception:  # whatever ended it, whoever waits for the job must be told
            LOG.exception("roster job %s failed", id)
            await self._fail(id, "roster_job_failed")
        finally:
            solving.stop.set()

    async def _listen(self, id: UUID, solving: _Solving, thread: asyncio.Task[Any]) -> bool:
        """Until the solvers are done. False when somebody cancelled the job meanwhile."""
        while not thread.done():
            await asyncio.wait({thread}, timeout=HEARD_EVERY_SECONDS)
            progress = {"percent": dict(solving.shares)}
            async with self._db.work() as work:
                stopping = await ASKS.hear_job(work.conn, id=id, progress=progress, at=work.now)
            if stopping is None:
                solving.stop.set()
                return False
            if stopping:
                solving.stop.set()
        return True

    async def _keep(
        self, id: UUID, roster: Roster, outcomes: tuple[TeamOutcome, ...], order: SolveOrder, by: str
    ) -> None:
        async with self._db.work() as work:
            draft = await save_draft(work, self._county, roster, note=order.note, by=by)
            result = {
                "number": draft.number,
                "duties": len(roster.duties),
                "teams": [_outcome(one) for one in outcomes],
            }
            ended = await ASKS.end_job(
                work.conn, id=id, state="done", result=result, version=draft.id, at=work.now
            )
            if ended is None:
                raise Problem(409, "roster_job_ended", {"job": str(id), "state": "cancelled"})
            await _say_ended(work, self._county, id, "done", draft.id)

    async def _fail(self, id: UUID, code: str) -> None:
        async with self._db.work() as work:
            ended = await ASKS.end_job(
                work.conn, id=id, state="failed", result={"code": code}, version=None, at=work.now
            )
            if ended is not None:
                await _say_ended(work, self._county, id, "failed", None)


def _solve(
    book: Book, ask: Ask, seconds: float | None, solving: _Solving
) -> tuple[Roster, tuple[TeamOutcome, ...]]:
    """In a thread, which waits for the solver processes."""
    begun = time.monotonic()

    def should_stop() -> bool:
        return solving.stop.is_set() or (seconds is not None and time.monotonic() - begun > seconds)

    def told(report: Report) -> None:
        solving.shares[report.team] = int(min(1.0, report.share_done) * 100)

    with Processes(book, SOLVERS, should_stop=should_stop, told=told) as runner:
        solved = solve_county(book, ask, runner)
    return solved.roster, outcomes_of(book, ask, solved)


def _outcome(one: TeamOutcome) -> dict[str, Any]:
    """A team's month in figures; why seats are empty is for the explanation to say."""
    return {
        "team": one.team,
        "seats": one.seats,
        "filled": one.filled,
        "required_empty": len(one.required_empty),
        "wished_empty": one.wished_empty,
        "borrowed": one.borrowed,
        "solved": one.solved,
    }


async def stop_job(work: Work, county: str, id: UUID, *, by: str) -> Mapping[str, Any]:
    """The best so far becomes a draft; heard within a second by whichever process works on it."""
    if await ASKS.stop_job(work.conn, county=county, id=id) is None:
        await _not_running(work, county, id)
    await changed(work, county, "roster_solving_stopped", {"job": id, "by": by})
    return {"job": str(id)}


async def cancel_job(work: Work, county: str, id: UUID, *, by: str) -> Mapping[str, Any]:
    """Nothing is kept of it."""
    row = await ASKS.job(work.conn, county=county, id=id)
    result = {"code": "roster_job_cancelled", "by": by}
    ended = row and await ASKS.end_job(
        work.conn, id=id, state="cancelled", result=result, version=None, at=work.now
    )
    if ended is None:
        await _not_running(work, county, id)
    await _say_ended(work, county, id, "cancelled", None)
    return {"job": str(id)}


async def lose_jobs(work: Work, county: str) -> int:
    """The scheduled sweep: jobs whose process has been silent for a minute are gone with it."""
    rows = ASKS.lose_jobs(work.conn, county=county, before=work.now - LOST_AFTER, at=work.now)
    lost = [row["id"] async for row in rows]
    for id in lost:
        await _say_ended(work, county, id, "failed", None)
    return len(lost)


async def _not_running(work: Work, county: str, id: UUID) -> None:
    row = await ASKS.job(work.conn, county=county, id=id)
    if row is None:
        raise Problem(404, "roster_job_unknown", {"job": str(id)})
    raise Problem(409, "roster_job_ended", {"job": str(id), "state": row["state"]})


async def _say_ended(work: Work, county: str, id: UUID, state: str, version: UUID | None) -> None:
    params = {"job": id, "state": state, "version": version}
    await changed(work, county, "roster_solving_ended", params)
