"""A way out of an impossible month: what is to be done, at which price, and the roster that shows that it does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from roster.plan import Authorisation, Book, Roster

PROPOSED = "proposed"
"""The authorisation's code in what is proposed; whoever grants it gives it a number."""


class FixKind(StrEnum):
    MOVE_LEAVE = "move_leave"
    TAKE_BACK_LEAVE = "take_back_leave"
    LEND = "lend"
    AUTHORISE = "authorise"
    QUALIFY = "qualify"
    LEAVE_OPEN = "leave_open"
    HIRE = "hire"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: `roster.fix.<kind>` with these parameters. `days` are those that it is about."""

    kind: FixKind
    person: str = ""
    rule: str = ""
    role: str = ""
    seat: str = ""
    shift: str = ""
    team: str = ""
    days: tuple[date, ...] = ()
    by_days: int = 0
    people: int = 1
    """How many to hire of one kind."""


@dataclass(frozen=True, slots=True)
class Fix:
    """Steps that together make the month possible, and the roster that shows it: all required seats filled (but for
    those left open with authorisation), nothing in it that forbids publishing, by the book as the steps leave it."""

    kind: FixKind
    steps: tuple[Step, ...]
    cost: int
    book: Book
    roster: Roster


PRICES = {
    FixKind.MOVE_LEAVE: 1,
    FixKind.LEND: 3,
    FixKind.TAKE_BACK_LEAVE: 8,
    FixKind.AUTHORISE: 10,
    FixKind.QUALIFY: 30,
    FixKind.LEAVE_OPEN: 40,
    FixKind.HIRE: 300,
}
"""Of a step: what is least trouble comes first. Lending counts by duty, moving by day."""


def permit(
    rule: str, person: str, team: str, day: date, first: date | None = None, days: Sequence[date] = ()
) -> Authorisation:
    """`days`: all those of the breach, of which the last with a duty counts."""
    begins = day if not days else max(first or days[0], days[0])
    return Authorisation(f"{PROPOSED}-{rule}-{person or team}-{day}", rule, person, begins, day, "", "", team)
