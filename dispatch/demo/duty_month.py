"""The demo's month: by rotation, and the solver for the teams whose required seats that leaves empty. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date

from roster.demand import seats_between
from roster.plan import Book, Roster
from roster.planning.compile import Order
from roster.planning.month import Effort, solve_team
from roster.planning.rotation import membership_of, roster_by_rotation

SEED = 140525
EFFORT = Effort(steps_a_cell=60, rounds=3, proof_seconds=0.0)  # under half a second a team; nothing is proved
LEAST_EFFORT = Effort(steps_a_cell=0, rounds=1, proof_seconds=0.0)


@dataclass(frozen=True, slots=True)
class Month:
    """`filled`: required seats that the rotation left empty and the solver did not; `empty`: those that stay so."""

    roster: Roster
    filled: int
    empty: int


def month_of(book: Book, first: date, days: int) -> Month:
    """The same for the same book and days."""
    roster = roster_by_rotation(book, first, days)
    short = _short_teams(book, roster)
    for team in sorted(short):
        roster = _solved(book, roster, team)
    empty = _short_teams(book, roster).total() if short else 0
    return Month(roster, short.total() - empty, empty)


def load_solver(book: Book, day: date) -> None:
    """Compile its kernels, or read them from their cache, on one team's day; on a first start that takes seconds."""
    for team in sorted(book.teams)[:1]:
        solve_team(book, Order(team, day, 1), seed=SEED, effort=LEAST_EFFORT)


def _short_teams(book: Book, roster: Roster) -> Counter[str]:
    """How many required seats of a team nobody has; teams that have none are not named."""
    taken = {(duty.team, duty.day, duty.shift, duty.seat) for duty in roster.duties}
    return Counter(
        team
        for team in roster.teams
        for seat in seats_between(book, team, roster.first, roster.days)
        if seat.required and (team, seat.day, seat.shift, seat.key) not in taken
    )


def _solved(book: Book, roster: Roster, team: str) -> Roster:
    """The roster with this team's month from the solver, if that leaves fewer required seats empty."""
    own = tuple(duty for duty in roster.duties if duty.team == team)
    others = tuple(duty for duty in roster.duties if duty.team != team)
    # What other people do elsewhere binds nobody here, and would make every audit one of the whole county.
    elsewhere = tuple(duty for duty in others if membership_of(book.people[duty.person], team) is not None)
    order = Order(team, roster.first, roster.days, elsewhere)
    month = solve_team(book, order, seed=SEED, effort=EFFORT, start=own)
    solved = replace(roster, duties=tuple(sorted((*others, *month.duties))))
    return solved if _short_teams(book, solved)[team] < _short_teams(book, roster)[team] else roster
