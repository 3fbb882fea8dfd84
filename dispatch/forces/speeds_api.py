"""HTTP for learnt speeds: the proposal with its evidence, its acceptance, and the way back."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field

from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal, Role
from dispatch.access.problem import problems
from dispatch.forces.bodies import Word
from dispatch.forces.speed_table import NewSpeed
from dispatch.forces.speeds import (
    RESTART,
    accept_speeds,
    accepted_tables,
    restore_speeds,
    shown,
    speed_report,
)
from gis_data.model import County
from runtime.database import Database, Work
from runtime.idempotency import run_once

RequestId = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
Version = Annotated[int, Field(ge=0, lt=2**31)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class NewSpeedBody(_Body):
    vehicle_class: Word
    road_class: Word
    kmh: Annotated[float, Field(gt=0, le=200, allow_inf_nan=False)]


class AcceptBody(_Body):
    """`version` is the table that the proposal was made against; `rows` its rows, or some, as they were shown."""

    version: Version
    rows: Annotated[list[NewSpeedBody], Field(min_length=1, max_length=2000)]


class RestoreBody(_Body):
    """`version` is the table accepted last; `to` the one to go back to, 0 for the county folder's own speeds."""

    version: Version
    to: Version


class SpeedRow(BaseModel):
    """`factor` × the expected time is what drives take, with its 95 % interval; `proposed_kmh` null: too few drives."""

    vehicle_class: str
    road_class: str
    drives: int
    hours: float
    factor: float
    low: float
    high: float
    kmh: float
    proposed_kmh: float | None


class AcceptedTable(BaseModel):
    version: int
    accepted_by: str
    accepted_at: str
    restored: int | None
    rows: list[SpeedRow]


class SpeedsAnswer(BaseModel):
    """`version` was accepted last, `driven` is what this process drives by: where they differ, restart the service.

    `simulated` tells which drives the rows rest on; the `other_drives` were not used.
    """

    version: int
    driven: int
    restart_needed: bool
    simulated: bool
    drives: int
    left_out: int
    other_drives: int
    least_drives: int
    noise: float
    rows: list[SpeedRow]
    accepted: list[AcceptedTable]


class SpeedTableAnswer(BaseModel):
    """`then`: what makes it hold; until then every process drives by the table it started with."""

    version: int
    driven: int
    then: str


def make_speeds_router(db: Database, guard: Guard, county: County, driven: int) -> APIRouter:
    """`driven` is the version of the table that this process's road graph was built with."""
    router = APIRouter(prefix="/api/v1/roads/speeds", tags=["forces"], responses=problems(404, 409))
    reader = guard.require(*PEOPLE)
    planner = guard.require(Role.PLANNER, Role.ADMIN)

    @router.get("")
    async def speeds(
        _: Annotated[Principal, Depends(reader)],
        simulated: Annotated[bool, Query(description="look at simulated drives instead")] = False,
    ) -> SpeedsAnswer:
        """What the drives of the last year say of the speed table, by vehicle class and class of road."""
        async with db.reading() as conn:
            report = await speed_report(conn, county, await db.clock(conn), simulated=simulated)
            accepted = await accepted_tables(conn, county.code)
        return SpeedsAnswer(
            driven=driven, restart_needed=driven != report.table.version, **shown(report, accepted)
        )

    @router.post("/accept", status_code=201)
    async def accept(
        body: AcceptBody, who: Annotated[Principal, Depends(planner)], request_id: RequestId = None
    ) -> SpeedTableAnswer:
        """Accept proposed speeds as a new table. It holds from the next start of the service on."""
        news = [NewSpeed(row.vehicle_class, row.road_class, row.kmh) for row in body.rows]

        async def act(work: Work) -> dict[str, Any]:
            table = await accept_speeds(work, county, body.version, news, by=who.subject)
            return {"version": table.version}

        return await _answer(who, request_id, "speeds_accept", body, act)

    @router.post("/restore", status_code=201)
    async def restore(
        body: RestoreBody, who: Annotated[Principal, Depends(planner)], request_id: RequestId = None
    ) -> SpeedTableAnswer:
        """Go back to an earlier table, or to the folder's own speeds, as a new table."""

        async def act(work: Work) -> dict[str, Any]:
            table = await restore_speeds(work, county, body.version, body.to, by=who.subject)
            return {"version": table.version}

        return await _answer(who, request_id, "speeds_restore", body, act)

    async def _answer(
        who: Principal, request_id: str | None, kind: str, body: BaseModel, act: Any
    ) -> SpeedTableAnswer:
        answer = await run_once(
            db,
            county=county.code,
            actor=who.subject,
            id=request_id,
            kind=kind,
            request=body.model_dump(mode="json"),
            act=act,
        )
        return SpeedTableAnswer(version=answer["version"], driven=driven, then=RESTART)

    return router
