"""Why a team's month cannot be done, in sentences, and ways out of which each has been tried: computed in a child."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.duty.standing import book_for
from dispatch.duty.store import in_force
from dispatch.duty.workshop import Workshop
from dispatch.messages import Lang
from dispatch.messages.repairs import count_text, part_text, step_text
from roster.plan import Book, Duty
from roster.planning.explain import Explanation, explain
from roster.planning.fix import Fix
from roster.planning.fixes import fixes
from runtime.database import Database

WHY_SECONDS, FIX_SECONDS = 5.0, 10.0


async def explain_month(
    db: Database, workshop: Workshop, county: str, team: str, first: date, days: int
) -> dict[str, Any]:
    """Counts first, then a smallest clash, then the cheapest ways out; nothing of it when the month can be done."""
    async with db.reading() as conn:
        book = await book_for(conn, county, first, days)
        if team not in book.teams:
            raise Problem(404, "roster_team_unknown", {"team": team})
        duties = await in_force(conn, county, first, first + timedelta(days=days - 1))
    elsewhere = tuple(duty for duty in duties if duty.team != team)
    why, ways = await workshop.run(_compute, book, team, first, days, elsewhere)
    return {
        "team": team,
        "possible": why.possible,
        "impossible": why.impossible,
        "short": why.short,
        "minimal": why.minimal,
        "counts": [_said(book, count_text, one) for one in why.counts],
        "clash": [_said(book, part_text, one) for one in why.parts],
        "fixes": [
            {
                "kind": way.kind.value,
                "cost": way.cost,
                "steps": [_said(book, step_text, step) for step in way.steps],
            }
            for way in ways
        ],
    }


def _compute(
    book: Book, team: str, first: date, days: int, elsewhere: tuple[Duty, ...]
) -> tuple[Explanation, tuple[Fix, ...]]:
    """In the child."""
    why = explain(book, team, first, days, clock=time.monotonic, seconds=WHY_SECONDS, elsewhere=elsewhere)
    if not why.impossible:
        return why, ()
    ways = fixes(book, team, first, days, why, clock=time.monotonic, seconds=FIX_SECONDS, elsewhere=elsewhere)
    return why, ways


def _said(book: Book, words: Callable[[Book, Any, Lang], str], one: Any) -> dict[str, str]:
    return {"text": words(book, one, "zh"), "text_en": words(book, one, "en")}
