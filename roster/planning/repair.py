"""Sickness repair: up to three ranked ways to fill what falls open, the first proved to change the fewest duties."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from roster.plan import Book, Duty, Roster
from roster.planning.repair_case import (
    Away,
    RepairCase,
    RepairCost,
    book_with,
    case_of,
    released_duties,
    served_part,
)
from roster.planning.repair_duties import Change, ChangeKind, roster_after
from roster.planning.repair_goals import ANYTHING, Demand, Found
from roster.planning.repair_model import RepairProgramme
from roster.planning.repair_scope import Scope
from roster.planning.timer import Timer
from roster.rules.check import new_violations
from roster.rules.rulebook import BY_CODE
from roster.rules.violation import Violation, blocking
from roster.shifts import Seat

OPTIONS = 3
TRIES = 12
"""How often a way that the checker refuses is forbidden and looked for anew."""
LARGE = 10_000
"""People × places from which on days near by are searched first."""
NEAR_DAYS = 3


@dataclass(frozen=True, slots=True)
class RepairOption:
    """One way to mend the roster, audited. `kind` says what is particular about it: `roster.repair.kind.<kind>`."""

    kind: str
    roster: Roster
    changes: tuple[Change, ...]
    people: tuple[str, ...]
    """Others than the absent whose duties change."""
    open_seats: tuple[Seat, ...]
    cost: RepairCost
    proved: bool
    """Nothing that the rules allow costs less (for the first: no way fills as much with fewer changes)."""


@dataclass(frozen=True, slots=True)
class Repair:
    """`released`: the duties that fall open. `options` are ranked; the book knows the absences now."""

    book: Book
    released: tuple[Duty, ...]
    options: tuple[RepairOption, ...]
    seconds_to_first: float
    seconds_to_proof: float | None
    """None: the first option's few changes are not proved in the time there was."""


def repair(
    book: Book,
    roster: Roster,
    away: Sequence[Away],
    now: datetime,
    *,
    clock: Callable[[], float],
    seconds: float = 5.0,
    show: Callable[[RepairOption], None] = lambda option: None,
) -> Repair:
    """Ranked options for absences that become known `now`. `show` is given the first option as soon as it is there.

    What is past stays, within the notice window only asking moves anybody, pinned duties are left alone. Teams are
    mended one after the other. Every option has passed the independent checker: it breaks nothing new.
    """
    watch = Timer(clock, seconds)
    known = book_with(book, away)
    released = released_duties(known, roster, away, now)
    teams = sorted({duty.team for duty in released})
    options: tuple[RepairOption, ...] = ()
    first, proof = 0.0, 0.0
    standing = roster
    for at, team in enumerate(teams):
        mender = _Mender(known, standing, away, released, team, now, watch)
        found = mender.options(show if at == 0 else lambda option: None)
        if not found:
            continue
        first = max(first, mender.first_at)
        proof = max(proof, mender.proved_at if found[0].proved else float("inf"))
        options = _joined(options, found)
        standing = options[0].roster
    return Repair(known, released, options, first, None if proof == float("inf") else proof)


class _Mender:
    """One team's options."""

    def __init__(
        self,
        book: Book,
        roster: Roster,
        away: Sequence[Away],
        released: Sequence[Duty],
        team: str,
        now: datetime,
        watch: Timer,
    ) -> None:
        self.case: RepairCase = case_of(book, roster, away, released, team, now)
        self.away = away
        gone = set(released)
        kept = [duty for duty in roster.duties if duty not in gone]
        kept += [part for duty in self.case.released for part in served_part(book, duty, away)]
        self.before = replace(roster, duties=tuple(sorted(kept)))
        self.watch = watch
        self.held: frozenset[tuple[int, int]] = frozenset()
        """Who sits where in the option found last."""
        self.first_at = self.proved_at = 0.0

    def options(self, show: Callable[[RepairOption], None]) -> tuple[RepairOption, ...]:
        narrow = self._look(Scope.NARROW, ANYTHING, "fewest")
        if narrow is not None:
            self.first_at = self.watch.passed
            show(narrow)
        first = self._proved(narrow)
        self.proved_at = self.watch.passed
        if first is None:
            return ()
        self.first_at = self.first_at or self.proved_at
        found = [first]
        for kind, scope, demand in self._others(first):
            if self.watch.passed > self.watch.seconds:
                break
            option = self._look(scope, demand, kind)
            if option is not None and _differs(option, found):
                found.append(option)
        rest = sorted(found[1:], key=lambda option: option.cost)
        as_full = [o for o in rest if o.cost.required_open <= first.cost.required_open]
        lesser = [o for o in rest if o.cost.required_open > first.cost.required_open]
        return (first, *(as_full + lesser)[: OPTIONS - 1])

    def _others(self, first: RepairOption) -> Iterable[tuple[str, Scope, Demand]]:
        touched = frozenset(
            at for at, person in enumerate(self.case.frame.people) if person.code in first.people
        )
        if first.cost.asks:
            yield "asks_nobody", Scope.NARROW, Demand(no_asks=True)
        if first.cost.wished_open:
            yield "fills_wished", Scope.NARROW, Demand(wished_first=True)
        yield "other_people", Scope.NARROW, Demand(spare=touched)
        yield "gives_back", Scope.NARROW, Demand(give_back=True)
        if any(not self.case.frame.places[place].required for place in self.case.opened):
            yield "calls_nobody", Scope.NARROW, Demand(nobody_called=True)
        if len(touched) > 1:
            for person in sorted(touched)[:2]:
                yield "other_people", Scope.NARROW, Demand(spare=frozenset({person}))

    def _proved(self, narrow: RepairOption | None) -> RepairOption | None:
        """The narrow scope's answer if the rules aside nothing better is thinkable, else that of the wide scope."""
        if narrow is not None:
            bound = RepairProgramme(self.case, Scope.NARROW, legal=False).solve(self.watch.left)
            if narrow.proved and bound is not None and _leading(narrow.cost) <= _leading(bound.cost):
                return narrow
        best, held = narrow, None if narrow is None else self.held
        size = len(self.case.frame.places) * self.case.frame.own
        if size > LARGE:  # a good answer before the whole is searched, which may not end in time
            near = self._look(Scope.WIDE, ANYTHING, "fewest", radius_days=NEAR_DAYS, known=held)
            if near is not None and (best is None or near.cost < best.cost):
                best, held = near, self.held
        wide = self._look(Scope.WIDE, ANYTHING, "fewest", known=held)
        if wide is None or (best is not None and best.cost <= wide.cost):
            return None if best is None else replace(best, proved=wide is not None and wide.proved)
        return wide

    def _look(
        self,
        scope: Scope,
        demand: Demand,
        kind: str,
        radius_days: int | None = None,
        known: frozenset[tuple[int, int]] | None = None,
    ) -> RepairOption | None:
        """Solve and audit; what the checker refuses is forbidden and the search goes on."""
        programme = RepairProgramme(self.case, scope, demand, radius_days=radius_days)
        proved = True
        for _ in range(TRIES):
            found = programme.solve(self.watch.left, known)
            if found is None:
                return None
            self.held = found.held
            option = self._option(found, kind, proved=proved and found.proved)
            faults = blocking(new_violations(self.case.frame.book, self.before, option.roster))
            faults = tuple(one for one in faults if one.rule != "seat_unfilled")
            if not faults:
                return option
            for fault in faults:
                _forbid(programme, found, fault)
        return None

    def _option(self, found: Found, kind: str, *, proved: bool) -> RepairOption:
        after, changes, empty = roster_after(self.case, found.held, self.away)
        absent = {one.person for one in self.away}
        people = {who for change in changes for who in (change.before, change.after) if who} - absent
        return RepairOption(kind, after, changes, tuple(sorted(people)), empty, found.cost, proved)


def _differs(option: RepairOption, found: Sequence[RepairOption]) -> bool:
    """Whether an option is another way, and does what its name says."""
    if any(option.changes == other.changes for other in found):
        return False
    first, cost = found[0].cost, option.cost
    if option.kind == "fills_wished":
        return cost.wished_open < first.wished_open
    if option.kind == "asks_nobody":
        return cost.asks < first.asks
    if option.kind == "gives_back":
        return any(change.kind is ChangeKind.GETS_OFF for change in option.changes)
    return True


def _forbid(programme: RepairProgramme, found: Found, fault: Violation) -> None:
    rule = BY_CODE[fault.rule]
    if rule.of_person is not None:
        programme.forbid(found, person=fault.person)
    elif rule.of_shift is not None:
        programme.forbid(found, day=fault.days[-1], shift=fault.subject.partition("/")[0])
    else:
        programme.forbid(found)


def _leading(cost: RepairCost) -> tuple[int, ...]:
    """The goals that are proved for the first option."""
    return cost.required_open, cost.asks, cost.wished_open, cost.overrides, cost.changes


def _joined(before: Sequence[RepairOption], added: Sequence[RepairOption]) -> tuple[RepairOption, ...]:
    """Options of a further team, made on top of the first option of those before."""
    if not before:
        return tuple(added)
    base = before[0]
    return tuple(
        replace(
            one,
            changes=(*base.changes, *one.changes),
            people=tuple(sorted({*base.people, *one.people})),
            open_seats=(*base.open_seats, *one.open_seats),
            cost=_sum(base.cost, one.cost),
            proved=base.proved and one.proved,
        )
        for one in added
    )


def _sum(one: RepairCost, other: RepairCost) -> RepairCost:
    return RepairCost(
        one.required_open + other.required_open, one.asks + other.asks, one.wished_open + other.wished_open,
        one.overrides + other.overrides, one.changes + other.changes, one.people + other.people,
        one.loans + other.loans, one.unfairness + other.unfairness,
    )  # fmt: skip
