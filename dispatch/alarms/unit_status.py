"""A unit follows its assignment: acknowledged means turned out, cleared means on the way home, broken means stopped."""

from __future__ import annotations

from datetime import datetime

from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import State
from dispatch.alarms.rows import AssignmentRow
from dispatch.forces.commands import set_service
from dispatch.forces.status import AT_SCENE, Status, Told, settle
from dispatch.forces.store import lock_unit, set_status
from runtime.database import Work

ROLLING = frozenset({State.EN_ROUTE, State.ON_SCENE})
ENDED_EARLY = frozenset({State.RECALLED, State.UNABLE, State.DECLINED})


def status_after(state: State, was: State) -> Status | None:
    """None: what happened says nothing about where the unit is."""
    if state in ENDED_EARLY:
        if was in ROLLING:
            return Status.RETURNING
        return Status.STANDBY if was is State.ACKNOWLEDGED else None
    return {
        State.ACKNOWLEDGED: Status.TURNED_OUT,
        State.EN_ROUTE: Status.EN_ROUTE,
        State.ON_SCENE: Status.ON_SCENE,
        State.CLEARED: Status.RETURNING,
    }.get(state)


# What a crew cannot mend on the spot would stop it at the next fire too. A dispatcher puts it back with one call.
OUT_OF_SERVICE = {"vehicle_fault": "repair", "vehicle_defect": "repair", "crew_short": "crew"}


async def stop_unable(desk: Desk, work: Work, assignment: AssignmentRow, *, by: str) -> None:
    """Nobody shall be sent twice with an engine that does not start."""
    stopped = OUT_OF_SERVICE.get(assignment.cause or "")
    if assignment.state is State.UNABLE and stopped is not None:
        await set_service(work, desk.county.code, assignment.unit_code, cause=stopped, by=by)


async def follow_assignment(
    desk: Desk, work: Work, assignment: AssignmentRow, *, was: State, at: datetime
) -> None:
    """Set the unit's status to what the assignment says, where the unit has not said something better itself."""
    wanted = status_after(assignment.state, was)
    if wanted is None:
        return
    unit = await lock_unit(work.conn, desk.county.code, assignment.unit_code)
    if unit is None or (wanted is Status.ON_SCENE and unit.status in AT_SCENE):
        return
    if settle(unit.status, unit.status_at, wanted, max(at, unit.status_at)).told is Told.CHANGED:
        await set_status(work.conn, unit.id, wanted, at)
