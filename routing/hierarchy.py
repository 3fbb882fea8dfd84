"""A customizable contraction hierarchy: all units' times, however far, without a long search.

The search of `routing.search` settles about k·n/N nodes, which is unbeatable for the best few of many units, and long
where units are few and the graph is a province, or where everybody is ranked. There a hierarchy takes its place: the
same whole milliseconds, only faster. Its nodes and arcs hold for every class and every condition; only their times are
computed anew, a millisecond a class for 20,000 nodes.
"""

from __future__ import annotations

import hashlib
import logging
import math
import os
import weakref
from collections.abc import Iterable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from routing.climbing import Above, Climbed, above, climb, way_between
from routing.contraction import contract, customize
from routing.dissection import dissected
from routing.ends import Stops
from routing.fleet import Squad
from routing.graph import RoadGraph
from routing.live import LiveRoads
from routing.scratch import ScratchPool
from routing.search import Targets

LOG = logging.getLogger(__name__)

# A hierarchy takes as long for so many units as settling this × √(nodes × units) nodes.
CLIMBING = 0.5
# Times under conditions are kept for every version of the roads. In a graph of more arcs than this that is too much
# memory, and takes long; a class there keeps the search while there are conditions.
MOST_CHANGING_ARCS = 1_000_000


def is_worth(live: LiveRoads, vehicle_class: str, wanted: int, units: int) -> bool:
    """Whether a search for the best `wanted` of so many units would settle more nodes than a hierarchy costs.

    A class keeps the search where its roads have changed and the times on them are not made ready yet, and where it
    honours turn restrictions: the hierarchy is one of nodes, and knows no turns.
    """
    if units == 0 or hierarchy_for(live, vehicle_class) is None:
        return False
    nodes = live.graph.nodes
    return min(wanted, units) / units * nodes > CLIMBING * math.sqrt(nodes * units)


def hierarchy_for(live: LiveRoads, vehicle_class: str) -> Hierarchy | None:
    """The hierarchy if it can answer for this class on these roads now."""
    if live.hierarchy is None or vehicle_class in live.graph.turns:
        return None
    ready = vehicle_class not in live.touched or vehicle_class in live.hierarchy_times
    return live.hierarchy if ready else None


class Hierarchy:
    """The order of a graph's nodes and the arcs over it.

    `order` may come from an earlier `order` of the same graph: computing it takes half a second for 63,000 nodes and
    20 s for a million.
    """

    def __init__(self, graph: RoadGraph, order: NDArray[np.int32] | None = None) -> None:
        if order is None:
            order = dissected(graph.nodes, graph.tail, graph.head, graph.node_lon, graph.node_lat)
        self.order = order
        self._contraction = contract(order, graph.tail, graph.head)
        # Its own: of other sizes than a search's, and less than a millisecond at a time.
        self._scratch = ScratchPool()
        self._above: weakref.WeakKeyDictionary[Squad, Above] = weakref.WeakKeyDictionary()

    def times_of(self, live: LiveRoads, vehicle_class: str) -> NDArray[np.uint32]:
        """The times of the hierarchy's arcs, remembered with the roads for which they hold."""
        roads = live if vehicle_class in live.touched else live.unhindered
        known = roads.hierarchy_times.get(vehicle_class)
        if known is None:
            known = customize(self._contraction, roads.travel_ms(vehicle_class))
            roads.hierarchy_times[vehicle_class] = known
        return known

    def make_ready(self, live: LiveRoads, vehicle_classes: Iterable[str]) -> None:
        """Compute the times of these classes on these roads now, so that no alarm waits for it."""
        for vehicle_class in vehicle_classes:
            changing = vehicle_class in live.touched and live.graph.arcs > MOST_CHANGING_ARCS
            if vehicle_class not in live.graph.turns and not changing:
                self.times_of(live, vehicle_class)

    def climb(self, squad: Squad, targets: Targets, stops: Stops) -> Climbed:
        """The best stop of each row, with the costs of the squad's own entries; `targets.direct` counts too."""
        live, code = squad.live, squad.vehicle_class
        times = self.times_of(live, code)
        kept = self._above.get(squad)
        if kept is None:
            kept = self._above[squad] = above(self._contraction, times, squad.targets)
        return climb(self._contraction, times, self._scratch, kept, stops.sources, targets)

    def arcs(self, squad: Squad, entry: int, stops: Stops, stop: int) -> NDArray[np.int32]:
        """All arcs of a drive from this entry of the squad to this stop, the partial ones included."""
        live, code, targets = squad.live, squad.vehicle_class, squad.targets
        path = way_between(
            self._contraction,
            self.times_of(live, code),
            live.weights(code),
            live.graph.slot,
            int(targets.node[entry]),
            int(stops.node[stop]),
        )
        ends = (int(targets.arc[entry]), int(stops.arc[stop]))
        first = [*squad.before(entry), *([ends[0]] if ends[0] >= 0 else [])]
        last = [ends[1]] if ends[1] >= 0 else []
        return np.concatenate((np.array(first, np.int32), path, np.array(last, np.int32)))


def open_hierarchy(cache: Path, graph: RoadGraph) -> Hierarchy:
    """The graph's hierarchy, its order read from `cache` (a folder) where it was computed before.

    A file that cannot be read, or orders something else, is computed again; a cache that cannot be written is done
    without.
    """
    seal = hashlib.sha256(graph.tail.tobytes())
    for array in (graph.head, graph.node_lon, graph.node_lat):
        seal.update(array.tobytes())
    path = cache / f"{seal.hexdigest()[:16]}.order.npy"
    try:
        order = np.load(path, allow_pickle=False)
        if order.ndim == 1 and np.array_equal(np.sort(order), np.arange(graph.nodes)):
            return Hierarchy(graph, order.astype(np.int32))
    except (OSError, ValueError, EOFError):
        pass
    hierarchy = Hierarchy(graph)
    making = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with making.open("wb") as file:
            np.save(file, hierarchy.order)
        making.replace(path)
    except OSError as error:
        LOG.warning(
            "the order of the hierarchy cannot be kept in %s (%s); it is computed at every start",
            cache,
            error,
        )
    return hierarchy
