"""OSRM's table on our graph: exported arc by arc, contracted by its own tools, asked in a Python that has its wheel."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from routing.graph import RoadGraph
from routing.passable import CLOSED
from scripts.benchmarks.row import row, skipped

HERE = Path(__file__).resolve().parent
NAMED_BY = "OSRM_PYTHON"
MISSING = (
    f"no Python from 3.12 on with osrm-bindings is at hand; make one with pip, and name it in {NAMED_BY}"
)
TIMES_OSRM = 100.0
# OSRM keeps tenths of a second for each arc: what that may amount to on a way of some hundred arcs.
SECONDS_APART, SHARE_APART = 2.0, 0.02


class Osrm:
    """`python` is a Python in which `import osrm` works; its tools lie beside the module."""

    def __init__(self, python: str) -> None:
        self._python = python

    @classmethod
    def at_hand(cls) -> Osrm | None:
        for name in (os.environ.get(NAMED_BY), "python3.12", "python3.13"):
            python = shutil.which(name) if name else None
            if python is not None and _runs([python, "-c", "import osrm"]):
                return cls(python)
        return None

    def prepare(self, folder: Path, graph: RoadGraph, milliseconds: NDArray[np.uint32]) -> Path:
        """The graph in OSRM's own files."""
        folder.mkdir(parents=True, exist_ok=True)
        extract = folder / "graph.osm"
        with extract.open("w", encoding="utf-8") as file:
            file.writelines(osm_lines(graph, milliseconds))
        for arguments in (
            ["extract", "-p", str(HERE / "osrm.lua"), str(extract)],
            ["contract", str(folder / "graph.osrm")],
        ):
            subprocess.run(
                [self._python, "-m", "osrm", *arguments], check=True, capture_output=True, cwd=folder
            )
        return folder / "graph.osrm"

    def ask(
        self,
        prepared: Path,
        alarms: Sequence[tuple[float, float]],
        units: Sequence[tuple[float, float]],
        k: int,
    ) -> dict[str, Any]:
        """By alarm: milliseconds of processor time in the best of three rounds, and the seconds of its best k units."""
        asked = {"graph": str(prepared), "alarms": alarms, "units": units, "k": k, "rounds": 3}
        answer = subprocess.run(
            [self._python, str(HERE / "osrm_table.py")],
            input=json.dumps(asked), check=True, capture_output=True, text=True, encoding="utf-8",
        )  # fmt: skip
        told: dict[str, Any] = json.loads(answer.stdout)
        return told


def osm_lines(graph: RoadGraph, milliseconds: NDArray[np.uint32]) -> Iterator[str]:
    """OpenStreetMap XML: a one-way way for each open arc, with its milliseconds; ids are ours and one more."""
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<osm version="0.6" generator="pianqu bench">\n'
    for node, (lon, lat) in enumerate(zip(graph.node_lon.tolist(), graph.node_lat.tolist(), strict=True)):
        yield f'<node id="{node + 1}" version="1" lon="{lon:.7f}" lat="{lat:.7f}"/>\n'
    arcs = np.flatnonzero(milliseconds < CLOSED)
    columns = (arcs, graph.tail[arcs], graph.head[arcs], milliseconds[arcs])
    for arc, tail, head, ms in zip(*(column.tolist() for column in columns), strict=True):
        yield (
            f'<way id="{arc + 1}" version="1"><nd ref="{tail + 1}"/><nd ref="{head + 1}"/>'
            f'<tag k="highway" v="road"/><tag k="oneway" v="yes"/><tag k="ms" v="{ms}"/></way>\n'
        )
    yield "</osm>\n"


def compared(
    work: str, ours_ms: float, ours: Sequence[Sequence[int]], told: dict[str, Any] | None
) -> dict[str, Any]:
    """The row; `ours` are the milliseconds of the best units by alarm. Raises AssertionError if OSRM tells others."""
    if told is None:
        return skipped(work, MISSING)
    for mine, theirs in zip(ours, told["seconds"], strict=True):
        apart = np.abs(np.array(mine) / 1000.0 - np.array(theirs))
        if len(mine) != len(theirs) or bool((apart > SECONDS_APART + SHARE_APART * np.array(theirs)).any()):
            raise AssertionError(f"OSRM's table, {work}: {theirs} is not {[ms / 1000.0 for ms in mine]}")
    return row(work, ours_ms, peer="OSRM's table", peer_value=median(told["ms"]), times_peer=TIMES_OSRM)


def _runs(command: Sequence[str]) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
