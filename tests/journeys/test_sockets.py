"""The sockets of a real service: who gets in, what arrives, what ends a connection."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID, uuid4

import httpx
import pytest
from websockets.exceptions import InvalidStatus

from dispatch.access import devices
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from runtime.database import Database
from tests.journeys.socket_house import House, open_house, talking
from tests.storage.access_rows import COUNTY, make_county

ADMIN = Principal(COUNTY, Role.ADMIN, "operator/x", None, "管理员")


@pytest.fixture
async def house(db: Database) -> AsyncIterator[House]:
    await make_county(db)
    async with open_house(db) as made:
        yield made


@pytest.fixture
async def tablet(house: House) -> str:
    return await house.token(Role.DEVICE, "bagong")


def position(welcome: dict[str, object], seq: int) -> list[dict[str, object]]:
    return [{"stream": welcome["stream"], "epoch": welcome["epoch"], "seq": seq}]


async def test_a_device_gets_a_snapshot_then_events_and_what_it_acknowledges_is_delivered(
    house: House, tablet: str
) -> None:
    async with talking(house) as talk:
        welcome = await talk.hello(tablet)
        assert (welcome["type"], welcome["start"], welcome["after"]) == ("welcome", "snapshot", 1)
        assert welcome["identity"]["station"] == "bagong"
        await house.tell(welcome["stream"], "order_dispatched", assignment_id=str(uuid4()))
        event = await talk.hear("event")
        assert (event["seq"], event["event"]) == (2, "order_dispatched")
        await talk.say("ack", seq=2)
        device = UUID(welcome["identity"]["device"])
        await house.crews.until(lambda: house.crews.delivered_to.get(device) == 2)


async def test_a_device_that_comes_back_gets_what_it_missed_and_its_position_counts_as_acknowledged(
    house: House, tablet: str
) -> None:
    async with talking(house) as talk:
        welcome = await talk.hello(tablet)
    for n in range(3):
        await house.tell(welcome["stream"], "bell_rung", n=n)
    async with talking(house) as talk:
        again = await talk.hello(tablet, streams=position(welcome, 2))
        assert (again["start"], again["after"], again["head"], again["snapshot"]) == ("resume", 2, 4, None)
        assert [(await talk.hear("event"))["seq"] for _ in range(2)] == [3, 4]
        device = UUID(welcome["identity"]["device"])
        await house.crews.until(lambda: house.crews.delivered_to.get(device) == 2)


@pytest.mark.parametrize(
    "claim",
    [
        {"seq": 99},
        {"epoch": "00000000-0000-0000-0000-00000000000f"},
        {"stream": "device/somebody-else"},
    ],
)
async def test_a_position_that_is_not_in_this_history_gets_a_snapshot(
    house: House, tablet: str, claim: dict[str, object]
) -> None:
    async with talking(house) as talk:
        welcome = await talk.hello(tablet)
    async with talking(house) as talk:
        again = await talk.hello(tablet, streams=[{**position(welcome, 1)[0], **claim}])
        assert again["start"] == "snapshot"


async def test_a_console_sees_the_county(house: House) -> None:
    token = await house.token(Role.VIEWER)
    async with talking(house, "/ws/console") as talk:
        welcome = await talk.hello(token, "console")
        assert (welcome["stream"], welcome["snapshot"]) == (f"county/{COUNTY}", {"incidents": []})
        await house.tell(f"county/{COUNTY}", "alarm_received")
        assert (await talk.hear("event"))["seq"] == 1


@pytest.mark.parametrize(
    ("path", "role", "station", "said", "code"),
    [
        ("/ws/device", Role.DISPATCHER, None, "device", 4403),
        ("/ws/console", Role.DEVICE, "bagong", "console", 4403),
        ("/ws/console", Role.GATEWAY, None, "console", 4403),
        ("/ws/device", Role.DEVICE, "bagong", "console", 4403),
        ("/ws/device", None, None, "device", 4401),
    ],
)
async def test_a_token_opens_only_its_own_socket(
    house: House, path: str, role: Role | None, station: str | None, said: str, code: int
) -> None:
    token = await house.token(role, station) if role else "pq_unknown"
    async with talking(house, path) as talk:
        bye = await talk.hello(token, said)
        assert (bye["type"], bye["reconnect"]) == ("bye", False)
        assert await talk.closed() == code


async def test_anything_but_hello_first_is_shown_the_door(house: House) -> None:
    async with talking(house) as talk:
        await talk.say("ack", seq=1)
        assert (await talk.hear())["code"] == "protocol"
        assert await talk.closed() == 4400


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "https://{host}", "http://{host}.evil.example", "null"]
)
async def test_a_page_from_elsewhere_gets_no_socket(house: House, origin: str) -> None:
    origin = origin.replace("{host}", house.url.removeprefix("http://"))
    with pytest.raises(InvalidStatus) as refused:
        async with talking(house, origin=origin):
            pass
    assert refused.value.response.status_code == 403


async def test_our_own_page_gets_a_socket(house: House) -> None:
    token = await house.token(Role.DISPATCHER)
    async with talking(house, "/ws/console", origin=house.url) as talk:
        assert (await talk.hello(token, "console"))["type"] == "welcome"


async def test_the_newer_connection_of_a_device_fences_the_older(house: House, tablet: str) -> None:
    async with talking(house) as old:
        await old.hello(tablet)
        async with talking(house) as new:
            await new.hello(tablet)
            assert (await old.hear("bye")) == {"type": "bye", "code": "fenced", "reconnect": False}
            assert await old.closed() == 4409
            await new.say("ping")
            assert (await new.hear())["type"] == "pong"


async def test_a_connection_in_another_process_is_fenced_too(house: House, tablet: str) -> None:
    async with talking(house) as old:
        await old.hello(tablet)
        async with open_house(house.db) as other, talking(other) as new:
            await new.hello(tablet)
            assert (await old.hear("bye"))["code"] == "fenced"


@pytest.mark.parametrize("hint", [True, False])
async def test_revoking_a_device_closes_its_socket_within_a_second(
    house: House, tablet: str, hint: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not hint:
        monkeypatch.setattr(house.db.hints, "publish", lambda topics: None)
    async with talking(house) as talk:
        welcome = await talk.hello(tablet)
        begun = asyncio.get_running_loop().time()
        await devices.revoke_device(house.db, ADMIN, UUID(welcome["identity"]["device"]))
        assert (await talk.hear("bye"))["code"] == "revoked"
        assert await talk.closed() == 4410
        assert asyncio.get_running_loop().time() - begun < 1.5  # a second, and a busy machine
    async with talking(house) as talk:
        assert (await talk.hello(tablet))["code"] == "unauthorized"


async def test_a_command_is_answered_with_what_stands_and_its_repeat_with_the_same(
    house: House, tablet: str
) -> None:
    async with talking(house) as talk:
        await talk.hello(tablet)
        command = {"command_id": "c1", "assignment": str(uuid4()), "decision": "acknowledge"}
        await talk.say("decide", **command)
        first = await talk.hear("result")
        await talk.say("decide", **command)
        second = await talk.hear("result")
        assert first["ok"] is second["ok"] is True
        assert first["stands"] == second["stands"]
        assert len(house.crews.heard) == 1


@pytest.mark.parametrize(
    ("error", "code", "retry"),
    [
        (Problem(404, "no_assignment", {"id": "x"}), "no_assignment", False),
        (Problem(503, "busy"), "busy", True),
        (ConnectionResetError(), "unavailable", True),
        (ZeroDivisionError(), "internal", False),
    ],
)
async def test_a_refused_command_says_why_and_the_connection_lives_on(
    house: House, tablet: str, error: Exception, code: str, retry: bool
) -> None:
    async with talking(house) as talk:
        await talk.hello(tablet)
        house.crews.refuse_with = error
        await talk.say("status", command_id="c1", unit="bagong-1", status="en_route")
        result = await talk.hear("result")
        assert (result["ok"], result["code"], result["retry"]) == (False, code, retry)
        await talk.say("status", command_id="c2", unit="bagong-1", status="en_route")
        assert (await talk.hear("result"))["ok"] is True


async def test_bad_frames_are_named_and_the_connection_lives_on(house: House, tablet: str) -> None:
    async with talking(house) as talk:
        await talk.hello(tablet)
        await talk.socket.send("nonsense")
        assert (await talk.hear("error"))["code"] == "not_json"
        await talk.socket.send(b"\x00\x01")
        assert (await talk.hear("error"))["code"] == "not_json"
        await talk.say("ack", seq=99)
        assert (await talk.hear("error"))["code"] == "ack_ahead"
        await talk.say("position", unit="x", lon=1, lat=2, at="2026-11-22T08:00:00Z")
        assert (await talk.hear("error"))["code"] == "not_its_unit"
        await talk.say("ping")
        assert (await talk.hear())["type"] == "pong"


async def test_a_client_that_does_not_read_gets_everything_when_it_reads_again(
    house: House, tablet: str
) -> None:
    async with talking(house, max_queue=1) as talk:
        welcome = await talk.hello(tablet)
        async with house.db.work() as work:  # far more than the kernel's buffers and ours hold
            for n in range(400):
                work.journal(welcome["stream"], "bell_rung", {"n": n, "filler": "x" * 50_000}, county=COUNTY)
        assert [(await talk.hear("event"))["seq"] for _ in range(400)] == list(range(2, 402))


# ── the doors over HTTP ────────────────────────────────────────────────────────────────────────────────────────


async def test_everything_but_the_doors_needs_a_token_and_refuses_in_problem_json(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url + "/api/v1", trust_env=False) as http:
        for path in ("/me", "/devices", "/operators"):
            answer = await http.get(path)
            assert answer.status_code == 401
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert answer.json()["code"] == "no_token"
        viewer = {"Authorization": f"Bearer {await house.token(Role.VIEWER)}"}
        assert (await http.get("/devices", headers=viewer)).json()["code"] == "wrong_role"
        assert (await http.get("/me", headers=viewer)).json()["role"] == "viewer"
        assert (await http.get("/nowhere")).json()["code"] == "not_found"
        wrong = await http.delete("/login")
        assert (wrong.status_code, wrong.json()["code"]) == (405, "method_not_allowed")
        broken = await http.post("/login", content=b"{", headers={"Content-Type": "application/json"})
        assert (broken.status_code, broken.json()["code"]) == (400, "not_json")
        assert (await http.post("/login", json={"login": "a"})).json()["code"] == "invalid_fields"
        english = await http.post("/login/one-time", json={"code": "x"}, headers={"Accept-Language": "en-GB"})
        assert (english.status_code, english.json()["detail"]) == (401, "The code is wrong, used or expired")


async def test_a_tablet_is_enrolled_over_http_and_connects(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url + "/api/v1", trust_env=False) as http:
        admin = {"Authorization": f"Bearer {await house.token(Role.ADMIN)}"}
        asked = {"station": "bagong", "unit": "bagong-1", "name": "1 号平板"}
        code = (await http.post("/devices/enrol-codes", json=asked, headers=admin)).json()["code"]
        enrolled = (await http.post("/devices/enrol", json={"code": code})).json()
        async with talking(house) as talk:
            welcome = await talk.hello(enrolled["token"])
            assert welcome["identity"]["name"] == "1 号平板"
            (listed,) = (await http.get("/devices", headers=admin)).json()
            assert listed["id"] == enrolled["device"]
            revoked = await http.post(f"/devices/{enrolled['device']}/revoke", headers=admin)
            assert revoked.status_code == 204
            assert (await talk.hear("bye"))["code"] == "revoked"


async def test_an_operator_is_made_logs_in_and_is_disabled(house: House) -> None:
    async with httpx.AsyncClient(base_url=house.url + "/api/v1", trust_env=False) as http:
        admin = {"Authorization": f"Bearer {await house.token(Role.ADMIN)}"}
        person = {"login": "wang", "name": "王值班", "role": "dispatcher", "password": "correct horse"}
        made = await http.post("/operators", json=person, headers=admin)
        assert made.status_code == 201
        assert (await http.post("/operators", json=person, headers=admin)).status_code == 409
        device = await http.post("/operators", json={**person, "role": "device"}, headers=admin)
        assert device.status_code == 422
        session = await http.post("/login", json={"login": "wang", "password": "correct horse"})
        own = {"Authorization": f"Bearer {session.json()['token']}"}
        assert (await http.get("/me", headers=own)).json()["name"] == "王值班"
        await http.post(f"/operators/{made.json()['id']}/disable", headers=admin)
        assert (await http.get("/me", headers=own)).status_code == 401
