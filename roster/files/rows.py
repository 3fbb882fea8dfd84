"""People, leave, wishes and pairs: the tables of the county folder as the roster knows them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from gis_data.cells import read_day
from gis_data.errors import InputError
from gis_data.model import Person as PersonRow
from gis_data.tables import read_table
from roster.people import (
    Absence,
    AbsenceKind,
    Debt,
    Employment,
    Membership,
    Pair,
    PairKind,
    Person,
    Qualification,
    Request,
)

QUALIFICATIONS = (
    "squad_leader",
    "driver",
    "pump_operator",
    "firefighter",
    "ba",
    "rescuer",
    "radio_operator",
    "drone_pilot",
    "safety_officer",
    "forest_fighter",
    "water_rescue",
    "watch_officer",
    "leading_cadre",
)
EMPLOYMENT_WORDS: Mapping[str, Employment] = {
    "在编": Employment.OFFICIAL,
    "合同制": Employment.CONTRACT,
    "合同": Employment.CONTRACT,
    "劳务派遣": Employment.AGENCY,
    "兼职": Employment.PART_TIME,
    "志愿": Employment.VOLUNTEER,
    "干部": Employment.CADRE,
    "": Employment.CONTRACT,
    **{one.value: one for one in Employment},
}
_CLOCK = re.compile(r"(.+?)[T ](\d{1,2}):(\d{2})(?::00)?")


@dataclass(frozen=True, slots=True)
class _AbsenceRow:
    person: str
    kind: AbsenceKind
    starts: str
    ends: str
    code: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class _RequestRow:
    person: str
    day: date
    wanted: bool
    shift: str = ""
    weight: int = 1


@dataclass(frozen=True, slots=True)
class _PairRow:
    kind: PairKind
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class _DebtRow:
    person: str
    nights: float = 0.0
    weekends: float = 0.0
    holidays: float = 0.0
    minutes: float = 0.0


def person_of(row: PersonRow, teams_of_station: Mapping[str, str]) -> Person:
    """The home team is the station's own, else the first of the further teams. The platoon holds for the home."""
    home = teams_of_station.get(row.station)
    teams = [*([home] if home else []), *(team for team in row.teams if team != home)]
    where = f"people.csv, code {row.code}"
    if row.platoon is not None and row.platoon < 1:
        raise InputError(f"{where}, column platoon", f"is {row.platoon}", "count platoons from 1")
    platoon = None if row.platoon is None else row.platoon - 1
    return Person(
        row.code,
        row.name,
        employment_of(row.employment, f"{where}, column employment"),
        tuple(Membership(team, platoon if place == 0 else None) for place, team in enumerate(teams)),
        tuple(
            qualification_of(text, f"{where}, column qualifications") for text in sorted(row.qualifications)
        ),
        row.telephone,
        row.joined,
        row.synthetic,
    )


def row_of(person: Person, stations: Mapping[str, str]) -> PersonRow:
    """As `people.csv` keeps it. `stations`: team → station; a duty room has none and is named among the teams."""
    home = person.memberships[0] if person.memberships else None
    station = stations.get(home.team, "") if home else ""
    teams = tuple(m.team for m in person.memberships if not station or m is not home)
    platoon = home.platoon if home else None
    return PersonRow(
        person.code,
        person.name,
        station,
        frozenset(
            q.code if q.until is None else f"{q.code}@{q.until.isoformat()}" for q in person.qualifications
        ),
        person.telephone,
        person.synthetic,
        person.employment.value,
        None if platoon is None else platoon + 1,
        teams,
        person.joined,
    )


def employment_of(text: str, where: str) -> Employment:
    found = EMPLOYMENT_WORDS.get(text.strip().lower())
    if found is None:
        said = ", ".join(one.value for one in Employment)
        raise InputError(where, f"{text!r} is not known", f"use one of {said}")
    return found


def qualification_of(text: str, where: str) -> Qualification:
    """`code` or `code@last valid day`."""
    code, _, until = unicodedata.normalize("NFKC", text).partition("@")
    return Qualification(code.strip(), read_day(until, where) if until else None)


def read_absences(folder: Path, zone: ZoneInfo) -> tuple[Absence, ...]:
    """absences.csv: local days or moments. A day as the end is the last day away."""
    found: list[Absence] = []
    for number, row in enumerate(read_table(folder, "absences", _AbsenceRow, keyed=False), start=1):
        where = f"absences.csv, {row.code or f'row {number + 1}'}"
        starts = moment(row.starts, zone, f"{where}, column starts", end=False)
        ends = moment(row.ends, zone, f"{where}, column ends", end=True)
        if ends <= starts:
            raise InputError(f"{where}, column ends", "is not after starts", "correct one of the two")
        code = row.code or f"{row.person}:{row.starts}"
        found.append(Absence(code, row.person, row.kind, starts, ends, row.note))
    return tuple(found)


def moment(text: str, zone: ZoneInfo, where: str, *, end: bool) -> datetime:
    """A local day or moment as an instant; a whole day ends when the next begins."""
    clock = _CLOCK.fullmatch(text.strip())
    if clock is None or clock[2].strip("0") + clock[3].strip("0") == "":
        day = read_day(clock[1] if clock else text, where)
        day += timedelta(days=1) if end and clock is None else timedelta()
        return datetime.combine(day, time(), zone).astimezone(UTC)
    try:
        at = time(int(clock[2]), int(clock[3]))
    except ValueError:
        raise InputError(where, f"{text!r} is not a moment", "write YYYY-MM-DD HH:MM") from None
    return datetime.combine(read_day(clock[1], where), at, zone).astimezone(UTC)


def read_requests(folder: Path) -> tuple[Request, ...]:
    found: list[Request] = []
    for number, row in enumerate(read_table(folder, "requests", _RequestRow, keyed=False), start=2):
        if not 1 <= row.weight <= 10:
            raise InputError(
                f"requests.csv, row {number}, column weight", f"is {row.weight}", "write 1 to 10"
            )
        found.append(Request(row.person, row.day, row.shift or None, row.wanted, row.weight))
    return tuple(found)


def read_pairs(folder: Path) -> tuple[Pair, ...]:
    return tuple(
        Pair(row.kind, row.one, row.other) for row in read_table(folder, "pairs", _PairRow, keyed=False)
    )


def read_debts(folder: Path) -> dict[str, Debt]:
    """debts.csv: what people did beyond their team's mean in earlier months."""
    return {
        row.person: Debt(row.nights, row.weekends, row.holidays, row.minutes)
        for row in read_table(folder, "debts", _DebtRow, keyed=False)
    }
