"""The whole API against its own document, and every door of it without a key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi.checks import ignored_auth
from websockets.asyncio.client import connect

from dispatch.access.principal import Role
from runtime.servers import Servers
from tests.journeys.socket_house import Talk
from tests.journeys.whole_service import Whole, open_whole
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, small_county

EXAMPLES = 25  # of each operation
LONGEST_SECONDS = 40.0  # on a slow machine some operations get fewer
DOORS = {
    "/api/v1/login",
    "/api/v1/login/one-time",
    "/api/v1/devices/enrol",
    "/api/v1/roster/feeds/{code}.ics",
    "/health/live",
    "/health/ready",
}
TOKENS_END = {"/api/v1/logout"}


@pytest.fixture
async def whole(tmp_path: Path, servers: Servers, database_url: str) -> AsyncIterator[Whole]:
    own = replace(servers, database_url=database_url)
    async with open_whole(tmp_path, own, small_county(), automatic=False) as found:
        yield found


async def document(whole: Whole) -> dict[str, Any]:
    found: dict[str, Any] = await whole.get("/openapi.json")
    return found


def operations(document: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        (method.upper(), path)
        for path, item in document["paths"].items()
        for method in item
        if method in ("get", "post", "put", "patch", "delete")
    ]


def filled(path: str) -> str:
    for name, value in (
        ("{id}", "01938f60-5a2c-7c11-9d3e-5b7f0c1a2d3e"),
        ("{day}", "2026-04-04"),
        ("{code}", "W1"),
        ("{team}", "W1"),
        ("{shift}", "T24"),
        ("{person}", "w101"),
        ("{z}", "10"),
        ("{x}", "1"),
        ("{y}", "1"),
    ):
        path = path.replace(name, value)
    assert "{" not in path, path
    return path


async def test_nothing_but_doors_and_health_checks_answers_without_a_token(whole: Whole) -> None:
    found = operations(await document(whole))
    assert len(found) > 40
    for method, path in found:
        for headers in ({}, {"Authorization": "Bearer pq_invented"}, {"Authorization": "Basic YTpi"}):
            answer = await whole.http.request(method, filled(path), headers=headers)
            if path in DOORS:
                assert answer.status_code != 401 or path == "/api/v1/login"
            else:
                assert answer.status_code == 401, (method, path, answer.status_code)
                assert answer.headers["content-type"] == "application/problem+json"
                assert "Bearer" in answer.headers["www-authenticate"]


async def test_no_route_is_missing_in_the_document_but_the_document_itself(whole: Whole) -> None:
    documented = set(operations(await document(whole)))
    served = {
        (method, route.path)
        for route in whole.app.routes
        if isinstance(route, APIRoute)
        for method in route.methods
    }
    assert served - documented == {("GET", "/api/v1/openapi.json")}
    assert (await whole.http.get("/api/v1/openapi.json")).status_code == 401
    for path in ("/docs", "/redoc", "/openapi.json", "/api/v1/nothing"):
        answer = await whole.http.get(path)
        assert answer.status_code in (401, 404) or "swagger" not in answer.text.lower()


@pytest.mark.parametrize("path", ["/ws/device", "/ws/console"])
async def test_no_socket_talks_to_whoever_has_no_token(whole: Whole, path: str) -> None:
    role = path.rpartition("/")[2]
    async with connect("ws" + whole.url.removeprefix("http") + path, ping_interval=None) as socket:
        talk = Talk(socket)
        await talk.say("hello", token="pq_invented", role=role, client="test/1")
        assert (await talk.hear())["code"] == "unauthorized"
        assert await talk.closed() == 4401


def cases_of(operation: Any, count: int) -> list[Any]:
    """Requests that the document allows, and some that it does not."""
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found


async def test_an_area_that_is_none_closes_what_it_touches(whole: Whole) -> None:
    """Found by schemathesis: a triangular hole in a point."""
    spot, hole = list(VILLAGE_W), [list(VILLAGE_E), [112.8, 35.4], [112.7, 35.5], list(VILLAGE_E)]
    area = {"type": "Polygon", "coordinates": [[spot] * 4, hole]}
    made = await whole.post("/roads/conditions", {"reason": "x", "area": area})
    assert made["condition"]["area"]["type"] == "Polygon"


async def test_schemathesis_finds_nothing_in_the_whole_api(whole: Whole) -> None:
    """No 5xx, no undocumented status, no wrong content type, no answer that breaks its schema."""
    known = {
        "incidents": await whole.alarm(VILLAGE_W, trapped=1),
        "units": "W1-1",
        "assignments": "",
        "notices": "",
    }
    ordered = await whole.post(f"/incidents/{known['incidents']}/assignments", {"units": ["W1-1", "E1-1"]})
    known["assignments"] = ordered["assignments"][0]["id"]
    known["notices"] = (await whole.get(f"/incidents/{known['incidents']}"))["notices"][0]["id"]
    await whole.alarm(VILLAGE_E)
    schema = schemathesis.openapi.from_dict(await document(whole))
    end = time.monotonic() + LONGEST_SECONDS
    tried = checked = 0
    found: list[str] = []
    for result in schema.get_all_operations():
        operation = result.ok()
        path, method = operation.path, operation.method.upper()
        tried += 1
        count = EXAMPLES if time.monotonic() < end else 2
        for number, case in enumerate(await asyncio.to_thread(cases_of, operation, count)):
            kind = path.removeprefix("/api/v1/").partition("/")[0]
            if number % 2 and "id" in (case.path_parameters or {}) and known.get(kind):
                case.path_parameters["id"] = known[kind]
            sent = case.as_transport_kwargs(base_url=whole.url)
            role = Role.VIEWER if path in TOKENS_END else Role.ADMIN
            if path not in DOORS:
                sent["headers"] = {**sent.get("headers", {}), "Authorization": f"Bearer {whole.people[role]}"}
            sent.pop("cookies", None)
            if isinstance(sent.get("data"), bytes | str):
                sent["content"] = sent.pop("data")
            answer = await whole.http.request(**sent)
            assert answer.status_code not in (403, 405) or method not in ("GET", "POST"), (method, path)
            try:
                case.validate_response(
                    schemathesis.Response.from_any(answer),
                    # The token is ours, not the generated one; the doors have tests of their own above.
                    excluded_checks=[ignored_auth],
                )
            except FailureGroup as group:
                found += [f"{method} {path}: {failure} {answer.text[:300]}" for failure in group.exceptions]
            checked += 1
    assert found == []
    assert tried == len(operations(await document(whole)))
    assert checked > 200
