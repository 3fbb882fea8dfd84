"""The judge of the routing tests: scipy on the exported graph, the rules of stopping and walking spelled out anew."""

from __future__ import annotations

import math
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from gis_data.crs import geodesic_metres
from routing.export import export_graph
from routing.geometry import point_along
from routing.live import Condition, LiveRoads
from routing.point import EdgePoint
from routing.rank import Reach

CLOSED = 2**31 - 1
INFINITE = math.inf


def part(milliseconds: int, fraction: float) -> int:
    return math.floor(milliseconds * fraction + 0.5)


class Left(NamedTuple):
    """What is left from a stop: metres of hose and on foot, milliseconds to lay it, to walk, for want of water."""

    hose_metres: float
    on_foot_metres: float
    setup_ms: int
    on_foot_ms: int
    without_water_ms: int
    water: bool

    def total(self) -> int:
        return self.setup_ms + self.on_foot_ms + self.without_water_ms


class Oracle:
    """One class on the roads as they are now, read back from the file that the product exports."""

    def __init__(self, live: LiveRoads, vehicle_class: str) -> None:
        self.live, self.vehicle_class = live, vehicle_class
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "graph.npz"
            export_graph(live, vehicle_class, file)
            with np.load(file) as stored:
                self.graph = {name: stored[name] for name in stored.files}
        self.ms = self.graph["travel_ms"].astype(np.int64)
        self.tail, self.head = self.graph["tail"].astype(int), self.graph["head"].astype(int)
        nodes = len(self.graph["lon"])
        self.matrix = fastest_arcs(self.tail, self.head, self.ms, nodes)

    def reverse(self, arc: int) -> int:
        return int(self.graph["reverse"][arc])

    def from_start(self, start: EdgePoint) -> np.ndarray:
        """Milliseconds from a start to every node."""
        out = [(start.node, 0)] if start.node >= 0 else []
        if start.node < 0 and start.arc >= 0:
            for arc, gone in ((start.arc, start.fraction), (self.reverse(start.arc), 1.0 - start.fraction)):
                if self.ms[arc] < CLOSED:
                    out.append((int(self.head[arc]), int(self.ms[arc]) - part(int(self.ms[arc]), gone)))
        times = np.full(len(self.graph["lon"]), INFINITE)
        for node, cost in out:
            times = np.minimum(times, dijkstra(self.matrix, indices=node) + cost)
        return times

    def by_node(self, times: np.ndarray) -> np.ndarray:
        return times

    def drive(self, start: EdgePoint, times: np.ndarray, end: EdgePoint) -> float:
        """Milliseconds from a start (with its times to every node) to a point."""
        if end.node >= 0:
            return float(times[end.node])
        best = INFINITE
        for arc, fraction in ((end.arc, end.fraction), (self.reverse(end.arc), 1.0 - end.fraction)):
            whole = int(self.ms[arc])
            if whole >= CLOSED:
                continue
            best = min(best, times[self.tail[arc]] + part(whole, fraction))
            if start.node < 0 and start.arc >= 0 and start.arc >> 1 == arc >> 1:
                begin = start.fraction if start.arc == arc else 1.0 - start.fraction
                if begin <= fraction:
                    best = min(best, part(whole, fraction) - part(whole, begin))
        return best

    def last_metres(self, air_metres: float) -> Left:
        """From a stop so far from the fire by air, spelled out for one vehicle: lay the hose, or walk without water."""
        rules, vehicle = self.live.graph.rules, self.live.graph.vehicle_classes[self.vehicle_class]
        ground = air_metres * rules.walk_detour

        def lay(metres: float) -> int:
            seconds = vehicle.water_setup_seconds + metres * vehicle.hose_seconds_per_100_metres / 100.0
            return math.floor(seconds * 1000.0 + 0.5)

        if vehicle.hose_metres > 0.0 and ground <= vehicle.hose_metres:
            return Left(ground, 0.0, lay(ground), 0, 0, True)
        foot = 0.0 if vehicle.hose_metres == 0.0 and air_metres <= rules.at_scene_metres else ground
        walk = math.floor(foot / rules.walk_kmh * 3600.0 + 0.5)
        if vehicle.hose_metres == 0.0:
            return Left(0.0, foot, 0, walk, 0, False)
        handicap = max(0, lay(vehicle.hose_metres) - walk) + int(rules.without_water_seconds * 1000)
        return Left(0.0, foot, 0, walk, handicap, False)

    def assert_last_metres(self, reach: Reach, lon: float, lat: float) -> None:
        """What is told of the last metres is what is left from where the vehicle stops."""
        left = self.last_metres(float(geodesic_metres(reach.stop.lon, reach.stop.lat, lon, lat)))
        assert abs(reach.hose_metres - left.hose_metres) < 0.01
        assert abs(reach.on_foot_metres - left.on_foot_metres) < 0.01
        assert abs(reach.setup_ms - left.setup_ms) <= 20
        assert abs(reach.on_foot_ms - left.on_foot_ms) <= 20
        assert abs(reach.without_water_ms - left.without_water_ms) <= 20
        assert reach.water == left.water
        assert reach.total_ms == reach.ready_ms + reach.travel_ms + (
            reach.setup_ms + reach.on_foot_ms + reach.without_water_ms
        )
        assert reach.water_ms == (reach.ready_ms + reach.travel_ms + reach.setup_ms if left.water else None)

    def best_total(
        self, start: EdgePoint, times: np.ndarray, lon: float, lat: float, furthest: float
    ) -> float:
        """Drive and last metres to the best stop: any node, any piece's nearest point, or standing still."""
        graph = self.live.graph

        def walk(x: np.ndarray, y: np.ndarray, furthest: float = furthest) -> np.ndarray:
            air = np.atleast_1d(geodesic_metres(x, y, lon, lat))
            left = [self.last_metres(float(metres)) for metres in air]
            return np.array([one.total() if one.on_foot_metres <= furthest else INFINITE for one in left])

        best = float(walk(np.array(start.lon), np.array(start.lat), INFINITE)[0])
        best = min(best, float((self.by_node(times) + walk(graph.node_lon, graph.node_lat)).min()))
        for piece in range(len(graph.length_metres)):
            if min(self.ms[2 * piece], self.ms[2 * piece + 1]) >= CLOSED:
                continue
            fraction = nearest_fraction(self.live, piece, lon, lat)
            x, y = point_along(piece, fraction, graph.starts, graph.coords, graph.along_metres)
            drive = self.drive(start, times, EdgePoint(2 * piece, fraction, x, y, 0.0))
            best = min(best, drive + float(walk(np.array(x), np.array(y))[0]))
        return best

    def turning_ms(self, reach: Reach) -> int:
        """What the drive takes besides its arcs."""
        return 0

    def assert_drivable(self, reach: Reach) -> None:
        """The arcs join, are open to the class, and their times add up to the time told."""
        arcs = reach.arcs
        if len(arcs) == 0:
            assert reach.travel_ms == 0
            return
        assert (self.ms[arcs] < CLOSED).all()
        assert (self.head[arcs[:-1]] == self.tail[arcs[1:]]).all()
        if reach.start.node >= 0:
            begin = 0.0
            assert self.tail[arcs[0]] == reach.start.node
        else:
            assert arcs[0] in (reach.start.arc, self.reverse(reach.start.arc))
            begin = reach.start.fraction if arcs[0] == reach.start.arc else 1.0 - reach.start.fraction
        if reach.stop.node >= 0:
            end = 1.0
            assert self.head[arcs[-1]] == reach.stop.node
        else:
            assert arcs[-1] in (reach.stop.arc, self.reverse(reach.stop.arc))
            end = reach.stop.fraction if arcs[-1] == reach.stop.arc else 1.0 - reach.stop.fraction
        first, last = int(self.ms[arcs[0]]), int(self.ms[arcs[-1]])
        total = int(self.ms[arcs].sum()) - part(first, begin) - (last - part(last, end))
        assert total + self.turning_ms(reach) == reach.travel_ms
        lengths = self.graph["length_metres"][arcs]
        metres = lengths.sum() - begin * lengths[0] - (1.0 - end) * lengths[-1]
        assert abs(metres - reach.distance_metres) < 1e-6 * max(1.0, metres)


class Towards:
    """One class's roads searched from the alarm's side: one reversed search an alarm for any number of starts.

    Reads the export once; conditions by edge ids are laid over it anew, by what they mean.
    """

    def __init__(self, live: LiveRoads, vehicle_class: str) -> None:
        self.roads = Oracle(live, vehicle_class)
        self.exported_ms = self.roads.ms
        self.nodes = len(self.roads.graph["lon"])
        self.piece_of = {str(edge): piece for piece, edge in enumerate(self.roads.graph["edge_ids"])}
        self._turn(self.exported_ms)

    def under(self, conditions: list[Condition]) -> None:
        """Of all conditions that hold for the class on an edge, the one that slows most counts."""
        factor = np.ones(len(self.piece_of))
        for condition in conditions:
            if condition.vehicle_classes and self.roads.vehicle_class not in condition.vehicle_classes:
                continue
            for edge in condition.edges:
                factor[self.piece_of[edge]] = min(factor[self.piece_of[edge]], condition.factor)
        by_arc = factor[self.roads.graph["piece"]]
        slowed = np.rint(self.exported_ms / np.where(by_arc > 0.0, by_arc, 1.0))
        shut = (by_arc == 0.0) | (self.exported_ms >= CLOSED)
        self._turn(np.where(shut, CLOSED, slowed).astype(np.int64))

    def _turn(self, ms: np.ndarray) -> None:
        self.roads.ms = ms
        self.matrix = fastest_arcs(self.roads.head, self.roads.tail, ms, self.nodes)

    def drives(self, starts: list[EdgePoint], end: EdgePoint) -> np.ndarray:
        """Milliseconds from each start to a point; infinite where no way leads."""
        roads = self.roads
        ends = [(end.node, 0, -1, 0.0)] if end.node >= 0 else []
        if end.node < 0:
            for arc, fraction in ((end.arc, end.fraction), (roads.reverse(end.arc), 1.0 - end.fraction)):
                if roads.ms[arc] < CLOSED:
                    ends.append((int(roads.tail[arc]), part(int(roads.ms[arc]), fraction), arc, fraction))
        to_end = np.full(self.nodes, INFINITE)
        for node, cost, _, _ in ends:
            to_end = np.minimum(to_end, dijkstra(self.matrix, indices=node) + cost)
        found = np.full(len(starts), INFINITE)
        for number, start in enumerate(starts):
            if start.node >= 0:
                found[number] = to_end[start.node]
                continue
            if start.arc < 0:
                continue
            for arc, gone in ((start.arc, start.fraction), (roads.reverse(start.arc), 1.0 - start.fraction)):
                whole = int(roads.ms[arc])
                if whole >= CLOSED:
                    continue
                found[number] = min(found[number], whole - part(whole, gone) + to_end[roads.head[arc]])
                for _, cost, last, fraction in ends:
                    if last == arc and gone <= fraction:
                        found[number] = min(found[number], cost - part(whole, gone))
        return found


def fastest_arcs(tail: np.ndarray, head: np.ndarray, ms: np.ndarray, nodes: int) -> csr_matrix:
    """Open arcs as a matrix, of parallel ones the fastest."""
    arcs = np.flatnonzero(ms < CLOSED)
    arcs = arcs[np.lexsort((ms[arcs], head[arcs], tail[arcs]))]
    first = np.ones(len(arcs), dtype=bool)
    first[1:] = (tail[arcs][1:] != tail[arcs][:-1]) | (head[arcs][1:] != head[arcs][:-1])
    arcs = arcs[first]
    return csr_matrix((ms[arcs].astype(float), (tail[arcs], head[arcs])), shape=(nodes, nodes))


def nearest_fraction(live: LiveRoads, piece: int, lon: float, lat: float) -> float:
    """How far along a piece the point nearest to a position lies, in plain numpy on a plane around the position."""
    graph = live.graph
    rows = graph.coords[graph.starts[piece] : graph.starts[piece + 1]]
    middle = np.radians((rows[:, 1] + lat) / 2.0)
    q = 1.0 - 0.0066943799901413165 * np.sin(middle) ** 2
    x = np.radians(rows[:, 0] - lon) * 6378137.0 / np.sqrt(q) * np.cos(middle)
    y = np.radians(rows[:, 1] - lat) * 6378137.0 * (1.0 - 0.0066943799901413165) / q**1.5
    dx, dy = np.diff(x), np.diff(y)
    square = np.maximum(dx * dx + dy * dy, 1e-30)
    t = np.clip(-(x[:-1] * dx + y[:-1] * dy) / square, 0.0, 1.0)
    metres = np.hypot(x[:-1] + t * dx, y[:-1] + t * dy)
    best = int(np.flatnonzero(metres <= metres.min() + 1e-6)[0])  # of points equally near, the first
    along = graph.along_metres[graph.starts[piece] : graph.starts[piece + 1]]
    if along[-1] == 0.0:
        return 0.0
    return float((along[best] + t[best] * (along[best + 1] - along[best])) / along[-1])
