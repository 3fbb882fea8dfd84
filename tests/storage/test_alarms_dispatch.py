"""From the alarm to units ordered: proposals, automatic orders, one key, races for one unit."""

from __future__ import annotations

import asyncio
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

from dispatch.access.problem import Problem
from dispatch.alarms.by_hand import order_proposal, order_units, reinforce
from dispatch.alarms.conduct import LevelSaid, set_level
from dispatch.alarms.incident import FILLING, Report, State
from dispatch.alarms.record import replay
from dispatch.forces.conditions import Report as RoadReport
from dispatch.forces.conditions import add_condition
from runtime.database import Database
from runtime.ids import new_id
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, FAR_EAST, VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(db: Database) -> World:
    return await make_world(db)


@pytest.fixture
async def by_hand(db: Database) -> World:
    return await make_world(db, automatic=False)


async def test_automatic_mode_orders_the_soonest_engine_and_says_why(world: World) -> None:
    answer = await world.alarm(VILLAGE_W)
    await world.sweep()
    sent = await world.assignments(answer["incident_id"])
    first = next(a for a in sent.values() if a.slot == "first_engine")
    assert first.unit_code in ("W1-1", "W1-2")
    assert first.state is State.DISPATCHED
    assert first.reason["code"] == "reason.nearest"
    assert first.eta_seconds == pytest.approx((first.turnout_seconds or 0) + (first.travel_seconds or 0))
    assert first.path is not None
    assert len(first.path) >= 2
    assert first.dispatched_by == "automatic"
    for unit in sent:
        if unit in world.devices:
            assert await world.device_types(unit) == ["order_dispatched"]


async def test_the_order_on_the_device_holds_all_that_a_crew_needs(world: World) -> None:
    answer = await world.alarm(VILLAGE_W, trapped=2, facts={"gas": True}, caller="13800000000")
    await world.sweep()
    unit = next(iter(await world.assignments(answer["incident_id"])))
    order = (await world.events(f"device/{world.devices[unit]}"))[0].data
    assert order["unit"] == unit
    assert order["incident"]["number"] == answer["incident_number"]
    assert order["incident"]["trapped"] == 2
    assert order["incident"]["facts"] == {"gas": True}
    assert order["acknowledge_due_at"] is not None
    assert "13800000000" not in str(order)


async def test_automatic_mode_never_orders_volunteers_or_neighbours(world: World) -> None:
    answer = await world.alarm(VILLAGE_E, trapped=12)
    await world.sweep()
    sent = await world.assignments(answer["incident_id"])
    assert not {"V1-1", "X1-1"} & set(sent)


async def test_what_only_a_person_may_ask_for_is_raised_to_the_console(world: World) -> None:
    answer = await world.alarm(FAR_EAST, trapped=12)
    await world.sweep()
    card = await world.incident(answer["incident_id"])
    proposed = {one["unit"]: one for one in card["proposal"]["units"]}
    assert proposed["X1-1"]["verb"] == "request"
    slot = proposed["X1-1"]["slot"]
    assert (slot, "awaits_dispatcher") in {(s["code"], s["cause"]) for s in card["shortfalls"]}
    await world.act(order_units, _id(answer), ["X1-1"], by="operator/a")
    after = await world.incident(answer["incident_id"])
    assert slot not in {s["code"] for s in after["shortfalls"]}
    assert (await world.assignments(answer["incident_id"]))["X1-1"].verb == "request"


async def test_nothing_is_ordered_by_the_machine_when_the_county_says_no(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    await by_hand.sweep()
    assert await by_hand.assignments(answer["incident_id"]) == {}
    card = await by_hand.incident(answer["incident_id"])
    assert card["proposal"]["units"]
    # 预警: the bell has rung at the proposed stations.
    assert await by_hand.device_types(card["proposal"]["units"][0]["unit"]) == ["pre_alert_sounded"]


async def test_one_key_sends_the_whole_proposal_and_a_double_click_sends_it_once(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    await by_hand.sweep()
    proposed = (await by_hand.incident(answer["incident_id"]))["proposal"]["units"]
    first, second = await asyncio.gather(
        *(by_hand.act(order_proposal, _id(answer), by="operator/a") for _ in range(2))
    )
    sent = {card["unit"] for card in first["assignments"] + second["assignments"]}
    assert sent == {one["unit"] for one in proposed}
    assert len(first["assignments"]) + len(second["assignments"]) == len(proposed)


async def test_one_key_before_the_proposal_was_made_makes_it(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    made = await by_hand.act(order_proposal, _id(answer), by="operator/a")
    assert made["assignments"]


async def test_a_proposed_unit_that_was_taken_meanwhile_is_replaced(by_hand: World) -> None:
    one, other = await by_hand.alarm(VILLAGE_W), await by_hand.alarm((112.76, 35.44))
    await by_hand.sweep()
    await by_hand.act(order_proposal, _id(one), by="operator/a")
    made = await by_hand.act(order_proposal, _id(other), by="operator/b")
    taken = set(await by_hand.assignments(one["incident_id"]))
    assert made["assignments"]
    assert not taken & {card["unit"] for card in made["assignments"]}


async def test_notices_go_out_once_with_the_first_order(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    await by_hand.sweep()
    assert await by_hand.sql("select 1 from notice") == []
    await by_hand.act(order_proposal, _id(answer), by="operator/a")
    await by_hand.act(order_units, _id(answer), ["E1-1"], by="operator/a")
    told = [row["body"] for row in await by_hand.sql("select body from notice order by body")]
    assert told == ["power", "town_duty", "village_head"]


async def test_sixteen_dispatchers_race_for_one_unit_and_one_wins(by_hand: World) -> None:
    places = [(112.71 + 0.02 * (n % 8), 35.41 + 0.05 * (n // 8)) for n in range(16)]
    incidents = [await by_hand.alarm(at, kind="vehicle") for at in places]
    assert len({i["incident_id"] for i in incidents}) == 16

    async def order(incident: dict[str, Any]) -> str:
        try:
            await by_hand.act(order_units, _id(incident), ["W1-1"], by="operator/a")
        except Problem as problem:
            return problem.code
        return "won"

    outcomes = Counter(await asyncio.gather(*(order(incident) for incident in incidents)))
    assert outcomes == {"won": 1, "unit_busy": 15}
    busy = await by_hand.sql("select 1 from assignment where state = 'dispatched'")
    assert len(busy) == 1


async def test_proposals_made_at_once_never_share_a_unit_or_fill_a_slot_twice(world: World) -> None:
    places = [(112.71 + 0.03 * n, 35.41 + 0.015 * n) for n in range(6)]
    incidents = await asyncio.gather(*(world.alarm(at) for at in places))
    await asyncio.gather(*(world.sweep() for _ in range(4)))
    rows = await world.sql("select incident, unit, slot from assignment where state = 'dispatched'")
    assert len({row["unit"] for row in rows}) == len(rows)
    assert len({(row["incident"], row["slot"]) for row in rows}) == len(rows)
    for incident in incidents:
        card = await world.incident(incident["incident_id"])
        assert card["proposal"] is not None
        if not await world.assignments(incident["incident_id"]):
            assert card["shortfalls"]


async def test_two_fires_in_one_zone_raise_a_shortfall_with_its_cause(world: World) -> None:
    await world.alarm(VILLAGE_W, trapped=5)
    await world.sweep()
    second = await world.alarm((112.72, 35.50), trapped=5)
    await world.sweep()
    card = await world.incident(second["incident_id"])
    assert card["shortfalls"]
    assert {s["cause"] for s in card["shortfalls"]} <= {
        "busy",
        "all_sent",
        "none_exists",
        "awaits_dispatcher",
        "not_capable",
    }
    raised = [
        e.data
        for e in await world.events(f"incident/{second['incident_id']}")
        if e.type == "shortfall_raised"
    ]
    assert {e["code"] for e in raised} == {s["code"] for s in card["shortfalls"]}


async def test_every_decision_of_a_busy_hour_can_be_replayed(world: World) -> None:
    fire = await world.alarm(VILLAGE_W, trapped=1)
    await world.alarm(VILLAGE_E, kind="vegetation")
    await world.alarm(FAR_EAST, trapped=12)
    await world.sweep()
    first = next(iter((await world.assignments(fire["incident_id"])).values()))
    await world.say(first.id, Report.UNABLE, cause="other_task")
    await world.sweep()
    await world.act(set_level, _id(fire), LevelSaid(3, "commander", False, None))
    await world.sweep()
    await world.act(reinforce, _id(fire), {"water_tonnes": 5.0}, order=True, by="operator/a")
    rows = await world.sql("select cause, inputs, result, policy_version from proposal")
    assert {"alarm", "unable", "level", "reinforcement"} <= {row["cause"] for row in rows}
    for row in rows:
        inputs, result = row["inputs"], row["result"]
        choice = replay(inputs)
        assert [
            (inputs["candidates"][pick.unit], f"reason.{pick.reason.value}") for pick in choice.picks
        ] == [(one["unit"], one["reason"]["code"]) for one in result["units"]]
        again = {
            (inputs["slots"][short.slot] if short.slot >= 0 else inputs["capabilities"][short.capability])
            for short in choice.shortfalls
        }
        assert again <= {short["code"] for short in result["shortfalls"]}
        assert row["policy_version"]


async def test_a_road_closed_a_moment_ago_counts_in_the_next_proposal(world: World) -> None:
    free = await world.alarm(VILLAGE_W)
    await world.sweep()
    before = (await world.incident(free["incident_id"]))["proposal"]["units"]
    async with world.db.work() as work:
        closed = RoadReport(
            edges=("h1-2", "v2-1", "v2-2", "h2-2"),
            area=None,
            factor=0.0,
            vehicle_classes=("heavy_engine", "light_engine"),
            reason="bridge",
            starts_at=None,
            ends_at=None,
        )
        await add_condition(work, CODE, closed, by="operator/a")
    await world.sql("update assignment set state = 'recalled'")
    cut_off = await world.alarm(VILLAGE_W, kind="rescue", trapped=0)
    await world.sweep()
    row = (await world.sql("select conditions_version, result from proposal order by made_at desc limit 1"))[
        0
    ]
    assert row["conditions_version"] == 1
    after = {one["unit"]: one for one in row["result"]["units"]}
    assert before
    assert cut_off["incident_id"] != free["incident_id"]
    assert all(one["on_foot_metres"] > 0 for one in after.values() if one["vehicle"] == "light_engine")


async def test_units_picked_by_hand_come_with_reason_task_and_deadline(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    await by_hand.sweep()
    made = await by_hand.act(order_units, _id(answer), ["E2-1", "F1-1"], by="operator/a")
    cards = {card["unit"]: card for card in made["assignments"]}
    assert cards["E2-1"]["reason"]["code"] == "reason.dispatcher"
    assert cards["E2-1"]["task"] == "exterior_attack"
    assert cards["F1-1"]["task"] == "evacuation"  # foresters put no hose on a house
    assert cards["E2-1"]["acknowledge_due_at"] is not None
    assert len({card["slot"] for card in made["assignments"]}) == 2


async def test_a_telephone_only_unit_has_no_deadline(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    made = await by_hand.act(order_units, _id(answer), ["W2-2"], by="operator/a")
    assert made["assignments"][0]["acknowledge_due_at"] is None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("crew set seats_filled = 0", "unit_not_sendable"),
        ("crew set seats_filled = 1", "unit_not_sendable"),
        ("unit set accepted = false", "unit_not_sendable"),
        ("unit set out_of_service = 'engine'", "unit_not_sendable"),
        ("unit set status = 'en_route'", "unit_busy"),
    ],
)
async def test_what_stops_a_unit_for_good_stops_the_dispatcher_too(
    by_hand: World, change: str, code: str
) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    key = "unit" if change.startswith("crew") else "id"
    await by_hand.sql(f"update {change} where {key} = (select id from unit where code = 'W1-1')")
    with pytest.raises(Problem) as caught:
        await by_hand.act(order_units, _id(answer), ["W1-1"], by="operator/a")
    assert caught.value.code == code
    assert await by_hand.assignments(answer["incident_id"]) == {}


async def test_one_unknown_unit_among_many_orders_none(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    with pytest.raises(Problem) as caught:
        await by_hand.act(order_units, _id(answer), ["W1-1", "nobody"], by="operator/a")
    assert caught.value.status == 404
    assert await by_hand.assignments(answer["incident_id"]) == {}


async def test_an_incident_nobody_knows_is_a_clear_problem(by_hand: World) -> None:
    with pytest.raises(Problem) as caught:
        await by_hand.act(order_units, new_id(), ["W1-1"], by="operator/a")
    assert (caught.value.status, caught.value.code) == (404, "no_incident")


async def test_reinforcement_brings_just_what_was_asked_for(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    await by_hand.act(order_proposal, _id(answer), by="operator/a")
    before = await by_hand.assignments(answer["incident_id"])
    made = await by_hand.act(reinforce, _id(answer), {"engine": 2.0}, order=True, by="operator/a")
    after = await by_hand.assignments(answer["incident_id"])
    new = [a for code, a in after.items() if code not in before]
    assert len(new) == len(made["assignments"]) >= 1
    assert sum(1 for a in after.values() if a.state in FILLING) == len(after)


async def test_reinforcement_with_a_word_nobody_knows_is_refused(by_hand: World) -> None:
    answer = await by_hand.alarm(VILLAGE_W)
    with pytest.raises(Problem) as caught:
        await by_hand.act(reinforce, _id(answer), {"magic": 1.0}, order=False, by="operator/a")
    assert caught.value.code == "capability_unknown"


async def test_recalled_units_are_free_again_and_the_device_is_told(by_hand: World) -> None:
    one = await by_hand.alarm(VILLAGE_W)
    made = await by_hand.act(order_units, _id(one), ["W1-1"], by="operator/a")
    await by_hand.say(made["assignments"][0]["id"], Report.RECALL, via="console", cause="undo")
    assert (await by_hand.device_types("W1-1"))[-1] == "order_recalled"
    other = await by_hand.alarm(VILLAGE_E)
    again = await by_hand.act(order_units, _id(other), ["W1-1"], by="operator/a")
    assert again["assignments"][0]["state"] == "dispatched"


def _id(answer: dict[str, Any]) -> UUID:
    return UUID(answer["incident_id"])
