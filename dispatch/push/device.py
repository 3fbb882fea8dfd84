"""A device of a crew: a real client over websockets that keeps its orders and loses neither event nor answer."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Literal
from uuid import UUID, uuid4

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidURI

from dispatch.push.frames import (
    BadFrame,
    Bye,
    ClientFrame,
    Closing,
    Command,
    Crs,
    Decide,
    Error,
    EventFrame,
    Ping,
    Pong,
    Position,
    Result,
    Rollcall,
    SeatAnswer,
    Status,
    Welcome,
    write_frame,
)
from dispatch.push.memory import Memory
from dispatch.push.protocol import ClientSession, Clock, Ended, backoff_seconds
from runtime.clock import utc_now

LOG = logging.getLogger(__name__)
CLIENT = "pianqu-device/0.1.0"
_AGAIN_SECONDS = 1.0  # before a command is sent again that the service could not work on just then
_LARGEST_FRAME = 16 * 2**20


@dataclass(frozen=True, slots=True)
class Told:
    """What the service said: an event of the journal, or `snapshot` with everything that is open."""

    event: str
    seq: int
    at: datetime
    data: Mapping[str, Any]


Listener = Callable[[Told], Awaitable[None]]


class DeviceRefused(Exception):  # noqa: N818 (an outcome, past tense)
    """The service does not want this device: `code` is unauthorized, forbidden, revoked or fenced."""

    def __init__(self, code: str) -> None:
        super().__init__(f"the service refused this device: {code}")
        self.code = code


class Device:
    """`url` is the service's, as http://127.0.0.1:8119. Give it a `file` to survive a restart of the device."""

    def __init__(
        self,
        url: str,
        token: str,
        on_event: Listener | None = None,
        *,
        file: Path | None = None,
        chance: random.Random | None = None,
        client: str = CLIENT,
    ) -> None:
        self.identity: Mapping[str, Any] = {}
        self.connected = asyncio.Event()
        self.connections = 0  # so far
        self._url = "ws" + url.rstrip("/").removeprefix("http").removeprefix("ws") + "/ws/device"
        self._token = token
        self._client = client
        self._on_event = on_event
        self._memory = Memory(file)
        self._chance = chance or random.Random()
        self._socket: ClientConnection | None = None
        self._clock: Clock | None = None
        self._results: dict[str, asyncio.Future[Result]] = {}
        self._told: asyncio.Queue[Told] = asyncio.Queue()
        self._positions: dict[str, Position] = {}
        self._later: set[asyncio.Task[None]] = set()

    @property
    def orders(self) -> Mapping[str, Mapping[str, Any]]:
        """The open orders by assignment id."""
        return self._memory.orders

    @property
    def unsent(self) -> int:
        """Commands that have no result yet."""
        return len(self._memory.commands)

    def now(self) -> datetime:
        """The service's time, carried on while offline; this machine's until they have met."""
        if self._clock is None:
            return utc_now()
        return self._clock.time + timedelta(seconds=_monotonic() - self._clock.monotonic)

    def decide(
        self,
        assignment: UUID | str,
        decision: Literal["acknowledge", "unable", "declined"] = "acknowledge",
        cause: str | None = None,
    ) -> "asyncio.Future[Result]":
        """Sent now or when there is a connection again; await it for what stands."""
        return self._send(Decide(str(uuid4()), UUID(str(assignment)), decision, cause))

    def status(self, unit: str, status: str, at: datetime | None = None) -> "asyncio.Future[Result]":
        """With the time at which it happened, also when it can only be sent later."""
        return self._send(Status(str(uuid4()), unit, status, at or self.now()))

    def rollcall(
        self, team: str, day: date, shift: str, answers: Sequence[SeatAnswer]
    ) -> "asyncio.Future[Result]":
        """Answer a roll call, or a part of it."""
        return self._send(Rollcall(str(uuid4()), team, day, shift, tuple(answers)))

    def position(
        self, unit: str, lon: float, lat: float, at: datetime | None = None, crs: Crs = "wgs84"
    ) -> None:
        """The newest fix of a unit counts; an older one that could not be sent is forgotten."""
        self._positions[unit] = Position(unit, lon, lat, at or self.now(), crs)
        self._soon(self._flush_positions())

    async def run(self) -> None:
        """For ever, connecting again whenever the connection is lost. Raises DeviceRefused."""
        telling = asyncio.create_task(self._tell())
        attempt = 0
        try:
            while True:
                before = self.connections
                try:
                    await self._connection()
                except (OSError, TimeoutError, ConnectionClosed, InvalidHandshake, Ended, BadFrame) as lost:
                    LOG.debug("connection lost: %r", lost)
                finally:
                    self._socket = None
                    self.connected.clear()
                attempt = 0 if self.connections > before else attempt + 1
                await asyncio.sleep(backoff_seconds(attempt, self._chance))
        except InvalidURI as error:
            raise DeviceRefused(f"url {error.uri}") from None
        finally:
            telling.cancel()
            for task in self._later:
                task.cancel()
            await asyncio.gather(telling, *self._later, return_exceptions=True)

    async def hang_up(self) -> None:
        """Cut the connection without a word, as a tunnel does; `run` connects again."""
        if self._socket is not None:
            self._socket.transport.abort()

    async def _connection(self) -> None:
        session = ClientSession("device", self._token, self._client, self._memory.position, _monotonic())
        async with connect(
            self._url,
            compression=None,
            proxy=None,
            open_timeout=10,
            close_timeout=1,
            ping_interval=None,  # the protocol has its own, which pages can see too
            max_size=_LARGEST_FRAME,
        ) as socket:
            await socket.send(write_frame(session.hello()))
            reading = asyncio.create_task(self._read(socket, session))
            try:
                while not session.silent(_monotonic()):
                    done, _ = await asyncio.wait([reading], timeout=1.0)
                    if done:
                        return reading.result()
                raise Ended(Closing.TIMEOUT)
            finally:
                reading.cancel()
                await asyncio.gather(reading, return_exceptions=True)

    async def _read(self, socket: ClientConnection, session: ClientSession) -> None:
        async for text in socket:
            frame = session.receive(text if isinstance(text, str) else text.decode(), _monotonic())
            self._clock = session.clock or self._clock
            match frame:
                case Welcome():
                    await self._welcomed(socket, session, frame)
                case EventFrame():
                    self._memory.fold(frame.data)
                    await self._keep(socket, session, frame.seq)
                    self._told.put_nowait(Told(frame.event, frame.seq, frame.at, frame.data))
                case Result():
                    self._settle(frame)
                case Ping():
                    await socket.send(write_frame(Pong()))
                case Error():
                    LOG.warning("the service could not use a frame: %s %s", frame.code, dict(frame.params))
                case Bye(reconnect=False):
                    raise DeviceRefused(frame.code)
                case _:
                    pass

    async def _welcomed(self, socket: ClientConnection, session: ClientSession, welcome: Welcome) -> None:
        self.identity = welcome.identity
        self.connections += 1
        if welcome.snapshot is not None:
            self._memory.begin(welcome.snapshot)
            await self._keep(socket, session, welcome.after)
            self._told.put_nowait(Told("snapshot", welcome.after, welcome.time, welcome.snapshot))
        self._socket = socket
        for command in list(self._memory.commands.values()):
            await socket.send(write_frame(command))
        self.connected.set()
        await self._flush_positions()

    async def _keep(self, socket: ClientConnection, session: ClientSession, seq: int) -> None:
        """Kept first, acknowledged then: this is what makes an order 已送达."""
        ack = session.kept(seq)
        self._memory.position = session.position
        self._memory.save()
        await socket.send(write_frame(ack))

    def _send(self, command: Command) -> "asyncio.Future[Result]":
        self._memory.commands[command.command_id] = command
        self._memory.save()
        result: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._results[command.command_id] = result
        self._soon(self._transmit(command))
        return result

    def _settle(self, result: Result) -> None:
        command = self._memory.commands.get(result.command_id)
        if command is not None and result.retry:
            self._soon(self._transmit(command, after=_AGAIN_SECONDS))
            return
        self._memory.commands.pop(result.command_id, None)
        self._memory.save()
        waiting = self._results.pop(result.command_id, None)
        if waiting is not None and not waiting.done():
            waiting.set_result(result)

    async def _flush_positions(self) -> None:
        while self._positions and self._socket is not None:
            unit, position = self._positions.popitem()
            if not await self._transmit(position):
                self._positions.setdefault(unit, position)
                return

    async def _transmit(self, frame: ClientFrame, after: float = 0.0) -> bool:
        """Whether it left; if not, the next connection sends it."""
        await asyncio.sleep(after)
        if self._socket is None:
            return False
        try:
            await self._socket.send(write_frame(frame))
        except ConnectionClosed:
            return False
        return True

    async def _tell(self) -> None:
        """The listener may take its time: reading, and so the heartbeat, goes on meanwhile."""
        while True:
            told = await self._told.get()
            if self._on_event is not None:
                try:
                    await self._on_event(told)
                except Exception:  # somebody else's code: orders must go on reaching it
                    LOG.exception("the device's listener failed on %s", told.event)

    def _soon(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._later.add(task)
        task.add_done_callback(self._later.discard)


def _monotonic() -> float:
    return asyncio.get_running_loop().time()
