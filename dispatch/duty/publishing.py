"""Drafts of a roster and their publication: kept whatever they break, published only when nothing forbids it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.change import Move, difference, let_go, moved
from dispatch.duty.crewing import refresh
from dispatch.duty.decide import (
    Standing,
    breaks_rules,
    draft_fault,
    first_fault,
    judge_publication,
)
from dispatch.duty.periods import periods_over
from dispatch.duty.publication import Publication, publication, runs
from dispatch.duty.standing import book_for, load_standing, local_day, refuse
from dispatch.duty.store import (
    BOOK,
    DUTIES,
    change_version,
    find_version,
    insert_version,
    roster_of,
    write_publication,
)
from dispatch.duty.telling import changed
from dispatch.duty.version import Version, VersionState
from roster.plan import Roster
from roster.rules.violation import Violation, blocking
from runtime.database import Connection, Work
from runtime.ids import new_id


async def save_draft(work: Work, county: str, roster: Roster, *, note: str, by: str) -> Version:
    """A new version as a draft, for a person to look at, change, compare and publish."""
    await BOOK.lock_rosters(work.conn, county=county)
    book = await book_for(work.conn, county, roster.first, roster.days, [])
    refusal = draft_fault(book, roster)
    if refusal is not None:
        raise refuse(refusal)
    id = new_id()
    number = await insert_version(work.conn, county, id, roster, note=note, by=by, at=work.now)
    params = {"version": id, "number": number, "teams": list(roster.teams), "first": roster.first, "by": by}
    await changed(work, county, "roster_drafted", params)
    return await known_version(work.conn, county, id)


async def change_draft(
    work: Work, county: str, id: UUID, moves: tuple[Move, ...], *, revision: int | None
) -> Version:
    """Put people on seats of a draft, or take them off. 409 when somebody else changed it after `revision`."""
    version = await known_version(work.conn, county, id, lock=True)
    _must_be_draft(version)
    if revision is not None and revision != version.revision:
        raise Problem(409, "version_changed", {"number": version.number, "revision": version.revision})
    outside = [m for m in moves if m.team not in version.teams or not version.first <= m.day <= version.last]
    if outside:
        params = {"team": outside[0].team, "day": outside[0].day.isoformat()}
        raise Problem(409, "duty_outside_roster", params)
    book = await book_for(work.conn, county, version.first, version.days, [])
    refusal = first_fault(book, moves)
    if refusal is not None:
        raise refuse(refusal)
    roster = await roster_of(work.conn, county, version)
    after = replace(roster, duties=moved(book, roster.duties, moves, None))
    refusal = draft_fault(book, after)
    if refusal is not None:
        raise refuse(refusal)
    await change_version(work.conn, county, id, difference(roster.duties, after.duties))
    return await known_version(work.conn, county, id)


async def discard_draft(work: Work, county: str, id: UUID, *, by: str) -> Version:
    version = await known_version(work.conn, county, id, lock=True)
    _must_be_draft(version)
    await DUTIES.discard_version(work.conn, id=id)
    await changed(work, county, "roster_discarded", {"version": id, "number": version.number, "by": by})
    return await known_version(work.conn, county, id)


async def copy_version(work: Work, county: str, id: UUID, *, note: str, by: str) -> Version:
    """A draft with the duties of another version: to go back to it, or to work on what is published."""
    version = await known_version(work.conn, county, id)
    roster = await roster_of(work.conn, county, version)
    return await save_draft(work, county, roster, note=note, by=by)


async def audit_version(
    conn: Connection, county: str, version: Version, since: date | None, now: datetime
) -> tuple[Violation, ...]:
    """Everything that publishing this version would break, preferences too."""
    _, plan, violations = await _judge(conn, county, version, since, now)
    return violations if plan is not None else ()


async def publish(work: Work, county: str, id: UUID, *, since: date | None, by: str) -> Mapping[str, Any]:
    """Put a draft in force from a day on. 409 with the whole list when it breaks what nobody authorised.

    Days that are over stay as they were; so does today when it is published already, unless `since` names it: then
    shifts that are over stay, and those that run are taken over at this minute.
    """
    await BOOK.lock_rosters(work.conn, county=county)
    version = await known_version(work.conn, county, id, lock=True)
    _must_be_draft(version)
    book = await book_for(work.conn, county, version.first, 1, [])
    today = local_day(book, work.now)
    if since is not None and since < today:
        raise Problem(409, "publish_from_past", {"since": since.isoformat(), "today": today.isoformat()})
    standing, plan, violations = await _judge(work.conn, county, version, since, work.now)
    if plan is None:
        raise Problem(409, "nothing_to_publish", {"number": version.number, "last": version.last.isoformat()})
    broken = blocking(violations)
    if broken:
        raise refuse(breaks_rules(broken))
    change = difference(plan.was, plan.will)
    await write_publication(work.conn, county, book, version.id, plan)
    await DUTIES.mark_published(work.conn, id=id, by=by, at=work.now)
    tomorrow = today + timedelta(days=1)
    gone = [row["number"] async for row in DUTIES.supersede(work.conn, county=county, since=tomorrow)]
    params = {
        "version": id,
        "number": version.number,
        "teams": list(version.teams),
        "first": plan.first,
        "last": plan.last,
        "duties": len(plan.will),
        "changed": len(change.gone) + len(change.come),
        "superseded": gone,
        "by": by,
    }
    come = replace(change, come=plan.will)
    await changed(work, county, "roster_published", params, come, replaces=runs(plan.takes))
    await refresh(work, county, None, let_go(standing.book, standing.roster.duties, change, work.now))
    return params


async def known_version(conn: Connection, county: str, id: UUID, *, lock: bool = False) -> Version:
    version = await find_version(conn, county, id, lock=lock)
    if version is None:
        raise Problem(404, "version_unknown", {"version": str(id)})
    return version


async def _judge(
    conn: Connection, county: str, version: Version, since: date | None, now: datetime
) -> tuple[Standing, Publication | None, tuple[Violation, ...]]:
    standing = await load_standing(conn, county, version.first, version.last)
    roster = await roster_of(conn, county, version)
    plan = publication(standing.book, roster, standing.roster.duties, standing.published, now, since)
    if not plan.takes:
        return standing, None, ()
    refusal = draft_fault(standing.book, roster)
    if refusal is not None:  # the folder has changed since the draft was made
        raise refuse(refusal)
    replaced = (version.teams, plan.replaces_from, version.last)
    beside = await periods_over(conn, county, standing.book.policy, plan.first, plan.last, replaced)
    # A county's month takes a second or two, and alarms go on meanwhile.
    return standing, plan, await asyncio.to_thread(judge_publication, standing, plan, beside)


def _must_be_draft(version: Version) -> None:
    if version.state is not VersionState.DRAFT:
        params = {"number": version.number, "state": version.state.value}
        raise Problem(409, "version_not_draft", params)
