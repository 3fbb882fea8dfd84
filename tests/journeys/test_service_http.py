"""Working nights of a dispatcher, over HTTP and both sockets, on the whole service with real deadlines."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.access.principal import Role
from dispatch.push.device import DeviceRefused
from gis_data.model import County, DutyMode
from runtime.servers import Servers
from tests.journeys.whole_service import PATIENCE_SECONDS, Card, Whole, open_whole
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node, small_county


def county_with(patrol_seconds: float = 600.0) -> County:
    """W1-1 is on patrol and so the first to be sent in the west. No other deadline can run out in a test."""
    county = small_county()
    rule = next(rule for rule in county.deadlines if rule.acknowledge_seconds is not None)
    anybody = replace(
        rule, force="*", contact="*", duty_mode="*", delivery_seconds=None, acknowledge_seconds=600
    )
    telephone = replace(anybody, contact="telephone", acknowledge_seconds=None)
    patrol = replace(anybody, duty_mode=DutyMode.PATROL, acknowledge_seconds=patrol_seconds)
    units = tuple(
        replace(unit, duty_mode=DutyMode.PATROL) if unit.code == "W1-1" else unit for unit in county.units
    )
    return replace(
        county,
        units=units,
        deadlines=(telephone, patrol, anybody),
        digest=f"small-county-{patrol_seconds}",
    )


@pytest.fixture
def own(servers: Servers, database_url: str) -> Servers:
    return replace(servers, database_url=database_url)


@pytest.fixture
async def whole(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path, own, county_with()) as found:
        yield found


@pytest.fixture
async def hasty(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    """W1-1 must answer within a second."""
    async with open_whole(tmp_path, own, county_with(patrol_seconds=1.0)) as found:
        yield found


@pytest.fixture
async def by_hand(tmp_path: Path, own: Servers) -> AsyncIterator[Whole]:
    async with open_whole(tmp_path, own, county_with(), automatic=False) as found:
        yield found


async def test_a_village_fire_with_people_trapped_from_alarm_to_closing(whole: Whole) -> None:
    tablets = await whole.tablets()
    id = await whole.alarm(
        "西河镇柳河村", trapped=2, description="民房着火，屋里有老人", caller="13800000000"
    )
    await whole.console.sent(id, "W1-1")
    order = await tablets["W1-1"].hears("order_dispatched")
    assert order["incident"]["trapped"] == 2
    assert (order["incident"]["lon"], order["incident"]["lat"]) == VILLAGE_W
    assert order["path"]
    assert "13800000000" not in str(order)
    sent = (await whole.get(f"/incidents/{id}"))["assignments"]
    for card in sent:
        await whole.console.unit_is(id, card["unit"], "acknowledged")
        await tablets[card["unit"]].says("en_route", "on_scene")
    await tablets["W1-1"].says("water_on", "water_off")
    board = (await whole.get("/board"))["cards"]
    for card in board["assignments"]:
        await whole.console.until(lambda c=card: same(whole.console.cards["assignments"][c["id"]], c))
    refused = await whole.post(f"/incidents/{id}/close", {"by": "值班员"}, status=(409,))
    assert refused["params"]["missing"] == ["units_busy"]
    for milestone in ("under_control", "out"):
        await whole.post(f"/incidents/{id}/milestones", {"milestone": milestone, "by": "指挥员"})
    for card in sent:
        await tablets[card["unit"]].says("returning", "standby")
    notices = (await whole.get(f"/incidents/{id}"))["notices"]
    assert {"ambulance_120", "police_110"} <= {notice["body"] for notice in notices}
    await whole.post(f"/notices/{notices[0]['id']}/received", {"by": "120 指挥中心"})
    await whole.post(f"/incidents/{id}/close", {"by": "值班员"})
    await whole.console.until(lambda: whole.console.incident(id)["status"] == "closed")

    record = await whole.get(f"/incidents/{id}")
    assert set(record["incident"]["milestones"]) == {"arrived", "first_water", "under_control", "out"}
    assert [event["seq"] for event in record["journal"]] == list(range(1, len(record["journal"]) + 1))
    types = [event["type"] for event in record["journal"]]
    told = ("incident_opened", "proposal_made", "units_ordered", "assignment_on_scene", "incident_closed")
    assert [types.index(type) for type in told] == sorted(types.index(type) for type in told)
    for card in record["assignments"]:
        times = [
            card[f"{step}_at"] for step in ("dispatched", "delivered", "acknowledged", "en_route", "on_scene")
        ]
        assert times == sorted(times)
        assert card["state"] == "cleared"
    assert record["intervals"]["open_seconds"] > 0
    units = {unit["code"]: unit for unit in (await whole.get("/units"))["units"]}
    assert all(units[card["unit"]]["status"] == "standby" for card in sent)


def same(one: Card, other: Card) -> bool:
    """The running clock stops without a change of the card."""
    return {**one, "acknowledge_due_at": None} == {**other, "acknowledge_due_at": None}


async def test_a_silent_team_becomes_unconfirmed_its_bell_rings_and_another_unit_is_added(
    hasty: Whole,
) -> None:
    tablets = await hasty.tablets("W1-1")
    id = await hasty.alarm(VILLAGE_W)
    silent = await hasty.console.unit_is(id, "W1-1", "unconfirmed")
    rung = await tablets["W1-1"].hears("bell_rung")
    assert rung["assignment_id"] == silent["id"]

    def replaced() -> list[Card]:
        cards = hasty.console.assignments(id).values()
        return [c for c in cards if c["slot"] == silent["slot"] and c["state"] == "acknowledged"]

    (other,) = await hasty.console.until(replaced)
    assert other["unit"] != "W1-1"
    assert "order_recalled" not in tablets["W1-1"].types
    record = await hasty.get(f"/incidents/{id}")
    missed = next(e for e in record["journal"] if e["type"] == "assignment_unconfirmed")
    assert missed["data"]["telephone"] == "0356-W1"


@pytest.mark.parametrize("decision", ["keep", "recall"])
async def test_an_answer_after_the_slot_was_filled_leaves_the_decision_to_the_dispatcher(
    hasty: Whole, decision: str
) -> None:
    tablets = await hasty.tablets("W1-1")
    id = await hasty.alarm(VILLAGE_W)
    late = await hasty.console.unit_is(id, "W1-1", "unconfirmed")
    await hasty.console.until(
        lambda: [c for c in hasty.console.assignments(id).values() if c["slot"] == late["slot"]][1:]
    )
    result = await tablets["W1-1"].device.decide(late["id"])
    assert result.stands is not None
    assert result.stands["outcome"] == "late"
    await hasty.console.until(lambda: hasty.console.assignments(id)["W1-1"]["late_acknowledged_at"])
    assert hasty.console.assignments(id)["W1-1"]["state"] == "unconfirmed"
    await hasty.post(f"/assignments/{late['id']}/{decision}", {"by": "值班员", "cause": "slot_filled"})
    if decision == "keep":
        kept = await hasty.console.unit_is(id, "W1-1", "acknowledged")
        assert kept["slot"] != late["slot"]
        assert (await tablets["W1-1"].hears("order_settled"))["state"] == "acknowledged"
    else:
        await hasty.console.unit_is(id, "W1-1", "recalled")
        assert (await tablets["W1-1"].hears("order_recalled"))["assignment_id"] == late["id"]


async def test_with_nobody_left_neighbours_are_requested_and_a_late_answer_wins_the_open_slot(
    hasty: Whole,
) -> None:
    tablet = await hasty.tablet("W1-1", answers=False)
    await hasty.off_duty(*(unit.code for unit in hasty.county.units if unit.code not in ("W1-1", "X1-1")))
    id = await hasty.alarm(VILLAGE_W)
    late = await hasty.console.unit_is(id, "W1-1", "unconfirmed")

    def loud() -> set[str]:
        shorts = hasty.console.incident(id).get("shortfalls", ())
        return {s["code"] for s in shorts if s["cause"] == "awaits_dispatcher"}

    await hasty.console.until(lambda: late["slot"] in loud())
    proposed = {one["unit"]: one for one in hasty.console.incident(id)["proposal"]["units"]}
    assert proposed["X1-1"]["verb"] == "request"
    assert "X1-1" not in hasty.console.assignments(id)
    result = await tablet.device.decide(late["id"])
    assert result.stands is not None
    assert result.stands["outcome"] == "changed"
    won = await hasty.console.unit_is(id, "W1-1", "acknowledged")
    assert won["slot"] == late["slot"]
    # The neighbours are asked all the same, by telephone, and say no.
    await hasty.post(f"/incidents/{id}/assignments", {"units": ["X1-1"]})
    asked = await hasty.console.unit_is(id, "X1-1", "dispatched")
    assert asked["verb"] == "request"
    assert asked["acknowledge_due_at"] is None
    said = {"by": "邻县指挥中心", "via": "telephone", "cause": "own_fire", "declined": True}
    await hasty.post(f"/assignments/{asked['id']}/unable", said)
    await hasty.console.unit_is(id, "X1-1", "declined")


async def test_a_unit_that_is_unable_is_replaced_and_not_asked_again(whole: Whole) -> None:
    tablets = await whole.tablets("W1-1")
    id = await whole.alarm(VILLAGE_W, kind="vehicle")
    order = await tablets["W1-1"].hears("order_dispatched")
    result = await tablets["W1-1"].device.decide(order["assignment_id"], "unable", "vehicle_fault")
    assert result.ok
    unable = await whole.console.unit_is(id, "W1-1", "unable")
    assert unable["cause"] == "vehicle_fault"
    await whole.console.until(
        lambda: any(
            card["slot"] == unable["slot"] and card["state"] == "acknowledged"
            for card in whole.console.assignments(id).values()
        )
    )
    assert tablets["W1-1"].device.orders == {}
    await whole.post(f"/incidents/{id}/level", {"level": 2, "by": "指挥员"})
    await whole.console.until(lambda: whole.console.incident(id)["proposal"]["cause"] == "level")
    assert "W1-1" not in [one["unit"] for one in whole.console.incident(id)["proposal"]["units"]]


async def test_a_team_with_nothing_but_a_telephone_is_acknowledged_and_reported_for(by_hand: Whole) -> None:
    id = await by_hand.alarm(VILLAGE_W)
    await by_hand.console.until(lambda: by_hand.console.incident(id).get("proposal"))
    assert by_hand.console.assignments(id) == {}
    await by_hand.post(f"/incidents/{id}/assignments", {"units": ["W2-2"]})
    card = (await by_hand.console.sent(id, "W2-2"))["W2-2"]
    await by_hand.post(f"/assignments/{card['id']}/acknowledge", {"by": "王班长", "via": "telephone"})
    told = await by_hand.console.unit_is(id, "W2-2", "acknowledged")
    assert (told["acknowledged_by"], told["acknowledged_via"]) == ("王班长", "telephone")
    assert told["acknowledge_due_at"] is None
    for status, state in (("en_route", "en_route"), ("on_scene", "on_scene"), ("returning", "cleared")):
        await by_hand.post("/units/W2-2/status", {"status": status})
        await by_hand.console.unit_is(id, "W2-2", state)


async def test_ten_callers_for_one_fire_make_one_incident(whole: Whole) -> None:
    bodies = [
        {
            "source": "hotline",
            "source_id": f"caller-{n}",
            "kind": "building",
            "location": {"lon": VILLAGE_W[0] + 0.0002 * n, "lat": VILLAGE_W[1]},
        }
        for n in range(10)
    ]
    answers = await asyncio.gather(*(whole.call("POST", "/alarms", body) for body in bodies))
    told = [answer.json() for answer in answers]
    assert len({answer["incident_id"] for answer in told}) == 1
    assert [answer["linked"] for answer in told].count(False) == 1
    record = await whole.get(f"/incidents/{told[0]['incident_id']}")
    assert len(record["alarms"]) == record["incident"]["alarms"] == 10
    repeated = await whole.call("POST", "/alarms", bodies[3])
    assert repeated.json() == told[3]


async def test_a_place_nobody_knows_is_dispatched_on_and_a_better_one_sends_the_order_again(
    whole: Whole,
) -> None:
    tablets = await whole.tablets()
    id = await whole.alarm("第二个岔路口，看得见火光")
    sent = await whole.console.sent(id)
    incident = whole.console.incident(id)
    assert not incident["place_verified"]
    assert incident["uncertainty_metres"] > 500
    unit = next(unit for unit, card in sent.items() if card["slot"] == "first_engine")
    first = await tablets[unit].hears("order_dispatched")
    await whole.post(f"/incidents/{id}/location", {"location": {"text": "东山乡东沟村"}, "by": "值班员"})
    again = await tablets[unit].hears("order_updated")
    assert again["assignment_id"] == first["assignment_id"]
    assert (again["incident"]["lon"], again["incident"]["lat"]) == VILLAGE_E
    assert again["path"][-1] == pytest.approx(VILLAGE_E, abs=1e-4)
    assert again["path"] != first["path"]
    await whole.console.until(lambda: whole.console.incident(id)["place_verified"])
    await whole.console.until(lambda: whole.console.incident(id)["proposal"]["cause"] == "location")
    slip = await whole.post(
        f"/incidents/{id}/location", {"location": {"text": "没有这个地方"}}, status=(404,)
    )
    assert slip["code"] == "place_unknown"


async def test_a_closed_road_changes_the_choice_and_the_proposal_says_so(by_hand: Whole) -> None:
    async def engine_to(place: tuple[float, float]) -> tuple[str, float, list[str]]:
        id = await by_hand.alarm(place, kind="vehicle")
        await by_hand.console.until(lambda: by_hand.console.incident(id).get("proposal"))
        proposal = await by_hand.get(f"/incidents/{id}/proposal")
        first = next(one for one in proposal["units"] if one["slot"] == "first_engine")
        said = [note["params"] for one in proposal["passed_over"] for note in one["reasons"]]
        return first["unit"], first["eta_seconds"], [params.get("road_reason") for params in said]

    place = node(1, 2)  # one block from W1, and one block more from W2
    assert (await engine_to(place))[0] == "W1-1"
    edges = ["v1-2", "h0-2", "h1-2"]  # every way to it but the one from the south
    closed = await by_hand.post("/roads/conditions", {"edges": edges, "factor": 0.0, "reason": "桥面塌陷"})
    await by_hand.console.until(lambda: by_hand.console.cards.get("conditions"))
    far = (place[0] + 0.0005, place[1])  # another fire beside it, as soon as the first is closed
    await by_hand.post(f"/incidents/{newest(by_hand)}/close", {"why": "test"})
    unit, _, reasons = await engine_to(far)
    assert unit.startswith("W2")
    assert "桥面塌陷" in reasons
    lifted = await by_hand.call("DELETE", f"/roads/conditions/{closed['condition']['id']}")
    assert lifted.status_code == 200
    await by_hand.post(f"/incidents/{newest(by_hand)}/close", {"why": "test"})
    assert (await engine_to(place))[0] == "W1-1"


def newest(whole: Whole) -> str:
    open_ones = [card for card in whole.console.cards["incidents"].values() if card["status"] == "open"]
    return str(max(open_ones, key=lambda card: card["opened_at"])["id"])


async def test_an_incident_nobody_could_be_sent_to_gets_the_first_unit_that_is_free_again(
    whole: Whole,
) -> None:
    tablet = await whole.tablet("W1-1")
    await whole.off_duty(*(unit.code for unit in whole.county.units if unit.code != "W1-1"))
    first = await whole.alarm(VILLAGE_W)
    await whole.console.unit_is(first, "W1-1", "acknowledged")
    second = await whole.alarm(VILLAGE_E)
    await whole.console.until(
        lambda: "first_engine" in {s["code"] for s in whole.console.incident(second).get("shortfalls", ())}
    )
    assert whole.console.assignments(second) == {}
    await tablet.says("en_route", "on_scene", "returning")
    order = await tablet.hears("order_dispatched", count=2)
    assert order["incident"]["id"] == second
    await whole.console.unit_is(second, "W1-1", "acknowledged")
    assert whole.console.incident(second)["proposal"]["cause"] == "released"


async def test_people_and_devices_come_in_through_their_doors_and_are_shown_out(whole: Whole) -> None:
    person = {"login": "li", "name": "李强", "role": "dispatcher", "password": "长长的一句口令 42"}
    made = await whole.call("POST", "/operators", person, Role.ADMIN)
    assert made.status_code == 201, made.text
    door = {"login": "li", "password": "wrong and long enough"}
    assert (await whole.http.post("/api/v1/login", json=door)).status_code == 401
    door["password"] = person["password"]
    session = (await whole.http.post("/api/v1/login", json=door)).json()
    mine = {"Authorization": f"Bearer {session['token']}"}
    assert (await whole.http.get("/api/v1/me", headers=mine)).json()["name"] == "李强"
    assert (await whole.http.post("/api/v1/logout", headers=mine)).status_code == 204
    assert (await whole.http.get("/api/v1/me", headers=mine)).status_code == 401

    asked = {"station": "W1", "unit": "W1-1", "name": "新平板"}
    code = await whole.post("/devices/enrol-codes", asked)
    enrolled = await whole.http.post("/api/v1/devices/enrol", json={"code": code["code"]})
    assert enrolled.status_code == 201, enrolled.text
    assert (await whole.http.post("/api/v1/devices/enrol", json={"code": code["code"]})).status_code == 401
    whole.devices["W1-1"] = enrolled.json()["token"]
    tablet = await whole.tablet("W1-1")
    id = await whole.alarm(VILLAGE_W)
    await tablet.hears("order_dispatched")
    await whole.console.unit_is(id, "W1-1", "acknowledged")
    revoked = await whole.call("POST", f"/devices/{enrolled.json()['device']}/revoke")
    assert revoked.status_code == 204
    async with asyncio.timeout(PATIENCE_SECONDS):
        with pytest.raises(DeviceRefused):
            await whole.task("W1-1")
