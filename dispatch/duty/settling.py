"""A month that is over is settled: what each did beyond his or her share becomes a debt that later months make good."""

from __future__ import annotations

import asyncio
from calendar import monthrange
from datetime import date, timedelta

from dispatch.duty.standing import book_for, local_day
from dispatch.duty.store import BOOK, in_force, load_book
from dispatch.duty.telling import changed
from roster.people import NO_DEBT
from roster.plan import Roster
from roster.rules.case import case_of
from roster.rules.summary import carry_over
from runtime.database import Work

# Absences and swaps of a month are told late; for so long it is settled anew each night.
LATE_DAYS = 7


async def settle_last_month(work: Work, county: str) -> bool:
    """The nightly job; settles the month before this one until it is a week over. Nothing to settle does nothing."""
    book = await load_book(work.conn, county, work.now.date(), 1, [])
    if book is None:
        return False
    today = local_day(book, work.now)
    last = today.replace(day=1) - timedelta(days=1)
    month = last.replace(day=1)
    published = await BOOK.first_published(work.conn, county=county)
    if published is None or published > last:
        return False
    settled = await BOOK.last_settled(work.conn, county=county)
    if settled is not None and settled >= month and today.day > LATE_DAYS:
        return False
    await settle_month(work, county, month)
    return True


async def settle_month(work: Work, county: str, month: date) -> int:
    """Write the balances of a month; answers of how many people. Doing it again replaces them."""
    await BOOK.lock_rosters(work.conn, county=county)
    days = monthrange(month.year, month.month)[1]
    book = await book_for(work.conn, county, month, days)
    duties = await in_force(work.conn, county, month, month + timedelta(days=days - 1))
    case = case_of(book, Roster(county, month, days, tuple(sorted(book.teams)), duties))
    owed = await asyncio.to_thread(carry_over, case)
    rows = []
    for person, debt in sorted(owed.items()):
        before = book.debts.get(person, NO_DEBT)
        rows.append(
            {
                "person": person,
                "team": book.people[person].home_team,
                "month": month.isoformat(),
                "nights": debt.nights - before.nights,
                "weekends": debt.weekends - before.weekends,
                "holidays": debt.holidays - before.holidays,
                "minutes": debt.minutes - before.minutes,
            }
        )
    if rows:
        await BOOK.write_balances(work.conn, county=county, rows=rows, at=work.now)
    await changed(work, county, "month_settled", {"month": month, "people": len(rows)})
    return len(rows)
