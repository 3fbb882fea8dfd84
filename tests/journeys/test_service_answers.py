"""Teams that are silent, late, unable or far, on the whole service with real deadlines: help comes all the same."""

from __future__ import annotations

import pytest

from tests.journeys.whole_service import Card, Whole
from tests.storage.small_county import VILLAGE_E, VILLAGE_W


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
