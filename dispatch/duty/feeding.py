"""A person's calendar feed: an address that nobody can guess, shown once, and what a calendar program gets from it."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.access.secret import stored_form
from dispatch.duty.ask_store import ASKS
from dispatch.duty.exporting import exported
from dispatch.duty.standing import book_for
from dispatch.duty.store import in_force
from dispatch.duty.telling import changed
from roster.plan import Roster
from runtime.database import Database, Work

BACK_DAYS, AHEAD_DAYS = 31, 92
_LONGEST = 100


async def open_feed(work: Work, county: str, person: str, *, by: str) -> Mapping[str, Any]:
    """A new address; the one before it ends. The secret in it is never stored."""
    book = await book_for(work.conn, county, work.now.date(), 1, [])
    if person not in book.people:
        raise Problem(404, "person_unknown", {"person": person})
    await ASKS.revoke_feed(work.conn, county=county, person=person, at=work.now)
    secret = secrets.token_urlsafe(32)
    await ASKS.insert_feed(
        work.conn, hash=stored_form(secret), county=county, person=person, by=by, at=work.now
    )
    await changed(work, county, "calendar_feed_opened", {"person": person, "by": by})
    return {"person": person, "path": f"/api/v1/roster/feeds/{secret}.ics"}


async def close_feed(work: Work, county: str, person: str, *, by: str) -> Mapping[str, Any]:
    if await ASKS.revoke_feed(work.conn, county=county, person=person, at=work.now) is None:
        raise Problem(404, "no_feed", {"person": person})
    await changed(work, county, "calendar_feed_closed", {"person": person, "by": by})
    return {"person": person}


async def read_feed(db: Database, secret: str) -> bytes:
    """The duties of a month back and three ahead. 404 for every address that is none, and no more said."""
    if len(secret) > _LONGEST:
        raise Problem(404, "not_found", {"path": "feeds"})
    async with db.reading() as conn:
        row = await ASKS.feed_of(conn, hash=stored_form(secret))
        if row is None:
            raise Problem(404, "not_found", {"path": "feeds"})
        county, person = row["county"], row["person"]
        now = await db.clock(conn)
        first, days = now.date() - timedelta(days=BACK_DAYS), BACK_DAYS + AHEAD_DAYS
        book = await book_for(conn, county, first, days, [])
        if person not in book.people:
            raise Problem(404, "not_found", {"path": "feeds"})
        duties = await in_force(conn, county, first, first + timedelta(days=days - 1), [person])
    roster = Roster(county, first, days, tuple(sorted({d.team for d in duties})), duties)
    return exported(book, roster, "ics", (), person, now)
