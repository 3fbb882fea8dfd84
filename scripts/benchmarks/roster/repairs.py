"""A thousand seeded sicknesses on planned teams of twenty: how soon is a repair there, how much does it change?"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from roster.plan import Book, Roster
from roster.planning.repair import repair
from roster.planning.repair_case import Away
from roster.planning.rotation import roster_by_rotation
from roster.rules.check import check, new_violations
from roster.rules.violation import blocking
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

TEAMS, CASES_EACH, DAYS = 20, 50, 28
ROTATIONS = ("3x8", "2x12", "24/48")
LENGTHS = (1, 1, 1, 2, 2, 3, 3, 4, 5, 7, 10, 14)
"""Days of a sickness: mostly short."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """One case, as the officer sees it."""

    seconds_to_first: float
    seconds_to_proof: float | None
    seconds: float
    people: int
    options: int
    open_seats: int
    faults: int


def rows() -> Iterator[dict[str, Any]]:
    """What the product's own clock says of each case, on two processes side by side."""
    began = time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        found = [outcome for team in pool.map(_team, range(TEAMS)) for outcome in team]
    count = len(found)
    said = f"{count} sicknesses, teams of 20 × {DAYS} days"
    firsts = sorted(one.seconds_to_first for one in found)
    yield row(f"{said}: first option, median", median(firsts), unit="s")
    yield row(f"{said}: first option, 95 %", firsts[count * 95 // 100], unit="s", at_most=1)
    soon = sum(seconds <= 1 for seconds in firsts)
    yield row(f"{said}: first option within 1 s", 100 * soon / count, unit="%", at_least=95)
    proved = sum(one.seconds_to_proof is not None and one.seconds_to_proof <= 5 for one in found)
    yield row(f"{said}: fewest changes proved within 5 s", 100 * proved / count, unit="%", at_least=95)
    yield row(f"{said}: all options, median", median(one.seconds for one in found), unit="s")
    yield row(
        f"{said}: other people touched, median", median(one.people for one in found), unit="", at_most=2
    )
    three = sum(one.options == 3 for one in found)
    yield row(f"{said}: cases with three options", 100 * three / count, unit="%")
    still = sum(one.open_seats > 0 for one in found)
    yield row(f"{said}: cases where a required seat stays open at best", 100 * still / count, unit="%")
    yield row(f"{said}: violations of all options", sum(one.faults for one in found), unit="", at_most=0)
    yield row(f"{said}: the whole run", time.perf_counter() - began, unit="s", at_most=300)


def _team(number: int) -> list[Outcome]:
    """Fifty cases of one team whose month breaks no rule."""
    book, roster = _planned(number)
    draw = random.Random(number)
    found: list[Outcome] = []
    while len(found) < CASES_EACH:
        who = draw.choice(sorted(book.people))
        first = FIRST + timedelta(days=draw.randrange(DAYS - 2))
        starts = datetime(first.year, first.month, first.day, tzinfo=book.time_zone)
        away = Away(who, starts, starts + timedelta(days=draw.choice(LENGTHS)))
        now = starts + timedelta(hours=draw.choice((-72, -48, -24, -12, 0, 9)))
        began = time.perf_counter()
        outcome = repair(book, roster, [away], now, clock=time.perf_counter)
        seconds = time.perf_counter() - began
        if not outcome.released:
            continue
        gone = set(outcome.released)
        bare = replace(roster, duties=tuple(duty for duty in roster.duties if duty not in gone))
        faults = [
            v
            for option in outcome.options
            for v in blocking(new_violations(outcome.book, bare, option.roster))
            if v.rule != "seat_unfilled"
        ]
        best = outcome.options[0] if outcome.options else None
        found.append(
            Outcome(
                outcome.seconds_to_first, outcome.seconds_to_proof if best else None, seconds,
                best.cost.people if best else 0, len(outcome.options),
                best.cost.required_open if best else len(outcome.released), len(faults),
            )
        )  # fmt: skip
    return found


def _planned(number: int) -> tuple[Book, Roster]:
    """The next seeds whose rotation, leave filled in, is a legal month with every required seat taken."""
    for attempt in range(100):
        book = made_book(1000 * number + attempt, [ROTATIONS[number % len(ROTATIONS)]])
        roster = roster_by_rotation(book, FIRST, DAYS)
        if not blocking(check(book, roster)):
            return book, roster
    raise RuntimeError(f"team {number}: no legal month in a hundred seeds")
