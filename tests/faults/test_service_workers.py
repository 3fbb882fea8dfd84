"""Two processes of the service on one port and one database: rows and constraints keep them right, not leases."""

import asyncio
from collections import Counter
from pathlib import Path

import httpx
import psutil
import pytest

from runtime.programs import ended, wait_ended
from runtime.servers import Servers
from tests.faults.history import check_alarms, check_history
from tests.faults.world import World, open_world, until, with_url
from tests.storage.small_county import COLUMNS, node, small_county

ALARMS = 30


@pytest.fixture(autouse=True)
def _two_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIANQU_WORKERS", "2")


def devices_on(world: World, worker: psutil.Process) -> int:
    port = httpx.URL(world.url).port
    return sum(
        1
        for connection in worker.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
    )


async def both_serve(world: World) -> None:
    """Until either process holds devices; who accepts a connection is the kernel's choice."""

    async def spread() -> bool:
        workers = world.workers()
        if len(workers) == 2 and all(devices_on(world, worker) > 1 for worker in workers):
            return True
        moved = [(crew.device, crew.device.connections) for crew in list(world.crews.values())[::2]]
        for device, _ in moved:
            await device.hang_up()

        async def back() -> bool:
            return all(device.connections > before for device, before in moved)

        await until("the devices that hung up are back", back)
        return False

    await until("devices on both processes", spread)
    await world.all_connected()


async def test_two_processes_share_the_work_and_one_that_is_killed_is_replaced(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    async with open_world(tmp_path, with_url(servers, database_url)) as world:
        await both_serve(world)
        calling = asyncio.create_task(world.callers.call(ALARMS))
        await world.callers.until_answered(10)
        victim, other = world.workers()
        victim.kill()

        async def replaced() -> bool:
            return len(world.workers()) == 2 and victim.pid not in {w.pid for w in world.workers()}

        await until("the killed process is replaced", replaced)
        assert other.is_running()
        await calling
        await world.all_connected()
        await world.settled()
        await check_alarms(world.db, world.callers.answered)
        await check_history(world.db, world.county.code)
        for crew in world.crews.values():
            crew.check_gapless()
        await nobody_outlives(world)


async def nobody_outlives(world: World) -> None:
    """Killed and started again at once, the service finds its port free; ended, it leaves no process behind."""
    workers = world.workers()
    await world.kill()
    for worker in workers:
        assert await asyncio.to_thread(wait_ended, worker, 20), "it serves on, beyond anybody's control"
    await world.service.start()
    await world.all_connected()
    workers = await until("two processes", two_workers(world))
    await world.service.stop()
    assert all(ended(worker) for worker in workers)


async def test_races_for_units_have_one_winner_each(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    """Six dispatchers in two processes, each with a fire of its own, all want every unit."""
    everybody = [unit.code for unit in small_county().units]
    async with open_world(
        tmp_path, with_url(servers, database_url), absent=everybody, automatic=False
    ) as world:
        incidents = [await world.alarm(node(n, n % 7), kind="building") for n in range(0, COLUMNS - 1, 2)]
        assert len(set(incidents)) == 5
        wanted = [unit for unit in everybody if unit != "X1-1"]
        outcomes: Counter[tuple[str, int]] = Counter()

        async def dispatcher(number: int) -> None:
            headers = dict(world.api.headers)
            async with httpx.AsyncClient(base_url=world.url, headers=headers, timeout=30) as http:
                for unit in wanted:
                    path = f"/api/v1/incidents/{incidents[number % len(incidents)]}/assignments"
                    answer = await http.post(path, json={"units": [unit]})
                    outcomes[unit, answer.status_code] += 1

        await asyncio.gather(*(dispatcher(n) for n in range(6)))
        assert {unit: outcomes[unit, 201] for unit in wanted} == dict.fromkeys(wanted, 1)
        assert {status for _, status in outcomes} == {201, 409}
        await check_history(world.db, world.county.code)


def two_workers(world: World):  # type: ignore[no-untyped-def]
    async def found() -> list[psutil.Process] | None:
        workers = world.workers()
        return workers if len(workers) == 2 else None

    return found
