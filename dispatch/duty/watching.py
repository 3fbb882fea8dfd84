"""What is asked of one team in the night: who is on, who has answered, which seats are open, who takes over when."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from dispatch.access.problem import Problem
from dispatch.duty.rollcall import told_now
from dispatch.duty.rollcall_card import rollcall_card
from dispatch.duty.rollcall_store import SQL, known_people, live_rollcalls, people_of
from runtime.database import Connection


async def team_now(
    conn: Connection, county: str, team: str, now: datetime, *, telephones: bool
) -> dict[str, Any]:
    """404 for a team that nobody knows; no turns for one whose roster is not published."""
    row = await SQL.team_on_the_card(conn, county=county, team=team)
    if row is None:
        raise Problem(404, "roster_team_unknown", {"team": team})
    shown = told_now(await live_rollcalls(conn, county, team, now), now)
    people = await known_people(conn, county, people_of(shown))
    return {**row, "turns": [rollcall_card(one, people, now, telephones=telephones) for one in shown]}
