"""What waits for force: when some becomes free, open incidents with a shortfall are proposed for again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from dispatch.alarms.desk import Desk
from dispatch.alarms.incident_store import waiting_incidents
from dispatch.alarms.tell import ask_for_proposal
from dispatch.forces.release import RELEASED, look_again
from gis_data.model import County
from runtime.database import Work
from runtime.timers import Timer

# Proposals cost a search on the roads: so many at a time, so that the sweeper has hands left for the next alarm.
AT_ONCE = 2


def hopeless(county: County) -> frozenset[str]:
    """Capabilities and slots that no unit of the county could fill, however free and manned it is."""
    brings = [unit.brings for unit in county.units if unit.accepted]
    wanted: dict[str, Mapping[str, float]] = {code: {code: 1e-9} for code in county.capabilities}
    for slot in (slot for plan in county.plans for slot in plan.slots):
        needs = county.tasks[slot.task].needs
        wanted[slot.code] = {c: max(needs.get(c, 0), slot.needs.get(c, 0)) for c in {*needs, *slot.needs}}
    return frozenset(
        code
        for code, needs in wanted.items()
        if not any(all(had.get(c, 0.0) >= least for c, least in needs.items()) for had in brings)
    )


async def look_at_waiting(desk: Desk, work: Work, timer: Timer) -> None:
    """Ask for proposals, those nobody was sent to first; the rest in the next round."""
    said = timer.payload.get("since")
    since = work.now if said is None else datetime.fromisoformat(said)
    found = await waiting_incidents(
        work.conn, desk.county.code, since=since, hopeless=hopeless(desk.county), most=AT_ONCE
    )
    for incident in found:
        await ask_for_proposal(desk, work, incident, RELEASED)
    if len(found) == AT_ONCE:
        await look_again(work, desk.county.code, since=since)
