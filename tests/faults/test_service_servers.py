"""PostgreSQL and Valkey fail below a running service: what was answered is kept, and it recovers by itself."""

import asyncio
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from runtime.encoding import from_json
from runtime.programs import wait_ended
from runtime.servers import Servers, running_servers
from runtime.settings import Settings, load_settings
from tests.faults.history import check_alarms, check_history
from tests.faults.world import World, open_world, until
from tests.storage.small_county import VILLAGE_E, VILLAGE_W

ALARMS = 24


class Own:
    """Servers of this test alone, which it may kill and start again."""

    def __init__(self, settings: Settings, stack: ExitStack, *, durable: bool) -> None:
        self._settings = settings
        self._stack = stack
        self._durable = durable
        self.servers: Servers = self.start()

    def start(self) -> Servers:
        """Whichever of the two does not run."""
        return self._stack.enter_context(running_servers(self._settings, durable=self._durable))

    def valkey(self) -> psutil.Process:
        return psutil.Process(from_json((self._settings.data / "valkey.json").read_bytes())["pid"])

    def postgres(self) -> psutil.Process:
        file = self._settings.data / "postgres" / "postmaster.pid"
        return psutil.Process(int(file.read_text(encoding="utf-8").splitlines()[0]))


@pytest.fixture
def own(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Own]:
    with ExitStack() as stack:
        settings = load_settings(data=tmp_path / "servers")
        yield Own(settings, stack, durable="postgres" in request.node.name)


async def hints(world: World, healthy: bool) -> None:
    async def told() -> bool:
        answer = await world.api.get("/api/v1/metrics")
        return f"pianqu_hints_healthy {float(healthy)}" in answer.text

    await until(f"hints healthy: {healthy}", told)


async def test_without_valkey_everything_goes_on_and_when_it_is_back_so_are_the_hints(
    tmp_path: Path, own: Own
) -> None:
    async with open_world(tmp_path, own.servers) as world:
        await hints(world, healthy=True)
        calling = asyncio.create_task(world.callers.call(ALARMS))
        await world.callers.until_answered(6)
        own.valkey().kill()
        await hints(world, healthy=False)
        await world.callers.until_answered(14)
        incident = await world.alarm(VILLAGE_W, kind="rescue")
        await until("sent without Valkey", lambda: world.assignments(incident))
        assert (await world.api.get("/api/v1/units")).status_code == 200
        own.start()
        await hints(world, healthy=True)
        await calling
        await world.settled()
        await check_history(world.db, world.county.code)
        for crew in world.crews.values():
            crew.check_gapless()
            assert crew.device.connections == 1  # nobody was cut off
        assert "Traceback" not in world.log.read_text(encoding="utf-8")


async def test_a_stalled_valkey_holds_nobody_up(tmp_path: Path, own: Own) -> None:
    """Its sockets stay open and nothing ever answers: worse than gone."""
    async with open_world(tmp_path, own.servers) as world:
        await hints(world, healthy=True)
        stalled = own.valkey()
        stalled.send_signal(signal.SIGSTOP)
        try:
            async with asyncio.timeout(60):
                for _ in range(3):
                    assert (await world.api.get("/api/v1/units")).status_code == 200
                    fix = {"lon": VILLAGE_E[0], "lat": VILLAGE_E[1]}
                    moved = await world.api.post("/api/v1/units/E1-1/position", json=fix)
                    assert moved.status_code == 200
                    incident = await world.alarm(VILLAGE_W, kind="vehicle")
                    sent = await until("sent", lambda at=incident: world.assignments(at))
                    assert sent
                await world.settled()
            await hints(world, healthy=False)
        finally:
            stalled.send_signal(signal.SIGCONT)
        await hints(world, healthy=True)
        await check_history(world.db, world.county.code)
        assert all(crew.device.connections == 1 for crew in world.crews.values())


async def test_postgres_killed_in_immediate_mode_keeps_every_alarm_that_was_answered(
    tmp_path: Path, own: Own
) -> None:
    async with open_world(tmp_path, own.servers) as world:
        calling = asyncio.create_task(world.callers.call(ALARMS))
        await world.callers.until_answered(8)
        postmaster = own.postgres()
        postmaster.send_signal(signal.SIGQUIT)  # immediate mode: no checkpoint, no good-bye
        assert await asyncio.to_thread(wait_ended, postmaster, 30)
        ready = await world.api.get("/health/ready")
        assert ready.status_code == 503
        own.start()
        await calling
        await until("every device is back", lambda: everybody_connected(world))
        await world.settled()
        assert world.callers.attempts > len(world.callers.answered)
        await check_alarms(world.db, world.callers.answered)
        await check_history(world.db, world.county.code)
        for crew in world.crews.values():
            crew.check_gapless()


async def test_connections_cut_by_the_database_cost_nothing_but_a_second_try(
    tmp_path: Path, own: Own
) -> None:
    async with open_world(tmp_path, own.servers) as world:
        calling = asyncio.create_task(world.callers.call(ALARMS))
        for answered in (5, 10, 15):
            await world.callers.until_answered(answered)
            await world.rows(
                "select pg_terminate_backend(pid) from pg_stat_activity "
                "where application_name = 'pianqu' and pid <> pg_backend_pid()"
            )
        await calling
        await until("every device is back", lambda: everybody_connected(world))
        await world.settled()
        await check_alarms(world.db, world.callers.answered)
        await check_history(world.db, world.county.code)


async def everybody_connected(world: World) -> bool:
    return all(crew.device.connected.is_set() for crew in world.crews.values())
