"""Passwords of operators: argon2id, off the event loop, a bounded number at a time."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from dispatch.access.problem import Problem

SHORTEST = 10
LONGEST = 200
_AT_ONCE = 2
_MOST_WAITING = 16

T = TypeVar("T")


class Passwords:
    """19 MiB and two passes (OWASP's figures) cost about 50 ms: enough to stop a dispatch if done in the loop."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="argon2")
        self._waiting = 0
        # Checked when the login does not exist, so that both answers take as long.
        self._nobody = self._hasher.hash("nobody")

    async def hash(self, password: str) -> str:
        return await self._off_loop(self._hasher.hash, password)

    async def matches(self, stored: str | None, password: str) -> bool:
        right = await self._off_loop(self._verified, stored or self._nobody, password)
        return right and stored is not None

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _off_loop(self, work: Callable[..., T], *given: str) -> T:
        if self._waiting >= _MOST_WAITING:
            raise Problem(503, "busy", headers={"Retry-After": "2"})
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, work, *given)
        finally:
            self._waiting -= 1

    def _verified(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (Argon2Error, InvalidHashError):
            return False
