"""One open socket at work: events out, commands in, heartbeats, and a clean end."""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from dispatch.access.problem import DATABASE_GONE, Problem
from dispatch.push.buffer import Pruned
from dispatch.push.connections import Connections, Link
from dispatch.push.feed import FeedStopped, Subscription
from dispatch.push.frames import (
    Ack,
    BadFrame,
    Bye,
    ClientFrame,
    Closing,
    Command,
    Decide,
    Error,
    Ping,
    Pong,
    Position,
    Result,
    Rollcall,
    ServerFrame,
    Status,
    write_frame,
)
from dispatch.push.handlers import DeviceHandlers, DeviceIdentity
from dispatch.push.protocol import Ended, ServerSession
from runtime.errors import Conflict, UserError

LOG = logging.getLogger(__name__)
_GOODBYE_SECONDS = 1.0
_AGAIN_SECONDS = 0.5
_ATTEMPTS = 20  # to store an acknowledgement, before the device is asked to come again


class Gone(Exception):  # noqa: N818 (an outcome, past tense)
    """The other end has hung up."""


class Wire:
    """Text frames over a WebSocket, one sender at a time."""

    def __init__(self, socket: WebSocket) -> None:
        self._socket = socket
        self._sending = asyncio.Lock()

    @property
    def stuck(self) -> bool:
        """A frame is waiting for the client to read: another one would only wait behind it."""
        return self._sending.locked()

    async def send(self, frame: ServerFrame) -> None:
        await self.send_text(write_frame(frame))

    async def send_text(self, text: str) -> None:
        async with self._sending:
            try:
                await self._socket.send_text(text)
            except (WebSocketDisconnect, RuntimeError) as error:
                raise Gone from error

    async def receive(self) -> str:
        """Binary messages count as unreadable text."""
        message = await self._socket.receive()
        if message["type"] != "websocket.receive":
            raise Gone
        text: str | None = message.get("text")
        return "" if text is None else text

    async def close(self, closing: Closing) -> None:
        """Say bye if it can be said quickly; hang up in any case."""
        if self._socket.application_state is not WebSocketState.CONNECTED:
            return
        try:
            async with asyncio.timeout(_GOODBYE_SECONDS):
                await self.send(Bye(closing.word, closing.reconnect))
                await self._socket.close(closing.close_code, closing.word)
        except (Gone, TimeoutError, WebSocketDisconnect, RuntimeError):
            pass  # it went first, or does not read


@dataclass(frozen=True, slots=True)
class Crew:
    """The device at the other end, and those who listen to it."""

    identity: DeviceIdentity
    handlers: DeviceHandlers


class Conversation:
    """After the welcome. `run` ends by raising Ended or Gone."""

    def __init__(
        self,
        wire: Wire,
        session: ServerSession,
        link: Link,
        subscription: Subscription,
        connections: Connections,
        device: Crew | None,
    ) -> None:
        self._wire = wire
        self._session = session
        self._link = link
        self._subscription = subscription
        self._connections = connections
        self._device = device
        self._kept: int | None = None  # acknowledged by the device, not yet stored
        self._acknowledged = asyncio.Event()
        self._working: set[asyncio.Task[Any]] = set()

    async def run(self) -> None:
        """Four loops; the first that ends, ends all."""
        loops = [
            asyncio.create_task(loop) for loop in (self._read(), self._write(), self._watch(), self._store())
        ]
        try:
            done, _ = await asyncio.wait(loops, return_when=asyncio.FIRST_COMPLETED)
            for loop in done:
                loop.result()
        finally:
            for loop in loops:
                loop.cancel()
            await asyncio.gather(*loops, return_exceptions=True)

    def kept(self, seq: int) -> None:
        self._kept = seq
        self._acknowledged.set()

    async def _write(self) -> None:
        try:
            while True:
                for parcel in await self._subscription.take():
                    if self._session.event(parcel.seq):
                        await self._wire.send_text(parcel.text)
        except Pruned:
            raise Ended(Closing.RESYNC) from None
        except FeedStopped:
            raise Ended(Closing.RESTART) from None

    async def _read(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            text = await self._wire.receive()
            try:
                frame = self._session.receive(text, now())
            except BadFrame as bad:
                await self._wire.send(Error(bad.code, bad.params))
                continue
            if frame is not None:
                # A command once begun is finished even if the connection ends: the device will ask for its result.
                work = asyncio.create_task(self._act(frame))
                self._working.add(work)
                work.add_done_callback(self._finished)
                await asyncio.shield(work)

    def _finished(self, work: asyncio.Task[Any]) -> None:
        """Nobody may be left to hear of a failure; that the other end has gone is none."""
        self._working.discard(work)
        if not work.cancelled() and not isinstance(error := work.exception(), Gone | None):
            LOG.error("a frame could not be worked on", exc_info=error)

    async def _watch(self) -> None:
        now = asyncio.get_running_loop().time
        while True:
            pause = self._session.next_tick(now())
            await asyncio.wait([self._link.ended], timeout=pause)
            if self._link.ended.done():
                raise Ended(self._link.ended.result())
            if self._session.tick(now()) and not self._wire.stuck:
                await self._wire.send(Ping(self._connections.time()))

    async def _store(self) -> None:
        """Acknowledgements are cumulative, so only the newest is stored, and it is stored for certain."""
        while True:
            await self._acknowledged.wait()
            self._acknowledged.clear()
            if self._device is None or self._kept is None:
                continue
            for _ in range(_ATTEMPTS):
                try:
                    await asyncio.shield(self._device.handlers.delivered(self._device.identity, self._kept))
                    break
                except DATABASE_GONE:
                    await asyncio.sleep(_AGAIN_SECONDS)
            else:
                raise Ended(Closing.FAILED)

    async def _act(self, frame: ClientFrame) -> None:
        match frame:
            case Ping():
                await self._wire.send(Pong(self._connections.time()))
            case Ack(seq=seq):
                self.kept(seq)
            case Decide() | Status() | Rollcall() if self._device:
                await self._wire.send(await self._result(self._device, frame))
            case Position() if self._device:
                await self._place(self._device, frame)

    async def _result(self, device: Crew, frame: Command) -> Result:
        id, crew, handlers = frame.command_id, device.identity, device.handlers
        try:
            if isinstance(frame, Decide):
                stands = await handlers.decide(crew, id, frame.assignment, frame.decision, frame.cause)
            elif isinstance(frame, Rollcall):
                stands = await handlers.rollcall(crew, id, frame.team, frame.day, frame.shift, frame.answers)
            else:
                stands = await handlers.status(crew, id, frame.unit, frame.status, frame.at)
        except Exception as error:  # noqa: BLE001 (answered and logged; the socket lives on)
            code, params, retry = _refusal(error)
            return Result(id, False, self._connections.time(), None, code, params, retry)
        return Result(id, True, self._connections.time(), dict(stands))

    async def _place(self, device: Crew, frame: Position) -> None:
        try:
            await device.handlers.position(
                device.identity, frame.unit, frame.lon, frame.lat, frame.crs, frame.at
            )
        except Exception as error:  # noqa: BLE001 (answered and logged; the socket lives on)
            code, params, retry = _refusal(error)
            if not retry:  # the next fix comes anyway
                await self._wire.send(Error(code, params))


def _refusal(error: Exception) -> tuple[str, Mapping[str, Any], bool]:
    """Code, parameters, and whether the same command may work in a moment."""
    if isinstance(error, Problem):
        return error.code, error.params, error.status == 503
    if isinstance(error, Conflict):
        return "conflict", {"reason": str(error)}, False
    if isinstance(error, UserError):
        return "unusable", {"reason": str(error)}, False
    if isinstance(error, DATABASE_GONE):
        return "unavailable", {}, True
    LOG.error("a command from a device failed", exc_info=error)
    return "internal", {}, False
