"""What people ask of a roster, as rows: swaps, offers with their candidates, repairs, jobs, feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from dispatch.duty.swap import Swap, SwapState, spot_of
from runtime.database import Connection
from runtime.queries import load_queries

ASKS = load_queries("dispatch.duty", "asks.sql")


def swap_of(row: Mapping[str, Any]) -> Swap:
    return Swap(
        row["id"],
        SwapState(row["state"]),
        row["person"],
        row["other"],
        spot_of(row["gives"]),
        None if row["takes"] is None else spot_of(row["takes"]),
        row["proposed_by"],
        row["proposed_at"],
        row["note"],
    )


async def offers_with_candidates(
    conn: Connection, county: str, person: str | None, now: datetime, *, open_only: bool, most: int = 200
) -> list[dict[str, Any]]:
    """Newest first; of a member only those by which he or she is asked already."""
    rows = [
        dict(row)
        async for row in ASKS.offers(conn, county=county, person=person, open=open_only, most=most, at=now)
    ]
    candidates = await candidates_of(conn, [row["id"] for row in rows])
    return [{**row, "candidates": candidates.get(row["id"], [])} for row in rows]


async def candidates_of(conn: Connection, offers: Sequence[UUID]) -> dict[UUID, list[dict[str, Any]]]:
    found: dict[UUID, list[dict[str, Any]]] = {}
    async for row in ASKS.candidates(conn, offers=list(offers)):
        found.setdefault(row["offer"], []).append({k: v for k, v in row.items() if k != "offer"})
    return found
