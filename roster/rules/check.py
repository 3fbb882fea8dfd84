"""The independent checker: every rule over a whole roster, or over what one change has touched.

It shares no code with what plans and solves, so that a mistake there is found here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import replace

from roster.plan import Book, Duty, Roster
from roster.rules.case import Case, case_of, key_of
from roster.rules.rule import Focus, Rule
from roster.rules.rulebook import RULES
from roster.rules.violation import Violation, added


def check(book: Book, roster: Roster, only: Collection[str] = ()) -> tuple[Violation, ...]:
    """All that is broken, the gravest first: hard rules, then what may be authorised, then preferences.

    `only`: by these rules; by every one when it is empty.
    """
    case = case_of(book, roster)
    if not only:
        return check_case(case)
    rules = [rule for rule in RULES if rule.code in only]
    shifts = case.shifts() if any(rule.of_shift for rule in rules) else ()
    return _apply(case, Focus(case.people(), shifts, case.roster.teams), rules)


def check_case(case: Case) -> tuple[Violation, ...]:
    return _apply(case, Focus(case.people(), case.shifts(), case.roster.teams))


def new_violations(book: Book, before: Roster, after: Roster) -> tuple[Violation, ...]:
    """What `after` breaks and `before` did not, or less. Only what differs between the two is looked at."""
    removed, put_in = difference(before, after)
    case = case_of(book, before)
    if replace(before, duties=()) == replace(after, duties=()):
        changed = case.after(removed, put_in)
    else:
        changed = case_of(book, after, case.ground)
    return newly_broken(case, changed, (*removed, *put_in))


def newly_broken(
    before: Case, after: Case, changed: Iterable[Duty], *, teams: bool = True
) -> tuple[Violation, ...]:
    """The same for cases that are at hand, with the duties that they differ by. `teams` False leaves out what concerns
    a team as a whole: its presence and its shares."""
    focus = _touched(before, changed)
    if not teams:
        focus = replace(focus, teams=())
    return added(_apply(before, focus), _apply(after, focus))


def difference(before: Roster, after: Roster) -> tuple[tuple[Duty, ...], tuple[Duty, ...]]:
    """The duties only in the one, and those only in the other, sorted."""
    # Rosters made from one another share most of their duties as objects: those are sorted out cheaply first.
    ours, theirs = set(map(id, before.duties)), set(map(id, after.duties))
    old = Counter([d for d in before.duties if id(d) not in theirs])
    new = Counter([d for d in after.duties if id(d) not in ours])
    return tuple(sorted((old - new).elements())), tuple(sorted((new - old).elements()))


def _apply(case: Case, focus: Focus, rules: Iterable[Rule] = RULES) -> tuple[Violation, ...]:
    found = [violation for rule in rules for violation in rule.violations(case, focus)]
    return tuple(sorted(found, key=lambda violation: violation.order))


def _touched(case: Case, changed: Iterable[Duty]) -> Focus:
    """The people of the duties, the shifts they stand on, and the teams whose presence and shares they change."""
    duties = list(changed)
    people = sorted({duty.person for duty in duties})
    teams = {duty.team for duty in duties}
    for code in people:
        person = case.book.people.get(code)
        if person is not None and person.memberships:
            teams.add(person.home_team)
    return Focus(people, sorted({key_of(duty) for duty in duties}), sorted(teams))
