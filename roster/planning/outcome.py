"""What came of planning a month, team by team: seats filled, empty and why, ranges, hours, loans, proofs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from roster.plan import Book, Duty
from roster.planning.county import Ask, CountyMonth, empty_seats
from roster.planning.ledger import Ledger
from roster.planning.month import Proof
from roster.planning.spans import counted_minutes
from roster.planning.spread import Spread, comparable, spreads_of
from roster.shifts import Seat


@dataclass(frozen=True, slots=True)
class EmptySeat:
    """Why, counted: so many of the team hold what it needs; away; on this shift already; kept off by rest or hours."""

    seat: Seat
    holders: int
    away: int
    on_shift: int
    barred: int


@dataclass(frozen=True, slots=True)
class TeamOutcome:
    team: str
    seats: int
    filled: int
    required_empty: tuple[EmptySeat, ...]
    wished_empty: int
    spreads: tuple[Spread, ...]
    least_hours: float
    most_hours: float
    """Counted hours among those who are there all the time."""
    borrowed: int
    proofs: tuple[Proof, ...]
    solved: bool
    """False: nobody came to it before the work was stopped; it stands by its rotation."""


def outcomes_of(book: Book, ask: Ask, month: CountyMonth) -> tuple[TeamOutcome, ...]:
    duties = month.roster.duties
    ledger = Ledger.opened(book, ask.first, ask.days, (*ask.fixed, *duties))
    of_team: dict[str, list[Duty]] = defaultdict(list)
    for duty in duties:
        of_team[duty.team].append(duty)
    return tuple(
        _outcome(book, ask, month, ledger, team, of_team[team], duties) for team in month.roster.teams
    )


def _outcome(
    book: Book,
    ask: Ask,
    month: CountyMonth,
    ledger: Ledger,
    team: str,
    own: Sequence[Duty],
    duties: Sequence[Duty],
) -> TeamOutcome:
    empty = empty_seats(book, ask, team, own)
    minutes: dict[str, int] = defaultdict(int)
    for duty in own:
        minutes[duty.person] += counted_minutes(book, team, duty.shift)
    there = [who for group in comparable(book, team, ask.first, ask.days).values() for who in group]
    hours = [minutes[who] / 60 for who in there]
    solved = month.months.get(team)
    return TeamOutcome(
        team,
        len(empty) + len(own),
        len(own),
        tuple(_why(book, ledger, team, seat, own) for seat in empty if seat.required),
        sum(not seat.required for seat in empty),
        spreads_of(book, team, ask.first, ask.days, duties),
        min(hours, default=0.0),
        max(hours, default=0.0),
        sum(bool(duty.borrowed_from) for duty in own),
        solved.proofs if solved else (),
        solved is not None,
    )


def _why(book: Book, ledger: Ledger, team: str, seat: Seat, own: Sequence[Duty]) -> EmptySeat:
    on_shift = {duty.person for duty in own if duty.day == seat.day and duty.shift == seat.shift}
    holders = [p for p in book.members(team, seat.day) if ledger.fits(p.code, seat)]
    away = [p for p in holders if ledger.is_away(p.code, seat.day, seat.shift)]
    there = [p for p in holders if p.code in on_shift]
    return EmptySeat(seat, len(holders), len(away), len(there), len(holders) - len(away) - len(there))
