"""Proposals with everything they were made from, the shortfalls they raised and the notices sent, in PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from runtime.ids import new_id
from runtime.queries import load_queries

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
QUERIES = load_queries("dispatch.alarms", "proposals.sql")


async def insert_proposal(
    conn: Connection,
    *,
    county: str,
    incident: UUID,
    cause: str,
    at: datetime,
    conditions_version: int,
    policy_version: str,
    inputs: Mapping[str, Any],
    result: Mapping[str, Any],
) -> UUID:
    id = new_id()
    await QUERIES.insert_proposal(
        conn,
        id=id,
        county=county,
        incident=incident,
        cause=cause,
        made_at=at,
        conditions_version=conditions_version,
        policy_version=policy_version,
        inputs=dict(inputs),
        result=dict(result),
    )
    return id


async def latest_proposal(conn: Connection, incident: UUID) -> dict[str, Any] | None:
    row = await QUERIES.latest(conn, incident=incident)
    return None if row is None else dict(row)


async def load_proposal(conn: Connection, id: UUID) -> dict[str, Any] | None:
    row = await QUERIES.by_id(conn, id=id)
    return None if row is None else dict(row)


async def raise_shortfalls(
    conn: Connection,
    *,
    county: str,
    incident: UUID,
    proposal: UUID,
    lacking: Sequence[Mapping[str, Any]],
    at: datetime,
    only_these: bool,
) -> list[Mapping[str, Any]]:
    """Make these the open shortfalls (`only_these`: the others are resolved); answers the ones that are new."""
    wanted = {str(short["code"]): short for short in lacking}
    standing = {row["code"]: row async for row in QUERIES.open_shortfalls(conn, incident=incident)}
    gone = [row["id"] for code, row in standing.items() if code not in wanted]
    if gone and only_these:
        await QUERIES.resolve_shortfalls(conn, ids=gone, at=at)
    new = []
    for code, short in wanted.items():
        row = standing.get(code)
        if row is None:
            new.append(short)
            await QUERIES.insert_shortfall(
                conn,
                id=new_id(),
                county=county,
                incident=incident,
                proposal=proposal,
                code=code,
                missing=float(short["missing"]),
                cause=short["cause"],
                at=at,
            )
        elif row["missing"] != short["missing"] or row["cause"] != short["cause"]:
            await QUERIES.save_shortfall(
                conn, id=row["id"], missing=float(short["missing"]), cause=short["cause"]
            )
    return new


async def resolve_shortfalls(
    conn: Connection, incident: UUID, at: datetime, codes: frozenset[str] | None = None
) -> None:
    """What was lacking is there (`codes`), or nothing is needed any more (None)."""
    rows = [row async for row in QUERIES.open_shortfalls(conn, incident=incident)]
    ids = [row["id"] for row in rows if codes is None or row["code"] in codes]
    if ids:
        await QUERIES.resolve_shortfalls(conn, ids=ids, at=at)


async def insert_notices(
    conn: Connection, *, county: str, incident: UUID, bodies: Sequence[str], text_code: str, at: datetime
) -> list[UUID]:
    rows = QUERIES.insert_notices(
        conn,
        ids=[new_id() for _ in bodies],
        county=county,
        incident=incident,
        bodies=list(bodies),
        text_code=text_code,
        at=at,
    )
    return [row["id"] async for row in rows]


async def lock_notice(conn: Connection, county: str, id: UUID) -> dict[str, Any] | None:
    row = await QUERIES.lock_notice(conn, county=county, id=id)
    return None if row is None else dict(row)


async def save_receipt(conn: Connection, id: UUID, at: datetime, by: str) -> None:
    await QUERIES.save_receipt(conn, id=id, at=at, by=by)


async def notice_card(conn: Connection, county: str, id: UUID) -> dict[str, Any] | None:
    card: dict[str, Any] | None = await QUERIES.notice_card(conn, county=county, id=id)
    return card


async def notice_cards(conn: Connection, incident: UUID) -> list[dict[str, Any]]:
    return [row["card"] async for row in QUERIES.notice_cards(conn, incident=incident)]
