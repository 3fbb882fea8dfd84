"""The C++ floor: `floor.cpp` compiled in this run and called on the arrays that our own search reads."""

from __future__ import annotations

import ctypes
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from routing.graph import RoadGraph
from routing.passable import CLOSED

SOURCE = Path(__file__).with_name("floor.cpp")


def floor_search(
    graph: RoadGraph, vehicle_class: str, units: NDArray[np.int64], best: int, folder: Path
) -> Callable[[int], tuple[int, list[int]]] | None:
    """From an alarm's node to the nodes settled and the best times; None where there is no g++."""
    compiler = shutil.which("g++")
    if compiler is None:
        return None
    library = folder / "floor.so"
    if not library.exists():
        command = [compiler, "-O3", "-march=native", "-std=c++17", "-shared", "-fPIC", "-o", str(library)]
        subprocess.run([*command, str(SOURCE)], check=True)
    search = ctypes.CDLL(str(library)).floor_search
    search.restype = ctypes.c_uint64
    carried = np.bincount(units, minlength=graph.nodes).astype(np.uint8)
    dist = np.full(graph.nodes, CLOSED, dtype=np.uint32)
    heap = np.empty(graph.arcs + 1, dtype=np.uint64)
    seen = np.empty(graph.nodes, dtype=np.uint32)
    found = np.empty(best, dtype=np.uint32)
    # `data_as` keeps its array alive.
    given = [
        array.ctypes.data_as(ctypes.c_void_p)
        for array in (graph.first_in, graph.inbound[vehicle_class], carried)
    ]
    space = [array.ctypes.data_as(ctypes.c_void_p) for array in (dist, heap, seen, found)]

    def ask(alarm: int) -> tuple[int, list[int]]:
        settled = search(*given, ctypes.c_uint32(alarm), ctypes.c_uint64(best), *space)
        return int(settled), found.tolist()

    return ask
