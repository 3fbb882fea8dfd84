"""Over which days what is published is judged as one: the whole spans of the versions that have days in force."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from roster.policy import Policy
from runtime.database import Connection
from runtime.queries import load_queries

DUTIES = load_queries("dispatch.duty", "duties.sql")


async def periods_over(
    conn: Connection,
    county: str,
    policy: Policy,
    first: date,
    last: date,
    replaced: tuple[Sequence[str], date, date] | None = None,
) -> tuple[tuple[date, int], ...]:
    """First days and lengths of what is published and judged as one with a day of these.

    `replaced`: teams with the first and the last day that a version is about to take from others.
    """
    teams, since, until = replaced or ((), first, last)
    rows = DUTIES.periods(
        conn,
        county=county,
        first=first,
        last=last,
        average=policy.average_days,
        but_of=list(teams),
        since=since,
        until=until,
    )
    return tuple([(row["first"], row["days"]) async for row in rows])


def averaged_over(policy: Policy, periods: Iterable[tuple[date, int]]) -> list[tuple[date, date]]:
    """First and last days of these periods with the history that fills a short one up."""
    least = policy.average_days
    return [
        (min(first, first + timedelta(days=days - least)), first + timedelta(days=days - 1))
        for first, days in periods
    ]
