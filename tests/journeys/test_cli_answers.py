"""What the commands answer, checked against other libraries, and their work beside a running service."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from tests.journeys.command_line import Run, refused
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node, small_county

CLOSED = 2**31 - 1


def test_route_and_nearest_agree_with_scipy_on_the_exported_graph(
    run: Run, county: Path, tmp_path: Path
) -> None:
    file = tmp_path / "graph.npz"
    export = ("county", "export-graph", county, "--vehicle", "heavy_engine", "--out")
    refused(run(*export, tmp_path / "missing" / "graph.npz"), "graph.npz")
    assert run(*export, file).code == 0
    graph = np.load(file)
    open_ = graph["travel_ms"] < CLOSED
    n = len(graph["lon"])
    matrix = csr_array(
        (graph["travel_ms"][open_].astype(float), (graph["tail"][open_], graph["head"][open_])), shape=(n, n)
    )

    def number(at: tuple[float, float]) -> int:
        away = np.hypot(graph["lon"] - at[0], graph["lat"] - at[1])
        assert away.min() < 1e-6
        return int(away.argmin())

    def text(at: tuple[float, float]) -> str:
        return f"{at[0]},{at[1]}"

    start, goal = node(0, 0), VILLAGE_E
    expected = dijkstra(matrix, indices=number(start))[number(goal)] / 1000
    found = run(
        "route",
        "--from",
        text(start),
        "--to",
        text(goal),
        "--vehicle",
        "heavy_engine",
        "--county",
        county,
        "--json",
    )
    assert json.loads(found.out)["travel_seconds"] == pytest.approx(expected, abs=1e-3)
    assert found.err == ""

    ranked = run(
        "nearest", "--at", text(VILLAGE_W), "--vehicle", "heavy_engine", "--county", county, "--json"
    )
    units = json.loads(ranked.out)["units"]
    posts = {station.code: (station.position.x, station.position.y) for station in small_county().stations}
    to_village = dijkstra(matrix.T.tocsr(), indices=number(VILLAGE_W))
    for unit in units:
        expected = to_village[number(posts[unit["station"]])] / 1000
        assert unit["travel_seconds"] == pytest.approx(expected, abs=1e-3)
        assert unit["eta_seconds"] == pytest.approx(unit["turnout_seconds"] + unit["travel_seconds"])
    assert [unit["eta_seconds"] for unit in units] == sorted(unit["eta_seconds"] for unit in units)
    assert units[0]["unit"] == "W1-1"
    keys = {
        "unit",
        "station",
        "vehicle",
        "eta_seconds",
        "turnout_seconds",
        "travel_seconds",
        "distance_metres",
    }
    assert keys | {"on_foot_metres", "reason", "path"} <= set(units[0])


def test_coverage_gives_one_document_and_a_map(run: Run, county: Path, tmp_path: Path) -> None:
    out = tmp_path / "覆盖.geojson"
    ended = run("coverage", "--minutes", "5", "--json", "--out", out, "--county", county)
    assert (ended.code, ended.err) == (0, "")
    found = json.loads(ended.out)
    assert found["synthetic"] is True
    assert found["places"] == len(small_county().places)
    drawn = json.loads(out.read_text(encoding="utf-8"))
    reached = [feature for feature in drawn["features"] if feature["properties"]["reached"]]
    assert (len(drawn["features"]), len(reached)) == (found["places"], found["places_reached"])
    everywhere = json.loads(run("coverage", "--minutes", "200", "--json", "--county", county).out)
    assert everywhere["places_reached"] == everywhere["places"]
    assert everywhere["gaps"] == []


def test_check_finds_nothing_to_say_of_a_sound_county_but_in_json(run: Run, county: Path) -> None:
    ended = run("county", "check", county, "--json")
    faults = json.loads(ended.out)["faults"]
    assert ended.err == ""
    assert ended.code == (1 if faults else 0)
    for fault in faults:
        assert {"layer", "feature", "code", "remedy"} <= set(fault)


# ── beside a running service ───────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def served(county: Path, tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The address of a service on servers of its own making, and its data folder."""
    data = tmp_path / "data"
    log = tmp_path / "service.log"
    with log.open("wb") as told:
        process = subprocess.Popen(
            [
                *(sys.executable, "-c", "from dispatch.cli import run; run()"),
                *("serve", "--port", "0", "--county", county, "--data", data),
            ],
            env={**os.environ, "PIANQU_LOG_LEVEL": "warning"},
            stdout=told,
            stderr=told,
        )
    try:
        yield _address(process, log), data
    finally:
        process.terminate()
        assert process.wait(60) in (0, -15, 143)


def _address(process: subprocess.Popen[bytes], log: Path) -> str:
    """When it is ready, within a minute and a half."""
    for _ in range(450):
        assert process.poll() is None, log.read_text(encoding="utf-8")
        lines = [
            line for line in log.read_text(encoding="utf-8").splitlines() if line.startswith("pianqu: http")
        ]
        if lines:
            url = lines[0].removeprefix("pianqu: ").rstrip("/")
            try:
                if httpx.get(f"{url}/health/ready", timeout=5).status_code == 200:
                    return url
            except httpx.TransportError:
                pass
        try:
            process.wait(0.2)
        except subprocess.TimeoutExpired:
            continue
    raise AssertionError(log.read_text(encoding="utf-8"))


def test_commands_work_beside_a_running_service(run: Run, served: tuple[str, Path], copy: Path) -> None:
    url, data = served
    made = run("token", "create", "--role", "viewer", "--data", data)
    assert (made.code, made.err) == (0, "")
    token = made.out.strip()
    assert made.out == token + "\n"
    assert " " not in token
    headers = {"Authorization": f"Bearer {token}"}
    units = {u["code"]: u for u in httpx.get(f"{url}/api/v1/units", headers=headers).json()["units"]}
    assert len(units) == len(small_county().units)
    refused(run("token", "create", "--role", "king", "--data", data), "--role", "king")

    same = run("county", "plan", copy, "--data", data)
    assert same.code == 0
    file = copy / "units.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    kept = [line for line in lines if not line.startswith("W2-2,")]
    assert len(kept) == len(lines) - 1
    file.write_text("\n".join(kept) + "\n", encoding="utf-8")
    plan = run("county", "plan", copy, "--data", data)
    assert plan.code == 0
    assert "W2-2" in plan.out
    assert run("county", "apply", copy, "--data", data).code == 0
    after = {u["code"] for u in httpx.get(f"{url}/api/v1/units", headers=headers).json()["units"]}
    assert after == set(units) - {"W2-2"}
    again = run("county", "plan", copy, "--data", data)
    assert "W2-2" not in again.out


def test_speeds_are_looked_at_accepted_and_taken_back_beside_the_service(
    run: Run, database_url: str, county: Path
) -> None:
    where = ("--county", county, "--database-url", database_url, "--redis-url", "off")
    looked = run("speeds", "--json", *where)
    assert (looked.code, looked.err) == (0, "")
    found = json.loads(looked.out)
    assert (found["version"], found["drives"], found["rows"], found["then"]) == (0, 0, [], None)
    assert json.loads(run("speeds", "--accept", "--json", *where).out)["version"] == 0  # nothing is proposed
    back = run("speeds", "--restore", "0", "--json", *where)
    assert (json.loads(back.out)["version"], json.loads(back.out)["then"]) == (1, "restart_to_apply")
    said = run("speeds", *where)
    assert said.code == 0
    assert "1" in said.out
    refused(run("speeds", "--restore", "9", *where), "speed table 9")
    refused(run("speeds", "--accept", "--restore", "0", *where), "--accept", "--restore")


def test_an_external_database_without_a_county_says_what_to_do(run: Run, database_url: str) -> None:
    external = ("--database-url", database_url, "--redis-url", "off")
    refused(run("token", "create", "--role", "viewer", *external), "no county", "pianqu serve")
