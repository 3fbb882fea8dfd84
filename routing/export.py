"""The directed graph of a vehicle class as a file, exactly as it is searched, for anyone to check."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from routing.live import LiveRoads


def export_graph(live: LiveRoads, vehicle_class: str, out: Path) -> None:
    """Writes `lon, lat` by node and `tail, head, travel_ms` by arc (2**31 - 1: closed), in one order for every class.

    Beside them: `piece` and `reverse` by arc, `length_metres` by arc, `edge_ids` by piece, and `forbidden_turns`:
    pairs of arcs (n × 2) of which the second may not follow the first, none for a class that waives restrictions.
    """
    graph = live.graph
    turns = graph.turns.get(vehicle_class)
    with out.open("wb") as file:
        np.savez_compressed(
            file,
            lon=graph.node_lon,
            lat=graph.node_lat,
            tail=graph.tail,
            head=graph.head,
            travel_ms=live.travel_ms(vehicle_class),
            piece=graph.piece,
            reverse=graph.reverse_arc,
            length_metres=graph.length_metres[graph.piece],
            forbidden_turns=turns.forbidden if turns else np.empty((0, 2), dtype=np.int64),
            edge_ids=np.array(graph.piece_ids, dtype=np.str_),
        )
