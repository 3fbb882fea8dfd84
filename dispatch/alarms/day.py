"""A day of the county in figures: the daily summary in the journal, and the same for any day on request."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from dispatch.alarms.desk import Desk
from gis_data.model import County
from runtime.database import Work
from runtime.queries import load_queries

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
QUERIES = load_queries("dispatch.alarms", "day.sql")


def hours_of(day: date, time_zone: str) -> tuple[datetime, datetime]:
    """A day as the county's clocks count it, from midnight to midnight."""
    zone = ZoneInfo(time_zone)
    return datetime.combine(day, time(), zone), datetime.combine(day + timedelta(days=1), time(), zone)


async def figures_of(conn: Connection, county: County, day: date) -> dict[str, Any]:
    """Counts, and medians in seconds; None where nothing was measured. Incidents count for the day they opened."""
    begins, ends = hours_of(day, county.time_zone)
    counts = await QUERIES.counts(conn, county=county.code, begins=begins, ends=ends)
    kinds = QUERIES.kinds(conn, county=county.code, begins=begins, ends=ends)
    medians: Mapping[str, Any] = await QUERIES.medians(conn, county=county.code, begins=begins, ends=ends)
    return {
        "day": day.isoformat(),
        **dict(counts),
        "incidents": {row["kind"]: row["incidents"] async for row in kinds},
        "median_seconds": {name: None if s is None else round(s, 1) for name, s in medians.items()},
    }


async def summarise_yesterday(desk: Desk, work: Work) -> bool:
    """The scheduled command; false when the day is in the journal already."""
    county = desk.county
    day = work.now.astimezone(ZoneInfo(county.time_zone)).date() - timedelta(days=1)
    stream = f"county/{county.code}"
    if await QUERIES.is_summarised(work.conn, stream=stream, county=county.code, day=day.isoformat()):
        return False
    work.journal(stream, "day_summarised", await figures_of(work.conn, county, day), county=county.code)
    return True
