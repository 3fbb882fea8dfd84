"""Times and ways of every unit to a place on the live roads, outside any lock; off the event loop if they take long."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from typing import ParamSpec, TypeVar, cast

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.question import UNREACHABLE_MS
from dispatch.alarms.travel import HinderedRoad, Travel, Travels
from dispatch.forces.model import Candidate
from dispatch.forces.starting import start_of
from gis_data.errors import InputError
from gis_data.model import Roads
from routing.everyone import Everyone
from routing.hierarchy import hierarchy_for
from routing.learning import expected_by_road as by_road
from routing.live import LiveRoads
from routing.obstacle import Shortfalls
from routing.on_road import heading_of
from routing.path import line_of
from routing.rank import Fleet, Reach
from routing.thinning import thinned

P = ParamSpec("P")
Answer = TypeVar("Answer")

# Farther than this from where its vehicle must stop, a crew is no help in time; the gate then says "no road".
MOST_ON_FOOT_METRES = 3000.0
MOST_NAMED = 2  # roads of one condition in a reason; the map shows the rest
DRAWN_DEGREES = 2e-5  # about two metres: a way is drawn, not driven, from these points
QUICK_NODES = 100_000  # a county; there everybody is ranked in a millisecond or two
NO_WAY = Travel(False, 0, 0, 0.0, 0.0)


class Measured:
    """Times and ways of `units` to this place on these roads; `travels` are aligned with `units`.

    No `everyone`: the place lies too far from every road for a way to be computed at all.
    """

    def __init__(
        self,
        live: LiveRoads,
        lon: float,
        lat: float,
        units: tuple[Candidate, ...],
        everyone: Everyone | None,
        shortfalls: Shortfalls | None = None,
    ) -> None:
        self.live, self.lon, self.lat, self.units = live, lon, lat, units
        self._everyone, self._shortfalls = everyone, shortfalls
        self._like: dict[str, Travel] = {}  # by class: the way of one unit that drives up
        self.travels = self._all_travels()
        self._rows: dict[int, int] = {}

    def travel_of(self, unit: Candidate) -> Travel | None:
        row = self._row_of().get(unit.unit_id.int)
        return None if row is None else self.travels[row]

    def travels_of(self, units: Iterable[Candidate]) -> Travels:
        """Those of some of the units. Raises KeyError for a unit that was not measured."""
        row_of = self._row_of()
        return self.travels.among([row_of[unit.unit_id.int] for unit in units])

    def _row_of(self) -> dict[int, int]:
        """By unit; made when somebody first asks for one."""
        if not self._rows:
            self._rows = {unit.unit_id.int: row for row, unit in enumerate(self.units)}
        return self._rows

    def reached(self, unit_codes: frozenset[str]) -> Iterator[tuple[Candidate, Reach]]:
        """How each of these units gets there."""
        if self._everyone is not None:
            for row, unit in enumerate(self.units):
                if unit.code in unit_codes:
                    yield unit, self._everyone.reach(row)

    def _all_travels(self) -> Travels:
        everyone = self._everyone
        if everyone is None:
            return Travels.of((NO_WAY,) * len(self.units))
        found = everyone.figures
        # Where the road ends the crew walks on: its time holds the walk, so that whoever drives nearer is sooner.
        walks = (found.total_ms < UNREACHABLE_MS) & (found.on_foot_metres <= MOST_ON_FOOT_METRES)
        return Travels(
            found.reachable | walks,
            found.total_ms,
            found.way_ms,
            found.on_foot_metres,
            self._told,
            self._noted,
        )

    def _noted(self, row: int) -> Travel:
        """All of a class that drive up stop at one place, and only their times differ: one of them is told in full.

        Where a condition touches the roads of the class, each has its own hindrances and is told in full.
        """
        assert self._everyone is not None
        code, found = self.units[row].vehicle_class, self._everyone.figures
        if code in self.live.touched or not found.by_road[row]:
            return self.travels[row]
        like = self._like.get(code)
        if like is None:
            like = self._like[code] = self.travels[row]
            return like
        return Travel(
            reachable=True,
            travel_ms=int(found.way_ms[row]) - like.on_foot_ms,
            on_foot_ms=like.on_foot_ms,
            distance_metres=0.0,
            on_foot_metres=like.on_foot_metres,
            setup_ms=like.setup_ms,
            without_water_ms=like.without_water_ms,
            hose_metres=like.hose_metres,
            water=like.water,
            stop=like.stop,
            short_metres=like.short_metres,
            held_by=like.held_by,
        )

    def _told(self, row: int) -> Travel:
        assert self._everyone is not None
        assert self._shortfalls is not None
        reach = self._everyone.reach(row)
        short = self._shortfalls.of(self.units[row].vehicle_class, reach)
        told = _travel(self.live, reach, bool(self.travels.reachable[row]), *short)
        if reach.by_road:
            self._like.setdefault(self.units[row].vehicle_class, told)
        return told


async def measure(
    live: LiveRoads, lon: float, lat: float, units: Sequence[Candidate], roads: Roads | None = None
) -> Measured:
    """With the `roads` that `live` was built from, whoever stops short is told with what holds it."""
    return await _answered(live, _measure, live, lon, lat, tuple(units), roads)


async def ways(measured: Measured, unit_codes: frozenset[str]) -> dict[str, list[list[float]]]:
    """The way of each of these units as [[lon, lat], …], thinned for drawing."""
    return await _answered(measured.live, _ways, measured, unit_codes)


async def expected_by_road(
    measured: Measured, unit_codes: frozenset[str]
) -> dict[str, dict[str, dict[str, float]]]:
    """What the drive of each of these units should take by class of road, for those whose drive will teach something.

    A unit under way begins nobody knows where, and a walk is at nobody's speed: they are left out.
    """
    return await _answered(measured.live, _expected, measured, unit_codes)


async def _answered(live: LiveRoads, work: Callable[P, Answer], *args: P.args, **more: P.kwargs) -> Answer:
    """By a thread, unless these roads answer sooner than another thread would have taken the question up.

    On a machine that has nothing else to do, waking one and being woken takes 0.3 ms, as long as the answer itself.
    """
    if live.graph.nodes <= QUICK_NODES and all(hierarchy_for(live, code) for code in live.inbound):
        return work(*args, **more)
    return await asyncio.to_thread(work, *args, **more)


def _expected(measured: Measured, unit_codes: frozenset[str]) -> dict[str, dict[str, dict[str, float]]]:
    return {
        unit.code: {
            road: asdict(time) for road, time in by_road(measured.live, unit.vehicle_class, reach).items()
        }
        for unit, reach in measured.reached(unit_codes)
        if unit.at_station and reach.on_foot_ms == 0 and len(reach.arcs)
    }


def _measure(
    live: LiveRoads, lon: float, lat: float, units: tuple[Candidate, ...], roads: Roads | None = None
) -> Measured:
    try:
        fleet = Fleet(live, [start_of(live, unit) for unit in units])
        everyone = Everyone(live, lon, lat, fleet)
    except InputError:
        # A caller may be anywhere. The dispatcher is told that no road leads there, and sends whom he sees fit.
        return Measured(live, lon, lat, units, None)
    return Measured(live, lon, lat, units, everyone, Shortfalls(live, roads, lon, lat))


def _travel(
    live: LiveRoads, reach: Reach, reachable: bool, short_metres: float, held_by: str | None
) -> Travel:
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
    if not reach.hindrances:
        return ()
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
    return {
        unit.code: _thin(line_of(measured.live, reach))
        for unit, reach in measured.reached(unit_codes)
        if len(reach.arcs)
    }


def _thin(line: NDArray[np.float64]) -> list[list[float]]:
    return cast("list[list[float]]", np.round(thinned(line, DRAWN_DEGREES), 6).tolist())
