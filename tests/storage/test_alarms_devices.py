"""A device's commands: orders delivered by sequence, decisions with ids, a snapshot that agrees with the journal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.access.problem import Problem
from dispatch.alarms.by_hand import order_units
from dispatch.alarms.device_handlers import AlarmDeviceHandlers
from dispatch.alarms.incident import State
from dispatch.push.handlers import DeviceHandlers, DeviceIdentity
from runtime.database import Database
from runtime.encoding import from_json, to_json
from runtime.errors import Conflict
from runtime.ids import new_id
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_E, VILLAGE_W


class Fixes:
    """Takes positions, as forces does."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    async def report(self, key: str, lon: float, lat: float, crs: str, at: datetime | None) -> None:
        self.taken.append(key)


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db, automatic=False)


@pytest.fixture
def handlers(world: World) -> DeviceHandlers:
    return AlarmDeviceHandlers(world.desk, Fixes())


def device(world: World, unit: str, *, station: str | None = None) -> DeviceIdentity:
    return DeviceIdentity(world.devices[unit], CODE, unit, station or unit.split("-")[0], unit)


async def ordered(world: World, *units: str, at: tuple[float, float] = VILLAGE_W) -> dict[str, UUID]:
    answer = await world.alarm(at)
    made = await world.act(order_units, UUID(answer["incident_id"]), list(units), by="operator/a")
    return {card["unit"]: UUID(card["id"]) for card in made["assignments"]}


async def state(world: World, id: UUID) -> str:
    rows: Any = await world.sql("select state from assignment where id = $1", id)
    return str(rows[0]["state"])


async def test_a_cumulative_acknowledgement_delivers_every_order_before_it(
    world: World, handlers: DeviceHandlers
) -> None:
    ids = await ordered(world, "W1-1")
    await handlers.delivered(device(world, "W1-1"), 1)
    assert await state(world, ids["W1-1"]) == State.DELIVERED
    await handlers.delivered(device(world, "W1-1"), 1)
    await handlers.delivered(device(world, "W1-1"), 0)
    acked = await world.sql("select acked_seq from device where id = $1", world.devices["W1-1"])
    assert acked[0]["acked_seq"] == 1
    types = [event.type for event in await world.events(f"county/{CODE}")]
    assert types.count("assignment_delivered") == 1


async def test_tablets_that_acknowledge_at_once_are_stored_together(
    world: World, handlers: DeviceHandlers
) -> None:
    """Otherwise the last of an incident's units would wait for a commit of every other."""
    units = ("W1-1", "W1-2", "W2-1")
    ids = await ordered(world, *units)
    crews = [device(world, unit) for unit in units]
    await asyncio.gather(*(handlers.delivered(crew, seq) for crew in crews for seq in (0, 1)))
    for unit in units:
        assert await state(world, ids[unit]) == State.DELIVERED
    rows = await world.sql(
        "select count(*) as told, count(distinct xmin::text) as commits from event "
        "where stream like 'incident/%' and type = 'assignment_delivered'"
    )
    assert (rows[0]["told"], rows[0]["commits"]) == (3, 1)
    acked = await world.sql("select acked_seq from device where id = any($1::uuid[])", [c.id for c in crews])
    assert [row["acked_seq"] for row in acked] == [1, 1, 1]


async def test_a_failed_delivery_is_told_to_its_own_tablet_and_holds_up_no_other(
    world: World, handlers: DeviceHandlers
) -> None:
    first, second = await ordered(world, "W1-1"), await ordered(world, "W2-1")
    await world.sql(
        "create function refuse() returns trigger language plpgsql as "
        "$$ begin raise exception 'disk on fire'; end $$"
    )
    await world.sql(
        "create trigger broken before update on assignment for each row "
        f"when (old.id = '{first['W1-1']}') execute function refuse()"
    )
    told = await asyncio.gather(
        *(handlers.delivered(device(world, unit), 1) for unit in ("W1-1", "W2-1")), return_exceptions=True
    )
    assert [type(error).__name__ for error in told] == ["RaiseError", "NoneType"]
    assert await state(world, second["W2-1"]) == State.DELIVERED
    await world.sql("drop trigger broken on assignment")
    await handlers.delivered(device(world, "W1-1"), 1)
    assert await state(world, first["W1-1"]) == State.DELIVERED


async def test_an_acknowledgement_of_less_delivers_nothing(world: World, handlers: DeviceHandlers) -> None:
    ids = await ordered(world, "W1-1")
    await handlers.delivered(device(world, "W1-1"), 0)
    assert await state(world, ids["W1-1"]) == State.DISPATCHED


async def test_a_decision_sent_again_gets_the_first_answer(world: World, handlers: DeviceHandlers) -> None:
    ids = await ordered(world, "W1-1")
    crew = device(world, "W1-1")
    first = await handlers.decide(crew, "c1", ids["W1-1"], "acknowledge", None)
    again = await handlers.decide(crew, "c1", ids["W1-1"], "acknowledge", None)
    assert first == again
    assert first["outcome"] == "changed"
    other = await handlers.decide(crew, "c2", ids["W1-1"], "acknowledge", None)
    assert other["outcome"] == "stands"
    with pytest.raises(Conflict):
        await handlers.decide(crew, "c1", ids["W1-1"], "unable", "vehicle_fault")


async def test_a_device_decides_only_for_its_own_units(world: World, handlers: DeviceHandlers) -> None:
    ids = await ordered(world, "W1-1")
    for stranger in (device(world, "W1-2"), device(world, "E1-1")):
        with pytest.raises(Problem) as caught:
            await handlers.decide(stranger, "c1", ids["W1-1"], "acknowledge", None)
        assert caught.value.status == 404
        with pytest.raises(Problem) as caught:
            await handlers.status(stranger, "c2", "W1-1", "en_route", None)
        assert caught.value.status == 403
    assert await state(world, ids["W1-1"]) == State.DISPATCHED


async def test_a_station_s_device_serves_all_its_units(world: World, handlers: DeviceHandlers) -> None:
    tablet = DeviceIdentity(new_id(), CODE, "watch room", "W1", None)
    await world.sql(
        "insert into device (id, county, name, station, enrolled_at) values ($1, $2, 'watch room', 'W1', now())",
        tablet.id,
        CODE,
    )
    ids = await ordered(world, "W1-1", "W1-2")
    _, snapshot = await handlers.snapshot(tablet)
    assert {order["unit"] for order in snapshot["orders"]} == {"W1-1", "W1-2"}
    await handlers.decide(tablet, "c1", ids["W1-2"], "acknowledge", None)
    assert await state(world, ids["W1-2"]) == State.ACKNOWLEDGED
    # The unit's own tablet hears that somebody else has answered.
    assert (await world.device_types("W1-2"))[-1] == "order_settled"


async def test_the_snapshot_holds_the_open_orders_as_the_events_told_them(
    world: World, handlers: DeviceHandlers
) -> None:
    await ordered(world, "W1-1")
    head, snapshot = await handlers.snapshot(device(world, "W1-1"))
    events = await world.events(f"device/{world.devices['W1-1']}")
    assert head.seq == len(events) == 1
    assert from_json(to_json(snapshot["orders"])) == [dict(events[0].data)]


async def test_the_snapshot_forgets_orders_that_have_ended(world: World, handlers: DeviceHandlers) -> None:
    ids = await ordered(world, "W1-1")
    await handlers.decide(device(world, "W1-1"), "c1", ids["W1-1"], "unable", "vehicle_fault")
    _, snapshot = await handlers.snapshot(device(world, "W1-1"))
    assert snapshot["orders"] == []


async def test_statuses_move_the_assignment_and_the_unit(world: World, handlers: DeviceHandlers) -> None:
    ids = await ordered(world, "E1-1", at=VILLAGE_E)
    crew = device(world, "E1-1")
    for number, (word, expected) in enumerate(
        (("20", "acknowledged"), ("en_route", "en_route"), ("22", "on_scene"), ("cleared", "cleared"))
    ):
        answer = await handlers.status(crew, f"s{number}", "E1-1", word, None)
        assert answer["unit"] == "E1-1"
        assert await state(world, ids["E1-1"]) == expected
    assert (await world.unit("E1-1"))["status"] == "returning"
    with pytest.raises(Problem) as caught:
        await handlers.status(crew, "s9", "E1-1", "dancing", None)
    assert caught.value.code == "unit_status_unknown"


async def test_positions_go_to_forces_for_its_own_units_only(world: World) -> None:
    fixes = Fixes()
    handlers = AlarmDeviceHandlers(world.desk, fixes)
    await handlers.position(device(world, "W1-1"), "W1-1", *VILLAGE_W, "wgs84", None)
    with pytest.raises(Problem):
        await handlers.position(device(world, "W1-1"), "E1-1", *VILLAGE_W, "wgs84", None)
    assert fixes.taken == ["W1-1"]


async def enrolled(world: World, station: str, unit: str | None = None) -> DeviceIdentity:
    id = new_id()
    await world.sql(
        "insert into device (id, county, name, station, unit, enrolled_at) values ($1, $2, 'new', $3, $4, $5)",
        *(id, CODE, station, unit, await world.now()),
    )
    return DeviceIdentity(id, CODE, "new", station, unit)


async def test_a_device_of_the_station_hears_of_every_unit_of_it_and_of_no_other(
    world: World, handlers: DeviceHandlers
) -> None:
    watch_room = await enrolled(world, "W1")
    ids = await ordered(world, "W1-1", "W1-2", "W2-1")
    told = [event.data["unit"] for event in await world.events(watch_room.stream)]
    assert sorted(told) == ["W1-1", "W1-2"]
    head, snapshot = await handlers.snapshot(watch_room)
    assert {order["unit"] for order in snapshot["orders"]} == {"W1-1", "W1-2"}
    await handlers.delivered(watch_room, head.seq)
    assert await state(world, ids["W1-2"]) == State.DELIVERED
    assert await state(world, ids["W2-1"]) == State.DISPATCHED


async def test_a_revoked_device_is_told_nothing(world: World) -> None:
    await world.sql("update device set revoked_at = now() where id = $1", world.devices["W1-1"])
    await ordered(world, "W1-1")
    assert await world.device_types("W1-1") == []


async def test_a_tablet_enrolled_after_the_order_delivers_what_its_snapshot_holds(
    world: World, handlers: DeviceHandlers
) -> None:
    ids = await ordered(world, "W1-1")
    spare = await enrolled(world, "W1", "W1-1")
    _, snapshot = await handlers.snapshot(spare)
    assert [order["unit"] for order in snapshot["orders"]] == ["W1-1"]
    await handlers.delivered(spare, 1)
    assert await state(world, ids["W1-1"]) == State.DELIVERED


async def test_what_a_device_tells_late_never_makes_an_interval_negative(
    world: World, handlers: DeviceHandlers
) -> None:
    """A decision counts from when it arrives, a status from when it was so: in a dead spot the two cross."""
    ids = await ordered(world, "W1-1")
    ordered_at = (await world.sql("select dispatched_at from assignment"))[0]["dispatched_at"]
    tablet = device(world, "W1-1")
    await handlers.decide(tablet, "c1", ids["W1-1"], "acknowledge", None)
    await handlers.status(tablet, "c2", "W1-1", "en_route", ordered_at + timedelta(milliseconds=2))
    await handlers.status(tablet, "c3", "W1-1", "on_scene", ordered_at + timedelta(milliseconds=1))
    (row,) = await world.sql("select * from assignment")
    steps = ("dispatched", "delivered", "acknowledged", "en_route", "on_scene")
    times = [row[f"{step}_at"] for step in steps]
    assert times == sorted(times)
    assert row["en_route_at"] == ordered_at + timedelta(milliseconds=2)
