"""A roster straight from the rotation: each platoon's turns, days off under 驻勤轮休, gaps filled from the reserve.

It takes milliseconds a team, is legal, and is where the solver starts from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from roster.demand import seats_of
from roster.people import Membership, PairKind, Person
from roster.plan import Book, Duty, Roster
from roster.planning.ledger import Ledger
from roster.planning.limits import limits_of
from roster.planning.seating import by_importance, make_room, seat_people
from roster.planning.spans import lives_in
from roster.shifts import RotationKind, Seat

Apart = Mapping[str, frozenset[str]]
NOBODY: frozenset[str] = frozenset()


def roster_by_rotation(
    book: Book, first: date, days: int, teams: Iterable[str] | None = None, fixed: Sequence[Duty] = ()
) -> Roster:
    """Duties of the teams (all, if none is named) from `first` for `days` days; `fixed` ones stay as they are."""
    chosen = tuple(sorted(book.teams if teams is None else teams))
    ledger = Ledger.opened(book, first, days, fixed)
    duties = list(fixed)
    for team in chosen:
        duties += _team_by_rotation(book, team, first, days, ledger, fixed)
    return Roster(book.county, first, days, chosen, tuple(sorted(duties)))


def letter_of(book: Book, team: str, membership: Membership, day: date) -> str | None:
    """The shift on which the rotation's word puts a member on a day; None: off, or no platoon."""
    planned = book.teams[team]
    rotation = book.rotations[planned.rotation]
    if rotation.kind is not RotationKind.WORD or membership.platoon is None or not rotation.word:
        return None
    return rotation.letter(membership.platoon, planned.anchor, day)


def rotation_turns(book: Book, team: str, first: date, days: int) -> dict[str, dict[date, str]]:
    """Person → day → shift by the rotation alone, before absences and rules."""
    turns: dict[str, dict[date, str]] = {}
    span = [first + timedelta(days=offset) for offset in range(days)]
    rotation = book.rotations[book.teams[team].rotation]
    people = [p for _, p in sorted(book.people.items()) if membership_of(p, team) is not None]
    if rotation.kind is RotationKind.LIVING_IN:
        return _living_in_turns(book, team, people, first, span)
    for person in people:
        membership = membership_of(person, team)
        assert membership is not None
        letters = {day: letter_of(book, team, membership, day) for day in span if person.serves(team, day)}
        turns[person.code] = {day: shift for day, shift in letters.items() if shift is not None}
    return turns


def membership_of(person: Person, team: str) -> Membership | None:
    return next((m for m in person.memberships if m.team == team), None)


def _living_in_turns(
    book: Book, team: str, people: Sequence[Person], first: date, span: Sequence[date]
) -> dict[str, dict[date, str]]:
    """Everybody is in but for blocks of days off, laid out one after another over the team (by whole years, so that
    the next month goes on where this one ends)."""
    shift = living_in_shift(book, team)
    turns: dict[str, dict[date, str]] = {}
    for place, person in enumerate(people):
        months = limits_of(book, person, team, first, len(span)).months
        owed = sum(len(month) - most for month, most in months)
        block = min(4, owed) or 1
        period = max(block + 1, len(span) * block // owed) if owed else 0
        ahead = place * period // len(people)
        turns[person.code] = {
            day: shift
            for day in span
            if person.serves(team, day)
            and not (owed and ((day - book.teams[team].anchor).days + ahead) % period < block)
        }
    return turns


def living_in_shift(book: Book, team: str) -> str:
    shifts = book.teams[team].shifts
    return next((code for code in shifts if lives_in(book.shifts[code])), shifts[0])


def _team_by_rotation(
    book: Book, team: str, first: date, days: int, ledger: Ledger, fixed: Sequence[Duty]
) -> list[Duty]:
    turns = rotation_turns(book, team, first, days)
    apart = _apart(book)
    taken: dict[tuple[date, str], set[str]] = defaultdict(set)
    for duty in fixed:
        if duty.team == team:
            taken[duty.day, duty.shift].add(duty.seat)
    shifts_by_day: list[tuple[date, str, list[Seat]]] = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        by_shift: dict[str, list[Seat]] = defaultdict(list)
        for seat in seats_of(book, team, day):
            if seat.key not in taken[day, seat.shift]:
                by_shift[seat.shift].append(seat)
        shifts_by_day += [(day, shift, seats) for shift, seats in sorted(by_shift.items())]
    shifts_by_day.sort(key=lambda item: (ledger.spans.of(item[0], item[1]).starts, item[1]))
    seated = {
        (day, shift): _by_turn(book, team, day, shift, seats, turns, ledger, apart)
        for day, shift, seats in shifts_by_day
    }
    for required in (True, False):
        for day, shift, seats in shifts_by_day:
            _fill(book, team, day, shift, seats, seated[day, shift], turns, ledger, apart, required=required)
    return [
        Duty(day, team, shift, seats[at].key, who)
        for day, shift, seats in shifts_by_day
        for at, who in seated[day, shift].items()
    ]


def _apart(book: Book) -> Apart:
    """Whom somebody must not stand beside (不同班)."""
    found: dict[str, frozenset[str]] = {}
    for pair in book.pairs:
        if pair.kind is PairKind.APART:
            for one, other in ((pair.one, pair.other), (pair.other, pair.one)):
                found[one] = found.get(one, NOBODY) | {other}
    return found


def _by_turn(
    book: Book,
    team: str,
    day: date,
    shift: str,
    seats: Sequence[Seat],
    turns: dict[str, dict[date, str]],
    ledger: Ledger,
    apart: Apart,
) -> dict[int, str]:
    """Those whose turn it is, fewest duties first."""
    on = [
        who
        for who, letters in turns.items()
        if letters.get(day) == shift and ledger.permits(book.people[who], team, day, shift)
    ]
    on.sort(key=lambda who: (ledger.load(who), who))
    kept: list[str] = []
    for who in on:
        if not apart.get(who, NOBODY) & set(kept):
            kept.append(who)
    seated = seat_people(seats, kept, ledger.fits)
    for who in seated.values():
        ledger.add(who, team, day, shift)
    return seated


def _kept_apart(book: Book, who: str, there: Iterable[str]) -> bool:
    """Somebody is there already with whom this person must not serve."""
    others = set(there)
    return any(
        pair.kind is PairKind.APART
        and who in (pair.one, pair.other)
        and {pair.one, pair.other} - {who} <= others
        for pair in book.pairs
    )


def _fill(
    book: Book,
    team: str,
    day: date,
    shift: str,
    seats: Sequence[Seat],
    seated: dict[int, str],
    turns: dict[str, dict[date, str]],
    ledger: Ledger,
    apart: Apart,
    *,
    required: bool,
) -> None:
    """Empty seats go to whoever may take one more duty: the reserve first, then the least loaded."""
    empty = [at for at in by_importance(seats) if at not in seated and seats[at].required == required]
    if not empty:
        return
    free = [
        who
        for who in turns
        if who not in seated.values()
        and not apart.get(who, NOBODY) & set(seated.values())
        and book.people[who].serves(team, day)
        and ledger.permits(book.people[who], team, day, shift)
    ]
    free.sort(key=lambda who: (bool(turns[who]), ledger.load(who), who))
    for at in empty:
        for who in free:
            if _kept_apart(book, who, seated.values()):
                continue
            if apart.get(who, NOBODY) & set(seated.values()):
                continue
            trial = make_room(seats, seated, who, ledger.fits, at)
            if trial is not None:
                seated.clear()
                seated.update(trial)
                ledger.add(who, team, day, shift)
                free.remove(who)
                break
