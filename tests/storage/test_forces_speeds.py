"""Drives are kept with what was expected of them, speeds are proposed from them, and a planner accepts or restores."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from dispatch.access.problem import install_problem_handlers
from dispatch.alarms.by_hand import order_proposal
from dispatch.alarms.incident import Report
from dispatch.alarms.moving import reroute
from dispatch.forces.speed_table import laid_over
from dispatch.forces.speeds import speed_table
from dispatch.forces.speeds_api import make_speeds_router
from routing.graph import build_graph
from routing.live import LiveRoads
from routing.rank import rank
from routing.reach import Start
from runtime.database import Database
from tests.conftest import FakeClock
from tests.storage.alarm_world import World, make_world, ordered
from tests.storage.small_county import CODE, VILLAGE_E, VILLAGE_W, node, small_county

SPEEDS = "/api/v1/roads/speeds"


@dataclass
class Office:
    """A planner's desk: the world, its clock, and the API of learnt speeds."""

    world: World
    clock: FakeClock
    client: httpx.AsyncClient

    async def call(self, role: Role, method: str, path: str = "", **more: Any) -> httpx.Response:
        token = await create_token(self.world.db, county=CODE, role=role)
        headers = {"Authorization": f"Bearer {token}"}
        return await self.client.request(method, f"{SPEEDS}{path}", headers=headers, **more)

    async def seen(self, **query: Any) -> dict[str, Any]:
        answer = await self.call(Role.VIEWER, "GET", params=query)
        assert answer.status_code == 200
        found: dict[str, Any] = answer.json()
        return found

    async def drive(self, factor: float, unit: str = "W2-1") -> UUID:
        """One drive that takes `factor` × what was expected of it."""
        incident, ids = await ordered(self.world, unit)
        kept = await self.kept(ids[unit])
        await self.world.say(ids[unit], Report.EN_ROUTE)
        self.clock.advance(factor * sum(time["ms"] for time in kept.values()) / 1000.0)
        await self.world.say(ids[unit], Report.ON_SCENE)
        await self.world.say(ids[unit], Report.CLEAR)
        await self.world.sql("update unit set status = 'standby' where code = $1", unit)
        assert incident
        return ids[unit]

    async def kept(self, assignment: UUID) -> dict[str, dict[str, float]]:
        rows = await self.world.sql("select by_road from assignment where id = $1", assignment)
        found: dict[str, dict[str, float]] = rows[0]["by_road"]
        return found

    async def many(self, assignment: UUID, count: int) -> None:
        """The same drive on other days."""
        await self.world.sql(
            "insert into assignment select (jsonb_populate_record(null::assignment, to_jsonb(a) || "
            "jsonb_build_object('id', gen_random_uuid(), 'incident', a.incident))).* "
            "from assignment a, generate_series(1, $2::int) where a.id = $1",
            assignment,
            count,
        )


def overall(rows: list[dict[str, Any]]) -> float:
    """The factor of all that was driven."""
    driven: float = sum(row["hours"] * row["factor"] for row in rows) / sum(row["hours"] for row in rows)
    return driven


@pytest.fixture
async def office(stopped_db: Database, fake_clock: FakeClock) -> AsyncIterator[Office]:
    world = await make_world(stopped_db, automatic=False)
    app = FastAPI()
    install_problem_handlers(app)
    guard = Guard(stopped_db)
    app.include_router(make_speeds_router(stopped_db, guard, small_county(), 0))
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://pianqu.test") as client:
        yield Office(world, fake_clock, client)
    guard.close()


async def test_an_order_keeps_what_its_drive_should_take_by_class_of_road(office: Office) -> None:
    answer = await office.world.alarm(VILLAGE_E, kind="vehicle")
    await office.world.sweep()
    sent = await office.world.act(order_proposal, UUID(answer["incident_id"]), by="operator/a")
    by_unit = {card["unit"]: card for card in sent["assignments"]}
    classes = small_county().vehicle_classes
    checked = 0
    for row in await office.world.sql("select a.*, u.code from assignment a join unit u on u.id = a.unit"):
        if row["by_road"] is None:
            continue
        card = by_unit[row["code"]]
        total = sum(time["ms"] for time in row["by_road"].values()) / 1000.0
        assert total == pytest.approx(card["travel_seconds"], abs=0.01)
        for road, time in row["by_road"].items():
            assert time["kmh"] == classes[card["vehicle"]].speeds_kmh[road]
        checked += 1
    assert checked


async def test_who_is_under_way_or_gets_another_way_while_driving_teaches_nothing(office: Office) -> None:
    world, (lon, lat) = office.world, node(3, 3)
    await world.sql(
        "update unit set status = 'returning', lon = $1, lat = $2, position_at = now() where code = 'W1-1'",
        lon,
        lat,
    )
    incident, ids = await ordered(world, "W1-1", "W1-2")
    assert await office.kept(ids["W1-1"]) is None
    assert await office.kept(ids["W1-2"]) is not None
    await world.say(ids["W1-2"], Report.EN_ROUTE)
    async with world.db.work() as work:
        await reroute(world.desk, work, incident, cause="location")
    assert await office.kept(ids["W1-2"]) is None


async def test_a_decision_names_the_speed_table_that_its_roads_were_built_with(office: Office) -> None:
    object.__setattr__(office.world.desk, "speed_table", 3)
    await office.world.alarm(VILLAGE_E)
    await office.world.sweep()
    [proposal] = await office.world.sql("select inputs from proposal")
    assert proposal["inputs"]["roads"]["speed_table"] == 3


async def test_nothing_is_proposed_before_there_are_enough_drives(office: Office) -> None:
    assert (await office.seen())["rows"] == []
    await office.drive(1.4)
    seen = await office.seen()
    assert (seen["drives"], seen["version"], seen["restart_needed"]) == (1, 0, False)
    assert seen["rows"]
    assert all(row["proposed_kmh"] is None for row in seen["rows"])


async def test_accepted_speeds_hold_from_the_next_start_and_can_be_taken_back(office: Office) -> None:
    await office.many(await office.drive(1.4), 39)
    seen = await office.seen()
    rows = [row for row in seen["rows"] if row["proposed_kmh"] is not None]
    assert {row["vehicle_class"] for row in rows} == {"light_engine"}
    assert overall(rows) == pytest.approx(
        1.39, abs=0.03
    )  # one mix of roads cannot tell which of them is slow
    wanted = [
        {"vehicle_class": r["vehicle_class"], "road_class": r["road_class"], "kmh": r["proposed_kmh"]}
        for r in rows
    ]
    body = {"version": 0, "rows": wanted}
    for role in (Role.VIEWER, Role.DISPATCHER, Role.SUPERVISOR):
        assert (await office.call(role, "POST", "/accept", json=body)).status_code == 403
    answer = await office.call(Role.PLANNER, "POST", "/accept", json=body)
    assert answer.status_code == 201
    assert answer.json() == {"version": 1, "driven": 0, "then": "restart_to_apply"}

    after = await office.seen()
    assert (after["version"], after["driven"], after["restart_needed"]) == (1, 0, True)
    assert [one["restored"] for one in after["accepted"]] == [None]
    assert after["accepted"][0]["rows"] == rows
    # Judged against the new table, the same drives have nothing left to say.
    assert overall(after["rows"]) == pytest.approx(1.0, abs=0.02)
    [event] = [e for e in await office.world.events(f"county/{CODE}") if e.type == "speed_table_changed"]
    assert (event.data["version"], event.data["rows"], event.data["restored"]) == (1, rows, None)

    async with office.world.db.reading() as conn:
        table = await speed_table(conn, CODE)
    county = small_county()
    driven = laid_over(county.vehicle_classes, table.factors)
    start = (Start(*node(4, 1), "light_engine"),)
    [slow] = rank(LiveRoads(build_graph(county.roads, driven)), *VILLAGE_W, start)
    [fast] = rank(LiveRoads(build_graph(county.roads, county.vehicle_classes)), *VILLAGE_W, start)
    assert slow.travel_ms == pytest.approx(1.39 * fast.travel_ms, rel=0.03)

    back = await office.call(Role.ADMIN, "POST", "/restore", json={"version": 1, "to": 0})
    assert (back.status_code, back.json()["version"]) == (201, 2)
    async with office.world.db.reading() as conn:
        table = await speed_table(conn, CODE)
    assert laid_over(county.vehicle_classes, table.factors) == county.vehicle_classes
    forth = await office.call(Role.ADMIN, "POST", "/restore", json={"version": 2, "to": 1})
    assert forth.json()["version"] == 3
    assert [one["restored"] for one in (await office.seen())["accepted"]] == [1, 0, None]


async def test_what_is_not_proposed_or_was_overtaken_is_refused(office: Office) -> None:
    await office.many(await office.drive(1.4), 39)
    [row, *_] = [row for row in (await office.seen())["rows"] if row["proposed_kmh"] is not None]
    right = {
        "vehicle_class": row["vehicle_class"],
        "road_class": row["road_class"],
        "kmh": row["proposed_kmh"],
    }
    for body, code in (
        ({"version": 0, "rows": [{**right, "kmh": right["kmh"] + 5}]}, "speed_not_proposed"),
        ({"version": 0, "rows": [{**right, "road_class": "motorway"}]}, "speed_not_proposed"),
        ({"version": 1, "rows": [right]}, "speed_table_changed_meanwhile"),
    ):
        answer = await office.call(Role.PLANNER, "POST", "/accept", json=body)
        assert (answer.status_code, answer.json()["code"]) == (409, code)
    unknown = await office.call(Role.PLANNER, "POST", "/restore", json={"version": 0, "to": 7})
    assert (unknown.status_code, unknown.json()["code"]) == (404, "speed_table_unknown")
    assert (await office.seen())["accepted"] == []
    assert "speed_table_changed" not in {e.type for e in await office.world.events(f"county/{CODE}")}


@pytest.mark.parametrize("mark", ["source = 'simulated'", "source_id = 'demo-night-' || id"])
async def test_simulated_drives_are_shown_apart_and_never_accepted(office: Office, mark: str) -> None:
    await office.many(await office.drive(0.6), 39)
    await office.world.sql("update alarm set " + mark)
    seen = await office.seen()
    assert (seen["drives"], seen["other_drives"], seen["rows"], seen["simulated"]) == (0, 40, [], False)
    apart = await office.seen(simulated=True)
    assert (apart["drives"], apart["simulated"]) == (40, True)
    [row, *_] = [row for row in apart["rows"] if row["proposed_kmh"] is not None]
    said = {
        "vehicle_class": row["vehicle_class"],
        "road_class": row["road_class"],
        "kmh": row["proposed_kmh"],
    }
    answer = await office.call(Role.PLANNER, "POST", "/accept", json={"version": 0, "rows": [said]})
    assert (answer.status_code, answer.json()["code"]) == (409, "speed_not_proposed")
