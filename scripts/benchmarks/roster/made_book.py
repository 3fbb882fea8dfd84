"""Books of made-up people for the benchmarks: teams of twenty on three 8 h shifts, on 24/48 or on 12 h turns, with
three skills, leave, history and debts. Everything is drawn from a seed; nobody in it exists."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roster.calendar import Calendar
from roster.people import Absence, AbsenceKind, Debt, Employment, Membership, Person, Qualification, Request
from roster.plan import Book
from roster.planning.rotation import roster_by_rotation
from roster.policy import Policy
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team

FIRST = date(2026, 11, 30)
SHIFTS = (
    ShiftType("D8", "早班", time(6), 480, 480, night=False),
    ShiftType("E8", "中班", time(14), 480, 480, night=False),
    ShiftType("N8", "夜班", time(22), 480, 480, night=True),
    ShiftType("D12", "白班", time(8), 720, 660, night=False),
    ShiftType("N12", "夜班", time(20), 720, 660, night=True),
    ShiftType("T24", "当班", time(8), 1440, 1440, night=True),
)
ROTATIONS = (
    Rotation(
        "3x8", "四班三运转", RotationKind.WORD, ("D8", "D8", "E8", "E8", "N8", "N8", None, None), (0, 2, 4, 6)
    ),
    Rotation("2x12", "三班两运转", RotationKind.WORD, ("D12", "N12", None, None), (0, 1, 2, 3)),
    Rotation("24/48", "上24休48", RotationKind.WORD, ("T24", None, None), (0, 1, 2)),
)
SHARES = {"3x8": 1.0, "2x12": 0.85, "24/48": 0.55}
SIZES = {"3x8": (4, 4), "2x12": (4, 4), "24/48": (3, 6)}
"""Platoons, and seats on a duty."""
POLICY = Policy(average_week_minutes=44 * 60, week_minutes=60 * 60)


def made_book(
    seed: int, rotations: Sequence[str], people_each: int = 20, first: date = FIRST, days: int = 28
) -> Book:
    """One team for each rotation named. A quarter of the people take a few days of leave; nobody is novice."""
    draw = random.Random(seed)
    people: dict[str, Person] = {}
    teams: dict[str, Team] = {}
    rules: list[SeatRule] = []
    absences: list[Absence] = []
    requests: list[Request] = []
    debts: dict[str, Debt] = {}
    words = {rotation.code: rotation for rotation in ROTATIONS}
    for number, code in enumerate(rotations):
        team = f"team-{number + 1:02}"
        word, (platoons, seats) = words[code], SIZES[code]
        shifts = tuple(sorted({shift for shift in word.word if shift}))
        teams[team] = Team(
            team, f"演示队{number + 1}", team, shifts, code, first - timedelta(days=56), SHARES[code]
        )
        rules += [
            SeatRule(team, "squad_leader", 1, ("squad_leader",), f"{team}-1", priority=1),
            SeatRule(team, "driver", 1, ("driver",), f"{team}-1", priority=1),
            SeatRule(team, "pump_operator", 1, ("pump_operator",), f"{team}-1", priority=2),
            SeatRule(team, "firefighter", seats - 3, ("firefighter",), f"{team}-1", priority=3),
        ]
        for place in range(people_each):
            who = f"{team}-p{place + 1:02}"
            people[who] = Person(who, f"演示{number + 1}-{place + 1}", Employment.CONTRACT,
                                 (Membership(team, place % platoons),), _skills(draw, place // platoons))  # fmt: skip
            debts[who] = Debt(nights=draw.choice((-0.5, 0, 0, 0.5)), weekends=draw.choice((-0.5, 0, 0.5)))
            if draw.random() < 0.25:
                absences.append(_leave(draw, who, first, days))
            if draw.random() < 0.4:
                day = first + timedelta(days=draw.randrange(days))
                requests.append(Request(who, day, None, wanted=False, weight=draw.randint(1, 5)))
    base = Book(
        "made-up", ZoneInfo("Asia/Shanghai"), people, teams, {s.code: s for s in SHIFTS},
        words, tuple(rules), Calendar(), POLICY, tuple(absences), tuple(requests), debts=debts,
    )  # fmt: skip
    before = roster_by_rotation(base, first - timedelta(days=14), 14)
    return replace(base, history=before.duties)


def _skills(draw: random.Random, rank: int) -> tuple[Qualification, ...]:
    codes = {"firefighter"}
    if rank in (0, 3):
        codes.add("squad_leader")
    if rank in (1, 4) or draw.random() < 0.15:
        codes.add("driver")
    if rank in (2, 5) or draw.random() < 0.25:
        codes.add("pump_operator")
    return tuple(Qualification(code) for code in sorted(codes))


def _leave(draw: random.Random, who: str, first: date, days: int) -> Absence:
    start = first + timedelta(days=draw.randrange(days - 5))
    at = datetime(start.year, start.month, start.day, tzinfo=UTC) - timedelta(hours=8)
    return Absence(f"leave-{who}", who, AbsenceKind.LEAVE, at, at + timedelta(days=draw.randint(2, 5)))
