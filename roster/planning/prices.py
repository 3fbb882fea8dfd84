"""What is preferred, as prices by day: requests, the rotation's turns, the roster given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from roster.plan import Book, Duty
from roster.planning.rotation import rotation_turns
from roster.planning.weights import Weights


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a team's day-by-day prices are made of."""

    turns: Mapping[str, Mapping[date, str]]
    rotates: frozenset[str]
    requests: Mapping[tuple[str, date], tuple[tuple[str | None, bool, int], ...]]
    current: Mapping[tuple[str, date], Duty] | None
    weights: Weights

    def of_duty(self, person: str, day: date, shift: str) -> int:
        """What serving this shift costs."""
        price = 0
        for wish, wanted, weight in self.requests.get((person, day), ()):
            matches = wish is None or wish == shift
            price += weight * self.weights.requested if matches != wanted else 0
        if person in self.rotates:
            turn = self.turns.get(person, {}).get(day)
            price += 0 if turn == shift else self.weights.rotation
        if self.current is not None:
            had = self.current.get((person, day))
            price += 0 if had is not None and had.shift == shift else self.weights.changed
        return price

    def of_rest(self, person: str, day: date) -> int:
        """What a day off costs."""
        price = 0
        for _, wanted, weight in self.requests.get((person, day), ()):
            price += weight * self.weights.requested if wanted else 0
        if person in self.rotates and day in self.turns.get(person, {}):
            price += self.weights.rotation
        if self.current is not None and (person, day) in self.current:
            price += self.weights.changed
        return price


def wishes_of(
    book: Book, team: str, first: date, days: int, current: Sequence[Duty] | None, weights: Weights
) -> Wishes:
    turns = rotation_turns(book, team, first, days)
    requests: dict[tuple[str, date], list[tuple[str | None, bool, int]]] = {}
    for request in book.requests:
        requests.setdefault((request.person, request.day), []).append(
            (request.shift, request.wanted, request.weight)
        )
    held = None
    if current is not None:
        held = {(duty.person, duty.day): duty for duty in current if duty.team == team}
    rotating = frozenset(person for person, letters in turns.items() if letters)
    return Wishes(turns, rotating, {at: tuple(found) for at, found in requests.items()}, held, weights)
