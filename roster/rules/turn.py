"""A duty laid on the time line: from and until which minute, on which days, and how much of it counts as work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from roster.plan import Book, Duty
from roster.shifts import ShiftType

DAY_MINUTES = 24 * 60
Whole = tuple[int, int, tuple[date, ...]]
"""A shift on a day: from and until which minute, and the days that it touches."""
UTC = ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Turn:
    """`starts` and `ends` are minutes since 1970 in UTC, so that a night on which the clock is changed is as long as
    it is. `touches`: the local days on which any of it lies. `served`: it is history, which nobody can change."""

    duty: Duty
    shift: ShiftType
    starts: int
    ends: int
    touches: tuple[date, ...]
    counted_minutes: int
    served: bool

    @property
    def lives_in(self) -> bool:
        """驻勤 and duty rooms: the rest lies inside the turn, the next may follow at once."""
        return self.shift.rest_after_minutes == 0

    @property
    def minutes(self) -> int:
        return self.ends - self.starts


def minute_of(instant: datetime) -> int:
    """Whole minutes since 1970 (UTC), rounded down."""
    return int(instant.timestamp()) // 60


def minute_after(instant: datetime) -> int:
    """The same, rounded up: for ends."""
    return -(-int(instant.timestamp()) // 60)


def midnight(day: date, zone: ZoneInfo) -> int:
    """The minute on which a local day begins."""
    return minute_of(datetime(day.year, day.month, day.day, tzinfo=zone))


def counted(minutes: int, share: float) -> int:
    """在岗计时系数: the part of the time present that counts as work, half minutes rounded up."""
    return int(minutes * share + 0.5)


def lay(book: Book, duty: Duty, served: bool = False, whole: Whole | None = None) -> Turn:
    """`whole`: the shift's span, where it is known already. Raises KeyError for a shift or team not in the book."""
    starts, ends, touches = whole or whole_of(book, duty.day, duty.shift)
    if duty.late_minutes or duty.early_minutes:
        starts, ends = starts + duty.late_minutes, ends - duty.early_minutes
        touches = days_touched(book, starts, ends)
    share = book.teams[duty.team].counted_share
    return Turn(duty, book.shifts[duty.shift], starts, ends, touches, counted(ends - starts, share), served)


def whole_of(book: Book, day: date, shift: str) -> Whole:
    starts, ends = (minute_of(t) for t in book.span(day, shift))
    return starts, ends, days_touched(book, starts, ends)


def days_touched(book: Book, starts: int, ends: int) -> tuple[date, ...]:
    """A turn that ends at midnight does not touch the day that begins there."""
    zone = book.time_zone
    first = datetime.fromtimestamp(starts * 60, zone).date()
    last = datetime.fromtimestamp(max(ends - 1, starts) * 60, zone).date()
    return tuple(first + timedelta(days=n) for n in range((last - first).days + 1))
