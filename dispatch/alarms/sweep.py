"""What falls due: proposals asked for, orders nobody received, orders nobody acknowledged."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from dispatch.alarms.answer import Said, report, telephone_of
from dispatch.alarms.assignment_store import load_assignment, lock_assignment
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import Report, State
from dispatch.alarms.incident_store import lock_incident
from dispatch.alarms.moving import reroute
from dispatch.alarms.propose import propose
from dispatch.alarms.tell import changed
from dispatch.alarms.waiting import look_at_waiting
from dispatch.forces.release import RELEASED
from runtime.database import Work
from runtime.timers import Handler, Timer, set_timer

# After a start the clock of deliveries begins anew: the devices are only coming back, and help for every one of them
# would be help for nobody.
RETURN = timedelta(seconds=10)


def timer_handlers(desk: Desk) -> Mapping[str, Handler]:
    """For the sweeper: each handler is idempotent and finds out by itself whether there is anything left to do."""

    first: list[datetime] = []

    def begun(work: Work) -> datetime:
        """When this process handled its first timer: as good as when it started, and by the database's clock."""
        if not first:
            first.append(work.now)
        return first[0]

    async def proposal_due(work: Work, timer: Timer) -> None:
        begun(work)
        asked = timer.payload
        await propose(
            desk,
            work,
            UUID(asked["incident"]),
            cause=asked["cause"],
            freed=asked.get("freed"),
            lost=asked.get("lost"),
        )

    async def reroute_due(work: Work, timer: Timer) -> None:
        await reroute(desk, work, UUID(timer.payload["incident"]), cause=timer.payload["cause"])

    async def delivery_due(work: Work, timer: Timer) -> None:
        returned_at = begun(work) + RETURN
        if work.now < returned_at:
            await set_timer(
                work.conn, county=timer.county, kind="delivery", subject=timer.subject, due_at=returned_at
            )
            return
        await _not_delivered(desk, work, timer.subject)

    async def acknowledgement_due(work: Work, timer: Timer) -> None:
        if await load_assignment(work.conn, desk.county.code, timer.subject) is not None:
            await report(desk, work, timer.subject, Said(Report.TIME_OUT, by="deadline", via="acknowledge"))

    async def force_free(work: Work, timer: Timer) -> None:
        await look_at_waiting(desk, work, timer)

    return {
        RELEASED: force_free,
        "propose": proposal_due,
        "reroute": reroute_due,
        "delivery": delivery_due,
        "acknowledge": acknowledgement_due,
    }


async def _not_delivered(desk: Desk, work: Work, id: UUID) -> None:
    """No device has it, so nobody knows of it: the console is asked to telephone, and help is added at once."""
    seen = await load_assignment(work.conn, desk.county.code, id)
    if seen is None:
        return
    incident = await lock_incident(work.conn, desk.county.code, seen.incident)
    assignment = await lock_assignment(work.conn, desk.county.code, id)
    if incident is None or assignment is None or assignment.state is not State.DISPATCHED:
        return
    await changed(
        desk,
        work,
        "delivery_missed",
        {
            "incident": incident.id,
            "number": incident.number,
            "assignment": id,
            "unit": assignment.unit_code,
            "station": assignment.station,
            "telephone": telephone_of(desk, assignment.station),
        },
        incidents=[incident.id],
        assignments=[id],
    )
    await report(desk, work, id, Said(Report.TIME_OUT, by="deadline", via="delivery"))
