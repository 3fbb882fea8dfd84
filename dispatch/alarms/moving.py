"""改址: an incident gets another place, and whoever is on the way there another way."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from dispatch.alarms.assignment_store import assignments_of, save_way
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident import BUSY, State
from dispatch.alarms.incident_store import load_incident, lock_incident, save_location
from dispatch.alarms.location import Located
from dispatch.alarms.measure import Measured, expected_by_road, measure, ways
from dispatch.alarms.rows import AssignmentRow, IncidentRow
from dispatch.alarms.tell import ask_for_reroute, changed, order_brief
from dispatch.push.changes import tell_devices
from runtime.database import Work


async def move_incident(desk: Desk, work: Work, incident: IncidentRow, located: Located, *, by: str) -> None:
    """Save the new place; the ways follow right after, since routes are not computed under a lock."""
    zone = desk.map.zone_of(located.lon, located.lat)
    station = desk.map.station_of(located.lon, located.lat, zone, located.place_code)
    await save_location(work.conn, incident.id, located, zone=zone, station=station)
    await changed(
        desk,
        work,
        "incident_relocated",
        {
            "incident": incident.id,
            "number": incident.number,
            "place": located.place,
            "place_verified": located.verified,
            "lon": located.lon,
            "lat": located.lat,
            "by": by,
        },
        incidents=[incident.id],
    )
    await ask_for_reroute(desk, work, incident.id, "location")


async def reroute(desk: Desk, work: Work, incident_id: UUID, *, cause: str) -> None:
    """Send the order again to every unit that is on its way, with the way from where it is now."""
    measured: Measured | None = None
    incident = await load_incident(work.conn, desk.county.code, incident_id)
    while incident is not None and incident.open:
        if measured is not None and (measured.lon, measured.lat) == (incident.lon, incident.lat):
            await _send_again(desk, work, incident, measured, cause)
            return
        coming = {a.unit_code for a in await assignments_of(work.conn, incident.id) if _on_the_way(a)}
        units = await desk.units_now(work)
        measured = await measure(
            await desk.roads.refresh(work.conn, work.now),
            incident.lon,
            incident.lat,
            [unit for unit in units if unit.code in coming],
        )
        incident = await lock_incident(work.conn, desk.county.code, incident_id)


def _on_the_way(assignment: AssignmentRow) -> bool:
    return assignment.state in BUSY and assignment.state is not State.ON_SCENE


async def _send_again(desk: Desk, work: Work, incident: IncidentRow, measured: Measured, cause: str) -> None:
    active = [a for a in await assignments_of(work.conn, incident.id) if a.state in BUSY]
    codes = frozenset(unit.code for unit in measured.units)
    paths, expected = await ways(measured, codes), await expected_by_road(measured, codes)
    by_code = {unit.code: unit for unit in measured.units}
    for assignment in active:
        unit = by_code.get(assignment.unit_code)
        travel = None if unit is None else measured.travel_of(unit)
        if unit is None or travel is None or not travel.reachable or not _on_the_way(assignment):
            continue
        # Whoever has rolled needs no turnout any more.
        turnout_seconds = 0.0 if assignment.en_route_at is not None else unit.turnout_seconds
        travel_seconds = (travel.travel_ms + travel.on_foot_ms) / 1000
        await save_way(
            work.conn,
            assignment.id,
            eta_seconds=turnout_seconds + travel_seconds,
            travel_seconds=travel_seconds,
            distance_metres=round(float(travel.distance_metres), 1),
            on_foot_metres=round(travel.on_foot_metres, 1),
            path=paths.get(assignment.unit_code),
            # Whoever rolls already has driven part of another way.
            by_road=None if assignment.en_route_at is not None else expected.get(assignment.unit_code),
        )
    again = [a for a in await assignments_of(work.conn, incident.id) if a.state in BUSY]
    if not again:
        return
    await tell_crews(desk, work, incident, again, cause)
    await changed(
        desk,
        work,
        "orders_updated",
        {
            "incident": incident.id,
            "number": incident.number,
            "units": [a.unit_code for a in again],
            "cause": cause,
        },
        incidents=[incident.id],
        assignments=[a.id for a in again],
    )


async def tell_crews(
    desk: Desk, work: Work, incident: IncidentRow, active: Sequence[AssignmentRow], cause: str
) -> None:
    """What a crew was told of the incident is no longer so."""
    for assignment in active:
        brief = {**order_brief(incident, assignment, None), "cause": cause}
        del brief["acknowledge_due_at"]  # another place gives nobody more time to answer
        await tell_devices(
            work, desk.county.code, assignment.station, assignment.unit_code, "order_updated", brief
        )
