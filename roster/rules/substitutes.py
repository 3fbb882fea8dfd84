"""Who could take a seat, the best first, each with the reasons for the place and with what it would break."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from roster.people import NO_DEBT, Person
from roster.plan import Duty
from roster.policy import Strength
from roster.rules.case import Case
from roster.rules.check import newly_broken
from roster.rules.seating import loan_of, missing_qualifications
from roster.rules.turn import lay, minute_of
from roster.rules.violation import Param, Violation
from roster.shifts import Seat


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason for a candidate's place: `roster.substitute.<code>` with its parameters."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Candidate:
    """`able`: nothing that blocks would newly be broken. `share`: what counts on this seat for fairness, with debts."""

    person: str
    duty: Duty
    able: bool
    broken: tuple[Violation, ...]
    reasons: tuple[Reason, ...]
    share: float
    counted_minutes: int

    @property
    def own_team(self) -> bool:
        return not self.duty.borrowed_from


def ranked(
    case: Case, seat: Seat, *, unable: bool = False, busy: Mapping[str, float] | None = None
) -> tuple[Candidate, ...]:
    """People for a seat, its present holder left out. Only the able ones, unless `unable` asks for all.

    In order: who breaks nothing, then own team before loans, then fewer wishes broken, then the smaller share of
    such duties (nights, weekends, holidays, with debts), then fewer hours. `busy` adds to shares what else a person
    is about to be offered. Travel from one team to another is unknown here, and is said to be.
    """
    holders = [d for d in case.crews.get((seat.team, seat.day, seat.shift), ()) if d.seat == seat.key]
    empty = case.after(holders, ()) if holders else case
    taken = {duty.person for duty in holders}
    found = []
    for person in _in_question(case, seat):
        if person.code in taken:
            continue
        candidate = _candidate(empty, seat, person, (busy or {}).get(person.code, 0.0))
        if candidate.able or unable:
            found.append(candidate)
    return tuple(sorted(found, key=_rank))


def _in_question(case: Case, seat: Seat) -> list[Person]:
    """Who serves the team or may be lent to it, and holds what the seat needs for the whole shift: everybody else
    would be refused anyway."""
    days = case.ground.whole(seat.day, seat.shift)[2]
    return [
        person
        for _, person in sorted(case.book.people.items())
        if person.memberships
        and (person.serves(seat.team, seat.day) or loan_of(case, person, seat.team, seat.day))
        and not missing_qualifications(person, seat, days)
    ]


def _candidate(empty: Case, seat: Seat, person: Person, more: float) -> Candidate:
    lender = "" if person.serves(seat.team, seat.day) else loan_of(empty, person, seat.team, seat.day)
    duty = Duty(seat.day, seat.team, seat.shift, seat.key, person.code, borrowed_from=lender)
    # Somebody more never empties a team, and the share of such duties is what the order goes by anyway.
    broken = newly_broken(empty, empty.after((), (duty,)), (duty,), teams=False)
    able = not any(violation.blocks for violation in broken)
    share = _share(empty, seat, person.code) + more
    minutes = sum(turn.counted_minutes for turn in empty.planned(person.code))
    reasons = tuple(_reasons(empty, duty, share, minutes))
    return Candidate(person.code, duty, able, broken, reasons, share, minutes)


def _rank(candidate: Candidate) -> tuple[int, int, bool, int, float, int, str]:
    hard = sum(v.strength is Strength.HARD for v in candidate.broken)
    lifted = sum(v.strength is Strength.OVERRIDABLE for v in candidate.broken)
    wishes = sum(v.excess for v in candidate.broken if v.rule == "request")
    share = round(candidate.share, 6)
    return (hard, lifted, not candidate.own_team, wishes, share, candidate.counted_minutes, candidate.person)


def _share(case: Case, seat: Seat, person: str) -> float:
    """How many such duties the person has already: nights for a night, weekends and holidays alike."""
    debt = case.book.debts.get(person, NO_DEBT)
    calendar = case.book.calendar
    share = 0.0
    if case.book.shifts[seat.shift].night:
        share += case.load(person).nights + debt.nights
    if calendar.is_weekend(seat.day):
        share += len(case.load(person).weekends) + debt.weekends
    if calendar.is_holiday(seat.day):
        share += case.load(person).holidays + debt.holidays
    return share


def _reasons(case: Case, duty: Duty, share: float, minutes: int) -> list[Reason]:
    turn = lay(case.book, duty)
    before = [t.ends for t in case.turns(duty.person) if t.ends <= turn.starts]
    found = []
    if duty.borrowed_from:
        found.append(Reason("lent", {"lender": case.book.teams[duty.borrowed_from].name}))
        found.append(Reason("travel_unknown"))
    else:
        found.append(Reason("own_team"))
    found.append(
        Reason("rested", {"hours": (turn.starts - max(before)) // 60}) if before else Reason("not_served")
    )
    if share:
        found.append(Reason("share", {"share": f"{share:.1f}"}))
    found.append(Reason("hours", {"hours": minutes // 60}))
    return found


def minutes_until(case: Case, seat: Seat, now: datetime) -> int:
    """From now to the beginning of the seat's shift; negative when it has begun."""
    return case.ground.whole(seat.day, seat.shift)[0] - minute_of(now)
