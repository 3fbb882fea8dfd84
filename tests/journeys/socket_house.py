"""A service with nothing but doors and sockets, on a real port, and crews' handlers that write down what they hear."""

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import uvicorn
from fastapi import FastAPI
from websockets.asyncio.client import ClientConnection, connect

from dispatch.access.api import make_access_router
from dispatch.access.commands import create_token
from dispatch.access.guard import Guard
from dispatch.access.passwords import Passwords
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem, install_problem_handlers
from dispatch.push.feed import Feed
from dispatch.push.handlers import Decision, DeviceIdentity
from dispatch.push.sockets import make_socket_router
from runtime.database import Database
from runtime.journal import Head, heads
from runtime.ports import listen
from tests.storage.access_rows import COUNTY

PATIENCE_SECONDS = 20.0


@dataclass
class Crews:
    """Stands for the alarms' side: commands are remembered by id, as the real one does."""

    db: Database
    delivered_to: dict[UUID, int] = field(default_factory=dict)
    heard: list[tuple[str, ...]] = field(default_factory=list)
    answers: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    refuse_with: Exception | None = None
    news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def snapshot(self, device: DeviceIdentity) -> tuple[Head, Mapping[str, Any]]:
        async with self.db.reading() as conn:
            return (await heads(conn, [device.stream]))[device.stream], {"orders": []}

    async def delivered(self, device: DeviceIdentity, seq: int) -> None:
        async with self.news:
            self.delivered_to[device.id] = max(seq, self.delivered_to.get(device.id, -1))
            self.news.notify_all()

    async def decide(
        self,
        device: DeviceIdentity,
        command_id: str,
        assignment: UUID,
        decision: Decision,
        cause: str | None,
    ) -> Mapping[str, Any]:
        return await self._once(command_id, "decide", str(assignment), decision)

    async def status(
        self, device: DeviceIdentity, command_id: str, unit: str, status: str, at: datetime | None
    ) -> Mapping[str, Any]:
        return await self._once(command_id, "status", unit, status, at.isoformat() if at else "")

    async def position(
        self, device: DeviceIdentity, unit: str, lon: float, lat: float, crs: str, at: datetime
    ) -> None:
        if unit != "bagong-1":
            raise Problem(403, "not_its_unit", {"unit": unit})
        await self._once(f"position {at}", "position", unit)

    async def until(self, reached: Any) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS), self.news:
            await self.news.wait_for(reached)

    async def _once(self, command_id: str, *said: str) -> Mapping[str, Any]:
        if self.refuse_with is not None:
            error, self.refuse_with = self.refuse_with, None
            raise error
        if command_id not in self.answers:
            async with self.news:
                self.answers[command_id] = {"said": list(said)}
                self.heard.append(said)
                self.news.notify_all()
        return self.answers[command_id]


@dataclass
class Board:
    db: Database

    async def snapshot(self, principal: Principal) -> tuple[Head, Mapping[str, Any]]:
        stream = f"county/{principal.county}"
        async with self.db.reading() as conn:
            return (await heads(conn, [stream]))[stream], {"incidents": []}


@dataclass
class House:
    url: str
    db: Database
    guard: Guard
    feed: Feed
    crews: Crews

    @property
    def ws(self) -> str:
        return self.url.replace("http", "ws", 1)

    async def token(self, role: Role, station: str | None = None) -> str:
        return await create_token(self.db, county=COUNTY, role=role, station=station)

    async def tell(self, stream: str, event: str, **data: Any) -> None:
        async with self.db.work() as work:
            work.journal(stream, event, data, county=COUNTY)


@asynccontextmanager
async def open_house(db: Database, *, port: int = 0, poll_seconds: float = 0.25) -> AsyncIterator[House]:
    guard, crews = Guard(db), Crews(db)
    feed = Feed(db, db.hints, poll_seconds=poll_seconds)
    app = FastAPI()
    install_problem_handlers(app)
    passwords = Passwords()
    app.include_router(make_access_router(db, guard, COUNTY, passwords), prefix="/api/v1")
    app.include_router(make_socket_router(guard, feed, crews, Board(db)))
    listening: socket.socket = listen("127.0.0.1", port)
    config = uvicorn.Config(
        app, ws="websockets-sansio", log_level="error", lifespan="off", ws_per_message_deflate=False
    )
    server = uvicorn.Server(config)
    # As a server of its own would be, but without its signal handlers.
    tasks = [asyncio.create_task(feed.run()), asyncio.create_task(server._serve([listening]))]
    try:
        yield House(f"http://127.0.0.1:{listening.getsockname()[1]}", db, guard, feed, crews)
    finally:
        server.should_exit = server.force_exit = True
        await asyncio.wait([tasks[1]], timeout=5)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        guard.close()
        passwords.close()
        listening.close()


class Talk:
    """A bare client that says and hears frames as JSON, to try what a proper client never does."""

    def __init__(self, socket: ClientConnection) -> None:
        self.socket = socket

    async def say(self, type: str, **fields: Any) -> None:
        await self.socket.send(orjson.dumps({"type": type, **fields}).decode())

    async def hear(self, type: str | None = None) -> dict[str, Any]:
        """The next frame; with a type, the next of that type."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                frame: dict[str, Any] = orjson.loads(await self.socket.recv())
                if type is None or frame["type"] == type:
                    return frame

    async def hello(self, token: str, role: str = "device", **fields: Any) -> dict[str, Any]:
        await self.say("hello", token=token, role=role, client="test/1", **fields)
        return await self.hear()

    async def closed(self) -> int | None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.socket.wait_closed()
        return self.socket.close_code


@asynccontextmanager
async def talking(house: House, path: str = "/ws/device", **options: Any) -> AsyncIterator[Talk]:
    async with connect(
        house.ws + path, compression=None, proxy=None, ping_interval=None, close_timeout=1, **options
    ) as socket:
        yield Talk(socket)
