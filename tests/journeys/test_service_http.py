"""Working nights of a dispatcher, over HTTP and both sockets, on the whole service."""

from __future__ import annotations

import asyncio

import pytest

from dispatch.access.principal import Role
from dispatch.push.device import DeviceRefused
from tests.journeys.whole_service import PATIENCE_SECONDS, Card, Whole
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node


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
