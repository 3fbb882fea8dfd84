"""点名: what answers to a roll call do to the seats of a turn, and what falls due when. Pure.

A seat is answered for by name: present, absent with a cause, out on an errand, back. Who answers up to
`opens_at` before the shift counts from its beginning; `now` takes the seat over at once, and whoever had it goes.
Facts are written down as told: a person without the seat's qualification may sit in it, and counts as what he is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from roster.crew import ForwardPost
from roster.people import Qualification
from roster.turns import Presence, Turn, TurnSeat


class State(StrEnum):
    PRESENT = "present"
    ERRAND = "errand"  # 临时外出: rostered and answered, but not in the seat until back
    ABSENT = "absent"
    NO_SHOW = "no_show"
    LEFT = "left"  # was there and went: relieved, or moved to another seat


THERE = frozenset({State.PRESENT, State.ERRAND})


@dataclass(frozen=True, slots=True)
class Attendance:
    """One person on one seat of a turn, as it really is. `planned`: the roster had it so."""

    seat: str
    person: str
    planned: bool
    state: State
    answered_at: datetime
    answered_by: str
    cause: str | None = None
    since: datetime | None = None
    gone_at: datetime | None = None
    back_by: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rollcall:
    """One turn of a team. `posts`: by unit, where it stands in this turn if not at its station."""

    id: UUID
    team: str
    day: date
    shift: str
    station: str
    units: tuple[str, ...]
    duty_mode: str
    starts_at: datetime
    ends_at: datetime
    opens_at: datetime
    due_at: datetime
    lapses_at: datetime
    seats: tuple[TurnSeat, ...]
    posts: Mapping[str, ForwardPost] = field(default_factory=dict)
    attendance: tuple[Attendance, ...] = ()
    opened_at: datetime | None = None
    handed_over_at: datetime | None = None
    settled_at: datetime | None = None
    finished_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def turn(self) -> Turn:
        """As the crews are counted: an errand is nobody in the seat."""
        present = [
            Presence(one.seat, one.person, one.since, one.gone_at)
            for one in self.attendance
            if one.since is not None and one.state in (State.PRESENT, State.LEFT)
        ]
        return Turn(self.team, self.day, self.shift, self.starts_at, self.ends_at, self.seats, tuple(present))

    def seat(self, key: str) -> TurnSeat | None:
        return next((seat for seat in self.seats if seat.key == key), None)

    def sitting(self, key: str) -> Attendance | None:
        return next((one for one in self.attendance if one.seat == key and one.state in THERE), None)

    def unanswered(self) -> tuple[TurnSeat, ...]:
        """Planned seats for which neither the planned person nor anybody else has been answered."""
        told = {(one.seat, one.person) for one in self.attendance}
        return tuple(
            seat
            for seat in self.seats
            if seat.planned is not None
            and self.sitting(seat.key) is None
            and (seat.key, seat.planned) not in told
        )

    def open_seats(self) -> tuple[TurnSeat, ...]:
        """Required seats with nobody on them."""
        return tuple(seat for seat in self.seats if seat.required and self.sitting(seat.key) is None)


@dataclass(frozen=True, slots=True)
class Known:
    """A person as the roll call shows one; the telephone is for operators only."""

    code: str
    name: str
    telephone: str
    qualifications: tuple[Qualification, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`person` None: the planned one. `now`: from this moment, not from the beginning of the shift."""

    seat: str
    state: State
    person: str | None = None
    cause: str | None = None
    back_by: datetime | None = None
    now: bool = False


class Refused(Exception):  # noqa: N818 (an outcome)
    def __init__(self, status: int, code: str, **params: Any) -> None:
        super().__init__(f"{code} {params}")
        self.status = status
        self.code = code
        self.params = params


def answer(
    rollcall: Rollcall, answers: Iterable[Answer], known: frozenset[str], now: datetime, by: str
) -> tuple[Rollcall, tuple[tuple[str, str], ...]]:
    """The roll call after these answers, and the (seat, person) whose predecessors go at once: taken over early.

    Raises `Refused` for what cannot be written down; then nothing is.
    """
    if now >= rollcall.ends_at:
        raise Refused(
            409, "rollcall_over", team=rollcall.team, day=rollcall.day.isoformat(), shift=rollcall.shift
        )
    taken: list[tuple[str, str]] = []
    for one in answers:
        rollcall, person = _answered(rollcall, one, known, now, by)
        if one.now and one.state is State.PRESENT:
            taken.append((one.seat, person))
    return rollcall, tuple(taken)


def _answered(
    rollcall: Rollcall, one: Answer, known: frozenset[str], now: datetime, by: str
) -> tuple[Rollcall, str]:
    seat = rollcall.seat(one.seat)
    if seat is None:
        raise Refused(404, "rollcall_seat_unknown", seat=one.seat, team=rollcall.team)
    person = one.person or seat.planned
    if person is None:
        raise Refused(422, "rollcall_person_wanted", seat=one.seat)
    if person not in known:
        raise Refused(404, "person_unknown", person=person)
    if now < rollcall.opens_at and not (one.now or one.state is State.ABSENT):
        raise Refused(409, "rollcall_not_open", team=rollcall.team, opens_at=rollcall.opens_at.isoformat())
    match one.state:
        case State.PRESENT:
            return _seated(rollcall, seat, person, one, now, by), person
        case State.ERRAND:
            return _out(rollcall, seat, person, one, now, by), person
        case State.ABSENT | State.NO_SHOW:
            return _missing(rollcall, seat, person, one.state, one.cause, now, by), person
        case State.LEFT:
            return _gone(
                rollcall, lambda a: a.seat == seat.key and a.person == person, now, one.cause
            ), person


def _seated(rollcall: Rollcall, seat: TurnSeat, person: str, one: Answer, now: datetime, by: str) -> Rollcall:
    there = rollcall.sitting(seat.key)
    if there is not None and there.person == person:
        # Back from an errand, or said again; who was to begin with the shift and takes over before it begins now.
        since = min(there.since, now) if one.now and there.since is not None else there.since
        return _put(rollcall, replace(there, state=State.PRESENT, since=since, back_by=None, cause=None))
    # Said within the time of grace it counts from the beginning: people were there, the roll call was late.
    punctual = not one.now and now <= rollcall.due_at and rollcall.settled_at is None
    since = rollcall.starts_at if punctual or (now < rollcall.starts_at and not one.now) else now
    if there is not None:
        since = max(since, now) if now >= rollcall.starts_at else since
    moved = _gone(rollcall, lambda a: a.seat == seat.key or a.person == person, now, None)
    return _put(
        moved, Attendance(seat.key, person, seat.planned == person, State.PRESENT, now, by, since=since)
    )


def _out(rollcall: Rollcall, seat: TurnSeat, person: str, one: Answer, now: datetime, by: str) -> Rollcall:
    there = rollcall.sitting(seat.key)
    if there is None or there.person != person:
        raise Refused(409, "errand_not_present", person=person, seat=seat.key)
    if one.back_by is None or one.back_by <= now:
        raise Refused(422, "errand_back_by_wanted", person=person)
    out = replace(there, state=State.ERRAND, back_by=one.back_by, cause=one.cause, answered_by=by)
    return _put(rollcall, replace(out, answered_at=now))


def _missing(
    rollcall: Rollcall, seat: TurnSeat, person: str, state: State, cause: str | None, now: datetime, by: str
) -> Rollcall:
    before = next((a for a in rollcall.attendance if a.seat == seat.key and a.person == person), None)
    was_there = before is not None and before.since is not None and before.since < now
    return _put(
        rollcall,
        Attendance(
            seat.key,
            person,
            before.planned if before is not None else seat.planned == person,
            state,
            now,
            by,
            cause=cause,
            since=before.since if before is not None and was_there else None,
            gone_at=now if was_there else None,
        ),
    )


def _gone(
    rollcall: Rollcall, who: Callable[[Attendance], bool], now: datetime, cause: str | None
) -> Rollcall:
    """Whoever sits there leaves; who had not begun yet was never there."""
    kept: list[Attendance] = []
    for one in rollcall.attendance:
        if one.state not in THERE or not who(one):
            kept.append(one)
        elif one.since is not None and one.since < now:
            kept.append(replace(one, state=State.LEFT, gone_at=now, back_by=None, cause=cause))
    return replace(rollcall, attendance=tuple(kept))


def _put(rollcall: Rollcall, one: Attendance) -> Rollcall:
    others = [a for a in rollcall.attendance if (a.seat, a.person) != (one.seat, one.person)]
    return replace(rollcall, attendance=tuple(sorted((*others, one), key=lambda a: (a.seat, a.person))))


def leave_seats(rollcall: Rollcall, seats: Iterable[str], now: datetime, cause: str) -> Rollcall:
    """The people on these seats have been relieved."""
    relieved = frozenset(seats)
    return _gone(rollcall, lambda a: a.seat in relieved, now, cause)


def call_off(rollcall: Rollcall, persons: Mapping[str, str], now: datetime, by: str) -> Rollcall:
    """Somebody reported these people away (person → cause): whoever of them sits here, or should, is absent."""
    for seat in rollcall.seats:
        there = rollcall.sitting(seat.key)
        person = there.person if there is not None else seat.planned
        if person is not None and person in persons:
            told = any(
                a.seat == seat.key and a.person == person and a.state not in THERE
                for a in rollcall.attendance
            )
            if not told:
                rollcall = _missing(rollcall, seat, person, State.ABSENT, persons[person], now, by)
    return rollcall


def mark_no_shows(rollcall: Rollcall, now: datetime) -> tuple[Rollcall, tuple[TurnSeat, ...]]:
    """The deadline has passed: whoever was planned and not answered for did not come."""
    missing = rollcall.unanswered()
    for seat in missing:
        assert seat.planned is not None
        rollcall = _missing(rollcall, seat, seat.planned, State.NO_SHOW, None, now, "deadline")
    return rollcall, missing


def told_now(rollcalls: Sequence[Rollcall], now: datetime) -> tuple[Rollcall, ...]:
    """Of a team's turns those that matter at this minute: that run, that somebody stands over from, and the next."""
    coming = min((one.starts_at for one in rollcalls if one.starts_at > now), default=None)
    return tuple(
        one
        for one in rollcalls
        if one.starts_at == coming
        or one.starts_at <= now < one.ends_at
        or (one.ends_at <= now and any(told.state in THERE for told in one.attendance))
    )


class Step(StrEnum):
    """What falls due, in this order."""

    OPEN = "open"
    HAND_OVER = "hand_over"
    SETTLE = "settle"
    FINISH = "finish"
    END = "end"


def next_step(rollcall: Rollcall) -> tuple[Step, datetime] | None:
    if rollcall.opened_at is None:
        return Step.OPEN, rollcall.opens_at
    if rollcall.handed_over_at is None:
        return Step.HAND_OVER, rollcall.starts_at
    if rollcall.settled_at is None:
        return Step.SETTLE, rollcall.due_at
    if rollcall.finished_at is None:
        return Step.FINISH, rollcall.ends_at
    if rollcall.ended_at is None:
        return Step.END, rollcall.lapses_at
    return None
