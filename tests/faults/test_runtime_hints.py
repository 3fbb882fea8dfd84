"""A Valkey that dies or stalls costs hints between processes and nothing else; they come back with it."""

import asyncio
import os
import signal
from pathlib import Path

import psutil

from runtime.encoding import from_json
from runtime.hints import Hints
from runtime.servers import running_servers
from runtime.settings import load_settings


async def until_unhealthy(hints: Hints) -> None:
    async with asyncio.timeout(20):
        while hints.healthy:  # noqa: ASYNC110 (nothing announces that a server is gone)
            await asyncio.sleep(0.01)


async def test_a_stalled_valkey_counts_as_gone_and_is_back_when_it_answers(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "data", database_url=None)
    with running_servers(settings, durable=False) as servers:
        pid = from_json((tmp_path / "data" / "valkey.json").read_bytes())["pid"]
        hints = Hints(servers.redis_url, patience_seconds=0.2)
        await hints.start()
        await hints.until_healthy()
        os.kill(pid, signal.SIGSTOP)
        try:
            await until_unhealthy(hints)
            heard: list[frozenset[str]] = []
            hints.listen(heard.append)
            hints.publish(["county/1"])
            assert heard == [frozenset({"county/1"})]
        finally:
            os.kill(pid, signal.SIGCONT)
        async with asyncio.timeout(20):
            await hints.until_healthy()
        await hints.stop()


async def test_a_valkey_killed_and_started_again_at_the_same_place_is_found_again(tmp_path: Path) -> None:
    settings = load_settings(data=tmp_path / "data")
    with running_servers(settings, durable=False) as servers:
        hints = Hints(servers.redis_url)
        await hints.start()
        await hints.until_healthy()
        psutil.Process(from_json((tmp_path / "data" / "valkey.json").read_bytes())["pid"]).kill()
        await until_unhealthy(hints)
        hints.publish(["county/1"])  # into the void, without a fuss
        with running_servers(settings, durable=False) as again:  # the next process that comes starts it anew
            assert again == servers
            async with asyncio.timeout(20):
                await hints.until_healthy()
        await hints.stop()
