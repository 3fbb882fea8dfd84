"""What is said about a unit, each as load, decide, save, journal in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.forces.degrade import nominal_crew
from dispatch.forces.manning import Aboard, Source, man_units
from dispatch.forces.release import force_released
from dispatch.forces.status import WORKING, Status, Told, settle
from dispatch.forces.store import SQL, UnitRow, lock_unit
from dispatch.push.changes import record_change
from gis_data.model import DutyMode
from roster.crew import Crew
from runtime.database import Work

# A fix of a unit on standby that is older than this says nothing any more.
FORGET_FIX_AFTER = timedelta(hours=12)


async def known_unit(work: Work, county: str, key: str) -> UnitRow:
    """The unit with this code or id, locked. 404 when the county has none, or retired it."""
    unit = await lock_unit(work.conn, county, key)
    if unit is None or unit.retired:
        raise Problem(404, "unit_unknown", {"unit": key})
    return unit


async def report_status(
    work: Work,
    county: str,
    key: str,
    status: Status,
    *,
    at: datetime | None,
    by: str,
    cause: str | None = None,
) -> Mapping[str, Any]:
    """A crew or a dispatcher says what the unit does. What was kept offline comes with its own time.

    409 when the report cannot be true after the status that holds. The assignment, if any, is not touched here.
    """
    unit = await known_unit(work, county, key)
    # A clock that is ahead must not lock out the reports that follow.
    told_at = min(at or work.now, work.now)
    settled = settle(unit.status, unit.status_at, status, told_at)
    told = {"unit": unit.code, "status": status.value, "at": told_at, "by": by, "cause": cause}
    if settled.told is Told.REFUSED:
        raise Problem(
            409,
            "unit_status_refused",
            {"unit": unit.code, "from": unit.status.value, "to": status.value},
        )
    if settled.told is Told.CHANGED:
        await SQL.set_status(work.conn, id=unit.id, status=status.value, at=told_at)
        params = {**told, "from": unit.status.value}
        await record_change(work, county, "unit_status_changed", params, units=[unit.id])
        if unit.status in WORKING and status not in WORKING:
            force_released(work, county)
    elif settled.told is Told.LATE:
        await record_change(work, county, "unit_status_noted", told)
    return {
        "unit": unit.code,
        "told": settled.told.value,
        "status": settled.status.value,
        "at": told_at if settled.told is Told.CHANGED else unit.status_at,
    }


async def report_strength(
    work: Work,
    county: str,
    key: str,
    *,
    crew: int | None = None,
    qualifications: Mapping[str, int] | None = None,
    duty_mode: DutyMode | None = None,
    until: datetime | None = None,
    by: str,
) -> None:
    """How many are there, who can do what, in which mode, until when; 0 is off duty. None keeps what stood; where
    nobody stood, the nominal crew is meant.

    409 when more people are named than there are seats, and for a unit whose team is rostered here: its crew is told
    by name, in the roll call.
    """
    unit = await known_unit(work, county, key)
    if unit.team is not None:
        raise Problem(409, "unit_rostered", {"unit": unit.code, "team": unit.team})
    stood = unit.seats_filled or nominal_crew(unit.seats, unit.brings)
    people = stood if crew is None else crew
    if people > unit.seats:
        raise Problem(409, "unit_too_many_aboard", {"unit": unit.code, "crew": people, "seats": unit.seats})
    told = unit.qualifications if qualifications is None else qualifications
    ends = until if people else None
    aboard = Aboard(
        unit.code, Crew(people, told, ends), Source.STRENGTH, duty_mode=duty_mode, stands_until=ends
    )
    await man_units(work, county, [aboard], cause="strength", by=by)


async def set_service(work: Work, county: str, key: str, *, cause: str | None, by: str) -> None:
    """Out of service with a cause, or back in service without one."""
    unit = await known_unit(work, county, key)
    if unit.out_of_service == cause:
        return
    await SQL.set_service(work.conn, id=unit.id, cause=cause)
    type = "unit_back_in_service" if cause is None else "unit_out_of_service"
    params = {"unit": unit.code, "cause": cause, "by": by}
    await record_change(work, county, type, params, units=[unit.id])
    if cause is None:
        force_released(work, county)


async def forget_stale_positions(work: Work, county: str) -> int:
    """The scheduled sweep over fixes: a unit on standby is at its station again."""
    before = work.now - FORGET_FIX_AFTER
    units = [row["id"] async for row in SQL.clear_stale_positions(work.conn, county=county, before=before)]
    if units:
        await record_change(work, county, "unit_positions_expired", {"count": len(units)}, units=units)
    return len(units)
