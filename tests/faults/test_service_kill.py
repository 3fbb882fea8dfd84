"""kill -9 of the service in the middle of a night: nothing lost, nothing doubled, every order gets through."""

import asyncio
from pathlib import Path

from runtime.servers import Servers
from tests.faults.history import check_alarms, check_history
from tests.faults.world import open_world, until, with_url
from tests.storage.small_county import VILLAGE_W, small_county

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


async def test_what_a_device_never_acknowledged_is_delivered_again_after_a_kill_once(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    """Killed after the send and before the ack; the device comes back having kept nothing."""
    async with open_world(tmp_path, with_url(servers, database_url), absent=["W1-1"]) as world:
        async with world.talking("W1-1") as tablet:
            incident = await world.alarm(VILLAGE_W)
            order = (await tablet.hear("event"))["data"]
            assert order["unit"] == "W1-1"
            await world.kill()
        await world.service.start()
        (before,) = await world.assignments(incident, "W1-1")
        assert before["delivered_at"] is None
        async with world.talking("W1-1") as tablet:
            (again,) = tablet.welcome["snapshot"]["orders"]
            assert again["assignment_id"] == order["assignment_id"]
            for _ in range(2):  # an ack is cumulative: a repeat says nothing new
                await tablet.say("ack", seq=tablet.welcome["after"])
            after = await until("delivered", lambda: world.assignments(incident, "W1-1", "delivered"))
            command = {"command_id": "one", "assignment": order["assignment_id"], "decision": "acknowledge"}
            await tablet.say("decide", **command)
            assert (await tablet.hear("result"))["stands"]["outcome"] == "changed"
        assert after[0]["id"] == order["assignment_id"]
        assert len(await world.assignments(incident, "W1-1")) == 1


async def test_an_answer_lost_on_the_way_has_one_effect_when_it_is_repeated_after_a_kill(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    async with open_world(tmp_path, with_url(servers, database_url), absent=["W1-1"]) as world:
        async with world.talking("W1-1") as tablet:
            incident = await world.alarm(VILLAGE_W)
            order = (await tablet.hear("event"))["data"]
            command = {
                "command_id": "kept-by-the-tablet",
                "assignment": order["assignment_id"],
                "decision": "unable",
                "cause": "vehicle_fault",
            }
            await tablet.say("decide", **command)
            await until("stored", lambda: world.assignments(incident, "W1-1", "unable"))
            await world.kill()
        await world.service.start()
        async with world.talking("W1-1") as tablet:
            assert tablet.welcome["snapshot"]["orders"] == []
            await tablet.say("decide", **command)
            result = await tablet.hear("result")
            assert result["ok"]
            assert result["stands"]["outcome"] == "changed"  # the first answer, to the letter
        told = await world.rows("select count(*) as n from event where type = 'assignment_unable'")
        assert told[0]["n"] == 2  # once on the county's stream, once on the incident's
        await world.settled()
        await check_history(world.db, world.county.code)


async def test_orders_made_while_nobody_was_connected_reach_whoever_connects_after_a_kill(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    everybody = [unit.code for unit in small_county().units]
    async with open_world(tmp_path, with_url(servers, database_url), absent=everybody) as world:
        incident = await world.alarm(VILLAGE_W)
        sent = await until("ordered", lambda: world.assignments(incident))
        await world.kill()
        await world.service.start()
        reached = [card["unit"] for card in sent if card["unit"] in world.tokens]
        assert reached
        for unit in reached:
            world.join(unit)
        await world.settled()
        for card in await world.assignments(incident):
            if card["unit"] in reached:
                assert card["delivered_at"] is not None
        await check_history(world.db, world.county.code)
