"""`pianqu roster solve` and its solver processes: the same roster anywhere, and Ctrl-C hands over the best so far."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from dispatch.cli import main
from gis_data.folder import write_county
from roster.files.document import read_roster
from roster.planning import worker
from roster.planning.county import Ask, Here, solve_county
from roster.planning.month import Effort, Report
from roster.planning.processes import Processes
from scripts.benchmarks.roster.made_book import FIRST, made_book
from tests.rules.roster.county_of_duty import RULES, duty_people
from tests.rules.test_county_folder import small_county

MONTH = ("--month", "2026-12")
QUICK = Effort(steps_a_cell=0, rounds=1, proof_seconds=0.0)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(replace(small_county(), people=duty_people()), folder)
    (folder / "roster.toml").write_text(RULES, encoding="utf-8")
    return folder


def test_ctrl_c_hands_over_the_best_so_far_and_says_so(county: Path, tmp_path: Path) -> None:
    out = tmp_path / "december.json"
    endless = ["--effort", "1000000", "--progress", "--out", str(out), "--json", "--county", str(county)]
    process = subprocess.Popen(
        [sys.executable, "-c", "from dispatch.cli import run; run()", "roster", "solve", *MONTH, *endless],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    assert "%" in process.stderr.readline()
    process.send_signal(signal.SIGINT)
    told, said = process.communicate(timeout=120)
    assert (process.returncode, "Traceback" in said) == (130, False)
    document = json.loads(told)
    assert all(document[what] for what in ("interrupted", "stopped", "synthetic"))
    roster = read_roster(out)
    assert {duty.team for duty in roster.duties} == {team["team"] for team in document["teams"]}
    assert main(["roster", "check", str(out), "--county", str(county)]) == 0


def test_a_month_is_planned_written_and_told(
    county: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "december.json"
    given = ["roster", "solve", *MONTH, "--processes", "1", "--out", str(out), "--county", str(county)]
    assert main(given) == 0
    assert "必需岗位空缺 0" in capsys.readouterr().out
    assert read_roster(out).days == 31


def test_what_is_asked_wrongly_is_refused_in_one_line(
    county: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for given, words in (
        (["--month", "2026-13"], ("--month", "2026-13", "YYYY-MM")),
        ([*MONTH, "--team", "nobody"], ("--team", "nobody")),
    ):
        assert main(["roster", "solve", *given, "--county", str(county)]) == 2
        said = capsys.readouterr()
        assert said.out == ""
        assert said.err.count("\n") == 1
        assert all(word in said.err for word in words)


def test_solver_processes_find_the_same_roster_and_end_with_their_parent() -> None:
    book = made_book(4, ("24/48", "2x12"))
    ask = Ask(FIRST, 28, effort=QUICK)
    told: list[Report] = []
    with Processes(book, 2, told=told.append) as runner:
        apart = solve_county(book, ask, runner)
        workers = list(runner._workers)
    here = solve_county(book, ask, Here(book))
    assert apart.roster == here.roster
    assert {report.team for report in told} == set(book.teams)
    assert all(process.poll() is not None for process in workers)


def test_a_solver_ends_when_nobody_listens_any_more() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", worker.__name__], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    process.communicate(timeout=60)  # closes its input
    assert process.returncode == 0
