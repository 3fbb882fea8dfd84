"""HTTP for versions of a roster: draft, change, check, compare, publish."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from dispatch.access.principal import PEOPLE, ROSTERING, Principal
from dispatch.duty import publishing
from dispatch.duty.bodies import (
    CopyBody,
    DraftBody,
    DraftMovesBody,
    PublishBody,
    PublishedAnswer,
    VersionAnswer,
    VersionDutiesAnswer,
    VersionsAnswer,
    ViolationsAnswer,
)
from dispatch.duty.comparing import ComparedAnswer, compared
from dispatch.duty.decide import violation_document
from dispatch.duty.desk import RequestId, RosterDesk, in_reach
from dispatch.duty.store import duty_row, list_versions, roster_of
from dispatch.duty.version import Version
from roster.plan import Roster
from roster.rules.violation import Violation
from runtime.database import Work

Since = Annotated[PublishBody, Query()]


def add_version_routes(router: APIRouter, desk: RosterDesk) -> None:
    db, county = desk.db, desk.county.code
    reader = Depends(desk.guard.require(*PEOPLE))
    officer = Depends(desk.guard.require(*ROSTERING))

    @router.get("/versions")
    async def versions(_: Annotated[Principal, reader]) -> VersionsAnswer:
        """The newest 200, drafts and published ones."""
        async with db.reading() as conn:
            found = await list_versions(conn, county)
        return VersionsAnswer(versions=[VersionAnswer(**asdict(version)) for version in found])

    @router.post("/versions", status_code=201)
    async def draft(
        body: DraftBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> VersionAnswer:
        """Keep a roster as a draft. It may break rules; it may not name what does not exist."""
        in_reach(body.first)
        duties = tuple(sorted(duty.duty() for duty in body.duties))
        roster = Roster(county, body.first, body.days, tuple(sorted(set(body.teams))), duties)

        async def act(work: Work) -> Mapping[str, Any]:
            return asdict(await publishing.save_draft(work, county, roster, note=body.note, by=who.subject))

        return VersionAnswer(**await desk.once(who, request_id, "roster_draft", body, act))

    @router.get("/versions/{id}")
    async def version(id: UUID, _: Annotated[Principal, reader]) -> VersionDutiesAnswer:
        """A version with its own duties: a published one as it was published."""
        async with db.reading() as conn:
            found = await publishing.known_version(conn, county, id)
            roster = await roster_of(conn, county, found)
        return VersionDutiesAnswer.model_validate(
            {"version": asdict(found), "duties": [duty_row(duty) for duty in roster.duties]}
        )

    @router.get("/versions/{id}/check")
    async def check(id: UUID, since: Since, _: Annotated[Principal, reader]) -> ViolationsAnswer:
        """Everything that publishing it would break, the gravest first."""
        in_reach(since.since)
        async with db.reading() as conn:
            found = await publishing.known_version(conn, county, id)
            now = await db.clock(conn)
            violations = await publishing.audit_version(conn, county, found, since.since, now)
        return violations_answer(violations)

    @router.post("/versions/{id}/duties")
    async def change(
        id: UUID, body: DraftMovesBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> VersionAnswer:
        """Put people on seats of a draft, or take them off."""
        moves = tuple(one.move() for one in body.moves)

        async def act(work: Work) -> Mapping[str, Any]:
            return asdict(await publishing.change_draft(work, county, id, moves, revision=body.revision))

        return await _versioned(
            desk, who, request_id, "roster_draft_moves", id, body.model_dump(mode="json"), act
        )

    @router.post("/versions/{id}/copy", status_code=201)
    async def copy(
        id: UUID, body: CopyBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> VersionAnswer:
        """A new draft with the duties of this version."""

        async def act(work: Work) -> Mapping[str, Any]:
            return asdict(await publishing.copy_version(work, county, id, note=body.note, by=who.subject))

        return await _versioned(desk, who, request_id, "roster_copy", id, body.model_dump(mode="json"), act)

    @router.post("/versions/{id}/discard")
    async def discard(
        id: UUID, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> VersionAnswer:
        async def act(work: Work) -> Mapping[str, Any]:
            return asdict(await publishing.discard_draft(work, county, id, by=who.subject))

        return await _versioned(desk, who, request_id, "roster_discard", id, {}, act)

    @router.post("/versions/{id}/publish")
    async def publish(
        id: UUID, body: PublishBody, who: Annotated[Principal, officer], request_id: RequestId = None
    ) -> PublishedAnswer:
        """Put it in force. 409 with every rule that it breaks and that nobody may lift, or has lifted."""
        in_reach(body.since)

        async def act(work: Work) -> Mapping[str, Any]:
            return await publishing.publish(work, county, id, since=body.since, by=who.subject)

        said = {"id": str(id), **body.model_dump(mode="json")}
        return PublishedAnswer(**await desk.once(who, request_id, "roster_publish", said, act))

    @router.get("/versions/{id}/compare")
    async def compare(
        id: UUID,
        _: Annotated[Principal, reader],
        other: UUID | None = None,
        kind: Literal["version", "in_force"] = "in_force",
    ) -> ComparedAnswer:
        """What a person has to learn anew, from this version to `other` or to what is in force on its days."""
        async with db.reading() as conn:
            before = await publishing.known_version(conn, county, id)
            after: Version | None = None
            if kind == "version":
                after = await publishing.known_version(conn, county, other or id)
            return await compared(conn, county, before, after)


def violations_answer(violations: tuple[Violation, ...]) -> ViolationsAnswer:
    return ViolationsAnswer.model_validate(
        {
            "blocks": sum(violation.blocks for violation in violations),
            "violations": [violation_document(violation) for violation in violations],
        }
    )


async def _versioned(
    desk: RosterDesk,
    who: Principal,
    request_id: str | None,
    kind: str,
    id: UUID,
    said: dict[str, Any],
    act: Any,
) -> VersionAnswer:
    return VersionAnswer(**await desk.once(who, request_id, kind, {"id": str(id), **said}, act))
