"""The life of a swap between two members, as one transition table: proposed, answered by the other, decided by an
officer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from dispatch.duty.change import Move, Spot
from roster.plan import Duty


class SwapState(StrEnum):
    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    APPROVED = "approved"  # done: the duties have changed hands
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    LAPSED = "lapsed"  # a duty began, or changed hands otherwise, before it was decided


class SwapAct(StrEnum):
    ACCEPT = "accept"  # by the other
    DECLINE = "decline"  # by the other
    WITHDRAW = "withdraw"  # by whoever proposed it
    APPROVE = "approve"  # by an officer
    REFUSE = "refuse"  # by an officer
    LAPSE = "lapse"  # by the calendar


TRANSITIONS: Mapping[tuple[SwapState, SwapAct], SwapState] = {
    (SwapState.PROPOSED, SwapAct.ACCEPT): SwapState.ACCEPTED,
    (SwapState.PROPOSED, SwapAct.DECLINE): SwapState.DECLINED,
    (SwapState.PROPOSED, SwapAct.WITHDRAW): SwapState.WITHDRAWN,
    (SwapState.PROPOSED, SwapAct.REFUSE): SwapState.REFUSED,
    (SwapState.PROPOSED, SwapAct.LAPSE): SwapState.LAPSED,
    (SwapState.ACCEPTED, SwapAct.DECLINE): SwapState.DECLINED,
    (SwapState.ACCEPTED, SwapAct.WITHDRAW): SwapState.WITHDRAWN,
    (SwapState.ACCEPTED, SwapAct.APPROVE): SwapState.APPROVED,
    (SwapState.ACCEPTED, SwapAct.REFUSE): SwapState.REFUSED,
    (SwapState.ACCEPTED, SwapAct.LAPSE): SwapState.LAPSED,
}

OPEN = frozenset({SwapState.PROPOSED, SwapState.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Swap:
    """`person` gives a duty to `other`, and (unless `takes` is None: 替班) takes one of the other's for it."""

    id: UUID
    state: SwapState
    person: str
    other: str
    gives: Spot
    takes: Spot | None
    proposed_by: str
    proposed_at: datetime
    note: str = ""

    @property
    def spots(self) -> tuple[Spot, ...]:
        return (self.gives,) if self.takes is None else (self.gives, self.takes)

    def moves(self) -> tuple[Move, ...]:
        given = Move(*self.gives, self.other)
        return (given,) if self.takes is None else (given, Move(*self.takes, self.person))

    def stands(self, duties: Mapping[Spot, Duty]) -> bool:
        """Whether both still hold what they mean to exchange."""
        given = duties.get(self.gives)
        taken = None if self.takes is None else duties.get(self.takes)
        return (
            given is not None
            and given.person == self.person
            and (self.takes is None or (taken is not None and taken.person == self.other))
        )


def after(state: SwapState, act: SwapAct) -> SwapState | None:
    """Where an act leads from a state; None where it leads nowhere."""
    return TRANSITIONS.get((state, act))


def spot_document(spot: Spot) -> dict[str, Any]:
    day, team, shift, seat = spot
    return {"day": day.isoformat(), "team": team, "shift": shift, "seat": seat}


def spot_of(document: Mapping[str, Any]) -> Spot:
    day = date.fromisoformat(document["day"])
    return (day, document["team"], document["shift"], document["seat"])
