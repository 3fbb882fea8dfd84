"""Two versions of a roster side by side, person by person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import BaseModel

from dispatch.duty.store import duty_row, in_force, roster_of
from dispatch.duty.version import Version
from roster.plan import Duty, Roster
from roster.rules.compare import compare
from runtime.database import Connection


class PersonChangeAnswer(BaseModel):
    """`moved` and `marked` are pairs: the duty as it was and as it will be."""

    person: str
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    moved: list[tuple[dict[str, Any], dict[str, Any]]]
    marked: list[tuple[dict[str, Any], dict[str, Any]]]


class ComparedAnswer(BaseModel):
    """A moved duty counts once; a mark alone (pinned, lent, authorised) is no change."""

    changed_duties: int
    people_touched: int
    people: list[PersonChangeAnswer]


async def compared(conn: Connection, county: str, before: Version, after: Version | None) -> ComparedAnswer:
    """From one version to another, or (None) to what is in force; over the days and teams that both are about."""
    one = await roster_of(conn, county, before)
    if after is None:
        duties = await in_force(conn, county, before.first, before.last)
        other = Roster(county, before.first, before.days, before.teams, duties)
    else:
        other = await roster_of(conn, county, after)
    first, last = max(one.first, other.first), min(one.last, other.last)
    teams = set(one.teams) & set(other.teams)
    found = compare(_part(one, first, last, teams), _part(other, first, last, teams))
    return ComparedAnswer(
        changed_duties=found.changed_duties,
        people_touched=found.people_touched,
        people=[
            PersonChangeAnswer(
                person=change.person,
                added=_rows(change.added),
                removed=_rows(change.removed),
                moved=[(duty_row(was), duty_row(will)) for was, will in change.moved],
                marked=[(duty_row(was), duty_row(will)) for was, will in change.marked],
            )
            for change in found.people
        ],
    )


def _part(roster: Roster, first: Any, last: Any, teams: set[str]) -> Roster:
    kept = tuple(d for d in roster.duties if first <= d.day <= last and d.team in teams)
    return replace(roster, first=first, days=max(0, (last - first).days + 1), duties=kept)


def _rows(duties: tuple[Duty, ...]) -> list[dict[str, Any]]:
    return [duty_row(duty) for duty in duties]
