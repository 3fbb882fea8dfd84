"""Who may pass: a token becomes a principal, a route names the roles it admits."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Annotated

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from dispatch.access import store
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.access.secret import stored_form
from runtime.database import Database

_REMEMBERED_SECONDS = 0.9  # revocation counts within a second, also where the hint of it is lost
_MOST_REMEMBERED = 10_000
_LONGEST_TOKEN = 200

_BEARER = HTTPBearer(auto_error=False, scheme_name="token", description="`Authorization: Bearer pq_…`")

Dependency = Callable[..., Awaitable[Principal]]


class Guard:
    """One for each process. It remembers a token for less than a second, and forgets all when one is revoked."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._remembered: dict[bytes, tuple[float, Principal]] = {}
        self._revocations = 0
        self._stop = db.hints.listen(self._hear)

    def close(self) -> None:
        self._stop()

    async def principal(self, token: str) -> Principal | None:
        """None for a token that is unknown, expired or revoked."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        hash = stored_form(token)
        moment = asyncio.get_running_loop().time()
        known = self._remembered.get(hash)
        if known is not None and moment - known[0] < _REMEMBERED_SECONDS:
            return known[1]
        before = self._revocations
        async with self._db.pool.acquire() as conn:
            found = await store.principal_of(conn, hash, await self._db.clock(conn))
        if found is None:
            self._remembered.pop(hash, None)
            return None
        if before == self._revocations:  # else a revocation may have overtaken what was just read
            if len(self._remembered) >= _MOST_REMEMBERED:
                self._remembered.clear()
            self._remembered[hash] = (moment, found[0])
        return found[0]

    async def dead(self, hashes: Sequence[bytes]) -> frozenset[bytes]:
        """Of the tokens behind open sockets, those that count no more."""
        async with self._db.pool.acquire() as conn:
            return await store.dead_tokens(conn, hashes, await self._db.clock(conn))

    def require(self, *roles: Role) -> Dependency:
        """A FastAPI dependency that gives the principal; without roles, anybody with a valid token passes."""
        admitted = frozenset(roles)

        async def principal_required(
            credentials: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
        ) -> Principal:
            found = await self.principal(credentials.credentials) if credentials else None
            if found is None:
                code = "no_token" if credentials is None else "bad_token"
                raise Problem(401, code, headers={"WWW-Authenticate": 'Bearer realm="pianqu"'})
            if admitted and found.role not in admitted:
                raise Problem(403, "wrong_role", {"role": found.role.value})
            return found

        return principal_required

    def _hear(self, topics: frozenset[str]) -> None:
        if "tokens" in topics:
            self._revocations += 1
            self._remembered.clear()
