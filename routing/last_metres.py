"""The last metres: from where a vehicle must stop to the fire, until water can be on it or the crew is there.

What is left is the air distance × `walk_detour`, over ground. A class with a hose lays it, and water is at the nozzle
after `water_setup_seconds` and the lay. Where its hose does not reach the crew walks on and brings no water: then the
unit counts as `without_water_seconds` later, and never as earlier than one whose hose just reached, so that no
vehicle stops farther off to be ranked better. A class without a hose walks, but not within `at_scene_metres`.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gis_data.model import DrivingRules, VehicleClass


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
    ground = air_metres * rules.walk_detour
    nothing = np.zeros(len(ground), dtype=np.int64)
    if vehicle.hose_metres <= 0.0:
        foot = np.where(air_metres <= rules.at_scene_metres, 0.0, ground)
        return LastMetres(np.zeros(len(ground)), foot, nothing, _walk_ms(rules, foot), nothing, foot < 0.0)
    water = ground <= vehicle.hose_metres
    hose, foot = np.where(water, ground, 0.0), np.where(water, 0.0, ground)
    setup = np.where(water, _setup_ms(vehicle, hose), 0)
    on_foot = _walk_ms(rules, foot)
    longest = _setup_ms(vehicle, np.array(vehicle.hose_metres))
    counted = np.maximum(on_foot, longest) + round(rules.without_water_seconds * 1000.0)
    return LastMetres(hose, foot, setup, on_foot, np.where(water, 0, counted - on_foot), water)


def no_last_metres(stops: int) -> LastMetres:
    """For stops where driving is all that is asked for."""
    none, nothing = np.zeros(stops), np.zeros(stops, dtype=np.int64)
    return LastMetres(none, none, nothing, nothing, nothing, np.zeros(stops, dtype=np.bool_))


def common_metres(rules: DrivingRules, off_road_metres: float) -> float:
    """What everybody walks from the road nearest to a place."""
    return 0.0 if off_road_metres <= rules.at_scene_metres else off_road_metres * rules.walk_detour


def _setup_ms(vehicle: VehicleClass, hose_metres: NDArray[np.float64]) -> NDArray[np.int64]:
    lay = vehicle.hose_seconds_per_100_metres / 100.0 * hose_metres
    return np.floor((vehicle.water_setup_seconds + lay) * 1000.0 + 0.5).astype(np.int64)


def _walk_ms(rules: DrivingRules, foot_metres: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.floor(foot_metres * 3600.0 / rules.walk_kmh + 0.5).astype(np.int64)
