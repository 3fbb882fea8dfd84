"""More people as a way out of an impossible month: a few who can do everything, or as many of each kind as lack."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from roster.people import Employment, Membership, Person, Qualification
from roster.plan import Roster
from roster.planning.best_month import best_month, roster_of
from roster.planning.fix import Fix, FixKind, Step
from roster.planning.fix_trial import Trial
from roster.planning.frame import Frame
from roster.planning.guarded import Guarded

Needs = tuple[str, ...]
MOST_HIRED = 5
MOST_HIRED_AT_ALL = 60
"""What takes more people than that is another team, not a way out for this one."""


class Hiring(Trial):
    """The fewest of one kind, exactly; many of several, by trying."""

    def hire(self) -> Fix | None:
        """The fewest more people with all that the seats of the clash need."""
        codes = sorted({code for place in self.demanded for code in self.frame.places[place].needs})
        roles = sorted({self.frame.places[place].role for place in self.demanded})
        held = tuple(Qualification(one) for one in codes)
        new = [
            Person(f"new-{n}", f"new-{n}", Employment.CONTRACT, (Membership(self.team),), held)
            for n in range(1, MOST_HIRED + 1)
        ]
        book = replace(self.book, people={**self.book.people, **{one.code: one for one in new}})
        frame = self._frame(book)
        required = [at for at, place in enumerate(frame.places) if place.required]
        whole = Guarded(frame, required, elastic=False)
        names = {frame.people[at].code: at for at in range(frame.own)}
        costs: dict[int, float] = {}
        flags = [whole.programme.column() for _ in new]
        for one, flag in zip(new, flags, strict=True):
            costs[flag] = 1.0
            for (person, _), column in whole.seat.items():
                if person == names[one.code]:
                    whole.programme.row([flag, column], [1.0, -1.0], lower=0.0)
        for earlier, later in pairwise(flags):  # all alike: the first ones first
            whole.programme.row([earlier, later], [1.0, -1.0], lower=0.0)
        pairs = self._fewest(whole, costs)
        if pairs is None:
            return self.hire_many()
        used = [one for one, flag in zip(new, flags, strict=True) if self.values[flag] > 0.5]
        people = {**self.book.people, **{one.code: one for one in used}}
        steps = [Step(FixKind.HIRE, person=one.code, role=", ".join(roles), team=self.team) for one in used]
        roster = roster_of(frame, pairs)
        return self._fix(FixKind.HIRE, steps, replace(self.book, people=people), roster, len(steps))

    def hire_many(self) -> Fix | None:
        """As many more people, each with what one kind of seat needs, as fill what stays empty: too many are short for
        a few who can do everything. Counted by what one of them can serve, and raised until the month is full."""
        hired: Counter[Needs] = Counter()
        roster, book = self.why.roster, self.book
        short = self._short(self.frame, roster)
        while short and not self.timer.over and hired.total() < MOST_HIRED_AT_ALL:
            for needs, count in sorted(short.items()):
                serves = self._serves(needs)
                if not serves:
                    return None
                hired[needs] += -(-count // serves)
            new = [_newcomer(self.team, needs, n) for needs in sorted(hired) for n in range(hired[needs])]
            book = replace(self.book, people={**self.book.people, **{one.code: one for one in new}})
            frame = self._frame(book)
            required = [at for at, place in enumerate(frame.places) if place.required]
            whole = Guarded(frame, required, elastic=True)
            _, roster, _ = best_month(whole, self.timer.left / 2, roster)
            short = self._short(frame, roster)
        if short or not hired:
            return None
        serving = {duty.person for duty in roster.duties}
        people = {
            code: one for code, one in book.people.items() if code in self.book.people or code in serving
        }
        steps = []
        for needs in sorted(hired):
            count = sum(_newcomer(self.team, needs, n).code in serving for n in range(hired[needs]))
            # What is needed says more than the role: a driver of ladders is not one of light engines.
            roles = sorted(needs or {p.role for p in self.frame.places if p.required and not p.needs})
            if count:
                steps.append(Step(FixKind.HIRE, role=", ".join(roles), team=self.team, people=count))
        count = sum(step.people for step in steps)
        return self._fix(FixKind.HIRE, steps, replace(self.book, people=people), roster, count)

    def _short(self, frame: Frame, roster: Roster) -> Counter[Needs]:
        """How many required seats stay empty, by what they need."""
        filled = {(duty.day, duty.shift, duty.seat) for duty in roster.duties}
        return Counter(
            place.needs
            for place in frame.places
            if place.required
            for seat in place.seats
            if (seat.day, seat.shift, seat.key) not in filled
        )

    def _serves(self, needs: Needs) -> int:
        """How many seats one such person can serve in the month by the rules."""
        alone = _newcomer(self.team, needs, 0)
        frame = self._frame(replace(self.book, people={alone.code: alone}, pairs=()))
        required = [at for at, place in enumerate(frame.places) if place.required]
        _, roster, _ = best_month(Guarded(frame, required, elastic=True), self.timer.left / 2)
        return len(roster.duties)


def _newcomer(team: str, needs: Needs, number: int) -> Person:
    code = f"new-{'-'.join(needs)}-{number + 1}"
    held = tuple(Qualification(one) for one in needs)
    return Person(code, code, Employment.CONTRACT, (Membership(team),), held)
