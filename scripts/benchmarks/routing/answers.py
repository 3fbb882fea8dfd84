"""Rows about everything beside ranking: closed roads, areas, matrices, and the first answer of a fresh process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np
from scipy.sparse.csgraph import dijkstra

from routing.isochrone import isochrones
from routing.live import Condition
from routing.matrix import travel_matrix
from routing.passable import CLOSED
from routing.point import EdgePoint
from routing.rank import rank_times
from routing.reach import Start
from scripts.benchmarks.routing.ground import VEHICLE, Ground, Grounds
from scripts.benchmarks.routing.measure import timed
from scripts.benchmarks.routing.peers import Peers
from scripts.benchmarks.row import row

Row = dict[str, Any]
CLOSINGS = 20
START = "from routing.warm import warm_up; warm_up()"


def closing(grounds: Grounds) -> Iterator[Row]:
    for ground, at_most in ((grounds.county(), 2.0), (grounds.province(), 50.0)):
        yield from _closing(ground, at_most)


def _closing(ground: Ground, at_most: float) -> Iterator[Row]:
    """From 100 edge ids, others each time, to roads on which the next query finds them closed; then that query."""
    graph, rng = ground.graph, np.random.default_rng(3)
    ground.live.make_ready()
    fleet = ground.fleet(ground.live, rng.choice(ground.settled, 500))
    alarm = ground.at(int(ground.settled[0]))
    closed_ms, ranked_ms = [], []
    for version in range(CLOSINGS):
        pieces = rng.choice(len(graph.piece_ids), 100, replace=False)
        condition = Condition(f"c{version}", tuple(graph.piece_ids[piece] for piece in pieces.tolist()))
        live, spent = timed(partial(ground.live.with_conditions, [condition], version))
        closed_ms.append(spent)
        ranked_ms.append(timed(lambda live=live: rank_times(live, *alarm, fleet, k=5).best(5))[1])  # type: ignore[misc]
        for code in graph.classes:
            if (live.travel_ms(code)[2 * pieces] != CLOSED).any():
                raise AssertionError(f"an edge is not closed to {code}")
    work = f"close 100 edges in {len(graph.classes)} classes, {ground.name}"
    yield row(work, median(closed_ms[1:]), at_most=at_most)
    yield row(
        f"the first best 5 of 500 units after it, the fleet put on the new roads, {ground.name}",
        median(ranked_ms[1:]),
    )


def isochrone(grounds: Grounds) -> Iterator[Row]:
    """Where one station's engine gets to in 5 and in 30 minutes, as areas."""
    for ground in (grounds.bundled(), grounds.county()):
        rng = np.random.default_rng(5)
        points = [
            ground.live.find_point(*ground.at(int(node)), VEHICLE, "post")
            for node in rng.choice(ground.settled, 20)
        ]
        for minutes in (5.0, 30.0):
            ask = partial(_isochrone, ground, minutes)
            ask(points[0])
            spent = [timed(partial(ask, point))[1] for point in points]
            yield row(
                f"isochrone of one station, {minutes:g} minutes, {ground.name}",
                median(spent),
                at_most=50.0,
            )


def _isochrone(ground: Ground, minutes: float, point: EdgePoint | None) -> None:
    assert point is not None
    isochrones(ground.live, point, VEHICLE, [minutes])


def matrix(grounds: Grounds) -> Iterator[Row]:
    """From 60 stations to 5,000 points, beside one scipy search a station; the times must agree."""
    ground, rng = grounds.county(), np.random.default_rng(6)
    stations, points = rng.choice(ground.settled, 60), rng.choice(ground.settled, 5_000)
    starts = [Start(*ground.at(int(node)), VEHICLE) for node in stations]
    places = [ground.at(int(node)) for node in points]
    for place in places:  # both sides know where on the road the points lie
        ground.live.find_point(*place, None, "alarm")
        ground.live.find_point(*place, VEHICLE, "alarm")
    towards = Peers(ground.graph, VEHICLE).matrix.T.tocsr()
    expected, scipy_ms = timed(lambda: dijkstra(towards, indices=stations)[:, points])
    for metres, what in ((False, "times"), (True, "times and metres")):
        found, ours_ms = timed(partial(travel_matrix, ground.live, starts, places, metres=metres))
        if not np.array_equal(found.travel_ms, expected):
            raise AssertionError(f"scipy disagrees with the matrix of {what}")
        work = f"matrix of 60 stations × 5,000 points, {what}, {ground.name}"
        yield row(work, ours_ms, peer="scipy", peer_value=scipy_ms, at_most=2_000.0)


def first_query(_: Grounds) -> Iterator[Row]:
    """From the start of the interpreter to ranked, covered and routed, with a warm cache on disk."""
    command = [sys.executable, "-c", START]
    subprocess.run(command, check=True)
    spent = [timed(lambda: subprocess.run(command, check=True))[1] for _ in range(3)]
    yield row("first query after process start, warm cache", min(spent), at_most=1000.0)
