"""How long the independent checker takes: a county's month whole, single moves, and the substitutes for a seat."""

from __future__ import annotations

import random
import statistics
from collections.abc import Callable, Iterator
from time import thread_time
from typing import Any

from roster.planning.rotation import roster_by_rotation
from roster.rules.case import case_of
from roster.rules.check import check, new_violations
from roster.rules.moves import swap
from roster.rules.substitutes import ranked
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

TEAMS, DAYS, MOVES = 30, 28, 200
ROTATIONS = ("3x8", "2x12", "24/48")


def rows() -> Iterator[dict[str, Any]]:
    """30 teams with 600 people, in processor time of this thread. `cold`: the book is indexed anew for the one move."""
    book = made_book(1, [ROTATIONS[n % len(ROTATIONS)] for n in range(TEAMS)])
    plan = roster_by_rotation(book, FIRST, DAYS)
    size = f"{len(book.people)} people, {len(plan.duties)} duties, {DAYS} days"
    whole = [_milliseconds(lambda: check(book, plan)) for _ in range(3)]
    yield row(f"check a whole month ({size})", statistics.median(whole), at_most=2_000)

    draw = random.Random(1)
    case = case_of(book, plan)
    warm: list[float] = []
    cold: list[float] = []
    seats: list[float] = []
    while len(warm) < MOVES:
        one = draw.choice(plan.duties)
        other = draw.choice([d for d in plan.duties if d.team == one.team and d.person != one.person])
        warm.append(_milliseconds(lambda a=one, b=other: swap(case, a, b)))  # type: ignore[misc]
        after = swap(case, one, other).roster
        cold.append(_milliseconds(lambda a=after: new_violations(book, plan, a)))  # type: ignore[misc]
        found = case.ground.seats(one.team, one.day)
        seat = next(s for s in found if (s.shift, s.key) == (one.shift, one.seat))
        seats.append(_milliseconds(lambda s=seat: ranked(case, s, unable=True)))  # type: ignore[misc]
    yield row("check a swap, p50", statistics.median(warm), at_most=20)
    yield row("check a swap, p99", sorted(warm)[int(len(warm) * 0.99)], at_most=20)
    yield row("check a swap, cold, p50", statistics.median(cold), at_most=20)
    yield row("check a swap, cold, p99", sorted(cold)[int(len(cold) * 0.99)])
    yield row("rank everybody of the team for a seat, p50", statistics.median(seats))


def _milliseconds(work: Callable[[], object]) -> float:
    began = thread_time()
    work()
    return (thread_time() - began) * 1000
