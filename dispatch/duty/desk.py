"""What every route of the roster needs: the database, the county, who may do what, and commands done once."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Header, Path, Query
from pydantic import AwareDatetime, BaseModel, StringConstraints

from dispatch.access.guard import Guard
from dispatch.access.principal import Principal, Role
from dispatch.access.problem import Problem
from dispatch.duty.workshop import Workshop
from gis_data.model import County
from runtime.database import Database, Work
from runtime.idempotency import run_once

Code = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Note = Annotated[str, StringConstraints(pattern=r"^[^\x00]{0,500}$")]
Reason = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,500}$")]
RequestId = Annotated[str | None, Header(alias="Idempotency-Key", max_length=200)]
PathCode = Annotated[str, Path(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
QueryCode = Annotated[str | None, Query(pattern=r"^[^\x00-\x1f\x7f]{1,100}$")]
Days = Annotated[int, Query(ge=1, le=92)]
Instant = AwareDatetime

# Nobody plans beyond, and a calendar cannot count beyond for long.
EARLIEST, LATEST = date(2000, 1, 1), date(2099, 12, 31)


@dataclass(frozen=True, slots=True)
class RosterDesk:
    db: Database
    guard: Guard
    county: County
    workshop: Workshop

    async def once(
        self,
        who: Principal,
        id: str | None,
        kind: str,
        request: BaseModel | Mapping[str, Any],
        act: Callable[[Work], Awaitable[Mapping[str, Any]]],
    ) -> dict[str, Any]:
        """A command in one transaction; whoever repeats the request id gets the first answer."""
        said = request.model_dump(mode="json") if isinstance(request, BaseModel) else dict(request)

        async def done(work: Work) -> dict[str, Any]:
            return dict(await act(work))

        return await run_once(
            self.db, county=self.county.code, actor=who.subject, id=id, kind=kind, request=said, act=done
        )


def own_code(who: Principal) -> str | None:
    """The person that a member's token speaks for; None for an officer, who may speak for anybody."""
    return who.subject.removeprefix("person/") if who.role is Role.MEMBER else None


def meant_person(who: Principal, named: str | None) -> str:
    """Whom a request is about: a member about himself or herself, an officer about whoever is named."""
    own = own_code(who)
    if own is not None:
        if named not in (None, own):
            raise Problem(403, "not_yourself", {"person": named})
        return own
    if named is None:
        raise Problem(409, "person_not_named", {})
    return named


def in_reach(*days: date | datetime | None) -> None:
    """409 for a day that no roster can be about."""
    for one in days:
        day = one.date() if isinstance(one, datetime) else one
        if day is not None and not EARLIEST < day < LATEST:
            raise Problem(409, "day_out_of_reach", {"day": day.isoformat()})
