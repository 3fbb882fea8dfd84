"""How long `crews(instant)` takes for a whole county in memory: every team's roster of a month, everybody answered."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import thread_time
from typing import Any

from roster.crews import CrewBook, crew_book, crews
from roster.plan import Book
from roster.planning.rotation import roster_by_rotation
from roster.turns import Presence, Turn, turns_of
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

TEAMS, DAYS, INSTANTS = 30, 28, 2_000
ROTATIONS = ("3x8", "2x12", "24/48")


def rows() -> Iterator[dict[str, Any]]:
    """30 teams with 600 people; instants spread evenly over the month. In processor time of this thread: a process that
    the machine preempts is no slower. `cold` counts every team anew, as for an instant that nobody asked for before.
    """
    book = made_book(1, [ROTATIONS[n % len(ROTATIONS)] for n in range(TEAMS)])
    found = answered_book(book)
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(days=1)
    step = timedelta(days=DAYS - 2) / INSTANTS
    for name, cold in (("", False), (", cold", True)):
        took: list[float] = []
        seats = 0
        for n in range(INSTANTS):
            if cold:
                found.forget()
            began = thread_time()
            on_duty = crews(found, start + n * step)
            took.append((thread_time() - began) * 1000)
            seats += sum(crew.seats_filled for crew in on_duty.values())
        took.sort()
        size = f"{len(book.people)} people, {TEAMS} teams, {seats / INSTANTS:.0f} seats filled"
        yield row(f"crews at an instant, in memory{name}, p50 ({size})", statistics.median(took), at_most=1.0)
        yield row(f"crews at an instant, in memory{name}, p99", took[int(len(took) * 0.99)], at_most=1.0)


def answered_book(book: Book) -> CrewBook:
    """The month by rotation with every planned person present."""
    roster = roster_by_rotation(book, FIRST, DAYS)
    turns = [_all_there(turn) for turn in turns_of(book, roster, roster.first, roster.last)]
    classes = {seat.unit: "heavy_engine" for turn in turns for seat in turn.seats if seat.unit}
    return crew_book(
        turns,
        book.people.values(),
        classes,
        book.time_zone,
        timedelta(minutes=book.policy.standing_over_minutes),
    )


def _all_there(turn: Turn) -> Turn:
    present = [
        Presence(seat.key, seat.planned, turn.starts) for seat in turn.seats if seat.planned is not None
    ]
    return replace(turn, present=tuple(present))
