"""HTTP for forces: units, stations and zones; what is said about a unit; roads as they are now."""

import asyncio
from collections.abc import Awaitable, Mapping
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Path
from shapely.geometry import mapping

from dispatch.access.guard import Guard
from dispatch.access.principal import PEOPLE, Principal, Role
from dispatch.access.problem import Problem, problems
from dispatch.forces import commands, conditions, roads
from dispatch.forces.bodies import (
    ConditionAnswer,
    ConditionBody,
    ConditionsAnswer,
    CoverAnswer,
    MeantAnswer,
    MoveUpBody,
    PositionAnswer,
    PositionBody,
    PreviewBody,
    RemovedAnswer,
    ServiceBody,
    SpeedsAnswer,
    StationsAnswer,
    StatusAnswer,
    StatusBody,
    StrengthBody,
    UnitAnswer,
    UnitsAnswer,
    ZonesAnswer,
)
from dispatch.forces.closing import Describe, drawn, nowhere, reports_of, told_of
from dispatch.forces.covering import find_cover
from dispatch.forces.moving_up import move_up, send_home
from dispatch.forces.status import Status, parse
from dispatch.forces.store import SQL, station_cards, unit_cards, zone_cards
from dispatch.forces.tracking import Tracking
from gis_data.model import County
from runtime.database import Connection, Database, Work
from runtime.encoding import utc_text
from runtime.idempotency import run_once

UnitKey = Annotated[
    str, Path(min_length=1, max_length=64, pattern=r"^[^\x00]+$", description="code or id of the unit")
]
RequestId = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]


class ReportStatus(Protocol):
    """`commands.report_status`, or what `app` puts in its place so that the assignment follows too."""

    def __call__(
        self,
        work: Work,
        county: str,
        key: str,
        status: Status,
        *,
        at: datetime | None,
        by: str,
        cause: str | None,
    ) -> Awaitable[Mapping[str, Any]]: ...


def make_forces_router(
    db: Database,
    guard: Guard,
    county: County,
    road_book: roads.RoadBook,
    tracking: Tracking,
    *,
    report_status: ReportStatus = commands.report_status,
    describe: Describe = nowhere,
) -> APIRouter:
    router = APIRouter(prefix="/api/v1", tags=["forces"], responses=problems(409))
    reader = guard.require(*PEOPLE, Role.DEVICE)
    teller = guard.require(Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN, Role.DEVICE)
    dispatcher = guard.require(Role.DISPATCHER, Role.SUPERVISOR, Role.ADMIN)
    areas = {zone.code: mapping(zone.area.simplify(0.0005)) for zone in county.zones}

    @router.get("/units")
    async def units(_: Annotated[Principal, Depends(reader)]) -> UnitsAnswer:
        """Every unit in use, with status, crew and its last known position."""
        async with db.pool.acquire() as conn:
            cards = await unit_cards(conn, county.code)
        return UnitsAnswer.model_construct(units=await tracking.overlay(cards))

    @router.get("/stations")
    async def stations(_: Annotated[Principal, Depends(reader)]) -> StationsAnswer:
        async with db.pool.acquire() as conn:
            return StationsAnswer.model_construct(stations=await station_cards(conn, county.code))

    @router.get("/zones")
    async def zones(_: Annotated[Principal, Depends(reader)]) -> ZonesAnswer:
        """The zones in use with their area as GeoJSON, simplified to about 50 m."""
        async with db.pool.acquire() as conn:
            cards = await zone_cards(conn, county.code)
        return ZonesAnswer.model_construct(
            zones=[{**card, "area": areas.get(card["code"])} for card in cards]
        )

    @router.get("/cover")
    async def cover(_: Annotated[Principal, Depends(reader)]) -> CoverAnswer:
        """Zones without a manned engine, and moves worth suggesting. Nothing moves by itself."""
        async with db.pool.acquire() as conn:
            found = await find_cover(conn, county, road_book.current, await db.clock(conn))
        return CoverAnswer(**found)

    @router.post("/units/{id}/status")
    async def status(
        id: UnitKey,
        body: StatusBody,
        who: Annotated[Principal, Depends(teller)],
        request_id: RequestId = None,
    ) -> StatusAnswer:
        """Say what a unit does. What was kept offline is told with its own time, and undoes nothing newer."""
        told = parse(body.status)
        assert told is not None  # the body admits nothing else

        async def act(work: Work) -> dict[str, Any]:
            unit = await _own_unit(work.conn, county.code, id, who)
            answer = await report_status(
                work, county.code, unit, told, at=body.at, by=who.subject, cause=body.cause
            )
            return {**answer, "at": utc_text(answer["at"])}

        answer = await _once(
            db, who, request_id, "unit_status", {"unit": id, **body.model_dump(mode="json")}, act
        )
        return StatusAnswer(**answer)

    @router.post("/units/{id}/position")
    async def position(
        id: UnitKey, body: PositionBody, who: Annotated[Principal, Depends(teller)]
    ) -> PositionAnswer:
        """A fix. One from the future, or older than the last, is not taken, and the answer says so."""
        async with db.pool.acquire() as conn:
            await _own_unit(conn, county.code, id, who)
        verdict = await tracking.report(id, body.lon, body.lat, body.crs, body.at)
        return PositionAnswer(verdict=verdict.value)

    @router.post("/units/{id}/strength")
    async def strength(
        id: UnitKey,
        body: StrengthBody,
        who: Annotated[Principal, Depends(teller)],
        request_id: RequestId = None,
    ) -> UnitAnswer:
        """How many are there, for a unit whose team is not rostered here. A rostered one answers its roll call."""

        async def act(work: Work) -> dict[str, Any]:
            await _own_unit(work.conn, county.code, id, who)
            await commands.report_strength(
                work,
                county.code,
                id,
                crew=body.crew,
                qualifications=body.qualifications,
                duty_mode=body.duty_mode,
                until=body.until,
                by=who.subject,
            )
            return {"unit": await _card(work, county.code, id)}

        request = {"unit": id, **body.model_dump(mode="json")}
        return UnitAnswer(**await _once(db, who, request_id, "unit_strength", request, act))

    @router.post("/units/{id}/service")
    async def service(
        id: UnitKey,
        body: ServiceBody,
        who: Annotated[Principal, Depends(teller)],
        request_id: RequestId = None,
    ) -> UnitAnswer:
        """Out of service with a cause, or back in service."""

        async def act(work: Work) -> dict[str, Any]:
            await _own_unit(work.conn, county.code, id, who)
            await commands.set_service(work, county.code, id, cause=body.cause, by=who.subject)
            return {"unit": await _card(work, county.code, id)}

        request = {"unit": id, **body.model_dump(mode="json")}
        return UnitAnswer(**await _once(db, who, request_id, "unit_service", request, act))

    @router.post("/units/{id}/move-up")
    async def moves_up(
        id: UnitKey,
        body: MoveUpBody,
        who: Annotated[Principal, Depends(dispatcher)],
        request_id: RequestId = None,
    ) -> UnitAnswer:
        """移防: stand by at another station, where it counts for that zone; or go home again."""

        async def act(work: Work) -> dict[str, Any]:
            if body.station is None:
                await send_home(work, county, id, by=who.subject)
            else:
                await move_up(work, county, id, body.station, by=who.subject)
            return {"unit": await _card(work, county.code, id)}

        request = {"unit": id, **body.model_dump(mode="json")}
        return UnitAnswer(**await _once(db, who, request_id, "move_up", request, act))

    @router.get("/roads/conditions")
    async def list_conditions(_: Annotated[Principal, Depends(reader)]) -> ConditionsAnswer:
        """Road conditions that nobody has lifted and that have not run out, with their lines and roads' names."""
        async with db.reading() as conn:
            version = await conditions.SQL.version_of(conn, county=county.code) or 0
            cards = await conditions.condition_cards(conn, county.code)
            now = await db.clock(conn)
        graph, profile = road_book.current.graph, road_book.current.profile
        until = road_book.next_speeds(now) if profile else None
        speeds = profile and SpeedsAnswer(
            code=profile.code,
            name=profile.name.zh,
            name_en=profile.name.en,
            until=utc_text(until) if until else None,
        )
        shown = await asyncio.to_thread(lambda: [drawn(card, graph) for card in cards])
        return ConditionsAnswer.model_construct(
            version=version,
            speed_profile=speeds,
            road_classes=sorted(filter(None, graph.piece_classes.table)),
            conditions=shown,
        )

    @router.post("/roads/conditions/preview")
    async def preview_conditions(
        body: PreviewBody, _: Annotated[Principal, Depends(dispatcher)]
    ) -> MeantAnswer:
        """What a report would touch, before it is filed. Nothing is recorded."""
        graph = road_book.current.graph
        return MeantAnswer(
            **await asyncio.to_thread(lambda: told_of(graph, *reports_of(body, graph, describe)))
        )

    @router.post("/roads/conditions", status_code=201)
    async def add_conditions(
        body: ConditionBody, who: Annotated[Principal, Depends(dispatcher)], request_id: RequestId = None
    ) -> ConditionAnswer:
        """Close or slow roads at once for every choice that follows."""
        graph = road_book.current.graph
        reports, meant = await asyncio.to_thread(reports_of, body, graph, describe)

        async def act(work: Work) -> dict[str, Any]:
            ids = await conditions.add_conditions(work, county.code, reports, by=who.subject)
            card = conditions.SQL.condition_card
            first, *also = [await card(work.conn, county=county.code, id=id) for id in ids]
            return {"condition": first, "also": also}

        request = body.model_dump(mode="json")
        answer = await _once(db, who, request_id, "road_condition", request, act)
        await refresh()
        told = await asyncio.to_thread(told_of, graph, reports, meant)
        return ConditionAnswer(**answer, meant=MeantAnswer(**told))

    @router.delete("/roads/conditions/{id}")
    async def remove_condition(
        id: UUID, who: Annotated[Principal, Depends(dispatcher)], together: bool = False
    ) -> RemovedAnswer:
        """Lift a condition, or with `together` all that were reported in one with it."""
        async with db.work() as work:
            gone = await conditions.remove_condition(work, county.code, id, by=who.subject, together=together)
        await refresh()
        return RemovedAnswer(id=str(id), ids=[str(one) for one in gone])

    async def refresh() -> None:
        """Who gets the answer may rely on it: this process's own roads have it already."""
        async with db.pool.acquire() as conn:
            await road_book.refresh(conn, await db.clock(conn))

    async def _once(
        db: Database, who: Principal, id: str | None, kind: str, request: Mapping[str, Any], act: Any
    ) -> Mapping[str, Any]:
        return await run_once(
            db, county=county.code, actor=who.subject, id=id, kind=kind, request=request, act=act
        )

    return router


async def _own_unit(conn: Connection, county: str, key: str, who: Principal) -> str:
    """The unit's code, by code or id. A device speaks for the units of its own station only."""
    unit = await SQL.unit_fix(conn, county=county, key=key)
    if unit is None:
        raise Problem(404, "unit_unknown", {"unit": key})
    if who.role is Role.DEVICE and (who.station is None or unit["station"] != who.station):
        raise Problem(403, "unit_of_another_station", {"unit": key})
    code: str = unit["code"]
    return code


async def _card(work: Work, county: str, key: str) -> Mapping[str, Any]:
    unit = await commands.known_unit(work, county, key)
    card: Mapping[str, Any] = await SQL.unit_card(work.conn, county=county, id=unit.id)
    return card
