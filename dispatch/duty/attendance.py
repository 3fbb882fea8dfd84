"""Answers to a roll call: who is there, who is not and why, who is out and back. Crews follow at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from dispatch.access.problem import Problem
from dispatch.duty.crewing import leave_elsewhere, lock_teams, refresh_team, refresh_teams
from dispatch.duty.open_seats import tell_open_seats
from dispatch.duty.rollcall import Answer, Refused, Rollcall, State, answer, leave_seats
from dispatch.duty.rollcall_card import rollcall_card
from dispatch.duty.rollcall_store import SQL, known_people, live_rollcalls, people_of, save
from dispatch.push.changes import record_change, tell_station
from runtime.database import Work
from runtime.encoding import utc_text


async def answer_rollcall(
    work: Work,
    county: str,
    team: str,
    day: date,
    shift: str,
    answers: Sequence[Answer],
    *,
    by: str,
    station: str | None = None,
) -> dict[str, Any]:
    """Write the answers down; answers the roll call as it stands. `station`: a device speaks for its own only.

    404 for a turn, a seat or a person that nobody knows, 409 before it opens and after its end, 403 for a device of
    another station.
    """
    come = await _come(work, county, team, day, shift, answers)
    # Two teams may be answering for one person in the same milliseconds: the later of them sees the earlier.
    await SQL.lock_people(work.conn, county=county, people=sorted(come))
    others = await _teams_left(work, county, team, come)
    await lock_teams(work, county, {team, *others})
    rollcalls = await live_rollcalls(work.conn, county, team, work.now)
    before = next((r for r in rollcalls if (r.day, r.shift) == (day, shift)), None)
    if before is None:
        raise Problem(404, "rollcall_unknown", {"team": team, "day": day.isoformat(), "shift": shift})
    if station is not None and station != before.station:
        raise Problem(403, "rollcall_of_another_station", {"team": team})
    named = {one.person for one in answers if one.person} | {
        seat.planned for seat in before.seats if seat.planned
    }
    known = await known_people(work.conn, county, named)
    try:
        after, taken = answer(before, answers, frozenset(known), work.now, by)
    except Refused as refused:
        raise Problem(refused.status, refused.code, refused.params) from None
    if after.opened_at is None and taken:
        after = replace(after, opened_at=work.now)
    await save(work.conn, county, before, after)
    for other in rollcalls:
        if other.id != after.id and taken:
            relieved = [seat for seat, _ in taken]
            await save(work.conn, county, other, leave_seats(other, relieved, work.now, "relieved"))
    cause = "relief" if taken else "rollcall"
    told = {"day": day, "shift": shift}
    await refresh_team(work, county, team, cause=cause, by=by, more=told)
    if others:
        here = {one.person: one.since for one in after.attendance if one.person in come and one.since}
        await leave_elsewhere(work, county, others, here)
        await refresh_teams(work, county, others, cause="relief", by=by)
    await _tell(work, county, before, after, answers, by)
    opened = {seat.key for seat in after.open_seats()} - {seat.key for seat in before.open_seats()}
    said_absent = {one.seat for one in answers if one.state in (State.ABSENT, State.LEFT)}
    lacking = [s for s in after.open_seats() if s.key in opened | said_absent]
    if lacking:
        await tell_open_seats(work, county, after, lacking)
    people = await known_people(work.conn, county, people_of([after]))
    return rollcall_card(after, people, work.now)


async def _come(
    work: Work, county: str, team: str, day: date, shift: str, answers: Sequence[Answer]
) -> set[str]:
    """Who is answered for as being here, by the plan as it stands before anything is locked."""
    live = await live_rollcalls(work.conn, county, team, work.now)
    planned = {s.key: s.planned for r in live if (r.day, r.shift) == (day, shift) for s in r.seats}
    come = {one.person or planned.get(one.seat) for one in answers if one.state is State.PRESENT}
    return {person for person in come if person is not None}


async def _teams_left(work: Work, county: str, team: str, come: Collection[str]) -> set[str]:
    """Other teams in whose seats one of these people sits."""
    rows = SQL.teams_of_people(work.conn, county=county, people=sorted(come), now=work.now)
    return {row["team"] async for row in rows} - {team}


async def _tell(
    work: Work, county: str, before: Rollcall, after: Rollcall, answers: Sequence[Answer], by: str
) -> None:
    said = [
        {
            "seat": one.seat,
            "person": one.person or (seat.planned if (seat := after.seat(one.seat)) else None),
            "state": one.state.value,
            "cause": one.cause,
            "back_by": one.back_by and utc_text(one.back_by),
        }
        for one in answers
    ]
    params = {
        "team": after.team,
        "day": after.day,
        "shift": after.shift,
        "answers": said,
        "unanswered": len(after.unanswered()),
        "open": [seat.key for seat in after.open_seats()],
        "by": by,
    }
    await record_change(work, county, "rollcall_answered", params)
    await tell_station(work, county, after.station, "rollcall_answered", params)


async def recall(work: Work, county: str, person: str, *, by: str) -> dict[str, Any]:
    """召回: somebody who is out on an errand is called back; the seat counts again when the return is answered."""
    row = await SQL.errand_of(work.conn, county=county, person=person)
    if row is None:
        raise Problem(409, "errand_not_out", {"person": person})
    params = {
        "person": person,
        "team": row["team"],
        "day": row["day"],
        "shift": row["shift"],
        "seat": row["seat"],
        "back_by": utc_text(row["back_by"]),
        "by": by,
    }
    await record_change(work, county, "errand_recalled", params)
    await tell_station(work, county, row["station"], "errand_recalled", params)
    return params
