"""One team's month: started from the rotation, annealed by exchanges, audited by the independent checker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from roster.demand import seats_between
from roster.plan import Book, Duty, Roster
from roster.planning.compile import Order, team_problem
from roster.planning.exchange import exchange, row_cost
from roster.planning.exchange_moves import ILLEGAL
from roster.planning.exchange_tables import Ints, Tables, tables_of
from roster.planning.rotation import roster_by_rotation
from roster.planning.spread import spreads_of
from roster.planning.team_problem import TeamProblem
from roster.rules.check import check
from roster.rules.violation import Violation
from roster.solving.problem import FORBIDDEN, OFF

CHUNK = 32_768
HOT, COLD = 6_000.0, 1.0
AUDITS = 3
NOT_OURS = frozenset({"seat_unfilled", "floor", "readiness_leave"})
"""Violations that taking duties away does not mend."""
OF_COMPANY = frozenset({"mentor", "apart", "together"})
"""Those that a day off does not mend, but a duty taken away does."""


@dataclass(frozen=True, slots=True)
class Effort:
    """Steps of a round for each person and day; further rounds only while seats are empty or shares unequal."""

    steps_a_cell: int = 300
    rounds: int = 3
    proof_seconds: float = 20.0
    """For each share that stays unequal; 0: nothing is proved. The only part that a clock bounds."""


@dataclass(frozen=True, slots=True)
class Report:
    """What a team's search has so far: told after each piece of it."""

    team: str
    share_done: float
    duties: tuple[Duty, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """No roster of the team that leaves at most these seats empty has a smaller range than `least`."""

    what: str
    employment: str
    people: int
    least: int
    open_required: int
    open_wished: int


@dataclass(frozen=True, slots=True)
class TeamMonth:
    """`duties` are the team's own, fixed ones with them. `stopped`: somebody ended the work early."""

    team: str
    duties: tuple[Duty, ...]
    cost: int
    steps: int
    stopped: bool = False
    proofs: tuple[Proof, ...] = ()


def solve_team(
    book: Book,
    order: Order,
    *,
    seed: int,
    effort: Effort,
    start: tuple[Duty, ...] | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    told: Callable[[Report], None] = lambda report: None,
) -> TeamMonth:
    """The same for the same seed and effort, as long as nobody stops it. `start`: where to begin, else the roster
    given or the rotation."""
    start = start or order.current
    if start is None:
        start = roster_by_rotation(book, order.first, order.days, (order.team,), order.elsewhere).duties
    month = _search(book, order, start, seed, effort, should_stop, told)
    for audit in range(AUDITS):
        found = _faults(book, order, month.duties)
        faults = [fault for fault in found if fault.rule not in OF_COMPANY]
        if not faults or month.stopped:
            break
        order = replace(order, off=tuple(sorted({*order.off, *_days_off(book, order, month.duties, faults)})))
        again = _search(book, order, month.duties, seed + audit + 1, effort, should_stop, told)
        month = replace(again, steps=month.steps + again.steps)
    return replace(month, duties=_without_faults(book, order, month.duties))


def _search(
    book: Book,
    order: Order,
    start: Sequence[Duty],
    seed: int,
    effort: Effort,
    should_stop: Callable[[], bool],
    told: Callable[[Report], None],
) -> TeamMonth:
    problem = team_problem(book, order)
    if problem is None:
        kept = (duty for duty in order.current or () if duty.team == order.team)
        return TeamMonth(order.team, tuple(sorted(duty for duty in kept if duty.pinned)), 0, 0)
    tables = tables_of(problem.problem, problem.pairs)
    best = _legal(tables, problem, start)
    state = np.array([seed * 7_919 + 1], np.uint64)
    round_steps = max(CHUNK, effort.steps_a_cell * len(problem.people) * order.days)
    chunks = -(-round_steps // CHUNK)
    cost, steps, stopped, before = 0, 0, False, FORBIDDEN
    for turn in range(effort.rounds):
        rows, hot = best.copy(), HOT / (1 + turn)
        for chunk in range(chunks):
            if should_stop():
                stopped = True
                break
            begin, end = (hot * (COLD / hot) ** (part / chunks) for part in (chunk, chunk + 1))
            found = rows.copy()
            found_cost, _ = exchange(tables, rows, found, CHUNK, begin, end, state)
            steps += CHUNK
            if steps == CHUNK or found_cost < cost:
                cost, best = found_cost, found
            told(
                Report(
                    order.team,
                    (turn + (chunk + 1) / chunks) / effort.rounds,
                    problem.duties_of(best.tolist()),
                )
            )
        gain, before = before - cost, cost
        if (
            stopped
            or gain < order.weights.fairness
            or _is_good(book, order, problem.duties_of(best.tolist()))
        ):
            break
    return TeamMonth(order.team, problem.duties_of(best.tolist()), int(cost), steps, stopped)


def _legal(tables: Tables, problem: TeamProblem, start: Sequence[Duty]) -> Ints:
    """The start's duties that the rules allow, day by day; fixed ones always."""
    wanted = np.array(problem.choices_of(start), np.int64).reshape(len(problem.people), problem.days)
    scratch = np.empty(tables.history.shape[1] + problem.days, np.int64)
    rows = np.full_like(wanted, OFF)
    for p, person in enumerate(problem.problem.people):
        fixed = person.off_costs >= FORBIDDEN
        rows[p, fixed] = wanted[p, fixed]
        for day in np.flatnonzero(~fixed & (wanted[p] != OFF)):
            rows[p, day] = wanted[p, day]
            if row_cost(tables, p, rows[p], scratch) >= ILLEGAL:
                rows[p, day] = OFF
    return rows


def _is_good(book: Book, order: Order, duties: Sequence[Duty]) -> bool:
    """No required seat empty, and the shares as equal as the rule wants them."""
    taken = {(duty.day, duty.shift, duty.seat) for duty in duties}
    asked = seats_between(book, order.team, order.first, order.days)
    filled = all((seat.day, seat.shift, seat.key) in taken for seat in asked if seat.required)
    return filled and all(
        share.is_fair
        for share in spreads_of(book, order.team, order.first, order.days, (*duties, *order.elsewhere))
    )


def _faults(book: Book, order: Order, duties: Sequence[Duty]) -> list[Violation]:
    """What the checker would not let through and duties taken away could mend."""
    elsewhere = [duty for duty in order.elsewhere if order.first <= duty.day]
    teams = tuple(sorted({order.team, *(duty.team for duty in elsewhere)}))
    roster = Roster(book.county, order.first, order.days, teams, tuple(sorted((*duties, *elsewhere))))
    here = {duty.person for duty in duties}
    return [
        found
        for found in check(book, roster)
        if found.blocks and found.rule not in NOT_OURS and found.person in here
    ]


def _days_off(
    book: Book, order: Order, duties: Sequence[Duty], faults: Sequence[Violation]
) -> set[tuple[str, date]]:
    """A day off for each fault, on the last day it concerns that the person works; rest owed in one piece."""
    wanted: set[tuple[str, date]] = set()
    frozen = {duty for duty in duties if duty.pinned or duty.day in order.frozen}
    for fault in faults:
        works = [
            d.day for d in duties if d.person == fault.person and d.day in fault.days and d not in frozen
        ]
        if fault.rule == "owed_rest":
            owed = int(fault.params["owed"])
            busy = set(works)
            starts = range(len(fault.days) - owed + 1)
            pieces = [fault.days[at : at + owed] for at in starts]
            usable = [piece for piece in pieces if all(order.first <= day for day in piece)] or pieces
            wanted |= {(fault.person, day) for day in min(usable, key=lambda piece: len(busy & set(piece)))}
        elif works:
            wanted.add((fault.person, max(works)))
    return wanted


def _without_faults(book: Book, order: Order, duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Whatever still offends is taken out: an empty seat is said, an illegal duty never planned."""
    for _ in range(len(duties)):
        faults = _faults(book, order, duties)
        gone = {
            max(found)
            for fault in faults
            if (
                found := [
                    duty
                    for duty in duties
                    if duty.person == fault.person
                    and duty.day in fault.days
                    and not duty.pinned
                    and duty.day not in order.frozen
                ]
            )
        }
        if not gone:
            break
        duties = tuple(duty for duty in duties if duty not in gone)
    return duties
