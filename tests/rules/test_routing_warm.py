"""Compiling ahead: after the warm-up nothing is left to compile when the first alarm comes."""

from __future__ import annotations

import subprocess
import sys

from routing import boxes, climbing, contraction, dissection, geometry, nearby, raster, search
from routing.coverage import Post, coverage
from routing.hierarchy import Hierarchy
from routing.isochrone import isochrones
from routing.matching import Fix, Matcher, match, matched
from routing.path import path_of
from routing.rank import rank
from routing.reach import Start
from routing.route import route
from routing.warm import warm_up
from tests.rules.routing_world import FLEET, Draft, at, town


def versions() -> dict[str, int]:
    """By compiled function: how many versions of it there are."""
    modules = (boxes, climbing, contraction, dissection, geometry, nearby, raster, search)
    found = {name: value for module in modules for name, value in vars(module).items()}
    return {name: len(value.signatures) for name, value in found.items() if hasattr(value, "signatures")}


def test_warming_up_compiles_every_function_once_and_no_alarm_adds_a_version() -> None:
    warm_up()
    before = versions()
    live = town(6).live()
    starts = [Start(*at(i, i), code) for i, code in enumerate(FLEET)]
    for start, reach in zip(starts, rank(live, *at(5, 6), starts), strict=True):
        path_of(live, start, reach)
    climbing_live = live.with_hierarchy(Hierarchy(live.graph))
    for start, reach in zip(starts, rank(climbing_live, *at(5, 6), starts), strict=True):
        path_of(climbing_live, start, reach)
    lane = Draft()
    lane.add([(113.0, 35.0), (113.01, 35.0)])
    rank(lane.live(), 113, 35, [Start(113, 35, "heavy_engine")])  # whole numbers too
    route(live, at(1, 2), at(7, 7), "heavy_engine")
    coverage(live, [Post("s", *at(2, 2), "heavy_engine")], (), (), 5.0)
    here = live.find_point(*at(3, 3.4), "light_engine", "start")
    assert here is not None
    isochrones(live, here, "light_engine", [1, 2])
    matcher = Matcher("heavy_engine")
    for seconds in range(4):
        fix = Fix(seconds, *at(1 + seconds / 8, 2))
        matcher, _ = match(live.graph, live.graph.inbound, matcher, fix, seconds)
    matched(live.graph, matcher)
    assert versions() == before
    # 0: only ever called from another compiled function that came from the cache as a whole.
    assert set(before.values()) <= {0, 1}
    assert before["_find"] == 1


def test_a_warm_start_loads_no_library_that_it_does_not_need() -> None:
    heavy = ("scipy.sparse", "scipy.optimize", "pyproj", "networkx", "pandas")
    code = (
        "import sys; from routing.warm import warm_up; warm_up(); "
        f"print(*(name for name in {heavy} if name in sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert found.stdout.split() == []
