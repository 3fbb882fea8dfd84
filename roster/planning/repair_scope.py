"""What a repair may move: which person may come to which place, in the narrow scope, the wide one, or near by."""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

from roster.planning.repair_case import DAY_MINUTES, Nearness, RepairCase
from roster.planning.repair_goals import Demand

GIVE_BACK_DAYS = 14
"""How soon time is given back: later ones are planned with the next month's debts."""


class Scope(Enum):
    NARROW = "narrow"
    WIDE = "wide"


class Moves:
    """Every move that a scope and a demand leave open."""

    def __init__(
        self, case: RepairCase, scope: Scope, demand: Demand, radius_days: int | None = None
    ) -> None:
        """`radius_days`: in the wide scope, only so many days around what fell open."""
        self.case, self.demand, self.radius_days = case, demand, radius_days
        self.wide = scope is Scope.WIDE
        self.released = {case.frame.places[place].turn for place in case.opened}
        self.days = sorted({case.frame.turns[turn].day for turn in self.released})

    def moves(self) -> Iterable[tuple[int, int]]:
        """(Person, place) by turn, those who sit there among them."""
        case, frame, released = self.case, self.case.frame, self.released
        everywhere = self.wide or self.demand.give_back
        for turn in range(len(frame.turns)) if everywhere else sorted(released):
            places = frame.places_of.get(turn, ())
            near = case.nearness(turn)
            if not places or (near is Nearness.PAST and turn not in released):
                continue
            if turn not in released and not self._is_in_scope(turn, near):
                continue
            on_turn = {p for place in places for p in range(len(frame.people)) if (p, place) in case.held}
            for person in range(len(frame.people)):
                here = person in on_turn
                if not (here or self._may_come(person, turn, near)):
                    continue
                for place in places:
                    if (person, place) in case.held or frame.fits(frame.people[person], frame.places[place]):
                        yield person, place

    def _is_in_scope(self, turn: int, near: Nearness) -> bool:
        if not self.wide:
            return self._may_be_given_back(turn, near)
        day = self.case.frame.turns[turn].day
        return self.radius_days is None or any(abs((day - one).days) <= self.radius_days for one in self.days)

    def _may_be_given_back(self, turn: int, near: Nearness) -> bool:
        """A duty soon after the absence, to which the absent can come."""
        case, frame = self.case, self.case.frame
        last = max(frame.turns[frame.places[place].turn].starts for place in case.opened)
        if near is not Nearness.FREE or frame.turns[turn].starts > last + GIVE_BACK_DAYS * DAY_MINUTES:
            return False
        return any(self._may_come(person, turn, near) for person in case.absent)

    def _may_come(self, person: int, turn: int, near: Nearness) -> bool:
        demand, frame, released = self.demand, self.case.frame, self.released
        if demand.give_back and not self.wide and turn not in released and person not in self.case.absent:
            return False  # given back is to the absent: they take a later duty of whoever stood in for them
        if person in demand.spare or demand.nobody_called or (demand.no_asks and near is not Nearness.FREE):
            return False
        if person >= frame.own and (not demand.lent or turn not in released):
            return False
        one = frame.turns[turn]
        if turn in frame.outside.get(frame.people[person].code, ()):
            return False
        return frame.belongs(person, one) and not frame.absences_at(frame.people[person].code, one)
