"""An order that no device receives: the telephone, help at once, and a little patience after an outage."""

from __future__ import annotations

from uuid import UUID

import pytest

from dispatch.alarms.by_hand import order_units
from dispatch.alarms.incident import Outcome, Report, State
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import VILLAGE_W


@pytest.fixture
async def by_hand(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def ordered(world: World, *units: str) -> tuple[UUID, dict[str, UUID]]:
    """An incident with these units ordered by hand."""
    answer = await world.alarm(VILLAGE_W)
    made = await world.act(order_units, UUID(answer["incident_id"]), list(units), by="operator/a")
    await world.sweep()
    return UUID(answer["incident_id"]), {c["unit"]: UUID(c["id"]) for c in made["assignments"]}


async def test_an_order_no_device_received_asks_for_the_telephone_and_adds_a_unit_within_ten_seconds(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, _ = await ordered(by_hand, "W1-1")
    fake_clock.advance(10.1)
    await by_hand.sweep()
    missed = [e for e in await by_hand.events(f"incident/{incident}") if e.type == "delivery_missed"]
    assert [(e.data["unit"], e.data["telephone"]) for e in missed] == [("W1-1", "0356-W1")]
    rows = await by_hand.assignments(incident)
    assert rows["W1-1"].state is State.UNCONFIRMED
    assert len(rows) == 2
    assert "order_recalled" not in await by_hand.device_types("W1-1")


async def test_after_a_restart_devices_may_come_back_before_help_is_added(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1", "W2-1")
    fake_clock.advance(9)
    by_hand.restart()
    fake_clock.advance(1.1)
    await by_hand.sweep()
    assert {a.state for a in (await by_hand.assignments(incident)).values()} == {State.DISPATCHED}
    await by_hand.say(ids["W1-1"], Report.DELIVER)
    fake_clock.advance(10.1)
    await by_hand.sweep()
    rows = await by_hand.assignments(incident)
    assert rows["W1-1"].state is State.DELIVERED
    assert rows["W2-1"].state is State.UNCONFIRMED


async def test_an_order_that_comes_through_late_is_known_to_have_come(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    fake_clock.advance(10.1)
    await by_hand.sweep()
    for _ in range(2):
        await by_hand.say(ids["W1-1"], Report.DELIVER)
    row = (await by_hand.assignments(incident))["W1-1"]
    assert (row.state, row.delivered_at) == (State.UNCONFIRMED, fake_clock.now)
    assert (await by_hand.types(incident)).count("assignment_delivered") == 1
    assert (await by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE)).outcome is Outcome.LATE


async def test_a_delivered_order_asks_for_no_telephone(by_hand: World, fake_clock: FakeClock) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.DELIVER)
    fake_clock.advance(10.1)
    await by_hand.sweep()
    assert "delivery_missed" not in await by_hand.types(incident)
