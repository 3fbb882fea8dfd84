"""A county of 600: thirty teams of twenty, 28 days, seats with skills, leave, history and debts, on two cores.

The roster is judged by the independent checker, and the shares by a count of the benchmark's own.
"""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from roster.demand import seats_between
from roster.plan import Book
from roster.planning.county import Ask, CountyMonth, solve_county
from roster.planning.processes import Processes
from roster.rules.check import check
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

DAYS, TEAMS, SEED = 28, 30, 1
NIGHTS, WEEKENDS = 1, 2
WORK = "roster: 600 people, 30 teams, 28 days, two processes"


def rows() -> Iterator[dict[str, Any]]:
    """Three 8 h shifts everywhere, then a county that is a third each of 3 × 8 h, 2 × 12 h and 24/48."""
    for name, words in (("3 × 8 h", ("3x8",)), ("mixed 8, 12 and 24 h", ("3x8", "2x12", "24/48"))):
        book = made_book(SEED, [words[at % len(words)] for at in range(TEAMS)])
        began = time.perf_counter()
        with Processes(book, 2) as runner:
            solved = solve_county(book, Ask(FIRST, DAYS, seed=SEED), runner)
        seconds = time.perf_counter() - began
        yield row(f"{WORK}, {name}", seconds, unit="s", at_most=120)
        yield from _judged(book, solved, name)


def _judged(book: Book, solved: CountyMonth, name: str) -> Iterator[dict[str, Any]]:
    found = Counter(one.strength.value for one in check(book, solved.roster) if one.rule != "seat_unfilled")
    yield row(f"  {name}: hard violations by the checker", float(found["hard"]), unit="", at_most=0)
    yield row(f"  {name}: others that need a permit", float(found["overridable"]), unit="", at_most=0)
    taken = {(d.team, d.day, d.shift, d.seat) for d in solved.roster.duties}
    empty = Counter(
        seat.required
        for team in book.teams
        for seat in seats_between(book, team, FIRST, DAYS)
        if (team, seat.day, seat.shift, seat.key) not in taken
    )
    yield row(f"  {name}: required seats empty", float(empty[True]), unit="", at_most=0)
    ranges = _ranges(book, solved)
    proved = {(month.team, proof.what) for month in solved.months.values() for proof in month.proofs}
    for what, goal in (("nights", NIGHTS), ("weekends", WEEKENDS)):
        values = {team: found[what] for team, found in ranges.items()}
        wide = [team for team, value in values.items() if value > goal and (team, what) not in proved]
        yield row(f"  {name}: widest range of {what} in a team", float(max(values.values())), unit="")
        yield row(
            f"  {name}: teams beyond a range of {goal:g} {what}, unproved",
            float(len(wide)),
            unit="",
            at_most=0,
        )
    yield row(
        f"  {name}: teams with a proof that it cannot be", float(len({team for team, _ in proved})), unit=""
    )


def _ranges(book: Book, solved: CountyMonth) -> dict[str, dict[str, int]]:
    """Counted anew: nights and weekends of those who have no leave in the period."""
    nights: Counter[str] = Counter()
    weekends: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for duty in solved.roster.duties:
        nights[duty.person] += book.shifts[duty.shift].night
        starts, ends = (at.astimezone(book.time_zone) for at in book.span(duty.day, duty.shift))
        for number in range(FIRST.toordinal(), FIRST.toordinal() + DAYS):
            day = FIRST.fromordinal(number)
            # Touched: it lies between the first and the last day; one that ends at midnight does not touch the next.
            last = ends.date() if ends.time() > ends.min.time() else FIRST.fromordinal(ends.toordinal() - 1)
            if starts.date() <= day <= last and book.calendar.is_weekend(day):
                weekends[duty.person].add(day.isocalendar()[:2])
    away = {absence.person for absence in book.absences}
    found = {}
    for team in book.teams:
        there = [p for p in book.people if p not in away and book.people[p].home_team == team]
        of_nights = [nights[p] for p in there]
        of_weekends = [len(weekends[p]) for p in there]
        found[team] = {
            "nights": max(of_nights) - min(of_nights),
            "weekends": max(of_weekends) - min(of_weekends),
        }
    return found
