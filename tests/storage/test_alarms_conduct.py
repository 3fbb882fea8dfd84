"""What commander and dispatcher decide while it burns: level, place, links, milestones, closing, notices."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from dispatch.access.problem import Problem
from dispatch.alarms.by_hand import order_proposal, order_units
from dispatch.alarms.conduct import LevelSaid, close, reach_milestone, relocate, set_level
from dispatch.alarms.incident import Milestone, Report, State
from dispatch.alarms.intervals import intervals
from dispatch.alarms.linking import link, unlink
from dispatch.alarms.notices import notify, receive_notice
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import VILLAGE_E, VILLAGE_W


@pytest.fixture
async def world(stopped_db: Database, fake_clock: FakeClock) -> World:
    return await make_world(stopped_db, automatic=False)


async def opened(world: World, at: tuple[float, float] = VILLAGE_W, **body: Any) -> UUID:
    return UUID((await world.alarm(at, **body))["incident_id"])


async def refusal(world: World, command: Any, *args: Any, **named: Any) -> str:
    with pytest.raises(Problem) as caught:
        await world.act(command, *args, **named)
    return caught.value.code


async def test_a_raised_level_brings_its_plan_a_proposal_and_word_to_the_crews(world: World) -> None:
    incident = await opened(world)
    await world.act(order_units, incident, ["W1-1"], by="operator/a")
    card = await world.act(set_level, incident, LevelSaid(3, "commander", False, None))
    assert (card["level"], card["plan"]) == (3, "building_3")
    await world.sweep()
    card = await world.incident(incident)
    assert card["proposal"]["cause"] == "level"
    assert "W1-1" not in {one["unit"] for one in card["proposal"]["units"]}
    assert (await world.device_types("W1-1"))[-1] == "order_updated"
    told = {row["body"] for row in await world.sql("select body from notice")}
    assert "city_119" in told


async def test_a_level_is_never_lowered_but_as_a_correction_with_its_reason(world: World) -> None:
    incident = await opened(world, trapped=3)
    assert await refusal(world, set_level, incident, LevelSaid(1, "a", False, "x")) == "level_never_lowered"
    assert await refusal(world, set_level, incident, LevelSaid(1, "a", True, None)) == "level_never_lowered"
    card = await world.act(set_level, incident, LevelSaid(1, "a", True, "nobody was in the house"))
    assert card["level"] == 1
    assert "incident_level_corrected" in await world.types(incident)


async def test_a_correction_stands_until_somebody_says_something_new(world: World) -> None:
    incident = await opened(world, trapped=3)
    await world.act(set_level, incident, LevelSaid(1, "a", True, "nobody was in the house"))
    await world.alarm(VILLAGE_W)
    assert (await world.incident(incident))["level"] == 1
    await world.alarm(VILLAGE_W, trapped=10)
    assert (await world.incident(incident))["level"] == 4


async def test_a_level_that_does_not_exist_is_refused(world: World) -> None:
    fire = await opened(world)
    wood = await opened(world, VILLAGE_E, kind="vegetation")
    assert await refusal(world, set_level, fire, LevelSaid(9, "a", False, None)) == "level_unknown"
    assert await refusal(world, set_level, wood, LevelSaid(5, "a", False, None)) == "level_unknown"
    card = await world.act(set_level, wood, LevelSaid(2, "a", False, None))
    assert card["level"] == 2


async def test_a_new_place_sends_the_order_again_with_a_new_way(world: World) -> None:
    incident = await opened(world)
    await world.act(order_units, incident, ["W1-1"], by="operator/a")
    before = (await world.assignments(incident))["W1-1"]
    located = world.desk.map.locate(*VILLAGE_E, "wgs84", "")
    card = await world.act(relocate, incident, located, by="operator/a")
    assert (card["lon"], card["lat"], card["zone"]) == (*VILLAGE_E, "E")
    await world.sweep()
    after = (await world.assignments(incident))["W1-1"]
    assert after.path != before.path
    assert (after.eta_seconds or 0) > (before.eta_seconds or 0)
    told = (await world.events(f"device/{world.devices['W1-1']}"))[-1]
    assert (told.type, told.data["cause"]) == ("order_updated", "location")
    assert told.data["path"] == after.path
    assert "acknowledge_due_at" not in told.data  # the deadline of the order goes on
    assert told.data["incident"]["lon"] == VILLAGE_E[0]
    proposed = (await world.incident(incident))["proposal"]
    assert proposed["cause"] == "location"
    assert proposed["units"][0]["unit"].startswith("E")


async def test_a_place_that_changes_while_units_are_being_chosen_is_chosen_for_again(world: World) -> None:
    incident = await opened(world)
    located = world.desk.map.locate(*VILLAGE_E, "wgs84", "")
    await asyncio.gather(world.sweep(), world.act(relocate, incident, located, by="operator/a"))
    await world.sweep()
    proposed = (await world.incident(incident))["proposal"]
    assert proposed["units"][0]["unit"].startswith("E")


async def test_the_old_proposal_is_not_sent_to_the_new_place(world: World) -> None:
    incident = await opened(world)
    await world.sweep()
    located = world.desk.map.locate(*VILLAGE_E, "wgs84", "")
    await world.act(relocate, incident, located, by="operator/a")
    made = await world.act(order_proposal, incident, by="operator/a")
    assert made["assignments"][0]["unit"].startswith("E")


async def test_an_incident_of_unknown_kind_and_place_takes_both_from_the_one_that_is_joined_to_it(
    world: World,
) -> None:
    vague = UUID((await world.alarm(None, kind="smoke", location={"text": "somewhere"}))["incident_id"])
    known = await opened(world, VILLAGE_E, kind="industrial")
    assert (await world.incident(vague))["place_verified"] is False
    card = await world.act(link, known, vague, by="operator/a")
    assert (card["kind"], card["place_verified"]) == ("industrial", True)
    assert (card["lon"], card["lat"], card["zone"]) == (*VILLAGE_E, "E")


async def test_one_more_body_than_the_plan_names_is_told_once_and_confirms(world: World) -> None:
    incident = await opened(world)
    notice = await world.act(notify, incident, "gas", by="operator/a")
    again = await world.act(notify, incident, "gas", by="operator/b")
    assert (notice["body"], notice["received_at"], again["id"]) == ("gas", None, notice["id"])
    assert (await world.types(incident)).count("body_notified") == 1
    card = await world.act(receive_notice, UUID(notice["id"]), by="燃气公司 李工")
    assert card["received_by"] == "燃气公司 李工"
    assert await refusal(world, notify, incident, "the_moon", by="operator/a") == "body_unknown"


async def test_linked_incidents_go_on_as_one_with_all_alarms_and_units(world: World) -> None:
    one, other = await opened(world), await opened(world, VILLAGE_E, trapped=2)
    await world.act(order_units, one, ["W1-1"], by="operator/a")
    await world.act(order_units, other, ["E1-1"], by="operator/a")
    card = await world.act(link, other, one, by="operator/a")
    assert (card["alarms"], card["trapped"], card["level"]) == (2, 2, 2)
    assert set(await world.assignments(one)) == {"W1-1", "E1-1"}
    await world.sweep()
    merged = await world.incident(other)
    assert (merged["status"], merged["merged_into"]) == ("merged", str(one))
    told = (await world.events(f"device/{world.devices['E1-1']}"))[-1]
    assert (told.type, told.data["incident"]["id"]) == ("order_updated", str(one))
    assert await refusal(world, link, other, one, by="operator/a") == "incident_not_open"
    assert await refusal(world, link, one, one, by="operator/a") == "link_to_itself"


async def test_two_dispatchers_who_link_crosswise_leave_one_incident_open(world: World) -> None:
    one, other = await opened(world), await opened(world, VILLAGE_E)
    done = await asyncio.gather(
        world.act(link, one, other, by="a"), world.act(link, other, one, by="b"), return_exceptions=True
    )
    assert sum(isinstance(answer, Problem) for answer in done) == 1
    open_now = await world.sql("select id from incident where status = 'open'")
    assert len(open_now) == 1


async def test_an_alarm_wrongly_linked_gets_its_own_incident_and_proposal(world: World) -> None:
    incident = await opened(world)
    second = await world.alarm((VILLAGE_W[0] + 0.001, VILLAGE_W[1]), trapped=1)
    assert second["linked"]
    card = await world.act(unlink, incident, UUID(second["alarm_id"]), by="operator/a")
    await world.sweep()
    new = await world.incident(card["id"])
    assert card["id"] != str(incident)
    assert (new["trapped"], new["alarms"], new["status"]) == (1, 1, "open")
    assert new["proposal"] is not None
    assert (await world.incident(incident))["alarms"] == 1
    only = await world.sql("select id from alarm where incident = $1", incident)
    assert await refusal(world, unlink, incident, only[0]["id"], by="a") == "only_alarm"


async def test_an_incident_closes_when_nobody_is_bound_any_more(world: World, fake_clock: FakeClock) -> None:
    incident = await opened(world)
    made = await world.act(order_units, incident, ["W1-1"], by="operator/a")
    assert await refusal(world, close, incident, by="a", why=None) == "incident_cannot_close"
    id = made["assignments"][0]["id"]
    for said in (Report.EN_ROUTE, Report.ON_SCENE, Report.CLEAR):
        fake_clock.advance(60)
        await world.say(id, said)
    card = await world.act(close, incident, by="a", why=None)
    assert card["status"] == "closed"
    assert (await world.act(close, incident, by="a", why=None))["status"] == "closed"
    later = await world.alarm(VILLAGE_W)
    assert later["incident_id"] != str(incident)


async def test_a_forest_fire_closes_only_after_mop_up_guard_and_acceptance(world: World) -> None:
    incident = await opened(world, kind="vegetation")
    for milestone in (Milestone.OUT, Milestone.MOP_UP, Milestone.GUARD):
        await world.act(reach_milestone, incident, milestone, by="commander", at=None)
    with pytest.raises(Problem) as caught:
        await world.act(close, incident, by="a", why=None)
    assert caught.value.params["missing"] == ["acceptance"]
    await world.act(reach_milestone, incident, Milestone.ACCEPTANCE, by="commander", at=None)
    assert (await world.act(close, incident, by="a", why=None))["status"] == "closed"


async def test_the_first_time_of_a_milestone_stands(world: World, fake_clock: FakeClock) -> None:
    incident = await opened(world)
    first = await world.act(reach_milestone, incident, Milestone.OUT, by="a", at=None)
    fake_clock.advance(60)
    again = await world.act(reach_milestone, incident, Milestone.OUT, by="b", at=None)
    assert first["milestones"] == again["milestones"]
    early = fake_clock.now - timedelta(days=1)
    card = await world.act(reach_milestone, incident, Milestone.UNDER_CONTROL, by="a", at=early)
    assert card["milestones"]["under_control"] == card["opened_at"]


async def test_the_record_afterwards_has_every_interval(world: World, fake_clock: FakeClock) -> None:
    incident = await opened(world)
    fake_clock.advance(5)
    made = await world.act(order_units, incident, ["W1-1"], by="operator/a")
    id = made["assignments"][0]["id"]
    for seconds, said in (
        (1, Report.DELIVER),
        (9, Report.ACKNOWLEDGE),
        (60, Report.EN_ROUTE),
        (300, Report.ON_SCENE),
        (1800, Report.CLEAR),
    ):
        fake_clock.advance(seconds)
        await world.say(id, said)
    record = intervals(await world.incident(incident), await world.cards(incident))
    assert record["alarm_to_dispatch_seconds"] == 5
    assert record["alarm_to_arrival_seconds"] == 375
    assert record["milestones"] == {"opened_to_arrived_seconds": 375}
    unit = {k: v for k, v in record["units"][0].items() if k.endswith("_seconds")}
    assert unit == {
        "dispatch_to_delivery_seconds": 1,
        "dispatch_to_acknowledge_seconds": 10,
        "turnout_seconds": 60,
        "travel_seconds": 300,
        "dispatch_to_arrival_seconds": 370,
        "work_seconds": 1800,
    }


async def test_a_receipt_is_kept_with_who_gave_it_and_the_first_one_stands(world: World) -> None:
    incident = await opened(world)
    await world.act(order_units, incident, ["W1-1"], by="operator/a")
    notice = (await world.sql("select id from notice order by body limit 1"))[0]["id"]
    first = await world.act(receive_notice, notice, by="值班员老张")
    second = await world.act(receive_notice, notice, by="somebody else")
    assert first == second
    assert first["received_by"] == "值班员老张"
    assert (await world.types(incident)).count("notice_received") == 1


async def test_everything_that_happened_is_in_the_journal_in_order(
    world: World, fake_clock: FakeClock
) -> None:
    incident = await opened(world)
    await world.sweep()
    await world.act(order_proposal, incident, by="operator/a")
    for code, row in (await world.assignments(incident)).items():
        await world.say(row.id, Report.ACKNOWLEDGE, by=code)
    events = await world.events(f"incident/{incident}")
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    types = [event.type for event in events]
    assert types[:3] == ["incident_opened", "proposal_made", "units_ordered"]
    assert set(types[3:]) == {"assignment_acknowledged"}
    board = [event.type for event in await world.events("county/990001")]
    assert [type for type in board if type in types] == types
    assert all(a.state is State.ACKNOWLEDGED for a in (await world.assignments(incident)).values())
