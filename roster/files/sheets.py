"""Spreadsheets as offices keep them, as plain cells: merged ones filled, full-width signs made plain."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.worksheet import Worksheet

from gis_data.errors import InputError
from gis_data.tables import decode

Value = str | int | float | date | None
_MOST_CELLS = 2_000_000
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Cells by (row, column), both from 1; empty ones are not in it. `unread`: formulas that hold no value.

    `merged` has the cells that got their value from another one they are merged with.
    """

    name: str
    cells: dict[tuple[int, int], Value]
    unread: frozenset[tuple[int, int]] = frozenset()
    merged: frozenset[tuple[int, int]] = frozenset()
    rows: int = 0
    columns: int = 0

    def value(self, row: int, column: int) -> Value:
        return self.cells.get((row, column))

    def text(self, row: int, column: int) -> str:
        return plain_text(self.cells.get((row, column)))

    def row(self, number: int) -> Iterator[tuple[int, str]]:
        """The filled cells of a row: column and plain text."""
        for column in range(1, self.columns + 1):
            if text := self.text(number, column):
                yield column, text

    def where(self, row: int, column: int) -> str:
        """Like 值班表!F12, as a spreadsheet itself names the cell."""
        return f"{self.name}!{get_column_letter(column)}{row}"


def plain_text(value: Value) -> str:
    """Full-width letters and digits as plain ones, no spaces around, single ones within."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return _SPACE.sub(" ", unicodedata.normalize("NFKC", str(value))).strip()


def read_sheets(path: Path) -> tuple[Sheet, ...]:
    """Every sheet of a workbook; a CSV (UTF-8 or GBK) is one sheet named like the file."""
    if not path.is_file():
        raise InputError(str(path), "does not exist", "name the spreadsheet to read")
    if path.suffix.lower() == ".csv":
        return (_csv_sheet(path),)
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raise InputError(path.name, "is neither .xlsx nor .csv", "save it as .xlsx")
    return _workbook_sheets(path)


def _workbook_sheets(path: Path) -> tuple[Sheet, ...]:
    try:
        # Twice: once for what formulas came to, once to know where there are any.
        values, formulas = (load_workbook(path, data_only=kind) for kind in (True, False))
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError, TypeError) as error:
        raise InputError(path.name, "is not a readable workbook", "save it again as .xlsx") from error
    if sum(sheet.max_row * sheet.max_column for sheet in values.worksheets) > _MOST_CELLS:
        raise InputError(path.name, "is too large for a duty roster", "delete what lies beside the table")
    return tuple(_sheet(values[name.title], formulas[name.title]) for name in values.worksheets)


def _sheet(values: Worksheet, formulas: Worksheet) -> Sheet:
    cells: dict[tuple[int, int], Value] = {}
    unread: set[tuple[int, int]] = set()
    for row in formulas.iter_rows():
        for cell in row:
            if cell.value is None:
                continue
            at = (cell.row, cell.column)
            value = values.cell(*at).value if cell.data_type == "f" else cell.value
            if value is None or (isinstance(value, str) and value.startswith("#")):
                unread.add(at)
            elif plain_text(_plain(value)):
                cells[at] = _plain(value)
    merged: set[tuple[int, int]] = set()
    for block in formulas.merged_cells.ranges:
        first = cells.get((block.min_row, block.min_col))
        for at in ((r, c) for r, c in block.cells if first is not None and (r, c) not in cells):
            cells[at] = first
            merged.add(at)
    return _sized(values.title.strip(), cells, unread, merged)


def _sized(
    name: str, cells: dict[tuple[int, int], Value], unread: set[tuple[int, int]], merged: set[tuple[int, int]]
) -> Sheet:
    filled = (*cells, *unread)
    rows, columns = (max((at[axis] for at in filled), default=0) for axis in (0, 1))
    return Sheet(name, cells, frozenset(unread), frozenset(merged), rows, columns)


def _plain(value: object) -> Value:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, str | int | float | date) else str(value)


def _csv_sheet(path: Path) -> Sheet:
    text = decode(path.read_bytes(), path.name)
    delimiter = max((",", ";", "\t"), key=text.split("\n", 1)[0].count)
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise InputError(path.name, str(error), "check its quotation marks") from error
    cells: dict[tuple[int, int], Value] = {
        (r, c): value
        for r, row in enumerate(rows, start=1)
        for c, value in enumerate(row, start=1)
        if value.strip()
    }
    return _sized(path.stem, cells, set(), set())
