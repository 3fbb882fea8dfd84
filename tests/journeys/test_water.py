"""The water plan over HTTP and on the command line: sources by road with reasons, and what is proposed."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI
from shapely import Point

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from dispatch.access.problem import install_problem_handlers
from dispatch.alarms.api import make_alarms_router
from dispatch.alarms.by_hand import order_units
from gis_data.folder import write_county
from gis_data.model import County, WaterSource
from runtime.database import Database
from tests.journeys.command_line import Run, refused
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_W, node, small_county


def with_water() -> County:
    """A crane four streets away, a pond by the fire that is out of season most of the year, a broken hydrant."""
    lon, lat = VILLAGE_W
    return replace(
        small_county(),
        water_sources=(
            WaterSource("crane", "河西水鹤", "crane", Point(*node(4, 2)), None, 30.0, fill_places=2),
            WaterSource("pond", "村塘", "pond", Point(lon, lat + 0.0001), None, None, False, lift_metres=2.0),
        ),
    )


@dataclass
class Service:
    world: World
    http: httpx.AsyncClient
    incident: str

    async def water(self, query: str = "", *, incident: str | None = None) -> httpx.Response:
        return await self.http.get(f"/api/v1/incidents/{incident or self.incident}/water{query}")


@pytest.fixture
async def service(db: Database) -> AsyncIterator[Service]:
    world = await make_world(db, automatic=False)
    desk = replace(world.desk, county=with_water())
    guard = Guard(db)
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(make_alarms_router(desk, guard), prefix="/api/v1")
    token = await create_token(db, county=CODE, role=Role.VIEWER)
    made = await world.alarm(VILLAGE_W, kind="building")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    headers = {"Authorization": f"Bearer {token}"}
    async with httpx.AsyncClient(transport=transport, base_url="http://test", headers=headers) as http:
        yield Service(world, http, str(made["incident_id"]))
    guard.close()


async def test_an_incident_s_water_is_told_with_times_reasons_and_a_plan(service: Service) -> None:
    answer = await service.water("?flow_lps=6")
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["need_lps"], found["need_from"]) == (6.0, "given")
    crane, pond = found["sources"]
    assert (crane["code"], pond["code"]) == ("crane", "pond")
    assert all(one["out_seconds"] > 0 and one["usable"] for one in crane["classes"])
    assert all(
        {"code": "water.refusal.out_of_order", "params": {}} in one["refusals"] for one in pond["classes"]
    )
    assert found["advice"]["plan"] in ("shuttle", "relay")
    free = {unit for run in found["shuttle"]["runs"] for unit in run["units"]}
    assert free
    assert free <= {unit.code for unit in small_county().units}


async def test_units_that_are_busy_elsewhere_do_not_count_and_those_sent_here_do(service: Service) -> None:
    before = (await service.water("?flow_lps=500")).json()
    elsewhere = await service.world.alarm(node(8, 4), kind="building")
    used = before["shuttle"]["runs"][0]["units"][0]
    await service.world.act(order_units, UUID(elsewhere["incident_id"]), [used], by="operator/a")
    after = (await service.water("?flow_lps=500")).json()
    assert after["shuttle"]["tankers_free"] == before["shuttle"]["tankers_free"] - 1
    assert used not in {unit for run in after["shuttle"]["runs"] for unit in run["units"]}
    here = (await service.water("?flow_lps=500", incident=str(elsewhere["incident_id"]))).json()
    assert here["attack_unit"] == used


async def test_without_a_figure_the_county_s_table_says_what_is_needed(service: Service) -> None:
    found = (await service.water()).json()
    assert found["need_from"] in ("table", "default")
    assert found["need_lps"] > 0


@pytest.mark.parametrize("query", ["?flow_lps=0", "?flow_lps=nan", "?flow_lps=many", "?rise_metres=1e9"])
async def test_a_flow_that_is_none_is_refused(service: Service, query: str) -> None:
    assert (await service.water(query)).status_code == 422


async def test_an_incident_that_is_not_there_has_no_water(service: Service) -> None:
    answer = await service.water(incident="01900000-0000-7000-8000-000000000000")
    assert (answer.status_code, answer.json()["code"]) == (404, "no_incident")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_county(with_water(), tmp_path / "county")
    return tmp_path / "county"


def asked(run: Run, folder: Path, *more: str) -> dict[str, Any]:
    at = f"{VILLAGE_W[0]},{VILLAGE_W[1]}"
    ended = run("water", "--at", at, "--county", folder, "--json", *more)
    assert (ended.code, ended.err) == (0, "")
    found: dict[str, Any] = json.loads(ended.out)
    return found


def test_planners_ask_on_the_command_line(run: Run, folder: Path) -> None:
    found = asked(run, folder, "--flow", "6", "--on", "2026-11-26")
    assert [one["code"] for one in found["sources"]] == ["crane", "pond"]
    assert found["advice"]["enough"]
    only = asked(run, folder, "--flow", "6", "--vehicle", "light_engine")
    assert {one["vehicle"] for source in only["sources"] for one in source["classes"]} == {"light_engine"}
    told = run("water", "--at", f"{VILLAGE_W[0]},{VILLAGE_W[1]}", "--flow", "600", "--county", folder)
    assert told.code == 0
    assert "河西水鹤" in told.out
    assert "停用" in told.out
    assert "缺" in told.out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--at", "0,0", "--flow", "5"], ["--at"]),
        (["--at", "112.74,35.44", "--flow", "0"], ["--flow"]),
        (["--at", "112.74,35.44", "--flow", "a lot"], ["--flow"]),
        (["--at", "112.74,35.44", "--vehicle", "ufo"], ["--vehicle", "ufo"]),
        (["--at", "112.74,35.44", "--on", "someday"], ["--on"]),
        (["--flow", "5"], ["--at"]),
    ],
)
def test_bad_input_is_one_line(run: Run, folder: Path, arguments: list[str], words: list[str]) -> None:
    refused(run("water", *arguments, "--county", folder), *words)
