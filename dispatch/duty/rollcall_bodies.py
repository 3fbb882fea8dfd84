"""What may be said to a roll call: request bodies, checked at the edge."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from dispatch.duty.rollcall import Answer, State

SeatKey = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,120}$")]
Code = Annotated[str, StringConstraints(pattern=r"^[^\x00-\x1f\x7f]{1,64}$")]


class AnswerBody(BaseModel):
    """For one seat. `person` left out: whoever the roster has there. `now`: from this moment, not from the beginning
    of the shift; whoever sits there of the shift before goes. `back_by`: for an errand."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    seat: SeatKey
    state: Literal["present", "absent", "errand", "left"]
    person: Code | None = None
    cause: Code | None = None
    back_by: AwareDatetime | None = None
    now: bool = False

    def answer(self) -> Answer:
        return Answer(
            self.seat, State(self.state), self.person, self.cause, _of_our_time(self.back_by), self.now
        )


class AnswersBody(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    answers: Annotated[list[AnswerBody], Field(min_length=1, max_length=200)]


class RollcallAnswer(BaseModel):
    rollcall: dict[str, Any]


class RollcallsAnswer(BaseModel):
    rollcalls: list[dict[str, Any]]


class TeamNowAnswer(BaseModel):
    """`turns`: those that run, those that somebody still stands over from, and the next to begin, as roll calls."""

    team: str
    name: str
    station: str | None
    telephone: str | None
    shift_names: dict[str, str]
    turns: list[dict[str, Any]]


class SubstitutesAnswer(BaseModel):
    """`people`: whom to ring up, the best first, with telephone and reasons."""

    people: list[dict[str, Any]]


class CallInAnswer(BaseModel):
    """`seats`: the open ones of the turn that runs, each with the people to ring up, in fair order."""

    units: list[dict[str, Any]]


class RecallAnswer(BaseModel):
    person: str
    team: str
    seat: str
    back_by: str


def _of_our_time(moment: datetime | None) -> datetime | None:
    """Years far off cannot be turned into UTC; an errand ends within the shift anyway."""
    if moment is None or 2000 <= moment.year < 2200:
        return moment
    return datetime(2000, 1, 1, tzinfo=UTC) if moment.year < 2000 else datetime(2199, 1, 1, tzinfo=UTC)
