"""Wake-up hints: "there is something new under this topic". They carry no facts, so losing one costs only time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable

import redis.asyncio

from runtime.encoding import from_json, to_json
from runtime.ids import new_id

_log = logging.getLogger(__name__)

Listener = Callable[[frozenset[str]], None]

_CHANNEL = "pianqu:hints"
_LONGEST_BACKOFF_SECONDS = 2.0
_MOST_WAITING = 10_000


class Hints:
    """Listeners of this process hear at once; other processes through Redis, if there is one."""

    def __init__(
        self, redis_url: str | None = None, *, channel: str = _CHANNEL, patience_seconds: float = 3.0
    ) -> None:
        self._redis_url = redis_url
        self._channel = channel
        self._patience_seconds = patience_seconds  # a Redis that does not answer for so long counts as gone
        self._listeners: dict[object, Listener] = {}
        self._me = new_id().hex
        self._outgoing: set[str] = set()
        self._something = asyncio.Event()
        self._tasks: tuple[asyncio.Task[None], ...] = ()
        self._subscribed = asyncio.Event()

    @property
    def healthy(self) -> bool:
        """True while hints of other processes arrive; otherwise the journal and the timers have to be polled."""
        return self._subscribed.is_set()

    async def until_healthy(self) -> None:
        await self._subscribed.wait()

    async def start(self) -> None:
        if self._redis_url is not None and not self._tasks:
            self._tasks = (
                asyncio.create_task(self._keep(self._send), name="hints: send"),
                asyncio.create_task(self._keep(self._receive), name="hints: receive"),
            )

    async def stop(self) -> None:
        tasks, self._tasks = self._tasks, ()
        # The Redis client swallows a cancellation now and then, while it connects: once is not enough.
        while waiting := [task for task in tasks if not task.done()]:
            for task in waiting:
                task.cancel()
            await asyncio.wait(waiting, timeout=0.1)
        await asyncio.gather(*tasks, return_exceptions=True)

    def listen(self, listener: Listener) -> Callable[[], None]:
        """`listener` gets the set of topics, in the event loop, and must be quick; call the result to stop."""
        key = object()
        self._listeners[key] = listener

        def stop_listening() -> None:
            self._listeners.pop(key, None)

        return stop_listening

    def publish(self, topics: Iterable[str]) -> None:
        """Never raises and never waits."""
        found = frozenset(topics)
        if not found:
            return
        self._tell(found)
        if self._tasks and len(self._outgoing) < _MOST_WAITING:
            self._outgoing |= found
            self._something.set()

    def _tell(self, topics: frozenset[str]) -> None:
        for listener in tuple(self._listeners.values()):
            try:
                listener(topics)
            except Exception:  # noqa: BLE001 (one bad listener must not silence the others)
                _log.exception("a listener failed on the hints %s", sorted(topics)[:5])

    async def _keep(self, work: Callable[[redis.asyncio.Redis], Awaitable[None]]) -> None:
        """Connect again for ever, more slowly each time; say so once when it breaks, not at every try."""
        backoff = 0.05
        while True:
            # No retries inside: a connection that fails is thrown away here, at once.
            client = redis.asyncio.from_url(
                self._redis_url or "",
                socket_connect_timeout=self._patience_seconds,
                socket_timeout=self._patience_seconds,
                retry=None,
            )
            connected_at = asyncio.get_running_loop().time()
            try:
                await work(client)
            except Exception as error:  # noqa: BLE001 (also of garbage on the channel: hints have to come back)
                if backoff <= 0.05:
                    _log.warning("Redis is gone (%s); hints between processes pause, polling goes on", error)
            finally:
                await _closed(client)
            if asyncio.get_running_loop().time() - connected_at > 10:
                backoff = 0.05
            await asyncio.sleep(backoff)
            backoff = min(backoff * 2, _LONGEST_BACKOFF_SECONDS)

    async def _send(self, client: redis.asyncio.Redis) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            topics, self._outgoing = self._outgoing, set()
            try:
                await client.publish(self._channel, to_json([self._me, *topics]))
            except (redis.RedisError, OSError, TimeoutError):
                # Hints grow old quickly, yet one sent late still beats the poll.
                self._outgoing |= topics
                self._something.set()
                raise

    async def _receive(self, client: redis.asyncio.Redis) -> None:
        async with client.pubsub() as subscription:
            await subscription.subscribe(self._channel)
            try:
                pinged = False
                while True:
                    message = await subscription.get_message(timeout=self._patience_seconds / 2)
                    if message is None:
                        if pinged:
                            raise TimeoutError("no answer to a ping")
                        await subscription.ping()
                        pinged = True
                        continue
                    pinged = False
                    if message["type"] == "subscribe":
                        self._subscribed.set()
                    elif message["type"] == "message":
                        sender, *topics = from_json(message["data"])
                        if sender != self._me:
                            self._tell(frozenset(topics))
            finally:
                self._subscribed.clear()


async def _closed(client: redis.asyncio.Redis) -> None:
    try:
        await client.aclose()
    except (redis.RedisError, OSError, TimeoutError):
        _log.debug("closing a broken connection to Redis failed", exc_info=True)
