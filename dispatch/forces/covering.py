"""Cover of the county as it is now: zones without a manned engine and what a move-up would bring, by road."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dispatch.forces.cover import Cover, move_ups, uncovered
from dispatch.forces.model import Candidate
from dispatch.forces.starting import start_of
from dispatch.forces.store import load_candidates
from gis_data.model import County
from routing.live import LiveRoads
from routing.rank import rank
from runtime.database import Connection

ENGINE = "engine"
UNREACHABLE_MS = 24 * 3600 * 1000


async def find_cover(conn: Connection, county: County, live: LiveRoads, now: datetime) -> Mapping[str, Any]:
    """Codes of the zones left without a manned engine, and the moves worth suggesting, in seconds."""
    built = {unit.code for unit in county.units if unit.brings.get(ENGINE, 0) > 0}
    units = await load_candidates(conn, county, now)
    engines = [unit for unit in units if unit.code in built and not unit.foreign]
    posts = {station.code: station.position for station in county.stations}
    zones = [(zone.code, zone.brigade) for zone in county.zones if zone.brigade in posts]
    points = [(posts[brigade].x, posts[brigade].y) for _, brigade in zones]
    turnout = np.array([round(unit.turnout_seconds * 1000) for unit in engines], dtype=np.int64)
    index = {code: number for number, (code, _) in enumerate(zones)}
    cover = Cover(
        zone=np.array([index.get(unit.zone, -1) for unit in engines], dtype=np.int32),
        free=np.array(
            [not unit.gates and unit.brings.get(ENGINE, 0) > 0 for unit in engines], dtype=np.bool_
        ),
        turnout_ms=turnout,
        arrival_ms=await asyncio.to_thread(_arrivals, live, points, engines, turnout),
    )
    return {
        "uncovered": [zones[zone][0] for zone in uncovered(cover)],
        "move_ups": [
            {
                "unit": engines[move.engine].code,
                "from_zone": engines[move.engine].zone,
                "to_zone": zones[move.zone][0],
                "to_station": zones[move.zone][1],
                "gain_seconds": move.gain_ms / 1000,
                "loss_seconds": move.loss_ms / 1000,
                "travel_seconds": move.travel_ms / 1000,
            }
            for move in move_ups(cover)
        ],
    }


def _arrivals(
    live: LiveRoads,
    posts: Sequence[tuple[float, float]],
    engines: Sequence[Candidate],
    turnout_ms: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Posts × engines: turnout and road, in milliseconds."""
    starts = [
        start_of(live, unit)._replace(ready_ms=int(ready))
        for unit, ready in zip(engines, turnout_ms, strict=True)
    ]
    arrival = np.full((len(posts), len(engines)), UNREACHABLE_MS, dtype=np.int64)
    for row, (lon, lat) in enumerate(posts):
        if starts:
            arrival[row] = [min(reach.total_ms, UNREACHABLE_MS) for reach in rank(live, lon, lat, starts)]
    return arrival
