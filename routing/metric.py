"""Whole sets of travel times for the hours in which a speed profile holds, made once and then swapped."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from gis_data.speed_profile import SpeedProfile
from routing.graph import RoadGraph
from routing.passable import CLOSED, LONGEST_MS

WORD = np.uint64(32)
LOW = np.uint64(0xFFFFFFFF)


def metric_of(graph: RoadGraph, profile: SpeedProfile) -> Mapping[str, NDArray[np.uint64]]:
    """By class, `RoadGraph.inbound` at the profile's speeds: whole milliseconds, at least 1, and closed stays closed.

    Classes that it does not mean share the arrays of the graph.
    """
    by_class = np.array([profile.factor(word) for word in graph.piece_classes.table], dtype=np.float64)
    by_position = by_class[graph.piece_classes.number][graph.in_arc >> np.uint32(1)]
    inbound = dict(graph.inbound)
    for code, vehicle in graph.vehicle_classes.items():
        if profile.means(code, on_foot=vehicle.on_foot):
            inbound[code] = _at_speed(graph.inbound[code], by_position)
    return inbound


def _at_speed(weights: NDArray[np.uint64], factor: NDArray[np.float64]) -> NDArray[np.uint64]:
    before = weights >> WORD
    exact = np.clip(np.rint(before.astype(np.float64) / factor), 1.0, float(LONGEST_MS)).astype(np.uint64)
    after: NDArray[np.uint64] = np.where(before < np.uint64(CLOSED), exact, before) << WORD | (weights & LOW)
    after.flags.writeable = False
    return after
