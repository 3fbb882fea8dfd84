"""The cheapest ways to make an impossible month possible, each solved anew with it and audited before it is offered.

A way is of one kind: leave moved or taken back, people lent, exceptions authorised, seats left open, somebody trained
or hired. Of each kind the fewest steps are sought by the same exact programme as the clash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta

from roster.people import Absence, AbsenceKind, Employment, Qualification
from roster.plan import Book, Duty
from roster.planning.best_month import roster_of
from roster.planning.explain import Explanation
from roster.planning.fix import Fix, FixKind, Step, permit
from roster.planning.fix_hire import Hiring
from roster.planning.guarded import Element, ElementKind, Guarded
from roster.planning.timer import Timer
from roster.policy import Strength
from roster.rules.rulebook import BY_CODE

MOVED_DAYS = 7
MOVABLE = frozenset({AbsenceKind.LEAVE, AbsenceKind.TRAINING, AbsenceKind.OWED_REST})


def fixes(
    book: Book,
    team: str,
    first: date,
    days: int,
    why: Explanation,
    *,
    clock: Callable[[], float],
    seconds: float = 10.0,
    elsewhere: Iterable[Duty] = (),
) -> tuple[Fix, ...]:
    """Ways out of an impossible month, cheapest first; none is offered that does not solve it."""
    if not why.impossible:
        return ()
    fixer = _Fixer(book, team, first, days, why, tuple(elsewhere), Timer(clock, seconds))
    found: list[Fix] = []
    for way in (fixer.leave_open, fixer.leaves, fixer.lend, fixer.authorise, fixer.qualify, fixer.hire):
        if fixer.timer.over:
            break
        fix = way()
        if fix is not None:
            found.append(fix)
    return tuple(sorted(found, key=lambda fix: (fix.cost, fix.kind)))


class _Fixer(Hiring):
    """One way for each kind of fix."""

    def leave_open(self) -> Fix | None:
        """The fewest seats that have to stay empty, with an authorisation for the team on those days."""
        filled = Counter((d.day, d.shift, d.seat) for d in self.why.roster.duties)
        empty = [
            seat
            for place in self.frame.places
            if place.required
            for seat in place.seats
            if not filled[seat.day, seat.shift, seat.key]
        ]
        steps = [
            Step(FixKind.LEAVE_OPEN, role=s.role, seat=s.key, shift=s.shift, team=s.team, days=(s.day,))
            for s in empty
        ]
        permits = [permit("seat_unfilled", "", self.team, day) for day in sorted({s.day for s in empty})]
        book = replace(self.book, authorisations=(*self.book.authorisations, *permits))
        return self._fix(FixKind.LEAVE_OPEN, steps, book, self.why.roster, len(steps))

    def leaves(self) -> Fix | None:
        """The fewest absences that stand in the way; a single one is moved by as few days as do, else taken back."""
        mine = {p.code for p in self.frame.people[: self.frame.own]}
        movable = {a.code: a for a in self.book.absences if a.kind in MOVABLE and a.person in mine}
        loose = [Element(ElementKind.ABSENCE, a.code, a.person) for a in movable.values()]
        if not any(e.kind is ElementKind.ABSENCE for e in self.elements):
            return None
        whole = Guarded(self.frame, self.required, elastic=False, loose=loose)
        pairs = self._fewest(whole, dict.fromkeys(whole.broken.values(), 1.0))
        if pairs is None:
            return None
        broken = [movable[e.code] for e, column in whole.broken.items() if self.values[column] > 0.5]
        if len(broken) == 1:
            moved = self._moved(broken[0])
            if moved is not None:
                return moved
        steps = [Step(FixKind.TAKE_BACK_LEAVE, person=a.person, days=self._days_of(a)) for a in broken]
        book = replace(self.book, absences=tuple(a for a in self.book.absences if a not in broken))
        return self._fix(FixKind.TAKE_BACK_LEAVE, steps, book, roster_of(self.frame, pairs), len(steps))

    def _moved(self, absence: Absence) -> Fix | None:
        for distance in range(1, MOVED_DAYS + 1):
            for by_days in (distance, -distance):
                if self.timer.over:
                    return None
                shift = timedelta(days=by_days)
                moved = replace(absence, starts=absence.starts + shift, ends=absence.ends + shift)
                others = tuple(a for a in self.book.absences if a is not absence)
                book = replace(self.book, absences=(*others, moved))
                roster = self._solved(book) if self._helps(book) else None
                if roster is not None:
                    step = Step(
                        FixKind.MOVE_LEAVE,
                        person=absence.person,
                        days=self._days_of(absence),
                        by_days=by_days,
                    )
                    return self._fix(FixKind.MOVE_LEAVE, [step], book, roster, distance)
        return None

    def _helps(self, book: Book) -> bool:
        """Whether the clash itself is gone: quicker to see than the whole month."""
        part = Guarded(self._frame(book), self.demanded, elastic=False)
        return part.holds(part.elements, self.timer.left) is not False

    def _days_of(self, absence: Absence) -> tuple[date, ...]:
        zone = self.book.time_zone
        last = (absence.ends - timedelta(minutes=1)).astimezone(zone).date()
        return absence.starts.astimezone(zone).date(), last

    def lend(self) -> Fix | None:
        """Fewest duties by people of teams that lend, on seats like those of the clash."""
        frame = self.frame
        more = [
            (person, place)
            for place in self.alike
            for person in range(frame.own, len(frame.people))
            if self._may_come(person, place)
        ]
        if not more:
            return None
        whole = Guarded(frame, self.required, elastic=False, more=more)
        costs = {whole.seat[pair]: 1.0 for pair in more}
        for person in {person for person, _ in more}:  # the same person twice rather than two people
            flag = whole.programme.column()
            costs[flag] = 2.0
            for pair in more:
                if pair[0] == person:
                    whole.programme.row([flag, whole.seat[pair]], [1.0, -1.0], lower=0.0)
        pairs = self._fewest(whole, costs)
        if pairs is None:
            return None
        lent = sorted(pair for pair in pairs if pair[0] >= frame.own)
        steps = []
        for person in sorted({person for person, _ in lent}):
            places = [frame.places[place] for who, place in lent if who == person]
            days = tuple(frame.turns[place.turn].day for place in places)
            one = frame.people[person]
            steps.append(
                Step(FixKind.LEND, person=one.code, role=places[0].role, team=one.home_team, days=days)
            )
        return self._fix(FixKind.LEND, steps, self.book, roster_of(frame, pairs), len(lent))

    def _may_come(self, person: int, place: int) -> bool:
        frame = self.frame
        one, who = frame.places[place], frame.people[person]
        turn = frame.turns[one.turn]
        return frame.belongs(person, turn) and frame.fits(who, one) and not frame.absences_at(who.code, turn)

    def authorise(self) -> Fix | None:
        """Exceptions from overridable rules, for the fewest people; then for the days on which they are needed."""
        codes = {e.code for e in self.elements if e.kind is ElementKind.RULE and self._overridable(e.code)}
        if not codes:
            return None
        probe = Guarded(self.frame, self.required, elastic=False)
        loose = [e for e in probe.elements if e.kind is ElementKind.RULE and e.code in codes]
        whole = Guarded(self.frame, self.required, elastic=False, loose=loose)
        pairs = self._fewest(whole, dict.fromkeys(whole.broken.values(), 1.0))
        if pairs is None:
            return None
        roster = roster_of(self.frame, pairs)
        faults = [v for v in self._faults(self.book, roster) if v.rule in codes]
        permits = [permit(v.rule, v.person, "", v.days[-1], self.first, v.days) for v in faults]
        steps = [Step(FixKind.AUTHORISE, person=v.person, rule=v.rule, days=v.days) for v in faults]
        book = replace(self.book, authorisations=(*self.book.authorisations, *permits))
        return self._fix(FixKind.AUTHORISE, steps, book, roster, len(steps))

    def _overridable(self, rule: str) -> bool:
        known = BY_CODE.get(rule)
        return (
            known is not None and self.book.policy.strengths.get(rule, known.strength) is Strength.OVERRIDABLE
        )

    def qualify(self) -> Fix | None:
        """The fewest own people who, with what the seats of the clash need, make it possible."""
        frame = self.frame
        more, needs = [], {}
        for place in self.alike:
            one = frame.places[place]
            for person in range(frame.own):
                who = frame.people[person]
                missing = frozenset(code for code in one.needs if not who.holds(code, self.first))
                if (
                    missing
                    and frame.belongs(person, frame.turns[one.turn])
                    and who.employment is not Employment.VOLUNTEER
                ):
                    more.append((person, place))
                    needs[person, place] = missing
        if not more:
            return None
        whole = Guarded(frame, self.required, elastic=False, more=more)
        learners: dict[tuple[int, frozenset[str]], int] = {}
        costs: dict[int, float] = {}
        for (person, place), missing in needs.items():
            flag = learners.setdefault((person, missing), whole.programme.columns)
            if flag == whole.programme.columns:
                whole.programme.column()
                costs[flag] = 1.0
            whole.programme.row([flag, whole.seat[person, place]], [1.0, -1.0], lower=0.0)
        pairs = self._fewest(whole, costs)
        if pairs is None:
            return None
        people = dict(self.book.people)
        steps = []
        for (person, missing), flag in sorted(
            learners.items(), key=lambda item: (item[0][0], sorted(item[0][1]))
        ):
            if self.values[flag] > 0.5:
                who = people[frame.people[person].code]
                learnt = tuple(Qualification(code) for code in sorted(missing))
                people[who.code] = replace(who, qualifications=(*who.qualifications, *learnt))
                steps += [Step(FixKind.QUALIFY, person=who.code, role=code) for code in sorted(missing)]
        return self._fix(
            FixKind.QUALIFY, steps, replace(self.book, people=people), roster_of(frame, pairs), len(steps)
        )
