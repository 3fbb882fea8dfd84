"""HTTP for duties in force: what stands, changes by hand, swaps, offers of open seats."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dispatch.access.principal import PEOPLE, ROSTERING, Principal, Role
from dispatch.access.problem import Problem
from dispatch.duty import changing, offering, swapping
from dispatch.duty.ask_store import ASKS, offers_with_candidates, swap_of
from dispatch.duty.bodies import (
    Answer,
    AnswerBody,
    ChangedAnswer,
    DutiesAnswer,
    GrantBody,
    ListAnswer,
    MovesBody,
    MovesCheckBody,
    OfferBody,
    SwapActBody,
    SwapAnswer,
    SwapBody,
    SwapsAnswer,
    ViolationsAnswer,
)
from dispatch.duty.desk import Days, QueryCode, RequestId, RosterDesk, in_reach, meant_person, own_code
from dispatch.duty.store import duty_row, in_force
from dispatch.duty.versions_api import violations_answer
from runtime.database import Work

OpenOnly = Annotated[bool, Query(description="only what is not settled")]


def add_duty_routes(router: APIRouter, desk: RosterDesk) -> None:
    db, county = desk.db, desk.county.code
    officer = Depends(desk.guard.require(*ROSTERING))
    anybody = Depends(desk.guard.require(*PEOPLE, Role.MEMBER))
    asking = Depends(desk.guard.require(*ROSTERING, Role.MEMBER))

    @router.get("/duties")
    async def duties(
        first: date,
        days: Days,
        who: Annotated[Principal, anybody],
        team: QueryCode = None,
        person: QueryCode = None,
    ) -> DutiesAnswer:
        """Duties in force, as they stand after every change."""
        in_reach(first)
        people = None if person is None else [person]
        async with db.reading() as conn:
            found = await in_force(conn, county, first, first + timedelta(days=days - 1), people)
        rows = [duty_row(duty) for duty in found if team in (None, duty.team)]
        return DutiesAnswer.model_validate({"duties": rows})

    @router.post("/duties")
    async def change(
        body: MovesBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> ChangedAnswer:
        """Put people on seats in force, or take them off; a shift that runs is taken over at this minute."""
        moves = tuple(one.move() for one in body.moves)
        in_reach(*(move.day for move in moves))

        async def act(work: Work) -> Mapping[str, Any]:
            return await changing.change_duties(work, county, moves, by=who.subject, why=body.why)

        return ChangedAnswer(**await desk.once(who, request_id, "roster_change", body, act))

    @router.post("/duties/check")
    async def check(body: MovesCheckBody, who: Annotated[Principal, asking]) -> ViolationsAnswer:
        """What such a change would newly break. Nothing is changed.

        A member asks for himself or herself: on to a seat, or off the one held.
        """
        moves = tuple(one.move() for one in body.moves)
        in_reach(*(move.day for move in moves))
        async with db.reading() as conn:
            own = own_code(who)
            if own is not None and not await changing.are_own(conn, county, moves, own):
                raise Problem(403, "moves_of_others", {})
            found = await changing.check_moves(conn, county, moves, await db.clock(conn))
        return violations_answer(tuple(one for one in found if own is None or one.person in ("", own)))

    @router.get("/swaps")
    async def swaps(who: Annotated[Principal, anybody], open: OpenOnly = True) -> SwapsAnswer:
        """The newest 200; a member sees his or her own."""
        async with db.reading() as conn:
            rows = ASKS.swaps(conn, county=county, person=own_code(who), open=open, most=200)
            found = [swapping.swap_document(swap_of(row)) async for row in rows]
        return SwapsAnswer.model_validate({"swaps": found})

    @router.post("/swaps", status_code=201)
    async def propose(
        body: SwapBody, who: Annotated[Principal, asking], request_id: RequestId = None
    ) -> SwapAnswer:
        """Propose a swap, or (an officer, with `now`) make it. 409 for what could not be approved anyway."""
        gives, takes = body.gives.spot(), None if body.takes is None else body.takes.spot()
        in_reach(gives[0], takes and takes[0])
        own = own_code(who)
        person = body.person if own is None else meant_person(who, body.person)
        if body.now and own is not None:
            raise Problem(403, "officers_only", {})

        async def act(work: Work) -> Mapping[str, Any]:
            said = {"by": who.subject, "note": body.note}
            if body.now:
                swap = await swapping.swap_now(work, county, gives, body.other, takes, **said)
            else:
                swap = await swapping.propose_swap(
                    work, county, gives, body.other, takes, person=person, **said
                )
            return swapping.swap_document(swap)

        return SwapAnswer(**await desk.once(who, request_id, "duty_swap", body, act))

    @router.post("/swaps/{id}/act")
    async def act_on_swap(
        id: UUID, body: SwapActBody, who: Annotated[Principal, asking], request_id: RequestId = None
    ) -> SwapAnswer:
        """Accept or decline what one was asked, withdraw what one asked; an officer approves or refuses."""

        async def act(work: Work) -> Mapping[str, Any]:
            swap = await swapping.act_on_swap(
                work, county, id, body.act, person=own_code(who), by=who.subject
            )
            return swapping.swap_document(swap)

        said = {"id": str(id), **body.model_dump(mode="json")}
        return SwapAnswer(**await desk.once(who, request_id, "duty_swap_act", said, act))

    @router.get("/offers")
    async def offers(who: Annotated[Principal, anybody], open: OpenOnly = True) -> ListAnswer:
        """The newest 200; a member sees those that he or she is asked by."""
        async with db.reading() as conn:
            found = await offers_with_candidates(
                conn, county, own_code(who), await db.clock(conn), open_only=open
            )
        return ListAnswer(items=found)

    @router.post("/offers", status_code=201)
    async def offer(
        body: OfferBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Offer a seat that nobody holds to those who could take it, in a fair order."""
        in_reach(body.day)

        async def act(work: Work) -> Mapping[str, Any]:
            return await offering.offer_seat(
                work,
                county,
                body.spot(),
                answer_minutes=body.answer_minutes,
                most=body.most,
                by=who.subject,
            )

        return Answer(**await desk.once(who, request_id, "seat_offer", body, act))

    @router.post("/offers/{id}/answer")
    async def answer(
        id: UUID, body: AnswerBody, who: Annotated[Principal, asking], request_id: RequestId = None
    ) -> Answer:
        """Yes or no; it may be changed until the seat is granted."""
        person = meant_person(who, body.person)

        async def act(work: Work) -> Mapping[str, Any]:
            return await offering.answer_offer(work, county, id, person, yes=body.yes, by=who.subject)

        said = {"id": str(id), **body.model_dump(mode="json")}
        return Answer(**await desk.once(who, request_id, "offer_answer", said, act))

    @router.post("/offers/{id}/grant")
    async def grant(
        id: UUID, body: GrantBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Give the seat to a candidate, or to the first on the list who said yes."""

        async def act(work: Work) -> Mapping[str, Any]:
            return await offering.grant_offer(work, county, id, body.person, by=who.subject)

        said = {"id": str(id), **body.model_dump(mode="json")}
        return Answer(**await desk.once(who, request_id, "offer_grant", said, act))

    @router.post("/offers/{id}/withdraw")
    async def withdraw(id: UUID, who: Annotated[Principal, officer], request_id: RequestId = None) -> Answer:
        async def act(work: Work) -> Mapping[str, Any]:
            return await offering.withdraw_offer(work, county, id, by=who.subject)

        return Answer(**await desk.once(who, request_id, "offer_withdraw", {"id": str(id)}, act))
