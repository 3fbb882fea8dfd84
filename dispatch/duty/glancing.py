"""Many days of every team at a glance: the worst colour of each team's day and which vehicles are the reason."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from dispatch.duty.standing import book_for, local_day
from dispatch.duty.store import in_force, published_days
from dispatch.duty.telling import roster_stream
from dispatch.duty.viewing import calendar_day, coloured, crew_floors
from gis_data.model import County
from roster.plan import Book, Roster
from roster.rules.case import case_of
from roster.rules.forecast import Colour, Outlook, forecast
from runtime.database import Connection, Database
from runtime.journal import heads

_KEPT = 4  # spans of days
_WORSE = {colour: place for place, colour in enumerate(Colour)}


class Glances:
    """The tables that were asked for last: until a roster changes, every page gets the same.

    Half a second of computing for a county's month is nothing to one officer, and too much for every console at every
    event while alarms wait beside it.
    """

    def __init__(self, county: County) -> None:
        self._county = county
        self._kept: dict[tuple[date, int], tuple[object, dict[str, Any]]] = {}
        self._one_at_a_time = asyncio.Lock()

    async def of(self, db: Database, first: date, days: int) -> dict[str, Any]:
        """Everything that a table shows, the folder's part too, changes with an event of the roster's stream."""
        stream = roster_stream(self._county.code)
        # Whoever waits for another's table holds no connection meanwhile.
        async with self._one_at_a_time, db.reading() as conn:
            now = await db.clock(conn)
            today = now.astimezone(ZoneInfo(self._county.time_zone)).date()
            state = (await heads(conn, [stream])).get(stream), today
            kept = self._kept.pop((first, days), None)
            if kept is None or kept[0] != state:
                kept = state, await glance(conn, self._county, first, days, now)
            self._kept[first, days] = kept
            if len(self._kept) > _KEPT:
                del self._kept[next(iter(self._kept))]
            return kept[1]


async def glance(conn: Connection, county: County, first: date, days: int, now: datetime) -> dict[str, Any]:
    """A day that is not published has no colour: nobody has promised anything for it."""
    book = await book_for(conn, county.code, first, days, [])
    last = first + timedelta(days=days - 1)
    published = await published_days(conn, county.code, first, last)
    duties = await in_force(conn, county.code, first, last)
    teams = tuple(sorted(book.teams))
    case = case_of(book, Roster(county.code, first, days, teams, duties))
    known = sorted({day for _, day in published})
    found: tuple[Outlook, ...] = ()
    if known:
        span = (known[-1] - known[0]).days + 1
        found = await asyncio.to_thread(
            forecast, case, known[0], span, crew_floors(county), teams=sorted({team for team, _ in published})
        )
    return glance_document(book, first, days, teams, published, found, local_day(book, now))


def glance_document(
    book: Book,
    first: date,
    days: int,
    teams: Iterable[str],
    published: Mapping[tuple[str, date], int],
    found: Iterable[Outlook],
    today: date,
) -> dict[str, Any]:
    """`short`: only what is not green, since most of a month is."""
    by_day: dict[tuple[str, date], list[Outlook]] = {}
    for one in found:
        if (one.team, one.day) in published:
            by_day.setdefault((one.team, one.day), []).append(one)
    span = [first + timedelta(days=offset) for offset in range(days)]
    return {
        "first": first,
        "days": days,
        "today": today,
        "published_until": max((day for _, day in published), default=None),
        "calendar": [calendar_day(book, day) for day in span],
        "shifts": {code: shift.name for code, shift in sorted(book.shifts.items())},
        "teams": [
            {
                "code": team,
                "name": book.teams[team].name,
                "station": book.teams[team].station,
                "days": [
                    _team_day(day, published.get((team, day)), by_day.get((team, day), ())) for day in span
                ],
            }
            for team in teams
        ],
    }


def _team_day(day: date, version: int | None, units: Iterable[Outlook]) -> dict[str, Any]:
    mine = list(units)
    worst = max((one.colour for one in mine), key=_WORSE.__getitem__, default=None)
    return {
        "day": day,
        "version": version,
        "colour": worst and worst.value,
        "filled": sum(one.filled for one in mine),
        "seats": sum(one.seats for one in mine),
        "short": [
            {"shift": one.shift, **coloured(one)}
            for one in sorted(mine, key=lambda one: (-_WORSE[one.colour], one.shift, one.unit))
            if one.colour is not Colour.GREEN
        ],
    }
