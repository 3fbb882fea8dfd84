"""What may be said to the roster over HTTP, and the shapes of its answers."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from dispatch.duty.change import Move, Spot
from dispatch.duty.desk import Code, Instant, Note, Reason
from dispatch.duty.swap import SwapAct
from roster.people import AbsenceKind
from roster.plan import Duty


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SpotBody(Body):
    """One seat of one duty: `seat` as in the month's calendar, `unit/role/number`."""

    day: date
    team: Code
    shift: Code
    seat: Code

    def spot(self) -> Spot:
        return (self.day, self.team, self.shift, self.seat)


class MoveBody(SpotBody):
    """Who sits there from now on; null leaves the seat empty."""

    person: Code | None
    pinned: bool = False
    authorisation: Annotated[Code | None, Field(description="recorded permission that this duty needs")] = (
        None
    )

    def move(self) -> Move:
        return Move(*self.spot(), self.person, self.pinned, self.authorisation or "")


class DutyBody(SpotBody):
    person: Code
    pinned: bool = False
    borrowed_from: Code | None = None
    authorisation: Code | None = None

    def duty(self) -> Duty:
        return Duty(
            *self.spot(), self.person, self.pinned, self.borrowed_from or "", self.authorisation or ""
        )


class DraftBody(Body):
    first: date
    days: Annotated[int, Field(ge=1, le=92)]
    teams: Annotated[list[Code], Field(min_length=1, max_length=500)]
    duties: Annotated[list[DutyBody], Field(max_length=60_000)]
    note: Note = ""


class DraftMovesBody(Body):
    moves: Annotated[list[MoveBody], Field(min_length=1, max_length=200)]
    revision: Annotated[int | None, Field(ge=1, le=1_000_000_000)] = None


class CopyBody(Body):
    note: Note = ""


class PublishBody(Body):
    """`since`: the first day on which this version replaces another; tomorrow when it is left out."""

    since: date | None = None


class MovesBody(Body):
    moves: Annotated[list[MoveBody], Field(min_length=1, max_length=50)]
    why: Reason


class MovesCheckBody(Body):
    moves: Annotated[list[MoveBody], Field(min_length=1, max_length=50)]


class SwapBody(Body):
    """`person` gives the duty `gives` to `other`, and takes `takes` for it if that is given.

    A member leaves `person` out: it is his or her own duty. With `now` an officer makes the swap without asking.
    """

    gives: SpotBody
    other: Code
    takes: SpotBody | None = None
    person: Code | None = None
    now: bool = False
    note: Note = ""


class SwapActBody(Body):
    act: Literal[SwapAct.ACCEPT, SwapAct.DECLINE, SwapAct.WITHDRAW, SwapAct.APPROVE, SwapAct.REFUSE]


class OfferBody(SpotBody):
    """`answer_minutes`: how long each candidate is asked alone, where time allows."""

    answer_minutes: Annotated[int, Field(ge=1, le=7 * 1440)] = 240
    most: Annotated[int, Field(ge=1, le=30)] = 6


class AnswerBody(Body):
    yes: bool
    person: Code | None = None


class GrantBody(Body):
    """`person` null: the first on the list who said yes."""

    person: Code | None = None


class AbsenceBody(Body):
    """`release`: the duties that it meets are freed. Sickness frees them always."""

    kind: AbsenceKind
    starts: Instant
    ends: Instant
    person: Code | None = None
    note: Note = ""
    release: bool = False


class AbsenceEndBody(Body):
    """`ends`: back earlier than said. Without it: never away at all."""

    ends: Instant | None = None


class AuthorisationBody(Body):
    """Either a person or a team: a seat left empty is the team's."""

    rule: Code
    first: date
    last: date
    reason: Reason
    person: Code | None = None
    team: Code | None = None


class RequestBody(Body):
    day: date
    wanted: bool
    shift: Code | None = None
    person: Code | None = None
    weight: Annotated[int, Field(ge=1, le=10)] = 1


class DisasterWorkBody(Body):
    person: Code
    day: date
    minutes: Annotated[int, Field(ge=1, le=1440)]
    incident: UUID | None = None


class FeedBody(Body):
    person: Code | None = None


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────────


class VersionAnswer(BaseModel):
    id: UUID
    number: int
    teams: list[str]
    first: date
    days: int
    state: Literal["draft", "published", "superseded", "discarded"]
    note: str
    made_by: str
    made_at: Instant
    published_by: str | None
    published_at: Instant | None
    revision: int


class VersionsAnswer(BaseModel):
    versions: list[VersionAnswer]


class DutyAnswer(BaseModel):
    day: date
    team: str
    shift: str
    seat: str
    person: str
    pinned: bool
    borrowed_from: str
    authorisation: str
    late_minutes: int
    early_minutes: int


class VersionDutiesAnswer(BaseModel):
    version: VersionAnswer
    duties: list[DutyAnswer]


class DutiesAnswer(BaseModel):
    duties: list[DutyAnswer]


class ViolationAnswer(BaseModel):
    """`text` and `text_en` say it in words."""

    rule: str
    strength: str
    text: str
    text_en: str
    params: dict[str, str | int]
    person: str
    team: str
    days: list[date]
    blocks: bool
    authorised_by: str


class ViolationsAnswer(BaseModel):
    """`blocks`: how many of them forbid it."""

    blocks: int
    violations: list[ViolationAnswer]


class PublishedAnswer(BaseModel):
    version: UUID
    number: int
    teams: list[str]
    first: date
    last: date
    duties: int
    changed: int
    superseded: list[int]


class ChangedAnswer(BaseModel):
    gone: list[DutyAnswer]
    come: list[DutyAnswer]


class SwapAnswer(BaseModel):
    id: UUID
    state: str
    person: str
    other: str
    gives: dict[str, Any]
    takes: dict[str, Any] | None
    proposed_by: str
    note: str


class SwapsAnswer(BaseModel):
    swaps: list[SwapAnswer]


class Answer(BaseModel):
    """What a command did, in the words of its event."""

    model_config = ConfigDict(extra="allow")


class ListAnswer(BaseModel):
    items: list[dict[str, Any]]
