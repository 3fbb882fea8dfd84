"""HTTP for rosters on paper and in other programs: exports of a month, and a person's calendar feed."""

from datetime import date, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel

from dispatch.access.principal import PEOPLE, ROSTERING, Principal, Role
from dispatch.access.problem import Problem
from dispatch.duty import feeding
from dispatch.duty.bodies import Answer, FeedBody
from dispatch.duty.desk import Days, PathCode, QueryCode, RosterDesk, in_reach, meant_person
from dispatch.duty.exporting import MEDIA_TYPES, Form, exported
from dispatch.duty.publishing import known_version
from dispatch.duty.standing import book_for
from dispatch.duty.store import in_force, published_days, roster_of, with_retired
from dispatch.duty.views_api import Teams
from roster.plan import Roster

_EXPORT: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "the roster in the format that was asked for",
        "content": {type.partition(";")[0]: {} for type in MEDIA_TYPES.values()},
    }
}
_CALENDAR: dict[int | str, dict[str, Any]] = {
    200: {"description": "iCalendar (RFC 5545)", "content": {"text/calendar": {}}}
}


class FeedAnswer(BaseModel):
    """`path` is shown this once: whoever knows it reads this person's duties, and nothing else."""

    person: str
    path: str


def add_export_routes(router: APIRouter, desk: RosterDesk) -> None:
    db, county = desk.db, desk.county.code
    reader = Depends(desk.guard.require(*PEOPLE))
    asking = Depends(desk.guard.require(*ROSTERING, Role.MEMBER))

    @router.get("/export", response_class=Response, responses=_EXPORT)
    async def export(
        first: date,
        days: Days,
        format: Form,
        _: Annotated[Principal, reader],
        team: Teams = None,
        person: QueryCode = None,
        version: UUID | None = None,
    ) -> Response:
        """What is in force on these days, or a version, as a workbook, a page, a PDF, a document or a calendar."""
        in_reach(first)
        last = first + timedelta(days=days - 1)
        async with db.reading() as conn:
            book = await book_for(conn, county, first, days, [])
            if version is None:
                teams = tuple(sorted({code for code, _ in await published_days(conn, county, first, last)}))
                roster = Roster(county, first, days, teams, await in_force(conn, county, first, last))
            else:
                roster = await roster_of(conn, county, await known_version(conn, county, version))
            book = await with_retired(conn, county, book, roster.duties)
            now = await db.clock(conn)
        for code in team or ():
            if code not in book.teams:
                raise Problem(404, "roster_team_unknown", {"team": code})
        if person is not None and person not in book.people:
            raise Problem(404, "person_unknown", {"person": person})
        if format == "ics" and person is None:
            raise Problem(409, "person_not_named", {})
        made = await desk.workshop.run(exported, book, roster, format, tuple(team or ()), person, now)
        name = f"roster-{county}-{roster.first.isoformat()}.{format}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(made, media_type=MEDIA_TYPES[format], headers=headers)

    @router.post("/feeds", status_code=201)
    async def open_feed(body: FeedBody, who: Annotated[Principal, asking]) -> FeedAnswer:
        """An address for a calendar program, that nobody can guess. The one before it ends."""
        person = meant_person(who, body.person)
        # Not kept for repeats: the secret stands nowhere but in this answer.
        async with db.work() as work:
            return FeedAnswer(**await feeding.open_feed(work, county, person, by=who.subject))

    @router.delete("/feeds/{code}")
    async def close_feed(code: PathCode, who: Annotated[Principal, asking]) -> Answer:
        """The person's address ends."""
        person = meant_person(who, code)
        async with db.work() as work:
            return Answer(**await feeding.close_feed(work, county, person, by=who.subject))

    @router.get("/feeds/{code}.ics", response_class=Response, responses=_CALENDAR)
    async def feed(code: PathCode) -> Response:
        """One person's duties for a calendar program. The address is the key: there is no token."""
        return Response(await feeding.read_feed(db, code), media_type=MEDIA_TYPES["ics"])
