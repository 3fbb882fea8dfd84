"""What is said about a unit, each as load, decide, save, journal in the caller's transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.forces.release import force_released
from dispatch.forces.status import WORKING, Status, Told, settle
from dispatch.forces.store import SQL, UnitRow, lock_unit
from dispatch.push.changes import record_change
from gis_data.model import DutyMode
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


async def set_duty(
    work: Work,
    county: str,
    key: str,
    *,
    on_duty: bool,
    crew: int | None,
    qualifications: Mapping[str, int] | None,
    duty_mode: DutyMode | None,
    until: datetime | None,
    by: str,
) -> None:
    """The duty flag: on or off, with how many, who can do what, in which mode, until when. None keeps what stood.

    409 when more people are named than there are seats.
    """
    unit = await known_unit(work, county, key)
    aboard = unit.crew if crew is None else crew
    if aboard > unit.seats:
        raise Problem(409, "unit_too_many_aboard", {"unit": unit.code, "crew": aboard, "seats": unit.seats})
    told = dict(unit.crew_qualifications if qualifications is None else qualifications)
    mode = duty_mode or unit.duty_mode
    await SQL.set_duty(
        work.conn,
        id=unit.id,
        on_duty=on_duty,
        crew=aboard,
        qualifications=told,
        duty_mode=mode.value,
        duty_until=until if on_duty else None,
    )
    params = {
        "unit": unit.code,
        "on_duty": on_duty,
        "crew": aboard,
        "duty_mode": mode.value,
        "until": until,
        "by": by,
    }
    await record_change(work, county, "unit_duty_changed", params, units=[unit.id])
    if on_duty:
        force_released(work, county)


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
