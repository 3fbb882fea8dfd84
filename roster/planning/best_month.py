"""The fullest month of a team that its rules allow, as a roster."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from roster.plan import Duty, Roster
from roster.planning.frame import Frame
from roster.planning.guarded import Guarded
from roster.planning.linear import Outcome


def best_month(whole: Guarded, seconds: float, start: Roster | None = None) -> tuple[int, Roster, bool]:
    """The fewest required seats that stay empty, a roster with so many, and whether it is proved the fewest."""
    frame = whole.frame
    costs = np.zeros(whole.programme.columns)
    costs[list(whole.empty.values())] = 1.0
    guess = None if start is None else whole.values_of(start)
    answer = whole.programme.minimise(costs, seconds=seconds, start=guess)
    if answer.values is None:
        empty = Roster(frame.book.county, frame.first, frame.days, (frame.team,), ())
        return sum(len(p.seats) for p in frame.places if p.required), empty, False
    pairs = [pair for pair, column in whole.seat.items() if answer.values[column] > 0.5]
    return round(answer.cost), roster_of(frame, pairs), answer.outcome is Outcome.OPTIMAL


def roster_of(frame: Frame, pairs: Iterable[tuple[int, int]]) -> Roster:
    """Who sits where, as duties; alike seats are given out by name."""
    sitting: defaultdict[int, list[int]] = defaultdict(list)
    for person, place in sorted(pairs):
        sitting[place].append(person)
    duties = []
    for place, people in sitting.items():
        for person, seat in zip(people, frame.places[place].seats, strict=False):
            who = frame.people[person]
            lender = who.home_team if person >= frame.own else ""
            duties.append(Duty(seat.day, seat.team, seat.shift, seat.key, who.code, borrowed_from=lender))
    return Roster(frame.book.county, frame.first, frame.days, (frame.team,), tuple(sorted(duties)))
