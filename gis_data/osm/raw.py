"""What is lifted out of an extract before anything is decided about it: tagged ways, nodes, areas and turns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shapely import MultiPolygon, Point, Polygon

Tags = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class RawWay:
    """A highway: its node ids with their positions in whole 1e-7°, in the order drawn."""

    id: int
    tags: Tags
    nodes: tuple[int, ...]
    places: tuple[tuple[int, int], ...]


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
    ways: list[RawWay] = field(default_factory=list)
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
