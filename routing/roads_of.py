"""The roads of one class as a search reads them: the road graph itself, or its network of allowed turns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.search import Found, Sources, Targets, find, spread


class RoadsOf:
    """Searches of one class, backward from where drives end to where they begin, or `forward`.

    Nodes and arcs going in and coming out are those of the road graph. Where a drive begins, `node` is the head of
    the partial `arc` driven to it (-1: it begins at the node); where it ends, the tail of the one driven from it.
    """

    def __init__(self, live: LiveRoads, vehicle_class: str, *, forward: bool = False) -> None:
        self._live, self._forward = live, forward
        self._turns = live.graph.turns.get(vehicle_class)
        self._main = live.graph.main_network(vehicle_class)
        if self._turns is not None:
            network = self._turns.turned if forward else self._turns
            self._weights = _turn_weights(live, vehicle_class, forward)
            self._network = network
        else:
            self._weights = outbound(live, vehicle_class) if forward else live.weights(vehicle_class)

    def find(
        self,
        sources: Sources,
        targets: Targets,
        best: int,
        limit_ms: int = CLOSED,
        paths: bool = True,
    ) -> Found:
        """As `routing.search.find`."""
        if self._turns is None:
            return find(self._live.graph, self._weights, sources, targets, best, limit_ms, paths)
        if self._forward:
            rows, place = self._turns.before(targets.node, targets.arc)
            targets = Targets(
                place, targets.cost[rows], targets.arc[rows], targets.target[rows], targets.direct
            )
            sources = sources._replace(node=self._turns.after(sources.node, sources.arc))
        else:
            rows, place = self._turns.before(sources.node, sources.arc)
            sources = Sources(place, sources.cost[rows], sources.arc[rows])
            targets = targets._replace(node=self._turns.after(targets.node, targets.arc))
        found = find(self._network, self._weights, sources, targets, best, limit_ms, paths)
        spread = found.entry if self._forward else found.source
        known = spread >= 0
        spread[known] = rows[spread[known]]
        return found._replace(arcs=self._turns.real_arc[found.arcs])

    def times_onto_arcs(self, sources: Sources, limit_ms: int) -> NDArray[np.int64]:
        """By arc, milliseconds from the nearest of the sources until it is driven onto; above the limit: not reached.

        For roads that are searched `forward`.
        """
        graph = self._live.graph
        if self._turns is None:
            nodes = spread(graph, self._weights, sources, limit_ms, np.zeros(len(sources.node)))
            return nodes.time.astype(np.int64)[graph.tail]
        sources = sources._replace(node=self._turns.after(sources.node, sources.arc))
        nodes = spread(self._network, self._weights, sources, limit_ms, np.zeros(len(sources.node)))
        times = nodes.time.astype(np.int64)[self._turns.tail]
        onto, copies = times[: graph.arcs].copy(), slice(graph.arcs, None, 2)
        np.minimum.at(onto, self._turns.real_arc[copies], times[copies])
        return onto

    def leads_in(self, targets: Targets) -> NDArray[np.bool_]:
        """By entry of units: whether the main network can be reached from there."""
        node = targets.node if self._turns is None else self._turns.after(targets.node, targets.arc)
        found: NDArray[np.bool_] = self._main.leads_in[node]
        return found

    def comes_out(self, sources: Sources) -> bool:
        """Whether any of the ends of drives can be reached from the main network."""
        node = sources.node if self._turns is None else self._turns.before(sources.node, sources.arc)[1]
        return bool(self._main.comes_out[node].any())


def _turn_weights(live: LiveRoads, vehicle_class: str, forward: bool) -> NDArray[np.uint64]:
    """Remembered with the roads; they hold as long as these conditions do."""
    key = (vehicle_class, forward)
    if key not in live.turn_weights:
        network = live.graph.turns[vehicle_class]
        network = network.turned if forward else network
        live.turn_weights[key] = network.weights(live.weights(vehicle_class), live.graph.slot)
    return live.turn_weights[key]


def outbound(live: LiveRoads, vehicle_class: str) -> NDArray[np.uint64]:
    """The class's weights for a search that drives forward: at each position the reverse of the arc that enters."""
    graph, inbound = live.graph, live.weights(vehicle_class)
    turned = inbound[graph.slot[graph.in_arc ^ np.uint32(1)]]
    weights: NDArray[np.uint64] = (turned & ~np.uint64(0xFFFFFFFF)) | (inbound & np.uint64(0xFFFFFFFF))
    weights.flags.writeable = False
    return weights
