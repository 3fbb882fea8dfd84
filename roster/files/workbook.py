"""A roster as an Excel workbook: a printed month for each team, and the sheet 明细 from which it reads back exactly."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from roster.files.details import DETAILS, HEADING, MARK, rows_of
from roster.files.month import TeamMonth, is_month, is_synthetic, months_of
from roster.files.words import SYNTHETIC, WEEKDAYS
from roster.plan import Book, Roster

_LEFT = ("编号", "姓名", "组")
_RIGHT = ("班数", "夜班", "周末", "计时")
_HEAD_ROW = 3
_FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
_REST, _HEAD, _AWAY, _SHORT = (
    PatternFill("solid", fgColor=c) for c in ("F3E3DC", "DCE6EE", "E8E8E8", "F6C7C0")
)
_LINE = Side(style="thin", color="9AA4AE")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_CENTRE = Alignment(horizontal="center", vertical="center")


def roster_workbook(book: Book, roster: Roster) -> bytes:
    """The sheets of the teams, then 明细 with every duty that they show."""
    workbook = Workbook()
    assert workbook.active is not None
    workbook.remove(workbook.active)
    used: set[str] = {DETAILS}
    for month in months_of(book, roster):
        _team_sheet(workbook.create_sheet(_sheet_name(month, used)), month)
    details = workbook.create_sheet(DETAILS)
    details.append([MARK, roster.first.isoformat(), roster.days, SYNTHETIC if is_synthetic(book) else ""])
    details.append(list(HEADING))
    for row in rows_of(roster.duties, {code: person.name for code, person in book.people.items()}):
        details.append(list(row))
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def _team_sheet(sheet: Worksheet, month: TeamMonth) -> None:
    last = len(_LEFT) + len(month.days) + len(_RIGHT)
    for line, text, size in ((1, month.title, 16), (2, _subtitle(month), 9)):
        sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=last)
        title = sheet.cell(line, 1, text)
        title.alignment, title.font = _CENTRE, Font(size=size, bold=line == 1)
    whole = is_month(month.days[0].day, len(month.days))
    labels = [day.day.day if whole else f"{day.day.month}-{day.day.day}" for day in month.days]
    heads: tuple[object, ...] = (*_LEFT, *labels, *_RIGHT)
    for column, head in enumerate(heads, start=1):
        _put(sheet, _HEAD_ROW, column, head, _HEAD, bold=True)
    for column in range(1, last + 1):
        at = column - len(_LEFT) - 1
        inside = 0 <= at < len(month.days)
        weekday = WEEKDAYS[month.days[at].day.weekday()] if inside else ""
        _put(sheet, _HEAD_ROW + 1, column, weekday, _REST if inside and month.days[at].rest else _HEAD)
    for number, row in enumerate(month.rows, start=_HEAD_ROW + 2):
        for column, label in enumerate((row.person, row.name, row.group), start=1):
            _put(sheet, number, column, label)
        for at, cell in enumerate(row.cells):
            fill = _AWAY if cell.away else _REST if month.days[at].rest else None
            _put(sheet, number, len(_LEFT) + 1 + at, cell.mark, fill)
        for column, count in enumerate((row.duties, row.nights, row.weekends, row.hours_counted)):
            _put(sheet, number, len(_LEFT) + len(month.days) + 1 + column, count)
    bottom = _HEAD_ROW + 2 + len(month.rows)
    _put(sheet, bottom, 2, "缺岗", bold=True)
    for at, missing in enumerate(month.unfilled):
        _put(sheet, bottom, len(_LEFT) + 1 + at, missing or "", _SHORT if missing else None)
    sheet.cell(bottom + 1, 2, "说明：" + _legend(month))
    _layout(sheet, len(month.days))


def _subtitle(month: TeamMonth) -> str:
    return f"{month.title_en}   {SYNTHETIC}" if month.synthetic else month.title_en


def _legend(month: TeamMonth) -> str:
    signs = [
        f"{mark} {kind.name} {kind.starts:%H:%M} 起 {kind.minutes / 60:g} 小时" for mark, kind in month.legend
    ]
    return "；".join((*signs, "空白 休", "假病训补借 不在岗"))


def _put(
    sheet: Worksheet,
    row: int,
    column: int,
    value: object,
    fill: PatternFill | None = None,
    *,
    bold: bool = False,
) -> None:
    cell: Any = sheet.cell(row, column)
    cell.value = value if isinstance(value, int | float) else str(value) or None
    cell.border, cell.alignment, cell.font = _BORDER, _CENTRE, Font(size=10, bold=bold)
    if isinstance(value, str):
        cell.number_format = "@"
    if fill is not None:
        cell.fill = fill


def _layout(sheet: Worksheet, days: int) -> None:
    widths = [8.0, 9.0, 5.0, *([3.6] * days), *([5.0] * 3), 6.5]
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"{get_column_letter(len(_LEFT) + 1)}{_HEAD_ROW + 2}"
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"1:{_HEAD_ROW + 1}"


def _sheet_name(month: TeamMonth, used: set[str]) -> str:
    """At most 31 signs, none that a spreadsheet refuses, no name twice."""
    base = _FORBIDDEN.sub(" ", month.team.name).strip()[:31] or month.team.code[:31]
    name, number = base, 2
    while name in used:
        name = f"{base[:28]} {number}"
        number += 1
    used.add(name)
    return name
