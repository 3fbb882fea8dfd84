"""A point on the road: where on which arc, or exactly which node."""

from __future__ import annotations

from dataclasses import dataclass

NO_ARC = -1


@dataclass(frozen=True, slots=True)
class EdgePoint:
    """`fraction` is measured along the arc from its tail. `node` ≥ 0: the point is that node, over all its edges.

    `directed`: it drives along the arc, and a class that cannot turn on the road goes on to the next node first.
    `arc` is -1 where a class finds every road around closed: it stands where it is, and can only walk.
    """

    arc: int
    fraction: float
    lon: float
    lat: float
    off_road_metres: float
    node: int = -1
    directed: bool = False
