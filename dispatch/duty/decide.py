"""Whether a change of a roster may stand: what it names exists, is not over, and breaks no rule that it did not break
before."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from dispatch.duty.change import Change, Move, difference, moved, spot
from dispatch.duty.publication import Publication, TeamDay
from dispatch.messages.violations import violation_document as in_words
from dispatch.messages.violations import violation_text
from roster.demand import seats_of
from roster.plan import Book, Duty, Roster
from roster.rules.check import check, new_violations
from roster.rules.violation import Violation, added, blocking

Periods = tuple[tuple[date, int], ...]
"""First days and lengths."""


@dataclass(frozen=True, slots=True)
class Standing:
    """The duties in force over some days, with everything that rules need to judge a change of them."""

    book: Book
    roster: Roster
    published: Mapping[TeamDay, int]


@dataclass(frozen=True, slots=True)
class Refusal:
    """A code of the catalogue (`problem.<code>`) with its parameters."""

    code: str
    params: Mapping[str, Any]


def judge(standing: Standing, moves: tuple[Move, ...], now: datetime) -> Change | Refusal:
    """The change that the moves make of the duties in force, or why it may not be."""
    broken = broken_by(standing, moves, now)
    if isinstance(broken, Refusal):
        return broken
    if blocking(broken):
        return breaks_rules(blocking(broken))
    return difference(standing.roster.duties, moved(standing.book, standing.roster.duties, moves, now))


def broken_by(standing: Standing, moves: tuple[Move, ...], now: datetime) -> tuple[Violation, ...] | Refusal:
    """Every rule that the moves would newly break, or what they name that does not exist or is over."""
    book = standing.book
    refusal = first_fault(book, moves, standing.published) or _over(book, moves, now)
    if refusal is not None:
        return refusal
    after = replace(standing.roster, duties=moved(book, standing.roster.duties, moves, now))
    return new_violations(book, standing.roster, after)


OF_A_PERIOD = frozenset({"average", "weekends"})
"""Rules that take a published roster for one period: see `Book.periods`."""


def judge_publication(standing: Standing, plan: Publication, beside: Periods = ()) -> tuple[Violation, ...]:
    """Whatever a publication would break, across the borders to what stays in force before, after and beside it.

    `beside`: the periods of versions that keep days while this one takes others of them. They must get no worse.
    """
    first, last = standing.roster.first, plan.last
    own = (first, (last - first).days + 1)
    found = _newly_broken(_over_periods(standing, (own,)), plan)
    others = tuple(period for period in beside if period != own)
    if others:
        found = (*found, *_worse_beside(_over_periods(standing, others), plan))
    return tuple(sorted(found, key=lambda violation: violation.order))


def _over_periods(standing: Standing, periods: Periods) -> Standing:
    return replace(standing, book=replace(standing.book, periods=periods))


def _worse_beside(standing: Standing, plan: Publication) -> tuple[Violation, ...]:
    before = check(standing.book, standing.roster, OF_A_PERIOD)
    return added(before, check(standing.book, _published(standing.roster, plan), OF_A_PERIOD))


def _published(roster: Roster, plan: Publication) -> Roster:
    kept = tuple(d for d in roster.duties if (d.team, d.day) not in plan.takes)
    teams = tuple(sorted({*roster.teams, *(team for team, _ in plan.takes)}))
    return replace(roster, teams=teams, duties=tuple(sorted((*kept, *plan.will))))


def _newly_broken(standing: Standing, plan: Publication) -> tuple[Violation, ...]:
    roster = standing.roster
    teams = {team for team, _ in plan.takes}
    kept = tuple(d for d in roster.duties if (d.team, d.day) not in plan.takes)
    others = tuple(team for team in roster.teams if team not in teams)
    before = check(standing.book, replace(roster, teams=others, duties=kept))
    after = check(standing.book, _published(roster, plan))
    days = {day for _, day in plan.takes}
    new = tuple(
        violation
        for violation in added(before, after)
        if days.intersection(violation.days)
        and (violation.person or any((violation.team, day) in plan.takes for day in violation.days))
    )
    if not plan.begun or not any(_was_served(violation, plan) for violation in new):
        return new
    # Nobody mends what was served today; what is no worse than it stood does not stop the rest of the version.
    worse = set(map(id, added(check(standing.book, roster), new)))
    return tuple(one for one in new if id(one) in worse or not _was_served(one, plan))


def _was_served(violation: Violation, plan: Publication) -> bool:
    """Whether it is about shifts alone that have begun: a seat's by its shift, a person's by their days."""
    if violation.person:
        return set(violation.days) <= {day for _, day, _ in plan.begun}
    shift = violation.subject.partition("/")[0]
    return all((violation.team, day, shift) in plan.begun for day in violation.days)


def breaks_rules(violations: Collection[Violation]) -> Refusal:
    params = {"count": len(violations), "violations": [violation_document(v) for v in violations]}
    return Refusal("roster_breaks_rules", params)


def violation_document(violation: Violation) -> dict[str, Any]:
    """As pages and refusals show it: codes, numbers and the sentence in both languages."""
    return {**in_words(violation), "text_en": violation_text(violation, "en")}


def first_fault(
    book: Book, moves: Iterable[Move], published: Mapping[TeamDay, int] | None = None
) -> Refusal | None:
    """The first thing named that does not exist. `published` None: a draft, whose days nobody has published."""
    seats = _seats(book)
    for move in moves:
        team = book.teams.get(move.team)
        if team is None:
            return Refusal("roster_team_unknown", {"team": move.team})
        if move.shift not in book.shifts or move.shift not in team.shifts:
            return Refusal("roster_shift_unknown", {"team": move.team, "shift": move.shift})
        if published is not None and (move.team, move.day) not in published:
            return Refusal("roster_day_not_published", {"team": move.team, "day": move.day.isoformat()})
        if (move.shift, move.seat) not in seats(move):
            return Refusal(
                "roster_seat_unknown", {"team": move.team, "day": move.day.isoformat(), "seat": move.seat}
            )
        if move.person is not None and move.person not in book.people:
            return Refusal("person_unknown", {"person": move.person})
    return None


def draft_fault(book: Book, roster: Roster) -> Refusal | None:
    """What stops a roster from being kept as a draft; rules that it breaks do not."""
    unknown = [team for team in roster.teams if team not in book.teams]
    if unknown:
        return Refusal("roster_team_unknown", {"team": unknown[0]})
    held: set[tuple[Any, ...]] = set()
    for duty in roster.duties:
        if duty.team not in roster.teams or not roster.first <= duty.day <= roster.last:
            return Refusal("duty_outside_roster", {"team": duty.team, "day": duty.day.isoformat()})
        for kind, name in (("seat", duty.seat), ("person", duty.person)):
            key = (kind, duty.day, duty.team, duty.shift, name, duty.late_minutes)
            if key in held:
                params = {"day": duty.day.isoformat(), "team": duty.team, "what": name}
                return Refusal("duty_named_twice", params)
            held.add(key)
    return first_fault(book, (Move(*spot(duty), duty.person) for duty in roster.duties))


def _seats(book: Book) -> Callable[[Move], set[tuple[str, str]]]:
    """The seats of a move's team and day, worked out once for each."""
    known: dict[TeamDay, set[tuple[str, str]]] = {}

    def of(move: Move) -> set[tuple[str, str]]:
        key = (move.team, move.day)
        if key not in known:
            known[key] = {(seat.shift, seat.key) for seat in seats_of(book, move.team, move.day)}
        return known[key]

    return of


def _over(book: Book, moves: Iterable[Move], now: datetime) -> Refusal | None:
    for move in moves:
        _, ends = book.span(move.day, move.shift)
        if ends <= now:
            return Refusal("duty_is_over", {"team": move.team, "day": move.day.isoformat()})
    return None


def begun(book: Book, duty: Duty, now: datetime) -> bool:
    starts, _ = book.span(duty.day, duty.shift)
    return starts <= now
