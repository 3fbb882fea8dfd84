"""Alarms in, incidents out: the HTTP face of the slice, put together from three routers."""

import json
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from fastapi import APIRouter, Depends, Query, Request

from dispatch.access.guard import Guard
from dispatch.access.principal import DISPATCHING, PEOPLE, Principal, Role
from dispatch.access.problem import Problem, problems
from dispatch.alarms.assignment_api import make_assignment_router
from dispatch.alarms.assignment_store import assignment_cards
from dispatch.alarms.command_edge import CommandId
from dispatch.alarms.day import figures_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident_api import make_incident_router
from dispatch.alarms.incident_store import alarm_status, alarms_of, incident_card, incident_cards
from dispatch.alarms.intake import take_alarm
from dispatch.alarms.intervals import intervals
from dispatch.alarms.proposal_store import latest_proposal, notice_cards
from dispatch.alarms.report import storable
from dispatch.alarms.surroundings import conditions_near, water_near
from dispatch.alarms.watering import water_of
from runtime.database import Work
from runtime.idempotency import run_once
from runtime.journal import read_events

LONGEST_ALARM_BYTES = 262_144
EVENTS_SHOWN = 2000
# Everything is welcome in an alarm, so the document promises little and shows much.
_ALARM_BODY: dict[str, Any] = {
    "required": True,
    "content": {
        "application/json": {
            "schema": {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": True,
                "properties": {
                    "source": {"description": "console, 119, sensor, hotline …"},
                    "source_id": {
                        "description": "the sender's own message id; a repeat gets the first answer"
                    },
                    "kind": {
                        "description": "code or name of a kind of incident; unknown ones count as other"
                    },
                    "location": {
                        "description": "lon, lat and crs (wgs84, cgcs2000, gcj02, bd09), or text; both are welcome"
                    },
                    "caller": {},
                    "description": {},
                    "trapped": {"description": "how many people are trapped"},
                    "facts": {"description": "crowded, hazmat, floors, gas, road, water …"},
                    "verified": {"description": "false for a sensor that nobody has checked"},
                    "reported_at": {"description": "RFC 3339"},
                },
            },
            "example": {
                "source": "119",
                "source_id": "20261122-0815",
                "kind": "building",
                "location": {"lon": 112.9, "lat": 35.5, "crs": "gcj02"},
                "trapped": 1,
            },
        }
    },
}


def make_alarms_router(desk: Desk, guard: Guard) -> APIRouter:
    """Every endpoint of the slice; the app mounts it under /api/v1."""
    router = APIRouter(tags=["alarms"])
    reader = guard.require(*PEOPLE)
    reporter = guard.require(*DISPATCHING, Role.GATEWAY)
    asker = guard.require(*PEOPLE, Role.GATEWAY)
    county = desk.county.code

    @router.post(
        "/alarms", status_code=201, responses=problems(409), openapi_extra={"requestBody": _ALARM_BODY}
    )
    async def post_alarm(
        request: Request,
        principal: Annotated[Principal, Depends(reporter)],
        command_id: CommandId = None,
    ) -> dict[str, Any]:
        """Take an alarm. It is committed before this answers; a place that cannot be found refuses nobody."""
        body = read_body(await request.body())

        async def act(work: Work) -> dict[str, Any]:
            return await take_alarm(desk, work, body, by=principal.subject, message_id=command_id)

        return await run_once(
            desk.db,
            county=county,
            actor=principal.subject,
            id=command_id,
            kind="alarm",
            request=storable(body),
            act=act,
        )

    @router.get("/alarms/{id}", responses=problems())
    async def get_alarm(id: UUID, who: Annotated[Principal, Depends(asker)]) -> dict[str, Any]:
        """What became of an alarm, for whoever passed it on: incident, level, units and milestones."""
        by = who.subject if who.role is Role.GATEWAY else None
        async with desk.db.reading() as conn:
            found = await alarm_status(conn, county, id, by=by)
        if found is None:
            raise Problem(404, "no_alarm", {"id": str(id)})
        return found

    @router.get("/incidents", responses=problems())
    async def list_incidents(
        _: Annotated[Principal, Depends(reader)],
        status: Literal["open", "closed", "merged"] | None = None,
        before: UUID | None = None,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> dict[str, Any]:
        """Newest first; `next` is the `before` of the next page."""
        async with desk.db.reading() as conn:
            cards = await incident_cards(conn, county, status=status, before=before, page=limit)
        return {"incidents": cards, "next": cards[-1]["id"] if len(cards) == limit else None}

    @router.get("/incidents/{id}", responses=problems())
    async def get_incident(id: UUID, _: Annotated[Principal, Depends(reader)]) -> dict[str, Any]:
        """Everything about one incident: alarms, assignments, notices, journal, intervals, water and roads near by."""
        async with desk.db.reading() as conn:
            card = await incident_card(conn, county, id)
            if card is None:
                raise Problem(404, "no_incident", {"id": str(id)})
            assignments = await assignment_cards(conn, id)
            alarms = await alarms_of(conn, id)
            notices = await notice_cards(conn, id)
            events = await read_events(conn, f"incident/{id}", 0, EVENTS_SHOWN)
        async with desk.db.pool.acquire() as conn:  # the newest roads, not those of the snapshot above
            now = await desk.db.clock(conn)
            live = await desk.roads.refresh(conn, now)
        today = now.astimezone(ZoneInfo(desk.county.time_zone)).date()
        lon, lat = card["lon"], card["lat"]
        journal = [
            {
                "seq": event.seq,
                "at": event.at,
                "type": event.type,
                "v": event.v,
                "data": {key: value for key, value in event.data.items() if key != "cards"},
            }
            for event in events
        ]
        return {
            "incident": card,
            "alarms": alarms,
            "assignments": assignments,
            "notices": notices,
            "journal": journal,
            "intervals": intervals(card, assignments),
            "water": water_near(desk.county, lon, lat, today),
            "road_conditions": conditions_near(live, lon, lat),
        }

    @router.get("/incidents/{id}/proposal", responses=problems())
    async def get_proposal(id: UUID, _: Annotated[Principal, Depends(reader)]) -> dict[str, Any]:
        """What is proposed now, with reasons and ways."""
        async with desk.db.reading() as conn:
            if await incident_card(conn, county, id) is None:
                raise Problem(404, "no_incident", {"id": str(id)})
            latest = await latest_proposal(conn, id)
        if latest is None:
            raise Problem(404, "no_proposal", {"id": str(id)})
        return {**{k: v for k, v in latest.items() if k != "result"}, **latest["result"]}

    @router.get("/incidents/{id}/water", responses=problems())
    async def get_water(
        id: UUID,
        _: Annotated[Principal, Depends(reader)],
        flow_lps: Annotated[float | None, Query(gt=0, le=1000, allow_inf_nan=False)] = None,
        rise_metres: Annotated[float | None, Query(ge=-1000, le=1000, allow_inf_nan=False)] = None,
    ) -> dict[str, Any]:
        """Sources by road for the classes at hand, why others are no use, and the plan: shuttle or relay.

        `flow_lps` is the need; without it the county's table says by kind and level. Advice only: nothing is ordered.
        """
        return await water_of(desk, id, flow_lps, rise_metres)

    @router.get("/days/{day}", responses=problems())
    async def get_day(day: date, _: Annotated[Principal, Depends(reader)]) -> dict[str, Any]:
        """A day of the county in figures: what came in, medians of the intervals, what went wrong."""
        if not date(2000, 1, 1) <= day <= date(2200, 1, 1):
            raise Problem(404, "no_day", {"day": day.isoformat()})
        async with desk.db.reading() as conn:
            return await figures_of(conn, desk.county, day)

    router.include_router(make_incident_router(desk, guard))
    router.include_router(make_assignment_router(desk, guard))
    return router


def read_body(raw: bytes) -> dict[str, Any]:
    """The alarm as JSON, in UTF-8 or GB 18030. Only what is no JSON object, or an empty one, is refused."""
    if len(raw) > LONGEST_ALARM_BYTES:
        raise Problem(413, "too_large", {"status": 413, "path": "/alarms"})
    body: Any = None
    try:
        body = orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:  # NaN, lone surrogates and old encodings are not worth losing a caller over
            body = json.loads(_decoded(raw))
        except (ValueError, RecursionError) as error:
            raise Problem(400, "not_json", {"field": "body"}) from error
    if not isinstance(body, dict) or not body:
        raise Problem(422, "alarm_empty")
    return body


def _decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("gb18030", "replace")
