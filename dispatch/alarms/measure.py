"""Times and ways of every unit to a place on the live roads, computed off the event loop and outside any lock."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import cast

import numpy as np
import shapely
from numpy.typing import NDArray

from dispatch.alarms.framing import HinderedRoad, Travel
from dispatch.alarms.question import UNREACHABLE_MS
from dispatch.forces.model import Candidate
from dispatch.forces.starting import start_of
from gis_data.errors import InputError
from gis_data.model import Roads
from routing.learning import expected_by_road as by_road
from routing.live import LiveRoads
from routing.obstacle import shortfalls_of
from routing.on_road import heading_of
from routing.path import line_of
from routing.rank import Reach, Start, rank

# Farther than this from where its vehicle must stop, a crew is no help in time; the gate then says "no road".
MOST_ON_FOOT_METRES = 3000.0
MOST_NAMED = 2  # roads of one condition in a reason; the map shows the rest
DRAWN_DEGREES = 2e-5  # about two metres: a way is drawn, not driven, from these points
NO_WAY = Travel(False, 0, 0, 0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Measured:
    """`travels` and `reaches` are aligned with `units`; they hold for this place on these roads.

    No reaches: the place lies too far from every road for a way to be computed at all.
    """

    lon: float
    lat: float
    live: LiveRoads
    units: tuple[Candidate, ...]
    starts: tuple[Start, ...]
    reaches: tuple[Reach, ...]
    travels: tuple[Travel, ...]

    def travel_of(self, unit: Candidate) -> Travel | None:
        for known, travel in zip(self.units, self.travels, strict=True):
            if known.unit_id == unit.unit_id:
                return travel
        return None


async def measure(
    live: LiveRoads, lon: float, lat: float, units: Sequence[Candidate], roads: Roads | None = None
) -> Measured:
    """With the `roads` that `live` was built from, whoever stops short is told with what holds it."""
    return await asyncio.to_thread(_measure, live, lon, lat, tuple(units), roads)


async def ways(measured: Measured, unit_codes: frozenset[str]) -> dict[str, list[list[float]]]:
    """The way of each of these units as [[lon, lat], …], thinned for drawing."""
    return await asyncio.to_thread(_ways, measured, unit_codes)


async def expected_by_road(
    measured: Measured, unit_codes: frozenset[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """What the drive of each of these units should take by class of road, for those whose drive will teach something.

    A unit under way begins nobody knows where, and a walk is at nobody's speed: they are left out.
    """
    return await asyncio.to_thread(_expected, measured, unit_codes)


def _expected(measured: Measured, unit_codes: frozenset[str]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        unit.code: {
            road: asdict(time) for road, time in by_road(measured.live, unit.vehicle_class, reach).items()
        }
        for unit, reach in zip(measured.units, measured.reaches, strict=bool(measured.reaches))
        if unit.code in unit_codes and unit.at_station and reach.on_foot_ms == 0 and len(reach.arcs)
    }


def _measure(
    live: LiveRoads, lon: float, lat: float, units: tuple[Candidate, ...], roads: Roads | None = None
) -> Measured:
    starts = tuple(start_of(live, unit) for unit in units)
    try:
        reaches = tuple(rank(live, lon, lat, starts)) if starts else ()
    except InputError:
        # A caller may be anywhere. The dispatcher is told that no road leads there, and sends whom he sees fit.
        return Measured(lon, lat, live, units, starts, (), (NO_WAY,) * len(units))
    short = shortfalls_of(live, roads, lon, lat, [unit.vehicle_class for unit in units], reaches)
    travels = tuple(_travel(live, reach, *left) for reach, left in zip(reaches, short, strict=True))
    return Measured(lon, lat, live, units, starts, reaches, travels)


def _travel(live: LiveRoads, reach: Reach, short_metres: float, held_by: str | None) -> Travel:
    """Where the road ends the crew walks on: its time holds the walk, so that whoever drives nearer is sooner."""
    reachable = reach.reachable or (
        reach.total_ms < UNREACHABLE_MS and reach.on_foot_metres <= MOST_ON_FOOT_METRES
    )
    return Travel(
        reachable=reachable,
        travel_ms=int(reach.travel_ms) if reachable else 0,
        on_foot_ms=int(reach.on_foot_ms) if reachable else 0,
        distance_metres=reach.way,
        on_foot_metres=float(reach.on_foot_metres),
        hindered_by=_hindered(live, reach),
        delay_ms=int(reach.delay_ms),
        heading=heading_of(live.graph, reach.start),
        setup_ms=reach.setup_ms if reachable else 0,
        without_water_ms=reach.without_water_ms if reachable else 0,
        hose_metres=reach.hose_metres,
        water=reach.water,
        stop=(round(reach.stop_lon, 7), round(reach.stop_lat, 7)),
        short_metres=short_metres,
        held_by=held_by,
    )


def _hindered(live: LiveRoads, reach: Reach) -> tuple[HinderedRoad, ...]:
    """By name where the road has one, else by the place near which it was reported; each thing said once."""
    reported = {condition.id: condition for condition in live.conditions}
    found: dict[tuple[str, bool], dict[str, None]] = {}
    for hindrance in reach.hindrances:
        condition = reported[hindrance.condition]
        names = dict.fromkeys(live.graph.piece_names[piece] for piece in hindrance.pieces)
        where = [name for name in names if name][:MOST_NAMED] or (
            [condition.place] if condition.place else []
        )
        found.setdefault((condition.reason, condition.factor == 0.0), {}).update(dict.fromkeys(where))
    return tuple(HinderedRoad(reason, tuple(where), closed) for (reason, closed), where in found.items())


def _ways(measured: Measured, unit_codes: frozenset[str]) -> dict[str, list[list[float]]]:
    found: dict[str, list[list[float]]] = {}
    if not measured.reaches:
        return found
    for unit, reach in zip(measured.units, measured.reaches, strict=True):
        if unit.code in unit_codes and len(reach.arcs):
            found[unit.code] = _thin(line_of(measured.live, reach))
    return found


def _thin(line: NDArray[np.float64]) -> list[list[float]]:
    if len(line) > 2:
        drawn = shapely.simplify(shapely.linestrings(line), DRAWN_DEGREES, preserve_topology=False)
        line = shapely.get_coordinates(drawn)
    return cast("list[list[float]]", np.round(line, 6).tolist())
