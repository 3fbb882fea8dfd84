"""A county's month: team by team, people of several teams in a fixed order, then loans from spare to short teams."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from roster.demand import seats_between
from roster.plan import Book, Duty, Roster
from roster.planning.compile import Guest, Order
from roster.planning.fairness import with_fairness
from roster.planning.month import Effort, Report, TeamMonth, solve_team
from roster.planning.rotation import roster_by_rotation
from roster.shifts import Seat


@dataclass(frozen=True, slots=True)
class Ask:
    """`teams` empty: all. `current`: a roster to be changed as little as possible; days in `frozen` stay as it has
    them. Duties of teams that are not asked for are fixed where `fixed` has them."""

    first: date
    days: int
    teams: tuple[str, ...] = ()
    seed: int = 1
    effort: Effort = field(default_factory=Effort)
    current: tuple[Duty, ...] | None = None
    frozen: frozenset[date] = frozenset()
    fixed: tuple[Duty, ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Teams that share people, solved one after the other: what is fixed for one is what came before it."""

    orders: tuple[Order, ...]
    seed: int
    effort: Effort
    start: tuple[Duty, ...] | None = None


Told = Callable[[Report], None]


class Runner(Protocol):
    """Works tasks off, here or in other processes; results come as they are ready."""

    def run(self, tasks: Sequence[Task]) -> Iterable[TeamMonth]: ...

    @property
    def stopped(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class CountyMonth:
    """`months` by team; a team without an entry was not reached and stands by its rotation. `stopped`: by hand or by
    the clock, with the best so far."""

    roster: Roster
    months: Mapping[str, TeamMonth]
    stopped: bool


def solve_county(book: Book, ask: Ask, runner: Runner) -> CountyMonth:
    """The same roster for the same seed and effort, on however many processes, as long as nobody stops it."""
    teams = tuple(sorted(ask.teams or book.teams))
    tasks = [
        Task(tuple(_order(book, ask, team) for team in group), ask.seed, ask.effort)
        for group in linked_teams(book, teams)
    ]
    # The largest first, so that no process is left with one at the end.
    tasks.sort(key=lambda task: (-sum(_size(book, order) for order in task.orders), task.orders[0].team))
    months = {month.team: month for month in runner.run(tasks)}
    if not runner.stopped:
        _lend(book, ask, teams, months, runner)
    duties = [duty for team in sorted(months) for duty in months[team].duties]
    missing = [team for team in teams if team not in months]
    if missing:
        others = (*ask.fixed, *duties)
        planned = roster_by_rotation(book, ask.first, ask.days, missing, others).duties
        duties += [duty for duty in planned if duty.team in missing]
    roster = Roster(book.county, ask.first, ask.days, teams, tuple(sorted(duties)))
    return CountyMonth(roster, months, runner.stopped)


def linked_teams(book: Book, teams: Sequence[str]) -> list[tuple[str, ...]]:
    """Groups of teams that share people: in each, teams with nights first (what the others add can no longer be made
    equal by them, and then it is at least proved), else by code."""
    leader = {team: team for team in teams}

    def find(team: str) -> str:
        while leader[team] != team:
            team = leader[team]
        return team

    for _, person in sorted(book.people.items()):
        mine = [m.team for m in person.memberships if m.team in leader]
        for team in mine[1:]:
            one, other = sorted((find(mine[0]), find(team)))
            leader[other] = one
    groups: dict[str, list[str]] = {}
    for team in teams:
        groups.setdefault(find(team), []).append(team)

    def order(team: str) -> tuple[bool, str]:
        return not any(book.shifts[shift].night for shift in book.teams[team].shifts), team

    return [tuple(sorted(found, key=order)) for found in groups.values()]


def work_off(
    book: Book, task: Task, should_stop: Callable[[], bool], told: Callable[[Report], None]
) -> Iterable[TeamMonth]:
    """One task, here and now."""
    before: list[Duty] = []
    for order in task.orders:
        elsewhere = (*order.elsewhere, *before)
        given = replace(order, elsewhere=elsewhere)
        month = solve_team(
            book,
            given,
            seed=task.seed,
            effort=task.effort,
            start=task.start,
            should_stop=should_stop,
            told=told,
        )
        month = with_fairness(
            book, given, month, seed=task.seed, effort=task.effort, should_stop=should_stop, told=told
        )
        before += month.duties
        yield month


@dataclass(slots=True)
class Here:
    """Runs tasks in this process, one after the other."""

    book: Book
    should_stop: Callable[[], bool] = lambda: False
    told: Told = lambda report: None
    stopped: bool = False

    def run(self, tasks: Sequence[Task]) -> Iterable[TeamMonth]:
        for task in tasks:
            for month in work_off(self.book, task, self.should_stop, self.told):
                self.stopped = self.stopped or month.stopped
                yield month
            if self.should_stop():
                self.stopped = True
                return


def empty_seats(book: Book, ask: Ask, team: str, duties: Iterable[Duty]) -> list[Seat]:
    taken = {(duty.day, duty.shift, duty.seat) for duty in duties}
    asked = seats_between(book, team, ask.first, ask.days)
    return [seat for seat in asked if (seat.day, seat.shift, seat.key) not in taken]


def _order(book: Book, ask: Ask, team: str) -> Order:
    current = None
    if ask.current is not None:
        current = tuple(duty for duty in ask.current if duty.team == team)
    return Order(team, ask.first, ask.days, ask.fixed, current, ask.frozen)


def _size(book: Book, order: Order) -> int:
    return sum(any(m.team == order.team for m in person.memberships) for person in book.people.values())


def _lend(book: Book, ask: Ask, teams: Sequence[str], months: dict[str, TeamMonth], runner: Runner) -> None:
    """Required seats that stay empty are offered to people of teams that lend: beside their own duties first, then
    in place of one, if their own team can do without."""
    for team in teams:
        for freed in (False, True):
            short = _required(book, ask, team, months)
            guests = _guests(book, ask, team, short)
            if not short or not guests or runner.stopped:
                break
            # Only who is planned now can be planned again; the duties of the other lenders stand.
            lenders = {guest.lender for guest in guests if guest.lender in months} if freed else set()
            others = [d for at, month in sorted(months.items()) if at != team for d in month.duties]
            kept = (*ask.fixed, *(d for d in others if d.team not in lenders or d.pinned))
            order = replace(_order(book, ask, team), elsewhere=kept, guests=guests)
            found = _one(runner, Task((order,), ask.seed, ask.effort, months[team].duties))
            if found is None or len(_required(book, ask, team, {team: found})) >= len(short):
                continue
            again = _lenders_again(book, ask, team, found, months, runner) if freed else {}
            if again is not None:
                months.update({team: found, **again})


def _lenders_again(
    book: Book, ask: Ask, team: str, found: TeamMonth, months: Mapping[str, TeamMonth], runner: Runner
) -> dict[str, TeamMonth] | None:
    """The teams that lent, planned around their loans; None if one of them would be short then."""
    again: dict[str, TeamMonth] = {}
    for lender in sorted({duty.borrowed_from for duty in found.duties if duty.borrowed_from in months}):
        now = {**months, **again, team: found}
        others = tuple(d for at, month in sorted(now.items()) if at != lender for d in month.duties)
        order = replace(_order(book, ask, lender), elsewhere=(*ask.fixed, *others))
        month = _one(runner, Task((order,), ask.seed, ask.effort, months[lender].duties))
        if month is None:
            return None
        before, after = _required(book, ask, lender, months), _required(book, ask, lender, {lender: month})
        if len(after) > len(before):
            return None
        again[lender] = month
    return again


def _one(runner: Runner, task: Task) -> TeamMonth | None:
    return next(iter(list(runner.run([task]))), None)


def _required(book: Book, ask: Ask, team: str, months: Mapping[str, TeamMonth]) -> list[Seat]:
    duties = months[team].duties if team in months else ()
    return [seat for seat in empty_seats(book, ask, team, duties) if seat.required]


def _guests(book: Book, ask: Ask, team: str, short: Sequence[Seat]) -> tuple[Guest, ...]:
    """Who could sit on one of the seats, from the teams that lend to this one; each named once."""
    guests: dict[str, str] = {}
    for lender in sorted(book.teams):
        if team not in book.teams[lender].lends_to or lender == team:
            continue
        for code, person in sorted(book.people.items()):
            able = any(
                person.serves(lender, seat.day)
                and not person.serves(team, seat.day)
                and all(person.holds(need, seat.day) for need in seat.needs)
                for seat in short
            )
            if able:
                guests.setdefault(code, lender)
    return tuple(Guest(person, lender) for person, lender in guests.items())
