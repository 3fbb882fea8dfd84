"""Crews as they change: written in the transaction of their cause, journaled with the units' cards."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dispatch.forces.release import force_released
from dispatch.forces.store import SQL
from dispatch.push.changes import record_change
from gis_data.model import DutyMode
from roster.crew import Crew
from runtime.database import Work
from runtime.encoding import utc_text


class Source(StrEnum):
    """Who says it: the roll call of a rostered team, somebody who tells a number, or nobody yet."""

    ROLLCALL = "rollcall"
    STRENGTH = "strength"
    NOMINAL = "nominal"


@dataclass(frozen=True, slots=True)
class Aboard:
    """A unit's crew as it shall stand. From `stands_until` on it counts no more, whatever fails to be said.

    `team`: the rostered team that answers for it. `duty_mode` None leaves the unit's as it is.
    """

    unit: str
    crew: Crew
    source: Source
    team: str | None = None
    wanted: int | None = None
    duty_mode: DutyMode | None = None
    stands_until: datetime | None = None
    names: Mapping[str, str] = field(default_factory=dict)  # of the people, for those who read boards


@dataclass(frozen=True, slots=True)
class Change:
    """A crew that was written because something of it differs."""

    id: UUID
    unit: str
    station: str
    before: int
    now: int
    wanted: int | None


async def write_crews(work: Work, county: str, crews: Sequence[Aboard]) -> tuple[Change, ...]:
    """Write those that differ; whoever calls journals them. Units that the county does not have are passed over."""
    rows = [_row(one) for one in sorted(crews, key=lambda one: one.unit)]
    codes = [row["code"] for row in rows]
    async for _ in SQL.lock_crewed_units(work.conn, county=county, codes=codes):
        pass
    return tuple(
        [
            Change(row["id"], row["code"], row["station"], row["before"], row["seats_filled"], row["wanted"])
            async for row in SQL.write_crews(work.conn, county=county, rows=rows, at=work.now)
        ]
    )


async def man_units(
    work: Work,
    county: str,
    crews: Sequence[Aboard],
    *,
    cause: str,
    by: str,
    more: Mapping[str, Any] | None = None,
) -> tuple[Change, ...]:
    """Board and proposals see it with this transaction. A crew that grew may be what somebody waits for."""
    changes = await write_crews(work, county, crews)
    if changes:
        told = [
            {"unit": c.unit, "station": c.station, "before": c.before, "crew": c.now, "wanted": c.wanted}
            for c in changes
        ]
        params = {"cause": cause, "by": by, "crews": told, **(more or {})}
        await record_change(work, county, "crew_changed", params, units=[c.id for c in changes])
    if any(change.now for change in changes):
        force_released(work, county)
    return changes


def _row(one: Aboard) -> Mapping[str, Any]:
    crew = one.crew
    return {
        "code": one.unit,
        "team": one.team,
        "source": one.source.value,
        "seats_filled": crew.seats_filled,
        "wanted": one.wanted,
        "qualifications": dict(crew.qualifications),
        "seats": [
            {
                "seat": seat.key,
                "role": seat.role,
                "person": seat.person,
                "name": one.names.get(seat.person, seat.person),
                "since": utc_text(seat.since),
                "standing_over": seat.standing_over,
            }
            for seat in crew.seats
        ],
        "until": crew.until and utc_text(crew.until),
        "stands_until": one.stands_until and utc_text(one.stands_until),
        "next": crew.next
        and {
            "at": utc_text(crew.next.at),
            "shift": crew.next.shift,
            "seats_filled": crew.next.seats_filled,
            "wanted": crew.next.wanted,
        },
        "duty_mode": one.duty_mode and one.duty_mode.value,
        "post": crew.post and asdict(crew.post),
    }
