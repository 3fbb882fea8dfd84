"""An office's spreadsheet becomes a roster whole, or every fault is named by sheet and cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from gis_data.errors import InputError
from roster.demand import seats_of
from roster.files.office import Imported, import_roster, import_sheets
from roster.files.sheets import Sheet, plain_text
from roster.files.workbook import roster_workbook
from roster.people import AbsenceKind
from roster.plan import Book, Duty, Roster
from tests.rules.roster.county_of_duty import RULES, duty_book, duty_county

TITLE = "巴公站 2026年12月 值班表"
PLATOONS = {1: "示例1", 2: "示例2", 3: "示例3"}


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Book:
    folder = tmp_path_factory.mktemp("county")
    duty_county(folder)
    return duty_book(folder)


def office(change: Callable[[Any], None] | None = None) -> Workbook:
    """A month as an office keeps it: a merged title, names, days 1 to 31, 班 on every third day by platoon."""
    workbook = Workbook()
    sheet: Any = workbook.active
    sheet.title = "值班表"
    sheet["A1"] = TITLE
    sheet.merge_cells("A1:AG1")
    for column, text in enumerate(("序号", "姓名", *range(1, 32)), start=1):
        sheet.cell(2, column, text)
    people = [f"示例{platoon}{place}" for platoon in (1, 2, 3) for place in range(4)]
    for row, name in enumerate(people, start=3):
        sheet.cell(row, 1, row - 2)
        sheet.cell(row, 2, name)
        for day in range(1, 32):
            on = (day - 1) % 3 == int(name[2]) - 1
            sheet.cell(row, day + 2, "班" if on else "休")
    sheet.cell(15, 2, "审核：")
    if change:
        change(workbook)
    return workbook


def imported(tmp_path: Path, book: Book, workbook: Workbook) -> Imported:
    workbook.save(tmp_path / "月表.xlsx")
    found, faults = import_roster(tmp_path / "月表.xlsx", book)
    assert [str(fault) for fault in faults] == []
    assert found is not None
    return found


def faults_of(tmp_path: Path, book: Book, workbook: Workbook) -> dict[str, str]:
    workbook.save(tmp_path / "月表.xlsx")
    found, faults = import_roster(tmp_path / "月表.xlsx", book)
    assert found is None, "nothing is half imported"
    return {fault.layer: fault.code for fault in faults}


def test_a_grid_becomes_duties_on_the_seats_that_people_are_qualified_for(tmp_path: Path, book: Book) -> None:
    roster = imported(tmp_path, book, office()).roster
    assert (roster.first, roster.days, roster.teams) == (date(2026, 12, 1), 31, ("s1",))
    assert len(roster.duties) == 31 * 4
    first = {duty.seat: duty.person for duty in roster.duties if duty.day == date(2026, 12, 1)}
    assert first["u1/driver/0"] == "m10"
    assert first["u1/squad_leader/0"] == "m11"
    assert {first["u1/firefighter/0"], first["u1/firefighter/1"]} == {"m12", "m13"}


def test_marks_of_leave_become_leave_and_not_duties(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet["D3"] = "年休"
        sheet.merge_cells("D3:E3")
        sheet["H3"] = "病"

    found = imported(tmp_path, book, office(change))
    spans = [(one.person, one.kind, one.first.day, one.last.day) for one in found.leave]
    assert spans == [("m10", AbsenceKind.LEAVE, 2, 3), ("m10", AbsenceKind.SICK, 6, 6)]


def test_what_typists_do_is_understood(tmp_path: Path, book: Book) -> None:
    """Full-width digits, spaces in names, trailing ones, days as text, dates, and totals below."""

    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet["B3"] = " 示 例10　"
        for column in range(3, 12):
            sheet.cell(2, column).value = chr(0xFF10 + column - 2)
        sheet["N2"], sheet["O2"], sheet["P2"] = "12日", date(2026, 12, 13), "12月14日"
        sheet["C3"], sheet["F3"] = "Ｔ２４", " 全天班 "
        sheet["B16"], sheet["C16"] = "合计", 4

    found = imported(tmp_path, book, office(change))
    assert len(found.roster.duties) == 31 * 4


def test_a_gbk_file_of_commas_is_a_sheet_too(tmp_path: Path, book: Book) -> None:
    sheet: Any = office()["值班表"]
    rows = [",".join("" if v is None else str(v) for v in row) for row in sheet.iter_rows(values_only=True)]
    (tmp_path / "月表.csv").write_bytes("\r\n".join(rows).encode("gb18030"))
    found, faults = import_roster(tmp_path / "月表.csv", book)
    assert faults == ()
    assert found is not None
    assert len(found.roster.duties) == 124


def test_every_fault_is_named_by_its_cell_and_all_at_once(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet["F5"] = "晚"
        sheet["G6"] = "=班次!A1"
        sheet["B7"] = "示例2"
        sheet["B8"] = "示例10"
        sheet["K2"] = 8

    assert faults_of(tmp_path, book, office(change)) == {
        "值班表!F5": "sheet_unknown_mark",
        "值班表!G6": "sheet_formula",
        "值班表!B7": "sheet_unknown_person",
        "值班表!B8": "sheet_person_twice",
        "值班表!K2": "sheet_day_twice",
    }


def test_two_people_of_one_name_are_told_apart_by_code_only(tmp_path: Path, book: Book) -> None:
    twin = replace(book.people["m14"], name="示例10")
    people = replace(book, people={**book.people, "m14": twin})
    assert faults_of(tmp_path, people, office()) == {"值班表!B3": "sheet_several_people"}

    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet["A2"] = "编号"
        for row in range(3, 15):
            name = sheet.cell(row, 2).value
            sheet.cell(row, 1).value = "m" + name[2:]

    assert len(imported(tmp_path, people, office(change)).roster.duties) == 124


def test_more_people_than_seats_are_named(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        for row in range(3, 15):
            sheet.cell(row, 3).value = "班"

    found = faults_of(tmp_path, book, office(change))
    assert set(found.values()) == {"sheet_no_seat"}
    assert len(found) == 12 - len(seats_of(book, "s1", date(2026, 12, 1)))


def test_the_month_may_come_from_outside_and_has_to_come_from_somewhere(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet["A1"] = "巴公站值班表"

    office(change).save(tmp_path / "月表.xlsx")
    found, faults = import_roster(tmp_path / "月表.xlsx", book)
    assert found is None
    assert [fault.code for fault in faults] == ["sheet_no_month"]
    found, faults = import_roster(tmp_path / "月表.xlsx", book, date(2027, 2, 1))
    assert [fault.code for fault in faults] == ["sheet_no_such_day"] * 3, "February has no 29th to 31st"


def test_lists_of_people_and_leave_stand_beside_the_grid(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        workbook["值班表"]["B3"] = "新来的"
        people: Any = workbook.create_sheet("人员")
        people.append(["编号", "姓名", "队伍", "资格", "用工性质", "班组"])
        people.append(["n1", "新来的", "巴公站", "驾驶员、空呼@2027-12-31", "合同制", 1])
        leave: Any = workbook.create_sheet("请假")
        leave.append(["姓名", "类别", "开始", "结束"])
        leave.append(["新来的", "培训", "2026年12月20日", date(2026, 12, 22)])

    found = imported(tmp_path, book, office(change))
    assert [(p.code, p.memberships[0].team, p.memberships[0].platoon) for p in found.people] == [
        ("n1", "s1", 0)
    ]
    assert found.people[0].holds("driver:heavy_engine", date(2028, 1, 1))
    assert [(one.person, one.kind, one.last.day) for one in found.leave] == [("n1", AbsenceKind.TRAINING, 22)]


def test_faults_of_the_lists_are_named_too(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        people: Any = workbook.create_sheet("人员")
        people.append(["编号", "姓名", "队伍", "资格"])
        people.append(["n1", "新来的", "某某站", "驾驶员"])
        people.append(["n2", "新来的", "巴公站", "厨师"])
        leave: Any = workbook.create_sheet("请假")
        leave.append(["姓名", "开始", "结束"])
        leave.append(["示例10", "2026-12-05", "2026-12-01"])
        leave.append(["无名氏", "2026-12-05", "2026-12-06"])

    assert faults_of(tmp_path, book, office(change)) == {
        "人员!C2": "sheet_unknown_team",
        "人员!D3": "sheet_bad_cell",
        "请假!C2": "sheet_bad_cell",
        "请假!A3": "sheet_unknown_person",
    }


def made(book: Book, first: date, days: int) -> Roster:
    """Platoons by turns on the required seats, a loan and a pin among them."""
    duties = []
    for offset in range(days):
        day = date.fromordinal(first.toordinal() + offset)
        platoon = offset % 3 + 1
        seats = [f"u1/{role}" for role in ("driver/0", "squad_leader/0", "firefighter/0", "firefighter/1")]
        duties += [Duty(day, "s1", "T24", seat, f"m{platoon}{n}") for n, seat in enumerate(seats)]
    duties.append(Duty(first, "s1", "T24", "u1/firefighter/2", "w1", True, "room-t1", "permit-1", 120))
    return Roster(book.county, first, days, ("room-t1", "s1"), tuple(sorted(duties)))


@pytest.mark.parametrize(("first", "days"), [(date(2026, 12, 1), 31), (date(2026, 12, 7), 28)])
def test_an_exported_workbook_reads_back_as_the_same_roster(
    tmp_path: Path, book: Book, first: date, days: int
) -> None:
    roster = made(book, first, days)
    (tmp_path / "r.xlsx").write_bytes(roster_workbook(book, roster))
    found, faults = import_roster(tmp_path / "r.xlsx", book)
    assert faults == ()
    assert found is not None
    assert found.roster == roster


def test_what_is_changed_by_hand_in_the_grid_counts(tmp_path: Path, book: Book) -> None:
    (tmp_path / "r.xlsx").write_bytes(roster_workbook(book, made(book, date(2026, 12, 1), 31)))
    workbook = load_workbook(tmp_path / "r.xlsx")
    sheet: Any = workbook["巴公站"]
    at = {sheet.cell(row, 1).value: row for row in range(5, sheet.max_row)}
    sheet.cell(at["m10"], 4).value = ""
    sheet.cell(at["m20"], 4).value = "班"
    workbook.save(tmp_path / "r.xlsx")
    found, faults = import_roster(tmp_path / "r.xlsx", book)
    assert faults == ()
    assert found is not None
    first = {duty.seat: duty.person for duty in found.roster.duties if duty.day == date(2026, 12, 1)}
    assert first["u1/driver/0"] == "m20"
    assert "m10" not in first.values()


@pytest.mark.parametrize("name", ["none.xlsx", "text.xlsx", "letter.docx"])
def test_a_file_that_is_no_spreadsheet_is_refused_in_one_line(tmp_path: Path, book: Book, name: str) -> None:
    (tmp_path / "text.xlsx").write_text("hello", encoding="utf-8")
    (tmp_path / "letter.docx").write_text("hello", encoding="utf-8")
    with pytest.raises(InputError):
        import_roster(tmp_path / name, book)


def test_a_county_that_plans_no_duty_cannot_import(tmp_path: Path) -> None:
    duty_county(tmp_path / "c", RULES.replace("[[team]]", "[[season_of_nothing]]"))
    (tmp_path / "c" / "roster.toml").unlink()
    empty = duty_book(tmp_path / "c")
    office().save(tmp_path / "月表.xlsx")
    with pytest.raises(InputError):
        import_roster(tmp_path / "月表.xlsx", empty)


def test_a_name_merged_over_two_rows_is_one_person(tmp_path: Path, book: Book) -> None:
    def change(workbook: Workbook) -> None:
        sheet: Any = workbook["值班表"]
        sheet.insert_rows(4)
        sheet.merge_cells("B3:B4")
        sheet["D4"] = "班"

    found = imported(tmp_path, book, office(change))
    assert {duty.day.day for duty in found.roster.duties if duty.person == "m10"} >= {1, 2, 4}


_VALUES = st.one_of(
    st.sampled_from(
        [
            "班",
            "休",
            "假",
            "夜",
            "姓名",
            "编号",
            "队伍",
            "巴公站",
            "示例10",
            "示例2",
            "2026年12月",
            "T24",
            "资格",
            "开始",
        ]
    ),
    st.integers(-1, 32),
    st.floats(allow_nan=False, allow_infinity=False),
    st.dates(date(2026, 1, 1), date(2027, 12, 31)),
    st.text(max_size=3),
)


@given(st.dictionaries(st.tuples(st.integers(1, 16), st.integers(1, 34)), _VALUES, max_size=12), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_is_typed_gives_a_roster_or_faults_and_never_breaks(
    book: Book, grid: dict[tuple[int, int], Any], data: st.DataObject
) -> None:
    cells = {**_GRID, **{at: value for at, value in grid.items() if plain_text(value)}}
    gone = data.draw(st.sets(st.sampled_from(sorted(_GRID)), max_size=4))
    kept = {at: value for at, value in cells.items() if at not in gone or at in grid}
    found, faults = import_sheets([Sheet("表", kept, rows=16, columns=34)], "表.xlsx", book)
    assert (found is None) == bool(faults)
    assert all(str(fault) for fault in faults)
    if found is not None:
        assert len({(d.day, d.team, d.shift, d.seat) for d in found.roster.duties}) == len(
            found.roster.duties
        )


_GRID: dict[tuple[int, int], Any] = {
    (cell.row, cell.column): cell.value
    for row in office()["值班表"].iter_rows()
    for cell in row
    if cell.value is not None
}
