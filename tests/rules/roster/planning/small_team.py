"""A team small enough to try everything: a few people on twelve-hour turns, seats with and without qualifications."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roster.calendar import Calendar
from roster.people import Employment, Membership, Person, Qualification
from roster.plan import Book, Roster
from roster.planning.rotation import roster_by_rotation
from roster.policy import Policy
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team

FIRST = date(2026, 11, 2)
ZONE = ZoneInfo("Asia/Shanghai")
DAY = ShiftType("D", "白班", time(8), 720, 720, night=False)
NIGHT = ShiftType("N", "夜班", time(20), 720, 720, night=True)


def person(code: str, *qualifications: str, team: str = "T1", platoon: int = 0) -> Person:
    held = tuple(Qualification(one) for one in ("firefighter", *qualifications))
    return Person(code, f"名{code}", Employment.CONTRACT, (Membership(team, platoon),), held)


def small_book(
    drivers: Sequence[bool],
    *,
    wished: int = 0,
    firefighters: int = 1,
    policy: Policy | None = None,
    shifts: int = 2,
) -> Book:
    """One person a flag, a driver if it is set; each turn needs a driver and firefighters."""
    people = {
        f"P{at}": person(f"P{at}", *(("driver",) if drives else ()), platoon=at % 3)
        for at, drives in enumerate(drivers)
    }
    codes = ("D", "N")[:shifts]
    word = ("D", "N", None)[: shifts + 1] if shifts == 2 else ("D", None, None)
    rules = [SeatRule("T1", "driver", 1, ("driver",), "U1", priority=1)]
    if firefighters:
        rules.append(SeatRule("T1", "firefighter", firefighters, ("firefighter",), "U1", priority=2))
    if wished:
        rules.append(SeatRule("T1", "helper", wished, (), "U1", required=False, priority=5))
    return Book(
        "140525", ZONE, people,
        {"T1": Team("T1", "一队", "T1", codes, "word", FIRST, 1.0)},
        {"D": DAY, "N": NIGHT},
        {"word": Rotation("word", "轮班", RotationKind.WORD, word, (0, 1, 2))},
        tuple(rules), Calendar(), policy or Policy(notice_days=1),
    )  # fmt: skip


def planned(book: Book, days: int) -> Roster:
    return roster_by_rotation(book, FIRST, days)


def local(day: int, hour: int = 0) -> datetime:
    at = FIRST + timedelta(days=day)
    return datetime(at.year, at.month, at.day, hour, tzinfo=ZONE)


def with_lender(book: Book, *qualifications: str) -> Book:
    """A second team of one person, who may be lent to the first."""
    lent = person("L0", *qualifications, team="T2")
    lender = replace(
        book.teams["T1"], code="T2", name="二队", station="T2", lends_to=("T1",), rotation="free"
    )
    free = Rotation("free", "自由", RotationKind.FREE)
    return replace(
        book,
        people={**book.people, "L0": lent},
        teams={**book.teams, "T2": lender},
        rotations={**book.rotations, "free": free},
    )
