"""kill -9 of the service in the middle of a night: nothing lost, nothing doubled, every order gets through."""

import asyncio
from pathlib import Path

from runtime.servers import Servers
from tests.faults.history import check_alarms, check_history
from tests.faults.world import open_world, with_url

ALARMS = 36


async def test_killed_again_and_again_the_service_loses_and_doubles_nothing(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    async with open_world(tmp_path, with_url(servers, database_url)) as world:
        calling = asyncio.create_task(world.callers.call(ALARMS))
        for answered in (8, 20):
            await world.callers.until_answered(answered)
            await world.kill()
            await world.service.start()
        await calling
        await world.all_connected()
        await world.settled()
        assert len(world.callers.answered) == ALARMS
        await check_alarms(world.db, world.callers.answered)
        await check_history(world.db, world.county.code)
        for crew in world.crews.values():
            crew.check_gapless()
        assert any(crew.device.connections > 1 for crew in world.crews.values())
        assert "Traceback" not in world.log.read_text(encoding="utf-8")
