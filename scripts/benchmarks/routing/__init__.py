"""Routing against its peers: the same alarms, the same units, the same answers, in one run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from scripts.benchmarks.routing import answers, ranking, whole
from scripts.benchmarks.routing.ground import Grounds

Rows = Iterator[dict[str, Any]]

# By name: `scripts/bench routing --only province --only whole` runs just these, in this order.
PARTS: dict[str, Callable[[Grounds], Rows]] = {
    "bundled": lambda grounds: ranking.rows(grounds.bundled(), grounds),
    "liechtenstein": ranking.liechtenstein,
    "county": lambda grounds: ranking.rows(grounds.county(), grounds),
    "province": lambda grounds: ranking.rows(grounds.province(), grounds),
    "osrm": ranking.osrm,
    "whole": whole.rows,
    "conditions": answers.closing,
    "isochrone": answers.isochrone,
    "matrix": answers.matrix,
    "start": answers.first_query,
}


def rows(only: Sequence[str] = ()) -> Rows:
    """All rows, or those of some parts. Raises AssertionError where a peer disagrees with us."""
    with Grounds.opened() as grounds:
        for name, part in PARTS.items():
            if not only or name in only:
                yield from part(grounds)
