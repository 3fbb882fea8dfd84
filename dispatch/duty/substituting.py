"""Who could take a seat that is open now, or be called in; looked for by a timer, so that no answer waits for it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.reference import book_of
from dispatch.duty.rollcall import THERE, Known, Rollcall
from dispatch.duty.rollcall_store import SQL, known_people, live_rollcalls, rollcall_of
from dispatch.duty.standing import standing_around
from dispatch.duty.store import BOOK
from dispatch.push.changes import record_change
from roster.rules.case import case_of
from roster.rules.substitutes import Candidate, ranked
from roster.shifts import Seat
from roster.turns import TurnSeat
from runtime.database import Connection, Work

_MOST = 5
_MOST_FOR_ONE = 12  # whoever rings them up at night goes on until somebody comes


async def propose_substitutes(work: Work, county: str, id: UUID, seats: Sequence[str]) -> None:
    """The first few able people for each seat that is still open, in their fair order, with their reasons."""
    row = await SQL.whole(work.conn, id=id)
    rollcall = None if row is None else rollcall_of(row)
    if rollcall is None or rollcall.ends_at <= work.now:
        return
    open_seats = [seat for seat in rollcall.open_seats() if seat.key in seats]
    found = await candidates(work, county, rollcall, open_seats)
    if found:
        told = [
            {
                "seat": key,
                "candidates": [{"person": one.person, "reasons": _reasons(one)} for one in some],
            }
            for key, some in found.items()
        ]
        params = {"team": rollcall.team, "day": rollcall.day, "shift": rollcall.shift, "seats": told}
        await record_change(work, county, "substitutes_proposed", params)


async def candidates(
    work: Work, county: str, rollcall: Rollcall, seats: Sequence[TurnSeat], most: int = _MOST
) -> dict[str, tuple[Candidate, ...]]:
    """By seat, the best first; whoever sits in a vehicle already, or did not come, is not among them."""
    if not seats:
        return {}
    taken = await _answered(work.conn, county, rollcall.team, work)
    spots = [(rollcall.day, rollcall.team, rollcall.shift, seat.key) for seat in seats]
    days = [rollcall.day, rollcall.day + timedelta(days=1)]
    people = await _in_question(work, county, rollcall.team)
    standing = await standing_around(work.conn, county, days, people, spots)
    case = case_of(standing.book, standing.roster)
    found: dict[str, tuple[Candidate, ...]] = {}
    for seat in seats:
        wanted = _seat(rollcall.team, rollcall.day, rollcall.shift, seat)
        able = [one for one in ranked(case, wanted) if one.person not in taken]
        found[seat.key] = tuple(able[:most])
        taken |= {one.person for one in able[:1]}
    return found


def _seat(team: str, day: date, shift: str, seat: TurnSeat) -> Seat:
    index = int(seat.key.rsplit("/", 1)[1])
    return Seat(team, day, shift, seat.unit, seat.role, index, seat.needs, seat.required, 1)


async def _answered(conn: Connection, county: str, team: str, work: Work) -> set[str]:
    """Everybody of whom the roll calls of the team know something now."""
    return {
        one.person
        for rollcall in await live_rollcalls(conn, county, team, work.now)
        if rollcall.opened_at is not None
        for one in rollcall.attendance
        if one.state in THERE or rollcall.ends_at > work.now
    }


async def _in_question(work: Work, county: str, team: str) -> list[str]:
    """Members of the team and of those that lend to it: each is judged by the duties that he or she has served."""
    row = await BOOK.reference(work.conn, county=county)
    known = {} if row is None else book_of(row["document"], ()).teams
    teams = sorted({team, *(code for code, one in known.items() if team in one.lends_to)})
    return [row["code"] async for row in SQL.members_of(work.conn, county=county, teams=teams)]


async def call_in(work: Work, county: str, units: Sequence[str]) -> list[Mapping[str, Any]]:
    """For each unit without a legal crew: whom to ring up, in fair order, with telephones. For operators only."""
    answer: list[Mapping[str, Any]] = []
    async for row in SQL.units_short(work.conn, county=county, units=list(units)):
        told: dict[str, Any] = {
            "unit": row["code"],
            "station": row["station"],
            "telephone": row["telephone"],
            "team": row["team"],
            "crew": row["seats_filled"],
            "minimum_crew": row["minimum_crew"],
            "seats": [],
        }
        if row["team"] is not None:
            told["seats"] = await _call_in_seats(work, county, row["team"], row["code"])
        answer.append(told)
    return answer


async def _call_in_seats(work: Work, county: str, team: str, unit: str) -> list[dict[str, Any]]:
    live = await live_rollcalls(work.conn, county, team, work.now)
    running = [r for r in live if r.starts_at <= work.now < r.ends_at]
    if not running:
        return []
    rollcall = running[-1]
    seats = [seat for seat in rollcall.open_seats() if seat.unit == unit]
    found = await candidates(work, county, rollcall, seats)
    people = await known_people(work.conn, county, (one.person for some in found.values() for one in some))
    return [
        {
            "seat": key,
            "role": next(seat.role for seat in seats if seat.key == key),
            "people": _to_ring_up(some, people),
        }
        for key, some in found.items()
    ]


async def seat_substitutes(
    work: Work, county: str, team: str, day: date, shift: str, key: str
) -> list[dict[str, Any]]:
    """Whom to ring up for one seat of a turn that runs or comes, whether required or not; for operators only."""
    turn = {"team": team, "day": day.isoformat(), "shift": shift}
    live = await live_rollcalls(work.conn, county, team, work.now)
    rollcall = next((one for one in live if (one.day, one.shift) == (day, shift)), None)
    if rollcall is None:
        raise Problem(404, "rollcall_unknown", turn)
    if rollcall.ends_at <= work.now:
        raise Problem(409, "rollcall_over", turn)
    seat = rollcall.seat(key)
    if seat is None:
        raise Problem(404, "rollcall_seat_unknown", {"seat": key, "team": team})
    some = (await candidates(work, county, rollcall, [seat], _MOST_FOR_ONE))[key]
    return _to_ring_up(some, await known_people(work.conn, county, (one.person for one in some)))


def _to_ring_up(some: Sequence[Candidate], people: Mapping[str, Known]) -> list[dict[str, Any]]:
    return [
        {
            "person": one.person,
            "name": people[one.person].name,
            "telephone": people[one.person].telephone,
            "reasons": _reasons(one),
        }
        for one in some
        if one.person in people
    ]


def _reasons(one: Candidate) -> list[dict[str, Any]]:
    return [
        {"code": f"roster.substitute.{reason.code}", "params": dict(reason.params)} for reason in one.reasons
    ]
