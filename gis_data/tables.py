"""units and people as tables: CSV in UTF-8 (with or without BOM) or GBK, or an .xlsx workbook."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from gis_data.cells import CellKind, cells, read_field, specs
from gis_data.errors import InputError

Record = TypeVar("Record")

_ENCODING_REMEDY = "save it as UTF-8 (in a spreadsheet: CSV UTF-8)"
# Chinese county staff type their headings in Chinese; both are understood, English is written.
HEADINGS: Mapping[str, str] = {
    "编号": "code",
    "代码": "code",
    "名称": "name_zh",
    "姓名": "name",
    "英文名": "name_en",
    "队站": "station",
    "车型": "vehicle_class",
    "座位": "seats",
    "最少人数": "minimum_crew",
    "备勤方式": "duty_mode",
    "联络方式": "contact",
    "已验收": "accepted",
    "资格": "qualifications",
    "电话": "telephone",
    "人员": "people",
    "空呼组": "ba_pairs",
    "载水吨": "water_tonnes",
    "生成数据": "synthetic",
    "用工性质": "employment",
    "班组": "platoon",
    "兼任": "teams",
    "入职日期": "joined",
    "工号": "person",
    "类别": "kind",
    "开始": "starts",
    "结束": "ends",
    "备注": "note",
    "日期": "day",
    "班次": "shift",
    "希望上班": "wanted",
    "权重": "weight",
    "甲": "one",
    "乙": "other",
}


def read_table(
    folder: Path, stem: str, kind: type[Record], quantities: Sequence[str] = (), *, keyed: bool = True
) -> tuple[Record, ...]:
    """`stem`.csv or `stem`.xlsx as records. `quantities` are columns that fill the record's one mapping.

    `keyed`: every row has a code of its own.
    """
    path = _the_file(folder, stem)
    if path is None:
        return ()
    rows = list(_workbook_rows(path) if path.suffix == ".xlsx" else _csv_rows(path))
    if not rows:
        raise InputError(path.name, "is empty", "give it a first row with column names")
    heading = [_heading(cell) for cell in rows[0][1]]
    _check_heading(path.name, heading, kind, quantities, keyed=keyed)
    found: list[Record] = []
    for number, row in rows[1:]:
        if len(row) > len(heading) and any(str(cell or "").strip() for cell in row[len(heading) :]):
            raise InputError(
                f"{path.name}, row {number}",
                f"has {len(row)} cells for {len(heading)} columns",
                "quote commas",
            )
        if not any(str(cell if cell is not None else "").strip() for cell in row):
            continue
        where = f"{path.name}, row {number}"
        found.append(_record(kind, dict(zip(heading, row, strict=False)), where, quantities))
    if keyed:
        _check_codes(path.name, found)
    return tuple(found)


def write_table(
    path: Path, kind: type[Record], records: Sequence[Record], quantities: Sequence[str] = ()
) -> None:
    """As CSV in UTF-8 with a BOM, which spreadsheets open rightly."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    heading: list[str] = []
    for spec in specs(kind):
        heading.extend(quantities if spec.kind is CellKind.QUANTITIES else spec.columns)
    writer.writerow(heading)
    for record in records:
        row: list[object] = []
        for spec in specs(kind):
            value = getattr(record, spec.name)
            if spec.kind is CellKind.QUANTITIES:
                row.extend(_number_text(value.get(code)) for code in quantities)
            else:
                row.extend(_cell_text(cell) for cell in cells(spec, value))
        writer.writerow(row)
    path.write_bytes(b"\xef\xbb\xbf" + text.getvalue().encode("utf-8"))


def decode(data: bytes, name: str) -> str:
    """Text of a table. UTF-8 first; else GBK (GB 18030), if what comes out is plain Chinese."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or b"\0" in data:
        raise InputError(name, "is not UTF-8 or GBK text", _ENCODING_REMEDY)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise InputError(name, "is neither UTF-8 nor GBK", _ENCODING_REMEDY) from error
    foreign = [c for c in text if ord(c) > 127]
    common = sum(1 for c in foreign if _is_gb2312(c))
    if common < 0.9 * len(foreign):
        raise InputError(name, "is neither UTF-8 nor GBK", _ENCODING_REMEDY)
    return text


def _is_gb2312(character: str) -> bool:
    try:
        encoded = character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    # Rows 1-9 hold punctuation, Greek, kana …; rows 16-87 the Chinese characters.
    return len(encoded) == 2 and (0xB0 <= encoded[0] <= 0xF7 or encoded[0] in (0xA1, 0xA3))


def _the_file(folder: Path, stem: str) -> Path | None:
    there = [path for path in (folder / f"{stem}.csv", folder / f"{stem}.xlsx") if path.exists()]
    if len(there) > 1:
        raise InputError(f"{stem}.csv", f"stands beside {stem}.xlsx", "keep one of the two")
    return there[0] if there else None


def _csv_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    text = decode(path.read_bytes(), path.name)
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise InputError(
            f"{path.name}, row {reader.line_num}", str(error), "check its quotation marks"
        ) from error


def _workbook_rows(path: Path) -> Iterator[tuple[int, list[Any]]]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        raise InputError(path.name, "is not a readable workbook", "save it again as .xlsx") from error
    for number, row in enumerate(book.worksheets[0].iter_rows(values_only=True), start=1):
        yield number, list(row)
    book.close()


def _heading(cell: object) -> str:
    text = str(cell or "").strip()
    return HEADINGS.get(text, text.lower().replace(" ", "_"))


def _check_heading(
    name: str, heading: list[str], kind: type[Any], quantities: Sequence[str], *, keyed: bool
) -> None:
    known = [column for spec in specs(kind) for column in (*spec.columns, spec.name)]
    known.extend(quantities)
    for place, column in enumerate(heading, start=1):
        if column and column not in known:
            raise InputError(
                f"{name}, column {place}",
                f"{column!r} is not a known column",
                f"use {', '.join(dict.fromkeys(known))}",
            )
        if column and heading.count(column) > 1:
            raise InputError(f"{name}, column {place}", f"{column!r} stands twice", "keep one of the two")
    if keyed and "code" not in heading:
        raise InputError(name, "has no column code", "name the columns in the first row")


def _record(kind: type[Record], row: Mapping[str, Any], where: str, quantities: Sequence[str]) -> Record:
    values: dict[str, Any] = {}
    for spec in specs(kind):
        if spec.kind is CellKind.QUANTITIES:
            values[spec.name] = _quantities(row, where, quantities)
        else:
            values[spec.name] = read_field(spec, row, where)
    return kind(**values)


def _quantities(row: Mapping[str, Any], where: str, quantities: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for code in quantities:
        cell = row.get(code)
        if cell is None or not str(cell).strip():
            continue
        try:
            number = float(str(cell))
        except ValueError:
            number = -1.0
        if not 0 <= number < 1e9:
            raise InputError(
                f"{where}, column {code}", f"{cell!r} is not a quantity", "write a number, 0 or more"
            )
        if number > 0:
            found[code] = number
    return found


def _check_codes(name: str, records: Sequence[Any]) -> None:
    seen: set[str] = set()
    for record in records:
        if record.code in seen:
            raise InputError(f"{name}, code {record.code}", "stands twice", "give each row its own code")
        seen.add(record.code)


def _cell_text(cell: object) -> object:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    return "" if cell is None else cell


def _number_text(value: float | None) -> str:
    return "" if not value else f"{value:g}"
