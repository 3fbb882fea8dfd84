"""分时路况: speeds by season, weekday and hour, and which of them hold at an instant, whatever the clocks do."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from gis_data.reference import Name
from gis_data.water import read_season

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ANY_ROAD = "*"
LEAST, MOST = 0.05, 2.0  # factors beyond are a closure, or a mistake
HORIZON = timedelta(days=2)
_SPAN = re.compile(r"(\d{1,2}):(\d{2})-(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """What the usual speeds are multiplied by while it holds, by road class (`*`: the classes not listed).

    `season` as in `gis_data.water.read_season`, `days` by their three English letters, `hours` as `06:30-09:00` on the
    county's clocks; left empty: always. Hours that run over midnight belong to the day they begin on. `vehicle_classes`
    left empty: all that drive; a crew on foot keeps its pace unless it is named.
    """

    code: str
    name: Name
    factors: Mapping[str, float]
    season: str = ""
    days: tuple[str, ...] = ()
    hours: tuple[str, ...] = ()
    vehicle_classes: tuple[str, ...] = field(default=())
    status: str = ""
    source: str = ""

    def means(self, vehicle_class: str, *, on_foot: bool) -> bool:
        return vehicle_class in self.vehicle_classes if self.vehicle_classes else not on_foot

    def factor(self, road_class: str) -> float:
        return self.factors.get(road_class, self.factors.get(ANY_ROAD, 1.0))

    @property
    def digest(self) -> str:
        """Names the speeds themselves, so that a decision can be made again with the same."""
        said = (self.code, sorted(self.factors.items()), sorted(self.vehicle_classes))
        return sha256(repr(said).encode()).hexdigest()[:16]

    def holds(self, wall: datetime) -> bool:
        """On the county's clocks. A profile whose hours, days or season nobody understands never holds."""
        spans = [read_hours(text) for text in self.hours] or [(0, 1440)]
        season = read_season(self.season) if self.season else None
        if self.season and season is None:
            return False
        minute = wall.hour * 60 + wall.minute
        for back, at in ((0, minute), (1, minute + 1440)):
            day = wall.date() - timedelta(days=back)
            if (self.days and DAYS[day.weekday()] not in self.days) or (season and not season.covers(day)):
                continue
            if any(span is not None and span[0] <= at < span[1] for span in spans):
                return True
        return False


def read_hours(text: str) -> tuple[int, int] | None:
    """`HH:MM-HH:MM` as minutes after midnight, the end beyond 1440 where it runs over the next. None: broken."""
    match = _SPAN.fullmatch(text.strip())
    if match is None:
        return None
    from_hour, from_minute, to_hour, to_minute = map(int, match.groups())
    begin, end = from_hour * 60 + from_minute, to_hour * 60 + to_minute
    if from_minute > 59 or to_minute > 59 or begin >= 1440 or end > 1440 or begin == end:
        return None
    return begin, end if end > begin else end + 1440


def profile_at(profiles: Sequence[SpeedProfile], instant: datetime, zone: ZoneInfo) -> SpeedProfile | None:
    """The first that holds; None: the usual speeds."""
    wall = instant.astimezone(zone)
    return next((profile for profile in profiles if profile.holds(wall)), None)


def next_change(profiles: Sequence[SpeedProfile], instant: datetime, zone: ZoneInfo) -> datetime | None:
    """The next instant, within two days, at which another profile holds than now, in UTC."""
    if not profiles:
        return None
    held = profile_at(profiles, instant, zone)
    end = instant + HORIZON
    for moment in sorted({*_turns(profiles, instant, zone), *_clock_changes(instant, end, zone)}):
        if instant < moment <= end and profile_at(profiles, moment, zone) is not held:
            return moment
    return None


def _turns(profiles: Sequence[SpeedProfile], instant: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """Every midnight and every beginning and end of hours around; twice where clocks are put back."""
    spans = [read_hours(text) for profile in profiles for text in profile.hours]
    minutes = {0, *(minute % 1440 for span in spans if span for minute in span)}
    today = instant.astimezone(zone).date()
    for ahead in range(-1, HORIZON.days + 2):
        for minute in minutes:
            for fold in (0, 1):
                yield _instant(today + timedelta(days=ahead), minute, zone, fold)


def _instant(day: date, minute: int, zone: ZoneInfo, fold: int) -> datetime:
    wall = datetime.combine(day, time(minute // 60, minute % 60, fold=fold), zone)
    return wall.astimezone(UTC)


def _clock_changes(begin: datetime, end: datetime, zone: ZoneInfo) -> Iterator[datetime]:
    """When clocks are put forward or back, to the second."""
    step = timedelta(hours=6)
    at = begin.astimezone(UTC).replace(microsecond=0)
    while at < end:
        low, high = at, at + step
        if _offset(low, zone) != _offset(high, zone):
            while high - low > timedelta(seconds=1):
                middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
                low, high = (middle, high) if _offset(middle, zone) == _offset(low, zone) else (low, middle)
            yield high
        at += step


def _offset(instant: datetime, zone: ZoneInfo) -> timedelta | None:
    return instant.astimezone(zone).utcoffset()
