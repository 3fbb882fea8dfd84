"""The roll calls of a station as its devices get them when they connect."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dispatch.duty.rollcall_card import rollcall_card
from dispatch.duty.rollcall_store import known_people, people_of, shown_rollcalls
from runtime.database import Connection


async def station_rollcalls(
    conn: Connection, county: str, station: str, now: datetime
) -> list[dict[str, Any]]:
    found = await shown_rollcalls(conn, county, now, station=station)
    if not found:
        return []
    people = await known_people(conn, county, people_of(found))
    return [rollcall_card(one, people, now) for one in found]
