"""The journal, followed: one reader for each process, one question for all streams, gapless to every connection."""

import asyncio
import logging
from collections.abc import Collection

from dispatch.access.problem import DATABASE_GONE
from dispatch.push.buffer import MOST_EVENTS, Buffer, Parcel
from dispatch.push.frames import EventFrame, write_frame
from runtime.database import Database
from runtime.hints import Hints
from runtime.journal import Event, Head, heads, read_events, read_many

LOG = logging.getLogger(__name__)

POLL_SECONDS = 0.25  # without hints from other processes
POLL_HEALTHY_SECONDS = 1.0  # hints may be lost even then
_BACKOFF_SECONDS = 0.25  # while the database is away
_PAGE = 200  # events of one stream in one question
_READERS = 4  # connections that catch up at once, so that a wave of reconnects leaves room for commands


class FeedStopped(Exception):  # noqa: N818 (an outcome, past tense)
    """The service is stopping."""


class Subscription:
    """One reader of one stream. `take` gives what follows, in order and each event once; it waits if need be."""

    def __init__(self, feed: "Feed", stream: str, after: int) -> None:
        self.stream = stream
        self.buffer = Buffer(after)
        self._feed = feed
        self._news = asyncio.Event()

    def offer(self, parcel: Parcel) -> None:
        self.buffer.offer(parcel)
        self._news.set()

    def wake(self) -> None:
        self._news.set()

    async def take(self) -> list[Parcel]:
        """Raises Pruned when the journal no longer reaches back to here, FeedStopped at the end."""
        while not self._feed.stopped:
            if self.buffer.behind:
                parcels = await self._catch_up()
            else:
                self._news.clear()
                parcels = self.buffer.drain()
            if parcels:
                return parcels
            if not self.buffer.behind:
                await self._news.wait()
        raise FeedStopped

    def close(self) -> None:
        self._feed.leave(self)

    async def _catch_up(self) -> list[Parcel]:
        after = self.buffer.begin_read()
        try:
            parcels = await self._feed.read(self.stream, after, MOST_EVENTS)
        except DATABASE_GONE:
            self.buffer.fall_behind()
            await asyncio.sleep(_BACKOFF_SECONDS)
            return []
        found = self.buffer.finish_read(parcels, full=len(parcels) == MOST_EVENTS)
        if not self.buffer.behind:
            self._feed.joined(self)
        return list(found)


class _Watched:
    """A stream somebody reads. `cursor` is how far it was dispatched; None until the first reader caught up."""

    def __init__(self) -> None:
        self.cursor: int | None = None
        self.readers: set[Subscription] = set()


class Feed:
    def __init__(self, db: Database, hints: Hints, *, poll_seconds: float = POLL_SECONDS) -> None:
        self.db = db
        self.stopped = False
        self._hints = hints
        self._poll_seconds = poll_seconds
        self._watched: dict[str, _Watched] = {}
        self._dirty: set[str] = set()
        self._news = asyncio.Event()
        self._catching_up = asyncio.Semaphore(_READERS)
        self._stop_listening = hints.listen(self._hear)

    async def run(self) -> None:
        """For ever; cancelled, it tells every reader that the service is stopping."""
        try:
            await self._follow()
        except asyncio.CancelledError:
            self._stop_listening()
            self.stopped = True
            for watched in self._watched.values():
                for reader in watched.readers:
                    reader.wake()
            raise

    def subscribe(self, stream: str, after: int) -> Subscription:
        """From here on nothing is missed; reading what lies between `after` and now is left to `take`."""
        subscription = Subscription(self, stream, after)
        self._watched.setdefault(stream, _Watched()).readers.add(subscription)
        return subscription

    def leave(self, subscription: Subscription) -> None:
        watched = self._watched.get(subscription.stream)
        if watched is not None:
            watched.readers.discard(subscription)
            if not watched.readers:
                del self._watched[subscription.stream]

    def joined(self, subscription: Subscription) -> None:
        """A reader has caught up. If it is the stream's first, its position is where following begins."""
        watched = self._watched.get(subscription.stream)
        if watched is not None and watched.cursor is None:
            watched.cursor = subscription.buffer.position
            self._dirty.add(subscription.stream)
            self._news.set()

    async def head(self, stream: str) -> Head:
        async with self.db.pool.acquire() as conn:
            return (await heads(conn, [stream]))[stream]

    async def read(self, stream: str, after: int, limit: int) -> list[Parcel]:
        async with self._catching_up, self.db.pool.acquire() as conn:
            return [_parcel(event) for event in await read_events(conn, stream, after, limit)]

    def _hear(self, topics: frozenset[str]) -> None:
        watched = topics & self._watched.keys()
        if watched:
            self._dirty |= watched
            self._news.set()

    async def _follow(self) -> None:
        """For ever: on a hint the streams it names, and now and then all of them."""
        time = asyncio.get_running_loop().time
        polled = time()
        backoff = _BACKOFF_SECONDS
        while True:
            pause = POLL_HEALTHY_SECONDS if self._hints.healthy else self._poll_seconds
            try:
                async with asyncio.timeout(max(0.0, polled + pause - time())):
                    await self._news.wait()
            except TimeoutError:
                pass
            self._news.clear()
            everything = time() >= polled + pause
            names: Collection[str] = list(self._watched) if everything else self._dirty
            if everything:
                polled = time()
            self._dirty = set()
            try:
                await self._dispatch(names)
                backoff = _BACKOFF_SECONDS
            except DATABASE_GONE as error:
                LOG.warning("the journal cannot be read (%r); trying again", error)
                polled = 0.0  # all of them, as soon as it is back
                await asyncio.sleep(backoff)
                backoff = min(2.0, 2 * backoff)
            except Exception:
                LOG.exception("following the journal failed; trying again")
                polled = 0.0
                await asyncio.sleep(backoff)

    async def _dispatch(self, names: Collection[str]) -> None:
        asked = {
            name: watched
            for name in names
            if (watched := self._watched.get(name)) is not None and watched.cursor is not None
        }
        if not asked:
            return
        cursors = {name: watched.cursor or 0 for name, watched in asked.items()}
        async with self.db.pool.acquire() as conn:
            found = await read_many(conn, cursors, _PAGE)
        for name, events in found.items():
            watched = asked[name]
            for event in events:
                parcel = _parcel(event)
                for reader in watched.readers:
                    reader.offer(parcel)
            watched.cursor = events[-1].seq
            if len(events) == _PAGE:
                self._dirty.add(name)
                self._news.set()


def _parcel(event: Event) -> Parcel:
    text = write_frame(EventFrame(event.seq, event.at, event.type, event.v, event.data))
    return Parcel(event.seq, text, len(text.encode()))
