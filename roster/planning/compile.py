"""Compiles a team's month: who may do what on which day, the rules of each person, the goals as prices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from roster.demand import seats_of
from roster.people import PairKind
from roster.plan import Book, Duty
from roster.planning.covers import counts_for, seat_cover, shift_covers, shift_posts
from roster.planning.kinds import Kinds
from roster.planning.ledger import Ledger
from roster.planning.limits import lifted_rules, limits_of
from roster.planning.member_rules import Frame, frame_of, member_rules
from roster.planning.prices import Wishes, wishes_of
from roster.planning.seating import by_importance
from roster.planning.shares import Shares, shares_of
from roster.planning.team_problem import FIXED, CorePair, Place, Post, TeamProblem
from roster.planning.weights import Weights
from roster.shifts import Seat
from roster.solving import problem as core

HISTORY_DAYS = 28


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody of another team who may stand in, and the team that lends."""

    person: str
    lender: str


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked: the team's month, what is fixed elsewhere, and whether a given roster is to be kept.

    `elsewhere`: duties of these people in other teams, fixed. `frozen`: days that stay as `current` has them.
    """

    team: str
    first: date
    days: int
    elsewhere: tuple[Duty, ...] = ()
    current: tuple[Duty, ...] | None = None
    frozen: frozenset[date] = frozenset()
    guests: tuple[Guest, ...] = ()
    off: tuple[tuple[str, date], ...] = ()
    """Days that people have to be free: rest owed, or what an audit of an earlier try asked for."""
    weights: Weights = field(default_factory=Weights)


def team_problem(book: Book, order: Order) -> TeamProblem | None:
    """None for a team with no members, or with no seat to fill."""
    return _Compiler(book, order).compiled()


class _Compiler:
    """One compilation: the tables that its steps share."""

    def __init__(self, book: Book, order: Order) -> None:
        self.book, self.order = book, order
        self.span = [order.first + timedelta(days=offset) for offset in range(order.days)]
        own = (duty for duty in order.current or () if duty.team == order.team)
        self.fixed = tuple(duty for duty in own if duty.pinned or duty.day in order.frozen)
        self.ledger = Ledger.opened(book, order.first, order.days, (*order.elsewhere, *self.fixed))
        self.kinds = Kinds(book, self.ledger.spans, order.first, order.days)
        self.guests = {guest.person: guest.lender for guest in order.guests}
        self.off = frozenset(order.off)
        self.people = tuple(sorted(self._members() | set(self.guests)))
        self.options: dict[tuple[int, int, bool], int] = {}
        """(kind, post, novice) → number; post `FIXED` for duties that fill no open seat."""
        self.novices = {who: self._is_novice(who) for who in self.people}

    def compiled(self) -> TeamProblem | None:
        seats = [seat for found in self._open_seats().values() for seat in found]
        if not self.people or not seats:
            return None
        posts = tuple(sorted({(seat.shift, seat.needs) for seat in seats}))
        number = {post: at for at, post in enumerate(posts)}
        alike: dict[Place, list[Seat]] = defaultdict(list)
        for seat in seats:
            alike[(seat.day - self.order.first).days, number[seat.shift, seat.needs]].append(seat)
        return self._problem(
            posts, {at: tuple(found[i] for i in by_importance(found)) for at, found in alike.items()}
        )

    def _members(self) -> set[str]:
        team = self.order.team
        return {code for code, p in self.book.people.items() if any(p.serves(team, day) for day in self.span)}

    def _open_seats(self) -> dict[date, list[Seat]]:
        taken = {(duty.day, duty.shift, duty.seat) for duty in self.fixed}
        return {
            day: [
                seat
                for seat in seats_of(self.book, self.order.team, day)
                if (day, seat.shift, seat.key) not in taken
            ]
            for day in self.span
            if day not in self.order.frozen
        }

    def _problem(self, posts: Sequence[Post], alike: Mapping[Place, tuple[Seat, ...]]) -> TeamProblem:
        order = self.order
        pinned = [self._pinned(who) for who in self.people]
        allowed = [
            self._allowed(who, posts, alike, pins) for who, pins in zip(self.people, pinned, strict=True)
        ]
        if not self.options:
            self._option((order.team, posts[0][0]), self.span[0], 0, novice=False)
        histories = [self._history(who) for who in self.people]
        kinds = self.kinds.kinds()
        frame = self._frame(allowed, pinned)
        seats = [seat for found in alike.values() for seat in found]
        shares = shares_of(self.book, self.ledger, order.team, self.people, seats, order.weights)
        wishes = wishes_of(self.book, order.team, order.first, order.days, order.current, order.weights)
        people = tuple(
            self._person(who, posts, wishes, frame, shares, allowed[at], pinned[at], histories[at])
            for at, who in enumerate(self.people)
        )
        extra = shift_posts(self.book, order.team, posts, novices=any(self.novices.values()))
        options = tuple(
            core.Option(
                f"{kinds[kind].name} {'+'.join(posts[post][1]) if post != FIXED else 'fixed'}",
                kind,
                ()
                if post == FIXED
                else (post, *counts_for(extra, len(posts), posts[post][0], novice=novice)),
            )
            for kind, post, novice in self.options
        )
        names = [f"{shift} {'+'.join(needs) or 'anybody'}" for shift, needs in posts]
        covers = [seat_cover(*at, found, order.weights) for at, found in sorted(alike.items())]
        more = shift_covers(
            self.book, order.team, order.first, extra, posts, alike, self._present(), order.weights
        )
        problem = core.Problem(
            order.days,
            kinds,
            options,
            (*names, *(f"{shift} {what}" for what, shift in extra)),
            (*covers, *more),
            people,
        )
        return TeamProblem(
            self.book,
            order.team,
            order.first,
            order.days,
            self.people,
            problem,
            tuple(posts),
            alike,
            self.fixed,
            self._pairs(),
            self.guests,
        )

    def _option(
        self,
        duty: tuple[str, str],
        day: date,
        post: int,
        lifted: frozenset[str] = frozenset(),
        *,
        novice: bool,
    ) -> int:
        kind = self.kinds.of(day, (duty,), lifted)
        return self.options.setdefault((kind, post, novice), len(self.options))

    def _allowed(
        self,
        who: str,
        posts: Sequence[Post],
        alike: Mapping[Place, tuple[Seat, ...]],
        pins: Mapping[int, int],
    ) -> list[tuple[int, int]]:
        """(day, option) that the person may take."""
        person, found = self.book.people[who], []
        for offset, day in enumerate(self.span):
            if offset in pins or not (who in self.guests or person.serves(self.order.team, day)):
                continue
            lifted = lifted_rules(self.book, who, day)
            for post, (shift, _) in enumerate(posts):
                seats = alike.get((offset, post))
                if not seats or self.ledger.is_away(who, day, shift) or not self.ledger.fits(who, seats[0]):
                    continue
                if self._rests(who, day, shift) or not self.ledger.rests_before_later(
                    who, self.order.team, day, shift
                ):
                    continue
                for rules in (frozenset[str](), lifted)[: 1 + bool(lifted)]:
                    option = self._option(
                        (self.order.team, shift), day, post, rules, novice=self.novices[who]
                    )
                    found.append((offset, option))
        return found

    def _pinned(self, who: str) -> dict[int, int]:
        """Day → option of the duties that are fixed, in this team or another."""
        days: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for worked in self.ledger.duties_of(who):
            offset = (worked.day - self.order.first).days
            if 0 <= offset < self.order.days:
                days[offset].append((worked.team, worked.shift))
        pins = {}
        for offset, duties in days.items():
            kind = self.kinds.of(self.span[offset], tuple(sorted(duties)))
            pins[offset] = self.options.setdefault((kind, FIXED, False), len(self.options))
        return pins

    def _history(self, who: str) -> tuple[int, ...]:
        days: dict[int, list[tuple[str, str]]] = defaultdict(list)
        for worked in self.ledger.duties_of(who):
            offset = (worked.day - self.order.first).days
            if -HISTORY_DAYS <= offset < 0:
                days[offset].append((worked.team, worked.shift))
        row = [core.OFF] * HISTORY_DAYS
        for offset, duties in days.items():
            row[offset] = self.kinds.of(self.order.first + timedelta(days=offset), tuple(sorted(duties)))
        return tuple(row)

    def _frame(self, allowed: Sequence[list[tuple[int, int]]], pinned: Sequence[Mapping[int, int]]) -> Frame:
        works, kind_of = self.kinds.works, [kind for kind, _, _ in self.options]
        used = {(day, works[kind_of[option]]) for found in allowed for day, option in found}
        used |= {(day, works[kind_of[option]]) for pins in pinned for day, option in pins.items()}
        holidays = {at for at, day in enumerate(self.span) if self.book.calendar.is_holiday(day)}
        return frame_of(self.kinds, frozenset(holidays), used, self.order.days)

    def _person(
        self,
        who: str,
        posts: Sequence[Post],
        wishes: Wishes,
        frame: Frame,
        shares: Shares,
        allowed: Sequence[tuple[int, int]],
        pins: Mapping[int, int],
        history: tuple[int, ...],
    ) -> core.Person:
        keys, weights = list(self.options), self.order.weights
        costs = np.full((self.order.days, len(keys)), core.FORBIDDEN, np.int64)
        off_costs = np.array([wishes.of_rest(who, day) for day in self.span], np.int64)
        for offset, option in allowed:
            kind, post, _ = keys[option]
            price = (weights.loan if who in self.guests else 0) + wishes.of_duty(
                who, self.span[offset], posts[post][0]
            )
            costs[offset, option] = price + (weights.overridden if frame.works[kind].lifted else 0)
        for offset, option in pins.items():
            costs[offset, option] = 0
            off_costs[offset] = core.FORBIDDEN
        person = self.book.people[who]
        limits = limits_of(self.book, person, self.order.team, self.order.first, self.order.days)
        options = [*(option for _, option in allowed), *pins.values()]
        usable = {frame.works[keys[option][0]] for option in options}
        before: dict[date, int] = defaultdict(int)
        for worked in self.ledger.duties_of(who):
            before[worked.day] += worked.counted if worked.day < self.order.first else 0
        rules, tables = member_rules(frame, who, limits, usable, shares, before)
        return core.Person(who, rules, costs, off_costs, tables, history)

    def _rests(self, who: str, day: date, shift: str) -> bool:
        """A day that has to be free is touched by no duty, not even one from the day before."""
        touched = (self.ledger.spans.last_day(day, shift) - day).days + 1
        return any((who, day + timedelta(days=offset)) in self.off for offset in range(touched))

    def _is_novice(self, who: str) -> bool:
        """Judged for the whole period by its first day."""
        joined = self.book.people[who].joined
        if joined is None:
            return False
        months = (self.order.first.year - joined.year) * 12 + self.order.first.month - joined.month
        return months - (self.order.first.day < joined.day) < self.book.policy.novice_months

    def _present(self) -> dict[tuple[date, str], list[bool]]:
        present: dict[tuple[date, str], list[bool]] = defaultdict(list)
        for duty in self.fixed:
            present[duty.day, duty.shift].append(self.novices.get(duty.person, False))
        return present

    def _pairs(self) -> tuple[CorePair, ...]:
        number = {who: at for at, who in enumerate(self.people)}
        return tuple(
            (number[pair.one], number[pair.other], pair.kind is PairKind.TOGETHER, self.order.weights.company)
            for pair in self.book.pairs
            if pair.one in number and pair.other in number
        )
