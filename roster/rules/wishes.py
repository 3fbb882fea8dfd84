"""Preferences: what members asked for, the rotation they are used to, and equal shares of nights and weekends."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from roster.plan import Book
from roster.rules.case import Case, Load
from roster.rules.rule import Breach
from roster.rules.violation import Param
from roster.shifts import RotationKind

NIGHTS_RANGE = 1
WEEKENDS_RANGE = 2


def request(case: Case, person: str) -> Iterator[Breach]:
    """A wish for a day is kept: on duty when wanted, free when not wanted, on that shift or any."""
    wishes = case.ground.requests.get(person, ())
    if not wishes:
        return
    on = {(turn.duty.day, turn.shift.code) for turn in case.planned(person)}
    days = {day for day, _shift in on}
    for wish in wishes:
        if not case.covers(wish.day):
            continue
        serves = wish.day in days if wish.shift is None else (wish.day, wish.shift) in on
        if serves is not wish.wanted:
            kind = case.book.shifts.get(wish.shift) if wish.shift else None
            params = {"wish": "on" if wish.wanted else "off", "shift": kind.name if kind else "-"}
            yield Breach((wish.day,), params, wish.weight, f"{params['wish']}/{wish.shift or ''}", person)


def rotation(case: Case, person: str) -> Iterator[Breach]:
    """Members with a platoon serve as the word of their team's rotation says, but on days of absence."""
    book = case.book
    for membership in book.people[person].memberships:
        team = book.teams.get(membership.team)
        word = book.rotations.get(team.rotation) if team else None
        if team is None or word is None or word.kind is not RotationKind.WORD or not word.word:
            continue
        if membership.platoon is None or team.code not in case.roster.teams:
            continue
        serves: dict[object, str] = {
            turn.duty.day: turn.shift.code for turn in case.planned(person) if turn.duty.team == team.code
        }
        for day in case.days():
            if not book.people[person].serves(team.code, day):
                continue
            expected, actual = word.letter(membership.platoon, team.anchor, day), serves.get(day)
            if expected == actual:
                continue
            if expected in book.shifts and actual is None:
                starts, ends, _touches = case.ground.whole(day, expected or "")
                if case.ground.is_away(person, starts, ends):
                    continue
            params = {"expected": _shift_name(book, expected), "actual": _shift_name(book, actual)}
            yield Breach((day,), params, 1, f"{expected or '-'}/{actual or '-'}", person, team.code)


def fair_nights(case: Case, team: str) -> Iterator[Breach]:
    """Night duties of comparable members (same employment, present the whole time) lie within one of each other;
    debts of earlier months decide who has the odd one."""
    yield from _unequal(case, team, lambda load: load.nights, NIGHTS_RANGE)


def fair_weekends(case: Case, team: str) -> Iterator[Breach]:
    """Weekends with duty of comparable members lie within two of each other."""
    yield from _unequal(case, team, lambda load: len(load.weekends), WEEKENDS_RANGE)


def _unequal(case: Case, team: str, count: Callable[[Load], int], allowed: int) -> Iterator[Breach]:
    if team not in case.roster.teams:
        return
    for employment, members in case.ground.comparable(team, case.roster.first, case.roster.last).items():
        shares = {person: count(case.load(person)) for person in members}
        most, least = max(members, key=lambda p: shares[p]), min(members, key=lambda p: shares[p])
        spread = shares[most] - shares[least]
        if spread > allowed:
            names = {code: case.book.people[code].name for code in (most, least)}
            params: dict[str, Param] = {
                "range": spread,
                "allowed": allowed,
                "most": names[most],
                "least": names[least],
            }
            days = (case.roster.first, case.roster.last)
            yield Breach(days, params, spread - allowed, employment, team=team)


def _shift_name(book: Book, code: str | None) -> str:
    kind = book.shifts.get(code) if code else None
    return kind.name if kind else "-"
