"""When duties are: minutes on one straight time line, and which days, nights and weekends a duty touches."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from roster.plan import Book
from roster.shifts import RotationKind, ShiftType

UTC = ZoneInfo("UTC")
DAY_MINUTES = 24 * 60


@dataclass(frozen=True, slots=True)
class Span:
    """A shift on a day, in minutes since 1970 (UTC), with the rest that has to follow it."""

    starts: int
    ends: int
    rest: int


@dataclass(slots=True)
class Spans:
    """The spans of a book's shifts; each is worked out once."""

    book: Book
    _known: dict[tuple[date, str], Span] = field(default_factory=dict)
    _last: dict[tuple[date, str], date] = field(default_factory=dict)

    def of(self, day: date, shift: str) -> Span:
        found = self._known.get((day, shift))
        if found is None:
            starts, ends = self.book.span(day, shift)
            kind = self.book.shifts[shift]
            rest = max(kind.rest_after_minutes, self.book.policy.minimum_rest_minutes)
            found = self._known[day, shift] = Span(minute_of(starts), minute_of(ends), rest)
        return found

    def last_day(self, day: date, shift: str) -> date:
        """The local day of the last minute of a duty: its qualifications have to be valid until then."""
        found = self._last.get((day, shift))
        if found is None:
            _, ends = self.book.span(day, shift)
            found = (ends - timedelta(minutes=1)).astimezone(self.book.time_zone).date()
            self._last[day, shift] = found
        return found

    def weekend_days(self, day: date, shift: str) -> list[date]:
        """The free Saturdays and Sundays that a duty touches."""
        length = (self.last_day(day, shift) - day).days + 1
        touched = (day + timedelta(days=offset) for offset in range(length))
        return [at for at in touched if self.book.calendar.is_weekend(at)]


def minute_of(at: datetime) -> int:
    return int(at.timestamp() // 60)


def midnight(book: Book, day: date) -> int:
    """The minute on which a local day begins."""
    return minute_of(datetime.combine(day, time(), book.time_zone))


def week_of(day: date) -> date:
    """The Monday of the week, by which weeks and weekends are named."""
    return day - timedelta(days=day.weekday())


def lives_in(shift: ShiftType) -> bool:
    """Rest lies inside the duty: the same shift may follow at once, for as many days as the policy allows."""
    return shift.rest_after_minutes == 0


def is_living_in(book: Book, team: str) -> bool:
    return book.rotations[book.teams[team].rotation].kind is RotationKind.LIVING_IN


def counted_minutes(book: Book, team: str, shift: str) -> int:
    """Time present × the team's 在岗计时系数, half a minute rounded up."""
    return int(book.shifts[shift].minutes * book.teams[team].counted_share + 0.5)
