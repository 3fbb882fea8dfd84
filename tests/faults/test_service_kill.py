"""kill -9 of the service in the middle of a night: nothing lost, nothing doubled, every order gets through."""

import asyncio
from pathlib import Path

from runtime.servers import Servers
from tests.faults.history import check_alarms, check_history
from tests.faults.world import World, open_world, until, with_url
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node, small_county

ALARMS = 36
FAR = node(5, 0)


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


async def test_killed_between_any_two_steps_of_an_order_it_is_delivered_again_and_has_one_effect(
    tmp_path: Path, servers: Servers, database_url: str
) -> None:
    """One crew got the order and never said so, one said that it was unable and never heard that this arrived,
    one was not there at all; then the service is killed, and all three come back having kept nothing."""
    crews = ("W1-1", "E1-1", "W2-1")
    everybody = [unit.code for unit in small_county().units]
    async with open_world(
        tmp_path, with_url(servers, database_url), absent=everybody, automatic=False
    ) as world:
        incidents = {
            unit: await world.alarm(at) for unit, at in zip(crews, (VILLAGE_W, VILLAGE_E, FAR), strict=True)
        }
        assert len(set(incidents.values())) == 3
        async with world.talking("W1-1") as mute, world.talking("E1-1") as unable:
            for unit, incident in incidents.items():
                path = f"/api/v1/incidents/{incident}/assignments"
                assert (await world.api.post(path, json={"units": [unit]})).status_code == 201
            orders = {"W1-1": (await mute.order()), "E1-1": (await unable.order())}
            decision = {
                "command_id": "kept-by-the-tablet",
                "assignment": orders["E1-1"]["assignment_id"],
                "decision": "unable",
                "cause": "vehicle_fault",
            }
            await unable.say("decide", **decision)
            await until("stored", lambda: world.assignments(incidents["E1-1"], "E1-1", "unable"))
            await world.kill()
        await world.service.start()
        (before,) = await world.assignments(incidents["W1-1"], "W1-1")
        assert before["delivered_at"] is None

        async with world.talking("W1-1") as tablet:
            (again,) = tablet.welcome["snapshot"]["orders"]
            assert again["assignment_id"] == orders["W1-1"]["assignment_id"]
            for _ in range(2):  # an ack is cumulative: a repeat says nothing new
                await tablet.say("ack", seq=tablet.welcome["after"])
            await until("delivered", lambda: world.assignments(incidents["W1-1"], "W1-1", "delivered"))
        async with world.talking("E1-1") as tablet:
            assert tablet.welcome["snapshot"]["orders"] == []
            await tablet.say("decide", **decision)
            result = await tablet.hear("result")
            assert result["stands"]["outcome"] == "changed"  # the first answer, to the letter
        told = await world.rows("select count(*) as n from event where type = 'assignment_unable'")
        assert told[0]["n"] == 2  # once on the county's stream, once on the incident's
        crew = world.join("W2-1")
        await until("acknowledged", lambda: served(world, incidents["W2-1"]))
        (card,) = await world.assignments(incidents["W2-1"], "W2-1")
        assert card["delivered_at"] is not None
        assert crew.heard[0].event == "snapshot"
        await check_history(world.db, world.county.code)


async def served(world: World, incident: str) -> bool:
    return any(card["acknowledged_at"] for card in await world.assignments(incident))
