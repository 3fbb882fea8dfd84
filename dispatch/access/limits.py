"""How much and how slowly a request may send: what is too large is refused before it is read, a trickle is cut off."""

from __future__ import annotations

import asyncio

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dispatch.access.problem import Problem, problem_response

# The largest honest request closes a road by a long outline; an alarm holds a quarter of a megabyte.
MOST_BYTES = 2 * 1024 * 1024
SLOWEST_SECONDS = 30.0


class BodyLimits:
    """ASGI middleware, outside everything else. Sockets have limits of their own (docs/protocol.md)."""

    def __init__(
        self, app: ASGIApp, most_bytes: int = MOST_BYTES, slowest_seconds: float = SLOWEST_SECONDS
    ) -> None:
        self._app = app
        self._most = most_bytes
        self._slowest = slowest_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        declared = request.headers.get("content-length", "")
        if declared.isascii() and declared.isdigit() and int(declared) > self._most:
            problem = Problem(
                413, "too_large", {"status": 413, "path": request.url.path}, {"Connection": "close"}
            )
            await problem_response(request, problem)(scope, receive, send)
            return
        await self._app(scope, self._counted(receive), send)

    def _counted(self, receive: Receive) -> Receive:
        """What does not say its length, or lies about it, is counted as it comes."""
        taken = 0
        complete = False
        until = asyncio.get_running_loop().time() + self._slowest

        async def counted() -> Message:
            nonlocal taken, complete
            if complete:  # what is awaited now is the end of the connection, for as long as the answer takes
                return await receive()
            try:
                async with asyncio.timeout_at(until):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408, headers={"Connection": "close"}) from error
            taken += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            if taken > self._most:
                raise HTTPException(413, headers={"Connection": "close"})
            return message

        return counted
