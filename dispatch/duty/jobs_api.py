"""HTTP for solving: begin, look how far it is, stop with the best so far, cancel; and why a month cannot be done."""

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dispatch.access.principal import PEOPLE, ROSTERING, Principal
from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS
from dispatch.duty.bodies import Answer, Body, ListAnswer
from dispatch.duty.desk import Code, Note, RequestId, RosterDesk, in_reach
from dispatch.duty.explaining import explain_month
from dispatch.duty.jobs import Jobs, SolveOrder, cancel_job, stop_job
from runtime.database import Work


class SolveBody(Body):
    """`teams` empty: all. `keep`: change what is in force as little as possible. `seconds`: stop then with the best so
    far; without it the same seed gives the same month."""

    first: date
    days: Annotated[int, Field(ge=1, le=62)]
    teams: Annotated[list[Code], Field(max_length=500, default_factory=list)]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    keep: bool = False
    seconds: Annotated[float | None, Field(ge=1, le=3600)] = None
    note: Note = ""


class ExplainBody(Body):
    team: Code
    first: date
    days: Annotated[int, Field(ge=1, le=31)]


class Said(BaseModel):
    text: str
    text_en: str


class Way(BaseModel):
    kind: str
    cost: int
    steps: list[Said]


class ExplainedAnswer(BaseModel):
    """`short`: so many required seats stay empty at best. `minimal`: the clash is verified, and so is that each part of
    it is needed. Neither possible nor impossible: the time was too short to say."""

    team: str
    possible: bool
    impossible: bool
    short: int | None
    minimal: bool
    counts: list[Said]
    clash: list[Said]
    fixes: list[Way]


def add_job_routes(router: APIRouter, desk: RosterDesk, jobs: Jobs) -> None:
    db, county = desk.db, desk.county.code
    reader = Depends(desk.guard.require(*PEOPLE))
    officer = Depends(desk.guard.require(*ROSTERING))

    @router.post("/solve", status_code=202)
    async def solve(
        body: SolveBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Plan a month in the background: the answer names the job, and its roster becomes a draft."""
        in_reach(body.first)
        order = SolveOrder(
            body.first,
            body.days,
            tuple(sorted(set(body.teams))),
            body.seed,
            body.keep,
            body.seconds,
            body.note,
        )

        async def act(work: Work) -> Mapping[str, Any]:
            return await jobs.solve(work, order, by=who.subject)

        answer = await desk.once(who, request_id, "roster_solve", body, act)
        jobs.begin(UUID(answer["job"]))
        return Answer(**answer)

    @router.post("/explain")
    async def explain(body: ExplainBody, _: Annotated[Principal, officer]) -> ExplainedAnswer:
        """Why a team's month cannot be done, and what would make it possible; within some seconds."""
        in_reach(body.first)
        found = await explain_month(db, desk.workshop, county, body.team, body.first, body.days)
        return ExplainedAnswer.model_validate(found)

    @router.get("/jobs")
    async def list_jobs(_: Annotated[Principal, reader]) -> ListAnswer:
        """The newest 50, with how far each team is, in per cent."""
        async with db.reading() as conn:
            return ListAnswer(items=[dict(row) async for row in ASKS.jobs(conn, county=county, most=50)])

    @router.get("/jobs/{id}")
    async def job(id: UUID, _: Annotated[Principal, reader]) -> Answer:
        """How far it is; once done, the draft's id and each team's figures."""
        async with db.reading() as conn:
            row = await ASKS.job(conn, county=county, id=id)
        if row is None:
            raise Problem(404, "roster_job_unknown", {"job": str(id)})
        return Answer(**dict(row))

    @router.post("/jobs/{id}/stop")
    async def stop(id: UUID, who: Annotated[Principal, officer], request_id: RequestId = None) -> Answer:
        """Enough: the best so far becomes a draft."""

        async def act(work: Work) -> Mapping[str, Any]:
            return await stop_job(work, county, id, by=who.subject)

        return Answer(**await desk.once(who, request_id, "roster_job_stop", {"id": str(id)}, act))

    @router.post("/jobs/{id}/cancel")
    async def cancel(id: UUID, who: Annotated[Principal, officer], request_id: RequestId = None) -> Answer:
        """Nothing is kept of it."""

        async def act(work: Work) -> Mapping[str, Any]:
            return await cancel_job(work, county, id, by=who.subject)

        return Answer(**await desk.once(who, request_id, "roster_job_cancel", {"id": str(id)}, act))
