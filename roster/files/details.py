"""The sheet 明细 of an exported workbook: every duty with its seat, so that a workbook reads back exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from gis_data.cells import read_day
from gis_data.errors import InputError
from gis_data.fault import Fault
from roster.files.sheets import Sheet
from roster.plan import Duty

DETAILS = "明细"
MARK = "pianqu-roster"
HEADING = ("日期", "队伍", "班次", "岗位", "编号", "姓名", "固定", "借自", "批准", "晚接分钟", "早交分钟")
_HEAD_ROW = 2


@dataclass(frozen=True, slots=True)
class Details:
    first: date
    days: int
    duties: tuple[Duty, ...]


def read_details(sheet: Sheet, faults: list[Fault]) -> Details | None:
    """Row 1: the mark, first day and number of days; row 2 the heading; then one duty a row."""
    if sheet.text(1, 1) != MARK:
        return None
    try:
        first = read_day(sheet.value(1, 2), sheet.where(1, 2))
        days = int(sheet.text(1, 3))
        heading = [text for _, text in sheet.row(_HEAD_ROW)]
        if tuple(heading) != HEADING:
            raise InputError(sheet.where(_HEAD_ROW, 1), "is another heading", f"restore {', '.join(HEADING)}")
    except ValueError as error:  # InputError is one
        where, problem = (
            (error.where, error.problem) if isinstance(error, InputError) else (sheet.name, str(error))
        )
        remedy = error.remedy if isinstance(error, InputError) else "delete the sheet 明细"
        faults.append(Fault(where, "", "sheet_bad_cell", {"problem": problem, "remedy": remedy}))
        return None
    duties: list[Duty] = []
    for row in range(_HEAD_ROW + 1, sheet.rows + 1):
        if not sheet.text(row, 1):
            continue
        try:
            duties.append(_duty(sheet, row))
        except InputError as error:
            params = {"problem": error.problem, "remedy": error.remedy}
            faults.append(Fault(error.where, "", "sheet_bad_cell", params))
    return Details(first, days, tuple(duties))


def rows_of(duties: Sequence[Duty], name_of: dict[str, str]) -> list[tuple[object, ...]]:
    return [
        (
            duty.day.isoformat(),
            duty.team,
            duty.shift,
            duty.seat,
            duty.person,
            name_of.get(duty.person, ""),
            "是" if duty.pinned else "",
            duty.borrowed_from,
            duty.authorisation,
            duty.late_minutes or "",
            duty.early_minutes or "",
        )
        for duty in duties
    ]


def _duty(sheet: Sheet, row: int) -> Duty:
    day = read_day(sheet.value(row, 1), sheet.where(row, 1))
    texts = [sheet.text(row, column) for column in range(1, len(HEADING) + 1)]
    for column, title in ((2, "队伍"), (3, "班次"), (4, "岗位"), (5, "编号")):
        if not texts[column - 1]:
            raise InputError(sheet.where(row, column), f"{title} is empty", "fill it in")
    team, shift, seat, person = texts[1:5]
    late, early = (_minutes(sheet, row, column) for column in (10, 11))
    return Duty(day, team, shift, seat, person, texts[6] == "是", texts[7], texts[8], late, early)


def _minutes(sheet: Sheet, row: int, column: int) -> int:
    text = sheet.text(row, column)
    if not text.isdigit() and text:
        raise InputError(sheet.where(row, column), f"{text!r} is no number of minutes", "write 0 or more")
    return int(text or 0)
