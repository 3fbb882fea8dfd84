"""Leases: one process at a time does a thing. They give efficiency only; correctness rests on rows and constraints."""

from datetime import timedelta

from runtime.database import Database
from runtime.queries import load_queries

_queries = load_queries("runtime", "leases.sql")


async def hold_lease(db: Database, name: str, holder: str, seconds: float) -> int | None:
    """The term, for `seconds` from now; None while another holds it. Call again to renew."""
    async with db.pool.acquire() as conn:
        now = await db.clock(conn)
        term: int | None = await _queries.take_lease(
            conn, name=name, holder=holder, now=now, expires_at=now + timedelta(seconds=seconds)
        )
        return term


async def release_lease(db: Database, name: str, holder: str) -> None:
    async with db.pool.acquire() as conn:
        await _queries.give_up_lease(conn, name=name, holder=holder, now=await db.clock(conn))
