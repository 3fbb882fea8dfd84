"""/ws/device and /ws/console: hello, who is it, resume or snapshot, and then the conversation."""

import asyncio
import logging
from collections.abc import Collection, Mapping
from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter
from starlette.websockets import WebSocket

from dispatch.access import store
from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal, Role
from dispatch.access.problem import DATABASE_GONE
from dispatch.access.secret import stored_form
from dispatch.push.connections import Connections, Link
from dispatch.push.conversation import Conversation, Crew, Gone, Wire
from dispatch.push.feed import Feed
from dispatch.push.frames import Closing, Hello, StreamPosition, Welcome
from dispatch.push.handlers import ConsoleHandlers, DeviceHandlers, DeviceIdentity
from dispatch.push.protocol import HEARTBEAT_SECONDS, HELLO_SECONDS, Ended, ServerSession, resumes
from dispatch.push.protocol import Role as Socket
from runtime.ids import new_id
from runtime.journal import Head

LOG = logging.getLogger(__name__)
_ADMITTED_AT_ONCE = 4  # a wave of reconnects leaves the rest of the pool to commands


def make_socket_router(
    guard: Guard,
    feed: Feed,
    device_handlers: DeviceHandlers,
    console_handlers: ConsoleHandlers,
    origins: Collection[str] = (),
) -> APIRouter:
    """Mount at the root. `origins` are pages served from elsewhere, as `https://host:port`; our own always pass."""
    router = APIRouter()
    door = _Door(guard, feed, Connections(feed.db, guard), device_handlers, console_handlers)

    async def serve(socket: WebSocket, kind: Socket) -> None:
        if not _welcome_origin(socket, origins):
            await socket.close(1008)  # before it is accepted: HTTP 403
            return
        await socket.accept()
        wire = Wire(socket)
        try:
            await door.serve(wire, kind)
        except Ended as ended:
            await wire.close(ended.closing)
        except Gone:
            pass
        except DATABASE_GONE as error:
            LOG.warning("a socket closes, the database is not there: %r", error)
            await wire.close(Closing.FAILED)
        except Exception:
            LOG.exception("a socket failed")
            await wire.close(Closing.FAILED)

    @router.websocket("/ws/device")
    async def device(socket: WebSocket) -> None:
        await serve(socket, "device")

    @router.websocket("/ws/console")
    async def console(socket: WebSocket) -> None:
        await serve(socket, "console")

    return router


class _Door:
    def __init__(
        self,
        guard: Guard,
        feed: Feed,
        connections: Connections,
        device_handlers: DeviceHandlers,
        console_handlers: ConsoleHandlers,
    ) -> None:
        self._guard = guard
        self._feed = feed
        self._connections = connections
        self._device_handlers = device_handlers
        self._console_handlers = console_handlers
        self._admitting = asyncio.Semaphore(_ADMITTED_AT_ONCE)

    async def serve(self, wire: Wire, kind: Socket) -> None:
        time = asyncio.get_running_loop().time
        session = ServerSession(kind, time())
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                hello = session.receive(await wire.receive(), time())
        except TimeoutError:
            raise Ended(Closing.TIMEOUT) from None
        assert isinstance(hello, Hello)
        async with self._admitting:
            principal, device = await self._admit(hello.token, kind)
            link = Link(new_id(), stored_form(hello.token), device.id if device else None)
            await self._connections.enter(link)
        LOG.info("%s opens /ws/%s with %s", principal.subject, kind, hello.client)
        try:
            await self._talk(wire, session, link, principal, device)
        finally:
            self._connections.leave(link)
            LOG.info("%s leaves /ws/%s", principal.subject, kind)

    async def _talk(
        self,
        wire: Wire,
        session: ServerSession,
        link: Link,
        principal: Principal,
        device: DeviceIdentity | None,
    ) -> None:
        stream = device.stream if device else f"county/{principal.county}"
        async with self._admitting:
            head, after, snapshot = await self._start(session.claimed(stream), stream, principal, device)
        subscription = self._feed.subscribe(stream, after)
        try:
            welcome = Welcome(
                time=self._connections.time(),
                heartbeat_seconds=HEARTBEAT_SECONDS,
                connection=link.id,
                stream=stream,
                epoch=head.epoch,
                head=head.seq,
                after=after,
                start="resume" if snapshot is None else "snapshot",
                snapshot=snapshot,
                identity=_identity(principal, device),
            )
            await wire.send(session.welcome(welcome))
            conversation = Conversation(
                wire,
                session,
                link,
                subscription,
                self._connections,
                Crew(device, self._device_handlers) if device else None,
            )
            if device and snapshot is None:
                conversation.kept(after)
            await conversation.run()
        finally:
            subscription.close()

    async def _admit(self, token: str, kind: Socket) -> tuple[Principal, DeviceIdentity | None]:
        principal = await self._guard.principal(token)
        if principal is None:
            raise Ended(Closing.UNAUTHORIZED)
        if principal.role not in ({Role.DEVICE} if kind == "device" else PEOPLE):
            raise Ended(Closing.FORBIDDEN)
        device = await self._device(principal) if kind == "device" else None
        if kind == "device" and device is None:  # revoked a moment ago
            raise Ended(Closing.UNAUTHORIZED)
        return principal, device

    async def _start(
        self,
        claimed: StreamPosition | None,
        stream: str,
        principal: Principal,
        device: DeviceIdentity | None,
    ) -> tuple[Head, int, Mapping[str, Any] | None]:
        """The head, the sequence after which events follow, and a snapshot unless events alone are enough."""
        head = await self._feed.head(stream)
        if claimed is not None and resumes(claimed, head.epoch, head.seq, head.oldest):
            return head, claimed.seq, None
        if device is not None:
            head, snapshot = await self._device_handlers.snapshot(device)
        else:
            head, snapshot = await self._console_handlers.snapshot(principal)
        return head, head.seq, snapshot

    async def _device(self, principal: Principal) -> DeviceIdentity | None:
        async with self._feed.db.pool.acquire() as conn:
            found = await store.device_of(conn, principal)
        if found is None:
            return None
        return DeviceIdentity(found.id, found.county, found.name, found.station, found.unit)


def _identity(principal: Principal, device: DeviceIdentity | None) -> Mapping[str, Any]:
    if device is not None:
        return {
            "device": device.id,
            "name": device.name,
            "county": device.county,
            "station": device.station,
            "unit": device.unit,
        }
    return {
        "subject": principal.subject,
        "name": principal.name,
        "role": principal.role.value,
        "county": principal.county,
        "station": principal.station,
    }


def _welcome_origin(socket: WebSocket, origins: Collection[str]) -> bool:
    """Browsers always send an Origin, programs need not. Ours is the host that was asked for, to the letter."""
    origin = socket.headers.get("origin")
    if origin is None or origin in origins:
        return True
    parts = urlsplit(origin)
    scheme = "https" if socket.url.scheme == "wss" else "http"
    return parts.scheme == scheme and parts.netloc == socket.headers.get("host", "")
