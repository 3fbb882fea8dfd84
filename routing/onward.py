"""Where a unit under way can go from the arc it drives along: ahead, and back only where its class turns round.

A class that `turns_on_road` may turn where it is. Any other drives on to the next junction or dead end, over every
node from which only one road leads on; there it may turn round too. Each costs the class's `turn_seconds`. From the
first road it takes after that, every turn is free, as in any search. Where the road ahead is closed, the unit turns
where it stands, whatever its class. Any unit may back up to an alarm that it has just passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from gis_data.model import VehicleClass
from routing.geometry import part
from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.point import EdgePoint


class Driven(NamedTuple):
    """A drive of the unit in this row of its squad: `ms` to where its last arc begins (by arc) or ends (by node)."""

    row: int
    ms: int
    arcs: tuple[int, ...]


@dataclass(slots=True)
class Onward:
    """Drives of units that are bound to a direction, until they are free.

    `to_arc`: onto an arc, which they have not driven yet. `to_node`: to its node. `free`: where a search takes over.
    """

    to_arc: dict[int, list[Driven]] = field(default_factory=dict)
    to_node: dict[int, list[Driven]] = field(default_factory=dict)
    free: list[tuple[int, Driven]] = field(default_factory=list)


def turn_ms(vehicle: VehicleClass) -> int:
    """What turning round costs a unit of the class; who walks just turns."""
    return 0 if vehicle.on_foot else round(vehicle.turn_seconds * 1000.0)


def is_bound(vehicle: VehicleClass, point: EdgePoint) -> bool:
    """Whether a unit cannot leave its point in both directions alike."""
    return point.directed and point.node < 0 and point.arc >= 0 and turn_ms(vehicle) > 0


def drive_on(live: LiveRoads, vehicle_class: str, points: Sequence[EdgePoint]) -> Onward:
    """The drives of those of the points that are bound to a direction, by their row."""
    vehicle, onward = live.graph.require_class(vehicle_class), Onward()
    for row, point in enumerate(points):
        if is_bound(vehicle, point):
            ahead = _ms(live, vehicle_class, point.arc)
            if ahead < CLOSED:
                _go_ahead(live, vehicle, row, point, ahead - part(ahead, point.fraction), onward)
            back = _ms(live, vehicle_class, point.arc ^ 1)
            if back < CLOSED:
                left = back - part(back, 1.0 - point.fraction) + turn_ms(vehicle)
                behind, driven = int(live.graph.head[point.arc ^ 1]), Driven(row, left, (point.arc ^ 1,))
                behind_metres = point.fraction * float(live.graph.length_metres[point.arc >> 1])
                if vehicle.turns_on_road or ahead >= CLOSED:
                    onward.free.append((behind, driven))
                elif behind_metres <= live.graph.rules.at_scene_metres:
                    onward.to_node.setdefault(behind, []).append(driven)
    return onward


def _go_ahead(
    live: LiveRoads, vehicle: VehicleClass, row: int, point: EdgePoint, rest: int, onward: Onward
) -> None:
    """On to where more than one road leads on, or none; `rest` is what is left of the point's own arc."""
    arcs: tuple[int, ...] = (point.arc,)
    ms = rest
    while True:
        node = int(live.graph.head[arcs[-1]])
        onward.to_node.setdefault(node, []).append(Driven(row, ms, arcs))
        ways = _exits(live, vehicle.code, arcs[-1])
        others = [(arc, whole) for arc, whole in ways if arc != arcs[-1] ^ 1]
        for arc, _ in others:
            onward.to_arc.setdefault(arc, []).append(Driven(row, ms, (*arcs, arc)))
        if vehicle.turns_on_road or len(others) != 1:
            break
        arc, whole = others[0]
        if arc in arcs:
            return  # a ring that nobody leaves
        arcs, ms = (*arcs, arc), ms + whole
    for arc, whole in others:
        onward.free.append((int(live.graph.head[arc]), Driven(row, ms + whole, (*arcs, arc))))
    if len(ways) > len(others):
        onward.free.append((node, Driven(row, ms + turn_ms(vehicle), arcs)))


def _exits(live: LiveRoads, vehicle_class: str, arc: int) -> list[tuple[int, int]]:
    """Arcs open to the class that may follow an arc, its own reverse too, with their milliseconds."""
    graph, turns = live.graph, live.graph.turns.get(vehicle_class)
    node = graph.head[arc]
    out = (graph.in_arc[graph.first_in[node] : graph.first_in[node + 1]] ^ 1).tolist()
    times = [_ms(live, vehicle_class, way) for way in out]
    barred: frozenset[int] = turns.forbidden_after(arc) if turns is not None else frozenset()
    return [
        (way, whole) for way, whole in zip(out, times, strict=True) if whole < CLOSED and way not in barred
    ]


def _ms(live: LiveRoads, vehicle_class: str, arc: int) -> int:
    return int(live.inbound[vehicle_class][live.graph.slot[arc]]) >> 32
