"""Drives made up for the tests of matching and learning: exact paths on a generated town, and the fixes they give."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from routing.geometry import metres_east, metres_north, point_along
from routing.live import LiveRoads
from routing.matching import Fix
from routing.passable import CLOSED
from tests.rules.routing_world import Draft, at, town

LIGHT = "light_engine"


def town_with_parallels(seed: int) -> LiveRoads:
    """The crooked town, and beside it six main roads 30 m apart that are joined every 400 m."""
    draft: Draft = town(seed)
    step = 30.0 / metres_north(35.4) / 0.002
    for lane in range(6):
        y = -4.0 + lane * step
        for i in range(10):
            draft.add([at(2.0 * i, y), at(2.0 * i + 2.0, y)], road="tertiary", name=f"平行路{lane}")
            if lane:
                draft.add([at(2.0 * i, y - step), at(2.0 * i, y)], road="residential")
    draft.add([at(0.0, -4.0 + 5 * step), draft_corner(draft)], road="tertiary")
    return draft.live()


def draft_corner(draft: Draft) -> tuple[float, float]:
    line = draft.rows[0]["line"]
    return line[0]  # type: ignore[index, no-any-return]


@dataclass(frozen=True)
class Truth:
    """Where the vehicle really was at each fix."""

    seconds: np.ndarray
    arcs: np.ndarray
    fractions: np.ndarray
    lon: np.ndarray
    lat: np.ndarray


def drive(
    live: LiveRoads, rng: np.random.Generator, every_seconds: float, lasts_seconds: float, speed: float = 1.0
) -> Truth:
    """Along a random path that turns round only where the road ends, at the class's own speed."""
    graph, weights = live.graph, live.travel_ms(LIGHT).astype(np.int64)
    out: dict[int, list[int]] = {}
    for arc in np.flatnonzero(weights < CLOSED).tolist():
        out.setdefault(int(graph.tail[arc]), []).append(arc)
    leads_on = graph.main_network(LIGHT)
    starts = [arc for arc in np.flatnonzero(weights < CLOSED) if leads_on.comes_out[graph.tail[arc]]]
    arc = int(rng.choice(starts))
    now, entered, rows = 0.0, 0.0, []
    while now < lasts_seconds:
        takes = weights[arc] / 1000.0 / speed
        while now < entered + takes and now < lasts_seconds:
            fraction = (now - entered) / takes
            along = fraction if arc & 1 == 0 else 1.0 - fraction
            rows.append(
                (
                    now,
                    arc,
                    fraction,
                    *point_along(arc >> 1, along, graph.starts, graph.coords, graph.along_metres),
                )
            )
            now += every_seconds
        entered += takes
        onward = [n for n in out.get(int(graph.head[arc]), []) if n != arc ^ 1]
        if not onward:
            break
        arc = int(rng.choice(onward))
    columns = list(zip(*rows, strict=True))
    return Truth(*(np.array(column) for column in columns))


def noisy(truth: Truth, rng: np.random.Generator, sigma_metres: float) -> list[Fix]:
    """σ in each direction."""
    fixes = []
    for seconds, lon, lat in zip(truth.seconds, truth.lon, truth.lat, strict=True):
        east, north = rng.normal(0.0, sigma_metres, 2)
        fixes.append(
            Fix(float(seconds), float(lon + east / metres_east(lat)), float(lat + north / metres_north(lat)))
        )
    return fixes


def shuffled(
    fixes: list[Fix], rng: np.random.Generator, longest_delay_seconds: float
) -> list[tuple[float, Fix]]:
    """As they arrive: when, and which."""
    arriving = [(fix.at_seconds + float(rng.uniform(0.0, longest_delay_seconds)), fix) for fix in fixes]
    return sorted(arriving, key=lambda one: one[0])


def metres_apart(a: tuple[float, float], b: tuple[float, float]) -> float:
    return math.hypot((a[0] - b[0]) * metres_east(a[1]), (a[1] - b[1]) * metres_north(a[1]))
