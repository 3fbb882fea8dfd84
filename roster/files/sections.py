"""roster.toml: its sections as records, each mistake with section, place and field."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date, time
from pathlib import Path
from typing import Any, TypeVar

from gis_data.errors import InputError
from gis_data.records import record
from gis_data.reference import DutyMode
from roster.plan import Authorisation
from roster.policy import Policy, Strength
from roster.shifts import Post, Readiness, RotationKind

FILE = "roster.toml"
OFF = "-"  # a day off in a rotation's word: TOML has no null
Record = TypeVar("Record")


@dataclass(frozen=True, slots=True)
class ShiftRow:
    code: str
    name: str
    starts: time
    hours: float
    rest_after_hours: float
    night: bool = False
    duty_mode: DutyMode = DutyMode.STATION
    response_seconds: int | None = None
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class RotationRow:
    code: str
    name: str
    kind: RotationKind
    word: tuple[str, ...] = ()
    offsets: tuple[int, ...] = ()
    days_off_a_month: int = 0
    name_en: str = ""


@dataclass(frozen=True, slots=True)
class TeamRow:
    """One team by its `code`; or one for each station of a `station_class` that the county rosters; or (`each_town`)
    the duty room of each town, `room-<code of the town>`."""

    rotation: str
    shifts: tuple[str, ...]
    anchor: date
    counted_share: float
    code: str = ""
    name: str = ""
    name_en: str = ""
    station: str = ""
    station_class: str = ""
    each_town: bool = False
    floor: int = 0
    lends_to: tuple[str, ...] = ()
    lends_to_nearest: int = 0
    synthetic: bool = False


@dataclass(frozen=True, slots=True)
class RoleRow:
    """One place aboard. Whether it is required follows from the unit's minimum crew."""

    role: str
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CrewRow:
    """Who sits in the vehicles of a class, first the most needed: the first match of a unit wins.

    The `required` first roles (else as many as the unit's minimum crew) are the minimum, those up to its seats are
    wished for.
    """

    vehicle_class: str
    roles: tuple[RoleRow, ...]
    station_class: tuple[str, ...] = ()
    minimum_crew: int | None = None
    required: int | None = None
    units: tuple[str, ...] = ()
    season: str | None = None


@dataclass(frozen=True, slots=True)
class SeatRow:
    """A seat beside those of the vehicles.

    Of one `team`, of every team of a `station_class`, or of the towns' rooms.
    """

    role: str
    count: int = 1
    needs: tuple[str, ...] = ()
    team: str = ""
    station_class: str = ""
    each_town: bool = False
    unit: str | None = None
    shifts: tuple[str, ...] = ()
    required: bool = True
    priority: int = 5
    season: str | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class SeasonRow:
    code: str
    name: str
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class HolidayRow:
    day: date
    name: str


@dataclass(frozen=True, slots=True)
class CalendarRow:
    """`workdays`: weekend days swapped into work.

    `confirmed`: years that the county has compared with the published decree, so that nothing in them is 待核.
    """

    workdays: tuple[date, ...] = ()
    confirmed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RosterSection:
    """[roster]: `reported` station classes plan their own duty under their own command."""

    reported: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Sections:
    roster: RosterSection = RosterSection()
    policy: Policy = field(default_factory=Policy)
    calendar: CalendarRow = CalendarRow()
    shift: tuple[ShiftRow, ...] = ()
    rotation: tuple[RotationRow, ...] = ()
    team: tuple[TeamRow, ...] = ()
    crew: tuple[CrewRow, ...] = ()
    seat: tuple[SeatRow, ...] = ()
    season: tuple[SeasonRow, ...] = ()
    holiday: tuple[HolidayRow, ...] = ()
    post: tuple[Post, ...] = ()
    readiness: tuple[Readiness, ...] = ()
    authorisation: tuple[Authorisation, ...] = ()


_LISTS: Mapping[str, type[Any]] = {
    "shift": ShiftRow,
    "rotation": RotationRow,
    "team": TeamRow,
    "crew": CrewRow,
    "seat": SeatRow,
    "season": SeasonRow,
    "holiday": HolidayRow,
    "post": Post,
    "readiness": Readiness,
    "authorisation": Authorisation,
}
_TABLES: Mapping[str, type[Any]] = {"roster": RosterSection, "calendar": CalendarRow}


def read_sections(folder: Path) -> Sections:
    """The sections of the county's roster.toml; all empty where there is none."""
    path = folder / FILE
    if not path.exists():
        return Sections()
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except UnicodeDecodeError as error:
        raise InputError(FILE, "is not UTF-8", "save it as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        raise InputError(FILE, f"is not valid TOML: {error}", "mend that line") from error
    return sections_of(document)


def sections_of(document: Mapping[str, Any]) -> Sections:
    known = ("policy", *_TABLES, *_LISTS)
    for name in document:
        if name not in known:
            raise InputError(f"{FILE} [{name}]", "is not a known section", f"use {', '.join(known)}")
    found: dict[str, Any] = {"policy": _policy(document.get("policy", {}))}
    for name, kind in _TABLES.items():
        found[name] = record(kind, document.get(name, {}), f"{FILE} [{name}]")
    for name, kind in _LISTS.items():
        found[name] = _rows(kind, document.get(name, []), name)
    return Sections(**found)


def _rows(kind: type[Record], rows: object, name: str) -> tuple[Record, ...]:
    if not isinstance(rows, list):
        raise InputError(f"{FILE} [{name}]", "is not a list", f"begin each with [[{name}]]")
    found: list[Record] = []
    for place, row in enumerate(rows, start=1):
        code = row.get("code") if isinstance(row, Mapping) else None
        found.append(record(kind, row, f"{FILE} [[{name}]] {code or place}"))
    return tuple(found)


def _policy(table: object) -> Policy:
    """[policy]: figures by name; `false` where the county does not have the rule."""
    if not isinstance(table, Mapping):
        raise InputError(f"{FILE} [policy]", "is not a table", "write figures under [policy]")
    where = f"{FILE} [policy]"
    figures = {key: (None if value is False else value) for key, value in table.items()}
    names = {f.name for f in fields(Policy)}
    for figure in figures.get("sources") or {}:
        if figure not in names:
            raise InputError(f"{where}, field sources.{figure}", "is not a figure", "name one of [policy]")
    for rule, strength in (figures.get("strengths") or {}).items():
        if strength not in list(Strength):
            said = ", ".join(one.value for one in Strength)
            raise InputError(f"{where}, field strengths.{rule}", f"{strength!r} is unknown", f"use {said}")
    return record(Policy, figures, where)
