"""Tokens, operators, devices, codes and the audit, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.access.lockout import WINDOW, Attempt
from dispatch.access.principal import Principal, Role
from runtime.database import Connection, Work
from runtime.ids import new_id
from runtime.queries import load_queries

QUERIES = load_queries("dispatch.access", "queries.sql")


@dataclass(frozen=True, slots=True)
class Operator:
    id: UUID
    county: str
    login: str
    name: str
    role: Role
    password_hash: str


@dataclass(frozen=True, slots=True)
class Device:
    """`unit` None: it serves every unit of its station."""

    id: UUID
    county: str
    name: str
    station: str
    unit: str | None
    acked_seq: int


async def principal_of(
    conn: Connection, hash: bytes, now: datetime
) -> tuple[Principal, datetime | None] | None:
    """Who a token stands for, and until when."""
    row = await QUERIES.find_token(conn, hash=hash, now=now)
    if row is None:
        return None
    found = Principal(row["county"], Role(row["role"]), row["subject"], row["station"], row["name"])
    return found, row["expires_at"]


async def dead_tokens(conn: Connection, hashes: Sequence[bytes], now: datetime) -> frozenset[bytes]:
    return frozenset(
        [row["hash"] async for row in QUERIES.find_dead_tokens(conn, hashes=list(hashes), now=now)]
    )


async def add_token(work: Work, hash: bytes, principal: Principal, expires_at: datetime | None) -> None:
    await QUERIES.insert_token(
        work.conn,
        hash=hash,
        county=principal.county,
        role=principal.role.value,
        subject=principal.subject,
        station=principal.station,
        now=work.now,
        expires_at=expires_at,
    )


async def revoke_token(work: Work, hash: bytes) -> None:
    await QUERIES.revoke_token(work.conn, hash=hash, now=work.now)
    work.wake("tokens")


async def revoke_tokens_of(work: Work, county: str, subject: str) -> None:
    await QUERIES.revoke_tokens_of(work.conn, county=county, subject=subject, now=work.now)
    work.wake("tokens")


async def operator_by_login(conn: Connection, county: str, login: str) -> Operator | None:
    row = await QUERIES.find_operator(conn, county=county, login=login)
    if row is None:
        return None
    return Operator(
        row["id"], row["county"], row["login"], row["name"], Role(row["role"]), row["password_hash"]
    )


async def device_of(conn: Connection, principal: Principal) -> Device | None:
    """The device that a device's token speaks for; None when it is revoked."""
    kind, _, id = principal.subject.partition("/")
    if kind != "device":
        return None
    row = await QUERIES.find_device(conn, id=UUID(id))
    return None if row is None else Device(**dict(row))


async def recent_attempts(work: Work, county: str, door: str, name: str, address: str) -> list[Attempt]:
    """Serialises the door until the end of the transaction."""
    await QUERIES.lock_door(work.conn, door=f"{county}/{door}")
    rows = QUERIES.list_attempts(
        work.conn, county=county, door=door, since=work.now - WINDOW, name=name, address=address
    )
    return [Attempt(**dict(row)) async for row in rows]


async def audit(work: Work, county: str, actor: str, action: str, detail: Mapping[str, Any]) -> UUID:
    id = new_id()
    await QUERIES.insert_audit(
        work.conn, id=id, county=county, now=work.now, actor=actor, action=action, detail=detail
    )
    return id
