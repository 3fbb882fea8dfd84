"""Rows about everything beside ranking: closed roads, and the first answer of a fresh process."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from statistics import median
from typing import Any

import numpy as np

from routing.live import Condition
from routing.rank import rank_times
from scripts.benchmarks.routing.ground import Ground, Grounds
from scripts.benchmarks.routing.measure import timed
from scripts.benchmarks.row import row

Row = dict[str, Any]
CLOSINGS = 20
START = "from routing.warm import warm_up; warm_up()"


def closing(grounds: Grounds) -> Iterator[Row]:
    for ground, at_most in ((grounds.county(), 2.0), (grounds.province(), 50.0)):
        yield _closing(ground, at_most)


def _closing(ground: Ground, at_most: float) -> Row:
    """From 100 edge ids to the best 5 of 500 units on the roads without them, 100 others each time."""
    graph, rng = ground.graph, np.random.default_rng(3)
    fleet = ground.fleet(ground.live, rng.choice(ground.settled, 500))
    alarm = ground.at(int(ground.settled[0]))

    def close(version: int) -> None:
        pieces = rng.choice(len(graph.piece_ids), 100, replace=False)
        condition = Condition(f"c{version}", tuple(graph.piece_ids[piece] for piece in pieces.tolist()))
        rank_times(ground.live.with_conditions([condition], version), *alarm, fleet, k=5).best(5)

    close(0)  # the edges' numbers are looked up once a graph
    spent = [timed(partial(close, version))[1] for version in range(1, CLOSINGS)]
    work = f"close 100 edges in {len(graph.classes)} classes and rank the best 5 of 500 units, {ground.name}"
    return row(work, median(spent), at_most=at_most)


def first_query(_: Grounds) -> Iterator[Row]:
    """From the start of the interpreter to ranked, covered and routed, with a warm cache on disk."""
    command = [sys.executable, "-c", START]
    subprocess.run(command, check=True)
    spent = [timed(lambda: subprocess.run(command, check=True))[1] for _ in range(3)]
    yield row("first query after process start, warm cache", min(spent), at_most=1000.0)
