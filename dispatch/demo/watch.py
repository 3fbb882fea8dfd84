"""The demo's eyes: a console's socket, followed from a snapshot on, through restarts of the service."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping
from typing import Any

from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidMessage

Cards = Mapping[str, list[Mapping[str, Any]]]
Listener = Callable[[str, Cards], None]
_LARGEST_FRAME = 64 * 2**20


class Watch:
    """Calls its listener with the time and the cards of every change, each once, in order."""

    def __init__(self, url: str, token: str) -> None:
        self._url = "ws" + url.removeprefix("http") + "/ws/console"
        self._token = token
        self._position: dict[str, Any] | None = None
        self.ready = asyncio.Event()

    async def run(self, listener: Listener) -> None:
        """Until cancelled."""
        while True:
            try:
                async with connect(self._url, max_size=_LARGEST_FRAME, ping_interval=None) as socket:
                    await self._follow(socket, listener)
            except (OSError, ConnectionClosed, InvalidHandshake, InvalidMessage, TimeoutError):
                await asyncio.sleep(0.3)

    async def _follow(self, socket: Any, listener: Listener) -> None:
        hello: dict[str, Any] = {
            "type": "hello",
            "token": self._token,
            "role": "console",
            "client": "demo/0.1.0",
        }
        if self._position is not None:
            hello["streams"] = [self._position]
        await socket.send(json.dumps(hello))
        async for message in socket:
            frame = json.loads(message)
            match frame["type"]:
                case "welcome":
                    self._position = {
                        "stream": frame["stream"],
                        "epoch": frame["epoch"],
                        "seq": frame["after"],
                    }
                    snapshot = frame.get("snapshot")
                    if snapshot:
                        listener(frame["time"], snapshot.get("cards", snapshot))
                    self.ready.set()
                case "event":
                    assert self._position is not None
                    if frame["seq"] > self._position["seq"]:
                        self._position["seq"] = frame["seq"]
                        listener(frame["at"], frame["data"].get("cards", {}))
                case "ping":
                    await socket.send(json.dumps({"type": "pong"}))
                case "bye":
                    return
                case _:
                    continue
