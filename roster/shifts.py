"""Shift types, rotations, teams and the seats that must be filled: everything a county sets as data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from gis_data.reference import DutyMode


@dataclass(frozen=True, slots=True)
class ShiftType:
    """班次: begins at a local wall-clock time of its day and lasts so many minutes present.

    `rest_after_minutes`: so long nothing may begin after its end. Living in (驻勤) has 0: the rest lies inside.
    `response_seconds` is promised by a standby at home. `night`: counts as a night duty in fairness and in runs.
    """

    code: str
    name: str
    starts: time
    minutes: int
    rest_after_minutes: int
    night: bool
    duty_mode: DutyMode = DutyMode.STATION
    response_seconds: int | None = None
    name_en: str = ""


class RotationKind(StrEnum):
    WORD = "word"  # 轮班: a word of days that repeats, each platoon at its own place in it
    LIVING_IN = (
        "living_in"  # 驻勤轮休: everybody is in, but for `days_off_a_month` each, never below the floor
    )
    FREE = "free"  # planned day by day


@dataclass(frozen=True, slots=True)
class Rotation:
    """A word such as (T24, None, None) for 24/48; platoon p of P starts `offsets[p]` days later in it."""

    code: str
    name: str
    kind: RotationKind
    word: tuple[str | None, ...] = ()
    offsets: tuple[int, ...] = ()
    days_off_a_month: int = 0
    name_en: str = ""

    def letter(self, platoon: int, anchor: date, day: date) -> str | None:
        """The shift that the word gives a platoon on a day, None on a day off; only for rotations with a word."""
        offset = self.offsets[platoon % len(self.offsets)] if self.offsets else platoon
        at = (day - anchor).days + offset
        return self.word[at % len(self.word)]


@dataclass(frozen=True, slots=True)
class SeatRule:
    """席位: `count` people with every qualification in `needs` on each duty of the team, on these days.

    `unit` None: a seat of the duty room (带班领导, 值班员, 通信员). `required` seats make the legal minimum; the
    others are wished for. `season` names a season of the calendar (防火期, 采暖期) that the seat is for, else always.
    `shifts` empty: all the team's shift types. `priority` 1 (first to be filled) to 9.
    """

    team: str
    role: str
    count: int
    needs: tuple[str, ...] = ()
    unit: str | None = None
    shifts: tuple[str, ...] = ()
    required: bool = True
    priority: int = 5
    season: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Team:
    """Who is rostered together: a station, or a duty room (county, forestry, town).

    `counted_share` is the 在岗计时系数: the part of the time present that counts as work, set by the county, never a
    hidden constant. `anchor` is the day on which platoon 0 stands at the first letter of the rotation's word.
    `floor` people are present at any time under 驻勤轮休. `lends_to`: teams that may borrow from this one, near first.
    """

    code: str
    name: str
    station: str
    shifts: tuple[str, ...]
    rotation: str
    anchor: date
    counted_share: float
    floor: int = 0
    lends_to: tuple[str, ...] = ()
    synthetic: bool = True
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class Post:
    """靠前驻防: from `first` to `last` the unit and its crew stand at a forward post, living in; rest is owed after."""

    team: str
    unit: str
    place: str
    lon: float
    lat: float
    first: date
    last: date
    owed_rest_days: int


@dataclass(frozen=True, slots=True)
class Readiness:
    """战备: a level from `first` to `last` that stops leave, for all teams or those named."""

    level: int
    first: date
    last: date
    teams: tuple[str, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, order=True)
class Seat:
    """One place on one duty. `index` counts alike seats from 0; `key` is stable over versions of a roster."""

    team: str
    day: date
    shift: str
    unit: str
    role: str
    index: int
    needs: tuple[str, ...]
    required: bool
    priority: int

    @property
    def key(self) -> str:
        """Without day and shift: `unit/role/index`, the unit empty for seats of the duty room."""
        return f"{self.unit}/{self.role}/{self.index}"
