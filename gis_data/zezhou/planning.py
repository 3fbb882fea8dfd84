"""Which edges of the mesh become roads: lines laid where the building is easiest, merging as they go."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from gis_data.roads import ROAD_CLASSES
from gis_data.zezhou.mesh import Mesh
from gis_data.zezhou.plane import Floats, Ints

NO_ROAD = 99
RANK = {name: rank for rank, name in enumerate(ROAD_CLASSES)}


class RoadPlan:
    """The roads decided so far: a class and a name for each edge of the mesh, better classes overruling worse."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.rank = np.full(len(mesh.tail), NO_ROAD, dtype=np.int64)
        self.name = np.zeros(len(mesh.tail), dtype=np.int64)
        self.names: list[str] = [""]
        self._edges = mesh.edge_numbers()
        self._order = np.asarray(self._edges.data, dtype=np.int64) - 1
        self._numbers = {"": 0}

    def name_number(self, name: str) -> int:
        if name not in self._numbers:
            self._numbers[name] = len(self.names)
            self.names.append(name)
        return self._numbers[name]

    def edge(self, a: int, b: int) -> int:
        """The edge between two points, or -1."""
        first, last = self._edges.indptr[a], self._edges.indptr[a + 1]
        at = first + int(np.searchsorted(self._edges.indices[first:last], b))
        return int(self._order[at]) if at < last and self._edges.indices[at] == b else -1

    def lay(self, edges: Sequence[int] | Ints, road_class: str, name: str = "") -> None:
        """Make edges a road, where they are not already a better one."""
        rank, number = RANK[road_class], self.name_number(name)
        for e in edges:
            if rank < self.rank[e]:
                self.rank[e] = rank
                self.name[e] = number

    def weights(self, reuse: float, best: str = "motorway") -> Floats:
        """Toil, with roads that are there already at a discount; streets of dense places a little dearer."""
        weight = self.mesh.toil.copy()
        there = (self.rank >= RANK[best]) & (self.rank < NO_ROAD)
        weight[there] *= reuse
        return weight

    def graph(self, weight: Floats) -> csr_array:
        """The mesh with these costs of its edges."""
        n = len(self.mesh.points)
        return csr_array((weight[self._order], self._edges.indices, self._edges.indptr), shape=(n, n))

    def connect(self, a: int, b: int, road_class: str, name: str, *, reuse: float = 0.5) -> None:
        """One line between two points."""
        way = self.walk(self.ways_from(self.graph(self.weights(reuse)), a), b)
        if not way:
            raise ValueError(f"no ground for {name}")
        self.lay(way, road_class, name)

    def ways_from(self, graph: csr_array, point: int, limit: float = np.inf) -> NDArray[np.int32]:
        """The cheapest ways from a point to all others, as the point before each; -9999 where there is none."""
        _, before = dijkstra(graph, indices=np.array([point]), return_predecessors=True, limit=limit)
        return np.asarray(before[0], dtype=np.int32)

    def walk(self, before: NDArray[np.int32], point: int) -> list[int]:
        """The edges from a point back to where its tree is rooted."""
        edges: list[int] = []
        while before[point] >= 0:
            edges.append(self.edge(int(before[point]), point))
            point = int(before[point])
        return edges

    def on_road(self) -> NDArray[np.bool_]:
        """The points that a road touches."""
        touched = np.zeros(len(self.mesh.points), dtype=np.bool_)
        laid = self.rank < NO_ROAD
        touched[self.mesh.tail[laid]] = True
        touched[self.mesh.head[laid]] = True
        return touched

    def tree_to_roads(self, points: Sequence[int]) -> tuple[list[list[int]], Floats]:
        """For each point the cheapest way to what is there already (empty if it lies on it), and its cost."""
        sources = np.flatnonzero(self.on_road())
        cost, before, _ = dijkstra(
            self.graph(self.weights(0.05)),
            directed=True,
            indices=sources,
            return_predecessors=True,
            min_only=True,
        )
        return [self.walk(before, point) for point in points], np.asarray(
            cost[list(points)], dtype=np.float64
        )

    def ways_to_better_roads(self, points: Sequence[int], worst: str) -> list[list[int]]:
        """For each point its way over the roads laid so far to the next road of at least that class."""
        better = self.rank <= RANK[worst]
        sources = np.unique(np.concatenate([self.mesh.tail[better], self.mesh.head[better]]))
        weight = np.where(self.rank < NO_ROAD, self.mesh.toil, 1e9)
        _, before, _ = dijkstra(
            self.graph(weight), indices=sources, return_predecessors=True, min_only=True, limit=1e8
        )
        return [self.walk(before, point) for point in points]

    def road_metres(self, sources: Sequence[int], limit: float) -> Floats:
        """Distances over the roads laid so far among some points (infinite beyond the limit)."""
        used = np.flatnonzero(self.on_road())
        place = np.full(len(self.mesh.points), -1, dtype=np.int64)
        place[used] = np.arange(len(used))
        laid = self.rank < NO_ROAD
        tail, head = place[self.mesh.tail[laid]], place[self.mesh.head[laid]]
        metres = self.mesh.metres[laid]
        ends = (np.concatenate([tail, head]), np.concatenate([head, tail]))
        graph = csr_array((np.concatenate([metres, metres]), ends), shape=(len(used), len(used)))
        among = place[np.asarray(sources)]
        return np.asarray(dijkstra(graph, directed=True, indices=among, limit=limit)[:, among])


def flows(paths: Sequence[Sequence[int]], edges: int) -> Ints:
    """How many paths use each edge."""
    count = np.zeros(edges, dtype=np.int64)
    for path in paths:
        count[list(path)] += 1
    return count
