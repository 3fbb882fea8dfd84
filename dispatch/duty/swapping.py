"""Swaps: proposed by a member, answered by the other, decided by an officer; an officer's own is done at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS, swap_of
from dispatch.duty.change import Spot
from dispatch.duty.changing import carry_out, duties_by_spot, judged, told_of
from dispatch.duty.decide import Standing, begun
from dispatch.duty.standing import locked_standing, standing_around
from dispatch.duty.swap import OPEN, Swap, SwapAct, SwapState, after, spot_document
from dispatch.duty.telling import changed
from runtime.database import Work
from runtime.ids import new_id


async def propose_swap(
    work: Work,
    county: str,
    gives: Spot,
    other: str,
    takes: Spot | None,
    *,
    person: str | None,
    by: str,
    note: str,
) -> Swap:
    """`person` (None: whoever stands there) gives a duty to `other`, who may give one back.

    It is judged as it would be carried out now: nobody is asked for what could not be approved.
    """
    swap, standing = await _meant(work, county, gives, other, takes, person, by, note)
    judged(standing, swap.moves(), work)
    await _insert(work, county, swap)
    await _say(work, county, swap, SwapState.PROPOSED, by)
    return swap


async def swap_now(
    work: Work, county: str, gives: Spot, other: str, takes: Spot | None, *, by: str, note: str
) -> Swap:
    """The officer's own: nobody is asked, and it is on record all the same."""
    swap, standing = await _meant(work, county, gives, other, takes, None, by, note)
    await _insert(work, county, swap)
    return await _approve(work, county, swap, standing, by)


async def act_on_swap(
    work: Work, county: str, id: UUID, act: SwapAct, *, person: str | None, by: str
) -> Swap:
    """One step of its life. `person`: the member who acts; None for an officer, who may act for anybody."""
    row = await ASKS.lock_swap(work.conn, county=county, id=id)
    if row is None:
        raise Problem(404, "swap_unknown", {"swap": str(id)})
    swap = swap_of(row)
    if person is not None and person not in _who_may(swap, act):
        raise Problem(403, "swap_of_others", {"swap": str(id)})
    becomes = after(swap.state, act)
    if becomes is None:
        raise Problem(409, "swap_settled", {"state": swap.state.value, "act": act.value})
    if becomes is SwapState.APPROVED:
        standing = await locked_standing(work, county, _days(swap), (swap.person, swap.other))
        _must_stand(swap, standing, work)
        return await _approve(work, county, swap, standing, by)
    if becomes is SwapState.ACCEPTED:
        standing = await standing_around(work.conn, county, _days(swap), (swap.person, swap.other))
        _must_stand(swap, standing, work)
        judged(standing, swap.moves(), work)
    return await _settle(work, county, swap, becomes, by)


async def lapse_swaps(work: Work, county: str) -> int:
    """The scheduled sweep: what was not decided before a duty began, or no longer stands, is over."""
    lapsed = 0
    async for row in ASKS.open_swaps(work.conn, county=county):
        swap = swap_of(row)
        standing = await standing_around(work.conn, county, _days(swap), ())
        duties = duties_by_spot(standing)
        over = any(begun(standing.book, duties[s], work.now) for s in swap.spots if s in duties)
        if over or not swap.stands(duties):
            await _settle(work, county, swap, SwapState.LAPSED, "calendar")
            lapsed += 1
    return lapsed


async def _meant(
    work: Work,
    county: str,
    gives: Spot,
    other: str,
    takes: Spot | None,
    person: str | None,
    by: str,
    note: str,
) -> tuple[Swap, Standing]:
    spots = {gives} if takes is None else {gives, takes}
    days = [day for day, *_ in spots]
    standing = await locked_standing(work, county, days, [other], spots)
    holder = duties_by_spot(standing).get(gives)
    if holder is None:
        raise Problem(409, "duty_not_held", {"person": person or "", **spot_document(gives)})
    swap = Swap(
        new_id(), SwapState.PROPOSED, person or holder.person, other, gives, takes, by, work.now, note
    )
    if other not in standing.book.people:
        raise Problem(404, "person_unknown", {"person": other})
    if swap.person == other:
        raise Problem(409, "swap_with_oneself", {"person": other})
    _must_stand(swap, standing, work)
    return swap, standing


def _days(swap: Swap) -> list[date]:
    return [day for day, *_ in swap.spots]


def _must_stand(swap: Swap, standing: Standing, work: Work) -> None:
    duties = duties_by_spot(standing)
    if not swap.stands(duties):
        raise Problem(409, "duty_not_held", {"person": swap.person, **spot_document(swap.gives)})
    for one in swap.spots:
        if begun(standing.book, duties[one], work.now):
            raise Problem(409, "duty_has_begun", {"team": one[1], "day": one[0].isoformat()})


def _who_may(swap: Swap, act: SwapAct) -> tuple[str, ...]:
    """Members answer what they were asked and take back what they asked; the rest is the officers'."""
    if act in (SwapAct.ACCEPT, SwapAct.DECLINE):
        return (swap.other,)
    return (swap.person,) if act is SwapAct.WITHDRAW else ()


async def _insert(work: Work, county: str, swap: Swap) -> None:
    gives = spot_document(swap.gives)
    known = await ASKS.open_swap_of(work.conn, county=county, gives=gives)
    if known is not None:
        raise Problem(409, "swap_open_already", {"swap": str(known)})
    await ASKS.insert_swap(
        work.conn,
        id=swap.id,
        county=county,
        person=swap.person,
        other=swap.other,
        gives=gives,
        takes=None if swap.takes is None else spot_document(swap.takes),
        by=swap.proposed_by,
        at=work.now,
        note=swap.note,
    )


async def _approve(work: Work, county: str, swap: Swap, standing: Standing, by: str) -> Swap:
    change = judged(standing, swap.moves(), work)
    await ASKS.decide_swap(work.conn, id=swap.id, state="approved", by=by, at=work.now)
    params = {"swap": swap.id, "person": swap.person, "other": swap.other, "by": by, **told_of(change)}
    await changed(work, county, "duties_swapped", params, change)
    await carry_out(work, county, standing, change)
    return _in_state(swap, SwapState.APPROVED)


async def _settle(work: Work, county: str, swap: Swap, state: SwapState, by: str) -> Swap:
    if state in OPEN or state is SwapState.DECLINED:
        await ASKS.answer_swap(work.conn, id=swap.id, state=state.value, by=by, at=work.now)
    else:
        await ASKS.decide_swap(work.conn, id=swap.id, state=state.value, by=by, at=work.now)
    await _say(work, county, swap, state, by)
    return _in_state(swap, state)


async def _say(work: Work, county: str, swap: Swap, state: SwapState, by: str) -> None:
    params = {"swap": swap.id, "state": state.value, "person": swap.person, "other": swap.other, "by": by}
    await changed(
        work, county, "swap_answered" if state is not SwapState.PROPOSED else "swap_proposed", params
    )


def _in_state(swap: Swap, state: SwapState) -> Swap:
    return replace(swap, state=state)


def swap_document(swap: Swap) -> dict[str, Any]:
    return {
        "id": str(swap.id),
        "state": swap.state.value,
        "person": swap.person,
        "other": swap.other,
        "gives": spot_document(swap.gives),
        "takes": None if swap.takes is None else spot_document(swap.takes),
        "proposed_by": swap.proposed_by,
        "note": swap.note,
    }
