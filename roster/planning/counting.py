"""Counting checks: seats against the people who can sit on them at all, turn by turn and over days in a row.

They need no search and read like what an officer would count himself. What they find is certain; what they do not find
may be impossible all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import combinations

import numpy as np

from roster.planning.frame import Frame

SPANS = (2, 3, 7)
"""Days in a row over which turns are counted, before the whole period."""
MOST = 12
"""So many are told."""
LARGEST_SET = 5
"""Of kinds of seats on a turn that are looked at together."""


@dataclass(frozen=True, slots=True)
class Count:
    """`needed` against `able`: people for a turn, duties for days in a row. `roles`: which seats; `people`: who can."""

    code: str
    first: date
    last: date
    shift: str
    roles: tuple[str, ...]
    needed: int
    able: int
    people: tuple[str, ...]


def counts(frame: Frame) -> tuple[Count, ...]:
    """What cannot be, the narrowest first: a turn, then days in a row, then the period's hours."""
    counter = _Counter(frame)
    on_turns = list(counter.turns())
    if on_turns:
        return tuple(on_turns[:MOST])
    for length in (*SPANS, frame.days):
        if length <= frame.days:
            found = list(counter.spans(length))
            if found:
                return tuple(found[:MOST])
    return ()


class _Counter:
    """Who can sit where at all, and how many of some turns one person can serve at most; each is worked out once."""

    def __init__(self, frame: Frame) -> None:
        self.frame = frame
        self.able = cache(self._able)
        self._most = cache(self._most_of)
        self._rows: dict[int, list[tuple[int, int]]] = {}

    def _able(self, place: int) -> frozenset[int]:
        """Own people who could sit there if nothing else were."""
        frame, one = self.frame, self.frame.places[place]
        turn = frame.turns[one.turn]
        return frozenset(
            at
            for at, person in enumerate(frame.people[: frame.own])
            if frame.belongs(at, turn)
            and frame.fits(person, one)
            and not frame.absences_at(person.code, turn)
            and one.turn not in frame.outside.get(person.code, ())
        )

    def turns(self) -> Iterator[Count]:
        """Sets of seats of one turn for which too few people are there (Hall's condition); the smallest sets only."""
        frame = self.frame
        for turn, places in sorted(frame.places_of.items()):
            required = [place for place in places if frame.places[place].required]
            found: list[frozenset[int]] = []
            for size in range(1, min(len(required), LARGEST_SET) + 1):
                for chosen in combinations(required, size):
                    if any(known <= set(chosen) for known in found):
                        continue
                    needed = sum(len(frame.places[place].seats) for place in chosen)
                    people = frozenset[int]().union(*(self.able(place) for place in chosen))
                    if len(people) < needed:
                        found.append(frozenset(chosen))
                        one = frame.turns[turn]
                        roles = tuple(sorted({frame.places[place].role for place in chosen}))
                        names = self._names(people)
                        yield Count("turn", one.day, one.day, one.shift, roles, needed, len(people), names)

    def spans(self, length: int) -> Iterator[Count]:
        """Duties of one role within days in a row against the most that its people can serve of them."""
        frame = self.frame
        by_role: defaultdict[tuple[str, tuple[str, ...]], list[int]] = defaultdict(list)
        for at, one in enumerate(frame.places):
            if one.required:
                by_role[one.role, one.needs].append(at)
        for (role, _), places in sorted(by_role.items()):
            for offset in range(frame.days - length + 1):
                first = frame.first + timedelta(days=offset)
                last = first + timedelta(days=length - 1)
                inside = [p for p in places if first <= frame.turns[frame.places[p].turn].day <= last]
                needed = sum(len(frame.places[place].seats) for place in inside)
                turns_of: defaultdict[int, int] = defaultdict(int)
                for place in inside:
                    for person in self.able(place):
                        turns_of[person] |= 1 << frame.places[place].turn
                most = sum(self.most_turns(person, turns) for person, turns in turns_of.items())
                if most < needed:
                    yield Count("days", first, last, "", (role,), needed, most, self._names(turns_of))

    def most_turns(self, person: int, turns: int) -> int:
        """No more than so many of these turns (bits) can one person serve: by rest alone, by any sum that is limited.
        People bound alike share the answer."""
        key = id(self.frame.limits(person))
        if key not in self._rows:
            matrix, at_most = self.frame.matrix(person)
            self._rows[key] = [
                (sum(1 << int(turn) for turn in weights.nonzero()[0]), int(most))
                for weights, most in zip(matrix, at_most, strict=True)
                if np.isfinite(most) and set(np.unique(weights)) <= {0, 1}
            ]
        return self._most(key, turns)

    def _most_of(self, key: int, turns: int) -> int:
        frame = self.frame
        chosen = [at for at in range(len(frame.turns)) if turns >> at & 1]
        if any(frame.turns[at].living_in for at in chosen):
            best = len(chosen)
        else:
            best, free_from = 0, -1
            for at in sorted(chosen, key=lambda turn: frame.turns[turn].ends + frame.turns[turn].rest):
                if frame.turns[at].starts >= free_from:
                    best, free_from = best + 1, frame.turns[at].ends + frame.turns[at].rest
        for support, most in self._rows[key]:
            inside = (support & turns).bit_count()
            if inside > most:
                best = min(best, len(chosen) - inside + most)
        return best

    def _names(self, people: Iterable[int]) -> tuple[str, ...]:
        return tuple(self.frame.people[at].code for at in sorted(people))
