"""A small county for the rules: teams, shifts and people that a test bends to what it needs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from roster.calendar import Calendar
from roster.people import Absence, AbsenceKind, Employment, Membership, Person, Qualification
from roster.plan import Book, Duty, Roster
from roster.policy import Policy
from roster.rules.check import check
from roster.rules.violation import Violation
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team

FIRST = date(2026, 11, 2)
"""A Monday."""
SHANGHAI = ZoneInfo("Asia/Shanghai")

SHIFTS = {
    shift.code: shift
    for shift in (
        ShiftType("D", "白班", time(8), 720, 0 + 480, night=False),
        ShiftType("N", "夜班", time(20), 720, 480, night=True),
        ShiftType("T24", "全日班", time(8), 1440, 1440, night=True),
        ShiftType("IN", "驻勤", time(8), 1440, 0, night=True),
        ShiftType("E", "晚班", time(14), 600, 480, night=False),
    )
}
FREE_POLICY = Policy(
    longest_run_days=None,
    longest_run_days_living_in=None,
    week_minutes=None,
    average_week_minutes=None,
    longest_nights=None,
    days_off_a_week=0,
)
"""No rule of working time holds but the least rest, so that a test names the one that it is about."""


def day(number: int) -> date:
    """Day 0 is the roster's first."""
    return FIRST + timedelta(days=number)


def person(code: str, *qualifications: str, team: str = "T1", **more: Any) -> Person:
    found = Person(
        code,
        f"名{code}",
        Employment.CONTRACT,
        (Membership(team, 0),),
        tuple(Qualification(q) for q in (qualifications or ("firefighter",))),
    )
    return replace(found, **more)


def team(code: str = "T1", rotation: str = "free", **more: Any) -> Team:
    return replace(Team(code, f"队{code}", code, tuple(SHIFTS), rotation, FIRST, 1.0), **more)


def book(people: Iterable[Person], **more: Any) -> Book:
    staff = {p.code: p for p in people}
    found = Book(
        "140525",
        SHANGHAI,
        staff,
        {"T1": team("T1"), "T2": team("T2")},
        SHIFTS,
        {
            "free": Rotation("free", "自由", RotationKind.FREE),
            "48": Rotation("48", "上24休48", RotationKind.WORD, ("T24", None, None), (0, 1, 2)),
            "in": Rotation("in", "驻勤轮休", RotationKind.LIVING_IN, days_off_a_month=8),
        },
        tuple(
            SeatRule(code, "firefighter", 3, unit=f"{code}-1", required=False, priority=9)
            for code in ("T1", "T2")
        ),
        Calendar(),
        FREE_POLICY,
    )
    return replace(found, **more)


def duty(person: str, on: int, shift: str = "D", team: str = "T1", seat: int = 0, **more: Any) -> Duty:
    return replace(Duty(day(on), team, shift, f"{team}-1/firefighter/{seat}", person), **more)


def roster(*duties: Duty, days: int = 28, teams: tuple[str, ...] = ("T1", "T2")) -> Roster:
    return Roster("140525", FIRST, days, teams, tuple(sorted(duties)))


def away(person: str, starts: datetime, ends: datetime, kind: AbsenceKind = AbsenceKind.LEAVE) -> Absence:
    return Absence(f"away-{person}-{starts:%d%H%M}", person, kind, starts, ends)


def local(on: int, hour: int, minute: int = 0) -> datetime:
    at = day(on)
    return datetime(at.year, at.month, at.day, hour, minute, tzinfo=SHANGHAI)


def broken(rule: str, of: Book, duties: Roster) -> tuple[Violation, ...]:
    return tuple(v for v in check(of, duties) if v.rule == rule)
