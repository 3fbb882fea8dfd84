"""补防、移防: a unit is sent to stand by at another station where cover was lost, and home again."""

from __future__ import annotations

from typing import Any

from dispatch.access.problem import Problem
from dispatch.forces.commands import known_unit
from dispatch.forces.model import Gate
from dispatch.forces.status import Status, settle
from dispatch.forces.store import SQL, load_candidates
from dispatch.push.changes import record_change, tell_devices
from gis_data.model import County
from runtime.database import Work


async def move_up(work: Work, county: County, key: str, station: str, *, by: str) -> None:
    """From now on it counts for the zone of that station, and its times from there or from its newest fix.

    404 for a station nobody knows, 409 for a unit that is not free to go.
    """
    unit = await known_unit(work, county.code, key)
    post = await SQL.post_of(work.conn, county=county.code, station=station)
    if post is None:
        raise Problem(404, "unknown_station", {"station": station})
    stopped = next(c.gates for c in await load_candidates(work.conn, county, work.now) if c.code == unit.code)
    if stopped:
        gates = [gate.name.lower() for gate in stopped if gate.name]
        raise Problem(
            409, "unit_busy" if stopped & Gate.BUSY else "unit_not_sendable", _stopped(unit.code, gates)
        )
    if station == unit.station:
        raise Problem(409, "move_up_to_itself", {"unit": unit.code})
    await SQL.set_status(work.conn, id=unit.id, status=Status.FORWARD_POST.value, at=work.now)
    await SQL.set_post(work.conn, id=unit.id, station=station)
    told = {"unit": unit.code, "station": station, "zone": post["zone"], "by": by}
    await record_change(work, county.code, "move_up_ordered", told, units=[unit.id])
    where = {name: post[name] for name in ("name", "name_en", "lon", "lat")}
    await tell_devices(work, county.code, unit.station, unit.code, "move_up_ordered", {**told, **where})


async def send_home(work: Work, county: County, key: str, *, by: str) -> None:
    """Cover is there again: back to its own station. A unit that stands by nowhere else is left alone."""
    unit = await known_unit(work, county.code, key)
    if unit.posted_at is None:
        return
    if settle(unit.status, unit.status_at, Status.RETURNING, work.now).status is Status.RETURNING:
        await SQL.set_status(work.conn, id=unit.id, status=Status.RETURNING.value, at=work.now)
    await SQL.set_post(work.conn, id=unit.id, station=None)
    told = {"unit": unit.code, "station": unit.posted_at, "by": by}
    await record_change(work, county.code, "move_up_ended", told, units=[unit.id])
    await tell_devices(work, county.code, unit.station, unit.code, "move_up_ended", told)


def _stopped(unit: str, gates: list[str]) -> dict[str, Any]:
    return {"unit": unit, "units": [unit], "gates": gates}
