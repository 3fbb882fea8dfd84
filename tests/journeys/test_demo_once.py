"""`pianqu demo --once --report` on a small county: everything served, and a report that can be relied on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from gis_data.folder import write_county
from gis_data.model import County
from runtime.ports import free_port
from tests.storage.small_county import small_county

# One worker: the demo is played once for all its tests.
pytestmark = pytest.mark.xdist_group("demo_once")
STEPS = ("dispatched_at", "delivered_at", "acknowledged_at", "en_route_at", "on_scene_at")


def county_for_a_demo() -> County:
    """Everybody answers within eight seconds: the silent team of the tale costs no half minute."""
    county = small_county()
    soon = tuple(
        replace(rule, acknowledge_seconds=min(rule.acknowledge_seconds, 8.0))
        if rule.acknowledge_seconds is not None
        else rule
        for rule in county.deadlines
    )
    return replace(county, deadlines=soon)


@pytest.fixture(scope="module")
def played(
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[subprocess.CompletedProcess[str], dict[str, Any]]:
    folder = tmp_path_factory.mktemp("demo")
    write_county(county_for_a_demo(), folder / "county")
    report = folder / "报告.json"
    done = subprocess.run(
        [
            *(sys.executable, "-c", "from dispatch.cli import run; run()", "demo", "--once"),
            *("--alarms", "2", "--speed", "3000", "--county", folder / "county"),
            *("--report", report, "--data", folder / "data", "--port", str(free_port())),
        ],
        env={**os.environ, "COLUMNS": "200"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=220,
        check=False,
    )
    assert report.exists(), done.stderr
    return done, json.loads(report.read_text(encoding="utf-8"))


def test_the_demo_ends_with_0_and_every_alarm_served(
    played: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    done, report = played
    left = {one["id"] for one in report["unserved"]}
    assert [incident for incident in report["incidents"] if incident["id"] in left] == []
    assert report["served"] == report["alarms"] >= 20
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "小县" in done.stdout


def test_the_report_has_every_field_and_tells_times_in_order(
    played: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    _, report = played
    assert set(report) >= {
        *("county", "alarms", "served", "unserved", "acknowledged", "escalated", "latency_ms", "incidents"),
    }
    for step in ("alarm_to_dispatch", "dispatch_to_device"):
        latency = report["latency_ms"][step]
        assert set(latency) == {"n", "p50", "p99", "max"}
        assert latency["n"] > 0
        assert 0 < latency["p50"] <= latency["p99"] <= latency["max"]
    assert report["acknowledged"] > 0
    assert report["escalated"] > 0  # the silent team
    assert report["incidents"]
    for incident in report["incidents"]:
        assert set(incident) >= {
            "id",
            "number",
            "kind",
            "level",
            "place",
            "lon",
            "lat",
            "alarm_at",
            "assignments",
        }
        for assignment in incident["assignments"]:
            assert set(assignment) >= {"unit", "station", "vehicle", "eta_seconds", "reason", "state", *STEPS}
            assert assignment["reason"]
            times = [datetime.fromisoformat(assignment[step]) for step in STEPS if assignment[step]]
            assert times == sorted(times), assignment
            assert times[0] >= datetime.fromisoformat(incident["alarm_at"])


def test_ten_callers_are_one_incident_and_the_silent_team_is_made_good(
    played: tuple[subprocess.CompletedProcess[str], dict[str, Any]],
) -> None:
    _, report = played
    assert max(incident["alarms"] for incident in report["incidents"]) >= 10
    escalated = [
        (incident, assignment)
        for incident in report["incidents"]
        for assignment in incident["assignments"]
        if assignment["unconfirmed_at"]
    ]
    assert escalated
    for incident, _ in escalated:
        assert any(a["acknowledged_at"] for a in incident["assignments"]) or incident["shortfalls"]
