"""Single moves by hand: swap, hand over, take over now, give up, fill. Each says what it would newly break.

What was broken before is not held against a move: an officer mends a bad roster step by step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from roster.people import Person
from roster.plan import Duty, Roster
from roster.rules.case import Case
from roster.rules.check import newly_broken
from roster.rules.seating import loan_of
from roster.rules.turn import minute_of
from roster.rules.violation import Param, Violation
from roster.shifts import Seat


class MoveError(ValueError):
    """The move makes no sense at all; `roster.move.<code>` in the message catalogue says why."""

    def __init__(self, code: str, **params: Param) -> None:
        super().__init__(f"{code}: {params}")
        self.code = code
        self.params: Mapping[str, Param] = params


@dataclass(frozen=True, slots=True)
class Move:
    """A change not yet made. `consents`: people whose duties change within the notice days, and who are asked first."""

    after: Case
    removed: tuple[Duty, ...]
    added: tuple[Duty, ...]
    broken: tuple[Violation, ...]
    mended: tuple[Violation, ...]
    consents: tuple[str, ...] = field(default=())

    @property
    def allowed(self) -> bool:
        return not any(violation.blocks for violation in self.broken)

    @property
    def roster(self) -> Roster:
        return self.after.roster


def swap(case: Case, one: Duty, other: Duty, now: datetime | None = None) -> Move:
    """Two people change places, on the same day or on different ones."""
    if one.person == other.person:
        raise MoveError("same_person", person=one.person)
    _to_come(case, (one, other), now)
    first, second = _person(case, one.person), _person(case, other.person)
    return move(case, (one, other), (_by(case, one, second), _by(case, other, first)), now)


def hand_over(case: Case, duty: Duty, to: str, now: datetime | None = None) -> Move:
    """Somebody else does the duty, and gives nothing for it."""
    if duty.person == to:
        raise MoveError("same_person", person=to)
    _to_come(case, (duty,), now)
    return move(case, (duty,), (_by(case, duty, _person(case, to)),), now)


def give_up(case: Case, duty: Duty, now: datetime | None = None) -> Move:
    """The seat becomes empty."""
    _to_come(case, (duty,), now)
    return move(case, (duty,), (), now)


def fill(case: Case, seat: Seat, person: str, now: datetime | None = None) -> Move:
    """An empty seat gets somebody."""
    holder = next(
        (d for d in case.crews.get((seat.team, seat.day, seat.shift), ()) if d.seat == seat.key), None
    )
    if holder is not None:
        raise MoveError("seat_taken", seat=seat.key, person=holder.person)
    who = _person(case, person)
    return move(case, (), (_by(case, Duty(seat.day, seat.team, seat.shift, seat.key, ""), who),), now)


def take_over(case: Case, duty: Duty, person: str, at: datetime) -> Move:
    """In the middle of a duty somebody else takes the seat: both hold it, the one until `at`, the other from then."""
    if duty.person == person:
        raise MoveError("same_person", person=person)
    starts, ends = case.book.times(duty)
    if not starts < at < ends:
        raise MoveError("not_running", seat=duty.seat, person=duty.person)
    span_starts, span_ends = case.book.span(duty.day, duty.shift)
    done = minute_of(at) - minute_of(span_starts)
    left = minute_of(span_ends) - minute_of(at)
    relieved = replace(duty, early_minutes=left)
    relieving = replace(_by(case, duty, _person(case, person)), late_minutes=done)
    if done <= duty.late_minutes:
        raise MoveError("not_running", seat=duty.seat, person=duty.person)
    return move(case, (duty,), (relieved, relieving))


def move(case: Case, removed: Iterable[Duty], added: Iterable[Duty], now: datetime | None = None) -> Move:
    """Any change at all. `now`: duties that begin within the notice days after it need their people's consent."""
    gone, new = tuple(removed), tuple(added)
    for duty in gone:
        if duty not in case.duties.get(duty.person, ()):
            raise MoveError("not_there", seat=duty.seat, person=duty.person)
    after = case.after(gone, new)
    changed = (*gone, *new)
    return Move(
        after,
        gone,
        new,
        newly_broken(case, after, changed),
        newly_broken(after, case, changed),
        _consents(case, changed, now),
    )


def _consents(case: Case, changed: tuple[Duty, ...], now: datetime | None) -> tuple[str, ...]:
    if now is None:
        return ()
    until = now.astimezone(case.book.time_zone).date() + timedelta(days=case.book.policy.notice_days)
    return tuple(sorted({duty.person for duty in changed if duty.day <= until}))


def _by(case: Case, duty: Duty, person: Person) -> Duty:
    """The duty done by somebody else: the loan is his own, and what was authorised for the other does not hold."""
    lender = "" if person.serves(duty.team, duty.day) else loan_of(case, person, duty.team, duty.day)
    return replace(duty, person=person.code, borrowed_from=lender, authorisation="")


def _person(case: Case, code: str) -> Person:
    found = case.book.people.get(code)
    if found is None:
        raise MoveError("unknown_person", person=code)
    return found


def _to_come(case: Case, duties: Iterable[Duty], now: datetime | None) -> None:
    """What has begun is not swapped or given up: it can be taken over."""
    for duty in duties:
        if now is not None and case.book.times(duty)[0] <= now:
            raise MoveError("begun", seat=duty.seat, person=duty.person)
