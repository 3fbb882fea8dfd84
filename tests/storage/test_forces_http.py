"""Forces over HTTP: who may say what, once, and what a refusal looks like."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from dispatch.access.problem import install_problem_handlers
from dispatch.console.api import make_console_router
from dispatch.console.places import PlaceIndex
from dispatch.console.site import mount_pages
from dispatch.console.store import ConsoleSnapshots
from dispatch.forces.api import make_forces_router
from dispatch.forces.apply import apply_county
from dispatch.forces.roads import RoadBook
from dispatch.forces.tracking import Tracking
from routing.graph import build_graph
from routing.live import LiveRoads
from runtime.database import Database
from runtime.journal import read_events
from tests.storage.forces_county import CODE, grid_county

COUNTY = grid_county()
NAMES = tuple("人民路" if id.startswith("east-") and id.endswith("-2") else "" for id in COUNTY.roads.ids)
GRAPH = build_graph(replace(COUNTY.roads, names=NAMES), COUNTY.vehicle_classes)
ROAD_METRES = sum(GRAPH.length_metres[p] for p, name in enumerate(NAMES) if name)
PLACES = PlaceIndex(COUNTY)


class OneTile:
    def tile(self, z: int, x: int, y: int) -> bytes:
        return b"\x1a\x00" if (z, x, y) == (3, 6, 3) else b""


@dataclass
class Doors:
    client: httpx.AsyncClient
    db: Database
    roads: RoadBook

    async def call(
        self, role: Role, method: str, path: str, *, station: str | None = None, **more: Any
    ) -> Any:
        token = await create_token(self.db, county=CODE, role=role, station=station)
        headers = {"Authorization": f"Bearer {token}", **more.pop("headers", {})}
        return await self.client.request(method, f"/api/v1{path}", headers=headers, **more)


@pytest.fixture
async def doors(db: Database, tmp_path: Any) -> AsyncIterator[Doors]:
    async with db.work() as work:
        await apply_county(work, COUNTY)
    app = FastAPI()
    install_problem_handlers(app)
    guard = Guard(db)
    roads = RoadBook(CODE, LiveRoads(GRAPH))
    app.include_router(make_forces_router(db, guard, COUNTY, roads, Tracking(db, CODE)))
    app.include_router(make_console_router(guard, ConsoleSnapshots(db, COUNTY), CODE, PLACES, OneTile()))
    mount_pages(app, tmp_path / "pages")
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://pianqu.test") as client:
        yield Doors(client, db, roads)
    guard.close()


async def test_lists_are_for_anybody_with_a_token_and_for_nobody_without(doors: Doors) -> None:
    for path, count in (("/units", 8), ("/stations", 4), ("/zones", 3)):
        answer = await doors.call(Role.VIEWER, "GET", path)
        assert answer.status_code == 200
        assert len(answer.json()[path[1:]]) == count
        assert (await doors.client.get(f"/api/v1{path}")).status_code == 401
    zones = (await doors.call(Role.VIEWER, "GET", "/zones")).json()["zones"]
    assert zones[0]["area"]["type"] == "Polygon"


async def test_a_status_by_name_or_code_is_told_by_a_dispatcher(doors: Doors) -> None:
    for status, told in (("en_route", "changed"), (21, "stands"), ("22", "changed")):
        answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/status", json={"status": status})
        assert (answer.status_code, answer.json()["told"]) == (200, told)
    answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/status", json={"status": "扑灭"})
    assert answer.status_code == 422
    answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/status", json={"status": 30})
    assert (answer.status_code, answer.json()["code"]) == (409, "unit_status_refused")
    answer = await doors.call(Role.VIEWER, "POST", "/units/s1-1/status", json={"status": 22})
    assert answer.status_code == 403


async def test_a_device_speaks_for_the_units_of_its_own_station(doors: Doors) -> None:
    said = {"json": {"status": "en_route"}, "station": "s1"}
    assert (await doors.call(Role.DEVICE, "POST", "/units/s1-1/status", **said)).status_code == 200
    answer = await doors.call(Role.DEVICE, "POST", "/units/s2-1/status", **said)
    assert (answer.status_code, answer.json()["code"]) == (403, "unit_of_another_station")
    fix = {"json": {"lon": 112.82, "lat": 35.42}, "station": "s1"}
    assert (await doors.call(Role.DEVICE, "POST", "/units/s2-1/position", **fix)).status_code == 403
    assert (await doors.call(Role.DEVICE, "POST", "/units/s1-1/position", **fix)).json() == {
        "verdict": "taken"
    }


async def test_a_double_click_is_one_command(doors: Doors) -> None:
    token = await create_token(doors.db, county=CODE, role=Role.DISPATCHER)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "click-1"}
    answers = [
        await doors.client.post("/api/v1/units/s1-1/strength", headers=headers, json={"crew": 0})
        for _ in range(2)
    ]
    assert answers[0].status_code == 200
    assert answers[0].json() == answers[1].json()
    assert answers[0].json()["unit"]["on_duty"] is False
    other = await doors.client.post("/api/v1/units/s1-1/strength", headers=headers, json={"crew": 4})
    assert other.status_code == 409
    async with doors.db.pool.acquire() as conn:
        types = [event.type for event in await read_events(conn, f"county/{CODE}", 0)]
    assert types.count("crew_changed") == 1


async def test_out_of_service_and_back(doors: Doors) -> None:
    for cause in ("repair", None):
        answer = await doors.call(Role.SUPERVISOR, "POST", "/units/s1-1/service", json={"cause": cause})
        assert answer.json()["unit"]["out_of_service"] == cause


async def test_the_emptied_zone_is_named_and_a_move_up_offered_with_its_gain(doors: Doors) -> None:
    assert (await doors.call(Role.VIEWER, "GET", "/cover")).json() == {"uncovered": [], "move_ups": []}
    for unit in ("s1-1", "s1-2"):
        await doors.call(Role.DISPATCHER, "POST", f"/units/{unit}/strength", json={"crew": 0})
    cover = (await doors.call(Role.VIEWER, "GET", "/cover")).json()
    assert cover["uncovered"] == ["z1"]
    [move] = cover["move_ups"]
    assert (move["from_zone"], move["to_zone"]) == ("z2", "z1")
    assert move["unit"] in ("s2-1", "s2-2")
    assert move["gain_seconds"] >= 30


async def test_a_road_is_closed_by_a_click_and_opened_again(doors: Doors) -> None:
    body = {"at": {"lon": 112.835, "lat": 35.4301}, "reason": "bridge"}
    answer = await doors.call(Role.DISPATCHER, "POST", "/roads/conditions", json=body)
    assert answer.status_code == 201
    condition = answer.json()["condition"]
    assert condition["edges"] == ["east-3-3"]
    assert doors.roads.current.version == 1
    assert [c.edges for c in doors.roads.current.conditions] == [("east-3-3",)]
    listed = (await doors.call(Role.VIEWER, "GET", "/roads/conditions")).json()
    assert (listed["version"], len(listed["conditions"])) == (1, 1)
    [line] = listed["conditions"][0]["lines"]["coordinates"]  # so that a page can draw it at any zoom
    assert len(line) >= 2
    assert all(math.dist(point, (112.835, 35.4301)) < 0.02 for point in line)
    gone = await doors.call(Role.DISPATCHER, "DELETE", f"/roads/conditions/{condition['id']}")
    assert gone.json() == {"id": condition["id"], "ids": [condition["id"]]}
    assert doors.roads.current.conditions == ()
    again = await doors.call(Role.DISPATCHER, "DELETE", f"/roads/conditions/{condition['id']}")
    assert (again.status_code, again.json()["code"]) == (404, "road_condition_unknown")


async def test_what_a_report_means_is_shown_before_it_is_filed_and_filed_as_shown(doors: Doors) -> None:
    snow = {
        "names": ["人民 路"],
        "factor": 0.0,
        "also": [{"everywhere": True, "factor": 0.5, "vehicle_classes": ["heavy_engine"]}],
    }
    shown = await doors.call(Role.DISPATCHER, "POST", "/roads/conditions/preview", json=snow)
    assert shown.status_code == 200
    meant = shown.json()
    assert meant["pieces"] == meant["stretches"][1]["pieces"] == len(GRAPH.piece_ids)
    named = next(road for road in meant["roads"] if road["name"] == "人民路")
    assert named == {
        "name": "人民路",
        **{key: meant["stretches"][0][key] for key in ("pieces", "kilometres")},
    }
    assert named["kilometres"] == pytest.approx(ROAD_METRES / 1000, abs=0.001)
    assert (await doors.call(Role.VIEWER, "GET", "/roads/conditions")).json()["conditions"] == []
    filed = await doors.call(Role.DISPATCHER, "POST", "/roads/conditions", json={"reason": "snow", **snow})
    assert (filed.status_code, filed.json()["meant"]) == (201, meant)
    first, second = filed.json()["condition"], filed.json()["also"][0]
    assert first["filed_with"] == second["filed_with"] == first["id"]
    gone = await doors.call(Role.DISPATCHER, "DELETE", f"/roads/conditions/{second['id']}?together=true")
    assert set(gone.json()["ids"]) == {first["id"], second["id"]}
    assert doors.roads.current.conditions == ()


async def test_a_name_that_no_road_has_is_refused_with_the_nearest(doors: Doors) -> None:
    for path in ("/roads/conditions", "/roads/conditions/preview"):
        body = {"names": ["人民大路"]} | ({"reason": "works"} if path.endswith("conditions") else {})
        answer = await doors.call(Role.DISPATCHER, "POST", path, json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "road_name_unknown")
        assert answer.json()["params"] == {"name": "人民大路", "near": "人民路"}
    assert (await doors.call(Role.VIEWER, "POST", "/roads/conditions/preview", json=body)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/units/s1-1/status", {"status": "en_route", "at": "2026-04-04T10:00:00"}),
        ("/units/s1-1/status", {"status": 99}),
        ("/units/s1-1/status", {"status": "\x00"}),
        ("/units/s1-1/position", {"lon": 35.4, "lat": 112.8}),
        ("/units/s1-1/position", {"lon": "NaN", "lat": 1}),
        ("/units/s1-1/strength", {"crew": 60}),
        ("/units/s1-1/strength", {"qualifications": {"\x00": 1}}),
        ("/units/s1-1/service", {"cause": ""}),
        ("/roads/conditions", {"reason": "nothing"}),
        ("/roads/conditions", {"reason": "no road of it is a bridge", "names": ["人民路"], "bridges": True}),
        ("/roads/conditions", {"reason": "x", "road_classes": ["canal"]}),
        ("/roads/conditions", {"reason": "x", "surfaces": ["velvet"]}),
        ("/roads/conditions", {"reason": "x", "everywhere": False}),
        ("/roads/conditions", {"reason": "far", "at": {"lon": 0, "lat": 0}}),
        ("/roads/conditions", {"reason": "x", "edges": ["east-0-0"], "factor": 1.5}),
    ],
)
async def test_what_cannot_be_is_refused_as_problem_json(
    doors: Doors, path: str, body: dict[str, Any]
) -> None:
    answer = await doors.call(Role.DISPATCHER, "POST", path, json=body)
    assert answer.status_code in (404, 409, 422)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


async def test_a_year_far_off_means_long_ago_or_for_ever(doors: Doors) -> None:
    said = {"status": "en_route", "at": "0001-01-01T00:00:00+14:00"}
    answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/status", json=said)
    assert answer.json()["told"] == "late"
    fix = {"lon": 112.8, "lat": 35.4, "at": "9999-12-31T23:59:59-23:59"}
    answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/position", json=fix)
    assert answer.json() == {"verdict": "future"}
    duty = {"until": "9999-12-31T23:59:59-23:59"}
    answer = await doors.call(Role.DISPATCHER, "POST", "/units/s1-1/strength", json=duty)
    assert answer.json()["unit"]["duty_until"] == "2200-01-01T00:00:00.000Z"


async def test_an_unknown_unit_is_not_found(doors: Doors) -> None:
    for path, body in (
        ("status", {"status": 21}),
        ("position", {"lon": 112.8, "lat": 35.4}),
        ("strength", {"crew": 1}),
    ):
        answer = await doors.call(Role.DISPATCHER, "POST", f"/units/nobody/{path}", json=body)
        assert (answer.status_code, answer.json()["code"]) == (404, "unit_unknown")


async def test_the_board_is_a_snapshot_with_its_head(doors: Doors) -> None:
    board = (await doors.call(Role.DISPATCHER, "GET", "/board")).json()
    assert board["head"]["stream"] == f"county/{CODE}"
    assert board["head"]["seq"] == 1
    assert len(board["cards"]["units"]) == 8
    assert board["county"]["synthetic"] is True
    assert (await doors.call(Role.GATEWAY, "GET", "/board")).status_code == 403


async def test_places_and_ladder_over_http(doors: Doors) -> None:
    found = (await doors.call(Role.DISPATCHER, "GET", "/places", params={"q": "dyqtc"})).json()["places"]
    assert (found[0]["code"], found[0]["kind"], found[0]["label"]) == ("t1-01", "village", "大阳镇 渠头村")
    towns = (await doors.call(Role.DISPATCHER, "GET", "/ladder")).json()["places"]
    assert [town["kind"] for town in towns] == ["town"] * 3
    below = (await doors.call(Role.DISPATCHER, "GET", "/ladder", params={"under": "t1-02"})).json()["places"]
    assert [place["kind"] for place in below] == ["hamlet", "group"]


async def test_tiles_come_with_a_token_and_empty_ones_say_so(doors: Doors) -> None:
    tile = await doors.call(Role.VIEWER, "GET", "/tiles/3/6/3.mvt")
    assert (tile.status_code, tile.content) == (200, b"\x1a\x00")
    assert tile.headers["content-type"] == "application/vnd.mapbox-vector-tile"
    assert (await doors.call(Role.VIEWER, "GET", "/tiles/3/0/0.mvt")).status_code == 204
    assert (await doors.call(Role.VIEWER, "GET", "/tiles/3/9/0.mvt")).status_code == 404
    assert (await doors.call(Role.VIEWER, "GET", "/tiles/17/0/0.mvt")).status_code == 422
    assert (await doors.client.get("/api/v1/tiles/3/6/3.mvt")).status_code == 401


async def test_the_page_allows_no_inline_code(doors: Doors, tmp_path: Any) -> None:
    assert (await doors.client.get("/")).status_code == 503
    assets = tmp_path / "pages" / "assets"
    assets.mkdir(parents=True)
    (tmp_path / "pages" / "index.html").write_text("<!doctype html><title>片区</title>", encoding="utf-8")
    (assets / "app-AB12CD34.js").write_text("1", encoding="utf-8")
    (assets / "icon.svg").write_text("<svg/>", encoding="utf-8")
    page = await doors.client.get("/")
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "ws://pianqu.test" in policy
    odd = await doors.client.get("/", headers={"Host": "x; script-src *"})
    assert "script-src *" not in odd.headers["content-security-policy"]
    assert "immutable" in (await doors.client.get("/assets/app-AB12CD34.js")).headers["cache-control"]
    assert (await doors.client.get("/assets/icon.svg")).headers["cache-control"] == "no-cache"
    assert (await doors.client.get("/assets/../secret")).status_code == 404
