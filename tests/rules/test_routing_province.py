"""Memory of large graphs: a fresh process maps one and ranks on it, or builds one, within a stated bound."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

# 300,000 nodes. For a million the same numbers were 1.2 GB to build and 0.67 GB to map and rank (decision 0014).
GRAPH = """
import json, sys
from pathlib import Path
from gis_data.catalogue import default_catalogue
from routing import store
from routing.live import LiveRoads
from routing.passable import DrivingRules
from routing.rank import Start, rank
from tests.rules.peak_memory import peak_bytes

folder, fleet = Path(sys.argv[1]), default_catalogue().vehicle_classes
"""
BUILD = """
from scripts.benchmarks.road_like import road_like

roads = road_like(570, 560, 1)
graph = store.open_graph(folder, roads, fleet)
key = store.graph_key(roads, fleet, DrivingRules())
print(json.dumps({"nodes": graph.nodes, "key": key, "peak": peak_bytes()}))
"""
RANK = """
key = sys.argv[2]
before = peak_bytes()
graph = store.graph_of(store.map_arrays(folder / f"{key[:16]}.graph", key), fleet, DrivingRules())
mapped = peak_bytes()
west, south, east, north = graph.bounds
spots = [(west + (east - west) * i / 9, south + (north - south) * j / 9) for i in range(1, 9) for j in range(1, 9)]
starts = [Start(*spot, code) for spot in spots for code in graph.classes]
found = [rank(LiveRoads(graph), *spot, starts) for spot in spots[::9]]
own = next(int(line.split()[1]) * 1024 for line in open("/proc/self/status") if line.startswith("RssAnon"))
by_road = sum(reach.by_road for reaches in found for reach in reaches)
print(json.dumps({"before": before, "mapped": mapped, "peak": peak_bytes(), "own": own, "by_road": by_road}))
"""


def told(code: str, *args: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-c", GRAPH + code, *args], check=True, capture_output=True, text=True
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("province")
    return folder, told(BUILD, str(folder))


def test_a_graph_of_300_000_nodes_is_built_and_kept_within_600_megabytes(
    built: tuple[Path, dict[str, Any]],
) -> None:
    assert built[1]["nodes"] > 300_000
    assert built[1]["peak"] < 600e6


def test_a_fresh_process_maps_it_and_ranks_within_450_megabytes_of_which_few_are_its_own(
    built: tuple[Path, dict[str, Any]],
) -> None:
    folder, answer = built
    found = told(RANK, str(folder), answer["key"])
    assert found["by_road"] > 0
    assert found["mapped"] - found["before"] < 20e6  # opening it reads no page of the arrays
    assert found["peak"] < 450e6
    assert found["own"] < 150e6  # the rest is the file's, shared with every other process
