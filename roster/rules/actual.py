"""Plan against actual: who came as planned, who late, who not at all, who stood in, and the hours of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum

from roster.plan import Book, Duty, Roster
from roster.rules.turn import counted


@dataclass(frozen=True, slots=True)
class Attendance:
    """What the roll call and the hand-over recorded: somebody on a seat from `came` to `left` (None: still there)."""

    person: str
    team: str
    day: date
    shift: str
    seat: str
    came: datetime
    left: datetime | None = None


class Outcome(StrEnum):
    """How a duty went; `roster.actual.<code>` in the message catalogue."""

    AS_PLANNED = "as_planned"
    LATE = "late"
    LEFT_EARLY = "left_early"
    LATE_AND_EARLY = "late_and_early"
    NO_SHOW = "no_show"  # 未到岗, and nobody in the seat instead
    REPLACED = "replaced"  # somebody else stood in the seat
    EXTRA = "extra"  # served without being planned
    TO_COME = "to_come"


@dataclass(frozen=True, slots=True)
class Actual:
    """One planned duty, or one unplanned attendance (`planned_minutes` 0). `instead`: who stood in."""

    person: str
    duty: Duty
    outcome: Outcome
    planned_minutes: int
    present_minutes: int
    late_minutes: int = 0
    early_minutes: int = 0
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Balance:
    """A person's sum. Counted minutes are those present × the team's 在岗计时系数."""

    person: str
    planned_minutes: int
    present_minutes: int
    counted_minutes: int
    no_shows: int
    late: int
    extra: int


def against_plan(
    book: Book, roster: Roster, attendance: Iterable[Attendance], now: datetime, tolerance_minutes: int = 5
) -> tuple[Actual, ...]:
    """Every duty that is over or has begun by `now`, and what was served beyond the plan. Duties still to come say so.

    An attendance that has no end yet is present until `now`. Minutes within the tolerance are neither late nor early.
    """
    there: dict[tuple[str, str, date, str, str], list[Attendance]] = {}
    seats: dict[tuple[str, date, str, str], list[str]] = {}
    for one in attendance:
        there.setdefault((one.person, one.team, one.day, one.shift, one.seat), []).append(one)
        seats.setdefault((one.team, one.day, one.shift, one.seat), []).append(one.person)
    found = []
    planned = set()
    for duty in roster.duties:
        key = (duty.person, duty.team, duty.day, duty.shift, duty.seat)
        planned.add(key)
        others = [p for p in seats.get(key[1:], ()) if p != duty.person]
        found.append(_planned(book, duty, there.get(key, []), others, now, tolerance_minutes))
    for key, served in there.items():
        if key not in planned:
            minutes = sum(_minutes(one.came, one.left or now) for one in served)
            duty = Duty(served[0].day, served[0].team, served[0].shift, served[0].seat, served[0].person)
            late, early = _part(book, duty, served, now)
            found.append(Actual(duty.person, duty, Outcome.EXTRA, 0, minutes, late, early))
    return tuple(sorted(found, key=lambda actual: (actual.duty, actual.outcome)))


def balances(book: Book, actuals: Iterable[Actual]) -> tuple[Balance, ...]:
    """By person; duties to come are left out."""
    found: dict[str, Balance] = {}
    for one in actuals:
        if one.outcome is Outcome.TO_COME:
            continue
        old = found.get(one.person, Balance(one.person, 0, 0, 0, 0, 0, 0))
        share = book.teams[one.duty.team].counted_share if one.duty.team in book.teams else 1.0
        found[one.person] = replace(
            old,
            planned_minutes=old.planned_minutes + one.planned_minutes,
            present_minutes=old.present_minutes + one.present_minutes,
            counted_minutes=old.counted_minutes + counted(one.present_minutes, share),
            no_shows=old.no_shows + (one.outcome is Outcome.NO_SHOW),
            late=old.late + (one.outcome in (Outcome.LATE, Outcome.LATE_AND_EARLY)),
            extra=old.extra + (one.outcome is Outcome.EXTRA),
        )
    return tuple(balance for _, balance in sorted(found.items()))


def served_duties(book: Book, actuals: Iterable[Actual]) -> tuple[Duty, ...]:
    """The duties as they were really served: the history that the next month's book begins with."""
    found = []
    for one in actuals:
        if one.present_minutes <= 0:
            continue
        whole = one.duty.late_minutes + one.late_minutes
        found.append(
            replace(one.duty, late_minutes=whole, early_minutes=one.duty.early_minutes + one.early_minutes)
        )
    return tuple(sorted(found))


def _planned(
    book: Book, duty: Duty, served: list[Attendance], others: list[str], now: datetime, tolerance: int
) -> Actual:
    starts, ends = book.times(duty)
    planned = _minutes(starts, ends)
    if served:
        came = min(one.came for one in served)
        left = max((one.left or now) for one in served)
        open_still = any(one.left is None for one in served)
        present = sum(_minutes(max(one.came, starts), min(one.left or now, ends)) for one in served)
        late = _beyond(_minutes(starts, came), tolerance)
        early = 0 if open_still else _beyond(_minutes(left, ends), tolerance)
        outcome = {
            (False, False): Outcome.AS_PLANNED,
            (True, False): Outcome.LATE,
            (False, True): Outcome.LEFT_EARLY,
            (True, True): Outcome.LATE_AND_EARLY,
        }[late > 0, early > 0]
        return Actual(duty.person, duty, outcome, planned, present, late, early)
    if others:
        return Actual(duty.person, duty, Outcome.REPLACED, planned, 0, instead=others[0])
    due = starts + timedelta(minutes=tolerance)
    outcome = Outcome.TO_COME if now <= due else Outcome.NO_SHOW
    return Actual(duty.person, duty, outcome, planned, 0)


def _part(book: Book, duty: Duty, served: list[Attendance], now: datetime) -> tuple[int, int]:
    """Which part of the shift somebody unplanned did not serve, at its beginning and its end."""
    if duty.shift not in book.shifts:
        return 0, 0
    starts, ends = book.span(duty.day, duty.shift)
    left = max((one.left or now) for one in served)
    return _minutes(starts, min(one.came for one in served)), _minutes(left, ends)


def _minutes(starts: datetime, ends: datetime) -> int:
    return max(0, int((ends - starts).total_seconds() // 60))


def _beyond(minutes: int, tolerance: int) -> int:
    return minutes if minutes > tolerance else 0
