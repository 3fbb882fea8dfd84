"""What a ranking asks and answers: where a unit starts, and how it gets to the alarm."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from routing.graph import RoadGraph
from routing.point import EdgePoint


class Start(NamedTuple):
    """Where a unit is; `at` when its point on the road is already known (a unit under way).

    Every alarm makes one for each unit and looks all of them up together: a tuple hashes and compares without Python.
    `ready_ms`: how long it takes until it rolls (turnout), milliseconds from now.
    """

    lon: float
    lat: float
    vehicle_class: str
    at: EdgePoint | None = None
    ready_ms: int = 0


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A condition that lies on the way a unit would take if there were none; `pieces` of that way, as driven."""

    condition: str
    pieces: tuple[int, ...]


class Way:
    """The arcs driven and their metres, worked out when somebody first asks: most units are ranked and not sent."""

    __slots__ = ("_find", "_found")

    def __init__(self, find: Callable[[], tuple[NDArray[np.int32], float]]) -> None:
        self._find = find
        self._found: tuple[NDArray[np.int32], float] | None = None

    def _told(self) -> tuple[NDArray[np.int32], float]:
        if self._found is None:
            self._found = self._find()
        return self._found

    @property
    def arcs(self) -> NDArray[np.int32]:
        return self._told()[0]

    def __float__(self) -> float:
        """Metres driven, the partial arcs at both ends in part."""
        return self._told()[1]


@dataclass(frozen=True, slots=True)
class Reach:
    """How a unit gets to the alarm: it rolls after `ready_ms`, drives for `travel_ms`, and then come the last metres.

    Where its hose reaches (`water`), water can be on the fire `setup_ms` after it stops, `hose_metres` of hose laid.
    Otherwise the crew walks on for `on_foot_ms`; a class that has a hose then counts as `without_water_ms` later.

    `by_road`: it drives to the alarm's own point on the roads of its class. `reachable`: it does, or what is left
    on foot is not more than `longest_walk_metres`; the numbers hold in any case. `arcs` are all arcs driven, the
    partial ones at both ends included. `hindrances` are the conditions that lie on the way it would take without any,
    and `delay_ms` is what they cost together: the time now less the time on that way.
    """

    reachable: bool
    by_road: bool
    travel_ms: int
    on_foot_metres: float
    on_foot_ms: int
    start: EdgePoint
    stop: EdgePoint
    way: Way = field(compare=False)
    hindrances: tuple[Hindrance, ...] = ()
    delay_ms: int = 0
    ready_ms: int = 0
    hose_metres: float = 0.0
    setup_ms: int = 0
    without_water_ms: int = 0
    water: bool = False

    @property
    def arcs(self) -> NDArray[np.int32]:
        return self.way.arcs

    @property
    def distance_metres(self) -> float:
        return float(self.way)

    @property
    def avoided(self) -> tuple[str, ...]:
        """The ids of the conditions that hinder it."""
        return tuple(hindrance.condition for hindrance in self.hindrances)

    @property
    def arrival_ms(self) -> int:
        """Until the crew is at the scene."""
        return self.ready_ms + self.travel_ms + self.on_foot_ms

    @property
    def water_ms(self) -> int | None:
        """Until water can be on the fire; None: this unit brings none there."""
        return self.ready_ms + self.travel_ms + self.setup_ms if self.water else None

    @property
    def total_ms(self) -> int:
        """What is ranked: until water can be on the fire, or what its lack counts for."""
        return self.arrival_ms + self.setup_ms + self.without_water_ms

    @property
    def stop_lon(self) -> float:
        return self.stop.lon

    @property
    def stop_lat(self) -> float:
        return self.stop.lat


def uncut_metres(graph: RoadGraph, arcs: NDArray[np.int32], start: EdgePoint, stop: EdgePoint) -> float:
    """How much of a drive's first and last arc lies before its start and after its stop."""
    if len(arcs) == 0:
        return 0.0
    begin, end = cut(arcs, start, stop)
    length = graph.length_metres
    return float(begin * length[arcs[0] >> 1] + (1.0 - end) * length[arcs[-1] >> 1])


def cut(arcs: NDArray[np.int32], start: EdgePoint, stop: EdgePoint) -> tuple[float, float]:
    """Where on its first arc a drive begins and on its last arc it ends, as fractions of them."""
    begin, end = 0.0, 1.0
    if start.node < 0:
        begin = start.fraction if start.arc == arcs[0] else 1.0 - start.fraction
    if stop.node < 0:
        end = stop.fraction if stop.arc == arcs[-1] else 1.0 - stop.fraction
    return begin, end
