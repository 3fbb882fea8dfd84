"""What crews say and what deadlines do: one outcome each, help is added, nobody is turned round by a machine."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from dispatch.access.problem import Problem
from dispatch.alarms.answer import stands
from dispatch.alarms.by_hand import order_units
from dispatch.alarms.incident import Outcome, Report, State
from dispatch.alarms.progress import unit_reported
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world, ordered
from tests.storage.small_county import VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    """Automatic, and time stands until the test moves it."""
    return await make_world(stopped_db)


@pytest.fixture
async def by_hand(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def test_an_unanswered_order_adds_one_unit_and_turns_nobody_round(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.DELIVER)
    fake_clock.advance(29.9)
    await by_hand.sweep()
    assert set(await by_hand.assignments(incident)) == {"W1-1"}
    fake_clock.advance(0.2)
    await by_hand.sweep()
    now = await by_hand.assignments(incident)
    assert now["W1-1"].state is State.UNCONFIRMED
    added = [a for code, a in now.items() if code != "W1-1"]
    assert len(added) == 1
    assert added[0].state is State.DISPATCHED
    assert added[0].dispatched_by == "automatic"
    assert "bell_rung" in await by_hand.device_types("W1-1")
    assert "order_recalled" not in await by_hand.device_types("W1-1")
    missed = next(
        e for e in await by_hand.events(f"incident/{incident}") if e.type == "assignment_unconfirmed"
    )
    assert missed.data["telephone"] == "0356-W1"


async def test_an_unconfirmed_unit_is_busy_and_fills_nothing(by_hand: World, fake_clock: FakeClock) -> None:
    await ordered(by_hand, "W1-1")
    fake_clock.advance(31)
    await by_hand.sweep()
    other = await by_hand.alarm(VILLAGE_E)
    with pytest.raises(Problem) as caught:
        await by_hand.act(order_units, UUID(other["incident_id"]), ["W1-1"], by="operator/a")
    assert caught.value.code == "unit_busy"


async def test_an_acknowledgement_in_time_stops_the_clock(by_hand: World, fake_clock: FakeClock) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    fake_clock.advance(20)
    answered = await by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE)
    assert answered.outcome is Outcome.CHANGED
    fake_clock.advance(60)
    await by_hand.sweep()
    assert {a.state for a in (await by_hand.assignments(incident)).values()} == {State.ACKNOWLEDGED}
    assert (await by_hand.unit("W1-1"))["status"] == "turned_out"
    assert (await by_hand.cards(incident))[0]["acknowledge_due_at"] is None


async def test_a_recorded_telephone_call_stops_the_clock_and_keeps_who_and_how(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE, by="王班长", via="telephone")
    fake_clock.advance(60)
    await by_hand.sweep()
    card = (await by_hand.cards(incident))[0]
    assert (card["state"], card["acknowledged_by"], card["acknowledged_via"]) == (
        "acknowledged",
        "王班长",
        "telephone",
    )
    assert (await by_hand.device_types("W1-1"))[-1] == "order_settled"


async def test_a_telephone_only_unit_waits_for_the_dispatcher_for_ever(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, _ = await ordered(by_hand, "W2-2")
    fake_clock.advance(3600)
    await by_hand.sweep()
    assert {a.state for a in (await by_hand.assignments(incident)).values()} == {State.DISPATCHED}


async def test_a_late_answer_wins_while_the_slot_is_open(by_hand: World, fake_clock: FakeClock) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.sql(
        "update crew set seats_filled = 0 where unit in (select id from unit where code <> 'W1-1')"
    )  # nobody can be added
    fake_clock.advance(31)
    await by_hand.sweep()
    answered = await by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE)
    assert answered.outcome is Outcome.CHANGED
    row = (await by_hand.assignments(incident))["W1-1"]
    assert row.state is State.ACKNOWLEDGED
    assert row.late_acknowledged_at is not None


async def test_a_late_answer_to_a_filled_slot_is_for_the_dispatcher_to_keep_or_recall(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    fake_clock.advance(31)
    await by_hand.sweep()
    late = await by_hand.say(ids["W1-1"], Report.ACKNOWLEDGE)
    assert (late.outcome, late.assignment.state) == (Outcome.LATE, State.UNCONFIRMED)
    assert "assignment_answered_late" in await by_hand.types(incident)
    kept = await by_hand.say(ids["W1-1"], Report.KEEP, via="console")
    assert kept.outcome is Outcome.CHANGED
    rows = await by_hand.assignments(incident)
    assert rows["W1-1"].state is State.ACKNOWLEDGED
    assert len({a.slot for a in rows.values()}) == len(rows)
    assert "assignment_kept" in await by_hand.types(incident)


async def test_who_is_unable_is_replaced_at_once(by_hand: World) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.UNABLE, cause="vehicle_fault")
    await by_hand.sweep()
    rows = await by_hand.assignments(incident)
    assert (rows["W1-1"].state, rows["W1-1"].cause) == (State.UNABLE, "vehicle_fault")
    assert len(rows) == 2
    proposals = await by_hand.sql("select cause from proposal order by made_at")
    assert [row["cause"] for row in proposals][-1] == "unable"


async def test_a_vehicle_that_broke_down_is_out_of_service_until_somebody_puts_it_back(
    by_hand: World,
) -> None:
    _, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.UNABLE, cause="vehicle_fault")
    assert (await by_hand.unit("W1-1"))["out_of_service"] == "repair"
    other = await by_hand.alarm(VILLAGE_E)
    await by_hand.sweep()
    proposal = (await by_hand.incident(other["incident_id"]))["proposal"]
    reasons = {one["unit"]: [r["code"] for r in one["reasons"]] for one in proposal["passed_over"]}
    assert "gate.out_of_service" in reasons["W1-1"]


async def test_a_crew_with_another_task_is_in_service_all_the_same(by_hand: World) -> None:
    _, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.UNABLE, cause="other_task")
    assert (await by_hand.unit("W1-1"))["out_of_service"] is None


async def test_a_call_written_down_later_keeps_the_time_it_was_made(
    by_hand: World, fake_clock: FakeClock
) -> None:
    _, ids = await ordered(by_hand, "W2-2")
    fake_clock.advance(5)
    called_at = fake_clock.now
    fake_clock.advance(20)
    await by_hand.say(ids["W2-2"], Report.ACKNOWLEDGE, by="王班长", via="telephone", at=called_at)
    rows = await by_hand.sql("select acknowledged_at from assignment where id = $1", ids["W2-2"])
    assert rows[0]["acknowledged_at"] == called_at


async def test_who_was_unable_is_not_asked_again_for_the_same_fire(world: World) -> None:
    answer = await world.alarm(VILLAGE_W)
    await world.sweep()
    tried: set[str] = set()
    while True:
        open_now = {
            code: a
            for code, a in (await world.assignments(answer["incident_id"])).items()
            if a.state is State.DISPATCHED
        }
        if not open_now:
            break
        code, row = sorted(open_now.items())[0]
        assert code not in tried
        tried.add(code)
        await world.say(row.id, Report.UNABLE, cause="test")
        await world.sweep()
    card = await world.incident(answer["incident_id"])
    assert {"tried", "awaits_dispatcher"} & {s["cause"] for s in card["shortfalls"]}
    assert "shortfall_raised" in await world.types(answer["incident_id"])


async def test_neighbours_are_proposed_when_nobody_of_ours_is_left(world: World) -> None:
    ours = [u.code for u in world.desk.county.units if u.code not in ("X1-1",)]
    await world.sql(
        "update crew set seats_filled = 0 where unit in (select id from unit where code = any($1::text[]))",
        ours,
    )
    answer = await world.alarm(VILLAGE_E)
    await world.sweep()
    card = await world.incident(answer["incident_id"])
    assert [one["unit"] for one in card["proposal"]["units"]] == ["X1-1"]
    assert card["shortfalls"]
    assert await world.assignments(answer["incident_id"]) == {}


async def test_only_who_was_asked_may_decline(by_hand: World) -> None:
    _, ids = await ordered(by_hand, "W1-1", "V1-1")
    declined = await by_hand.say(ids["V1-1"], Report.DECLINE, cause="at work")
    assert declined.assignment.state is State.DECLINED
    refused = await by_hand.say(ids["W1-1"], Report.DECLINE, cause="no")
    assert refused.outcome is Outcome.REFUSED
    with pytest.raises(Problem) as caught:
        await by_hand.act(stands, refused)
    assert caught.value.code == "assignment_state"


async def test_the_life_of_a_unit_from_the_order_to_the_way_home(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, _ = await ordered(by_hand, "W1-1")

    async def says(word: str) -> Any:
        fake_clock.advance(10)
        return await by_hand.act(unit_reported, "W1-1", word, by="device/x", via="device", at=None)

    for word, state, status in (
        ("turned_out", "acknowledged", "turned_out"),
        ("21", "en_route", "en_route"),
        ("on_scene", "on_scene", "on_scene"),
        ("water_on", "on_scene", "water_on"),
        ("water_off", "on_scene", "water_off"),
        ("cleared", "cleared", "returning"),
        ("standby", "cleared", "standby"),
    ):
        await says(word)
        assert (await by_hand.assignments(incident))["W1-1"].state == state, word
        assert (await by_hand.unit("W1-1"))["status"] == status, word
    milestones = (await by_hand.incident(incident))["milestones"]
    assert set(milestones) == {"arrived", "first_water"}
    card = (await by_hand.cards(incident))[0]
    times = [card[f"{step}_at"] for step in ("dispatched", "acknowledged", "en_route", "on_scene", "ended")]
    assert times == sorted(times)
    assert None not in times


async def test_what_was_kept_offline_comes_with_its_own_time_but_never_from_the_future(
    by_hand: World, fake_clock: FakeClock
) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    start = fake_clock.now
    fake_clock.advance(25)
    await by_hand.say(ids["W1-1"], Report.EN_ROUTE, at=start.replace(second=12))
    await by_hand.say(ids["W1-1"], Report.ON_SCENE, at=start.replace(year=2030))
    row = (await by_hand.assignments(incident))["W1-1"]
    assert row.en_route_at == start.replace(second=12)
    assert row.on_scene_at == fake_clock.now


async def test_a_unit_that_rolls_has_accepted(by_hand: World, fake_clock: FakeClock) -> None:
    incident, ids = await ordered(by_hand, "W1-1")
    await by_hand.say(ids["W1-1"], Report.EN_ROUTE)
    fake_clock.advance(60)
    await by_hand.sweep()
    row = (await by_hand.assignments(incident))["W1-1"]
    assert (row.state, row.acknowledged_via) == (State.EN_ROUTE, "device")
