"""`pianqu roster repair|explain` as an officer uses them, and their refusals."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from dispatch.cli import main
from gis_data.folder import read_county, write_county
from roster.files.book import read_book
from roster.files.document import read_roster, write_roster
from roster.plan import Duty, Roster
from roster.planning.rotation import roster_by_rotation
from tests.rules.roster.county_of_duty import RULES, duty_people
from tests.rules.test_county_folder import small_county

FIRST = date(2026, 12, 1)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(replace(small_county(), people=duty_people()), folder)
    (folder / "roster.toml").write_text(RULES, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def month(county: Path) -> Path:
    book = read_book(read_county(county), county)
    file = county / "month.json"
    write_roster(file, roster_by_rotation(book, FIRST, 31), synthetic=True)
    return file


def test_a_sickness_is_mended_and_the_option_taken_is_a_roster(
    county: Path, month: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    duty = next(d for d in read_roster(month).duties if d.day == date(2026, 12, 10))
    out = tmp_path / "new.json"
    given = [
        "roster",
        "repair",
        str(month),
        "--away",
        duty.person,
        "--from",
        "2026-12-10",
        "--county",
        str(county),
    ]
    given += ["--now", "2026-12-05T09:00"]
    assert main([*given, "--take", "1", "--out", str(out), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert [one["person"] for one in found["released"]] == [duty.person]
    assert all(change["zh"] and change["en"] for option in found["options"] for change in option["changes"])
    assert duty not in read_roster(out).duties
    assert main(given) == 0
    assert capsys.readouterr().out.startswith("1  改动最少")


def test_a_month_with_everybody_on_leave_at_once_is_explained_in_sentences(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(county, tmp_path / "county")
    book = read_book(read_county(county), county)
    rows = [f"{person},leave,2026-12-10,2026-12-11," for person in sorted(book.people)]
    (tmp_path / "county" / "absences.csv").write_text(
        "\n".join(["person,kind,starts,ends,note", *rows]) + "\n", encoding="utf-8"
    )
    team = next(rule.team for rule in book.seat_rules if rule.required)
    given = ["roster", "explain", "--month", "2026-12", "--team", team, "--county", str(tmp_path / "county")]
    assert main([*given, "--json"]) == 1
    (told,) = json.loads(capsys.readouterr().out)["teams"]
    assert told["impossible"]
    assert told["minimal"]
    assert told["counts"][0]["able"] == 0
    for part in (*told["counts"], *told["clash"], *(step for fix in told["fixes"] for step in fix["steps"])):
        assert part["zh"]
        assert part["en"]
    assert main([*given, "--lang", "en"]) == 1
    assert "These cannot all hold (verified" in capsys.readouterr().out


def test_what_people_do_for_another_team_is_counted_when_its_roster_is_given(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book = read_book(read_county(county), county)
    team, other = "s1", "room-t1"
    day = date(2026, 12, 10)
    alike = sorted(p for p, one in book.people.items() if one.serves(team, day))
    shift = book.teams[other].shifts[0]
    lent = tuple(Duty(day, other, shift, f"{other}/member/{at}", who) for at, who in enumerate(alike))
    file = tmp_path / "others.json"
    write_roster(file, Roster(book.county, FIRST, 31, (other,), lent), synthetic=True)
    given = ["roster", "explain", "--month", "2026-12", "--team", team, "--county", str(county), "--json"]
    assert main(given) == 0
    assert main([*given, "--roster", str(file)]) == 1
    *_, told = capsys.readouterr().out.partition('"teams"')
    assert "2026-12-10" in told
    assert main([*given[:3], "2027-01", *given[4:], "--roster", str(file)]) == 2
    assert "--roster: has no day of 2027-01" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (
            ["--away", "nobody", "--from", "2026-12-10"],
            "--away: 'nobody' is not known; name a code of people.csv",
        ),
        (["--away", "m10", "--from", "soon"], "--from: 'soon' is not a time; write 2026-12-03"),
        (
            ["--away", "m10", "--from", "2026-12-10", "--to", "2026-12-01"],
            "--to: lies before --from; give a later time",
        ),
        (["--away", "m10", "--from", "2026-12-10", "--take", "1"], "--take: and --out belong together"),
    ],
)
def test_bad_input_is_one_line_that_says_how_to_mend_it(
    county: Path, month: Path, more: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["roster", "repair", str(month), "--county", str(county), *more]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("pianqu: ")
    assert said in line


@pytest.mark.parametrize(
    ("change", "more", "said"),
    [
        ({}, ("--from", "9999-12-31"), "--from: '9999-12-31' is out of reach"),
        ({"teams": ["nowhere"]}, ("--from", "2026-12-03"), "has no team 'nowhere'"),
        ({"shift": "X"}, ("--from", "2026-12-03"), "X are not in the county"),
    ],
)
def test_a_roster_that_the_county_does_not_have_is_refused_and_not_mended(
    county: Path,
    month: Path,
    tmp_path: Path,
    change: dict[str, object],
    more: tuple[str, ...],
    said: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    document = json.loads(month.read_text(encoding="utf-8"))
    person = document["duties"][0]["person"]
    document |= {key: value for key, value in change.items() if key == "teams"}
    document["duties"][0] |= {key: value for key, value in change.items() if key == "shift"}
    file = tmp_path / "r.json"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert main(["roster", "repair", str(file), "--away", person, *more, "--county", str(county)]) == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.splitlines()) == 1


def test_a_county_without_a_duty_book_says_so_instead_of_nothing(
    tmp_path: Path, month: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_county(small_county(), tmp_path)
    where = ("--county", str(tmp_path))
    assert main(["roster", "explain", "--month", "2026-12", *where]) == 2
    assert "has no duty book" in capsys.readouterr().err
    # An audit by no rules would pass everything.
    assert main(["roster", "check", str(month), *where]) == 2
    assert "has no team" in capsys.readouterr().err
