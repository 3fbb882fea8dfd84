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
import weakref
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

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

    A class with conditions keeps the search: its weights change too often to customize a metric each time. So does
    one that honours turn restrictions: the hierarchy is one of nodes, and knows no turns.
    """
    if live.hierarchy is None or vehicle_class in live.touched or units == 0:
        return False
    if vehicle_class in live.graph.turns:
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
        self._of_thread = threading.local()

    def metric(self, live: LiveRoads, vehicle_class: str) -> Any:
        """The class's travel times without conditions, at the speeds of a profile, customized once for each."""
        with self._making:
            key = _key(live, vehicle_class)
            if key not in self._metrics:
                weights = live.unhindered.travel_ms(vehicle_class).tolist()
                self._metrics[key] = self._kit.CCHMetric(self._cch, weights)
            return self._metrics[key]

    def make_ready(self, live: LiveRoads, vehicle_classes: Iterable[str]) -> None:
        """Customize these classes now, so that no alarm waits for it: 20 ms each, 0.4 s in a province."""
        for vehicle_class in vehicle_classes:
            self.metric(live, vehicle_class)

    def times(self, squad: Squad, stops: Stops) -> NDArray[np.int64]:
        """By row of the squad the milliseconds of drive and last metres to the best of the stops; `CLOSED`: no way."""
        # Where no way leads the answer is None, here NaN.
        found = np.array(self._from_all(squad).distances_to_multi(_with_costs(stops)), dtype=np.float64)
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

    def _from_all(self, squad: Squad) -> Any:
        """This thread's query from many places, pinned to those of the squad."""
        queries, key = self._mine().many, _key(squad.live, squad.vehicle_class)
        if key not in queries:
            places = squad.targets.node.tolist()
            made = self._kit.CCHManyToOne(self.metric(squad.live, squad.vehicle_class), places)
            queries[key] = (weakref.ref(squad), made)
        pinned, query = queries[key]
        if pinned() is not squad:
            query.repin_sources(squad.targets.node.tolist())
            queries[key] = (weakref.ref(squad), query)
        return query

    def _query(self, live: LiveRoads, vehicle_class: str) -> Any:
        """This thread's query of one drive."""
        queries, key = self._mine().single, _key(live, vehicle_class)
        if key not in queries:
            queries[key] = self._kit.CCHQuery(self.metric(live, vehicle_class))
        return queries[key]

    def _mine(self) -> _Queries:
        mine: _Queries | None = getattr(self._of_thread, "queries", None)
        if mine is None:
            mine = self._of_thread.queries = _Queries()
        return mine


@dataclass(slots=True)
class _Queries:
    """One thread's, used again for every ranking: each is as large as the graph, and must end in its own thread."""

    many: dict[tuple[str, str], tuple[weakref.ref[Squad], Any]] = field(default_factory=dict)
    single: dict[tuple[str, str], Any] = field(default_factory=dict)


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
