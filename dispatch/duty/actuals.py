"""Plan against actual: what roll calls and handovers say of duties that have begun."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any

from dispatch.duty.standing import book_for
from dispatch.duty.store import DUTIES, duty_row, in_force
from roster.plan import Roster
from roster.rules.actual import Actual, Attendance, against_plan, balances
from runtime.database import Connection


async def plan_against_actual(
    conn: Connection, county: str, first: date, days: int, teams: Sequence[str] | None, now: datetime
) -> dict[str, Any]:
    """Each duty with how it went, and each person's sum. Turns whose roll call has not begun are left out."""
    last = first + timedelta(days=days - 1)
    book = await book_for(conn, county, first, days, [])
    held = {
        (row["team"], row["day"], row["shift"])
        async for row in DUTIES.turns_held(conn, county=county, first=first, last=last)
        if teams is None or row["team"] in teams
    }
    attended = [
        Attendance(
            *(row["person"], row["team"], row["day"], row["shift"], row["seat"]), row["since"], row["gone_at"]
        )
        async for row in DUTIES.attended(conn, county=county, first=first, last=last)
        if (row["team"], row["day"], row["shift"]) in held
    ]
    duties = await in_force(conn, county, first, last)
    roster = Roster(county, first, days, tuple(sorted({team for team, _, _ in held})), duties)
    roster = replace(
        roster, duties=tuple(duty for duty in duties if (duty.team, duty.day, duty.shift) in held)
    )
    found: tuple[Actual, ...] = await asyncio.to_thread(against_plan, book, roster, attended, now)
    return {
        "duties": [
            {**asdict(one), "duty": duty_row(one.duty), "outcome": one.outcome.value} for one in found
        ],
        "people": [asdict(one) for one in balances(book, found)],
    }
