"""The last metres: from where a vehicle must stop to the fire, until water can be on it or the crew is there.

What is left is the air distance × `walk_detour`, over ground. A class with a hose lays it, and water is at the nozzle
after `water_setup_seconds` and the lay. Where its hose does not reach the crew walks on and brings no water: then the
unit counts as `without_water_seconds` later, and never as earlier than one whose hose just reached, so that no
vehicle stops farther off to be ranked better. A class without a hose walks, but not within `at_scene_metres`.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_data.model import DrivingRules, VehicleClass
from routing.compiled import compiled


class LastMetres(NamedTuple):
    """By stop: metres of hose, metres on foot, and milliseconds of water set up and laid, of walking, and counted
    for want of water. `water`: the hose reaches."""

    hose_metres: NDArray[np.float64]
    on_foot_metres: NDArray[np.float64]
    setup_ms: NDArray[np.int64]
    on_foot_ms: NDArray[np.int64]
    without_water_ms: NDArray[np.int64]
    water: NDArray[np.bool_]

    def among(self, rows: NDArray[np.bool_] | NDArray[np.int64]) -> LastMetres:
        return LastMetres(
            self.hose_metres[rows],
            self.on_foot_metres[rows],
            self.setup_ms[rows],
            self.on_foot_ms[rows],
            self.without_water_ms[rows],
            self.water[rows],
        )

    def on_foot_alone(self) -> LastMetres:
        """Until the crew is there, water or not."""
        nothing = np.zeros_like(self.setup_ms)
        return self._replace(setup_ms=nothing, without_water_ms=nothing)

    @property
    def counted_ms(self) -> NDArray[np.int64]:
        """What the stop costs in a ranking; it never falls with the distance."""
        return self.setup_ms + self.on_foot_ms + self.without_water_ms


def last_metres(rules: DrivingRules, vehicle: VehicleClass, air_metres: NDArray[np.float64]) -> LastMetres:
    """For stops at these air distances from the fire."""
    return LastMetres(
        *_laid(
            air_metres,
            float(rules.walk_detour),
            float(rules.at_scene_metres),
            float(rules.walk_kmh),
            round(rules.without_water_seconds * 1000.0),
            float(vehicle.hose_metres),
            float(vehicle.water_setup_seconds),
            float(vehicle.hose_seconds_per_100_metres),
        )
    )


def no_last_metres(stops: int) -> LastMetres:
    """For stops where driving is all that is asked for."""
    none, nothing = np.zeros(stops), np.zeros(stops, dtype=np.int64)
    return LastMetres(none, none, nothing, nothing, nothing, np.zeros(stops, dtype=np.bool_))


def common_metres(rules: DrivingRules, off_road_metres: float) -> float:
    """What everybody walks from the road nearest to a place."""
    return 0.0 if off_road_metres <= rules.at_scene_metres else off_road_metres * rules.walk_detour


@compiled
def _laid(
    air_metres: NDArray[np.float64],
    detour: float,
    at_scene_metres: float,
    walk_kmh: float,
    without_water_ms: int,
    reach_metres: float,
    setup_seconds: float,
    seconds_per_100_metres: float,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.bool_],
]:
    count = len(air_metres)
    hose, foot = np.zeros(count), np.zeros(count)
    setup_ms = np.zeros(count, dtype=np.int64)
    on_foot_ms, without_ms = np.zeros_like(setup_ms), np.zeros_like(setup_ms)
    water = np.zeros(count, dtype=np.bool_)
    longest_ms = _setup_ms(setup_seconds, seconds_per_100_metres, reach_metres)
    for i in range(count):
        ground = air_metres[i] * detour
        if reach_metres <= 0.0:
            foot[i] = 0.0 if air_metres[i] <= at_scene_metres else ground
            on_foot_ms[i] = _walk_ms(foot[i], walk_kmh)
        elif ground <= reach_metres:
            water[i], hose[i] = True, ground
            setup_ms[i] = _setup_ms(setup_seconds, seconds_per_100_metres, ground)
        else:
            foot[i] = ground
            on_foot_ms[i] = _walk_ms(ground, walk_kmh)
            without_ms[i] = max(on_foot_ms[i], longest_ms) + without_water_ms - on_foot_ms[i]
    return hose, foot, setup_ms, on_foot_ms, without_ms, water


@compiled
def _setup_ms(setup_seconds: float, seconds_per_100_metres: float, hose_metres: float) -> int:
    return math.floor((setup_seconds + seconds_per_100_metres / 100.0 * hose_metres) * 1000.0 + 0.5)


@compiled
def _walk_ms(foot_metres: float, walk_kmh: float) -> int:
    return math.floor(foot_metres * 3600.0 / walk_kmh + 0.5)
