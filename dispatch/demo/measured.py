"""How long the two steps that machines make really took, from commit to commit as PostgreSQL recorded them."""

from __future__ import annotations

from dataclasses import dataclass

from runtime.database import Database
from runtime.queries import load_queries

SQL = load_queries("dispatch.demo", "measured.sql")


@dataclass(frozen=True, slots=True)
class Latencies:
    alarm_to_dispatch_ms: tuple[float, ...]
    dispatch_to_device_ms: tuple[float, ...]


async def latencies(db: Database, county: str) -> Latencies:
    """Commit times where the server keeps them (ours does); elsewhere the times in the rows."""
    async with db.reading() as conn:
        if (await SQL.commit_times_kept(conn))["kept"]:
            return Latencies(
                tuple([row["milliseconds"] async for row in SQL.alarm_to_dispatch(conn, county=county)]),
                tuple([row["milliseconds"] async for row in SQL.dispatch_to_device(conn, county=county)]),
            )
        rows = [row async for row in SQL.row_times(conn, county=county)]
    return Latencies(
        tuple(r["milliseconds"] for r in rows if r["what"] == "alarm_to_dispatch"),
        tuple(r["milliseconds"] for r in rows if r["what"] == "dispatch_to_device"),
    )
