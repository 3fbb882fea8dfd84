"""HTTP for roll calls: who is expected, who is there, who is out; whom to call in."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query

from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal, Role
from dispatch.access.problem import Problem, problems
from dispatch.duty import attendance
from dispatch.duty.desk import Code
from dispatch.duty.rollcall_bodies import (
    AnswersBody,
    CallInAnswer,
    RecallAnswer,
    RollcallAnswer,
    RollcallsAnswer,
    SubstitutesAnswer,
    TeamNowAnswer,
)
from dispatch.duty.rollcall_card import rollcall_card
from dispatch.duty.rollcall_store import known_people, people_of, rollcalls_between, shown_rollcalls
from dispatch.duty.substituting import call_in, seat_substitutes
from dispatch.duty.watching import team_now
from runtime.database import Database, Work
from runtime.idempotency import run_once

Word = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
Named = Annotated[str | None, Query(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]
Seat = Annotated[str, Query(pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
RequestId = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
LONGEST_DAYS = 62


def make_rollcall_router(db: Database, guard: Guard, county: str) -> APIRouter:
    router = APIRouter(prefix="/roster", tags=["roll call"], responses=problems(404, 409))
    reader = guard.require(*PEOPLE, Role.DEVICE)
    officers = (Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN, Role.ROSTER_OFFICER)
    teller = guard.require(*officers, Role.DEVICE)
    officer = guard.require(*officers)
    person = guard.require(*PEOPLE)

    @router.get("/rollcalls")
    async def rollcalls(who: Annotated[Principal, Depends(reader)], team: Named = None) -> RollcallsAnswer:
        """Every turn that is asked about now or soon, seat by seat. A device sees its own station's."""
        station = who.station if who.role is Role.DEVICE else None
        async with db.reading() as conn:
            now = await db.clock(conn)
            found = await shown_rollcalls(conn, county, now, team=team, station=station)
            people = await known_people(conn, county, people_of(found))
        return RollcallsAnswer.model_construct(rollcalls=[rollcall_card(one, people, now) for one in found])

    @router.post("/rollcalls/{team}/{day}/{shift}")
    async def answers(
        team: Word,
        day: date,
        shift: Word,
        body: AnswersBody,
        who: Annotated[Principal, Depends(teller)],
        request_id: RequestId = None,
    ) -> RollcallAnswer:
        """Answer for seats: present, absent with a cause, out on an errand, substitutes, changed seats, taken over."""

        async def act(work: Work) -> dict[str, Any]:
            card = await attendance.answer_rollcall(
                work,
                county,
                team,
                day,
                shift,
                [one.answer() for one in body.answers],
                by=who.subject,
                station=who.station if who.role is Role.DEVICE else None,
            )
            return {"rollcall": card}

        request = {"team": team, "day": day.isoformat(), "shift": shift, **body.model_dump(mode="json")}
        return RollcallAnswer(**await _once(who, request_id, "rollcall", request, act))

    @router.get("/rollcalls/{team}/{day}/{shift}/substitutes")
    async def substitutes(
        team: Word, day: date, shift: Word, seat: Seat, _: Annotated[Principal, Depends(officer)]
    ) -> SubstitutesAnswer:
        """Whom to ring up for a seat of this turn, in fair order, with telephones. Whoever comes is answered for."""
        async with db.work() as work:
            return SubstitutesAnswer(people=await seat_substitutes(work, county, team, day, shift, seat))

    @router.get("/teams/{team}/now")
    async def now_of(team: Word, who: Annotated[Principal, Depends(person)]) -> TeamNowAnswer:
        """Who is rostered now, who has answered, what is open, and who takes over when.

        Telephones are for those who may answer a roll call.
        """
        async with db.reading() as conn:
            now = await db.clock(conn)
            found = await team_now(conn, county, team, now, telephones=who.role in officers)
        return TeamNowAnswer.model_validate(found)

    @router.post("/errands/{person}/recall")
    async def recall(
        person: Word, who: Annotated[Principal, Depends(officer)], request_id: RequestId = None
    ) -> RecallAnswer:
        """召回: whoever is out on an errand is called back; the team's devices are told."""

        async def act(work: Work) -> dict[str, Any]:
            return await attendance.recall(work, county, person, by=who.subject)

        return RecallAnswer(**await _once(who, request_id, "errand_recall", {"person": person}, act))

    @router.get("/attendance")
    async def attended(
        _: Annotated[Principal, Depends(officer)], first: date, last: date, team: Named = None
    ) -> RollcallsAnswer:
        """Planned and actual, turn by turn, from one day to another (at most 62)."""
        if not 0 <= (last - first).days < LONGEST_DAYS:
            raise Problem(409, "days_out_of_range", {"most": LONGEST_DAYS})
        async with db.reading() as conn:
            now = await db.clock(conn)
            found = await rollcalls_between(conn, county, team, first, last)
            people = await known_people(conn, county, people_of(found))
        return RollcallsAnswer.model_construct(rollcalls=[rollcall_card(one, people, now) for one in found])

    @router.get("/call-in")
    async def whom_to_call(
        _: Annotated[Principal, Depends(officer)],
        units: Annotated[list[Code], Query(min_length=1, max_length=20)],
    ) -> CallInAnswer:
        """For units without a legal crew: whom to ring up for each open seat, in fair order, with telephones."""
        async with db.work() as work:
            return CallInAnswer.model_construct(units=await call_in(work, county, units))

    async def _once(
        who: Principal,
        id: str | None,
        kind: str,
        request: Mapping[str, Any],
        act: Callable[[Work], Awaitable[dict[str, Any]]],
    ) -> dict[str, Any]:
        return await run_once(
            db, county=county, actor=who.subject, id=id, kind=kind, request=request, act=act
        )

    return router
