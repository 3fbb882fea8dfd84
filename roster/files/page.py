"""A roster as one HTML file for screen and paper: no scripts, nothing from elsewhere, a landscape page a team."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from roster.files.month import Cell, Day, Row, TeamMonth, months_of
from roster.files.words import ROLES, SYNTHETIC, WEEKDAYS, WEEKDAYS_EN
from roster.plan import Book, Roster

_STYLE = """
:root { color-scheme: light; --ink: #1d2329; --line: #b9c1c8; --rest: #f7ebe5; --head: #e4ebf1; --on: #1f4e79; }
* { box-sizing: border-box; }
body { margin: 0; padding: 1.2rem; color: var(--ink); background: #fff;
  font: 13px/1.35 "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", sans-serif; }
nav { columns: 5 11rem; margin-bottom: 1.2rem; } nav a { display: block; color: var(--on); text-decoration: none; }
section { margin-bottom: 2.4rem; overflow-x: auto; }
h1 { font-size: 20px; margin: 0; } .en { color: #5a646d; margin: 0 0 .5rem; }
.synthetic { display: inline-block; border: 1px solid #b4462f; color: #9c3a25; padding: 0 .5em; margin-left: 1em;
  font-size: 12px; font-weight: normal; }
table { border-collapse: collapse; width: 100%; table-layout: fixed; font-variant-numeric: tabular-nums; }
th, td { border: 1px solid var(--line); padding: 2px 1px; text-align: center; height: 2.2em; overflow: hidden; }
th { background: var(--head); font-weight: 600; } th small, td small { display: block; font-weight: normal;
  font-size: 9px; line-height: 1.1; color: #5a646d; }
.name { width: 4.6em; } .group { width: 2.6em; } .count { width: 3em; } .rest { background: var(--rest); }
td.on { color: var(--on); font-weight: 600; } td.away { color: #7b8087; background: #eeeeee; }
td.missing { color: #fff; background: #b4462f; font-weight: 600; }
tr.turn td, tr.turn th { border-top: 2px solid #7d8891; }
.legend { color: #5a646d; margin: .4rem 0 0; font-size: 12px; }
@page { size: A4 landscape; margin: 9mm; }
@media print { body { padding: 0; font-size: 10px; } nav { display: none; } section { page-break-after: always;
  margin: 0; } th, td { height: 1.75em; padding: 0; } .rest, th, td.away, td.missing {
  print-color-adjust: exact; -webkit-print-color-adjust: exact; } thead { display: table-header-group; }
  tr { page-break-inside: avoid; } th small, td small { font-size: 7px; } }
"""


def roster_page(book: Book, roster: Roster, teams: Sequence[str] = (), person: str | None = None) -> str:
    """The whole document."""
    months = months_of(book, roster, teams, person)
    title = f"值班备勤表 {roster.first.isoformat()}"
    links = "".join(f'<a href="#{escape(m.team.code)}">{escape(m.team.name)}</a>' for m in months)
    return (
        '<!doctype html>\n<html lang="zh"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>\n"
        + (f"<nav>{links}</nav>\n" if len(months) > 1 else "")
        + "\n".join(_section(month) for month in months)
        + "\n</body></html>\n"
    )


def _section(month: TeamMonth) -> str:
    banner = f'<span class="synthetic">{escape(SYNTHETIC)}</span>' if month.synthetic else ""
    rows = []
    before = None
    for row in month.rows:
        rows.append(_row(row, month.days, turn=before is not None and row.group != before))
        before = row.group
    return (
        f'<section id="{escape(month.team.code)}"><h1>{escape(month.title)}{banner}</h1>'
        f'<p class="en" lang="en">{escape(month.title_en)}</p>\n<table><thead>{_head(month.days)}</thead><tbody>\n'
        + "\n".join(rows)
        + "\n"
        + _missing(month)
        + f'\n</tbody></table><p class="legend">{_legend(month)}</p></section>'
    )


def _head(days: Sequence[Day]) -> str:
    cells = "".join(
        f'<th class="{"rest" if day.rest else ""}" title="{day.day.isoformat()} {escape(day.holiday)}">'
        f"{day.day.day}<small>{WEEKDAYS[day.day.weekday()]}<br>{WEEKDAYS_EN[day.day.weekday()]}</small></th>"
        for day in days
    )
    counts = (("班数", "duties"), ("夜班", "nights"), ("周末", "w-ends"), ("计时", "hours"))
    return (
        '<tr><th class="name">姓名<small>name</small></th><th class="group">组<small>group</small></th>'
        + cells
        + "".join(f'<th class="count">{zh}<small>{en}</small></th>' for zh, en in counts)
        + "</tr>"
    )


def _row(row: Row, days: Sequence[Day], *, turn: bool) -> str:
    cells = "".join(_cell(cell, day) for cell, day in zip(row.cells, days, strict=True))
    counts = "".join(f"<td>{n:g}</td>" for n in (row.duties, row.nights, row.weekends, row.hours_counted))
    return (
        f"<tr{' class=turn' if turn else ''}><th>{escape(row.name)}<small>{escape(row.person)}</small></th>"
        f"<td>{escape(row.group)}</td>{cells}{counts}</tr>"
    )


def _cell(cell: Cell, day: Day) -> str:
    kind = "away" if cell.away else " ".join((["on"] if cell.mark else []) + (["rest"] if day.rest else []))
    small = f"<small>{escape(cell.seats)}</small>" if cell.seats else ""
    return f'<td class="{kind}">{escape(cell.mark)}{small}</td>'


def _missing(month: TeamMonth) -> str:
    cells = "".join(
        f'<td class="missing">{n}</td>' if n else f'<td class="{"rest" if day.rest else ""}"></td>'
        for n, day in zip(month.unfilled, month.days, strict=True)
    )
    return (
        f'<tr class="turn"><th colspan="2">缺岗<small>unfilled</small></th>{cells}<td colspan="4"></td></tr>'
    )


def _legend(month: TeamMonth) -> str:
    shifts = [
        f"{escape(mark)}：{escape(kind.name)} {escape(kind.name_en)} {kind.starts:%H:%M} + {kind.minutes / 60:g} h"
        for mark, kind in month.legend
    ]
    signs = {cell.seats.lstrip("0123456789") for row in month.rows for cell in row.cells}
    roles = [f"{sign} {zh} {en}" for zh, en, sign in ROLES.values() if sign in signs]
    return "；".join(
        (*shifts, "小字：车号与岗位 (small: vehicle and seat)", *roles, "计时：折算小时 (counted hours)")
    )
