"""Road networks made up for the routing tests: everything that a real extract holds, in a few square kilometres."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType

import numpy as np
from shapely import box

from gis_data.model import Name, Roads, VehicleClass
from routing.graph import RoadGraph, build_graph
from routing.live import Condition, LiveRoads

WEST, SOUTH = 112.8, 35.4
CELL = 0.002


SIDE = 12  # crossings along the side of a town


def vehicle(code: str, **facts: object) -> VehicleClass:
    given: dict[str, object] = {
        "speeds_kmh": MappingProxyType(
            {
                "primary": 60.0,
                "tertiary": 40.0,
                "unclassified": 30.0,
                "residential": 25.0,
                "service": 15.0,
                "track": 12.0,
            }
        ),
        "mass_tonnes": 7.0,
        "height_metres": 3.0,
        "width_metres": 2.1,
    }
    return VehicleClass(code=code, name=Name(code, code), **(given | facts))  # type: ignore[arg-type]


HEAVY = vehicle(
    "heavy_engine", mass_tonnes=16.0, height_metres=3.5, width_metres=2.5, tracktypes=frozenset({"grade1"}),
    hose_metres=240.0, hose_seconds_per_100_metres=60.0, water_setup_seconds=60.0,
)  # fmt: skip
LIGHT = vehicle(
    "light_engine", against_oneway=True, surface_factor=MappingProxyType({"unpaved": 0.6}),
    turns_on_road=True, turn_seconds=20.0,
    hose_metres=100.0, hose_seconds_per_100_metres=120.0, water_setup_seconds=90.0,
)  # fmt: skip
MOTORCYCLE = vehicle(
    "fire_motorcycle",
    speeds_kmh=MappingProxyType({**HEAVY.speeds_kmh, "path": 12.0}),
    mass_tonnes=0.3, height_metres=1.5, width_metres=0.8, passes_bollards=True, ford=True,
    turns_on_road=True, turn_seconds=3.0,
    hose_metres=40.0, hose_seconds_per_100_metres=45.0,
)  # fmt: skip
FOOT = vehicle(
    "foot_crew",
    speeds_kmh=MappingProxyType(dict.fromkeys((*HEAVY.speeds_kmh, "path", "footway"), 4.5)),
    mass_tonnes=0.1, height_metres=1.9, width_metres=0.6, ford=True, on_foot=True,
)  # fmt: skip
FLEET = {c.code: c for c in (HEAVY, LIGHT, MOTORCYCLE, FOOT)}


@dataclass
class Draft:
    """Roads under construction; every column has a harmless default."""

    rows: list[dict[str, object]] = field(default_factory=list)

    def add(self, line: list[tuple[float, float]], **facts: object) -> str:
        edge = str(facts.pop("id", f"r{len(self.rows)}"))
        self.rows.append({"id": edge, "line": line, **facts})
        return edge

    def roads(self) -> Roads:
        def words(key: str, default: str = "") -> tuple[str, ...]:
            return tuple(str(row.get(key, default)) for row in self.rows)

        def numbers(key: str) -> np.ndarray:
            return np.array([row.get(key, np.nan) for row in self.rows], dtype=np.float64)

        def flags(key: str) -> np.ndarray:
            return np.array([row.get(key, False) for row in self.rows], dtype=np.bool_)

        lines = [row["line"] for row in self.rows]
        counts = [len(line) for line in lines]  # type: ignore[arg-type]
        return Roads(
            ids=words("id"),
            names=words("name"),
            classes=words("road", "unclassified"),
            starts=np.concatenate(([0], np.cumsum(counts))).astype(np.int64),
            coords=np.array([point for line in lines for point in line], dtype=np.float64).reshape(-1, 2),  # type: ignore[attr-defined]
            oneway=np.array([row.get("oneway", 0) for row in self.rows], dtype=np.int8),
            maxspeed_kmh=numbers("maxspeed"),
            surface=words("surface"),
            tracktype=words("tracktype"),
            smoothness=words("smoothness"),
            width_metres=numbers("width"),
            maxweight_tonnes=numbers("maxweight"),
            maxheight_metres=numbers("maxheight"),
            access=words("access"),
            barrier=words("barrier"),
            bridge=flags("bridge"),
            ford=flags("ford"),
            incline_percent=numbers("incline"),
            synthetic=np.ones(len(self.rows), dtype=np.bool_),
        )

    def graph(self) -> RoadGraph:
        return build_graph(self.roads(), FLEET)

    def live(self) -> LiveRoads:
        return LiveRoads(self.graph())


def at(x: float, y: float) -> tuple[float, float]:
    """Cells east and north of the corner as a position rounded like a node."""
    return round(WEST + x * CELL, 7), round(SOUTH + y * CELL, 7)


def town(seed: int, side: int = SIDE) -> Draft:
    """A crooked grid with gaps, curves, one-ways, loops, twin roads, weak bridges, gates, tracks, paths, islands."""
    rng = np.random.default_rng(seed)
    corner = {
        (i, j): at(i + rng.uniform(-0.3, 0.3), j + rng.uniform(-0.3, 0.3))
        for i in range(side)
        for j in range(side)
    }
    draft = Draft()
    pairs = [((i, j), (i + 1, j)) for i in range(side - 1) for j in range(side)]
    pairs += [((i, j), (i, j + 1)) for i in range(side) for j in range(side - 1)]
    for a, b in pairs:
        if rng.random() < 0.22:
            continue
        main = a[1] == b[1] and a[1] % 5 == 0
        for _ in range(2 if rng.random() < 0.04 else 1):
            draft.add(_crooked(rng, corner[a], corner[b]), **_facts(rng, main))
    for node in corner.values():
        if rng.random() < 0.03:
            x, y = node
            loop = [node, (x + 0.0004, y + 0.0001), (x + 0.0003, y + 0.0005), node]
            draft.add(loop, road="service", oneway=int(rng.integers(-1, 2)))
    island = [at(side + 2 + i, 2.0 + 0.1 * i) for i in range(4)]
    for one, two in pairwise(island):
        draft.add([one, two], road="residential")
    draft.add([at(side + 1, 9), at(side + 1.5, 9.2)], road="footway")
    return draft


def _crooked(
    rng: np.random.Generator, a: tuple[float, float], b: tuple[float, float]
) -> list[tuple[float, float]]:
    inner = int(rng.integers(0, 4))
    steps = np.sort(rng.random(inner))
    return [
        a,
        *[
            (
                float(a[0] + t * (b[0] - a[0]) + rng.normal(0, 0.0001)),
                float(a[1] + t * (b[1] - a[1]) + rng.normal(0, 0.0001)),
            )
            for t in steps
        ],
        b,
    ]


def _facts(rng: np.random.Generator, main: bool) -> dict[str, object]:
    facts: dict[str, object] = {"road": "primary"} if main else {}
    if not main:
        facts["road"] = rng.choice(
            ["tertiary", "unclassified", "residential", "service", "track", "path", "footway"],
            p=[0.15, 0.3, 0.25, 0.1, 0.1, 0.06, 0.04],
        )
    if rng.random() < 0.15:
        facts["oneway"] = int(rng.choice([-1, 1]))
    chance = rng.random()
    if chance < 0.05:
        facts["maxweight"] = float(rng.choice([2.0, 10.0]))
    elif chance < 0.10:
        facts["width"] = float(rng.choice([1.5, 2.6]))
    elif chance < 0.13:
        facts["barrier"] = str(rng.choice(["gate", "bollard"]))
    elif chance < 0.15:
        facts["ford"] = True
    elif chance < 0.20:
        facts["maxspeed"] = float(rng.choice([20.0, 30.0]))
    elif chance < 0.25:
        facts["surface"] = "gravel"
    if facts["road"] == "track" and rng.random() < 0.6:
        facts["tracktype"] = str(rng.choice(["grade1", "grade3", "grade5"]))
    facts["name"] = str(rng.choice(["", "东大街", "丹河路", "李寨巷"]))
    return facts


def somewhere(rng: np.random.Generator, live: LiveRoads) -> tuple[float, float]:
    """Anywhere in the town, on a node, or on a road, each a third of the time."""
    chance = rng.random()
    if chance < 0.33:
        node = rng.integers(live.graph.nodes)
        return float(live.graph.node_lon[node]), float(live.graph.node_lat[node])
    if chance < 0.66:
        vertex = live.graph.coords[rng.integers(len(live.graph.coords))]
        return float(vertex[0]), float(vertex[1])
    return WEST + rng.uniform(-1, SIDE + 6) * CELL, SOUTH + rng.uniform(-1, SIDE) * CELL


def some_conditions(rng: np.random.Generator, live: LiveRoads) -> list[Condition]:
    edges = [
        str(edge) for edge in rng.choice(live.graph.piece_ids, size=int(rng.integers(0, 40)), replace=False)
    ]
    x, y = WEST + rng.uniform(0, SIDE) * CELL, SOUTH + rng.uniform(0, SIDE) * CELL
    return [
        Condition("flood", tuple(edges[::2]), None, 0.0),
        Condition(
            "snow", tuple(edges[1::2]), None, float(rng.uniform(0.2, 0.9)), frozenset({"heavy_engine"})
        ),
        Condition("fire", (), box(x, y, x + 2 * CELL, y + 2 * CELL), float(rng.choice([0.0, 0.5]))),
    ]
