"""What a crew says its unit does, for the assignment it is on and for the unit itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from dispatch.access.problem import Problem
from dispatch.alarms.answer import Said, report, stands
from dispatch.alarms.assignment_store import active_of_unit
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Milestone, Outcome, Report, State
from dispatch.alarms.incident_store import lock_incident, save_milestones
from dispatch.alarms.tell import changed
from dispatch.forces.commands import report_status
from dispatch.forces.status import AT_SCENE, Status, Told, parse
from runtime.database import Work
from runtime.encoding import utc_text

CLEARED = "cleared"  # said of an assignment; of the unit it is 25 返队
_SAYS = {
    Status.TURNED_OUT: Report.ACKNOWLEDGE,
    Status.EN_ROUTE: Report.EN_ROUTE,
    **dict.fromkeys(AT_SCENE, Report.ON_SCENE),
}
_DONE = frozenset({Status.RETURNING, Status.STANDBY})
_WORKED = frozenset({State.EN_ROUTE, State.ON_SCENE})


async def unit_reported(
    desk: Desk,
    work: Work,
    unit_code: str,
    word: str,
    *,
    by: str,
    via: str,
    at: datetime | None,
    cause: str | None = None,
) -> Mapping[str, Any]:
    """Take a status by name, by GA/T 974.39 code or as `cleared`; it moves the unit's assignment along with it."""
    status = Status.RETURNING if word == CLEARED else parse(word)
    if status is None:
        raise Problem(422, "unit_status_unknown", {"status": word})
    county = desk.county.code
    active = await active_of_unit(work.conn, county, unit_code)
    said: Report | None = None
    if active is not None:
        if status in _DONE:
            said = Report.CLEAR if active.state in _WORKED or word == CLEARED else None
        else:
            said = _SAYS.get(status)
    told: dict[str, Any] = {}
    if active is not None and said is not None:
        told = await stands(desk, work, await report(desk, work, active.id, Said(said, by, via, cause, at)))
        if status is Status.WATER_ON:
            await _first_water(desk, work, active.incident, at)
    unit = dict(await report_status(work, county, unit_code, status, at=at, by=by, cause=cause))
    if told.get("outcome") == Outcome.CHANGED.value:
        unit["told"] = Told.CHANGED.value  # the assignment moved it a moment ago
    return {**unit, **told}


async def _first_water(desk: Desk, work: Work, incident_id: Any, at: datetime | None) -> None:
    incident = await lock_incident(work.conn, desk.county.code, incident_id)
    code = Milestone.FIRST_WATER.value
    if incident is None or code in incident.milestones:
        return
    when = utc_text(min(at or work.now, work.now))
    await save_milestones(work.conn, incident.id, {**incident.milestones, code: when})
    await changed(
        desk,
        work,
        "milestone_reached",
        {"incident": incident.id, "number": incident.number, "milestone": code, "at": when},
        incidents=[incident.id],
    )
