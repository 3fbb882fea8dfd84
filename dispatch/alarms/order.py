"""Sending units: assignments, deadlines, device events and notices, all in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from dispatch.alarms.assignment_store import assignments_of, insert_orders
from dispatch.alarms.deadlines import deadlines
from dispatch.alarms.decide import plan_of
from dispatch.alarms.desk import Desk
from dispatch.alarms.notices import send_notices
from dispatch.alarms.proposal_store import resolve_shortfalls
from dispatch.alarms.rows import IncidentRow, Order
from dispatch.alarms.tell import changed, order_brief
from dispatch.forces.model import Candidate
from dispatch.push.changes import ForDevices, tell_each
from gis_data.model import Verb
from runtime.database import Work
from runtime.timers import set_timers

AUTOMATIC = "automatic"


def order_of(
    desk: Desk,
    work: Work,
    chosen: Mapping[str, Any],
    unit: Candidate,
    path: list[list[float]] | None,
    by_road: Mapping[str, Any] | None,
) -> Order:
    """One unit of a proposal as an order with its deadlines. `by_road`: what its drive should take, if it teaches."""
    due = deadlines(desk.county.deadlines, unit, work.now)
    return Order(
        unit=unit.unit_id,
        unit_code=unit.code,
        slot=chosen["slot"],
        task=chosen["task"],
        verb=Verb(chosen["verb"]),
        reason=chosen["reason"],
        eta_seconds=chosen["eta_seconds"],
        turnout_seconds=chosen["turnout_seconds"],
        travel_seconds=chosen["travel_seconds"],
        distance_metres=chosen["distance_metres"],
        on_foot_metres=chosen["on_foot_metres"],
        path=path,
        by_road=by_road,
        delivery_due_at=due.delivery_at,
        acknowledge_due_at=due.acknowledge_at,
    )


async def send(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    orders: Sequence[Order],
    *,
    proposal: UUID | None,
    by: str,
) -> dict[str, UUID]:
    """Order all of these units or none. The incident is locked. Raises UnitBusy or SlotFilled."""
    ids = await insert_orders(
        work.conn, desk.county.code, incident.id, orders, proposal=proposal, by=by, at=work.now
    )
    due = [
        (kind, ids[order.unit_code], due_at)
        for order in orders
        for kind, due_at in (("delivery", order.delivery_due_at), ("acknowledge", order.acknowledge_due_at))
        if due_at is not None
    ]
    await set_timers(work.conn, county=desk.county.code, timers=due)
    await resolve_shortfalls(work.conn, incident.id, work.now, frozenset(order.slot for order in orders))
    return ids


async def announce(
    desk: Desk,
    work: Work,
    incident: IncidentRow,
    orders: Sequence[Order],
    ids: Mapping[str, UUID],
    *,
    by: str,
) -> None:
    """Tell devices, boards and the bodies of the plan about orders that stand."""
    due = {ids[order.unit_code]: order.acknowledge_due_at for order in orders}
    orders_told = [
        ForDevices(
            assignment.station,
            assignment.unit_code,
            "order_dispatched",
            order_brief(incident, assignment, due[assignment.id]),
        )
        for assignment in await assignments_of(work.conn, incident.id)
        if assignment.id in due
    ]
    await tell_each(work, desk.county.code, orders_told)
    notices = await send_notices(desk, work, incident, plan_of(desk.county, incident).notify)
    await changed(
        desk,
        work,
        "units_ordered",
        {
            "incident": incident.id,
            "number": incident.number,
            "units": [order.unit_code for order in orders],
            "by": by,
        },
        incidents=[incident.id],
        assignments=list(ids.values()),
        units=[order.unit for order in orders],
        notices=notices,
    )
