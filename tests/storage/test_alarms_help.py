"""Help for a unit that does not come, also where the plan has enough; reinforcement that is only asked about."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch.alarms.by_hand import order_proposal, order_units, reinforce
from dispatch.alarms.incident import Report, State
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import VILLAGE_W


@pytest.fixture
async def by_hand(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


@pytest.fixture
async def automatic(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=True)


async def test_a_unit_beyond_the_plan_that_does_not_answer_is_replaced_too(
    by_hand: World, fake_clock: FakeClock
) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    incident = UUID(answer["incident_id"])
    await by_hand.act(order_proposal, incident, by="operator/a")
    for row in (await by_hand.assignments(incident)).values():
        await by_hand.say(row.id, Report.ACKNOWLEDGE)
    before = set(await by_hand.assignments(incident))
    assert "E1-1" not in before
    await by_hand.act(order_units, incident, ["E1-1"], by="operator/a")
    fake_clock.advance(31)
    await by_hand.sweep()
    rows = await by_hand.assignments(incident)
    assert rows["E1-1"].state is State.UNCONFIRMED
    added = set(rows) - before - {"E1-1"}
    assert len(added) == 1
    assert (await by_hand.unit(added.pop()))["brings"]["engine"] == 1


async def test_where_nobody_is_left_for_a_unit_beyond_the_plan_the_console_is_told(
    by_hand: World, fake_clock: FakeClock
) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    incident = UUID(answer["incident_id"])
    await by_hand.act(order_proposal, incident, by="operator/a")
    for row in (await by_hand.assignments(incident)).values():
        await by_hand.say(row.id, Report.ACKNOWLEDGE)
    await by_hand.act(order_units, incident, ["E1-1"], by="operator/a")
    await by_hand.sql(
        "update crew set seats_filled = 0 where unit in (select id from unit where code <> 'E1-1')"
    )
    fake_clock.advance(31)
    await by_hand.sweep()
    assert {"engine"} <= {s["code"] for s in (await by_hand.incident(incident))["shortfalls"]}


async def test_reinforcement_that_is_only_asked_about_sends_nobody_even_in_automatic_mode(
    automatic: World,
) -> None:
    answer = await automatic.alarm(VILLAGE_W)
    await automatic.sweep()
    incident = UUID(answer["incident_id"])
    before = set(await automatic.assignments(incident))
    made = await automatic.act(reinforce, incident, {"engine": 1.0}, order=False, by="operator/a")
    assert made["proposal"]["units"]
    assert set(await automatic.assignments(incident)) == before
    sent = await automatic.act(reinforce, incident, {"engine": 1.0}, order=True, by="operator/a")
    assert sent["assignments"]


async def test_an_order_that_was_undone_can_be_sent_again_with_the_same_key(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    incident = UUID(answer["incident_id"])
    made = await by_hand.act(order_proposal, incident, by="operator/a")
    for card in made["assignments"]:
        await by_hand.say(card["id"], Report.RECALL, via="console", cause="undo")
    again = await by_hand.act(order_proposal, incident, by="operator/a")
    assert {c["unit"] for c in again["assignments"]} == {c["unit"] for c in made["assignments"]}


async def test_where_all_that_was_proposed_was_recalled_the_key_sends_others(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    incident = UUID(answer["incident_id"])
    made = await by_hand.act(order_proposal, incident, by="operator/a")
    for card in made["assignments"]:
        await by_hand.say(card["id"], Report.RECALL, via="console", cause="other_task")
    again = await by_hand.act(order_proposal, incident, by="operator/a")
    assert again["assignments"]
    assert not {c["unit"] for c in again["assignments"]} & {c["unit"] for c in made["assignments"]}
