"""Both ends of a search: partial edges exactly, stops from which the rest is walked, and what needs no graph at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from routing.geometry import leaving, metres_between, part, stopping
from routing.last_metres import LastMetres, last_metres, no_last_metres
from routing.live import LiveRoads
from routing.nearest import pieces_within
from routing.onward import Onward, is_bound, turn_ms
from routing.passable import CLOSED
from routing.point import NO_ARC, EdgePoint
from routing.search import Sources, Targets

SAME_FRACTION = 1e-9


@dataclass(frozen=True)
class Stops:
    """Where driving may end, as columns: how to get there from a node (`arc` -1: the node itself), and what is left.

    `after_ms` is what the last metres cost from there.
    """

    node: NDArray[np.int64]
    arc: NDArray[np.int64]
    fraction: NDArray[np.float64]
    drive_ms: NDArray[np.int64]
    last: LastMetres

    @cached_property
    def after_ms(self) -> NDArray[np.int64]:
        return self.last.counted_ms

    @cached_property
    def sources(self) -> Sources:
        return Sources(self.node, self.drive_ms + self.after_ms, self.arc)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a class has reached an alarm, the drive to there, and whether its main network leads to it."""

    point: EdgePoint
    stops: Stops
    from_main: bool


def arc_ms(live: LiveRoads, vehicle_class: str, arc: int) -> int:
    return int(live.inbound[vehicle_class][live.graph.slot[arc]] >> np.uint64(32))


def one_stop(
    live: LiveRoads, vehicle_class: str, point: EdgePoint, at: tuple[float, float] | None = None
) -> Stops:
    """Driving to one point exactly: from both ends of its edge where the directions are open, or to its node.

    `at` (longitude, latitude) is where the last metres lead to; without it nothing is left after the drive.
    """
    graph = live.graph
    rows: list[tuple[int, int, float, int]] = []
    if point.node >= 0:
        rows.append((point.node, NO_ARC, 0.0, 0))
    else:
        for arc, fraction in ((point.arc, point.fraction), (point.arc ^ 1, 1.0 - point.fraction)):
            whole = arc_ms(live, vehicle_class, arc)
            if whole < CLOSED:
                rows.append((int(graph.tail[arc]), arc, fraction, part(whole, fraction)))
    if at is None:
        last = no_last_metres(len(rows))
    else:
        air = np.array([metres_between(point.lon, point.lat, *at)] * len(rows), dtype=np.float64)
        last = last_metres(graph.rules, graph.vehicle_classes[vehicle_class], air)
    return Stops(
        node=np.array([row[0] for row in rows], dtype=np.int64),
        arc=np.array([row[1] for row in rows], dtype=np.int64),
        fraction=np.array([row[2] for row in rows], dtype=np.float64),
        drive_ms=np.array([row[3] for row in rows], dtype=np.int64),
        last=last,
    )


def stops_around(
    live: LiveRoads,
    vehicle_class: str,
    lon: float,
    lat: float,
    furthest_walk_metres: float,
    among: NDArray[np.int64] | None = None,
) -> Stops:
    """Every place to stop at: the nearest point of each open piece, and both of its nodes, within a walk.

    `among`: only these pieces, where it is known that no other can be driven to.
    """
    graph, rules = live.graph, live.graph.rules
    vehicle = graph.vehicle_classes[vehicle_class]
    air_limit = max(rules.at_scene_metres, max(furthest_walk_metres, vehicle.hose_metres) / rules.walk_detour)
    node, arc, fraction, drive, air = stopping(
        pieces_within(graph, lon, lat, air_limit) if among is None else among, lon, lat,
        graph.starts, graph.coords, graph.along_metres, graph.tail, graph.node_lon, graph.node_lat,
        graph.slot, live.weights(vehicle_class),
    )  # fmt: skip
    last = last_metres(rules, vehicle, air)
    near = last.on_foot_metres <= furthest_walk_metres
    return Stops(node[near], arc[near], fraction[near], drive[near], last.among(near))


def entries(
    live: LiveRoads, vehicle_class: str, points: Sequence[EdgePoint], direct: NDArray[np.int64]
) -> Targets:
    """Units as targets of a reverse search, each from both ends of its edge; none that is bound to a direction."""
    graph = live.graph
    vehicle = graph.vehicle_classes[vehicle_class]
    node, cost, target, out = leaving(
        np.array([NO_ARC if is_bound(vehicle, point) else point.arc for point in points], dtype=np.int64),
        np.array([point.fraction for point in points], dtype=np.float64),
        np.array([point.node for point in points], dtype=np.int64),
        graph.head,
        graph.slot,
        live.weights(vehicle_class),
    )
    return Targets(node, cost, out, target, direct)


def with_bound(targets: Targets, onward: Onward) -> Targets:
    """With the entries, after all others, of units that are bound to a direction."""
    if not onward.free:
        return targets
    bound = np.array([(node, d.ms, d.row, d.arcs[-1]) for node, d in onward.free], dtype=np.int64)
    node, cost, target, arc = np.ascontiguousarray(
        np.concatenate((np.column_stack((targets.node, targets.cost, targets.target, targets.arc)), bound)).T
    )
    return targets._replace(node=node, cost=cost, arc=arc, target=target)


def along_edge(
    live: LiveRoads, vehicle_class: str, start: EdgePoint, arc: int, fraction: float
) -> tuple[int, int] | None:
    """Driving inside one piece, from a start to a fraction of `arc`: the arc driven and the time, if it is open.

    A unit that is bound to a direction turns round for what lies behind it, if its class turns on the road; any
    other backs up `at_scene_metres` at most, and takes as long for it.
    """
    if start.node >= 0 or start.arc < 0 or arc < 0 or start.arc >> 1 != arc >> 1:
        return None
    begin = start.fraction if start.arc == arc else 1.0 - start.fraction
    if abs(begin - fraction) <= SAME_FRACTION and is_bound(live.graph.vehicle_classes[vehicle_class], start):
        here = start.arc if arc_ms(live, vehicle_class, start.arc) < CLOSED else start.arc ^ 1
        return (here, 0) if arc_ms(live, vehicle_class, here) < CLOSED else None
    if begin > fraction:
        arc, begin, fraction = arc ^ 1, 1.0 - begin, 1.0 - fraction
    whole = arc_ms(live, vehicle_class, arc)
    if whole >= CLOSED:
        return None
    driven = part(whole, fraction) - part(whole, begin)
    vehicle = live.graph.vehicle_classes[vehicle_class]
    if arc != start.arc and is_bound(vehicle, start):
        behind_metres = (fraction - begin) * float(live.graph.length_metres[arc >> 1])
        near = behind_metres <= live.graph.rules.at_scene_metres
        if not (vehicle.turns_on_road or near or arc_ms(live, vehicle_class, start.arc) >= CLOSED):
            return None
        driven += turn_ms(vehicle)
    return arc, driven
