"""How every HTTP command of the slice is run: once for its id, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from fastapi import Header
from pydantic import BaseModel

from dispatch.access.principal import Principal
from dispatch.alarms.desk import Desk
from runtime.database import Work
from runtime.idempotency import run_once

CommandId = Annotated[
    str | None, Header(alias="Idempotency-Key", max_length=200, pattern=r"^[\x21-\x7e]{1,200}$")
]
Act = Callable[[Work], Awaitable[dict[str, Any]]]


class Run(Protocol):
    async def __call__(
        self,
        principal: Principal,
        command_id: str | None,
        kind: str,
        subject: UUID,
        body: BaseModel,
        act: Act,
    ) -> dict[str, Any]: ...


def edge(desk: Desk) -> Run:
    """A repeat with the same Idempotency-Key gets the first answer; operators double-click."""

    async def run(
        principal: Principal,
        command_id: str | None,
        kind: str,
        subject: UUID,
        body: BaseModel,
        act: Act,
    ) -> dict[str, Any]:
        return await run_once(
            desk.db,
            county=desk.county.code,
            actor=principal.subject,
            id=command_id,
            kind=kind,
            request={"subject": str(subject), **body.model_dump(mode="json")},
            act=act,
        )

    return run


def in_calendar(moment: datetime) -> datetime:
    """A time beyond any calendar is cut to one that can be compared; the command keeps it within the incident."""
    if moment.year < 2000:
        return datetime(2000, 1, 1, tzinfo=UTC)
    if moment.year > 9000:
        return datetime(9000, 1, 1, tzinfo=UTC)
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
