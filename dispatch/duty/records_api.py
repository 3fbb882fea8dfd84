"""HTTP for what is recorded beside the duties: absences, authorisations, wishes, disaster hours."""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Depends

from dispatch.access.principal import PEOPLE, ROSTERING, Principal, Role
from dispatch.access.problem import Problem
from dispatch.duty import away, granting
from dispatch.duty.bodies import (
    AbsenceBody,
    AbsenceEndBody,
    Answer,
    AuthorisationBody,
    DisasterWorkBody,
    ListAnswer,
    RequestBody,
)
from dispatch.duty.desk import (
    Days,
    PathCode,
    QueryCode,
    RequestId,
    RosterDesk,
    in_reach,
    meant_person,
    own_code,
)
from dispatch.duty.store import BOOK
from roster.people import AbsenceKind
from runtime.database import Work

# What members say of themselves; whatever is granted (leave, training, owed rest, secondment) an officer records.
OWN_WORD = frozenset({AbsenceKind.SICK, AbsenceKind.ERRAND})


def add_record_routes(router: APIRouter, desk: RosterDesk) -> None:
    db, county = desk.db, desk.county.code
    reader = Depends(desk.guard.require(*PEOPLE))
    officer = Depends(desk.guard.require(*ROSTERING))
    anybody = Depends(desk.guard.require(*PEOPLE, Role.MEMBER))
    asking = Depends(desk.guard.require(*ROSTERING, Role.MEMBER))

    @router.get("/absences")
    async def absences(
        first: date, days: Days, who: Annotated[Principal, anybody], team: QueryCode = None
    ) -> ListAnswer:
        """Who is away at some time of these days, of all or of one team; a member sees his or her own."""
        in_reach(first)
        since = datetime.combine(first, time(), ZoneInfo(desk.county.time_zone))
        async with db.reading() as conn:
            until = since + timedelta(days=days)
            rows = BOOK.absences_told(conn, county=county, since=since, until=until, team=team)
            found = [dict(row) async for row in rows]
        own = own_code(who)
        return ListAnswer(items=[row for row in found if own in (None, row["person"])])

    @router.post("/absences", status_code=201)
    async def report(
        body: AbsenceBody, who: Annotated[Principal, asking], request_id: RequestId = None
    ) -> Answer:
        """Somebody is or will be away. Sickness frees the duties from its beginning and leaves their seats open.

        Members report `sick` and `errand` of their own; 403 for every other kind.
        """
        in_reach(body.starts, body.ends)
        person = meant_person(who, body.person)
        member = own_code(who) is not None
        if member and body.kind not in OWN_WORD:
            raise Problem(403, "absence_for_officers", {"kind": body.kind.value})
        # What can be planned is released by an officer alone.
        release = body.release and not member

        async def act(work: Work) -> Mapping[str, Any]:
            return await away.report_absence(
                work,
                county,
                person,
                body.kind,
                body.starts,
                body.ends,
                note=body.note,
                by=who.subject,
                release=release,
            )

        return Answer(**await desk.once(who, request_id, "absence", body, act))

    @router.post("/absences/{code}/end")
    async def end(
        code: PathCode, body: AbsenceEndBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Back earlier than said, or never away at all. Duties given up are not given back by that."""
        in_reach(body.ends)

        async def act(work: Work) -> Mapping[str, Any]:
            return await away.end_absence(work, county, code, body.ends, by=who.subject)

        said = {"code": code, **body.model_dump(mode="json")}
        return Answer(**await desk.once(who, request_id, "absence_end", said, act))

    @router.get("/authorisations")
    async def authorisations(first: date, days: Days, _: Annotated[Principal, reader]) -> ListAnswer:
        in_reach(first)
        last = first + timedelta(days=days - 1)
        async with db.reading() as conn:
            rows = BOOK.authorisations(conn, county=county, first=first, last=last)
            return ListAnswer(items=[dict(row) async for row in rows])

    @router.post("/authorisations", status_code=201)
    async def authorise(
        body: AuthorisationBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """Allow an overridable rule to be broken on some days, with a reason, by name."""
        in_reach(body.first, body.last)

        async def act(work: Work) -> Mapping[str, Any]:
            return await granting.authorise(
                work,
                county,
                body.rule,
                person=body.person or "",
                team=body.team or "",
                first=body.first,
                last=body.last,
                reason=body.reason,
                by=who.subject,
            )

        return Answer(**await desk.once(who, request_id, "authorisation", body, act))

    @router.delete("/authorisations/{code}")
    async def revoke(code: PathCode, who: Annotated[Principal, officer]) -> Answer:
        """It no longer holds for what is changed from now on."""
        async with db.work() as work:
            return Answer(**await granting.revoke_authorisation(work, county, code, by=who.subject))

    @router.get("/requests")
    async def requests(first: date, days: Days, who: Annotated[Principal, anybody]) -> ListAnswer:
        """Wishes for days; a member sees his or her own."""
        in_reach(first)
        own = own_code(who)
        last = first + timedelta(days=days - 1)
        async with db.reading() as conn:
            rows = BOOK.requests(conn, county=county, first=first, last=last)
            return ListAnswer(items=[dict(row) async for row in rows if own in (None, row["person"])])

    @router.post("/requests", status_code=201)
    async def request(
        body: RequestBody, who: Annotated[Principal, asking], request_id: RequestId = None
    ) -> Answer:
        """A wish for a day. What a member's wish weighs is set by the office: 1."""
        in_reach(body.day)
        person = meant_person(who, body.person)
        weight = body.weight if own_code(who) is None else 1

        async def act(work: Work) -> Mapping[str, Any]:
            return await granting.request_day(
                work,
                county,
                person,
                body.day,
                body.shift,
                wanted=body.wanted,
                weight=weight,
                by=who.subject,
            )

        return Answer(**await desk.once(who, request_id, "duty_request", body, act))

    @router.delete("/requests/{id}")
    async def take_back(id: UUID, who: Annotated[Principal, asking]) -> Answer:
        async with db.work() as work:
            return Answer(
                **await granting.withdraw_request(work, county, id, person=own_code(who), by=who.subject)
            )

    @router.get("/disaster-work")
    async def disaster_work(first: date, days: Days, _: Annotated[Principal, reader]) -> ListAnswer:
        in_reach(first)
        last = first + timedelta(days=days - 1)
        async with db.reading() as conn:
            rows = BOOK.disaster_work(conn, county=county, first=first, last=last)
            return ListAnswer(items=[dict(row) async for row in rows])

    @router.post("/disaster-work", status_code=201)
    async def log(
        body: DisasterWorkBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> Answer:
        """应急工时: minutes worked in a disaster, which the cap of overtime leaves out."""
        in_reach(body.day)

        async def act(work: Work) -> Mapping[str, Any]:
            return await granting.log_disaster_work(
                work, county, body.person, body.day, body.minutes, body.incident, by=who.subject
            )

        return Answer(**await desk.once(who, request_id, "disaster_work", body, act))

    @router.delete("/disaster-work/{id}")
    async def withdraw(id: UUID, who: Annotated[Principal, officer]) -> Answer:
        """Logged by mistake: they count as overtime again."""
        async with db.work() as work:
            return Answer(**await granting.withdraw_disaster_work(work, county, id, by=who.subject))
