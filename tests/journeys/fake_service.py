"""The service as the page sees it, without a database: the documented frames and a few answers, for page tests.

`python -m tests.journeys.fake_service` serves the page with a picture-book night, to look at while designing.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket, WebSocketDisconnect
from starlette.responses import Response

from dispatch.console.site import mount_pages
from runtime.clock import utc_now
from tests.journeys import fake_board
from tests.journeys.fake_board import Card

STREAM = "county/140525"
EPOCH = "0b54c1f0-91a7-4bfb-8a0f-7b1f4e4a8d21"
TOKEN = "pq_fake"


def text(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class FakeService:
    """Holds a board and the events since; `change` journals one. `calls` is what the page has posted."""

    def __init__(self) -> None:
        self.board = fake_board.board()
        self.events: list[Card] = []
        self.calls: list[tuple[str, Any]] = []
        self.ways: dict[str, Any] = {}
        self.hellos: list[Card] = []
        self.mute = False
        self._waiting: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []
        self.sockets: list[WebSocket] = []
        self.loop: asyncio.AbstractEventLoop | None = None
        self.app = FastAPI(openapi_url=None)
        self._routes()
        mount_pages(self.app)

    def change(self, type: str, params: Card | None = None, **cards: list[Card]) -> None:
        seq = len(self.events) + 1
        data = {**(params or {}), "cards": cards}
        frame = {"type": "event", "seq": seq, "at": text(utc_now()), "event": type, "v": 1, "data": data}
        for kind, changed in cards.items():
            held = {card["id"]: card for card in self.board["cards"][kind]}
            held |= {card["id"]: card for card in changed}
            self.board["cards"][kind] = list(held.values())
        self.events.append(frame)
        for loop, event in self._waiting:
            loop.call_soon_threadsafe(event.set)

    def drop_connections(self) -> None:
        assert self.loop is not None
        for socket in self.sockets:
            asyncio.run_coroutine_threadsafe(socket.close(1012), self.loop).result(5)

    def _routes(self) -> None:
        api = "/api/v1"

        @self.app.post(f"{api}/login")
        @self.app.post(f"{api}/login/one-time")
        async def login(request: Request) -> Card:
            self.calls.append((request.url.path, await request.json()))
            return {
                "token": TOKEN,
                "expires_at": None,
                "county": "140525",
                "role": "dispatcher",
                "name": "李强",
            }

        @self.app.get(f"{api}/tiles/{{z}}/{{x}}/{{y}}.mvt")
        async def tile(z: int, x: int, y: int, request: Request) -> Response:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return Response(status_code=401)
            return Response(
                await asyncio.to_thread(fake_board.tile, z, x, y), media_type="application/x-protobuf"
            )

        @self.app.get(f"{api}/places")
        @self.app.get(f"{api}/ladder")
        async def places(q: str = "", under: str = "") -> Card:
            names = fake_board.TOWNS if not under else ("渠头村", "东四义村", "三家店村")
            return {
                "places": [
                    {"kind": "village" if under else "town", "code": f"{under}{name}", "name": name,
                     "label": f"{under} {name}".strip(), "lon": 112.8, "lat": 35.5}
                    for name in names if q == "" or q in name or q == "bg"
                ]
            }  # fmt: skip

        @self.app.get(f"{api}/incidents/{{id}}/proposal")
        async def proposal(id: str) -> Card:
            return {"id": id, "detail": {"paths": self.ways}}

        @self.app.get(f"{api}/incidents/{{id}}")
        async def one(id: str) -> Card:
            words = {
                "source": "119",
                "caller": "138****2231",
                "description": "渠头村北头，二楼在烧，老人没出来",
            }
            return {"alarms": [{"id": "a1", "reported_at": text(utc_now()), "linked": False, **words}]}

        @self.app.post(f"{api}/{{path:path}}", status_code=201)
        async def command(path: str, request: Request) -> Card:
            self.calls.append((path, await request.json()))
            return {
                "alarm_id": "a",
                "incident_id": "i",
                "incident_number": "20261122-009",
                "linked": False,
                "assignments": [{"id": "x1"}],
            }

        @self.app.websocket("/ws/console")
        async def console(socket: WebSocket) -> None:
            await socket.accept()
            self.loop = asyncio.get_running_loop()
            self.sockets.append(socket)
            try:
                await self._talk(socket)
            except (WebSocketDisconnect, RuntimeError):
                pass
            finally:
                self.sockets.remove(socket)

    async def _talk(self, socket: WebSocket) -> None:
        hello = json.loads(await socket.receive_text())
        self.hellos.append(hello)
        kept = hello["streams"][0]["seq"] if hello["streams"] else None
        sent = len(self.events) if kept is None else kept
        await socket.send_json(
            {"type": "welcome", "time": text(utc_now()), "heartbeat_seconds": 10.0, "connection": "c",
             "stream": STREAM, "epoch": EPOCH, "head": len(self.events), "after": sent,
             "start": "snapshot" if kept is None else "resume",
             "snapshot": self.board if kept is None else None,
             "identity": {"subject": "operator/1", "name": "李强", "role": "dispatcher", "county": "140525"}}
        )  # fmt: skip
        more = asyncio.Event()
        self._waiting.append((asyncio.get_running_loop(), more))

        async def send() -> None:
            nonlocal sent
            while True:
                while sent < len(self.events):
                    await socket.send_json(self.events[sent])
                    sent += 1
                more.clear()
                await more.wait()

        sending = asyncio.create_task(send())
        try:
            while True:
                frame = json.loads(await socket.receive_text())
                if frame["type"] == "ping" and not self.mute:
                    await socket.send_json({"type": "pong", "time": text(utc_now())})
        finally:
            sending.cancel()


@contextmanager
def serving(service: FakeService, port: int = 0) -> Iterator[str]:
    """The fake on a port of its own, in a thread; the address of its page."""
    server = uvicorn.Server(
        uvicorn.Config(service.app, port=port, log_level="warning", timeout_graceful_shutdown=1)
    )
    thread = Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        thread.join(0.02)
        if not thread.is_alive():
            raise RuntimeError("the fake service did not start")
    bound = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{bound}"
    finally:
        server.should_exit = True
        thread.join(10)


def night(service: FakeService) -> None:
    """Three incidents in different states, so that every part of the page has something to show."""
    now = utc_now()

    def ago(seconds: float) -> str:
        return text(now - timedelta(seconds=seconds))

    lon, lat = fake_board.seat(2)
    house = fake_board.incident(
        7, "building", "巴公镇 渠头村 3 组", lon + 0.02, lat + 0.03, ago(41), trapped=1, level=3, alarms=2,
        facts={"floors": 2, "gas": 1, "road": "narrow"},
        shortfalls=[{"code": "ba_pairs", "missing": 2.0, "cause": "all_sent"}],
        proposal={
            "id": "p1", "made_at": ago(40), "cause": "alarm", "zone_cost_seconds": 35.0, "leaves": ["zone-2"],
            "free_engines": 9, "shortfalls": [],
            "units": [
                fake_board.proposed("unit-2-0", "first_engine", "interior_attack", "reason.nearest", 246),
                fake_board.proposed("unit-3-0", "zone_brigade", "exterior_attack", "reason.zone_brigade", 408),
                {**fake_board.proposed("unit-1-0", "x", "water_supply", "reason.fills_need", 492, sooner=2), "verb": "request", "on_foot_metres": 320.0},
            ],
            "passed_over": [
                {"unit": "unit-6-0", "verb": "order", "eta_seconds": 380.0, "sendable": False, "reasons": [{"code": "gate.off_duty"}]},
                {"unit": "unit-0-0", "verb": "order", "eta_seconds": 610.0, "sendable": True, "reasons": [{"code": "reason.slower"}]},
            ],
        },
    )  # fmt: skip
    hill = fake_board.incident(
        5,
        "vegetation",
        "晋庙铺镇 天井关村 东坡",
        *fake_board.seat(9),
        ago(1330),
        milestones={"first_water": ago(300)},
    )
    car = fake_board.incident(
        6, "vehicle", "高都镇 S227 桥西", *fake_board.seat(3), ago(254), level=1, place_verified=False, uncertainty_metres=1800.0
    )  # fmt: skip
    sent = [
        fake_board.assignment(1, hill, "unit-8-0", "on_scene", delivered_at=ago(1300), acknowledged_at=ago(1290), en_route_at=ago(1200), on_scene_at=ago(500), acknowledged_via="device"),
        fake_board.assignment(2, hill, "unit-9-0", "en_route", delivered_at=ago(600), acknowledged_at=ago(560), en_route_at=ago(480), acknowledged_by="张三", acknowledged_via="telephone"),
        fake_board.assignment(3, hill, "unit-5-0", "recalled", delivered_at=ago(600), ended_at=ago(580), cause="not_needed"),
        fake_board.assignment(4, car, "unit-3-1", "delivered", delivered_at=ago(5), acknowledge_due_at=ago(-25)),
        fake_board.assignment(5, car, "unit-0-1", "unconfirmed", delivered_at=ago(90), unconfirmed_at=ago(60)),
    ]  # fmt: skip
    start, end = fake_board.seat(2), (house["lon"], house["lat"])
    service.ways = {"unit-2-0": [start, [start[0] + 0.02, start[1]], end]}
    sent[1]["path"] = [
        fake_board.seat(10),
        [fake_board.seat(10)[0], fake_board.seat(9)[1]],
        fake_board.seat(9),
    ]
    notices = [
        {"id": "n1", "incident": hill["id"], "body": "power", "text_code": "n", "sent_at": ago(1200), "received_at": ago(1100), "received_by": "王五"},
        {"id": "n2", "incident": hill["id"], "body": "ambulance_120", "text_code": "n", "sent_at": ago(1200), "received_at": None, "received_by": None},
    ]  # fmt: skip
    service.change("incident_opened", {"incident": hill["id"]}, incidents=[hill], notices=notices)
    service.change("incident_opened", {"incident": car["id"]}, incidents=[car], assignments=sent)
    service.change("incident_opened", {"incident": house["id"]}, incidents=[house])


if __name__ == "__main__":
    fake = FakeService()
    night(fake)
    with serving(fake, 8120) as address:
        print(f"{address}/#login=code")
        asyncio.run(asyncio.sleep(3600))
