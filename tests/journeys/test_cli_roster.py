"""`pianqu roster import|check|export` as an office uses them, and its refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.cli import main
from gis_data.folder import write_county
from tests.rules.roster.county_of_duty import RULES, duty_people
from tests.rules.roster.test_roster_import import office
from tests.rules.test_county_folder import small_county


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(replace(small_county(), people=duty_people()), folder)
    (folder / "roster.toml").write_text(RULES, encoding="utf-8")
    return folder


def test_an_offices_month_is_imported_checked_and_exported(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    office().save(tmp_path / "月表.xlsx")
    out = tmp_path / "r.json"
    where = ("--county", str(county))
    assert main(["roster", "import", str(tmp_path / "月表.xlsx"), "--out", str(out), *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["duties"] == 124
    assert main(["roster", "check", str(out), *where, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["blocking"] == 0
    assert found["synthetic"] is True
    assert all(one["zh"] and one["en"] for one in found["violations"])
    document = json.loads(out.read_text(encoding="utf-8"))
    document["duties"] = document["duties"][1:]
    out.write_text(json.dumps(document), encoding="utf-8")
    assert main(["roster", "check", str(out), *where, "--lang", "en"]) == 1
    said = capsys.readouterr()
    assert "2026-12-01" in said.out
    assert "1 violation(s) forbid publishing" in said.err
    for form, first in (
        ("xlsx", b"PK"),
        ("html", b"<!doctype"),
        ("pdf", b"%PDF"),
        ("ics", b"BEGIN:VCALENDAR"),
    ):
        file = tmp_path / f"r.{form}"
        only = ("--person", "m10") if form == "ics" else ()
        assert main(["roster", "export", str(out), "--out", str(file), *only, *where]) == 0
        assert file.read_bytes().startswith(first)


def test_every_fault_of_a_spreadsheet_is_one_line_and_nothing_is_written(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = office()
    sheet = workbook["值班表"]
    sheet["F5"], sheet["B7"] = "晚", "示例2"
    workbook.save(tmp_path / "月表.xlsx")
    out = tmp_path / "r.json"
    given = ["roster", "import", str(tmp_path / "月表.xlsx"), "--out", str(out), "--county", str(county)]
    assert main(given) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 2
    assert lines[0].startswith("pianqu: 值班表!F5：晚 不是巴公站的班次标记；请用 班、")
    assert not out.exists()
    assert main([*given, "--json"]) == 2
    assert [fault["layer"] for fault in json.loads(capsys.readouterr().out)["faults"]] == [
        "值班表!F5",
        "值班表!B7",
    ]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("check", "none.json"), "none.json: does not exist"),
        (("export", "--format", "pdf", "--out", "x.pdf"), "ROSTER.json: or --published is needed"),
        (("import", "none.xlsx", "--out", "r.json"), "none.xlsx: does not exist"),
        (("import", "none.xlsx", "--out", "r.json", "--month", "2026-13"), "'2026-13' is not a month"),
        (("explain", "--month", "9999-12"), "9999-12 is out of reach"),
        (("solve", "--month", "2026-12", "--out", "none/r.json"), "none is no folder"),
        (("export", "--published", "May", "--format", "pdf", "--out", "x.pdf"), "'May' is not a month"),
        (("export", "--published", "2026-12", "--out", "x.doc"), "x.doc does not tell its format"),
        (
            ("export", "--published", "2026-99", "--format", "pdf", "--out", "x.pdf"),
            "--published: '2026-99' is not",
        ),
    ],
)
def test_bad_input_is_one_line(
    county: Path, given: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roster", *given, "--county", str(county)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1


def test_people_and_leave_of_a_workbook_are_kept_in_the_countys_form(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    workbook = office()
    workbook["值班表"]["B3"], workbook["值班表"]["D3"] = "新来的", "病"
    people = workbook.create_sheet("人员")
    people.append(["编号", "姓名", "队伍", "资格", "班组"])
    people.append(["n1", "新来的", "巴公站", "驾驶员", 1])
    workbook.save(tmp_path / "月表.xlsx")
    given = ["roster", "import", str(tmp_path / "月表.xlsx"), "--out", str(tmp_path / "r.json")]
    kept = [tmp_path / "people.csv", tmp_path / "absences.csv"]
    given += ["--people-out", str(kept[0]), "--absences-out", str(kept[1]), "--county", str(county)]
    assert main(given) == 0
    assert "not in the county's people.csv yet: n1" in capsys.readouterr().err
    people_text, absences_text = (file.read_text(encoding="utf-8-sig") for file in kept)
    assert "n1,新来的,s1,driver,,false,contract,1,," in people_text
    assert "n1,sick,2026-12-02,2026-12-02," in absences_text


def test_county_check_names_faults_of_duty_too(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("county.toml", "county.gpkg", "units.csv", "people.csv", "roster.toml"):
        (tmp_path / name).write_bytes((county / name).read_bytes())
    (tmp_path / "pairs.csv").write_text("kind,one,other\napart,m10,m99\n", encoding="utf-8")
    assert main(["county", "check", str(tmp_path), "--json"]) == 1
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert ("pairs.csv", "roster_reference") in {(fault["layer"], fault["code"]) for fault in faults}
