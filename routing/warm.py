"""Compiles the searches before the first alarm needs them: seconds the first time, then read from the disk cache."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from shapely import Point

from gis_data.model import Name, Place, Roads, VehicleClass
from routing.coverage import Post, coverage
from routing.graph import build_graph
from routing.hierarchy import Hierarchy
from routing.islands import MainNetwork
from routing.isochrone import isochrones
from routing.live import LiveRoads
from routing.matching import Fix, Matcher, match, matched
from routing.path import path_of
from routing.rank import rank
from routing.reach import Start
from routing.thinning import thinned

LANE = ((112.0, 35.0), (112.0005, 35.0), (112.001, 35.0))
FAR_LANE = ((112.01, 35.0), (112.011, 35.0))


def warm_up() -> None:
    """Ranks, routes, matches, covers and draws on two lanes that no road joins: every compiled function once."""
    vehicle = VehicleClass("any", Name("车", "vehicle"), {"service": 20.0}, 1.0, 1.0, 1.0)
    graph = build_graph(_lanes(), {"any": vehicle})
    whole = MainNetwork(
        *(np.ones(size, dtype=np.bool_) for size in (graph.nodes, graph.nodes, graph.arcs // 2))
    )
    live = LiveRoads(replace(graph, main_networks={"any": whole}))  # to find it would load scipy
    starts = (Start(112.0003, 35.0, "any"), Start(112.0, 35.0, "any"), Start(112.0105, 35.0, "any"))
    for roads in (live, live.with_hierarchy(Hierarchy(live.graph))):
        for start, reach in zip(starts, rank(roads, 112.0008, 35.0, starts), strict=True):
            path_of(roads, start, reach)
    thinned(np.array(LANE), 1.0)
    matcher = Matcher("any")
    for seconds, lon in ((0.0, 112.0002), (5.0, 112.0007)):
        matcher, _ = match(live.graph, live.graph.inbound, matcher, Fix(seconds, lon, 35.0), seconds)
    matched(live.graph, matcher)
    place = Place("p", "p", "landmark", "", "", Point(112.0008, 35.0), 0.0, 0)
    coverage(live, (Post("s", 112.0003, 35.0, "any"),), (place,), (), 5.0)
    middle = live.find_point(112.0003, 35.0, "any", "start")
    assert middle is not None
    isochrones(live, middle, "any", (0.05, 5.0))


def _lanes() -> Roads:
    unknown, no, blank = np.full(2, np.nan), np.zeros(2, dtype=np.bool_), ("", "")
    return Roads(
        ids=("lane", "far"), names=blank, classes=("service", "service"),
        starts=np.array((0, len(LANE), len(LANE) + len(FAR_LANE)), dtype=np.int64),
        coords=np.array(LANE + FAR_LANE), oneway=np.zeros(2, dtype=np.int8), maxspeed_kmh=unknown, surface=blank,
        tracktype=blank, smoothness=blank, width_metres=unknown, maxweight_tonnes=unknown, maxheight_metres=unknown,
        access=blank, barrier=blank, bridge=no, ford=no, incline_percent=unknown, synthetic=~no,
    )  # fmt: skip
