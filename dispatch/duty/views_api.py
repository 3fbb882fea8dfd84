"""HTTP for what pages show of a roster: people, teams, the month, the days ahead, hours, substitutes."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from dispatch.access.principal import DISPATCHING, PEOPLE, ROSTERING, Principal, Role
from dispatch.access.problem import Problem
from dispatch.duty import glancing, viewing
from dispatch.duty.actuals import plan_against_actual
from dispatch.duty.bodies import ListAnswer, SpotBody
from dispatch.duty.desk import Code, Days, RosterDesk, in_reach, own_code
from dispatch.duty.publishing import known_version
from dispatch.duty.standing import book_for, local_day

Teams = Annotated[list[Code] | None, Query(max_length=100, description="codes of teams; all by default")]


class TeamsAnswer(BaseModel):
    teams: list[dict[str, Any]]
    shifts: list[dict[str, Any]]
    rotations: list[dict[str, Any]]
    seats: list[dict[str, Any]]
    rules: list[dict[str, Any]]


class MonthAnswer(BaseModel):
    """`teams` → `days` → `shifts` → `seats` → `held_by`; `units` has the colour of each vehicle on each shift."""

    first: date
    days: int
    calendar: list[dict[str, Any]]
    shifts: dict[str, dict[str, Any]]
    teams: list[dict[str, Any]]


class GlanceAnswer(BaseModel):
    """`teams` → `days`: `colour` is the worst of the day (null: not published), `short` each vehicle not green."""

    first: date
    days: int
    today: date
    published_until: date | None
    calendar: list[dict[str, Any]]
    shifts: dict[str, str]
    teams: list[dict[str, Any]]


class ActualAnswer(BaseModel):
    """`people`: minutes planned, present and counted, and how often late or absent."""

    duties: list[dict[str, Any]]
    people: list[dict[str, Any]]


class SeatQuery(SpotBody):
    """`unable`: those too whom a rule forbids, with the rule."""

    unable: bool = False


def add_view_routes(router: APIRouter, desk: RosterDesk) -> None:
    db, county = desk.db, desk.county
    reader = Depends(desk.guard.require(*PEOPLE))
    anybody = Depends(desk.guard.require(*PEOPLE, Role.MEMBER))
    officer = Depends(desk.guard.require(*ROSTERING, *DISPATCHING))
    calling = ROSTERING | DISPATCHING
    glances = glancing.Glances(desk.county)

    @router.get("/people")
    async def people(who: Annotated[Principal, reader]) -> ListAnswer:
        """Everybody on the roster, with what they may do today."""
        async with db.reading() as conn:
            now = await db.clock(conn)
            book = await book_for(conn, county.code, now.date(), 1, [])
        today = local_day(book, now)
        return ListAnswer(items=viewing.people_document(book, today, telephones=who.role in calling))

    @router.get("/teams")
    async def teams(_: Annotated[Principal, anybody]) -> TeamsAnswer:
        """Teams, shift types, rotations, seats; and the rules with the strength that they have in this county."""
        async with db.reading() as conn:
            book = await book_for(conn, county.code, (await db.clock(conn)).date(), 1, [])
        return TeamsAnswer.model_validate(viewing.teams_document(book))

    @router.get("/month")
    async def month(
        first: date,
        days: Days,
        who: Annotated[Principal, anybody],
        team: Teams = None,
        version: UUID | None = None,
    ) -> MonthAnswer:
        """Each team's seats day by day, who holds them, and how each vehicle is crewed; of what is in force, or of a
        version (not for members: what is not published is nobody's duty yet)."""
        in_reach(first)
        if version is not None and own_code(who) is not None:
            raise Problem(403, "versions_for_officers", {})
        async with db.reading() as conn:
            found = None if version is None else await known_version(conn, county.code, version)
            return MonthAnswer.model_validate(await viewing.month(conn, county, first, days, team, found))

    @router.get("/forecast")
    async def forecast(
        first: date, days: Days, _: Annotated[Principal, reader], team: Teams = None
    ) -> ListAnswer:
        """Crewing in colours: green, yellow (a wish is open), orange (rolls short), red (does not roll)."""
        in_reach(first)
        async with db.reading() as conn:
            return ListAnswer(items=await viewing.outlook(conn, county, first, days, team))

    @router.get("/glance")
    async def glance(first: date, days: Days, _: Annotated[Principal, reader]) -> GlanceAnswer:
        """Every team day by day, in colours: where nobody looks at names yet."""
        in_reach(first)
        return GlanceAnswer.model_construct(**await glances.of(db, first, days))

    @router.get("/hours")
    async def hours(
        first: date, days: Days, _: Annotated[Principal, reader], team: Teams = None
    ) -> ListAnswer:
        """Hours present, counted and beyond, nights, weekends, holidays, and the debts carried along."""
        in_reach(first)
        async with db.reading() as conn:
            return ListAnswer(items=await viewing.hours(conn, county.code, first, days, team))

    @router.get("/actual")
    async def actual(
        first: date, days: Days, _: Annotated[Principal, reader], team: Teams = None
    ) -> ActualAnswer:
        """Plan against actual, by the roll calls: as planned, late, left early, did not come, replaced, in addition."""
        in_reach(first)
        async with db.reading() as conn:
            now = await db.clock(conn)
            return ActualAnswer.model_validate(
                await plan_against_actual(conn, county.code, first, days, team, now)
            )

    @router.get("/substitutes")
    async def substitutes(
        seat: Annotated[SeatQuery, Query()], _: Annotated[Principal, officer]
    ) -> ListAnswer:
        """Who could take a seat, the best first, each with the reasons and with what it would break."""
        in_reach(seat.day)
        async with db.reading() as conn:
            found = await viewing.substitutes(conn, county.code, seat.spot(), unable=seat.unable)
        return ListAnswer(items=found)
