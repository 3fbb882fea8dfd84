"""Two hundred seeded impossible months: how soon is a verified smallest clash told, and does every fix offered do?"""

from __future__ import annotations

import multiprocessing
import random
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from statistics import median
from typing import Any

from roster.people import Absence, AbsenceKind, Person
from roster.plan import Book, Duty
from roster.planning.explain import explain
from roster.planning.fix import Fix
from roster.planning.fixes import fixes
from roster.planning.rotation import roster_by_rotation
from roster.rules.check import check
from roster.rules.violation import blocking
from roster.shifts import SeatRule
from scripts.benchmarks.roster.made_book import FIRST, made_book
from scripts.benchmarks.row import row

MONTHS, DAYS, TEAM, LENDER = 200, 28, "team-01", "team-02"
ROTATIONS = ("3x8", "2x12", "24/48")
ROLES = ("driver", "squad_leader", "pump_operator")
FIX_SECONDS = 4.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """One impossible month."""

    kind: str
    seconds: float
    minimal: bool
    parts: int
    fixes: int
    failing: int
    """Fixes by whose roster something still forbids publishing."""
    tries: int


def rows() -> Iterator[dict[str, Any]]:
    """What the product's own clock says of each month, on two processes side by side."""
    began = time.perf_counter()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(2, mp_context=spawn) as pool:
        found = list(pool.map(_month, range(MONTHS), chunksize=5))
    count = len(found)
    said = f"{count} impossible months, 20 people × {DAYS} days"
    yield row(f"{said}: smallest clash, median", median(one.seconds for one in found), unit="s")
    slow = sorted(one.seconds for one in found)[count * 95 // 100]
    yield row(f"{said}: smallest clash, 95 %", slow, unit="s", at_most=5)
    good = sum(one.minimal and one.seconds <= 5 for one in found)
    yield row(f"{said}: verified minimal within 5 s", 100 * good / count, unit="%", at_least=95)
    yield row(f"{said}: parts of a clash, median", median(one.parts for one in found), unit="")
    some = sum(one.fixes > 0 for one in found)
    yield row(f"{said}: months with at least one fix", 100 * some / count, unit="%")
    offered = sum(one.fixes for one in found)
    failing = sum(one.failing for one in found)
    yield row(f"{said}: fixes ({offered}) that do not solve it", failing, unit="", at_most=0)
    yield row(f"{said}: the whole run", time.perf_counter() - began, unit="s", at_most=300)


def _month(number: int) -> Outcome:
    """The number's first seed whose month is proved impossible."""
    kind, spoil = list(_KINDS.items())[number % len(_KINDS)]
    for attempt in range(20):
        seed = 100 * number + attempt
        draw = random.Random(seed)
        rotation = ROTATIONS[number // len(_KINDS) % len(ROTATIONS)]
        book = _lending(spoil(made_book(seed, [rotation, rotation]), draw))
        others = roster_by_rotation(book, FIRST, DAYS, [LENDER]).duties
        why = explain(book, TEAM, FIRST, DAYS, clock=time.perf_counter, elsewhere=others)
        if not why.impossible:
            continue
        ways = fixes(
            book, TEAM, FIRST, DAYS, why, clock=time.perf_counter, seconds=FIX_SECONDS, elsewhere=others
        )
        failing = sum(_fails(way, others) for way in ways)
        return Outcome(kind, why.seconds, why.minimal, len(why.parts), len(ways), failing, attempt)
    raise RuntimeError(f"month {number}: twenty seeds of {kind} were possible")


def _lending(book: Book) -> Book:
    """The second team lends to the first, and has a month of its own."""
    lender = replace(book.teams[LENDER], lends_to=(TEAM,))
    return replace(book, teams={**book.teams, LENDER: lender})


def _fails(way: Fix, others: tuple[Duty, ...]) -> bool:
    """Whether anything in the team's month still forbids publishing, by the checker alone."""
    both = replace(way.roster, teams=(TEAM, LENDER), duties=tuple(sorted((*way.roster.duties, *others))))
    return any(v.team in ("", TEAM) for v in blocking(check(way.book, both)))


def _away(book: Book, draw: random.Random, kind: AbsenceKind = AbsenceKind.LEAVE) -> Book:
    """Of those who hold one qualification all but one are away for the same few days."""
    role = draw.choice(ROLES)
    able = _holders(book, role)
    draw.shuffle(able)
    first = FIRST + timedelta(days=draw.randrange(2, DAYS - 6))
    starts = datetime(first.year, first.month, first.day, tzinfo=book.time_zone)
    ends = starts + timedelta(days=draw.randint(2, 4))
    added = tuple(Absence(f"{kind}-{who}", who, kind, starts, ends) for who in able[1:])
    return replace(book, absences=(*book.absences, *added))


def _hours(book: Book, draw: random.Random) -> Book:
    """The county allows fewer hours than the seats need."""
    share = draw.uniform(0.6, 0.8)
    average = int((book.policy.average_week_minutes or 0) * share)
    return replace(book, policy=replace(book.policy, average_week_minutes=average))


def _unqualified(book: Book, draw: random.Random) -> Book:
    """Only two people hold one of the qualifications."""
    role = draw.choice(ROLES)
    able = _holders(book, role)
    kept = set(draw.sample(able, 2))
    return replace(
        book,
        people={
            code: person if code in kept or code not in able else _without(person, role)
            for code, person in book.people.items()
        },
    )


def _more_seats(book: Book, draw: random.Random) -> Book:
    """For a week many more seats are required than there are people for."""
    role = draw.choice(ROLES)
    first = FIRST + timedelta(days=draw.randrange(DAYS - 7))
    rule = SeatRule(
        TEAM, role, draw.randint(2, 3), (role,), f"{TEAM}-2", first=first, last=first + timedelta(days=6)
    )
    return replace(book, seat_rules=(*book.seat_rules, rule))


def _holders(book: Book, role: str) -> list[str]:
    return [code for code, p in sorted(book.people.items()) if p.home_team == TEAM and p.holds(role, FIRST)]


def _without(person: Person, role: str) -> Person:
    return replace(person, qualifications=tuple(q for q in person.qualifications if q.code != role))


_KINDS: dict[str, Callable[[Book, random.Random], Book]] = {
    "leave": _away,
    "sickness": partial(_away, kind=AbsenceKind.SICK),
    "hours": _hours,
    "unqualified": _unqualified,
    "more seats": _more_seats,
}
