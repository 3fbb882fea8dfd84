"""The lists that stand beside a grid in an office's workbook: people with their qualifications, and leave."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from gis_data.cells import read_day
from gis_data.errors import InputError
from gis_data.fault import Fault
from roster.files.marks import AWAY
from roster.files.naming import Names
from roster.files.rows import QUALIFICATIONS, employment_of, qualification_of
from roster.files.sheets import Sheet
from roster.people import AbsenceKind, Membership, Person, Qualification
from roster.plan import Book

_PEOPLE_HEADS: Mapping[str, str] = {
    "姓名": "name",
    "编号": "code",
    "工号": "code",
    "队伍": "team",
    "队站": "team",
    "资格": "held",
    "资质": "held",
    "岗位资格": "held",
    "用工性质": "employment",
    "班组": "platoon",
    "电话": "telephone",
    "联系电话": "telephone",
    "入职日期": "joined",
}
_LEAVE_HEADS: Mapping[str, str] = {
    "姓名": "name",
    "编号": "code",
    "工号": "code",
    "类别": "kind",
    "假别": "kind",
    "事由": "kind",
    "开始": "first",
    "开始日期": "first",
    "起": "first",
    "结束": "last",
    "结束日期": "last",
    "止": "last",
}
# What offices call qualifications; the house's own codes are understood too.
QUALIFICATION_WORDS: Mapping[str, str] = {
    "班长": "squad_leader",
    "班长资格": "squad_leader",
    "驾驶员": "driver",
    "驾驶": "driver",
    "司机": "driver",
    "操泵员": "pump_operator",
    "供水员": "pump_operator",
    "战斗员": "firefighter",
    "消防员": "firefighter",
    "空呼": "ba",
    "空呼员": "ba",
    "救助员": "rescuer",
    "通信员": "radio_operator",
    "无人机": "drone_pilot",
    "无人机操作员": "drone_pilot",
    "安全员": "safety_officer",
    "扑火队员": "forest_fighter",
    "扑火员": "forest_fighter",
    "水域救援": "water_rescue",
    "值班员": "watch_officer",
    "带班领导": "leading_cadre",
}


@dataclass(frozen=True, slots=True)
class LeaveSpan:
    """Away from `first` to `last`, both included."""

    person: str
    kind: AbsenceKind
    first: date
    last: date


def read_people_list(sheet: Sheet, book: Book, faults: list[Fault]) -> Iterator[Person]:
    """A sheet with 姓名 and 资格 in one row is a list of people."""
    found = _columns(sheet, _PEOPLE_HEADS, ("name", "held", "code"))
    if found is None:
        return
    heading, columns = found
    names = Names(book.people.values(), book.teams.values())
    for row in range(heading + 1, sheet.rows + 1):
        texts = {key: sheet.text(row, column) for key, column in columns.items()}
        if not texts["name"]:
            continue
        team = names.team_named(texts["team"]) if texts.get("team") else None
        if texts.get("team") and team is None:
            params = {"value": texts["team"]}
            faults.append(Fault(sheet.where(row, columns["team"]), "", "sheet_unknown_team", params))
            continue
        try:
            yield _person(sheet, row, columns, texts, team.code if team else "", book)
        except InputError as error:
            faults.append(bad_cell(error))


def read_leave_list(sheet: Sheet, names: Names, faults: list[Fault]) -> Iterator[LeaveSpan]:
    """A sheet with 姓名, 开始 and 结束 in one row is a list of leave."""
    found = _columns(sheet, _LEAVE_HEADS, ("name", "first", "last"))
    if found is None:
        return
    heading, columns = found
    for row in range(heading + 1, sheet.rows + 1):
        name = sheet.text(row, columns["name"])
        if not name:
            continue
        code = sheet.text(row, columns["code"]) if "code" in columns else ""
        person = names.person(name, code, None, sheet.where(row, columns["name"]), faults)
        try:
            first, last = (
                read_day(sheet.value(row, columns[key]), sheet.where(row, columns[key]))
                for key in ("first", "last")
            )
            kind = _kind(sheet, row, columns.get("kind"))
            if last < first:
                raise InputError(sheet.where(row, columns["last"]), "is before the beginning", "correct it")
        except InputError as error:
            faults.append(bad_cell(error))
            continue
        if person is not None:
            yield LeaveSpan(person, kind, first, last)


def bad_cell(error: InputError) -> Fault:
    return Fault(error.where, "", "sheet_bad_cell", {"problem": error.problem, "remedy": error.remedy})


def _columns(
    sheet: Sheet, heads: Mapping[str, str], needed: tuple[str, ...]
) -> tuple[int, dict[str, int]] | None:
    for row in range(1, min(sheet.rows, 10) + 1):
        columns = {heads[text]: column for column, text in sheet.row(row) if text in heads}
        if all(key in columns for key in needed):
            return row, columns
    return None


def _person(
    sheet: Sheet, row: int, columns: Mapping[str, int], texts: Mapping[str, str], team: str, book: Book
) -> Person:
    code = texts["code"]
    if not code:
        raise InputError(sheet.where(row, columns["code"]), "is empty", "give the person a code")
    known = book.people.get(code)
    platoon = texts.get("platoon", "")
    if platoon and not (platoon.isdigit() and int(platoon) > 0):
        raise InputError(
            sheet.where(row, columns["platoon"]), f"{platoon!r} is no platoon", "count platoons from 1"
        )
    memberships = known.memberships if known else ()
    if team and (not memberships or memberships[0].team != team):
        memberships = (Membership(team), *(m for m in memberships if m.team != team))
    if platoon and memberships:
        memberships = (Membership(memberships[0].team, int(platoon) - 1), *memberships[1:])
    joined = sheet.value(row, columns["joined"]) if texts.get("joined") else None
    return Person(
        code,
        texts["name"],
        employment_of(texts.get("employment", ""), sheet.where(row, columns.get("employment", 1)))
        if texts.get("employment") or known is None
        else known.employment,
        memberships,
        _held(texts["held"], sheet.where(row, columns["held"])),
        texts.get("telephone") or (known.telephone if known else ""),
        read_day(joined, sheet.where(row, columns["joined"]))
        if joined
        else (known.joined if known else None),
        known.synthetic if known else False,
    )


def _held(text: str, where: str) -> tuple[Qualification, ...]:
    found: list[Qualification] = []
    for part in text.replace("、", ",").replace(";", ",").replace("，", ",").split(","):
        if not part.strip():
            continue
        one = qualification_of(part, where)
        code, _, vehicle = one.code.partition(":")
        code = QUALIFICATION_WORDS.get(code, code)
        if code not in QUALIFICATIONS:
            raise InputError(
                where, f"{part.strip()!r} is no qualification", f"use {', '.join(QUALIFICATIONS)}"
            )
        found.append(Qualification(f"{code}:{vehicle}" if vehicle else code, one.until))
    return tuple(sorted(found, key=lambda one: one.code))


def _kind(sheet: Sheet, row: int, column: int | None) -> AbsenceKind:
    text = sheet.text(row, column) if column else ""
    if not text:
        return AbsenceKind.LEAVE
    if text in AWAY:
        return AWAY[text]
    try:
        return AbsenceKind(text.lower())
    except ValueError:
        assert column is not None
        known = ", ".join((*AWAY, *(kind.value for kind in AbsenceKind)))
        raise InputError(sheet.where(row, column), f"{text!r} is no kind of leave", f"use {known}") from None
