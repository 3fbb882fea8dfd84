"""HTTP commands about an incident: orders, reinforcement, level, milestones, place, links, closing."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from dispatch.access.guard import Guard
from dispatch.access.principal import DISPATCHING, Principal
from dispatch.access.problem import Problem, problems
from dispatch.alarms.by_hand import order_proposal, order_units, reinforce
from dispatch.alarms.command_edge import CommandId, edge, in_calendar
from dispatch.alarms.conduct import LevelSaid, close, reach_milestone, relocate, set_level, verify
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Milestone
from dispatch.alarms.linking import link, unlink
from dispatch.alarms.notices import notify

Word = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,200}$")]
Person = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{0,200}$")]  # "": whoever sends it
Key = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.:\-]{1,60}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class UnitsOrder(_Body):
    """Units picked by hand, by code or id."""

    units: Annotated[list[Key], Field(min_length=1, max_length=50)]


class ProposalOrder(_Body):
    """The whole proposal as it stands."""

    proposal: Literal[True]


class ReinforcementBody(_Body):
    """How much more by capability; `order` sends it at once."""

    needs: Annotated[
        dict[Key, Annotated[float, Field(gt=0, le=1000, allow_inf_nan=False)]],
        Field(min_length=1, json_schema_extra={"additionalProperties": False}),
    ]
    order: bool = False


class LevelBody(_Body):
    level: Annotated[int, Field(ge=1, le=5)]
    by: Person = ""
    correction: bool = False
    why: Word | None = None


class MilestoneBody(_Body):
    milestone: Milestone
    by: Person = ""
    at: datetime | None = None


class Position(_Body):
    """`text` is what people call it; without one, the nearest place gives the name."""

    lon: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    lat: Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]
    crs: Literal["wgs84", "cgcs2000", "gcj02", "bd09"] = "wgs84"
    text: Word | None = None


class Words(_Body):
    text: Word


class LocationBody(_Body):
    location: Position | Words
    by: Person = ""


class LinkBody(_Body):
    incident_id: UUID


class UnlinkBody(_Body):
    alarm_id: UUID


class VerifyBody(_Body):
    by: Person = ""


class NoticeBody(_Body):
    """`body`: one of the county's notify bodies (power, gas, ambulance_120 …)."""

    body: Key


class CloseBody(_Body):
    by: Person = ""
    why: Word | None = None


def make_incident_router(desk: Desk, guard: Guard) -> APIRouter:
    router = APIRouter(prefix="/incidents/{id}", tags=["incidents"])
    Dispatcher = Annotated[Principal, Depends(guard.require(*DISPATCHING))]  # noqa: N806 (a type)
    run = edge(desk)

    @router.post("/assignments", status_code=201, responses=problems(409))
    async def order(
        id: UUID, body: UnitsOrder | ProposalOrder, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """Order units; the answer holds the assignments made."""
        by = principal.subject
        return await run(
            principal,
            command_id,
            "order",
            id,
            body,
            lambda work: (
                order_units(desk, work, id, body.units, by=by)
                if isinstance(body, UnitsOrder)
                else order_proposal(desk, work, id, by=by)
            ),
        )

    @router.post("/reinforcement", responses=problems(409))
    async def more(
        id: UUID, body: ReinforcementBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """增援: propose so much more, or send it at once."""
        return await run(
            principal,
            command_id,
            "reinforce",
            id,
            body,
            lambda work: reinforce(desk, work, id, body.needs, order=body.order, by=principal.subject),
        )

    @router.post("/level", responses=problems(409))
    async def level(
        id: UUID, body: LevelBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """Raise the level; lowering it is a correction and needs its reason."""
        said = LevelSaid(body.level, body.by or principal.subject, body.correction, body.why)
        return await run(
            principal, command_id, "level", id, body, lambda work: set_level(desk, work, id, said)
        )

    @router.post("/milestones", responses=problems(409))
    async def milestone(
        id: UUID, body: MilestoneBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """First water, under control, out …; the first time stands."""
        at = None if body.at is None else in_calendar(body.at)
        by = body.by or principal.subject
        return await run(
            principal,
            command_id,
            "milestone",
            id,
            body,
            lambda work: reach_milestone(desk, work, id, body.milestone, by=by, at=at),
        )

    @router.post("/location", responses=problems(409))
    async def location(
        id: UUID, body: LocationBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """改址: choose again, and send the order again to units on their way."""
        where = body.location
        located = (
            desk.map.locate(where.lon, where.lat, where.crs, where.text or "")
            if isinstance(where, Position)
            else desk.map.locate(None, None, "wgs84", where.text)
        )
        # Unlike a caller's, a dispatcher's place that cannot be found is a slip of the hand: the old one stands.
        if {"off_the_map", "place_unknown", "no_place"} & set(located.doubts):
            named = where.text or (f"{where.lon}, {where.lat}" if isinstance(where, Position) else "")
            raise Problem(404, "place_unknown", {"place": named})
        by = body.by or principal.subject
        return await run(
            principal, command_id, "location", id, body, lambda work: relocate(desk, work, id, located, by=by)
        )

    @router.post("/link", responses=problems(409))
    async def join(
        id: UUID, body: LinkBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """This incident is the same as another one, which goes on."""
        return await run(
            principal,
            command_id,
            "link",
            id,
            body,
            lambda work: link(desk, work, id, body.incident_id, by=principal.subject),
        )

    @router.post("/unlink", responses=problems(409))
    async def part(
        id: UUID, body: UnlinkBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """One alarm is another fire after all; the answer is its new incident."""
        return await run(
            principal,
            command_id,
            "unlink",
            id,
            body,
            lambda work: unlink(desk, work, id, body.alarm_id, by=principal.subject),
        )

    @router.post("/notices", status_code=201, responses=problems(409))
    async def tell(
        id: UUID, body: NoticeBody, principal: Dispatcher, command_id: CommandId = None
    ) -> dict[str, Any]:
        """通报: tell one more body than the plan names; its receipt is kept like the others."""
        by = principal.subject
        return await run(
            principal, command_id, "notify", id, body, lambda work: notify(desk, work, id, body.body, by=by)
        )

    @router.post("/verify", responses=problems(409))
    async def checked(
        id: UUID, principal: Dispatcher, body: VerifyBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """What only a sensor reported has been checked by somebody: it is an alarm like any other."""
        said = body or VerifyBody()
        by = said.by or principal.subject
        return await run(
            principal, command_id, "verify", id, said, lambda work: verify(desk, work, id, by=by)
        )

    @router.post("/close", responses=problems(409))
    async def finish(
        id: UUID, principal: Dispatcher, body: CloseBody | None = None, command_id: CommandId = None
    ) -> dict[str, Any]:
        """Close it, when nothing is missing any more."""
        said = body or CloseBody()
        by = said.by or principal.subject
        return await run(
            principal,
            command_id,
            "close",
            id,
            said,
            lambda work: close(desk, work, id, by=by, why=said.why),
        )

    return router
