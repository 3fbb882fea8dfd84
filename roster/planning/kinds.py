"""What may be worked on a day, as the solving core's kinds: a shift, or the fixed duties of another team.

A kind is told apart by what it adds to the counts: the same shift on a Friday may reach into the weekend, on a Monday
it does not; and under an authorisation it no longer counts for the rule that is lifted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

from roster.plan import Book
from roster.planning.spans import Spans, counted_minutes, lives_in, week_of
from roster.solving.problem import Kind

MOST_DAYS_BARRED = 7


@dataclass(frozen=True, slots=True)
class Work:
    """Duties that begin on one day, as (team, shift); `weekend`: they touch a free Saturday or Sunday."""

    duties: tuple[tuple[str, str], ...]
    weekend: bool
    lifted: frozenset[str] = frozenset()


@dataclass(slots=True)
class Kinds:
    """Numbers the works that come up; `kinds()` has what the core needs of them."""

    book: Book
    spans: Spans
    first: date
    days: int
    numbers: dict[Work, int] = field(default_factory=dict)

    def of(self, day: date, duties: tuple[tuple[str, str], ...], lifted: frozenset[str] = frozenset()) -> int:
        weekend = bool(self.weekends(day, duties))
        work = Work(duties, weekend, lifted)
        return self.numbers.setdefault(work, len(self.numbers))

    def weekends(self, day: date, duties: tuple[tuple[str, str], ...]) -> frozenset[date]:
        """The weekends touched, by what of them lies within the period."""
        last = self.first + timedelta(days=self.days - 1)
        touched = (at for _, shift in duties for at in self.spans.weekend_days(day, shift))
        return frozenset(week_of(at) for at in touched if self.first <= at <= last)

    @property
    def works(self) -> list[Work]:
        return list(self.numbers)

    def minutes(self, work: Work) -> int:
        """Counted minutes."""
        return sum(counted_minutes(self.book, team, shift) for team, shift in work.duties)

    def is_night(self, work: Work) -> bool:
        return any(self.book.shifts[shift].night for _, shift in work.duties)

    def is_hard_night(self, work: Work) -> bool:
        """A night that counts in a row of nights: who lives in sleeps at the station."""
        return any(
            self.book.shifts[shift].night and not lives_in(self.book.shifts[shift])
            for _, shift in work.duties
        )

    def is_living_in(self, work: Work) -> bool:
        return all(lives_in(self.book.shifts[shift]) for _, shift in work.duties)

    def kinds(self) -> tuple[Kind, ...]:
        works = self.works
        reference = self._reference_days()
        named = []
        for work in works:
            bars: list[frozenset[int]] = []
            for lag in range(1, MOST_DAYS_BARRED + 1):
                barred = frozenset(
                    number
                    for number, after in enumerate(works)
                    if any(self._barred(day, work, lag, after) for day in reference)
                )
                bars.append(barred)
            while bars and not bars[-1]:
                bars.pop()
            name = "+".join(f"{team}/{shift}" for team, shift in work.duties)
            named.append(Kind(name, self.minutes(work), tuple(bars), works="longest_run" not in work.lifted))
        return tuple(named)

    def _barred(self, day: date, work: Work, lag: int, after: Work) -> bool:
        later = day + timedelta(days=lag)
        return any(
            self._conflict(day, shift, later, following)
            for _, shift in work.duties
            for _, following in after.duties
        )

    def _conflict(self, day: date, shift: str, later: date, following: str) -> bool:
        before, after = self.spans.of(day, shift), self.spans.of(later, following)
        chained = shift == following and lives_in(self.book.shifts[shift])
        return after.starts < before.ends + (0 if chained else before.rest)

    def _reference_days(self) -> list[date]:
        """Every day if the clocks are changed in the period (bars hold for all days alike, so the worst one counts),
        otherwise one."""
        days = [self.first + timedelta(days=offset) for offset in range(-MOST_DAYS_BARRED, self.days)]
        offsets = {self._offset(day) for day in days}
        return days if len(offsets) > 1 else days[:1]

    def _offset(self, day: date) -> int:
        shift = next(iter(self.book.shifts))
        return self.spans.of(day, shift).starts - day.toordinal() * 1440
