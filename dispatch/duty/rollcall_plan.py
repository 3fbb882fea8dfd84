"""The roll calls that lie ahead, from the duties in force: made a day and more before, changed with the roster."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

from dispatch.duty.reference import book_of
from dispatch.duty.rollcall import Rollcall, next_step
from dispatch.duty.rollcall_store import SQL, live_rollcalls, rollcall_row
from dispatch.duty.store import BOOK, in_force, published_days
from roster.crew import ForwardPost
from roster.plan import Book, Roster
from roster.turns import turns_of
from runtime.database import Work
from runtime.ids import new_id
from runtime.timers import TOPIC, set_timer

TIMER = "duty_turn"
# The next handover of every team is known, and a turn that began yesterday may still run.
AHEAD, BEHIND = timedelta(hours=50), timedelta(days=2)


async def unplanned_teams(work: Work, county: str) -> tuple[str, ...]:
    rows = SQL.unplanned(work.conn, county=county, now=work.now, until=work.now + AHEAD)
    return tuple([row["team"] async for row in rows])


async def plan_rollcalls(work: Work, county: str, team: str | None = None) -> tuple[str, ...]:
    """Bring the roll calls (of one team, or of all) in line with the duties in force; answers the teams of which
    something changed.

    Under the county's lock: whoever read the duties before a publication must not write its roll calls after it.
    """
    await BOOK.lock_rosters(work.conn, county=county)
    row = await BOOK.reference(work.conn, county=county)
    if row is None:
        return ()
    book = book_of(row["document"], ())
    today = work.now.astimezone(book.time_zone).date()
    first, last = today - BEHIND, today + timedelta(days=3)
    published = await published_days(work.conn, county, first, last)
    duties = await in_force(work.conn, county, first, last)
    known = {
        (r["team"], r["day"], r["shift"]): r["id"]
        async for r in SQL.ids_of(work.conn, county=county, since=work.now)
    }
    teams = sorted({one for one, _ in published if one in book.teams and team in (None, one)})
    roster = Roster(county, first, (last - first).days + 1, tuple(teams), duties)
    rows, keep = [], []
    for rollcall in _rollcalls(book, roster, set(published), known, first, last, work.now):
        rows.append(rollcall_row(rollcall))
        keep.append(rollcall.id)
    dropped = [
        r["team"]
        async for r in SQL.drop_unplanned(work.conn, county=county, team=team, since=work.now, keep=keep)
    ]
    changed = [(r["id"], r["team"]) async for r in SQL.upsert(work.conn, county=county, rows=rows)]
    await _set_timers(work, county, changed)
    return tuple(sorted({*dropped, *(team for _, team in changed)}))


def _rollcalls(
    book: Book,
    roster: Roster,
    published: set[tuple[str, date]],
    known: dict[tuple[str, date, str], UUID],
    first: date,
    last: date,
    now: datetime,
) -> Iterator[Rollcall]:
    over = timedelta(minutes=book.policy.standing_over_minutes)
    units = {
        team: tuple(sorted({rule.unit for rule in book.seat_rules if rule.team == team and rule.unit}))
        for team in roster.teams
    }
    for turn in turns_of(book, roster, first, last, now):
        if (turn.team, turn.day) not in published or turn.starts > now + AHEAD:
            continue
        id = known.get((turn.team, turn.day, turn.shift))
        # A turn that was over before anybody planned roll calls is history, and nobody answers for it.
        if turn.ends + (over if id is not None else timedelta()) <= now:
            continue
        starts = turn.starts.astimezone(UTC)
        opens = starts - timedelta(minutes=book.policy.rollcall_opens_minutes)
        due = max(starts, now if id is None else starts) + timedelta(
            minutes=book.policy.rollcall_grace_minutes
        )
        yield Rollcall(
            id=id or new_id(),
            team=turn.team,
            day=turn.day,
            shift=turn.shift,
            station=book.teams[turn.team].station,
            units=units[turn.team],
            duty_mode=book.shifts[turn.shift].duty_mode.value,
            starts_at=starts,
            ends_at=turn.ends.astimezone(UTC),
            opens_at=opens,
            due_at=min(due, turn.ends),
            lapses_at=turn.ends + over,
            seats=turn.seats,
            posts={
                post.unit: ForwardPost(post.place, post.lon, post.lat)
                for post in book.posts
                if post.team == turn.team and post.first <= turn.day <= post.last
            },
        )


async def _set_timers(work: Work, county: str, changed: Sequence[tuple[UUID, str]]) -> None:
    ids = {id for id, _ in changed}
    for team in sorted({team for _, team in changed}):
        for rollcall in await live_rollcalls(work.conn, county, team, work.now):
            if rollcall.id in ids:
                await set_step_timer(work, county, rollcall)


async def set_step_timer(work: Work, county: str, rollcall: Rollcall) -> None:
    """One timer a turn, for whatever falls due next of it."""
    step = next_step(rollcall)
    if step is None:
        return
    await set_timer(work.conn, county=county, kind=TIMER, subject=rollcall.id, due_at=step[1])
    if step[1] <= work.now:
        work.wake(TOPIC)
