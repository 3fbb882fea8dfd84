"""The database: a pool, units of work that end with the journal, and consistent snapshots."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

import asyncpg

from runtime.clock import to_milliseconds
from runtime.encoding import from_json, to_json
from runtime.hints import Hints
from runtime.journal import Entry, append
from runtime.reachable import check_database

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record] | asyncpg.pool.PoolConnectionProxy[asyncpg.Record]
    Pool = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection
    Pool = asyncpg.Pool

# What a loop that goes on for ever has to expect of a database: it restarts, fails over, is out of reach for a while.
TROUBLE = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError, TimeoutError)

Clock = Callable[[Connection], Awaitable[datetime]]


async def database_now(conn: Connection) -> datetime:
    """One clock for all processes and hosts: PostgreSQL's."""
    moment: datetime = await conn.fetchval("select clock_timestamp()")
    return to_milliseconds(moment)


class Work:
    """One transaction: change rows through `conn`, say what happened with `journal`."""

    def __init__(self, conn: Connection, now: datetime) -> None:
        self.conn = conn
        self.now = now
        self._entries: list[Entry] = []
        self._topics: set[str] = set()
        self._at_end: list[Callable[[], Awaitable[None]]] = []
        self._together: dict[Callable[[Work, list[Any]], Awaitable[None]], list[Any]] = {}

    def journal(self, stream: str, type: str, data: Mapping[str, Any], *, county: str, v: int = 1) -> None:
        """Queued: stream rows are what everybody writes, so they are locked last and for as short as possible."""
        self._entries.append(Entry(stream, county, type, v, to_json(data)))
        self._topics.add(stream)

    def wake(self, topic: str) -> None:
        """A hint after the commit, beside those of the streams written."""
        self._topics.add(topic)

    def at_end(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act` after everything else and before the journal is written: it may lock streams, and read what
        must not be overtaken by another writer of them."""
        self._at_end.append(act)

    def at_end_together(self, act: Callable[["Work", list[Any]], Awaitable[None]], one: Any) -> None:
        """Like `at_end`, and after it; `act` runs once, with everything that was given for it, in order."""
        self._together.setdefault(act, []).append(one)

    async def _finish(self) -> None:
        for act in self._at_end:
            await act()
        for together, given in self._together.items():
            await together(self, given)
        if self._entries:
            await append(self.conn, self._entries, self.now)


class Database:
    def __init__(self, pool: Pool, hints: Hints, clock: Clock) -> None:
        self.pool = pool
        self.hints = hints
        self.clock = clock

    @asynccontextmanager
    async def work(self) -> AsyncIterator[Work]:
        """Read committed: rows are guarded by constraints, locks and compare-and-set, not by retries."""
        async with self.pool.acquire() as conn:
            async with conn.transaction():
                work = Work(conn, await self.clock(conn))
                yield work
                await work._finish()
            self.hints.publish(work._topics)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Connection]:
        """A consistent snapshot: everything read in it, heads of streams too, belongs to one moment."""
        async with (
            self.pool.acquire() as conn,
            conn.transaction(isolation="repeatable_read", readonly=True),
        ):
            yield conn

    async def now(self) -> datetime:
        async with self.pool.acquire() as conn:
            return await self.clock(conn)

    async def close(self) -> None:
        await self.pool.close()


async def open_database(
    url: str, hints: Hints, *, size: int = 10, clock: Clock | None = None, option: str = "--database-url"
) -> Database:
    await check_database(url, option)
    pool = await asyncpg.create_pool(
        url,
        min_size=min(2, size),
        max_size=size,
        init=_prepared,
        reset=_reset,
        command_timeout=60,
        server_settings={"timezone": "UTC", "jit": "off", "application_name": "pianqu"},
    )
    return Database(pool, hints, clock or database_now)


async def _prepared(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    for name in ("json", "jsonb"):
        await conn.set_type_codec(
            name, encoder=to_json, decoder=from_json, schema="pg_catalog", format="text"
        )


async def _reset(conn: "asyncpg.Connection[asyncpg.Record]") -> None:
    """asyncpg's own reset costs a round trip at each release; nothing here keeps state in a session."""
    if conn.is_in_transaction():
        await conn.execute("rollback")
