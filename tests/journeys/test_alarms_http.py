"""The alarms API as a gateway and a dispatcher meet it: real tokens, real database, no server in between."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import ignored_auth

from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.principal import Role
from dispatch.access.problem import install_problem_handlers
from dispatch.alarms.api import make_alarms_router
from runtime.database import Database
from tests.storage.alarm_world import World, make_world
from tests.storage.small_county import CODE, VILLAGE_E, VILLAGE_W

NOBODY = "01900000-0000-7000-8000-000000000000"  # fixed: parallel workers must collect the same names


@dataclass
class Service:
    world: World
    app: FastAPI
    tokens: dict[Role, str]
    http: httpx.AsyncClient

    async def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        role: Role = Role.DISPATCHER,
        key: str | None = None,
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.tokens[role]}"}
        if key is not None:
            headers["Idempotency-Key"] = key
        return await self.http.request(method, f"/api/v1{path}", json=body, headers=headers)

    async def post(self, path: str, body: Any = None, **named: Any) -> httpx.Response:
        return await self.call("POST", path, body, **named)

    async def get(self, path: str, **named: Any) -> Any:
        answer = await self.call("GET", path, **named)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def incident(self, at: tuple[float, float] = VILLAGE_W, **body: Any) -> str:
        alarm = {"source": "119", "kind": "building", "location": {"lon": at[0], "lat": at[1]}, **body}
        answer = await self.post("/alarms", alarm, role=Role.GATEWAY)
        assert answer.status_code == 201, answer.text
        await self.world.sweep()
        return str(answer.json()["incident_id"])


@pytest.fixture
async def service(db: Database) -> AsyncIterator[Service]:
    world = await make_world(db, automatic=False)
    guard = Guard(db)
    app = FastAPI()
    install_problem_handlers(app)
    app.include_router(make_alarms_router(world.desk, guard), prefix="/api/v1")
    tokens = {
        role: await create_token(db, county=CODE, role=role)
        for role in (Role.DISPATCHER, Role.GATEWAY, Role.VIEWER)
    }
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as http:
        yield Service(world, app, tokens, http)
    guard.close()


async def test_an_alarm_s_answer_is_as_promised_and_a_repeat_gets_the_first_one(service: Service) -> None:
    alarm = {
        "source": "119",
        "source_id": "jq-1",
        "kind": "building",
        "location": {"lon": VILLAGE_W[0], "lat": VILLAGE_W[1]},
    }
    first = await service.post("/alarms", alarm, role=Role.GATEWAY, key="k1")
    again = await service.post("/alarms", alarm, role=Role.GATEWAY, key="k1")
    other_key = await service.post("/alarms", alarm, role=Role.GATEWAY, key="k2")
    assert first.status_code == again.status_code == other_key.status_code == 201
    assert first.json() == again.json() == other_key.json()
    assert set(first.json()) == {"alarm_id", "incident_id", "incident_number", "linked"}


async def test_the_same_key_for_another_alarm_is_a_conflict(service: Service) -> None:
    assert (await service.post("/alarms", {"source": "a"}, key="k1")).status_code == 201
    answer = await service.post("/alarms", {"source": "b"}, key="k1")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"{}", b"null", b"\xff\xfe", b'"x"', b"[" * 5000])
async def test_only_what_is_no_alarm_at_all_is_refused(service: Service, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {service.tokens[Role.GATEWAY]}", "Content-Type": "application/json"}
    answer = await service.http.post("/api/v1/alarms", content=body, headers=headers)
    assert answer.status_code in (400, 422)
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "body",
    [
        b'{"location": {"lon": NaN, "lat": Infinity}}',
        b'{"location": "\\ud800 village", "caller": "\\u0000"}',
        '{"source": "119", "location": {"text": "柳河村"}}'.encode("gb18030"),
        b'{"source": 12, "kind": ["fire"], "trapped": "yes", "location": 5, "reported_at": "yesterday"}',
        b'{"trapped": 1e400, "location": {"lon": "112.74", "lat": "35.44"}}',
        json.dumps({"location": {"lat": VILLAGE_W[0], "lon": VILLAGE_W[1]}}).encode(),
    ],
)
async def test_an_alarm_with_a_bad_place_is_taken_never_refused(service: Service, body: bytes) -> None:
    headers = {"Authorization": f"Bearer {service.tokens[Role.GATEWAY]}"}
    answer = await service.http.post("/api/v1/alarms", content=body, headers=headers)
    assert answer.status_code == 201, answer.text
    detail = await service.get(f"/incidents/{answer.json()['incident_id']}")
    assert detail["incident"]["status"] == "open"


async def test_a_dispatcher_works_an_incident_from_alarm_to_closing(service: Service) -> None:
    id = await service.incident(trapped=1)
    assert [i["id"] for i in (await service.get("/incidents?status=open"))["incidents"]] == [id]
    proposal = await service.get(f"/incidents/{id}/proposal")
    assert proposal["units"][0]["reason"]["code"] == "reason.nearest"
    assert proposal["detail"]["paths"]
    sent = await service.post(f"/incidents/{id}/assignments", {"proposal": True}, key="f9")
    again = await service.post(f"/incidents/{id}/assignments", {"proposal": True}, key="f9")
    assert sent.status_code == 201
    assert sent.json() == again.json()
    ids = [card["id"] for card in sent.json()["assignments"]]
    assert len(ids) == len(proposal["units"])
    for number, assignment in enumerate(ids):
        said = {"by": "王班长", "via": "telephone"}
        answer = await service.post(f"/assignments/{assignment}/acknowledge", said)
        assert answer.json()["assignment"]["state"] == "acknowledged"
        if number == 0:
            more = await service.post(
                f"/incidents/{id}/reinforcement", {"needs": {"engine": 1}, "order": True}
            )
            assert more.status_code == 200, more.text
            ids += [card["id"] for card in more.json()["assignments"]]
    assert (await service.post(f"/incidents/{id}/level", {"level": 3})).json()["level"] == 3
    milestone = await service.post(f"/incidents/{id}/milestones", {"milestone": "under_control"})
    assert milestone.status_code == 200
    moved = await service.post(f"/incidents/{id}/location", {"location": {"text": "柳河村"}})
    assert moved.json()["place_verified"] is True
    assert (await service.post(f"/incidents/{id}/close")).status_code == 409
    for assignment in ids:
        await service.post(f"/assignments/{assignment}/acknowledge", {"by": "x", "via": "radio"})
        answer = await service.post(f"/assignments/{assignment}/clear", {"by": "x", "via": "radio"})
        assert answer.json()["assignment"]["state"] == "cleared"
    assert (await service.post(f"/incidents/{id}/close", {"why": "out"})).json()["status"] == "closed"
    detail = await service.get(f"/incidents/{id}", role=Role.VIEWER)
    parts = (
        "incident",
        "alarms",
        "assignments",
        "notices",
        "journal",
        "intervals",
        "water",
        "road_conditions",
    )
    assert set(detail) == set(parts)
    assert detail["journal"][0]["type"] == "incident_opened"
    assert "cards" not in detail["journal"][0]["data"]
    assert detail["intervals"]["open_seconds"] > 0
    notice = detail["notices"][0]
    received = await service.post(f"/notices/{notice['id']}/received", {"by": "值班室"})
    assert received.json()["received_by"] == "值班室"


async def test_who_may_do_what(service: Service) -> None:
    id = await service.incident()
    assert (await service.http.get("/api/v1/incidents")).status_code == 401
    assert (await service.call("GET", "/incidents", role=Role.GATEWAY)).status_code == 403
    order = {"proposal": True}
    for role in (Role.VIEWER, Role.GATEWAY):
        assert (await service.post(f"/incidents/{id}/assignments", order, role=role)).status_code == 403
    assert (await service.post("/alarms", {"source": "x"}, role=Role.VIEWER)).status_code == 403


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/incidents/{id}/assignments", {}, 422),
        ("/incidents/{id}/assignments", {"units": ["W1-1"], "proposal": True}, 422),
        ("/incidents/{id}/assignments", {"units": ["nobody"]}, 404),
        ("/incidents/{id}/level", {"level": 9}, 422),
        ("/incidents/{id}/milestones", {"milestone": "lunch"}, 422),
        ("/incidents/{id}/location", {"location": {}}, 422),
        ("/incidents/{id}/location", {"location": {"text": "nowhere at all"}}, 404),
        ("/incidents/{id}/location", {"location": {"lon": 1, "lat": 1}}, 404),
        ("/incidents/{id}/link", {"incident_id": NOBODY}, 404),
        ("/incidents/{id}/unlink", {"alarm_id": NOBODY}, 404),
        ("/incidents/{id}/reinforcement", {"needs": {"magic": 1}}, 404),
        ("/incidents/not-an-id/close", {}, 422),
        (f"/incidents/{NOBODY}/close", {}, 404),
        (f"/assignments/{NOBODY}/acknowledge", {}, 404),
        (f"/assignments/{NOBODY}/unable", {}, 422),
        (f"/notices/{NOBODY}/received", {}, 404),
    ],
)
async def test_what_cannot_be_done_is_a_problem_with_a_code(
    service: Service, path: str, body: Any, status: int
) -> None:
    id = await service.incident()
    answer = await service.post(path.replace("{id}", id), body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["code"]
    assert problem["detail"] != f"problem.{problem['code']}"


async def test_pages_of_incidents_follow_each_other(service: Service) -> None:
    ids = [await service.incident(at) for at in (VILLAGE_W, VILLAGE_E, (112.80, 35.46))]
    first = await service.get("/incidents?limit=2")
    second = await service.get(f"/incidents?limit=2&before={first['next']}")
    assert [i["id"] for i in first["incidents"] + second["incidents"]] == ids[::-1]
    assert second["next"] is None


def cases_of(operation: Any, count: int) -> list[Any]:
    """Requests that the document allows."""
    found: list[Any] = []

    @settings(max_examples=count, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def collect(case: Any) -> None:
        found.append(case)

    collect()
    return found


async def test_schemathesis_finds_nothing(service: Service) -> None:
    """Every endpoint against its own document: no 5xx, no undocumented status, no wrong content type."""
    schema = schemathesis.openapi.from_dict(service.app.openapi())
    token = {"Authorization": f"Bearer {service.tokens[Role.DISPATCHER]}"}
    known = await service.incident()
    checked = 0
    for result in schema.get_all_operations():
        for case in cases_of(result.ok(), 20):
            if checked % 3 and "id" in (case.path_parameters or {}):
                case.path_parameters["id"] = known
            sent = case.as_transport_kwargs(base_url="http://test")
            sent["headers"] = {**sent.get("headers", {}), **token}
            sent.pop("cookies", None)
            answer = await service.http.request(**sent)
            response = schemathesis.Response.from_any(answer)
            # The token is ours, not the generated one; test_who_may_do_what covers the doors.
            case.validate_response(response, excluded_checks=[ignored_auth])
            checked += 1
    assert checked > 200


async def test_a_dispatcher_verifies_a_sensor_and_reads_the_day_in_figures(service: Service) -> None:
    incident = await service.incident(source="sensor", verified=False)
    assert (await service.get(f"/incidents/{incident}"))["incident"]["verified"] is False
    refused = await service.post(f"/incidents/{incident}/verify", role=Role.VIEWER)
    assert refused.status_code == 403
    card = (await service.post(f"/incidents/{incident}/verify", {"by": "王班长"})).json()
    assert card["verified"] is True
    whole = await service.get(f"/incidents/{incident}")
    assert whole["water"] == []
    assert whole["road_conditions"] == []
    day = card["opened_at"][:10]
    figures = [await service.get(f"/days/{one}") for one in (day, "2020-01-01")]
    assert [figure["alarms"] for figure in figures][1] == 0


async def test_the_city_s_centre_reads_what_became_of_the_alarm_it_passed_on(service: Service) -> None:
    alarm = {"source": "119", "source_id": "jq-77", "kind": "building", "location": {"text": "柳河村"}}
    made = (await service.post("/alarms", alarm, role=Role.GATEWAY)).json()
    await service.post(f"/incidents/{made['incident_id']}/assignments", {"units": ["W1-1"]})
    told = await service.get(f"/alarms/{made['alarm_id']}", role=Role.GATEWAY)
    assert (told["source_id"], told["incident_number"], told["status"]) == (
        "jq-77",
        made["incident_number"],
        "open",
    )
    assert [(one["unit"], one["state"]) for one in told["units"]] == [("W1-1", "dispatched")]
    assert "caller" not in told


async def test_a_gateway_reads_no_alarm_of_another(service: Service) -> None:
    made = await service.post("/alarms", {"kind": "building", "location": {"text": "柳河村"}})
    answer = await service.call("GET", f"/alarms/{made.json()['alarm_id']}", role=Role.GATEWAY)
    assert (answer.status_code, answer.json()["code"]) == (404, "no_alarm")
