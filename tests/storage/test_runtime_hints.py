"""Hints cross processes through Valkey; without it they still work inside one, and nothing ever raises."""

import asyncio
from collections.abc import AsyncIterator

import pytest
import redis.asyncio

from runtime.hints import Hints
from runtime.ids import new_id


class Ear:
    def __init__(self, hints: Hints) -> None:
        self.heard: set[str] = set()
        self._new = asyncio.Event()
        self.stop = hints.listen(self._hear)

    def _hear(self, topics: frozenset[str]) -> None:
        self.heard |= topics
        self._new.set()

    async def hears(self, topic: str) -> bool:
        async with asyncio.timeout(20):
            while topic not in self.heard:
                self._new.clear()
                await self._new.wait()
        return True


async def until_healthy(*all_hints: Hints) -> None:
    async with asyncio.timeout(20):
        for hints in all_hints:
            await hints.until_healthy()


@pytest.fixture
async def two(redis_url: str) -> AsyncIterator[tuple[Hints, Hints]]:
    """As in two processes, on a channel of their own."""
    channel = f"test:{new_id().hex}"
    first, second = Hints(redis_url, channel=channel), Hints(redis_url, channel=channel)
    await first.start()
    await second.start()
    await until_healthy(first, second)
    yield first, second
    await first.stop()
    await second.stop()


async def test_a_hint_reaches_the_other_process_and_this_one_only_once(two: tuple[Hints, Hints]) -> None:
    first, second = two
    here, there = Ear(first), Ear(second)
    first.publish(["device/a", "timers"])
    assert here.heard == {"device/a", "timers"}
    here.heard.clear()
    assert await there.hears("device/a")
    assert await there.hears("timers")
    second.publish(["incident/b"])
    assert await here.hears("incident/b")
    assert here.heard == {"incident/b"}


async def test_hints_come_back_after_every_connection_was_cut(
    two: tuple[Hints, Hints], redis_url: str
) -> None:
    first, second = two
    there = Ear(second)
    client = redis.asyncio.from_url(redis_url)
    for kind in ("pubsub", "normal"):
        await client.client_kill_filter(_type=kind, skipme=True)
    await client.aclose()
    async with asyncio.timeout(20):
        while "device/a" not in there.heard:
            first.publish(["device/a"])
            await asyncio.sleep(0.01)
    await until_healthy(first, second)


async def test_without_redis_listeners_of_this_process_hear_at_once(hints: Hints) -> None:
    ear = Ear(hints)
    hints.publish(["county/1"])
    assert ear.heard == {"county/1"}
    assert not hints.healthy
    ear.stop()
    ear.stop()
    hints.publish(["county/2"])
    assert ear.heard == {"county/1"}


async def test_a_redis_that_was_never_there_costs_nothing_but_health() -> None:
    hints = Hints("redis://127.0.0.1:9/0")
    await hints.start()
    ear = Ear(hints)
    for n in range(1000):
        hints.publish([f"device/{n}"])
    assert len(ear.heard) == 1000
    assert not hints.healthy
    await hints.stop()


async def test_a_listener_that_fails_does_not_silence_the_others(hints: Hints) -> None:
    def fail(topics: frozenset[str]) -> None:
        raise ZeroDivisionError

    hints.listen(fail)
    ear = Ear(hints)
    hints.publish(["county/1"])
    assert ear.heard == {"county/1"}


async def test_stopping_in_the_middle_of_connecting_never_hangs(redis_url: str) -> None:
    """Commands beside the service live for milliseconds; the client swallows a cancellation now and then."""
    for pause in range(40):
        hints = Hints(redis_url)
        await hints.start()
        await asyncio.sleep(pause * 0.0001)
        async with asyncio.timeout(20):
            await hints.stop()
