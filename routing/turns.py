"""Turn restrictions as OpenStreetMap gives them, made into a network of their own for the classes that honour them.

Emergency drives waive them: that is the default, and such classes search the road graph as it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from gis_data.errors import InputError
from routing.graph import RoadGraph
from routing.islands import MainNetwork, find_main_network
from routing.passable import CLOSED
from routing.turn_network import TurnNetwork, split

CLOSED_ARC = np.uint64(CLOSED) << np.uint64(32)


def with_turns(graph: RoadGraph, restrictions: Iterable[tuple[str, str, str]]) -> RoadGraph:
    """The graph, with a network of allowed turns for the classes that honour them if there are any.

    Restrictions are (from piece, to piece, rule) with OpenStreetMap's rules: `no_…` forbids the turn, `only_…` all
    others. They hold at every node that both pieces share; a piece that the graph has not is passed over.
    Raises InputError for a rule that is neither.
    """
    honouring = [
        code
        for code, vehicle in graph.vehicle_classes.items()
        if vehicle.honours_turn_restrictions and not vehicle.on_foot
    ]
    if not honouring:
        return graph
    forbidden = forbidden_turns(graph, restrictions)
    if len(forbidden) == 0:
        return graph
    network = split(graph.tail, graph.head, graph.length_metres, graph.nodes, forbidden)
    mains = {code: graph.main_network(code) for code in graph.classes if code not in honouring}
    mains |= {code: _main_network(graph, network, code) for code in honouring}
    return replace(graph, turns=dict.fromkeys(honouring, network), main_networks=mains)


def forbidden_turns(graph: RoadGraph, restrictions: Iterable[tuple[str, str, str]]) -> NDArray[np.int64]:
    """Pairs of arcs (n × 2) of which the second may not follow the first, ascending and without doubles."""
    only: dict[int, set[int]] = {}
    forbidden: set[tuple[int, int]] = set()
    for from_piece, to_piece, rule in restrictions:
        if not rule.startswith(("no_", "only_")):
            raise InputError(
                f"turn restriction from {from_piece} to {to_piece}",
                f"{rule!r} is no rule",
                "give one of OpenStreetMap's: no_left_turn, only_straight_on …",
            )
        if from_piece not in graph.piece_of or to_piece not in graph.piece_of:
            continue
        coming, going = graph.piece_of[from_piece], graph.piece_of[to_piece]
        for arc in (2 * coming, 2 * coming + 1):
            followers = {way for way in (2 * going, 2 * going + 1) if graph.tail[way] == graph.head[arc]}
            if rule == "no_u_turn" and coming == going:
                followers &= {arc ^ 1}
            if rule.startswith("only_"):
                if followers:
                    only.setdefault(arc, set()).update(followers)
            else:
                forbidden |= {(arc, way) for way in followers}
    if only:
        at_nodes = np.unique(graph.head[list(only)])
        for node in at_nodes.tolist():
            out = (graph.in_arc[graph.first_in[node] : graph.first_in[node + 1]] ^ np.uint32(1)).tolist()
            for arc, allowed in only.items():
                if graph.head[arc] == node:
                    forbidden |= {(arc, way) for way in out if way not in allowed}
    return np.array(sorted(forbidden), dtype=np.int64).reshape(-1, 2)


def _main_network(graph: RoadGraph, network: TurnNetwork, vehicle_class: str) -> MainNetwork:
    """By node of the network, copies included; by piece of the road."""
    packed = graph.inbound[vehicle_class][graph.slot[network.real_arc]].copy()
    packed[graph.arcs + 1 :: 2] = CLOSED_ARC  # numbers that stand for no arc
    found = find_main_network(network.tail, network.head, packed, network.nodes)
    pieces = found.pieces[: graph.arcs >> 1].copy()
    np.logical_or.at(pieces, network.real_arc[graph.arcs :: 2] >> 1, found.pieces[graph.arcs >> 1 :])
    pieces.flags.writeable = False
    return replace(found, pieces=pieces)
