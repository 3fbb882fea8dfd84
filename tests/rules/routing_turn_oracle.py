"""The judge of turns: scipy on the graph of arcs, in which a turn is an edge, and what a directed unit may do anew."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from routing.live import LiveRoads
from routing.point import EdgePoint
from routing.rank import Reach
from tests.rules.routing_oracle import CLOSED, INFINITE, Oracle, part


class TurnOracle(Oracle):
    """Times are those to every node, and after them those to the tail of every arc, about to drive along it."""

    def __init__(self, live: LiveRoads, vehicle_class: str) -> None:
        super().__init__(live, vehicle_class)
        self.vehicle = live.graph.vehicle_classes[vehicle_class]
        self.turn = 0 if self.vehicle.on_foot else round(self.vehicle.turn_seconds * 1000)
        self.nodes, arcs = len(self.graph["lon"]), len(self.tail)
        self.leaving: list[list[int]] = [[] for _ in range(self.nodes)]
        for arc in np.flatnonzero(self.ms < CLOSED):
            self.leaving[self.tail[arc]].append(int(arc))
        self.forbidden = {(int(e), int(f)) for e, f in self.graph["forbidden_turns"]}
        turns = [(e, f) for e in range(arcs) if self.ms[e] < CLOSED for f in self.exits(e)]
        pairs = np.array(turns, dtype=int).reshape(-1, 2)
        self.turns = csr_matrix(
            (self.ms[pairs[:, 0]].astype(float), (pairs[:, 0], pairs[:, 1])), shape=(arcs, arcs)
        )

    def exits(self, arc: int) -> list[int]:
        """Arcs that may follow an arc."""
        return [way for way in self.leaving[self.head[arc]] if (arc, way) not in self.forbidden]

    def by_node(self, times: np.ndarray) -> np.ndarray:
        return times[: self.nodes]

    def is_bound(self, start: EdgePoint) -> bool:
        return start.directed and start.node < 0 and start.arc >= 0 and self.turn > 0

    def from_start(self, start: EdgePoint) -> np.ndarray:
        nodes, tails = np.full(self.nodes, INFINITE), np.full(len(self.tail), INFINITE)
        begins: list[tuple[int, float]] = []  # arcs from which all is free, with the time at their tail
        for arc, gone, bound, extra in self._ways_off(start):
            left = int(self.ms[arc]) - part(int(self.ms[arc]), gone) + extra
            self._arrive(arc, left, bound, nodes, tails, begins)
        if self.is_bound(start) and self.ms[self.reverse(start.arc)] < CLOSED:  # it may back up to its tail
            back = self.reverse(start.arc)
            if start.fraction * self.graph["length_metres"][back] <= self.live.graph.rules.at_scene_metres:
                left = int(self.ms[back]) - part(int(self.ms[back]), 1.0 - start.fraction) + self.turn
                nodes[self.head[back]] = min(nodes[self.head[back]], left)
        if start.node >= 0:
            nodes[start.node] = 0
            begins += [(arc, 0) for arc in self.leaving[start.node]]
        for arc, cost in begins:
            tails = np.minimum(tails, dijkstra(self.turns, indices=arc) + cost)
        open_ = self.ms < CLOSED
        np.minimum.at(nodes, self.head[open_], (tails + self.ms)[open_])
        return np.concatenate((nodes, tails))

    def _ways_off(self, start: EdgePoint) -> list[tuple[int, float, bool, int]]:
        """Arc, how much of it lies behind, whether it is driven bound to its direction, and the cost of turning."""
        if start.node >= 0 or start.arc < 0:
            return []
        ahead, back = start.arc, self.reverse(start.arc)
        bound = self.is_bound(start)
        ways = [(ahead, start.fraction, bound, 0)] if self.ms[ahead] < CLOSED else []
        if self.ms[back] < CLOSED and (not bound or self.vehicle.turns_on_road or not ways):
            ways.append((back, 1.0 - start.fraction, False, self.turn if bound else 0))
        return ways

    def _arrive(
        self,
        arc: int,
        time: int,
        bound: bool,
        nodes: np.ndarray,
        tails: np.ndarray,
        begins: list[tuple[int, float]],
    ) -> None:
        driven = {arc}
        while True:
            nodes[self.head[arc]] = min(nodes[self.head[arc]], time)
            others = [way for way in self.exits(arc) if not bound or way != self.reverse(arc)]
            tails[others] = np.minimum(tails[others], time)
            if self._is_free(arc, bound):
                begins += [(way, time) for way in others]
                if bound and self.reverse(arc) in self.exits(arc):
                    begins.append((self.reverse(arc), time + self.turn))
                return
            arc = others[0]
            if arc in driven:
                return
            driven.add(arc)
            time += int(self.ms[arc])

    def _is_free(self, arc: int, bound: bool) -> bool:
        others = [way for way in self.exits(arc) if way != self.reverse(arc)]
        return not bound or self.vehicle.turns_on_road or len(others) != 1

    def drive(self, start: EdgePoint, times: np.ndarray, end: EdgePoint) -> float:
        if end.node >= 0:
            return float(times[end.node])
        best = INFINITE
        for arc, fraction in ((end.arc, end.fraction), (self.reverse(end.arc), 1.0 - end.fraction)):
            whole = int(self.ms[arc])
            if whole >= CLOSED:
                continue
            best = min(best, times[self.nodes + arc] + part(whole, fraction))
            if start.node < 0 and start.arc >= 0 and start.arc >> 1 == arc >> 1:
                begin = start.fraction if start.arc == arc else 1.0 - start.fraction
                if self.is_bound(start) and abs(begin - fraction) <= 1e-9:
                    best = 0
                elif begin <= fraction:
                    within = part(whole, fraction) - part(whole, begin)
                    if self.is_bound(start) and arc != start.arc:
                        metres = (fraction - begin) * float(self.graph["length_metres"][arc])
                        backs_up = metres <= self.live.graph.rules.at_scene_metres
                        if not (self.vehicle.turns_on_road or backs_up or self.ms[start.arc] >= CLOSED):
                            continue
                        within += self.turn
                    best = min(best, within)
        return best

    def assert_drivable(self, reach: Reach) -> None:
        super().assert_drivable(reach)
        assert not self.forbidden.intersection(pairwise(int(arc) for arc in reach.arcs))

    def turning_ms(self, reach: Reach) -> int:
        start, arcs = reach.start, [int(arc) for arc in reach.arcs]
        if not self.is_bound(start) or (len(arcs) == 1 and reach.travel_ms == 0):
            return 0
        if arcs[0] != start.arc:
            return self.turn
        for arc, following in pairwise(arcs):
            if following == self.reverse(arc):
                assert self._is_free(arc, bound=True)
                return self.turn
            if self._is_free(arc, bound=True):
                return 0
        return 0
