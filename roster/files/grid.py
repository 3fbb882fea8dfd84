"""A month's grid in a sheet: rows are people, columns are days, cells are marks; read with every fault by its cell."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from gis_data.fault import Fault
from roster.files.marks import known_marks, meaning_of
from roster.files.naming import Names
from roster.files.sheets import Sheet, plain_text
from roster.people import AbsenceKind
from roster.plan import Book
from roster.shifts import Team

_NAME_HEADS = ("姓名", "人员", "name", "名字")
_CODE_HEADS = ("编号", "工号", "code")
_TEAM_HEADS = ("队伍", "队站", "单位", "team")
_MONTH = re.compile(r"(?<!\d)(20\d{2})\s*(?:年|-|/|\.)\s*(\d{1,2})(?:\s*月|\b)")
_DAY = re.compile(r"(?:(?:(\d{4})[-/.年])?(\d{1,2})[-/.月])?(\d{1,2})[日号]?")
_WEEKDAYS = frozenset("一二三四五六日")
_LEAST_DAYS = 5
# What stands below a grid in the column of names and is no person.
_NOT_PEOPLE = re.compile(
    r"(?:本月|本队|全队|每日|当日)?"
    r"(?:合计|小计|总计|缺岗|人数|在岗|说明|备注|注[:：]?$|注[:：]|制表|填表|审核|审批|批准|值班电话|星期)"
)


@dataclass(frozen=True, slots=True)
class Placement:
    """Somebody serves a shift of a team on a day, as one cell says."""

    where: str
    day: date
    team: str
    shift: str
    person: str


@dataclass(frozen=True, slots=True)
class Away:
    where: str
    day: date
    person: str
    kind: AbsenceKind


@dataclass(frozen=True, slots=True)
class Grid:
    first: date
    days: int
    teams: tuple[str, ...]
    placements: tuple[Placement, ...]
    away: tuple[Away, ...]


@dataclass(frozen=True, slots=True)
class Heading:
    row: int
    name: int
    code: int | None
    team: int | None
    days: Mapping[int, str]


def find_heading(sheet: Sheet) -> Heading | None:
    """The row with 姓名 and at least five days."""
    for number in range(1, min(sheet.rows, 40) + 1):
        cells = dict(sheet.row(number))
        name = next((c for c, text in cells.items() if text.replace(" ", "").lower() in _NAME_HEADS), None)
        if name is None:
            continue
        days = {c: text for c, text in cells.items() if c > name and _DAY.fullmatch(text)}
        if len(days) >= _LEAST_DAYS:
            heads = {c: text.lower() for c, text in cells.items()}
            code = next((c for c, text in heads.items() if text in _CODE_HEADS), None)
            team = next((c for c, text in heads.items() if text in _TEAM_HEADS), None)
            return Heading(number, name, code, team, days)
    return None


class _Reader:
    """Goes through the cells of one sheet and keeps what they say, faults with it."""

    def __init__(self, sheet: Sheet, heading: Heading, names: Names, book: Book, faults: list[Fault]) -> None:
        self.sheet, self.heading, self.names, self.book = sheet, heading, names, book
        self.faults = faults
        self.placements: list[Placement] = []
        self.away: list[Away] = []

    def fault(self, row: int, column: int, code: str, /, **params: object) -> None:
        self.faults.append(Fault(self.sheet.where(row, column), "", code, params))

    def cell(self, row: int, column: int, day: date, team: Team, person: str) -> None:
        if (row, column) in self.sheet.unread:
            self.fault(row, column, "sheet_formula")
            return
        text = self.sheet.text(row, column)
        meaning = meaning_of(text, team, self.book)
        if meaning is None:
            known = known_marks(team, self.book)
            self.fault(row, column, "sheet_unknown_mark", mark=text, team=team.name, known=known)
            return
        where = self.sheet.where(row, column)
        self.placements.extend(Placement(where, day, team.code, shift, person) for shift in meaning.shifts)
        if meaning.away is not None:
            self.away.append(Away(where, day, person, meaning.away))

    def people(self, titled: Team | None) -> Iterator[tuple[int, Team, str]]:
        """The rows of people. A row with a team's name alone begins that team's part."""
        current = titled
        seen: dict[tuple[str, str], int] = {}
        for row in range(self.heading.row + 1, self.sheet.rows + 1):
            cells = dict(self.sheet.row(row))
            if len(set(cells.values())) == 1 and (part := self.names.team_named(next(iter(cells.values())))):
                current = part
                continue
            name = cells.get(self.heading.name, "")
            if not name or _NOT_PEOPLE.match(name) or set(name) <= _WEEKDAYS:
                continue
            found = self._person(row, cells, name, current)
            if found is None:
                continue
            team, person = found
            before = seen.setdefault((team.code, person), row)
            # A name merged over several rows is one person with several shifts a day.
            if before != row and (row, self.heading.name) not in self.sheet.merged:
                self.fault(row, self.heading.name, "sheet_person_twice", name=name, row=before)
                continue
            yield row, team, person

    def _person(
        self, row: int, cells: Mapping[int, str], name: str, team: Team | None
    ) -> tuple[Team, str] | None:
        heading = self.heading
        if heading.team is not None and (told := cells.get(heading.team)):
            team = self.names.team_named(told)
            if team is None:
                self.fault(row, heading.team, "sheet_unknown_team", value=told)
                return None
        code = cells.get(heading.code, "") if heading.code is not None else ""
        person = self.names.person(name, code, team, self.sheet.where(row, heading.name), self.faults)
        if person is None:
            return None
        team = team or self.names.home_of(person)
        if team is None:
            self.fault(row, heading.name, "sheet_no_team", name=name)
            return None
        return team, person


def read_grid(
    sheet: Sheet, heading: Heading, names: Names, book: Book, month: date | None, faults: list[Fault]
) -> Grid | None:
    """`month`: its first day, where the sheet does not say one. None with a fault where nothing can be read."""
    start = _month_of(sheet, heading) or month
    if start is None:
        faults.append(Fault(sheet.name, "", "sheet_no_month"))
        return None
    days = _days_of(sheet, heading, start, faults)
    if not days:
        return None
    titled = names.team_in(_title(sheet, heading))
    reader = _Reader(sheet, heading, names, book, faults)
    teams = {titled.code} if titled else set()
    for row, team, person in reader.people(titled):
        teams.add(team.code)
        for column, day in days.items():
            reader.cell(row, column, day, team, person)
    first, last = min(days.values()), max(days.values())
    if first.day == 1 and (first.year, first.month) == (last.year, last.month):
        last = first.replace(day=monthrange(first.year, first.month)[1])
    return Grid(
        first,
        (last - first).days + 1,
        tuple(sorted(teams)),
        tuple(reader.placements),
        tuple(reader.away),
    )


def _title(sheet: Sheet, heading: Heading) -> str:
    above = (text for row in range(1, heading.row) for _, text in sheet.row(row))
    return " ".join((*dict.fromkeys(above), sheet.name))


def _month_of(sheet: Sheet, heading: Heading) -> date | None:
    found = _MONTH.search(_title(sheet, heading))
    if found and 1 <= int(found[2]) <= 12:
        return date(int(found[1]), int(found[2]), 1)
    for column in heading.days:
        value = sheet.value(heading.row, column)
        if isinstance(value, date):
            return date(value.year, value.month, 1)
    return None


def _days_of(sheet: Sheet, heading: Heading, month: date, faults: list[Fault]) -> dict[int, date]:
    found: dict[int, date] = {}
    for column, text in heading.days.items():
        parts = _DAY.fullmatch(text)
        assert parts is not None  # the heading was found by it
        if len(plain_text(text)) == 10 and parts[1] is None:
            continue
        year, number = int(parts[1] or month.year), int(parts[2] or month.month)
        if parts[1] is None and parts[2] is not None and number < month.month:
            year += 1  # a grid that runs over New Year
        try:
            day = date(year, number, int(parts[3]))
        except ValueError:
            if any((row, column) in sheet.cells for row in range(heading.row + 1, sheet.rows + 1)):
                params = {"month": f"{year}-{number:02d}", "day": parts[3]}
                faults.append(Fault(sheet.where(heading.row, column), "", "sheet_no_such_day", params))
            continue
        if day in found.values():
            params = {"day": day.isoformat()}
            faults.append(Fault(sheet.where(heading.row, column), "", "sheet_day_twice", params))
            continue
        found[column] = day
    return found
