"""Other libraries on one class's roads, turned round so that one search from the alarm finds all units."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import networkx
import numpy as np
import rustworkx
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.graph import RoadGraph
from routing.live import LiveRoads
from routing.passable import CLOSED

# Milliseconds and numbers of the units, nearest first, ties to the lower number.
Best = tuple[NDArray[np.int64], NDArray[np.int64]]
Asking = Callable[[int], Best]


class Peers:
    """Each peer has its own graph ready made, is asked with an alarm's node, and gives the best k of the units."""

    def __init__(self, graph: RoadGraph, vehicle_class: str) -> None:
        ms = LiveRoads(graph).travel_ms(vehicle_class).astype(np.int64)
        open_ = np.flatnonzero(ms < CLOSED)
        order = open_[np.lexsort((ms[open_], graph.head[open_], graph.tail[open_]))]
        ends = np.column_stack((graph.head[order], graph.tail[order]))
        first = np.ones(len(order), dtype=bool)
        first[1:] = (ends[1:] != ends[:-1]).any(axis=1)
        arcs = order[first]  # the fastest of parallel arcs
        self.graph, self.ms = graph, ms
        self._from, self._to, self._ms = graph.head[arcs], graph.tail[arcs], ms[arcs]

    @cached_property
    def matrix(self) -> Any:
        shape = (self.graph.nodes, self.graph.nodes)
        return csr_matrix((self._ms.astype(np.float64), (self._from, self._to)), shape=shape)

    def _edges(self) -> list[tuple[int, int, int]]:
        return list(zip(self._from.tolist(), self._to.tolist(), self._ms.tolist(), strict=True))

    @cached_property
    def _plain(self) -> Any:
        plain: Any = networkx.DiGraph()
        plain.add_weighted_edges_from(self._edges())
        return plain

    @cached_property
    def _rust(self) -> Any:
        rust = rustworkx.PyDiGraph()
        rust.add_nodes_from(range(self.graph.nodes))
        rust.add_edges_from(self._edges())
        return rust

    def scipy(self, units: NDArray[np.int64], k: int) -> Asking:
        matrix = self.matrix
        return lambda alarm: _best(dijkstra(matrix, indices=np.array(alarm))[units], k)

    def networkx(self, units: NDArray[np.int64], k: int) -> Asking:
        plain, wanted = self._plain, units.tolist()

        def ask(alarm: int) -> Best:
            found = networkx.single_source_dijkstra_path_length(plain, alarm)
            return _best(np.array([found[unit] for unit in wanted], dtype=np.float64), k)

        return ask

    def rustworkx(self, units: NDArray[np.int64], k: int) -> Asking:
        rust, wanted = self._rust, units.tolist()

        def ask(alarm: int) -> Best:
            found = dict(rustworkx.dijkstra_shortest_path_lengths(rust, alarm, float))
            found[alarm] = 0.0
            return _best(np.array([found[unit] for unit in wanted], dtype=np.float64), k)

        return ask

    def igraph(self, units: NDArray[np.int64], k: int) -> Asking | None:
        """None where it is not installed."""
        if find_spec("igraph") is None:
            return None
        kit: Any = import_module("igraph")
        made = kit.Graph(n=self.graph.nodes, edges=np.column_stack((self._from, self._to)), directed=True)
        wanted, weights = units.tolist(), self._ms.tolist()
        return lambda alarm: _best(np.array(made.distances(alarm, wanted, weights=weights)[0]), k)

    def routingkit(self, units: NDArray[np.int64], k: int) -> Asking | None:
        """A customized hierarchy in an order of its own, with the units pinned; None where it is not installed."""
        if self._metric is None:
            return None
        kit, metric = self._metric
        pinned = kit.CCHManyToOne(metric, units.tolist())
        return lambda alarm: _best(np.array(pinned.distances_to(alarm), dtype=np.float64), k)

    @cached_property
    def _metric(self) -> tuple[Any, Any] | None:
        if find_spec("routingkit_cch") is None:
            return None
        kit: Any = import_module("routingkit_cch")
        graph = self.graph
        ends = (graph.tail.tolist(), graph.head.tolist())
        order = kit.compute_order_inertial(
            graph.nodes, *ends, graph.node_lat.tolist(), graph.node_lon.tolist()
        )
        return kit, kit.CCHMetric(kit.CCH(order, *ends, False), self.ms.tolist())


def _best(times: NDArray[np.float64], k: int) -> Best:
    order = np.argsort(times, kind="stable")[:k]
    return times[order].astype(np.int64), order
