"""The command line as a person meets it: bad input in one line that names what is wrong."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gis_data.folder import write_county
from gis_data.model import Roads
from runtime.ports import listen
from tests.journeys.command_line import Run, pianqu, refused
from tests.storage.small_county import small_county

# ── bad input ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["nearest", "--at", "113.9,38.1"], ["--at", "WGS-84"]),
        (["nearest", "--at", "35.44,112.74"], ["--at", "swapped"]),
        (["nearest", "--at", "113.31,35.44"], ["--at", "every road", "WGS-84"]),
        (["nearest", "--at", "112.74,inf"], ["--at", "not a number"]),
        (["nearest", "--at", "112.74"], ["--at", "112.74"]),
        (["nearest", "--at", "nan,35"], ["--at"]),
        (["nearest", "--at", "112.74,35.44", "--vehicle", "tank"], ["--vehicle", "tank", "heavy_engine"]),
        (["nearest", "--at", "112.74,35.44", "-k", "0"], ["-k"]),
        (["nearest", "--at", "112.74,35.44", "-k", "-3"], ["-k", "-3"]),
        (["nearest", "--at", "112.74,35.44", "--crs", "utm"], ["--crs", "gcj02"]),
        (["nearest"], ["--at"]),
        (["route", "--from", "112.74,35.44", "--to", "0,0", "--vehicle", "heavy_engine"], ["--to"]),
        (["route", "--from", "nan,nan", "--to", "112.74,35.44", "--vehicle", "heavy_engine"], ["--from"]),
        (
            ["route", "--from", "35.44,112.74", "--to", "112.74,35.44", "--vehicle", "heavy_engine"],
            ["--from", "swapped"],
        ),
        (
            ["route", "--from", "112.74,35.44", "--to", "113.31,35.44", "--vehicle", "heavy_engine"],
            ["--to", "every road"],
        ),
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


ASKING = (
    ("nearest", "--at", "112.74,35.44"),
    ("route", "--from", "112.74,35.44", "--to", "112.75,35.44", "--vehicle", "heavy_engine"),
)


@pytest.mark.parametrize("command", ASKING)
def test_a_county_without_roads_is_named(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    county = small_county()
    write_county(replace(county, roads=no_roads(county.roads)), tmp_path / "bare")
    refused(run(*command, "--county", tmp_path / "bare"), "roads")


def test_a_vehicle_class_without_roads_is_named(run: Run, tmp_path: Path) -> None:
    county = small_county()
    boat = replace(county.vehicle_classes["heavy_engine"], code="boat", speeds_kmh={"river": 20.0})
    write_county(
        replace(county, vehicle_classes={**county.vehicle_classes, "boat": boat}), tmp_path / "afloat"
    )
    for command in (ASKING[0] + ("--vehicle", "boat"), (*ASKING[1][:-1], "boat")):
        refused(run(*command, "--county", tmp_path / "afloat"), "boat", "speeds_kmh")


def no_roads(roads: Roads) -> Roads:
    """The same columns with no row."""
    bare: dict[str, Any] = {}
    for column in fields(roads):
        value = getattr(roads, column.name)
        bare[column.name] = value[:0] if isinstance(value, tuple) else value[:0].copy()
    return replace(roads, **(bare | {"starts": np.zeros(1, dtype=np.int64)}))


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
