"""The command line as a person meets it: bad input in one line, answers that can be checked, work beside a service."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from dispatch.cli import main
from gis_data.folder import write_county
from runtime.ports import listen
from tests.storage.small_county import VILLAGE_E, VILLAGE_W, node, small_county

CLOSED = 2**31 - 1


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("cli") / "小县"
    write_county(small_county(), folder)
    return folder


@pytest.fixture
def copy(county: Path, tmp_path: Path) -> Path:
    """A county folder to spoil."""
    return Path(shutil.copytree(county, tmp_path / "county"))


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str


Run = Callable[..., Ended]


@pytest.fixture
def run(tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """`pianqu …` in this process, which saves a second each."""
    monkeypatch.setenv("PIANQU_DATA", str(tmp_path / "data"))

    def go(*arguments: str | Path) -> Ended:
        capfd.readouterr()
        code = main([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        return Ended(code, out, err)

    return go


def pianqu(*arguments: str | Path, timeout: float = 120, **environment: str) -> Ended:
    """`pianqu …` as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", "from dispatch.cli import run; run()", *map(str, arguments)],
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def refused(ended: Ended, *words: str) -> None:
    """Exit code 2, nothing on standard output, one line on standard error that says these words."""
    assert (ended.code, ended.out) == (2, ""), ended
    assert ended.err.endswith("\n")
    assert ended.err.count("\n") == 1, ended.err
    assert "Traceback" not in ended.err
    for word in words:
        assert word in ended.err, ended.err


# ── bad input ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nearest", "--at", "113.9,38.1"], ["--at", "WGS-84"]),
        (["nearest", "--at", "35.44,112.74"], ["--at", "swapped"]),
        (["nearest", "--at", "112.74"], ["--at", "112.74"]),
        (["nearest", "--at", "nan,35"], ["--at"]),
        (["nearest", "--at", "112.74,35.44", "--vehicle", "tank"], ["--vehicle", "tank", "heavy_engine"]),
        (["nearest", "--at", "112.74,35.44", "-k", "0"], ["-k"]),
        (["nearest", "--at", "112.74,35.44", "--crs", "utm"], ["--crs", "gcj02"]),
        (["nearest"], ["--at"]),
        (["route", "--from", "112.74,35.44", "--to", "0,0", "--vehicle", "heavy_engine"], ["--to"]),
        (["route", "--from", "112.74,35.44", "--to", "112.8,35.44", "--vehicle", "ufo"], ["--vehicle"]),
        (["coverage", "--minutes", "-1"], ["--minutes"]),
        (["coverage", "--vehicle", "ufo"], ["--vehicle", "ufo"]),
        (["coverage", "--out", "/nowhere/at/all.geojson"], ["/nowhere/at/all.geojson"]),
        (["nearest", "--at", "112.74,35.44", "--colour"], ["--colour"]),
    ],
)
def test_a_bad_option_is_named_in_one_line(
    run: Run, county: Path, arguments: list[str], words: list[str]
) -> None:
    refused(run(*arguments, "--county", county), *words)


@pytest.mark.parametrize("command", [["nearest", "--at", "112.74,35.44", "--county"], ["county", "check"]])
def test_a_folder_that_is_not_there_is_named(run: Run, tmp_path: Path, command: list[str]) -> None:
    ended = run(*command, tmp_path / "没有")
    if command[-1] == "check":  # a fault of the county, found like any other
        assert ended.code in (1, 2)
        assert "没有" in ended.out + ended.err
    else:
        refused(ended, "没有")


def test_a_real_process_ends_with_code_2_and_one_line_whatever_its_libraries_grumble(copy: Path) -> None:
    _break_gpkg(copy)
    refused(pianqu("nearest", "--at", "112.74,35.44", "--county", copy), "county.gpkg")


def test_an_unknown_command_is_one_line(run: Run) -> None:
    refused(run("nearst"), "nearst")
    refused(run("county", "chek"), "chek")


def _break_gpkg(folder: Path) -> None:
    (folder / "county.gpkg").write_bytes(b"SQLite format 3\x00" + b"\x07" * 4000)


def _truncate_gpkg(folder: Path) -> None:
    data = (folder / "county.gpkg").read_bytes()
    (folder / "county.gpkg").write_bytes(data[: len(data) // 3])


def _no_gpkg(folder: Path) -> None:
    (folder / "county.gpkg").unlink()


def _utf16(folder: Path) -> None:
    text = (folder / "units.csv").read_text(encoding="utf-8-sig")
    (folder / "units.csv").write_bytes(b"\xff\xfe" + text.encode("utf-16-le")[:-1])


def _latin(folder: Path) -> None:
    (folder / "units.csv").write_bytes(b"code,name\n\xff\x81\xfe,\x80\xff\n")


def _bad_row(folder: Path) -> None:
    file = folder / "units.csv"
    lines = file.read_text(encoding="utf-8-sig").splitlines()
    fields = lines[2].split(",")
    fields[lines[0].split(",").index("seats")] = "six"
    file.write_text("\n".join([*lines[:2], ",".join(fields), *lines[3:]]) + "\n", encoding="utf-8")


def _no_column(folder: Path) -> None:
    file = folder / "units.csv"
    file.write_text(
        file.read_text(encoding="utf-8-sig").replace("vehicle_class", "vehikel", 1), encoding="utf-8"
    )


def _bad_toml(folder: Path) -> None:
    (folder / "county.toml").write_text("code = \n", encoding="utf-8")


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (_break_gpkg, ["county.gpkg"]),
        (_truncate_gpkg, ["county.gpkg"]),
        (_no_gpkg, ["county.gpkg"]),
        (_utf16, ["units.csv"]),
        (_latin, ["units.csv"]),
        (_bad_row, ["units.csv", "seats", "six"]),
        (_no_column, ["units.csv", "vehicle_class"]),
        (_bad_toml, ["county.toml"]),
    ],
)
def test_a_spoilt_county_folder_is_named_by_file_and_field(
    run: Run, copy: Path, spoil: Callable[[Path], None], words: list[str]
) -> None:
    spoil(copy)
    refused(run("nearest", "--at", "112.74,35.44", "--county", copy), *words)
    checked = run("county", "check", copy, "--json")
    assert checked.code == 1
    assert checked.err == ""
    assert any(
        words[0] in json.dumps(fault, ensure_ascii=False) for fault in json.loads(checked.out)["faults"]
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.osm.pbf", b""),
        ("broken.osm.pbf", b"\x00\x00\x00\x0d\x0a\x09OSMHeader" + b"\xff" * 300),
        (
            "truncated.osm",
            b'<?xml version="1.0"?><osm version="0.6"><node id="1" lat="35.4" lon="112.7"/><way id="2">',
        ),
        ("nothing.osm", b'<?xml version="1.0"?><osm version="0.6"></osm>'),
        ("picture.png", b"\x89PNG\r\n"),
    ],
)
def test_an_extract_that_cannot_be_read_is_named(run: Run, tmp_path: Path, name: str, content: bytes) -> None:
    file = tmp_path / name
    file.write_bytes(content)
    refused(run("county", "import-osm", file, "--out", tmp_path / "out"), name)
    assert not (tmp_path / "out").exists()


def test_servers_that_cannot_be_used_are_named_without_their_passwords(
    run: Run, county: Path, tmp_path: Path
) -> None:
    here = ("serve", "--county", county, "--port", "0", "--data", tmp_path / "data")
    database = "postgresql://pianqu:geheim@127.0.0.1:9/pianqu"
    for ended, words in (
        (run(*here, "--database-url", database), ["--database-url"]),
        (run(*here, "--database-url", "mysql://x"), ["--database-url", "postgresql://"]),
        (run(*here, "--redis-url", "redis://:geheim@127.0.0.1:9/0"), ["--redis-url"]),
        (run(*here, "--redis-url", "http://x"), ["--redis-url", "redis://"]),
        (run("token", "create", "--role", "viewer", "--data", tmp_path, "--database-url", database), []),
    ):
        refused(ended, *words)
        assert "geheim" not in ended.err


def test_a_port_in_use_and_a_data_folder_that_cannot_be_written_are_named(
    run: Run, county: Path, tmp_path: Path
) -> None:
    taken = listen("127.0.0.1", 0)
    port = taken.getsockname()[1]
    refused(
        run("serve", "--county", county, "--port", str(port), "--data", tmp_path / "data"),
        str(port),
        "--port",
    )
    taken.close()
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for data in ("/proc/nowhere", str(tmp_path / "file")):
        refused(run("serve", "--county", county, "--port", "0", "--data", data), "--data", data)


def test_settings_that_make_no_sense_are_named(
    county: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIANQU_PORT", "many")
    refused(run("nearest", "--at", "112.74,35.44", "--county", county), "PIANQU_PORT", "many")


# ── answers ────────────────────────────────────────────────────────────────────────────────────────────────────


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


def test_an_external_database_without_a_county_says_what_to_do(run: Run, database_url: str) -> None:
    external = ("--database-url", database_url, "--redis-url", "off")
    refused(run("token", "create", "--role", "viewer", *external), "no county", "pianqu serve")
