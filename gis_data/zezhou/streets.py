"""Streets and lanes inside towns and villages: which edges of a patch are built, and which run one way only."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree

from gis_data.zezhou.mesh import Ground, Mesh
from gis_data.zezhou.plane import Ints, stream
from gis_data.zezhou.planning import NO_ROAD, RANK, RoadPlan
from gis_data.zezhou.sites import Sites

_TOWN_STREETS = (
    "人民路",
    "建设路",
    "文化街",
    "新华街",
    "兴业路",
    "和平街",
    "光明路",
    "迎宾街",
    "振兴路",
    "东风街",
)
_LANES = ("中街", "东巷", "西巷", "南巷", "北巷", "后街", "前街")


def lay_streets(plan: RoadPlan, sites: Sites) -> NDArray[np.int8]:
    """Add the streets to the plan; answers the one-way direction of each edge (tail → head 1, head → tail -1)."""
    rng = stream(8)
    mesh = sites.mesh
    same = (mesh.patch[mesh.tail] == mesh.patch[mesh.head]) & (mesh.patch[mesh.tail] >= 0)
    steps_a = np.abs(mesh.row[mesh.tail] - mesh.row[mesh.head])
    steps_b = np.abs(mesh.column[mesh.tail] - mesh.column[mesh.head])
    grid = np.flatnonzero(same & (steps_a + steps_b == 1))
    ground = mesh.ground[mesh.tail[grid]]
    chance = rng.random(len(grid))
    dense = ground >= int(Ground.TOWN)
    built = np.where(dense, chance < 0.93, _on_tree(mesh, grid, chance) | (chance < 0.26))
    built &= (ground != int(Ground.HAMLET)) | _on_tree(mesh, grid, chance)
    for edge, kind in zip(grid[built], ground[built], strict=True):
        road_class, name = _street(mesh, sites, int(edge), int(kind))
        plan.lay([int(edge)], road_class, name)
    _drop_islands(plan)
    return _one_ways(plan, mesh, grid[built])


def _street(mesh: Mesh, sites: Sites, edge: int, kind: int) -> tuple[str, str]:
    a, b = int(mesh.tail[edge]), int(mesh.head[edge])
    along_row = mesh.row[a] == mesh.row[b]
    line = int(mesh.row[a] if along_row else mesh.column[a])
    patch = int(mesh.patch[a])
    if kind >= int(Ground.TOWN):
        main = line % 4 == 0
        name = _TOWN_STREETS[(2 * abs(line) + (0 if along_row else 1)) % len(_TOWN_STREETS)]
        if kind == int(Ground.CITY):
            return ("primary" if line % 8 == 0 else "secondary" if main else "residential"), name
        return ("tertiary" if main else "residential"), name
    if kind == int(Ground.VILLAGE) and patch < sites.first["hamlet"]:
        village = sites.villages[patch - sites.first["village"]].fact.name.removesuffix("村")
        lane = _LANES[(abs(line) * 2 + (0 if along_row else 1)) % len(_LANES)]
        return ("residential" if line % 3 == 0 else "living_street"), village + lane
    return "residential", ""


def _on_tree(mesh: Mesh, edges: Ints, weight: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Edges of a random spanning tree of each patch: every house has its lane."""
    n = len(mesh.points)
    graph = coo_array((weight + 0.01, (mesh.tail[edges], mesh.head[edges])), shape=(n, n)).tocsr()
    tree = minimum_spanning_tree(graph).tocoo()
    kept = set(zip(tree.row.tolist(), tree.col.tolist(), strict=True))
    return np.array(
        [(int(a), int(b)) in kept for a, b in zip(mesh.tail[edges], mesh.head[edges], strict=True)],
        dtype=np.bool_,
    )


def _drop_islands(plan: RoadPlan) -> None:
    """Streets that no road reaches are not built."""
    mesh = plan.mesh
    laid = np.flatnonzero(plan.rank < NO_ROAD)
    n = len(mesh.points)
    graph = coo_array((np.ones(len(laid)), (mesh.tail[laid], mesh.head[laid])), shape=(n, n)).tocsr()
    _, label = connected_components(graph, directed=False)
    main = np.bincount(label[mesh.tail[laid]]).argmax()
    plan.rank[laid[label[mesh.tail[laid]] != main]] = NO_ROAD


def _one_ways(plan: RoadPlan, mesh: Mesh, streets: Ints) -> NDArray[np.int8]:
    """Every second side street of a town runs one way, by turns; where that would trap a car it stays both ways."""
    oneway = np.zeros(len(mesh.tail), dtype=np.int8)
    for edge in streets:
        a, b = int(mesh.tail[edge]), int(mesh.head[edge])
        if plan.rank[edge] != RANK["residential"] or mesh.ground[a] < int(Ground.TOWN):
            continue
        along_row = mesh.row[a] == mesh.row[b]
        line = int(mesh.row[a] if along_row else mesh.column[a])
        if line % 4 not in (1, 3) or (not along_row and mesh.ground[a] == int(Ground.TOWN)):
            continue
        forward = (mesh.column[b] - mesh.column[a]) if along_row else (mesh.row[b] - mesh.row[a])
        oneway[edge] = int(forward) * (1 if line % 4 == 1 else -1)
    for _ in range(20):
        trapped = _trapped(plan, mesh, oneway)
        if len(trapped) == 0:
            break
        oneway[trapped] = 0
    return oneway


def _trapped(plan: RoadPlan, mesh: Mesh, oneway: NDArray[np.int8]) -> Ints:
    """One-way streets whose ends cannot reach each other both ways."""
    laid = plan.rank < NO_ROAD
    ahead, back = laid & (oneway >= 0), laid & (oneway <= 0)
    tail = np.concatenate([mesh.tail[ahead], mesh.head[back]])
    head = np.concatenate([mesh.head[ahead], mesh.tail[back]])
    n = len(mesh.points)
    graph = coo_array((np.ones(len(tail)), (tail, head)), shape=(n, n)).tocsr()
    _, label = connected_components(graph, directed=True, connection="strong")
    return np.flatnonzero((oneway != 0) & laid & (label[mesh.tail] != label[mesh.head]))
