"""Roads between places: trunk roads through the city, then towns, neighbours, villages, hamlets, and forest tracks."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import shapely
from scipy.spatial import Delaunay

from gis_data.zezhou.mesh import Ground
from gis_data.zezhou.plane import Ints, length, stream
from gis_data.zezhou.planning import RoadPlan, flows
from gis_data.zezhou.sites import Sites
from gis_data.zezhou.terrain import ruggedness

CITY = "市区"
# Invented lines between real places, each merging with what is there; the names are the usual two-character ones.
_LINES = (
    ("trunk", ("高平", "巴公", CITY, "大箕", "晋庙铺", "沁阳")),
    ("trunk", ("阳城", "周村", "南村", CITY, "金村", "柳树口")),
    ("primary", ("柳树口", "陵川")),
    ("primary", (CITY, "高都", "北义城", "陵川")),
    ("primary", (CITY, "大东沟", "下村", "沁水")),
    ("primary", ("南村", "犁川", "山河", "济源")),
    ("primary", ("柳树口", "博爱")),
    ("primary", ("博爱", "中站")),
    ("secondary", ("下村", "大阳", "巴公", "高都")),
    ("secondary", ("大东沟", "川底", "周村", "南岭", "山河")),
    ("secondary", ("高都", "金村", "大箕", "犁川", "南岭")),
    ("secondary", ("大阳", "大东沟")),
    ("secondary", ("南村", "川底")),
    ("secondary", ("北义城", "巴公")),
    ("secondary", ("晋庙铺", "山河")),
    ("secondary", ("晋庙铺", "柳树口")),
    ("secondary", ("柳树口", "高都")),
    ("secondary", ("沁阳", "博爱")),
    ("secondary", ("济源", "沁阳")),
    ("secondary", ("沁水", "阳城")),
)


def plan_roads(sites: Sites) -> RoadPlan:
    plan = RoadPlan(sites.mesh)
    ends = _named_points(sites)
    used: set[str] = set()
    for road_class, stops in _LINES:
        name = _line_name(stops, used)
        for a, b in pairwise(stops):
            plan.connect(ends[a], ends[b], road_class, name, reuse=0.6)
    _join(plan, [sites.point("outlying", k) for k in range(len(sites.outlying))], 3, rounds=6)
    homes = [sites.point("village", k) for k in range(len(sites.villages))]
    _join(plan, homes, 3, rounds=4)
    _close_loops(plan, sites, homes)
    _join(plan, [sites.point("hamlet", k) for k in range(len(sites.hamlets))], 99, rounds=2)
    _name_village_roads(plan, sites)
    _tracks(plan, sites)
    return plan


def _named_points(sites: Sites) -> dict[str, int]:
    points = {CITY: sites.point("city", 0)}
    points |= {seat.fact.short: sites.point("town", k) for k, seat in enumerate(sites.seats)}
    points |= {name: sites.point("neighbour", k) for k, name in enumerate(sites.neighbour_seats)}
    return points


def _line_name(stops: tuple[str, ...], used: set[str]) -> str:
    for first in stops[0]:
        for last in stops[-1]:
            name = f"{first}{last}线"
            if name not in used and first != last:
                used.add(name)
                return name
    raise AssertionError(stops)


def _join(plan: RoadPlan, points: list[int], busy: int, *, rounds: int) -> None:
    """Join points to the roads, the nearest first, so that the farther ones go by way of them.

    A stretch that serves `busy` of them is tertiary, else unclassified.
    """
    waiting = list(points)
    for turn in range(rounds, 0, -1):
        paths, cost = plan.tree_to_roads(waiting)
        order = np.argsort(cost, kind="stable")
        now = order[: max(1, len(order) // turn)] if turn > 1 else order
        plan.lay([edge for k in now for edge in paths[k]], "unclassified")
        waiting = [waiting[k] for k in order[len(now) :]]
        if not waiting:
            break
    traffic = flows(plan.ways_to_better_roads(points, "secondary"), len(plan.mesh.tail))
    plan.lay(np.flatnonzero(traffic >= busy), "tertiary")


def _close_loops(plan: RoadPlan, sites: Sites, homes: list[int]) -> None:
    """Villages that are close, but far by road, get a road between them."""
    at = np.array([site.at for site in sites.villages])
    triangles = Delaunay(at).simplices.astype(np.int64)
    pairs = np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]])
    pairs = np.unique(np.sort(pairs, axis=1), axis=0)
    apart = length(at[pairs[:, 0]] - at[pairs[:, 1]])
    by_road = plan.road_metres(homes, limit=30_000.0)[pairs[:, 0], pairs[:, 1]]
    rough = ruggedness((at[pairs[:, 0]] + at[pairs[:, 1]]) / 2.0)
    wanted = (apart < 3600.0) & (by_road > apart * (2.3 + 2.2 * rough))
    graph = plan.graph(plan.weights(0.3))
    for a in np.unique(pairs[wanted, 0]):
        before = plan.ways_from(graph, homes[a], limit=12_000.0)
        for b in pairs[wanted & (pairs[:, 0] == a), 1]:
            plan.lay(plan.walk(before, homes[b]), "unclassified")


def _name_village_roads(plan: RoadPlan, sites: Sites) -> None:
    """Nameless roads of the county take the name of the nearest village: 孔匠路."""
    at = np.array([site.at for site in sites.villages])
    nameless = np.flatnonzero((plan.rank < 99) & (plan.name == 0))
    middle = (
        sites.mesh.points[sites.mesh.tail[nameless]] + sites.mesh.points[sites.mesh.head[nameless]]
    ) / 2.0
    inside = np.asarray(shapely.contains(sites.facts.county, shapely.points(middle)))
    numbers = {
        k: plan.name_number(site.fact.name.removesuffix("村").removesuffix("社区") + "路")
        for k, site in enumerate(sites.villages)
    }
    for start in range(0, len(nameless), 4000):
        part = slice(start, start + 4000)
        nearest: Ints = np.argmin(length(middle[part][:, None] - at[None]), axis=1)
        for edge, village, home in zip(nameless[part], nearest, inside[part], strict=True):
            if home:
                plan.name[edge] = numbers[int(village)]


def _tracks(plan: RoadPlan, sites: Sites) -> None:
    """Forest tracks up into the mountains, and some that cross over to the next valley."""
    rng = stream(7)
    mesh = sites.mesh
    wild = np.flatnonzero(
        (mesh.ground == int(Ground.OPEN)) & mesh.inside & ~plan.on_road() & (ruggedness(mesh.points) > 0.42)
    )
    ends = rng.choice(wild, size=min(520, len(wild)), replace=False)
    paths, cost = plan.tree_to_roads([int(p) for p in ends])
    short = [path for path, metres in zip(paths, cost, strict=True) if metres < 9000.0]
    plan.lay(np.flatnonzero(flows(short, len(mesh.tail)) > 0), "track")
    heads = [int(p) for p in ends[:150]]
    around = mesh.points[heads]
    graph = plan.graph(plan.weights(0.6))
    for k, point in enumerate(heads):
        gap = length(around - mesh.points[point])
        gap[k] = np.inf
        other = int(np.argmin(gap))
        if 500.0 < gap[other] < 2500.0:
            before = plan.ways_from(graph, point, limit=9000.0)
            plan.lay(plan.walk(before, heads[other]), "track")
