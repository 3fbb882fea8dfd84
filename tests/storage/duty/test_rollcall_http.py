"""Roll calls over HTTP and the rest of the service: who may ask, who is told, who is never alerted."""

from __future__ import annotations

import pytest

from dispatch.alarms.device_handlers import AlarmDeviceHandlers
from dispatch.duty.attendance import answer_rollcall
from dispatch.duty.rollcall import Answer, State
from dispatch.duty.substituting import call_in
from dispatch.push.frames import SeatAnswer
from dispatch.push.handlers import DeviceIdentity
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.duty_world import CODE, SEATS, TODAY, DutyWorld, book
from tests.storage.small_county import VILLAGE_W


@pytest.fixture
async def both(stopped_db: object, fake_clock: FakeClock) -> tuple[World, DutyWorld]:
    """Alarms and duty on one database; W1 and E1 are rostered, their roll calls not answered."""
    world = await make_world(stopped_db)  # type: ignore[arg-type]
    duty = DutyWorld(world.db)
    await duty.apply(book())
    await duty.publish()
    return world, duty


def identity(world: World, unit: str, station: str) -> DeviceIdentity:
    return DeviceIdentity(world.devices[unit], CODE, unit, station, unit)


async def test_a_device_gets_its_stations_roll_call_and_answers_it(both: tuple[World, DutyWorld]) -> None:
    world, _ = both
    handlers = AlarmDeviceHandlers(world.desk, None)  # type: ignore[arg-type]
    device = identity(world, "W1-1", "W1")
    _, snapshot = await handlers.snapshot(device)
    [rollcall] = snapshot["rollcalls"]
    assert (rollcall["team"], rollcall["day"]) == ("W1", TODAY.isoformat())
    assert "telephone" not in str(rollcall)
    told = tuple(SeatAnswer(f"W1-1/{role}/0", "present") for role in SEATS)
    for _ in range(2):  # said twice, done once
        stands = await handlers.rollcall(device, "c-1", "W1", TODAY, "T24", told)
    assert stands["rollcall"]["unanswered"] == 0
    types = await world.device_types("W1-1")
    assert types.count("rollcall_answered") == 1
    assert "rollcall_answered" not in await world.device_types("E1-1")


async def test_nobody_off_duty_is_alerted_and_the_console_learns_whom_to_call_in(
    both: tuple[World, DutyWorld],
) -> None:
    world, duty = both
    absent = [Answer(f"W1-1/{role}/0", State.ABSENT, cause="sick") for role in SEATS]
    await duty.do(answer_rollcall, "W1", TODAY, "T24", absent, by="test")
    # Nobody but the absent crew of W1-1 is there at all: nothing stands over for a strength that was never told.
    await world.sql("update crew set seats_filled = 0")
    answer = await world.alarm(VILLAGE_W)
    await world.sweep()
    assert await world.assignments(answer["incident_id"]) == {}
    heard = {kind for unit in world.devices for kind in await world.device_types(unit)}
    assert not heard & {"order_dispatched", "pre_alert_sounded", "bell_rung"}
    shorts = (await world.incident(answer["incident_id"]))["shortfalls"]
    assert {one["cause"] for one in shorts} & {"off_duty", "short_crew"}
    async with world.db.work() as work:
        [unit] = await call_in(work, CODE, ["W1-1"])
    assert (unit["unit"], unit["team"], unit["crew"]) == ("W1-1", "W1", 0)
    offered = {one["seat"]: one["people"] for one in unit["seats"]}
    driver = offered["W1-1/driver/0"][0]
    assert driver["telephone"].startswith("555-")
    assert driver["reasons"]
    planned = {duty.person for duty in (await duty.at(TODAY)).values()}
    assert not planned & {one["person"] for people in offered.values() for one in people}
