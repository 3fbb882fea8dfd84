"""The open sockets of this process: the older of two connections of a device ends, and so does a revoked one."""

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.access.guard import Guard
from dispatch.access.problem import DATABASE_GONE
from dispatch.push.frames import Closing
from runtime.database import Database
from runtime.queries import load_queries

LOG = logging.getLogger(__name__)
QUERIES = load_queries("dispatch.push", "connections.sql")

SWEEP_SECONDS = 0.8  # what a lost hint costs: revoked and fenced sockets close within a second all the same
TOUCH_SECONDS = 30.0
TOPICS = frozenset({"tokens", "connections"})


@dataclass(slots=True, eq=False)
class Link:
    """One open socket. `ended` is set by whoever decides that it is over."""

    id: UUID
    token_hash: bytes
    device: UUID | None
    term: int = 0
    ended: "asyncio.Future[Closing]" = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def end(self, closing: Closing) -> None:
        if not self.ended.done():
            self.ended.set_result(closing)


class Connections:
    """It looks once a second while anything is open, and at once on a hint."""

    def __init__(self, db: Database, guard: Guard) -> None:
        self._db = db
        self._guard = guard
        self._open: dict[UUID, Link] = {}
        self._news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._clock: tuple[float, datetime] | None = None
        self._touched = 0.0

    def __len__(self) -> int:
        return len(self._open)

    async def enter(self, link: Link) -> None:
        """From here on the link is watched. Of a device's connections the one that enters last stays."""
        async with self._db.pool.acquire() as conn:
            now = await self._db.clock(conn)
            if link.device is not None:
                name = _name(link.device)
                link.term = await QUERIES.take_socket(conn, name=name, holder=str(link.id), now=now)
        self._set_clock(now)
        for other in self._open.values():
            if link.device is not None and other.device == link.device:
                (other if other.term < link.term else link).end(Closing.FENCED)
        self._open[link.id] = link
        if link.device is not None:
            self._db.hints.publish(["connections"])
        if self._task is None:
            self._stop_listening = self._db.hints.listen(self._hear)
            self._task = asyncio.create_task(self._watch(), name="connections")

    def leave(self, link: Link) -> None:
        self._open.pop(link.id, None)
        if not self._open and self._task is not None:
            self._stop_listening()
            self._task.cancel()
            self._task = None

    def time(self) -> datetime:
        """The database's clock, carried on by our own monotonic one: what deadlines are measured by."""
        assert self._clock is not None, "nobody has entered yet"
        read_at, now = self._clock
        return now + timedelta(seconds=asyncio.get_running_loop().time() - read_at)

    def _set_clock(self, now: datetime) -> None:
        self._clock = (asyncio.get_running_loop().time(), now)

    def _hear(self, topics: frozenset[str]) -> None:
        if topics & TOPICS:
            self._news.set()

    async def _watch(self) -> None:
        while True:
            try:
                async with asyncio.timeout(SWEEP_SECONDS):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            try:
                await self._sweep()
            except DATABASE_GONE as error:
                # Sockets stay open meanwhile: a crew that can hear us is worth more than a strict door.
                LOG.warning("open sockets cannot be checked (%r); trying again", error)
                await asyncio.sleep(SWEEP_SECONDS)
            except Exception:  # one fault must not end the check for as long as the service lives
                LOG.exception("checking the open sockets failed; trying again")
                await asyncio.sleep(SWEEP_SECONDS)

    async def _sweep(self) -> None:
        links = list(self._open.values())
        dead = await self._guard.dead(list({link.token_hash for link in links}))
        devices = {str(link.id): _name(link.device) for link in links if link.device is not None}
        async with self._db.pool.acquire() as conn:
            now = await self._db.clock(conn)
            rows = QUERIES.find_superseded(conn, names=list(devices.values()), holders=list(devices))
            superseded = {row["holder"] async for row in rows}
            moment = asyncio.get_running_loop().time()
            if moment - self._touched >= TOUCH_SECONDS:
                self._touched = moment
                seen = [link.device for link in links if link.device is not None]
                await QUERIES.touch_devices(conn, devices=seen, now=now)
        self._set_clock(now)
        for link in links:
            if link.token_hash in dead:
                link.end(Closing.REVOKED)
            elif str(link.id) in superseded:
                link.end(Closing.FENCED)


def _name(device: UUID) -> str:
    return f"socket/device/{device}"
