"""Notices to other bodies (联动单位): each is told once, and who confirmed it is kept."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.alarms.desk import Desk
from dispatch.alarms.incident_store import lock_incident
from dispatch.alarms.proposal_store import (
    insert_notices,
    lock_notice,
    notice_card,
    notice_cards,
    save_receipt,
)
from dispatch.alarms.rows import IncidentRow
from dispatch.alarms.tell import changed
from runtime.database import Work

NOTICE = "notice.units_ordered"


async def send_notices(desk: Desk, work: Work, incident: IncidentRow, bodies: Sequence[str]) -> list[UUID]:
    """Tell each body of the plan that has not been told yet; answers the new notices."""
    if not bodies:
        return []
    return await insert_notices(
        work.conn,
        county=desk.county.code,
        incident=incident.id,
        bodies=bodies,
        text_code=NOTICE,
        at=work.now,
    )


async def notify(desk: Desk, work: Work, id: UUID, body: str, *, by: str) -> dict[str, Any]:
    """通报: the dispatcher tells one more body of the county; a body that knows already is not told twice."""
    incident = await lock_incident(work.conn, desk.county.code, id)
    if incident is None:
        raise Problem(404, "no_incident", {"id": str(id)})
    if not incident.open:
        raise Problem(409, "incident_not_open", {"number": incident.number, "status": incident.status})
    if body not in desk.county.notify_bodies:
        raise Problem(404, "body_unknown", {"body": body})
    for notice in await send_notices(desk, work, incident, [body]):
        told = {"incident": id, "number": incident.number, "body": body, "by": by}
        await changed(desk, work, "body_notified", told, incidents=[id], notices=[notice])
    return next(card for card in await notice_cards(work.conn, id) if card["body"] == body)


async def receive_notice(desk: Desk, work: Work, notice: UUID, *, by: str) -> dict[str, Any]:
    """Somebody at the other end has confirmed it; the first receipt stands."""
    row = await lock_notice(work.conn, desk.county.code, notice)
    if row is None:
        raise Problem(404, "no_notice", {"id": str(notice)})
    if row["received_at"] is None:
        await save_receipt(work.conn, notice, work.now, by)
        await changed(
            desk,
            work,
            "notice_received",
            {"incident": row["incident"], "body": row["body"], "by": by},
            incidents=[row["incident"]],
            notices=[notice],
        )
    card = await notice_card(work.conn, desk.county.code, notice)
    assert card is not None
    return card
