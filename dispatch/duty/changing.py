"""A change of duties in force, whoever asks for it: judged by the rules, written, journaled, told to the dispatcher."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.duty.change import Change, Move, Spot, let_go, spot
from dispatch.duty.crewing import refresh
from dispatch.duty.decide import Refusal, Standing, broken_by, judge
from dispatch.duty.rollcall_plan import AHEAD
from dispatch.duty.standing import locked_standing, refuse, standing_around
from dispatch.duty.store import duty_row, in_force, write_change
from dispatch.duty.telling import changed
from roster.demand import seats_of
from roster.plan import Duty
from roster.rules.violation import Violation
from runtime.database import Connection, Work


async def change_duties(
    work: Work, county: str, moves: tuple[Move, ...], *, by: str, why: str
) -> Mapping[str, Any]:
    """Made by hand: put people on seats in force, or take them off. A shift that runs is taken over at this minute.

    409 with the rules that it would break anew and that nobody authorised.
    """
    people, spots = _concerned(moves)
    standing = await locked_standing(work, county, [move.day for move in moves], people, spots)
    change = judged(standing, moves, work)
    params = {"by": by, "why": why, **told_of(change)}
    await changed(work, county, "roster_changed", params, change)
    await carry_out(work, county, standing, change)
    return {"gone": [duty_row(d) for d in change.gone], "come": [duty_row(d) for d in change.come]}


async def check_moves(
    conn: Connection, county: str, moves: tuple[Move, ...], now: datetime
) -> tuple[Violation, ...]:
    """What a change would newly break, before anybody makes it: wishes too."""
    people, spots = _concerned(moves)
    standing = await standing_around(conn, county, [move.day for move in moves], people, spots)
    found = broken_by(standing, moves, now)
    if isinstance(found, Refusal):
        raise refuse(found)
    return found


async def are_own(conn: Connection, county: str, moves: tuple[Move, ...], person: str) -> bool:
    """Whether all that these moves do is to put this person on seats, or to take him or her off."""
    days = [move.day for move in moves]
    held = {spot(duty) for duty in await in_force(conn, county, min(days), max(days), [person])}
    return all(move.person == person or (move.person is None and move.spot in held) for move in moves)


def _concerned(moves: tuple[Move, ...]) -> tuple[list[str], set[Spot]]:
    people = [move.person for move in moves if move.person is not None]
    return people, {move.spot for move in moves}


def judged(standing: Standing, moves: tuple[Move, ...], work: Work) -> Change:
    decided = judge(standing, moves, work.now)
    if isinstance(decided, Refusal):
        raise refuse(decided)
    return decided


async def carry_out(work: Work, county: str, standing: Standing, change: Change) -> None:
    """Write it, and let roll calls, crews and their forecasts follow in the same transaction."""
    await write_change(work.conn, county, standing.book, change)
    units = running_units(standing, change, work)
    spans = [standing.book.span(duty.day, duty.shift) for duty in (*change.gone, *change.come)]
    if units or any(starts <= work.now + AHEAD and ends > work.now for starts, ends in spans):
        await refresh(work, county, units, let_go(standing.book, standing.roster.duties, change, work.now))


def running_units(standing: Standing, change: Change, work: Work) -> tuple[str, ...]:
    """The units whose crew a change concerns at this moment."""
    found: set[str] = set()
    for duty in (*change.gone, *change.come):
        starts, ends = standing.book.span(duty.day, duty.shift)
        if starts <= work.now < ends:
            found.add(duty.seat.partition("/")[0])
    return tuple(sorted(found - {""}))


def open_seats(standing: Standing, change: Change) -> list[Mapping[str, Any]]:
    """The seats that a change leaves without anybody: what is offered next."""
    left = {(d.day, d.team, d.shift, d.seat) for d in change.gone}
    left -= {(d.day, d.team, d.shift, d.seat) for d in change.come if not d.early_minutes}
    required = {
        (seat.day, seat.team, seat.shift, seat.key): seat.required
        for day, team in {(day, team) for day, team, _, _ in left}
        for seat in seats_of(standing.book, team, day)
    }
    return [
        {
            "day": d.isoformat(),
            "team": t,
            "shift": s,
            "seat": k,
            "required": required.get((d, t, s, k), False),
        }
        for d, t, s, k in sorted(left)
    ]


def told_of(change: Change) -> dict[str, Any]:
    """What a board says of a change: the events of the roster's own stream hold the duties."""
    return {
        "people": list(change.people),
        "teams": list(change.teams),
        "days": [day.isoformat() for day in change.days],
    }


def duties_by_spot(standing: Standing) -> dict[Spot, Duty]:
    """Who holds each seat until its shift's end."""
    return {(d.day, d.team, d.shift, d.seat): d for d in standing.roster.duties if not d.early_minutes}
