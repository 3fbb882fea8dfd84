"""A large extract: streamed within bounded memory, its roads written and read some at a time."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from gis_data import roads as road_files
from gis_data.model import Roads
from gis_data.osm.read import read_extract
from gis_data.osm.report import Tally
from gis_data.roads import read_roads, write_roads
from tests.rules.osm_large import write_large
from tests.rules.routing_world import town

IMPORT = """
import json, sys
from pathlib import Path
from gis_data.osm import import_osm
from tests.rules.peak_memory import peak_bytes

before, steps = peak_bytes(), []
report = import_osm(Path(sys.argv[1]), Path(sys.argv[2]), progress=lambda step, done, total: steps.append(step))
print(json.dumps({"grown": peak_bytes() - before, "taken": report.taken, "steps": sorted(set(steps))}))
"""


def test_a_large_extract_is_imported_within_bounded_memory(tmp_path: Path) -> None:
    file = tmp_path / "large.osm.pbf"
    ways = write_large(file, 301, 301)
    command = [sys.executable, "-c", IMPORT, str(file), str(tmp_path / "county")]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert ways == 11_400
    assert found["taken"]["road pieces"] == ways
    assert {"read", "roads", "write"} <= set(found["steps"])
    assert found["grown"] < 150e6  # most of it what the libraries keep, whatever the size
    roads = read_roads(tmp_path / "county" / "county.gpkg")
    assert len(roads) == ways
    assert roads.classes.count("tertiary") == ways // 5
    assert np.isfinite(roads.coords).all()


def test_ways_are_kept_without_an_object_for_any_of_their_nodes(tmp_path: Path) -> None:
    file = tmp_path / "large.osm.pbf"
    write_large(file, 101, 101)
    tracemalloc.start()
    try:
        extract = read_extract(file, Tally())
        kept, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    nodes = len(extract.points.nodes)
    assert nodes == 5 * len(extract.ways)
    assert kept < 100 * nodes  # a number and a pair of numbers as objects would be 150 bytes a node alone
    assert len({id(way.tags) for way in extract.ways}) < len(extract.ways) / 2


def test_roads_written_and_read_some_at_a_time_are_the_same_roads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    roads = town(9).roads()
    for number, at_once in enumerate((7, 50, len(roads), 10_000)):
        monkeypatch.setattr(road_files, "AT_ONCE", at_once)
        file = tmp_path / f"{number}.gpkg"
        write_roads(file, roads)
        found = read_roads(file)
        for field in fields(Roads):
            one, other = getattr(roads, field.name), getattr(found, field.name)
            if field.name == "coords":
                assert np.array_equal(np.round(one, 7), other)
            elif isinstance(one, np.ndarray):
                assert np.array_equal(one, other, equal_nan=one.dtype.kind == "f"), field.name
            else:
                assert one == other, field.name


def test_no_roads_are_an_empty_layer_that_reads_as_no_roads(tmp_path: Path) -> None:
    whole = town(3).roads()
    none = {
        field.name: getattr(whole, field.name)[:0] for field in fields(Roads) if field.name not in ("starts",)
    }
    write_roads(tmp_path / "none.gpkg", Roads(**none, starts=np.zeros(1, dtype=np.int64)))
    assert len(read_roads(tmp_path / "none.gpkg")) == 0
