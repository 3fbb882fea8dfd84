"""The service as the page sees it, without a database: the documented frames and a few answers, for page tests."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Thread
from typing import Any

import uvicorn
from fastapi import FastAPI, HTTPException, Request, WebSocket, WebSocketDisconnect
from starlette.responses import Response

from dispatch.console.site import mount_pages
from runtime.clock import utc_now
from tests.journeys import fake_board, fake_tiles
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
        self.closed: list[Card] = []
        self.speeds: Card | None = None
        self.water: Card | None = None
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
                await asyncio.to_thread(fake_tiles.tile, z, x, y), media_type="application/x-protobuf"
            )

        @self.app.get(f"{api}/places")
        @self.app.get(f"{api}/ladder")
        async def places(q: str = "", under: str = "") -> Card:
            names = fake_board.TOWNS if not under else ("渠头村", "东四义村", "三家店村")
            return {
                "places": [
                    {
                        "kind": "village" if under else "town",
                        "code": f"{under}{name}",
                        "name": name,
                        "label": f"{under} {name}".strip(),
                        "lon": 112.8,
                        "lat": 35.5,
                    }
                    for name in names
                    if q == "" or q in name or q == "bg"
                ]
            }

        @self.app.get(f"{api}/incidents/{{id}}/proposal")
        async def proposal(id: str) -> Card:
            return {"id": id, "detail": {"paths": self.ways}}

        @self.app.get(f"{api}/roster/call-in")
        async def call_in(units: str) -> Card:
            people = [{"person": "p9", "name": "虚构丁", "telephone": "555-9", "reasons": []}]
            seat = {"seat": "u/firefighter/1", "role": "firefighter", "people": people}
            return {"units": [{"unit": units, "telephone": "555-0", "seats": [seat]}]}

        @self.app.get(f"{api}/incidents/{{id}}/water")
        async def water(id: str, flow_lps: float = 20.0) -> Card:
            if self.water is None:
                raise HTTPException(404)
            return {**self.water, "incident": id, "need_lps": flow_lps}

        @self.app.get(f"{api}/incidents")
        async def closed(status: str) -> Card:
            return {"incidents": [one["incident"] for one in self.closed], "next": None}

        @self.app.get(f"{api}/roads/conditions")
        async def conditions() -> Card:
            """The real service adds the lines of the edges; here each edge is its own line."""
            cards = self.board["cards"]["conditions"]
            lines = {"type": "MultiLineString", "coordinates": [fake_board.CLOSED_ROAD]}
            return {
                "version": 1,
                "speed_profile": self.speeds,
                "road_classes": ["primary", "residential", "track"],
                "conditions": [
                    {**card, "lines": lines, "roads": ["S227"], "pieces": 3, "kilometres": 1.25}
                    for card in cards
                ],
            }

        @self.app.post(f"{api}/roads/conditions/preview")
        async def preview(request: Request) -> Response:
            said = await request.json()
            self.calls.append(("roads/conditions/preview", said))
            if "人民大路" in said.get("names", ()):
                problem = {"code": "road_name_unknown", "params": {"name": "人民大路", "near": "人民路"}}
                return Response(json.dumps(problem), 404, media_type="application/problem+json")
            touched = {"pieces": 12, "kilometres": 3.4}
            stretches = [{"factor": one["factor"], **touched} for one in (said, *said.get("also", ()))]
            roads = [
                {"name": "环城路", "pieces": 5, "kilometres": 2.1},
                {"name": "", "pieces": 7, "kilometres": 1.3},
            ]
            lines = {"type": "MultiLineString", "coordinates": [fake_board.CLOSED_ROAD]}
            meant = {**touched, "stretches": stretches, "roads": roads, "lines": lines}
            return Response(json.dumps(meant), media_type="application/json")

        @self.app.delete(f"{api}/roads/conditions/{{id}}")
        async def lift(id: str, request: Request) -> Card:
            together = "?together" if request.query_params.get("together") == "true" else ""
            self.calls.append((f"DELETE roads/conditions/{id}{together}", None))
            return {"id": id}

        @self.app.get(f"{api}/incidents/{{id}}")
        async def one(id: str) -> Card:
            for record in self.closed:
                if record["incident"]["id"] == id:
                    return record
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
            {
                "type": "welcome",
                "time": text(utc_now()),
                "heartbeat_seconds": 10.0,
                "connection": "c",
                "stream": STREAM,
                "epoch": EPOCH,
                "head": len(self.events),
                "after": sent,
                "start": "snapshot" if kept is None else "resume",
                "snapshot": self.board if kept is None else None,
                "identity": {
                    "subject": "operator/1",
                    "name": "李强",
                    "role": "dispatcher",
                    "county": "140525",
                },
            }
        )
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
