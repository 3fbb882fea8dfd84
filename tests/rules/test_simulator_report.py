"""The report: intervals, paired differences, cover, one document, and bad input said in one line."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dispatch.alarms.question import Units
from dispatch.cli import main
from dispatch.simulator.cover import CoverWatch
from dispatch.simulator.habits import habits
from dispatch.simulator.measure import estimate, paired
from dispatch.simulator.study import Study, carry_out, check_study, drawn
from dispatch.simulator.travel import empty_table, fill, read_table, write_table
from dispatch.simulator.workers import Task
from gis_data.errors import InputError
from gis_data.folder import write_county
from routing.live import LiveRoads
from tests.rules.simulating import ASSUMED, small_ground
from tests.storage.small_county import small_county, small_graph


def _report(study: Study, workers: int = 1) -> dict[str, Any]:
    ground = small_ground()
    demand, alarms = drawn(ground.county, ASSUMED, study)
    return carry_out(Task(ground, demand, study.habits, alarms, study.seed, False), study, workers=workers)


STUDY = Study(habits("tt,zone_first"), 0.05, 1, 3, 8.0)


def test_an_interval_needs_two_replications_and_holds_its_mean() -> None:
    assert estimate([3.0]).low is None
    found = estimate([1.0, 2.0, 3.0, float("nan")])
    assert found.value == 2.0
    assert found.low is not None
    assert found.high is not None
    assert found.low < 2.0 < found.high
    assert 2.0 - found.low == pytest.approx(4.302653 / 3**0.5, abs=1e-4)  # t with 2 degrees of freedom
    assert estimate([]).value is None


def test_differences_are_taken_run_by_run() -> None:
    found = paired([{"a": 5.0}, {"a": 7.0}], [{"a": 4.0}, {"a": 6.0}])["a"]
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_a_policy_against_itself_differs_by_nothing() -> None:
    report = _report(replace(STUDY, habits=habits("tt,tt")))
    assert report["differences"]
    assert all(row["difference"] in (0.0, None) for row in report["differences"])


def test_several_processes_give_the_same_report() -> None:
    assert _report(STUDY, workers=2) == _report(STUDY)


def test_the_report_says_what_it_rests_on() -> None:
    report = _report(STUDY)
    assert report["synthetic"] is True
    assert report["assumptions"] == "待核"
    first = report["policies"][0]
    assert set(first["first_engine"]["parts"]) == {
        f"{part}_seconds" for part in ("handling", "queue", "answer", "turnout", "travel")
    }
    assert {row["code"] for row in first["by_zone"]} <= {"W", "E"}
    assert all(0.0 <= unit["busy_share"] <= 1.0 for unit in first["units"])
    assert sum(row["alarms"] for row in first["by_town"]) == first["alarms"]


def test_cover_counts_only_engines_of_zones_and_only_the_horizon() -> None:
    units = Units(
        np.zeros(4, np.int64),
        np.zeros((4, 1)),
        np.zeros((4, 1)),
        np.array([0, 0, 1, -1], np.int32),
        np.array([True, True, False, True]),
        np.zeros(4, np.int8),
    )
    watch = CoverWatch(units, np.ones(4, np.bool_), reserve=2, horizon_ms=1000)
    watch.leaves(0, 100)
    watch.leaves(3, 100)
    watch.leaves(1, 400)
    watch.returns(0, 700)
    watch.returns(3, 800)
    watch.returns(1, 5000)
    assert watch.empty_ms.tolist() == [300, 0]
    assert watch.has_engines.tolist() == [True, False]
    assert watch.below_ms == 900
    assert watch.busy_ms.tolist() == [600, 600, 0, 700]


def test_travel_times_are_kept_and_a_torn_file_is_made_again(tmp_path: Path) -> None:
    county = small_county()
    table = empty_table(county)
    assert fill(table, county, lambda: LiveRoads(small_graph()), [0, 2])
    assert not fill(table, county, lambda: LiveRoads(small_graph()), [2])
    file = tmp_path / "travel.npz"
    write_table(table, file)
    kept = read_table(file, county)
    np.testing.assert_array_equal(kept.travel_ms, table.travel_ms)
    file.write_bytes(file.read_bytes()[:100])
    assert not read_table(file, county).known.any()


@pytest.mark.parametrize(
    ("changed", "option"),
    [
        ({"years": 0.0}, "--years"),
        ({"years": float("nan")}, "--years"),
        ({"years": float("inf")}, "--years"),
        ({"years": 1e9}, "--years"),
        ({"seed": -1}, "--seed"),
        ({"replications": 0}, "--replications"),
        ({"alarms_a_day": 0.0}, "--alarms-per-day"),
    ],
)
def test_a_study_that_makes_no_sense_is_refused(changed: dict[str, Any], option: str) -> None:
    with pytest.raises(InputError, match=option):
        check_study(replace(STUDY, **changed))


# ── the command ────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("county") / "small"
    write_county(small_county(), where)
    return where


def _run(folder: Path, tmp_path: Path, *arguments: str) -> int:
    return main(["simulate", "--county", str(folder), "--data", str(tmp_path / "data"), *arguments])


def test_the_command_prints_one_document_and_writes_its_rows(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ("--years", "0.05", "--policy", "tt,air", "--seed", "7", "--replications", "2", "--json")
    out = tmp_path / "out"
    assert _run(folder, tmp_path, *asked, "--out", str(out)) == 0
    first = capsys.readouterr()
    document = json.loads(first.out)
    assert first.err == ""
    assert _run(folder, tmp_path, *asked) == 0
    assert capsys.readouterr().out == first.out
    assert json.loads((out / "summary.json").read_text("utf-8")) == document
    assert [policy["policy"] for policy in document["policies"]] == ["tt", "air"]
    with (out / "responses.csv").open(encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    served = [row for row in rows if row["on_scene_at"]]
    assert served
    for row in served:
        moments = [
            float(row[column])
            for column in (
                "alarm_at",
                "ready_at",
                "ordered_at",
                "acknowledged_at",
                "rolled_at",
                "on_scene_at",
            )
        ]
        assert moments == sorted(moments)
        assert float(row["on_scene_at"]) < float(row["cleared_at"]) < float(row["home_at"])
    with (out / "alarms.csv").open(encoding="utf-8") as stream:
        alarms = list(csv.DictReader(stream))
    assert len(alarms) == sum(policy["alarms"] for policy in document["policies"])
    assert sum(int(row["units"]) for row in alarms) == len(rows)


def test_the_command_shows_a_table(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _run(folder, tmp_path, "--years", "0.02", "--policy", "tt,zone_first", "--replications", "2") == 0
    said = capsys.readouterr().out
    assert "zone_first" in said
    assert "synthetic" in said


@pytest.mark.parametrize(
    "asked",
    [
        ("--years", "0"),
        ("--years", "-1"),
        ("--years", "many"),
        ("--years", "nan"),
        (),
        ("--years", "1", "--policy", "best"),
        ("--years", "1", "--seed", "-2"),
        ("--years", "1", "--replications", "0"),
        ("--years", "1", "--county", "/nowhere/at/all"),
        ("verify", "--case", "/nowhere/cases.json"),
    ],
)
def test_bad_input_ends_with_two_and_one_line(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], asked: tuple[str, ...]
) -> None:
    assert _run(folder, tmp_path, *asked) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1


def test_verify_answers_a_list_and_one_when_a_case_is_missed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "cases.json"
    file.write_text(
        json.dumps({"a": {"c": 2, "a": 1.0, "erlang_B": 0.2}, "b": {"note": 1}}), encoding="utf-8"
    )
    assert main(["simulate", "verify", "--case", str(file), "--json"]) == 0
    said = capsys.readouterr()
    (row,) = json.loads(said.out)
    assert {"case", "quantity", "expected", "mean", "z"} <= set(row)
    assert abs(row["z"]) < 3
    assert "b" in said.err
    file.write_text(json.dumps({"a": {"c": 2, "a": 1.0, "erlang_B": 0.3}}), encoding="utf-8")
    assert main(["simulate", "verify", "--case", str(file), "--json"]) == 1
