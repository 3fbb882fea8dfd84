"""A sensor that nobody has checked sends no engine by itself; a person who has checked makes it an alarm like any."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch.access.problem import Problem
from dispatch.alarms.conduct import close, verify
from dispatch.alarms.linking import link
from runtime.database import Database
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db, automatic=True)


async def sensed(world: World) -> UUID:
    answer = await world.alarm(VILLAGE_W, source="sensor")
    await world.sweep()
    return UUID(answer["incident_id"])


async def test_an_unverified_sensor_is_shown_with_a_proposal_and_sends_nobody(world: World) -> None:
    incident = await sensed(world)
    card = await world.incident(incident)
    assert (card["verified"], card["automatic"]) == (False, False)
    assert card["proposal"]["units"]
    assert await world.assignments(incident) == {}


async def test_once_verified_it_is_sent_to_like_any_other(world: World) -> None:
    incident = await sensed(world)
    card = await world.act(verify, incident, by="operator/a")
    assert (card["verified"], card["automatic"]) == (True, True)
    await world.sweep()
    assert await world.assignments(incident)
    verified = [e.data for e in await world.events(f"incident/{incident}") if e.type == "incident_verified"]
    assert [data["by"] for data in verified] == ["operator/a"]


async def test_verifying_twice_changes_nothing(world: World) -> None:
    incident = await sensed(world)
    await world.act(verify, incident, by="operator/a")
    await world.act(verify, incident, by="operator/b")
    assert (await world.types(incident)).count("incident_verified") == 1


async def test_a_false_alarm_is_closed_and_cannot_be_verified_any_more(world: World) -> None:
    incident = await sensed(world)
    await world.act(close, incident, by="operator/a", why="steam")
    with pytest.raises(Problem, match="incident_not_open"):
        await world.act(verify, incident, by="operator/a")


async def test_a_caller_who_is_joined_to_a_sensor_s_incident_makes_it_certain(world: World) -> None:
    incident = await sensed(world)
    other = await world.alarm(VILLAGE_E)
    await world.sweep()
    card = await world.act(link, UUID(other["incident_id"]), incident, by="operator/a")
    assert (card["verified"], card["automatic"]) == (True, True)
