"""The roads as they are now: immutable travel times by vehicle class, with closures and slowdowns laid over them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Polygon

from gis_data.errors import InputError
from routing.graph import RoadGraph
from routing.nearest import ALL_ROADS, EVERY_PIECE, pieces_touching, snap_to
from routing.passable import CLOSED, LONGEST_MS
from routing.point import EdgePoint

if TYPE_CHECKING:
    from routing.ends import Arrival
    from routing.hierarchy import Hierarchy

REMEMBERED_POINTS = 8192
NO_PIECES = np.empty(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Condition:
    """A stretch of road that is closed (`factor` 0) or slowed (0 to 1 × the speed), by edge ids, by area, or both.

    An area takes every piece that it touches. No vehicle classes named: it holds for all of them.
    """

    id: str
    edges: tuple[str, ...] = ()
    area: Polygon | MultiPolygon | None = None
    factor: float = 0.0
    vehicle_classes: frozenset[str] = frozenset()
    reason: str = ""

    def hinders(self, vehicle_class: str) -> bool:
        return self.factor < 1.0 and (not self.vehicle_classes or vehicle_class in self.vehicle_classes)


@dataclass(frozen=True, eq=False)
class LiveRoads:
    """A graph with the conditions that hold; a change makes a new one, and searches under way keep theirs.

    Where conditions overlap, the one that slows most holds. Classes that no condition touches share the arrays of
    the graph itself; `touched` tells for the others which pieces are hindered, `closed` names those of them for which
    something is closed. `unmatched` are the edge ids that
    no longer exist.
    """

    graph: RoadGraph
    version: int = 0
    conditions: tuple[Condition, ...] = ()
    inbound: Mapping[str, NDArray[np.uint64]] = field(default_factory=dict)
    pieces_of: Mapping[Condition, NDArray[np.int64]] = field(default_factory=dict)
    touched: Mapping[str, NDArray[np.bool_]] = field(default_factory=dict)
    closed: frozenset[str] = frozenset()
    unmatched: tuple[tuple[str, str], ...] = ()
    base: LiveRoads | None = None
    hierarchy: Hierarchy | None = None
    points: dict[tuple[float, float, str], EdgePoint | None] = field(default_factory=dict, repr=False)
    arrivals: dict[tuple[float, float, str], Arrival | None] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not self.inbound:
            object.__setattr__(self, "inbound", self.graph.inbound)

    @property
    def unhindered(self) -> LiveRoads:
        """The same roads without any condition."""
        return self.base or self

    def weights(self, vehicle_class: str) -> NDArray[np.uint64]:
        """The class's weights in the order of the search."""
        self.graph.require_class(vehicle_class)
        return self.inbound[vehicle_class]

    def travel_ms(self, vehicle_class: str) -> NDArray[np.uint32]:
        """Milliseconds by arc, as exported; `CLOSED` where the class cannot go now."""
        weights = self.weights(vehicle_class)
        return (weights[self.graph.slot] >> np.uint64(32)).astype(np.uint32)

    def with_conditions(self, conditions: Sequence[Condition], version: int) -> LiveRoads:
        """The same graph under other conditions (all that hold now, not the difference)."""
        graph, base = self.graph, self.unhindered
        pieces_of: dict[Condition, NDArray[np.int64]] = {}
        unmatched: list[tuple[str, str]] = []
        for condition in conditions:
            _check(condition)
            unmatched += [(condition.id, edge) for edge in condition.edges if edge not in graph.piece_of]
            known = self.pieces_of.get(condition)
            pieces_of[condition] = _pieces(graph, condition) if known is None else known
        inbound = dict(graph.inbound)
        touched: dict[str, NDArray[np.bool_]] = {}
        closed: set[str] = set()
        for code in graph.classes:
            here = [condition for condition in conditions if condition.hinders(code)]
            pieces = np.unique(np.concatenate([NO_PIECES, *(pieces_of[condition] for condition in here)]))
            if len(pieces) == 0:
                continue
            speed = np.ones(len(pieces))
            for condition in here:
                at = np.searchsorted(pieces, pieces_of[condition])
                speed[at] = np.minimum(speed[at], condition.factor)
            inbound[code] = _slowed(graph, graph.inbound[code], pieces, speed)
            touched[code] = np.zeros(len(graph.piece_ids), dtype=np.bool_)
            touched[code][pieces] = True
            if (speed == 0.0).any():
                closed.add(code)
        return LiveRoads(
            graph=graph,
            version=version,
            conditions=tuple(conditions),
            inbound=inbound,
            pieces_of=pieces_of,
            touched=touched,
            closed=frozenset(closed),
            unmatched=tuple(unmatched),
            base=base,
            hierarchy=self.hierarchy,
        )

    def with_hierarchy(self, hierarchy: Hierarchy) -> LiveRoads:
        """The same roads with a hierarchy to serve the rankings that would search far."""
        return replace(self, hierarchy=hierarchy, base=self.base and replace(self.base, hierarchy=hierarchy))

    def find_point(self, lon: float, lat: float, vehicle_class: str | None, where: str) -> EdgePoint | None:
        """Like `snap`, remembered, and None instead of an error where no open road is near."""
        if vehicle_class is not None:
            self.graph.require_class(vehicle_class)
        lon, lat = float(lon), float(lat)  # the compiled search knows floats only
        key = (lon, lat, vehicle_class or "")
        if key in self.points:
            return self.points[key]
        if vehicle_class is None:
            point = snap_to(self.graph, ALL_ROADS, EVERY_PIECE, lon, lat, where)
        else:
            joined = self.graph.main_network(vehicle_class).pieces
            point = snap_to(self.graph, self.inbound[vehicle_class], joined, lon, lat, where)
        if len(self.points) >= REMEMBERED_POINTS:
            self.points.clear()
        self.points[key] = point
        return point


def _check(condition: Condition) -> None:
    if not 0.0 <= condition.factor <= 1.0:
        raise InputError(
            f"road condition {condition.id}",
            f"factor {condition.factor} is out of range",
            "give 0 (closed) to 1",
        )


def _pieces(graph: RoadGraph, condition: Condition) -> NDArray[np.int64]:
    found = [graph.piece_of[edge] for edge in condition.edges if edge in graph.piece_of]
    pieces = np.array(found, dtype=np.int64)
    if condition.area is not None:
        pieces = np.concatenate((pieces, pieces_touching(graph, condition.area)))
    return np.unique(pieces)


def _slowed(
    graph: RoadGraph, inbound: NDArray[np.uint64], pieces: NDArray[np.int64], speed: NDArray[np.float64]
) -> NDArray[np.uint64]:
    """A copy of the class's weights with pieces at a part of their speed; what was closed stays closed."""
    arcs = np.concatenate((2 * pieces, 2 * pieces + 1))
    slots, factor = graph.slot[arcs], np.concatenate((speed, speed))
    before = inbound[slots]
    open_ = (before >> np.uint64(32) < np.uint64(CLOSED)) & (factor > 0.0)
    exact = np.rint((before >> np.uint64(32)).astype(np.float64) / np.where(open_, factor, 1.0))
    after = np.where(open_, np.minimum(exact, float(LONGEST_MS)), float(CLOSED)).astype(np.uint64)
    copy = inbound.copy()
    copy[slots] = after << np.uint64(32) | (before & np.uint64(0xFFFFFFFF))
    copy.flags.writeable = False
    return copy
