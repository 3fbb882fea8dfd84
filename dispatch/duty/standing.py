"""Load what a change of a roster is judged by, under the county's lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

from dispatch.access.problem import Problem
from dispatch.duty.change import Spot, spot
from dispatch.duty.decide import Refusal, Standing
from dispatch.duty.periods import averaged_over
from dispatch.duty.store import AFTER_DAYS, BOOK, in_force, load_book, published_days
from roster.plan import Book, Duty, Roster
from runtime.database import Connection, Work


async def book_for(
    conn: Connection,
    county: str,
    first: date,
    days: int,
    history_of: Sequence[str] | None = None,
    judged: tuple[date, date] | None = None,
) -> Book:
    """404 for a county that keeps no roster."""
    book = await load_book(conn, county, first, days, history_of, judged)
    if book is None:
        raise Problem(404, "no_roster_here", {"county": county})
    return book


async def load_standing(conn: Connection, county: str, first: date, last: date) -> Standing:
    """Everybody's duties in force from a day to another, and as far on as rules look: for a publication."""
    until = last + timedelta(days=AFTER_DAYS)
    book = await book_for(conn, county, first, (until - first).days + 1, None, (first, last))
    until = _end_of_periods(book, until)
    return await _standing(conn, county, book, first, until, await in_force(conn, county, first, until))


async def locked_standing(
    work: Work, county: str, days: Iterable[date], people: Iterable[str], spots: Collection[Spot] = ()
) -> Standing:
    """What one change is judged by, with every other change of the county's rosters waiting until it is done.

    Whoever stands next to a change is loaded for its days, those whom it concerns (`people`, and who holds `spots`)
    for as long as rules look: a county's whole history would cost more than the change is worth.
    """
    await BOOK.lock_rosters(work.conn, county=county)
    return await standing_around(work.conn, county, days, people, spots)


async def standing_around(
    conn: Connection, county: str, days: Iterable[date], people: Iterable[str], spots: Collection[Spot] = ()
) -> Standing:
    touched = sorted(days)
    # A shift of the day before may still run.
    first, near = touched[0] - timedelta(days=1), touched[-1] + timedelta(days=1)
    until = near + timedelta(days=AFTER_DAYS)
    duties = await in_force(conn, county, first, near)
    concerned = sorted({*people, *(duty.person for duty in duties if spot(duty) in spots)})
    count = (until - first).days + 1
    book = await book_for(conn, county, first, count, concerned, (touched[0], touched[-1]))
    until = _end_of_periods(book, until)
    later = await in_force(conn, county, near + timedelta(days=1), until, concerned)
    return await _standing(conn, county, book, first, until, (*duties, *later))


async def _standing(
    conn: Connection, county: str, book: Book, first: date, until: date, duties: tuple[Duty, ...]
) -> Standing:
    published = await published_days(conn, county, first, until)
    teams = tuple(sorted({team for team, _ in published}))
    return Standing(book, Roster(county, first, (until - first).days + 1, teams, duties), published)


def _end_of_periods(book: Book, until: date) -> date:
    """What was published over a quarter is judged over the quarter, however far it reaches."""
    return max([until, *(last for _, last in averaged_over(book.policy, book.periods))])


def local_day(book: Book, instant: datetime) -> date:
    return instant.astimezone(book.time_zone).date()


def refuse(refusal: Refusal, status: int = 409) -> Problem:
    return Problem(404 if refusal.code.endswith("_unknown") else status, refusal.code, refusal.params)
