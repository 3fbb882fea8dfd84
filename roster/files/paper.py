"""A roster as a PDF for the wall: A4 landscape, a page or more for each team, Chinese set in a standard CID font."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from reportlab.lib import colors
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from roster.files.month import Cell, TeamMonth, months_of
from roster.files.words import SYNTHETIC, WEEKDAYS
from roster.plan import Book, Roster

# Every PDF reader supplies this font; nothing is embedded, so files stay small and need no font here.
_FONT = "STSong-Light"
_MARGIN = 8 * mm
_HEAD_ROWS = 2
_TITLE = ParagraphStyle("title", fontName=_FONT, fontSize=15, leading=19)
_SMALL = ParagraphStyle(
    "small", fontName=_FONT, fontSize=7.5, leading=10, textColor=colors.HexColor("#4d565e")
)
_CELL = ParagraphStyle("cell", fontName=_FONT, fontSize=7.5, leading=7.5, alignment=1)
_LINE, _HEAD, _REST, _AWAY, _SHORT = (
    colors.HexColor(code) for code in ("#aab3bb", "#e4ebf1", "#f7ebe5", "#ececec", "#f1b3a8")
)


def roster_pdf(book: Book, roster: Roster, teams: Sequence[str] = (), person: str | None = None) -> bytes:
    """The whole document; the same roster gives the same bytes."""
    pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    months = months_of(book, roster, teams, person)
    story: list[Any] = []
    for place, month in enumerate(months):
        story += [*([PageBreak()] if place else []), *_page(month)]
    out = BytesIO()
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=_MARGIN,
        rightMargin=_MARGIN,
        topMargin=_MARGIN,
        bottomMargin=10 * mm,
        title=f"值班备勤表 {roster.first.isoformat()}",
        author="",
        invariant=1,
    )
    document.build(story, onFirstPage=_foot, onLaterPages=_foot)
    return out.getvalue()


def _foot(canvas: Any, document: Any) -> None:
    canvas.saveState()
    canvas.setFont(_FONT, 7)
    canvas.drawCentredString(landscape(A4)[0] / 2, 5 * mm, f"第 {document.page} 页")
    canvas.restoreState()


def _page(month: TeamMonth) -> list[Any]:
    said = f"{month.title_en}　{SYNTHETIC}" if month.synthetic else month.title_en
    return [
        Paragraph(month.title, _TITLE),
        Paragraph(said, _SMALL),
        Spacer(1, 2 * mm),
        _table(month),
        Spacer(1, 1.5 * mm),
        Paragraph(_legend(month), _SMALL),
    ]


def _table(month: TeamMonth) -> Table:
    days = month.days
    rows: list[list[Any]] = [
        ["姓名", "组", *(str(day.day.day) for day in days), "班", "夜", "周末", "计时"],
        ["", "", *(WEEKDAYS[day.day.weekday()] for day in days), "", "", "", ""],
    ]
    for row in month.rows:
        counts = [f"{n:g}" for n in (row.duties, row.nights, row.weekends, row.hours_counted)]
        rows.append([row.name, row.group, *(_cell(cell) for cell in row.cells), *counts])
    rows.append(["缺岗", "", *(str(n) if n else "" for n in month.unfilled), "", "", "", ""])
    left, right = [15 * mm, 8 * mm], [7 * mm, 7 * mm, 8 * mm, 10 * mm]
    wide = (landscape(A4)[0] - 2 * _MARGIN - sum(left) - sum(right)) / len(days)
    table = Table(rows, colWidths=[*left, *([wide] * len(days)), *right], repeatRows=_HEAD_ROWS)
    table.setStyle(TableStyle(_style(month)))
    return table


def _cell(cell: Cell) -> Any:
    if not cell.seats:
        return cell.mark
    return Paragraph(f'{cell.mark}<br/><font size="5" color="#5a646d">{cell.seats}</font>', _CELL)


def _style(month: TeamMonth) -> list[Any]:
    last = len(month.rows) + _HEAD_ROWS
    style: list[Any] = [
        ("FONT", (0, 0), (-1, -1), _FONT, 7.5),
        ("GRID", (0, 0), (-1, -1), 0.3, _LINE),
        ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("BACKGROUND", (0, 0), (-1, _HEAD_ROWS - 1), _HEAD),
        ("LEFTPADDING", (0, 0), (-1, -1), 0.5),
        ("RIGHTPADDING", (0, 0), (-1, -1), 0.5),
        ("TOPPADDING", (0, 0), (-1, -1), 1),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.5),
    ]
    for column, day in enumerate(month.days, start=2):
        if day.rest:
            style.append(("BACKGROUND", (column, 0), (column, last), _REST))
        if month.unfilled[column - 2]:
            style.append(("BACKGROUND", (column, last), (column, last), _SHORT))
    for number, row in enumerate(month.rows, start=_HEAD_ROWS):
        style += [
            ("BACKGROUND", (column, number), (column, number), _AWAY)
            for column, cell in enumerate(row.cells, start=2)
            if cell.away
        ]
        if number > _HEAD_ROWS and row.group != month.rows[number - _HEAD_ROWS - 1].group:
            style.append(("LINEABOVE", (0, number), (-1, number), 0.9, _LINE))
    return style


def _legend(month: TeamMonth) -> str:
    shifts = [
        f"{mark}：{kind.name} {kind.name_en} {kind.starts:%H:%M} + {kind.minutes / 60:g} h"
        for mark, kind in month.legend
    ]
    return "；".join((*shifts, "小字为车号与岗位", "灰底为不在岗", "计时为折算小时 counted hours"))
