"""How long `crews(instant)` takes for a whole county in memory: every team's roster of a month, everybody answered."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from time import thread_time
from typing import Any

from gis_data.bundled import bundled_county_folder
from gis_data.folder import read_county
from roster.crew_book import CrewBook, crew_book
from roster.crews import crews
from roster.files.book import read_book
from roster.plan import Book
from roster.planning.rotation import roster_by_rotation
from roster.turns import Presence, Turn, turns_of
from runtime.settings import load_settings
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

TEAMS, DAYS, INSTANTS = 30, 28, 2_000
ROTATIONS = ("3x8", "2x12", "24/48")
BUNDLED_FIRST = date(2027, 1, 1)


def rows() -> Iterator[dict[str, Any]]:
    """The bundled county, and 30 teams with 600 made-up people; instants spread evenly over the month.

    In processor time of this thread: what the machine preempts is no slower. `cold` counts every team anew, as for an
    instant that nobody asked for before.
    """
    folder = bundled_county_folder(load_settings().cache_folder)
    bundled = read_book(read_county(folder), folder)
    made = made_book(1, [ROTATIONS[n % len(ROTATIONS)] for n in range(TEAMS)])
    for name, book, first in (("泽州县", bundled, BUNDLED_FIRST), ("made up", made, FIRST)):
        yield from _measured(name, book, first)


def _measured(name: str, book: Book, first: date) -> Iterator[dict[str, Any]]:
    found = answered_book(book, first)
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) + timedelta(days=1)
    step = timedelta(days=DAYS - 2) / INSTANTS
    for kind, cold in (("", False), (", cold", True)):
        took: list[float] = []
        seats = units = 0
        for n in range(INSTANTS):
            if cold:
                found.forget()
            began = thread_time()
            on_duty = crews(found, start + n * step)
            took.append((thread_time() - began) * 1000)
            seats += sum(crew.seats_filled for crew in on_duty.values())
            units = max(units, len(on_duty))
        took.sort()
        size = f"{len(book.people)} people, {units} units, {seats / INSTANTS:.0f} seats filled"
        work = f"crews at an instant, {name}{kind}"
        yield row(f"{work}, p50 ({size})", statistics.median(took), at_most=1.0)
        yield row(f"{work}, p99", took[int(len(took) * 0.99)], at_most=1.0)


def answered_book(book: Book, first: date) -> CrewBook:
    """The month by rotation with every planned person present."""
    roster = roster_by_rotation(book, first, DAYS)
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
