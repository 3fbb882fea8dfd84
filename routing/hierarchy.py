"""A customizable contraction hierarchy, where it is installed: all units' times, however far, without a long search.

The search of `routing.search` settles about k·n/N nodes, which is unbeatable for the best few of many units, and long
where units are few and the graph is a province, or where everybody is ranked. There a hierarchy takes its place: the
same whole milliseconds, only faster (Dibbelt, Strasser, Wagner 2016, https://doi.org/10.1145/2886843). It is the extra
`hierarchy` (routingkit-cch); without it everything works as before.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import threading
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray

from routing.ends import Stops
from routing.fleet import Squad
from routing.graph import RoadGraph
from routing.live import LiveRoads
from routing.passable import CLOSED

LOG = logging.getLogger(__name__)

# A hierarchy takes as long for so many units as settling this × √(nodes × units) nodes; measured are 0.5 to 3.
CLIMBING = 3.0


def is_worth(live: LiveRoads, vehicle_class: str, wanted: int, units: int) -> bool:
    """Whether a search for the best `wanted` of so many units would settle more nodes than a hierarchy costs.

    A class with conditions keeps the search: its weights change too often to customize a metric each time.
    """
    if live.hierarchy is None or vehicle_class in live.touched or units == 0:
        return False
    nodes = live.graph.nodes
    return min(wanted, units) / units * nodes > CLIMBING * math.sqrt(nodes * units)


def is_installed() -> bool:
    return find_spec("routingkit_cch") is not None


class Hierarchy:
    """The order of a graph's nodes, and a metric for each class when it is first asked for.

    `order` may come from an earlier `order` of the same graph: computing it takes 2 s for 63,000 nodes and a minute
    for a million. Raises ImportError where the extra is not installed.
    """

    def __init__(self, graph: RoadGraph, order: Sequence[int] | None = None) -> None:
        self._kit: Any = import_module("routingkit_cch")
        self._graph = graph
        tail, head = graph.tail.tolist(), graph.head.tolist()
        self.order: list[int] = list(
            order
            if order is not None
            else self._kit.compute_order_inertial(
                graph.nodes, tail, head, graph.node_lat.tolist(), graph.node_lon.tolist()
            )
        )
        self._cch = self._kit.CCH(self.order, tail, head, False)
        self._metrics: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        self._pinned = threading.local()  # a query belongs to the thread that made it

    def metric(self, live: LiveRoads, vehicle_class: str) -> Any:
        """The class's travel times without conditions, at the speeds of a profile, customized once for each."""
        with self._making:
            key = _key(live, vehicle_class)
            if key not in self._metrics:
                weights = live.unhindered.travel_ms(vehicle_class).tolist()
                self._metrics[key] = self._kit.CCHMetric(self._cch, weights)
            return self._metrics[key]

    def times(self, squad: Squad, stops: Stops) -> NDArray[np.int64]:
        """By row of the squad the milliseconds of drive and last metres to the best of the stops; `CLOSED`: no way."""
        pinned: WeakKeyDictionary[Squad, Any] | None = getattr(self._pinned, "squads", None)
        if pinned is None:
            pinned = self._pinned.squads = WeakKeyDictionary()
        if squad not in pinned:
            pinned[squad] = self._kit.CCHManyToOne(
                self.metric(squad.live, squad.vehicle_class), squad.targets.node.tolist()
            )
        found = np.array(pinned[squad].distances_to_multi(_with_costs(stops)), dtype=np.float64)  # None: NaN
        found += squad.targets.cost
        times = np.full(len(squad), CLOSED, dtype=np.int64)
        np.minimum.at(times, squad.targets.target, np.fmin(found, CLOSED).astype(np.int64))
        return times

    def arcs(self, squad: Squad, row: int, stops: Stops) -> tuple[NDArray[np.int32], int]:
        """All arcs of a row's fastest drive, the partial ones included, and the stop where it ends."""
        entries = squad.entries_of(row)
        node, cost = squad.targets.node, squad.targets.cost
        begins = [(int(node[entry]), int(cost[entry])) for entry in entries]
        goals = _with_costs(stops)
        found = self._query(squad.live, squad.vehicle_class).run_multi(begins, goals)
        nodes, path = found.node_path, found.arc_path
        entry = min(
            (cost, entry) for (at, cost), entry in zip(begins, entries, strict=True) if at == nodes[0]
        )[1]
        stop = min((cost, stop) for stop, (at, cost) in enumerate(goals) if at == nodes[-1])[1]
        ends = (int(squad.targets.arc[entry]), int(stops.arc[stop]))
        before = squad.before(entry)
        whole = [*before, *([ends[0]] if ends[0] >= 0 else []), *path, *([ends[1]] if ends[1] >= 0 else [])]
        return np.array(whole, dtype=np.int32), stop

    def _query(self, live: LiveRoads, vehicle_class: str) -> Any:
        """This thread's own, used again: one is as large as the graph."""
        queries: dict[tuple[str, str], Any] | None = getattr(self._pinned, "queries", None)
        if queries is None:
            queries = self._pinned.queries = {}
        key = _key(live, vehicle_class)
        if key not in queries:
            queries[key] = self._kit.CCHQuery(self.metric(live, vehicle_class))
        return queries[key]


def _key(live: LiveRoads, vehicle_class: str) -> tuple[str, str]:
    return (live.profile.digest if live.profile else "", vehicle_class)


def open_hierarchy(cache: Path, graph: RoadGraph) -> Hierarchy:
    """The graph's hierarchy, its order read from `cache` (a folder) where it was computed before.

    A file that cannot be read, or orders something else, is computed again; a cache that cannot be written is done
    without. Raises ImportError where the extra is not installed.
    """
    seal = hashlib.sha256(graph.tail.tobytes())
    for array in (graph.head, graph.node_lon, graph.node_lat):
        seal.update(array.tobytes())
    path = cache / f"{seal.hexdigest()[:16]}.order.npy"
    try:
        order = np.load(path, allow_pickle=False)
        if order.ndim == 1 and np.array_equal(np.sort(order), np.arange(graph.nodes)):
            return Hierarchy(graph, order.tolist())
    except (OSError, ValueError, EOFError):
        pass
    hierarchy = Hierarchy(graph)
    making = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with making.open("wb") as file:
            np.save(file, np.array(hierarchy.order, dtype=np.int32))
        making.replace(path)
    except OSError as error:
        LOG.warning(
            "the order of the hierarchy cannot be kept in %s (%s); it is computed at every start",
            cache,
            error,
        )
    return hierarchy


def _with_costs(stops: Stops) -> list[tuple[int, int]]:
    return list(zip(stops.node.tolist(), stops.sources.cost.tolist(), strict=True))
