"""A team's month as the solving core's problem, and the way back from its choices to duties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from roster.plan import Book, Duty
from roster.shifts import Seat
from roster.solving.problem import FORBIDDEN, OFF, Problem

FIXED = -1
"""In place of a post: duties that are fixed and fill no open seat."""

CorePair = tuple[int, int, bool, int]
"""One and another of the people, whether they belong together (or apart), and the price of a shift against it."""
Row = tuple[int, ...]
Post = tuple[str, tuple[str, ...]]
"""Shift and needs: seats alike but for their names."""
Place = tuple[int, int]
"""Day (offset) and post."""


@dataclass(frozen=True, slots=True, eq=False)
class TeamProblem:
    """`people[i]` is the core's i-th person, `borrowed` those of other teams. `seats` are the open seats of a post on
    a day, the most important first; seats under fixed duties are not among them. `posts` are (shift, needs)."""

    book: Book
    team: str
    first: date
    days: int
    people: tuple[str, ...]
    problem: Problem
    posts: tuple[Post, ...]
    seats: Mapping[Place, tuple[Seat, ...]]
    fixed: tuple[Duty, ...]
    """The team's own duties that are not moved: pinned, or on frozen days."""
    pairs: tuple[CorePair, ...]
    lenders: Mapping[str, str]
    """Guests and the team that lends each."""

    def day_of(self, offset: int) -> date:
        return self.first + timedelta(days=offset)

    def seat_post(self, option: int) -> int | None:
        """The post of the seat that an option fills; None for fixed duties."""
        posts = self.problem.options[option].posts
        return posts[0] if posts else None

    def duties_of(self, choices: Sequence[Sequence[int]]) -> tuple[Duty, ...]:
        """Fixed duties and those chosen: seats of a post are alike, the most important are filled first. Who would
        be one too many on a post stays free."""
        taken: dict[Place, int] = {}
        duties = list(self.fixed)
        for person, row in zip(self.people, choices, strict=True):
            for day, option in enumerate(row):
                post = self.seat_post(option) if option != OFF else None
                if post is None:
                    continue
                place = taken.get((day, post), 0)
                seats = self.seats.get((day, post), ())
                if place < len(seats):
                    taken[day, post] = place + 1
                    seat = seats[place]
                    lender = self.lenders.get(person, "")
                    duties.append(
                        Duty(seat.day, self.team, seat.shift, seat.key, person, borrowed_from=lender)
                    )
        return tuple(sorted(duties))

    def choices_of(self, duties: Iterable[Duty]) -> tuple[Row, ...]:
        """The rows of a roster; duties that the problem does not allow are left out, fixed ones are put in."""
        rows = [[OFF] * self.days for _ in self.people]
        number = {who: at for at, who in enumerate(self.people)}
        for at, person in enumerate(self.problem.people):
            for day in range(self.days):
                if person.off_costs[day] >= FORBIDDEN:
                    rows[at][day] = int(person.costs[day].argmin())
        needs = {(s.day, s.shift, s.key): s for found in self.seats.values() for s in found}
        for duty in sorted(duties):
            seat, who = needs.get((duty.day, duty.shift, duty.seat)), number.get(duty.person)
            if seat is None or who is None or duty.team != self.team:
                continue
            day = (duty.day - self.first).days
            if rows[who][day] != OFF:
                continue
            costs = self.problem.people[who].costs[day]
            fitting = [
                option
                for option in range(len(self.problem.options))
                if costs[option] < FORBIDDEN
                and (post := self.seat_post(option)) is not None
                and self.posts[post] == (seat.shift, seat.needs)
            ]
            if fitting:
                rows[who][day] = min(fitting, key=lambda option: int(costs[option]))
        return tuple(tuple(row) for row in rows)
