"""A graph made once and kept in a cache: the next start maps it, and worker processes share its pages."""

from __future__ import annotations

import fcntl
import hashlib
import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import fields
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gis_data.model import DrivingRules, Roads, VehicleClass
from gis_data.records import plain
from routing.array_file import UnusableFileError, map_arrays, write_arrays
from routing.boxes import BoxTree
from routing.graph import RoadGraph, build_graph
from routing.islands import MainNetwork
from routing.words import Numbers, Repeated, Words

LOG = logging.getLogger(__name__)
GRAPHS = "graphs"  # the folder for them in a cache that holds other things too
KEPT = 4  # graphs in one cache, the last used ones

_PLAIN = (
    "node_lon", "node_lat", "tail", "head", "first_in", "in_arc", "slot",
    "bridge", "length_metres", "starts", "coords", "along_metres",
)  # fmt: skip
_REPEATED = ("piece_names", "piece_classes", "piece_surfaces")


def open_graph(
    cache: Path, roads: Roads, vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules | None = None
) -> RoadGraph:
    """`build_graph`, or the same graph mapped from `cache` (a folder) where it was built before.

    Of several processes that ask at once one builds, the others wait and map. A file that is cut, damaged or of
    something else is replaced, and a cache that cannot be written is done without: each says so in one line.
    """
    rules = rules or DrivingRules()
    key = graph_key(roads, vehicle_classes, rules)
    path = cache / f"{key[:16]}.graph"
    graph: RoadGraph | None = None
    try:
        if path.exists():
            found = _mapped(path, key, vehicle_classes, rules)
            if found is not None:
                return found
        with _alone(cache):
            found = _mapped(path, key, vehicle_classes, rules)
            if found is not None:
                return found
            graph = _built(roads, vehicle_classes, rules)
            write_arrays(path, key, arrays_of(graph))
            _forget_old(cache)
        return _mapped(path, key, vehicle_classes, rules) or graph
    except OSError as error:
        LOG.warning("the road graph cannot be kept in %s (%s); it is built at every start", cache, error)
        return graph or _built(roads, vehicle_classes, rules)


def graph_key(roads: Roads, vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules) -> str:
    """SHA-256 of all that a graph is made of, this package's own code included."""
    seal = hashlib.sha256(_recipe().encode())
    for field in fields(Roads):
        column = getattr(roads, field.name)
        seal.update(f"\n{field.name} {len(column)}\n".encode())
        if isinstance(column, np.ndarray):
            seal.update(column.dtype.str.encode())
            seal.update(np.ascontiguousarray(column).reshape(-1).view(np.uint8).data)
        else:
            seal.update("\0".join(column).encode("utf-8", "surrogatepass"))
    said = {"classes": plain(vehicle_classes, defaults=True), "rules": plain(rules, defaults=True)}
    seal.update(json.dumps(said, sort_keys=True).encode())
    return seal.hexdigest()


def arrays_of(graph: RoadGraph) -> dict[str, NDArray[Any]]:
    """All that `graph_of` needs beside the vehicle classes and the rules."""
    arrays: dict[str, NDArray[Any]] = {name: getattr(graph, name) for name in _PLAIN}
    arrays["bounds"] = np.array(graph.bounds)
    arrays |= {f"tree.{name}": array for name, array in graph.tree._asdict().items()}
    arrays |= {"ids.packed": graph.piece_ids.packed, "ids.ends": graph.piece_ids.ends}
    arrays |= {"ids.hashes": graph.piece_of.hashes, "ids.order": graph.piece_of.order}
    for name in _REPEATED:
        column: Repeated = getattr(graph, name)
        arrays |= {
            f"{name}.number": column.number,
            f"{name}.packed": column.table.packed,
            f"{name}.ends": column.table.ends,
        }
    for code in graph.classes:
        arrays[f"inbound.{code}"] = graph.inbound[code]
        main = graph.main_network(code)
        arrays |= {f"main.{field.name}.{code}": getattr(main, field.name) for field in fields(MainNetwork)}
    return arrays


def graph_of(
    arrays: Mapping[str, NDArray[Any]], vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules
) -> RoadGraph:
    """The graph whose `arrays_of` these are; nothing is copied. Raises KeyError where one is missing."""
    ids = Words(arrays["ids.packed"], arrays["ids.ends"])
    west, south, east, north = arrays["bounds"].tolist()
    parts: dict[str, Any] = {name: arrays[name] for name in _PLAIN}
    for name in _REPEATED:
        table = Words(arrays[f"{name}.packed"], arrays[f"{name}.ends"])
        parts[name] = Repeated(arrays[f"{name}.number"], table)
    return RoadGraph(
        **parts,
        inbound={code: arrays[f"inbound.{code}"] for code in vehicle_classes},
        piece_ids=ids,
        piece_of=Numbers(ids, arrays["ids.hashes"], arrays["ids.order"]),
        tree=BoxTree(*(arrays[f"tree.{name}"] for name in BoxTree._fields)),
        bounds=(west, south, east, north),
        vehicle_classes=dict(vehicle_classes),
        rules=rules,
        main_networks={
            code: MainNetwork(*(arrays[f"main.{field.name}.{code}"] for field in fields(MainNetwork)))
            for code in vehicle_classes
        },
    )


def _built(roads: Roads, vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules) -> RoadGraph:
    """With what is otherwise found when first asked for, so that no alarm waits for it."""
    graph = build_graph(roads, vehicle_classes, rules)
    for code in graph.classes:
        graph.main_network(code)
    return graph


def _mapped(
    path: Path, key: str, vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules
) -> RoadGraph | None:
    """None where there is no file, and where there is one that cannot be used: that one says why and goes."""
    try:
        graph = graph_of(map_arrays(path, key), vehicle_classes, rules)
    except FileNotFoundError:
        return None
    except (UnusableFileError, KeyError, ValueError) as error:
        LOG.warning("%s %s; the road graph is built again", path, error)
        path.unlink(missing_ok=True)
        return None
    with suppress(OSError):  # a cache that may only be read serves as well
        path.touch()
    return graph


@contextmanager
def _alone(cache: Path) -> Iterator[None]:
    """One process at a time; the lock goes with its process, however that ends."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / "graphs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _forget_old(cache: Path) -> None:
    by_age = sorted(cache.glob("*.graph"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[KEPT:]:
        path.unlink(missing_ok=True)


def _recipe() -> str:
    """A checksum of this package's code: what it makes may differ from what an older one made."""
    seal = hashlib.sha256()
    code = (entry for entry in files("routing").iterdir() if entry.name.endswith(".py"))
    for entry in sorted(code, key=lambda entry: entry.name):
        seal.update(entry.name.encode() + b"\0" + entry.read_bytes() + b"\0")
    return seal.hexdigest()
