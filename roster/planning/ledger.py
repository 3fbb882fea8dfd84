"""Who does what so far, and whether one more duty is allowed: the planner's own quick test, duty by duty.

It shares nothing with the independent checker in `roster.rules`, which audits what is planned here.
"""

from __future__ import annotations

from bisect import insort
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from roster.people import Person
from roster.plan import Book, Duty
from roster.planning.limits import Limits, lifted, limits_of
from roster.planning.spans import Spans, counted_minutes, lives_in, minute_of, week_of
from roster.shifts import Seat

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Worked:
    """A duty on the time line."""

    starts: int
    ends: int
    rest: int
    day: date
    shift: str
    team: str
    counted: int
    night: bool
    living_in: bool


@dataclass(slots=True)
class Ledger:
    """Duties by person, from before the period to its end. `first` and `days` are the period that is planned."""

    book: Book
    first: date
    days: int
    spans: Spans
    _worked: defaultdict[str, list[Worked]] = field(default_factory=lambda: defaultdict(list))
    _away: dict[str, list[tuple[int, int]]] = field(default_factory=dict)
    _limits: dict[tuple[str, str], Limits] = field(default_factory=dict)
    _fits: dict[tuple[str, tuple[str, ...], date, str], bool] = field(default_factory=dict)

    @classmethod
    def opened(cls, book: Book, first: date, days: int, duties: Iterable[Duty] = ()) -> Ledger:
        """With the book's history and whatever is already fixed."""
        ledger = cls(book, first, days, Spans(book))
        for absence in book.absences:
            span = (minute_of(absence.starts), minute_of(absence.ends))
            ledger._away.setdefault(absence.person, []).append(span)
        for duty in (*book.history, *duties):
            ledger.add(duty.person, duty.team, duty.day, duty.shift)
        return ledger

    def add(self, person: str, team: str, day: date, shift: str) -> None:
        insort(self._worked[person], self._worked_of(team, day, shift))

    def remove(self, person: str, team: str, day: date, shift: str) -> None:
        self._worked[person].remove(self._worked_of(team, day, shift))

    def duties_of(self, person: str) -> list[Worked]:
        """All duties known of a person, in order."""
        return self._worked[person]

    def load(self, person: str) -> tuple[int, int]:
        """Counted minutes and nights in the period."""
        inside = [w for w in self._worked[person] if self.first <= w.day]
        return sum(w.counted for w in inside), sum(w.night for w in inside)

    def fits(self, person: str, seat: Seat) -> bool:
        """Whether a person holds all that a seat needs, on every day the duty touches."""
        place = (person, seat.needs, seat.day, seat.shift)
        found = self._fits.get(place)
        if found is None:
            who = self.book.people[person]
            until = self.spans.last_day(seat.day, seat.shift)
            found = all(who.holds(code, seat.day) and who.holds(code, until) for code in seat.needs)
            self._fits[place] = found
        return found

    def is_away(self, person: str, day: date, shift: str) -> bool:
        span = self.spans.of(day, shift)
        return any(starts < span.ends and span.starts < ends for starts, ends in self._away.get(person, ()))

    def permits(self, person: Person, team: str, day: date, shift: str) -> bool:
        """Whether one more duty breaks no rule that binds, membership and seat left aside."""
        if self.is_away(person.code, day, shift):
            return False
        limits = self._limits_of(person, team)
        new = self._worked_of(team, day, shift)
        known = self._worked[person.code]
        return (
            self._rests(person.code, known, new)
            and self._keeps_runs(person.code, known, new, limits)
            and self._keeps_hours(person.code, known, new, limits)
        )

    def rests_before_later(self, person: str, team: str, day: date, shift: str) -> bool:
        """Whether it leaves enough rest before what is fixed after the period."""
        beyond = self.first + timedelta(days=self.days)
        later = [worked for worked in self._worked[person] if worked.day >= beyond]
        return not later or self._rests(person, later, self._worked_of(team, day, shift))

    def _rests(self, person: str, known: list[Worked], new: Worked) -> bool:
        near = (w for w in known if w.starts < new.ends + 8 * 1440 and new.starts < w.ends + 8 * 1440)
        for other in near:
            before, after = (
                (other, new) if (other.starts, other.ends) <= (new.starts, new.ends) else (new, other)
            )
            if after.starts < before.ends or after.day == before.day:
                return False
            chained = before.living_in and before.shift == after.shift
            tired = not chained and after.starts < before.ends + before.rest
            if tired:
                return False
        return True

    def _keeps_runs(self, person: str, known: list[Worked], new: Worked, limits: Limits) -> bool:
        by_day: dict[date, list[Worked]] = defaultdict(list)
        for worked in (*known, new):
            by_day[worked.day].append(worked)
        run, all_living = self._run(by_day, new.day, lambda worked: True)
        longest = limits.living_in_run_days if all_living else limits.run_days
        if longest is not None and run > longest and not lifted(self.book, "longest_run", person, new.day):
            return False
        if new.night and limits.nights is not None and not new.living_in:
            nights, _ = self._run(by_day, new.day, lambda worked: worked.night)
            if nights > limits.nights and not lifted(self.book, "nights", person, new.day):
                return False
        return True

    @staticmethod
    def _run(
        by_day: dict[date, list[Worked]], day: date, counts: Callable[[Worked], bool]
    ) -> tuple[int, bool]:
        length, living = 1, all(w.living_in for w in by_day[day])
        for step in (-ONE_DAY, ONE_DAY):
            at = day + step
            while any(counts(w) for w in by_day.get(at, ())):
                length += 1
                living = living and all(w.living_in for w in by_day[at])
                at += step
        return length, living

    def _keeps_hours(self, person: str, known: list[Worked], new: Worked, limits: Limits) -> bool:
        if limits.week_minutes is not None and not lifted(self.book, "week_minutes", person, new.day):
            near = [(w.day, w.counted) for w in (*known, new) if abs((w.day - new.day).days) < 7]
            for begins in {day for day, _ in near if day <= new.day}:
                ends = begins + timedelta(days=7)
                if sum(counted for day, counted in near if begins <= day < ends) > limits.week_minutes:
                    return False
        for begins, length, most in (*limits.averages, *self._own_share(limits)):
            ends = begins + timedelta(days=length)
            total = sum(w.counted for w in (*known, new) if begins <= w.day < ends)
            inside = begins <= new.day < ends
            if inside and total > most and not lifted(self.book, "average", person, new.day):
                return False
        if limits.week_days is not None:
            week = week_of(new.day)
            if len({w.day for w in (*known, new) if week_of(w.day) == week}) > limits.week_days:
                return False
        for month, most_days in limits.months:
            if new.day in month and len({w.day for w in (*known, new)} & month) > most_days:
                return False
        inside_period = [w for w in known if self.first <= w.day < self.first + timedelta(days=self.days)]
        if limits.weekends is not None:
            touched = {
                week_of(at) for w in (*inside_period, new) for at in self.spans.weekend_days(w.day, w.shift)
            }
            return len(touched) <= limits.weekends
        return True

    def _own_share(self, limits: Limits) -> list[tuple[date, int, int]]:
        """A roster shorter than the averaging period does not use up the whole period's hours."""
        shorter = limits.averages and self.days < limits.averages[0][1]
        return (
            [(self.first, self.days, limits.averages[0][2] * self.days // limits.averages[0][1])]
            if shorter
            else []
        )

    def _limits_of(self, person: Person, team: str) -> Limits:
        key = (person.code, team)
        if key not in self._limits:
            self._limits[key] = limits_of(self.book, person, team, self.first, self.days)
        return self._limits[key]

    def _worked_of(self, team: str, day: date, shift: str) -> Worked:
        span, kind = self.spans.of(day, shift), self.book.shifts[shift]
        counted = counted_minutes(self.book, team, shift)
        return Worked(
            span.starts, span.ends, span.rest, day, shift, team, counted, kind.night, lives_in(kind)
        )
