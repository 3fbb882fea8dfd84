"""Assignments in PostgreSQL: a unit is busy once, a slot is filled once, and every change is compare-and-set."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg

from dispatch.alarms.incident import State
from dispatch.alarms.rows import AssignmentRow, Order
from gis_data.model import Verb
from runtime.ids import new_id
from runtime.queries import load_queries

Connection = asyncpg.Connection | asyncpg.pool.PoolConnectionProxy
QUERIES = load_queries("dispatch.alarms", "assignments.sql")
_COLUMNS = tuple(field.name for field in fields(AssignmentRow))


class UnitBusy(Exception):  # noqa: N818 (what stands, not what went wrong)
    """Another order has the unit."""


class SlotFilled(Exception):  # noqa: N818 (what stands, not what went wrong)
    """Another unit fills the slot."""


def _assignment(row: Mapping[str, Any]) -> AssignmentRow:
    values = {name: row[name] for name in _COLUMNS if name not in ("verb", "state", "unit_code")}
    return AssignmentRow(
        **values, unit_code=row["unit_code"], verb=Verb(row["verb"]), state=State(row["state"])
    )


async def assignments_of(conn: Connection, incident: UUID) -> list[AssignmentRow]:
    return [_assignment(row) async for row in QUERIES.of_incident(conn, incident=incident)]


async def load_assignment(conn: Connection, county: str, id: UUID) -> AssignmentRow | None:
    row = await QUERIES.by_id(conn, county=county, id=id)
    return None if row is None else _assignment(row)


async def lock_assignment(conn: Connection, county: str, id: UUID) -> AssignmentRow | None:
    row = await QUERIES.lock_by_id(conn, county=county, id=id)
    return None if row is None else _assignment(row)


async def active_of_unit(conn: Connection, county: str, unit_code: str) -> AssignmentRow | None:
    row = await QUERIES.active_of_unit(conn, county=county, unit=unit_code)
    return None if row is None else _assignment(row)


async def insert_orders(
    conn: Connection,
    county: str,
    incident: UUID,
    orders: Sequence[Order],
    *,
    proposal: UUID | None,
    by: str,
    at: datetime,
) -> dict[str, UUID]:
    """Order every unit or none; ids by unit code. Raises UnitBusy or SlotFilled, and the transaction lives on."""
    ids = {order.unit_code: new_id() for order in orders}
    try:
        async with conn.transaction():
            # Everybody locks units in one order, so that two proposals cannot wait for each other.
            async for _ in QUERIES.lock_units(conn, units=[order.unit for order in orders]):
                pass
            await QUERIES.insert_order(
                conn,
                [
                    {
                        "id": ids[order.unit_code],
                        "county": county,
                        "incident": incident,
                        "unit": order.unit,
                        "proposal": proposal,
                        "slot": order.slot,
                        "task": order.task,
                        "verb": order.verb.value,
                        "reason": dict(order.reason),
                        "eta_seconds": order.eta_seconds,
                        "turnout_seconds": order.turnout_seconds,
                        "travel_seconds": order.travel_seconds,
                        "distance_metres": order.distance_metres,
                        "on_foot_metres": order.on_foot_metres,
                        "path": order.path,
                        "by_road": order.by_road,
                        "dispatched_by": by,
                        "dispatched_at": at,
                    }
                    for order in orders
                ],
            )
    except asyncpg.UniqueViolationError as error:
        if error.constraint_name == "assignment_unit_busy":
            raise UnitBusy from error
        if error.constraint_name == "assignment_slot_filled":
            raise SlotFilled from error
        raise
    return ids


async def save_state(conn: Connection, old: AssignmentRow, new: AssignmentRow) -> bool:
    """Compare and set by version; false when somebody else was first."""
    version = await QUERIES.save_state(
        conn,
        id=old.id,
        version=old.version,
        state=new.state.value,
        slot=new.slot,
        cause=new.cause,
        acknowledged_by=new.acknowledged_by,
        acknowledged_via=new.acknowledged_via,
        late_acknowledged_at=new.late_acknowledged_at,
        delivered_at=new.delivered_at,
        acknowledged_at=new.acknowledged_at,
        en_route_at=new.en_route_at,
        on_scene_at=new.on_scene_at,
        unconfirmed_at=new.unconfirmed_at,
        ended_at=new.ended_at,
    )
    return version is not None


async def save_way(
    conn: Connection,
    id: UUID,
    *,
    eta_seconds: float | None,
    travel_seconds: float | None,
    distance_metres: float | None,
    on_foot_metres: float | None,
    path: list[list[float]] | None,
    by_road: Mapping[str, Any] | None,
) -> None:
    await QUERIES.save_way(
        conn,
        id=id,
        eta_seconds=eta_seconds,
        travel_seconds=travel_seconds,
        distance_metres=distance_metres,
        on_foot_metres=on_foot_metres,
        path=path,
        by_road=by_road,
    )


async def move_assignment(conn: Connection, id: UUID, incident: UUID, slot: str) -> None:
    await QUERIES.move_to(conn, id=id, incident=incident, slot=slot)


async def assignment_cards(conn: Connection, incident: UUID) -> list[dict[str, Any]]:
    return [row["card"] async for row in QUERIES.cards_of(conn, incident=incident)]


async def assignment_card(conn: Connection, county: str, id: UUID) -> dict[str, Any] | None:
    card: dict[str, Any] | None = await QUERIES.card(conn, county=county, id=id)
    return card


async def open_for_device(
    conn: Connection, county: str, station: str, unit_code: str | None
) -> list[tuple[AssignmentRow, datetime | None]]:
    rows = QUERIES.open_for_device(conn, county=county, station=station, unit=unit_code)
    return [(_assignment(row), row["acknowledge_due_at"]) async for row in rows]


@dataclass(frozen=True, slots=True)
class AckedOrder:
    """An order that a device now has; without an assignment, the device has acknowledged only other events."""

    device: UUID
    assignment: UUID | None
    incident: UUID | None


async def orders_newly_acked(
    conn: Connection, county: str, acked: Sequence[tuple[UUID, str, int]]
) -> list[AckedOrder]:
    """The orders that these cumulative acknowledgements (device, its stream, sequence) cover and no earlier one did.

    Devices whose acknowledgement covers nothing new are not named at all."""
    rows = QUERIES.acked_orders(
        conn,
        county=county,
        devices=[device for device, _, _ in acked],
        streams=[stream for _, stream, _ in acked],
        seqs=[seq for _, _, seq in acked],
    )
    return [AckedOrder(row["device"], row["assignment"], row["incident"]) async for row in rows]


async def save_acked(conn: Connection, acked: Sequence[tuple[UUID, int]], at: datetime) -> None:
    await QUERIES.save_acked(
        conn, devices=[device for device, _ in acked], seqs=[seq for _, seq in acked], at=at
    )


async def stop_clocks(conn: Connection, assignment: UUID, kinds: Sequence[str], at: datetime) -> None:
    await QUERIES.cancel_timers(conn, subject=assignment, kinds=list(kinds), at=at)
