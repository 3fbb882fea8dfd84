"""HTTP commands about one assignment (what a dispatcher hears by telephone or radio) and receipts of notices."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, StringConstraints

from dispatch.access.guard import Guard
from dispatch.access.principal import DISPATCHING, Principal
from dispatch.access.problem import problems
from dispatch.alarms.answer import Said, report, stands
from dispatch.alarms.command_edge import CommandId, edge, in_calendar
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Report
from dispatch.alarms.notices import receive_notice
from runtime.database import Work

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,200}$")]  # "": whoever sends it
Via = Literal["console", "telephone", "radio", "device"]


class SaidBody(BaseModel):
    """Who said it, by which way, why, and when, if not just now: a call is often written down a moment later."""

    model_config = ConfigDict(extra="forbid")
    by: Person = ""
    via: Via = "console"
    cause: Word | None = None
    at: datetime | None = None


class UnableBody(SaidBody):
    """`declined`: who was only asked says no; who was ordered can only be unable."""

    cause: Word
    declined: bool = False


class ReceivedBody(BaseModel):
    model_config = ConfigDict(extra="forbid")
    by: Person = ""


def make_assignment_router(desk: Desk, guard: Guard) -> APIRouter:
    router = APIRouter(tags=["assignments"])
    Dispatcher = Annotated[Principal, Depends(guard.require(*DISPATCHING))]  # noqa: N806 (a type)
    run = edge(desk)

    async def say(
        principal: Principal, command_id: str | None, id: UUID, body: SaidBody, said: Report
    ) -> dict[str, Any]:
        async def act(work: Work) -> dict[str, Any]:
            at = None if body.at is None else in_calendar(body.at)
            one = Said(said, body.by or principal.name or principal.subject, body.via, body.cause, at)
            return await stands(desk, work, await report(desk, work, id, one))

        return await run(principal, command_id, f"assignment_{said.value}", id, body, act)

    @router.post("/assignments/{id}/acknowledge", responses=problems(409))
    async def acknowledge(
        id: UUID, principal: Dispatcher, body: SaidBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """A crew has answered by telephone or radio: that stops the clock."""
        return await say(principal, command_id, id, body or SaidBody(), Report.ACKNOWLEDGE)

    @router.post("/assignments/{id}/unable", responses=problems(409))
    async def unable(
        id: UUID, body: UnableBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """A crew cannot go, with its cause; another unit is added."""
        said = Report.DECLINE if body.declined else Report.UNABLE
        return await say(principal, command_id, id, body, said)

    @router.post("/assignments/{id}/recall", responses=problems(409))
    async def recall(
        id: UUID, principal: Dispatcher, body: SaidBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """召回: the unit turns round; also the undo of an order."""
        return await say(principal, command_id, id, body or SaidBody(), Report.RECALL)

    @router.post("/assignments/{id}/keep", responses=problems(409))
    async def keep(
        id: UUID, principal: Dispatcher, body: SaidBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """A unit that answered late comes all the same, beside the one that took its slot."""
        return await say(principal, command_id, id, body or SaidBody(), Report.KEEP)

    @router.post("/assignments/{id}/clear", responses=problems(409))
    async def clear(
        id: UUID, principal: Dispatcher, body: SaidBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """The unit is done and on its way home."""
        return await say(principal, command_id, id, body or SaidBody(), Report.CLEAR)

    @router.post("/notices/{id}/received", responses=problems(409))
    async def received(
        id: UUID, principal: Dispatcher, body: ReceivedBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """Somebody at the other end has confirmed the notice."""
        said = body or ReceivedBody()
        by = said.by or principal.name or principal.subject
        return await run(
            principal,
            command_id,
            "notice_received",
            id,
            said,
            lambda work: receive_notice(desk, work, id, by=by),
        )

    return router
