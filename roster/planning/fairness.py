"""Shares that came out unequal: made equal if any roster allows it, or a proof, with numbers, that none does."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from roster.demand import seats_between
from roster.plan import Book, Duty
from roster.planning.compile import Order, team_problem
from roster.planning.least_range import least_range
from roster.planning.month import Effort, Proof, Report, TeamMonth, solve_team
from roster.planning.spread import NIGHTS_RANGE, WEEKENDS_RANGE, Spread, spreads_of
from roster.planning.team_problem import TeamProblem


def with_fairness(
    book: Book,
    order: Order,
    month: TeamMonth,
    *,
    seed: int,
    effort: Effort,
    should_stop: Callable[[], bool],
    told: Callable[[Report], None],
) -> TeamMonth:
    """The month itself where it is fair; else a fairer one, or what was proved."""
    unfair = _unfair(book, order, month.duties)
    if not unfair or month.stopped or not effort.proof_seconds:
        return month
    problem = team_problem(book, order)
    if problem is None:
        return month
    proofs: list[Proof] = []
    for spread, what, goal in unfair:
        if should_stop():
            break
        proof, duties = _proof(book, order, problem, month.duties, spread, what, goal, effort)
        if duties is not None:
            again = solve_team(
                book, order, seed=seed, effort=effort, start=duties, should_stop=should_stop, told=told
            )
            if _worse(book, order, again.duties) <= _worse(book, order, month.duties):
                month = replace(again, steps=month.steps + again.steps)
                continue
        if proof is not None:
            proofs.append(proof)
    still = {(spread.employment, what) for spread, what, _ in _unfair(book, order, month.duties)}
    return replace(month, proofs=tuple(one for one in proofs if (one.employment, one.what) in still))


def _unfair(book: Book, order: Order, duties: Sequence[Duty]) -> list[tuple[Spread, str, int]]:
    spreads = spreads_of(book, order.team, order.first, order.days, (*duties, *order.elsewhere))
    return [
        (spread, what, goal)
        for spread in spreads
        for what, value, goal in (
            ("nights", spread.nights, NIGHTS_RANGE),
            ("weekends", spread.weekends, WEEKENDS_RANGE),
        )
        if value > goal
    ]


def _proof(
    book: Book,
    order: Order,
    problem: TeamProblem,
    duties: Sequence[Duty],
    spread: Spread,
    what: str,
    goal: int,
    effort: Effort,
) -> tuple[Proof | None, tuple[Duty, ...] | None]:
    """A proof that it cannot be as equal as the goal, or duties that are."""
    required, wished = _empty(book, order, duties)
    found = least_range(problem, what, frozenset(spread.people), required, wished, effort.proof_seconds)
    if found is None:
        return None, None
    if found.found is not None and found.found <= goal and found.choices is not None:
        return None, problem.duties_of(found.choices)
    if found.least > goal:
        return Proof(what, spread.employment, len(spread.people), found.least, required, wished), None
    return None, None


def _worse(book: Book, order: Order, duties: Sequence[Duty]) -> tuple[int, int, float]:
    unfairness = sum(
        (spread.nights if what == "nights" else spread.weekends) - goal
        for spread, what, goal in _unfair(book, order, duties)
    )
    return (*_empty(book, order, duties), unfairness)


def _empty(book: Book, order: Order, duties: Sequence[Duty]) -> tuple[int, int]:
    """Required seats and wished ones that nobody has."""
    taken = {(duty.day, duty.shift, duty.seat) for duty in duties}
    asked = seats_between(book, order.team, order.first, order.days)
    empty = [seat.required for seat in asked if (seat.day, seat.shift, seat.key) not in taken]
    return sum(empty), len(empty) - sum(empty)
