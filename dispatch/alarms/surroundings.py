"""What lies around an incident: water to draw from, and roads that are closed or slow. Pure."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import shapely

from dispatch.alarms.triage import METRES_PER_DEGREE, metres_between
from gis_data.model import County
from gis_data.water import read_season
from routing.live import LiveRoads
from routing.nearest import pieces_within
from routing.overlay import positions_in

WATER_METRES = 3000.0
ROADS_METRES = 5000.0
MOST_WATER = 8


def water_near(county: County, lon: float, lat: float, today: date) -> list[dict[str, Any]]:
    """The nearest sources in order and in season as the crow flies, the nearest first; by road: `water_supply`."""
    near = sorted(
        (metres, source.code, source)
        for source in county.water_sources
        if source.usable
        and ((season := read_season(source.season)) is None or season.covers(today))
        and (metres := metres_between(lon, lat, source.position.x, source.position.y)) <= WATER_METRES
    )
    return [
        {
            "code": source.code,
            "name": source.name,
            "kind": source.kind,
            "lon": source.position.x,
            "lat": source.position.y,
            "metres": round(metres),
            "capacity_tonnes": source.capacity_tonnes,
            "flow_lps": source.flow_lps,
            "season": source.season,
            "synthetic": source.synthetic,
        }
        for metres, _, source in near[:MOST_WATER]
    ]


def conditions_near(live: LiveRoads, lon: float, lat: float) -> list[dict[str, Any]]:
    """Road conditions that hold now within some kilometres, the nearest first."""
    found = [(_metres_to(live, number, lon, lat), c) for number, c in enumerate(live.conditions)]
    return [
        {"id": c.id, "reason": c.reason, "factor": c.factor, "metres": round(metres)}
        for metres, c in sorted(found, key=lambda one: (one[0], one[1].id))
        if metres <= ROADS_METRES
    ]


def _metres_to(live: LiveRoads, number: int, lon: float, lat: float) -> float:
    """To the nearest vertex of a piece it means, or to its area; good enough to say that it is near."""
    condition, graph = live.conditions[number], live.graph
    near = pieces_within(graph, lon, lat, ROADS_METRES)
    pieces = near[positions_in(near, live.pieces_of[condition])]
    points = [graph.coords[graph.starts[piece] : graph.starts[piece + 1]] for piece in pieces.tolist()]
    metres = np.inf
    if points:
        x, y = np.concatenate(points).T
        metres = float(np.hypot((x - lon) * np.cos(np.radians(lat)), y - lat).min()) * METRES_PER_DEGREE
    if condition.area is not None:
        away = float(shapely.distance(condition.area, shapely.Point(lon, lat))) * METRES_PER_DEGREE
        metres = min(metres, away)
    return metres
