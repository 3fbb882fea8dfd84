"""What is lifted out of an extract before anything is decided about it: tagged ways, nodes, areas and turns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from shapely import MultiPolygon, Point, Polygon

Tags = Mapping[str, str]


@dataclass(slots=True, eq=False)
class WayPoints:
    """The points of all highways, one after the other: 16 bytes a point, however large the extract is."""

    _nodes: array[int] = field(default_factory=lambda: array("q"))
    _places: array[int] = field(default_factory=lambda: array("i"))

    def add(self, nodes: Iterable[int], places: Iterable[int]) -> tuple[int, int]:
        """Node ids, and longitude, latitude, longitude …; where they begin and end. Only until they are read."""
        first = len(self._nodes)
        self._nodes.extend(nodes)
        self._places.extend(places)
        return first, len(self._nodes)

    @property
    def nodes(self) -> NDArray[np.int64]:
        return np.frombuffer(self._nodes, dtype=np.int64)

    @property
    def places(self) -> NDArray[np.int32]:
        return np.frombuffer(self._places, dtype=np.int32).reshape(-1, 2)


@dataclass(frozen=True, slots=True, eq=False)
class RawWay:
    """A highway, with those of its tags that roads are made from; alike tags are one object."""

    id: int
    tags: Tags
    points: WayPoints
    first: int
    last: int

    @property
    def nodes(self) -> NDArray[np.int64]:
        """Node ids in the order drawn."""
        return self.points.nodes[self.first : self.last]

    @property
    def places(self) -> NDArray[np.int32]:
        """Longitude and latitude in whole 1e-7°, row by row."""
        return self.points.places[self.first : self.last]


@dataclass(frozen=True, slots=True)
class RawNode:
    id: int
    tags: Tags
    lon: float
    lat: float

    @property
    def code(self) -> str:
        return f"n{self.id}"

    @property
    def at(self) -> Point:
        return Point(round(self.lon, 7), round(self.lat, 7))


@dataclass(frozen=True, slots=True)
class RawArea:
    """An assembled closed way (`w12`) or multipolygon (`r12`)."""

    id: str
    tags: Tags
    area: Polygon | MultiPolygon

    @property
    def code(self) -> str:
        return self.id

    @property
    def at(self) -> Point:
        """A point inside, for whatever is drawn as a surface and used as a spot."""
        inside = self.area.representative_point()
        return Point(round(inside.x, 7), round(inside.y, 7))


@dataclass(frozen=True, slots=True)
class RawTurn:
    """A turn restriction whose `via` is one node."""

    id: int
    rule: str
    from_way: int
    via: int
    to_way: int


@dataclass(slots=True)
class Extract:
    """All of it, sorted by id, so that the order in the file does not matter."""

    nodes_read: int = 0
    ways_read: int = 0
    relations_read: int = 0
    points: WayPoints = field(default_factory=WayPoints)
    ways: list[RawWay] = field(default_factory=list)
    tags_of_ways: dict[tuple[tuple[str, str], ...], Tags] = field(default_factory=dict, repr=False)
    nodes: list[RawNode] = field(default_factory=list)
    areas: list[RawArea] = field(default_factory=list)
    turns: list[RawTurn] = field(default_factory=list)

    @property
    def things(self) -> tuple[RawNode | RawArea, ...]:
        """Mapped as a surface or as a point, which often means the same: surfaces first."""
        return (*self.areas, *self.nodes)

    def sort(self) -> None:
        self.ways.sort(key=lambda way: way.id)
        self.nodes.sort(key=lambda node: node.id)
        self.areas.sort(key=lambda area: (area.id[0], int(area.id[1:])))
        self.turns.sort(key=lambda turn: turn.id)
