"""Rules of company: who must not, and who must, serve beside whom, and that no novice stands without a mentor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from roster.people import PairKind, Person
from roster.rules.case import Case, ShiftKey
from roster.rules.rule import Breach


def apart(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Two people whom the county keeps apart (不同班) do not stand on the same shift of a team."""
    team, day, shift = key
    here = {duty.person for duty in case.crews.get(key, ())}
    for person in sorted(here):
        for pair in case.ground.pairs.get(person, ()):
            if pair.kind is PairKind.APART and pair.one == person and pair.other in here:
                params = {"other": _name(case, pair.other), "shift": _shift_name(case, shift)}
                yield Breach((day,), params, 1, f"{shift}/{pair.other}", person, team, beside=pair.other)


def together(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """Two people whom the county keeps together (同班) stand on the same shift of a team that both serve; not while
    the other one is away."""
    team, day, shift = key
    here = {duty.person for duty in case.crews.get(key, ())}
    if shift not in case.book.shifts:
        return
    for person in sorted(here):
        for pair in case.ground.pairs.get(person, ()):
            other = pair.other if pair.one == person else pair.one
            if pair.kind is not PairKind.TOGETHER or other in here:
                continue
            mate = case.book.people.get(other)
            starts, ends, _touches = case.ground.whole(day, shift)
            if mate is None or not mate.serves(team, day) or case.ground.is_away(other, starts, ends):
                continue
            params = {"other": mate.name, "shift": _shift_name(case, shift)}
            yield Breach((day,), params, 1, f"{shift}/{other}", person, team, beside=other)


def mentor(case: Case, key: ShiftKey) -> Iterator[Breach]:
    """A novice (joined within the county's number of months) serves only on a shift of the team on which somebody
    stands who is none."""
    team, day, shift = key
    crew = [case.book.people[d.person] for d in case.crews.get(key, ()) if d.person in case.book.people]
    new = [person for person in crew if is_novice(person, day, case.book.policy.novice_months)]
    if new and len(new) == len(crew):
        for person in new:
            params = {"shift": _shift_name(case, shift)}
            yield Breach((day,), params, 1, shift, person.code, team)


def is_novice(person: Person, day: date, months: int) -> bool:
    """Until the day before so many months after joining; somebody without a date has been there for long."""
    if person.joined is None:
        return False
    year, month = divmod(person.joined.month - 1 + months, 12)
    # A 31st in a shorter month: compared as numbers it simply comes later, so no calendar is needed.
    return (day.year, day.month, day.day) < (person.joined.year + year, month + 1, person.joined.day)


def _name(case: Case, code: str) -> str:
    person = case.book.people.get(code)
    return person.name if person else code


def _shift_name(case: Case, shift: str) -> str:
    kind = case.book.shifts.get(shift)
    return kind.name if kind else shift
