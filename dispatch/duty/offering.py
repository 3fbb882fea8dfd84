"""Open seats: offered to those who could take them in a fair order, answered by them, granted by an officer."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS, candidates_of
from dispatch.duty.change import Move, Spot, spot
from dispatch.duty.changing import carry_out, judged, told_of
from dispatch.duty.decide import Standing, first_fault
from dispatch.duty.standing import load_standing, locked_standing, refuse
from dispatch.duty.store import BOOK
from dispatch.duty.telling import changed
from roster.demand import seats_of
from roster.rules.case import case_of
from roster.rules.offers import Asked, OfferTerms, offers
from roster.shifts import Seat
from runtime.database import Work
from runtime.ids import new_id


async def offer_seat(
    work: Work, county: str, place: Spot, *, answer_minutes: int, most: int, by: str
) -> Mapping[str, Any]:
    """Ask those who could take a seat that nobody holds, each alone for a while where time allows.

    The order is by fairness, and stays as it was when the seat was offered.
    """
    await BOOK.lock_rosters(work.conn, county=county)
    standing = await load_standing(work.conn, county, place[0] - timedelta(days=1), place[0])
    seat = _open_seat(standing, place, work)
    terms = OfferTerms(answer_minutes=answer_minutes, at_most=most)
    case = case_of(standing.book, standing.roster)
    # Each candidate is judged by all the rules: a tenth of a second for a team, and alarms go on meanwhile.
    offered = (await asyncio.to_thread(offers, case, (seat,), work.now, terms))[0]
    if not offered.asked:
        raise Problem(409, "nobody_can_take_seat", _named(place))
    closes_at = max(asked.closes for asked in offered.asked)
    id = await ASKS.insert_offer(
        work.conn, id=new_id(), county=county, **_columns(place), closes_at=closes_at, by=by, at=work.now
    )
    if id is None:
        raise Problem(409, "seat_offered_already", _named(place))
    rows = [_candidate_row(asked, number) for number, asked in enumerate(offered.asked, start=1)]
    await ASKS.insert_candidates(work.conn, offer=id, county=county, rows=rows)
    params = {"offer": id, **_named(place), "candidates": len(rows), "closes_at": closes_at, "by": by}
    await changed(work, county, "seat_offered", params)
    return {"offer": str(id), "closes_at": closes_at, "at_once": offered.at_once, "candidates": rows}


async def answer_offer(
    work: Work, county: str, id: UUID, person: str, *, yes: bool, by: str
) -> Mapping[str, Any]:
    """A member says yes or no, and may think better of it until the seat is granted."""
    await _open_offer(work, county, id)
    answer = "yes" if yes else "no"
    place = await ASKS.answer_offer(work.conn, offer=id, person=person, answer=answer, by=by, at=work.now)
    if place is None:
        raise Problem(404, "not_asked", {"offer": str(id), "person": person})
    params = {"offer": id, "person": person, "answer": answer, "by": by}
    await changed(work, county, "offer_answered", params)
    return {"offer": str(id), "person": person, "answer": answer, "place": place}


async def grant_offer(work: Work, county: str, id: UUID, person: str | None, *, by: str) -> Mapping[str, Any]:
    """Give the seat to this candidate, or (None) to the first on the list who said yes."""
    offer = await _open_offer(work, county, id)
    candidates = (await candidates_of(work.conn, [id])).get(offer["id"], [])
    willing = [one["person"] for one in candidates if one["answer"] == "yes"]
    chosen = person or next(iter(willing), None)
    if chosen is None or chosen not in {one["person"] for one in candidates}:
        raise Problem(409, "nobody_said_yes", {"offer": str(id)})
    place = (offer["day"], offer["team"], offer["shift"], offer["seat"])
    standing = await locked_standing(work, county, [place[0]], [chosen])
    change = judged(standing, (Move(*place, chosen),), work)
    if any(spot(duty) == place and not duty.early_minutes for duty in standing.roster.duties):
        raise Problem(409, "seat_taken", _named(place))
    await ASKS.settle_offer(work.conn, id=id, state="granted", person=chosen, by=by, at=work.now)
    params = {"offer": id, "person": chosen, **_named(place), "by": by, **told_of(change)}
    await changed(work, county, "offer_granted", params, change)
    await carry_out(work, county, standing, change)
    return {"offer": str(id), "person": chosen}


async def withdraw_offer(work: Work, county: str, id: UUID, *, by: str) -> Mapping[str, Any]:
    await _open_offer(work, county, id)
    await _close(work, county, id, "withdrawn", by)
    return {"offer": str(id), "state": "withdrawn"}


async def lapse_offers(work: Work, county: str) -> int:
    """The scheduled sweep: offers whose time is over, granted to nobody."""
    over = [row["id"] async for row in ASKS.offers_run_out(work.conn, county=county, at=work.now)]
    for id in over:
        await _close(work, county, id, "lapsed", "calendar")
    return len(over)


async def _close(work: Work, county: str, id: UUID, state: str, by: str) -> None:
    await ASKS.settle_offer(work.conn, id=id, state=state, person=None, by=by, at=work.now)
    await changed(work, county, "offer_closed", {"offer": id, "state": state, "by": by})


async def _open_offer(work: Work, county: str, id: UUID) -> Mapping[str, Any]:
    row = await ASKS.lock_offer(work.conn, county=county, id=id)
    if row is None:
        raise Problem(404, "offer_unknown", {"offer": str(id)})
    if row["state"] != "open":
        raise Problem(409, "offer_settled", {"offer": str(id), "state": row["state"]})
    found: Mapping[str, Any] = row
    return found


def _open_seat(standing: Standing, place: Spot, work: Work) -> Seat:
    """The seat itself, if it exists, nobody holds it and its duty has not begun."""
    day, team, shift, key = place
    refusal = first_fault(standing.book, (Move(*place, None),), standing.published)
    if refusal is not None:
        raise refuse(refusal)
    starts, _ = standing.book.span(day, shift)
    if starts <= work.now:
        raise Problem(409, "duty_has_begun", {"team": team, "day": day.isoformat()})
    if any(spot(duty) == place and not duty.early_minutes for duty in standing.roster.duties):
        raise Problem(409, "seat_taken", _named(place))
    seats = seats_of(standing.book, team, day)
    return next(seat for seat in seats if (seat.shift, seat.key) == (shift, key))


def _candidate_row(asked: Asked, place: int) -> dict[str, Any]:
    candidate = asked.candidate
    return {
        "person": candidate.person,
        "place": place,
        "reasons": [
            {"code": f"roster.substitute.{reason.code}", "params": dict(reason.params)}
            for reason in candidate.reasons
        ],
        "opens_at": asked.opens.isoformat(),
        "closes_at": asked.closes.isoformat(),
    }


def _named(place: Spot) -> dict[str, Any]:
    day, team, shift, seat = place
    return {"day": day.isoformat(), "team": team, "shift": shift, "seat": seat}


def _columns(place: Spot) -> dict[str, Any]:
    day, team, shift, seat = place
    return {"day": day, "team": team, "shift": shift, "seat": seat}
