"""Rules of seats: what exists, who may sit there, that each is filled once and that none required stays empty."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from roster.people import Person
from roster.plan import Duty
from roster.rules.case import Case, ShiftKey
from roster.rules.rule import Breach
from roster.rules.turn import lay
from roster.rules.violation import Param
from roster.shifts import Seat


def unknown_code(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Every duty names a person, a team and a shift that the book has."""
    team, day, shift = key
    book = case.book
    for duty in case.crews.get(key, ()):
        for what, code, known in (
            ("person", duty.person, duty.person in book.people),
            ("team", team, team in book.teams),
            ("shift", shift, shift in book.shifts),
        ):
            if not known:
                subject = f"{what}/{code}"
                yield Breach((day,), {"what": what, "code": code}, 1, subject, duty.person, team)


def outside_roster(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Every duty begins on a day of the roster, in a team of the roster, and lasts longer than nothing."""
    team, day, shift = key
    known = shift in case.book.shifts
    for duty in case.crews.get(key, ()):
        part = duty.late_minutes + duty.early_minutes
        negative = duty.late_minutes < 0 or duty.early_minutes < 0
        empty = known and (negative or part >= case.book.shifts[shift].minutes)
        if not case.covers(day) or team not in case.roster.teams or empty:
            yield Breach((day,), {"shift": _shift_name(case, shift)}, 1, duty.seat, duty.person, team)


def seat_unknown(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """A duty stands on a seat that the seat rules ask for on that day and shift."""
    team, day, shift = key
    seats = {seat.key for seat in _seats(case, key)}
    for duty in case.crews.get(key, ()):
        if duty.seat not in seats:
            params = {"seat": duty.seat, "shift": _shift_name(case, shift)}
            yield Breach((day,), params, 1, duty.seat, duty.person, team)


def seat_twice(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """A seat is held by one person at a time; after a take-over by one until, and by the other from, that minute."""
    team, day, shift = key
    if team not in case.book.teams or shift not in case.book.shifts:
        return
    by_seat: dict[str, list[Duty]] = {}
    for duty in sorted(case.crews.get(key, ())):
        by_seat.setdefault(duty.seat, []).append(duty)
    for seat, duties in by_seat.items():
        if len(duties) < 2:
            continue
        turns = sorted((lay(case.book, duty) for duty in duties), key=lambda t: (t.starts, t.ends, t.duty))
        for place, turn in enumerate(turns):
            clash = [other for other in turns[:place] if other.ends > turn.starts]
            if clash:
                shared = sum(min(other.ends, turn.ends) - turn.starts for other in clash)
                params = {"seat": seat, "other": _name(case, clash[0].duty.person)}
                yield Breach((day,), params, shared, seat, turn.duty.person, team)


def seat_unfilled(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Every required seat is filled for the whole shift: these seats are the legal minimum of the crew."""
    yield from _unfilled(case, key, required=True)


def seat_wished(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Seats beyond the legal minimum are filled as well where people can be had."""
    yield from _unfilled(case, key, required=False)


def qualification(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Who sits on a seat holds every qualification that it needs, valid on each day that the duty touches: what runs
    out at midnight does not do for the hours after it."""
    team, day, shift = key
    seats = {seat.key: seat for seat in _seats(case, key)}
    for duty in case.crews.get(key, ()):
        seat, person = seats.get(duty.seat), case.book.people.get(duty.person)
        if seat is None or person is None or not seat.needs or shift not in case.book.shifts:
            continue
        turn = lay(case.book, duty, whole=case.ground.whole(day, shift))
        missing = missing_qualifications(person, seat, turn.touches)
        if missing:
            params = {"missing": ", ".join(missing), "seat": seat.role, "shift": _shift_name(case, shift)}
            yield Breach((day,), params, len(missing), f"{shift}/{duty.seat}", duty.person, team)


def missing_qualifications(person: Person, seat: Seat, days: tuple[date, ...]) -> list[str]:
    return [code for code in seat.needs if not all(person.holds(code, day) for day in days)]


def membership(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Who serves in a team belongs to it on that day, or is on loan from a team of his or hers that lends to it."""
    team, day, shift = key
    for duty in case.crews.get(key, ()):
        person = case.book.people.get(duty.person)
        if person is None or person.serves(team, day) or _on_loan(case, duty, person):
            continue
        params = {"shift": _shift_name(case, shift), "lender": duty.borrowed_from or "-"}
        yield Breach((day,), params, 1, f"{shift}/{duty.seat}", duty.person, team)


def authorisation_unknown(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """An authorisation named on a duty is on record, for this person or team, and for this day."""
    team, day, _shift = key
    for duty in case.crews.get(key, ()):
        if not duty.authorisation:
            continue
        permit = case.ground.known_authorisations.get(duty.authorisation)
        whose = permit is not None and (permit.person or permit.team) in (duty.person, team)
        if permit is None or not whose or not permit.first <= day <= permit.last:
            params = {"authorisation": duty.authorisation}
            yield Breach((day,), params, 1, duty.authorisation, duty.person, team)


def loan_of(case: Case, person: Person, team: str, day: date) -> str:
    """The team that would lend this person to `team`: the first of theirs that does; empty when none may."""
    for membership_ in person.memberships:
        lender = case.book.teams.get(membership_.team)
        if lender is not None and team in lender.lends_to and person.serves(lender.code, day):
            return lender.code
    return ""


def _on_loan(case: Case, duty: Duty, person: Person) -> bool:
    lender = case.book.teams.get(duty.borrowed_from)
    return lender is not None and duty.team in lender.lends_to and person.serves(lender.code, duty.day)


def _unfilled(case: Case, key: ShiftKey, *, required: bool) -> Iterator[Breach]:
    team, day, shift = key
    if shift not in case.book.shifts or not case.covers(day):
        return
    whole = case.book.shifts[shift].minutes
    held: dict[str, int] = {}
    for duty in case.crews.get(key, ()):
        held[duty.seat] = held.get(duty.seat, 0) + whole - duty.late_minutes - duty.early_minutes
    for seat in _seats(case, key):
        missing = whole - held.get(seat.key, 0)
        if seat.required is required and missing > 0:
            params: dict[str, Param] = {
                "seat": seat.role,
                "unit": seat.unit or "-",
                "shift": _shift_name(case, shift),
                "minutes": missing,
            }
            yield Breach((day,), params, missing, f"{shift}/{seat.key}", team=team)


def _seats(case: Case, key: ShiftKey) -> tuple[Seat, ...]:
    team, day, shift = key
    return tuple(seat for seat in case.ground.seats(team, day) if seat.shift == shift)


def _shift_name(case: Case, shift: str) -> str:
    kind = case.book.shifts.get(shift)
    return kind.name if kind else shift


def _name(case: Case, code: str) -> str:
    person = case.book.people.get(code)
    return person.name if person else code
