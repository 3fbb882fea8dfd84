"""Trying a way out of an impossible month: solve it anew by the same exact programme, then let the checker audit it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import numpy as np

from roster.plan import Book, Duty, Roster
from roster.planning.best_month import best_month
from roster.planning.explain import Explanation
from roster.planning.fix import PRICES, Fix, FixKind, Step
from roster.planning.frame import Frame, frame_of
from roster.planning.guarded import ElementKind, Guarded
from roster.planning.timer import Timer
from roster.rules.check import check
from roster.rules.violation import Violation, blocking

MOST_STEPS = 12
"""What takes more is no fix but another plan."""


class Trial:
    """What every kind of fix starts from."""

    def __init__(
        self,
        book: Book,
        team: str,
        first: date,
        days: int,
        why: Explanation,
        elsewhere: Sequence[Duty],
        timer: Timer,
    ) -> None:
        self.book, self.team, self.first, self.days = book, team, first, days
        self.why, self.elsewhere, self.timer = why, elsewhere, timer
        self.frame = self._frame(book)
        self.required = [at for at, place in enumerate(self.frame.places) if place.required]
        self.elements = [element for part in why.parts for element in part.elements]
        self.demanded = sorted({e.place for e in self.elements if e.kind is ElementKind.DEMAND})
        kinds = {self._kind_of(place) for place in self.demanded}
        self.alike = [place for place in self.required if self._kind_of(place) in kinds]
        """Seats like those of the clash on every turn: it names some of the turns that are short, others follow."""

    def _kind_of(self, place: int) -> tuple[str, str, tuple[str, ...]]:
        one = self.frame.places[place]
        return one.unit, one.role, one.needs

    def _frame(self, book: Book) -> Frame:
        return frame_of(book, self.team, self.first, self.days, self.elsewhere, guards=True)

    def _faults(self, book: Book, roster: Roster) -> list[Violation]:
        """What forbids publishing the team's roster."""
        everywhere = replace(
            roster,
            teams=tuple(sorted({*roster.teams, *(duty.team for duty in self.elsewhere)})),
            duties=tuple(sorted((*roster.duties, *self.elsewhere))),
        )
        return [v for v in blocking(check(book, everywhere)) if v.team in ("", self.team)]

    def _fix(
        self, kind: FixKind, steps: Sequence[Step], book: Book, roster: Roster, count: int
    ) -> Fix | None:
        if not 0 < len(steps) <= MOST_STEPS or self._faults(book, roster):
            return None
        return Fix(kind, tuple(steps), PRICES[kind] * count, book, roster)

    def _solved(self, book: Book) -> Roster | None:
        frame = self._frame(book)
        required = [at for at, place in enumerate(frame.places) if place.required]
        short, roster, _ = best_month(Guarded(frame, required, elastic=True), self.timer.left)
        return roster if short == 0 else None

    def _fewest(self, whole: Guarded, costs: dict[int, float]) -> list[tuple[int, int]] | None:
        """Who sits where at the least cost with every seat filled; None if that cannot be (or not in the time)."""
        prices = np.zeros(whole.programme.columns)
        prices[list(costs)] = list(costs.values())
        answer = whole.programme.minimise(prices, seconds=self.timer.left)
        if answer.values is None:
            return None
        self.values = answer.values
        return [pair for pair, column in whole.seat.items() if answer.values[column] > 0.5]
