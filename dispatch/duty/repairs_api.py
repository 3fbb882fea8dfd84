"""HTTP for mending a roster: options after absences, one of them taken."""

from collections.abc import Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from dispatch.access.principal import ROSTERING, Principal
from dispatch.duty import repairing
from dispatch.duty.bodies import Answer, Body
from dispatch.duty.desk import Code, RequestId, RosterDesk
from runtime.database import Work


class RepairBody(Body):
    """The codes of the absences that left seats open."""

    absences: Annotated[list[Code], Field(min_length=1, max_length=20)]


class TakeBody(Body):
    """`number` of the option, from 1. `consents`: who has agreed, of those whom the option has to ask."""

    number: Annotated[int, Field(ge=1, le=10)]
    consents: Annotated[list[Code], Field(max_length=100, default_factory=list)]


class RepairsAnswer(BaseModel):
    """Ranked: the first changes the fewest duties (`proved`, if the time was enough to prove it)."""

    repair: UUID
    options: list[dict[str, Any]]


def add_repair_routes(router: APIRouter, desk: RosterDesk) -> None:
    county = desk.county.code
    officer = Depends(desk.guard.require(*ROSTERING))

    @router.post("/repairs", status_code=201)
    async def find(body: RepairBody, who: Annotated[Principal, officer]) -> RepairsAnswer:
        """Up to three ways to fill what these absences left open, found within seconds. Nothing is changed."""
        found = await repairing.find_repairs(
            desk.db, desk.workshop, county, sorted(set(body.absences)), by=who.subject
        )
        return RepairsAnswer.model_validate(found)

    @router.post("/repairs/{id}/take")
    async def take(
        id: UUID, body: TakeBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Carry an option out. Judged again, since the roster may have changed meanwhile."""

        async def act(work: Work) -> Mapping[str, Any]:
            return await repairing.take_repair(
                work, county, id, body.number, consents=body.consents, by=who.subject
            )

        said = {"id": str(id), **body.model_dump(mode="json")}
        return Answer(**await desk.once(who, request_id, "repair_take", said, act))
