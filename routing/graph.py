"""The road network as flat arrays: nodes, two arcs a piece of road, their geometry, and travel times by vehicle class.

Piece `p` is arc `2p` along its line and arc `2p + 1` against it, for every class in the same order, so that
`arc >> 1` is its piece and `arc ^ 1` its reverse; a direction that a class may not use is `CLOSED`. Nodes are the
unique end points of pieces, rounded to 1e-7°, numbered along a Z-curve, so that neighbours lie close in memory.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from gis_data.model import DrivingRules, Roads, VehicleClass
from routing.boxes import BoxTree, boxes_of_lines, build_tree
from routing.ellipsoid import segment_metres
from routing.islands import MainNetwork, find_main_network
from routing.passable import travel_table
from routing.scratch import ScratchPool
from routing.turn_network import TurnNetwork
from routing.words import Numbers, Repeated, Words

NODE_STEP = 1e-7
Array = TypeVar("Array", bound=np.ndarray)


@dataclass(frozen=True, eq=False)
class RoadGraph:
    """Nodes, arcs, pieces, and for each class the weights in the order in which the search reads them.

    The arcs that enter node `u` stand at positions `first_in[u]` to `first_in[u + 1]`; `in_arc` gives the arc at a
    position, `slot` the position of an arc, and a class's `inbound[position]` is `milliseconds << 32 | tail`.
    Classes that honour turn restrictions have a network in `turns` to search on (see `routing.turns`).
    `piece_of` gives the piece by its id in the county's roads, `tree` the pieces by their boxes in degrees.
    """

    node_lon: NDArray[np.float64]
    node_lat: NDArray[np.float64]
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    first_in: NDArray[np.uint32]
    in_arc: NDArray[np.uint32]
    slot: NDArray[np.uint32]
    inbound: Mapping[str, NDArray[np.uint64]]
    piece_ids: Words
    piece_of: Numbers
    piece_names: Repeated
    piece_classes: Repeated
    piece_surfaces: Repeated
    bridge: NDArray[np.bool_]
    length_metres: NDArray[np.float64]
    starts: NDArray[np.int64]
    coords: NDArray[np.float64]
    along_metres: NDArray[np.float64]
    tree: BoxTree
    bounds: tuple[float, float, float, float]
    vehicle_classes: Mapping[str, VehicleClass]
    rules: DrivingRules
    turns: Mapping[str, TurnNetwork] = field(default_factory=dict, repr=False)
    scratch: ScratchPool = field(default_factory=ScratchPool, repr=False)
    main_networks: dict[str, MainNetwork] = field(default_factory=dict, repr=False)
    near: dict[tuple[float, float, float], NDArray[np.int64]] = field(default_factory=dict, repr=False)

    @property
    def classes(self) -> tuple[str, ...]:
        return tuple(self.vehicle_classes)

    @property
    def nodes(self) -> int:
        return len(self.node_lon)

    @property
    def arcs(self) -> int:
        return len(self.tail)

    @cached_property
    def piece(self) -> NDArray[np.int32]:
        return np.arange(self.arcs, dtype=np.int32) >> 1

    @cached_property
    def reverse_arc(self) -> NDArray[np.int32]:
        return np.arange(self.arcs, dtype=np.int32) ^ 1

    def main_network(self, vehicle_class: str) -> MainNetwork:
        """What of the class's roads hangs together without any condition; found when first asked."""
        if vehicle_class not in self.main_networks:
            self.main_networks[vehicle_class] = find_main_network(
                self.tail, self.head, self.inbound[vehicle_class][self.slot], self.nodes
            )
        return self.main_networks[vehicle_class]

    def require_class(self, vehicle_class: str) -> VehicleClass:
        """The class by its code, or one clear line."""
        if vehicle_class not in self.vehicle_classes:
            known = ", ".join(self.classes) or "none"
            raise InputError("vehicle class", f"{vehicle_class!r} is unknown", f"give one of: {known}")
        return self.vehicle_classes[vehicle_class]


def build_graph(
    roads: Roads, vehicle_classes: Mapping[str, VehicleClass], rules: DrivingRules | None = None
) -> RoadGraph:
    """The graph of a county's roads; linear in their vertices but for sorting the nodes."""
    rules = rules or DrivingRules()
    coords = _checked(roads)
    starts = np.asarray(roads.starts, dtype=np.int64)
    node_lon, node_lat, ends = _nodes(coords[np.concatenate((starts[:-1], starts[1:] - 1))])
    first, last = ends[: len(roads)], ends[len(roads) :]
    tail = np.column_stack((first, last)).reshape(-1).astype(np.int32)
    head = np.column_stack((last, first)).reshape(-1).astype(np.int32)
    in_arc = np.argsort(head, kind="stable").astype(np.uint32)
    slot = np.empty(len(head), dtype=np.uint32)
    slot[in_arc] = np.arange(len(head), dtype=np.uint32)
    first_in = np.zeros(len(node_lon) + 1, dtype=np.uint32)
    np.cumsum(np.bincount(head, minlength=len(node_lon)), out=first_in[1:])

    along, length = _along(coords, starts)
    inbound = {}
    for code, vehicle in vehicle_classes.items():
        milliseconds = travel_table(roads, length, vehicle, rules).astype(np.uint64)
        inbound[code] = _frozen((milliseconds << np.uint64(32) | tail.astype(np.uint64))[in_arc])
    ids = Words.of(roads.ids)
    west, south = coords.min(axis=0)
    east, north = coords.max(axis=0)
    return RoadGraph(
        node_lon=_frozen(node_lon),
        node_lat=_frozen(node_lat),
        tail=_frozen(tail),
        head=_frozen(head),
        first_in=_frozen(first_in),
        in_arc=_frozen(in_arc),
        slot=_frozen(slot),
        inbound=inbound,
        piece_ids=ids,
        piece_of=Numbers.of(ids),
        piece_names=Repeated.of(roads.names),
        piece_classes=Repeated.of(roads.classes),
        piece_surfaces=Repeated.of(roads.surface),
        bridge=_frozen(np.array(roads.bridge, dtype=np.bool_)),
        length_metres=_frozen(length),
        starts=_frozen(starts.copy()),
        coords=_frozen(coords),
        along_metres=_frozen(along),
        tree=build_tree(boxes_of_lines(coords, starts)),
        bounds=(float(west), float(south), float(east), float(north)),
        vehicle_classes=dict(vehicle_classes),
        rules=rules,
    )


def _checked(roads: Roads) -> NDArray[np.float64]:
    """The vertices, or one line about the first piece that is no line on the earth."""
    if len(roads) == 0:
        raise InputError("roads", "the county has no roads", "fill the layer `roads` of county.gpkg")
    coords = np.array(roads.coords, dtype=np.float64, order="C")
    short = np.flatnonzero(np.diff(roads.starts) < 2)
    if len(short):
        raise InputError(
            f"roads {roads.ids[short[0]]}", "has fewer than two points", "draw it again or delete it"
        )
    wrong = ~(np.abs(coords) <= np.array((180.0, 90.0))).all(axis=1)
    if wrong.any():
        vertex = int(np.flatnonzero(wrong)[0])
        piece = roads.ids[int(np.searchsorted(roads.starts, vertex, side="right")) - 1]
        lon, lat = coords[vertex]
        raise InputError(
            f"roads {piece}",
            f"{lon}, {lat} is no longitude and latitude in degrees",
            "give WGS-84, longitude first",
        )
    return coords


def _nodes(
    ends: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Unique end points along a Z-curve, and for each end point its node."""
    x = np.rint((ends[:, 0] + 180.0) / NODE_STEP).astype(np.uint64)
    y = np.rint((ends[:, 1] + 90.0) / NODE_STEP).astype(np.uint64)
    _, chosen, number = np.unique(
        _spread(x) | (_spread(y) << np.uint64(1)), return_index=True, return_inverse=True
    )
    lon, lat = x[chosen].astype(np.float64), y[chosen].astype(np.float64)
    return (lon - 1.8e9) / 1e7, (lat - 0.9e9) / 1e7, number.astype(np.int64)


_MASKS = (
    (16, 0x0000FFFF0000FFFF),
    (8, 0x00FF00FF00FF00FF),
    (4, 0x0F0F0F0F0F0F0F0F),
    (2, 0x3333333333333333),
    (1, 0x5555555555555555),
)


def _spread(bits: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """A zero bit before each of the 32 low bits."""
    for shift, mask in _MASKS:
        bits = (bits | (bits << np.uint64(shift))) & np.uint64(mask)
    return bits


def _along(
    coords: NDArray[np.float64], starts: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Metres from the start of its piece to every vertex, and the length of every piece."""
    steps = segment_metres(coords)
    steps[starts[1:-1] - 1] = 0.0  # from one piece to the next
    total = np.concatenate(([0.0], np.cumsum(steps)))
    along = total - np.repeat(total[starts[:-1]], np.diff(starts))
    return along, along[starts[1:] - 1]


def _frozen(array: Array) -> Array:
    """Every array of a graph is read-only: threads share it, and the compiled search has one version of each type."""
    array.flags.writeable = False
    return array
