"""Roll calls as rows, with who has been answered for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID

from dispatch.duty.reference import qualifications_of
from dispatch.duty.rollcall import Attendance, Known, Rollcall, State
from roster.crew import ForwardPost
from roster.turns import TurnSeat
from runtime.database import Connection
from runtime.encoding import utc_text
from runtime.queries import load_queries

SQL = load_queries("dispatch.duty", "rollcalls.sql")


async def lock_team(conn: Connection, county: str, team: str) -> None:
    await SQL.lock_team(conn, county=county, team=team)


async def live_rollcalls(conn: Connection, county: str, team: str, now: datetime) -> tuple[Rollcall, ...]:
    """Those of a team that count now or will, in the order in which they begin."""
    return tuple([rollcall_of(row) async for row in SQL.live(conn, county=county, team=team, now=now)])


async def shown_rollcalls(
    conn: Connection, county: str, now: datetime, *, team: str | None = None, station: str | None = None
) -> tuple[Rollcall, ...]:
    """Those that can be answered, or soon."""
    rows = SQL.on_the_card(conn, county=county, now=now, team=team, station=station)
    return tuple([rollcall_of(row) async for row in rows])


async def rollcalls_between(
    conn: Connection, county: str, team: str | None, first: date, last: date
) -> tuple[Rollcall, ...]:
    rows = SQL.between(conn, county=county, team=team, first=first, last=last)
    return tuple([rollcall_of(row) async for row in rows])


async def known_people(conn: Connection, county: str, codes: Iterable[str]) -> dict[str, Known]:
    rows = SQL.people(conn, county=county, codes=sorted(set(codes)))
    return {
        row["code"]: Known(
            row["code"], row["name"], row["telephone"], qualifications_of(row["qualifications"])
        )
        async for row in rows
    }


async def save(conn: Connection, county: str, before: Rollcall, after: Rollcall) -> None:
    """Write what differs."""
    steps = ("opened_at", "handed_over_at", "settled_at", "finished_at", "ended_at")
    if any(getattr(before, name) != getattr(after, name) for name in steps):
        await SQL.save_steps(conn, id=after.id, **{name: getattr(after, name) for name in steps})
    if before.attendance != after.attendance:
        rows = [_attendance_row(one) for one in after.attendance]
        await SQL.forget_attendance(conn, rollcall=after.id, rows=rows)
        await SQL.save_attendance(conn, rollcall=after.id, county=county, rows=rows)


def rollcall_of(row: Mapping[str, Any]) -> Rollcall:
    return Rollcall(
        id=row["id"],
        team=row["team"],
        day=row["day"],
        shift=row["shift"],
        station=row["station"],
        units=tuple(row["units"]),
        duty_mode=row["duty_mode"],
        starts_at=row["starts_at"],
        ends_at=row["ends_at"],
        opens_at=row["opens_at"],
        due_at=row["due_at"],
        lapses_at=row["lapses_at"],
        seats=tuple(
            TurnSeat(s["key"], s["unit"], s["role"], tuple(s["needs"]), s["required"], s["planned"])
            for s in row["seats"]
        ),
        posts={unit: ForwardPost(**post) for unit, post in row["posts"].items()},
        attendance=tuple(_attendance_of(one) for one in row["attendance"]),
        opened_at=row["opened_at"],
        handed_over_at=row["handed_over_at"],
        settled_at=row["settled_at"],
        finished_at=row["finished_at"],
        ended_at=row["ended_at"],
    )


def rollcall_row(rollcall: Rollcall) -> dict[str, Any]:
    """As `upsert` takes it."""
    return {
        "id": str(rollcall.id),
        "team": rollcall.team,
        "day": rollcall.day.isoformat(),
        "shift": rollcall.shift,
        "station": rollcall.station,
        "units": list(rollcall.units),
        "duty_mode": rollcall.duty_mode,
        "posts": {unit: asdict(post) for unit, post in sorted(rollcall.posts.items())},
        **{
            name: utc_text(getattr(rollcall, name))
            for name in ("starts_at", "ends_at", "opens_at", "due_at", "lapses_at")
        },
        "seats": [
            {
                "key": seat.key,
                "unit": seat.unit,
                "role": seat.role,
                "needs": list(seat.needs),
                "required": seat.required,
                "planned": seat.planned,
            }
            for seat in rollcall.seats
        ],
    }


def _attendance_of(one: Mapping[str, Any]) -> Attendance:
    return Attendance(
        seat=one["seat"],
        person=one["person"],
        planned=one["planned"],
        state=State(one["state"]),
        answered_at=datetime.fromisoformat(one["answered_at"]),
        answered_by=one["answered_by"],
        cause=one["cause"],
        since=_moment(one["since"]),
        gone_at=_moment(one["gone_at"]),
        back_by=_moment(one["back_by"]),
    )


def _attendance_row(one: Attendance) -> dict[str, Any]:
    return {
        "seat": one.seat,
        "person": one.person,
        "planned": one.planned,
        "state": one.state.value,
        "cause": one.cause,
        "since": one.since and utc_text(one.since),
        "gone_at": one.gone_at and utc_text(one.gone_at),
        "back_by": one.back_by and utc_text(one.back_by),
        "answered_at": utc_text(one.answered_at),
        "answered_by": one.answered_by,
    }


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


async def team_of(conn: Connection, id: UUID) -> tuple[str, str] | None:
    """County and team of a roll call."""
    row = await SQL.of_id(conn, id=id)
    return None if row is None else (row["county"], row["team"])


def people_of(rollcalls: Iterable[Rollcall]) -> set[str]:
    """Everybody who is planned or was answered for."""
    found: set[str] = set()
    for one in rollcalls:
        found |= {seat.planned for seat in one.seats if seat.planned is not None}
        found |= {told.person for told in one.attendance}
    return found
