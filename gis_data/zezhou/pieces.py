"""From planned edges to road pieces: chains between junctions, rounded where the ground bends them, cut at bridges."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import shapely
from numpy.typing import NDArray

from gis_data.roads import ROAD_CLASSES
from gis_data.zezhou.plane import Floats, centimetres, length, stream
from gis_data.zezhou.planning import NO_ROAD, RANK, RoadPlan
from gis_data.zezhou.terrain import river_lines, ruggedness

_LONGEST = 900.0
# Half the length of a bridge by road class; below these a stream is forded.
_BRIDGE_HALF = {"trunk": 45.0, "primary": 40.0, "secondary": 32.0, "tertiary": 24.0, "unclassified": 16.0}


@dataclass(frozen=True)
class Piece:
    """One stretch of road in the plane. `oneway` 1 along the line, -1 against it."""

    line: Floats
    road_class: str
    name: str
    oneway: int = 0
    bridge: bool = False
    ford: bool = False
    barrier: str = ""

    @property
    def metres(self) -> float:
        return float(length(np.diff(self.line, axis=0)).sum())


def make_pieces(plan: RoadPlan, oneway: NDArray[np.int8]) -> list[Piece]:
    rng = stream(9)
    chains = _chains(plan, oneway)
    pieces = [_shaped(plan, chain, oneway, rng) for chain in chains]
    for number in _tangled(pieces):
        pieces[number] = replace(pieces[number], line=plan.mesh.points[chains[number]])
    return _with_crossings(pieces)


def _tangled(pieces: list[Piece]) -> list[int]:
    """Rounding may push two near roads across each other: these stay as drawn."""
    lines = np.array([shapely.LineString(piece.line) for piece in pieces], dtype=object)
    one, other = shapely.STRtree(lines).query(lines, predicate="crosses")
    return sorted(set(one.tolist()) | set(other.tolist()))


def _chains(plan: RoadPlan, oneway: NDArray[np.int8]) -> list[list[int]]:
    """Point sequences from junction to junction; long ones are cut, rings too."""
    mesh = plan.mesh
    ways: dict[int, list[tuple[int, int]]] = {}
    for e in np.flatnonzero(plan.rank < NO_ROAD).tolist():
        a, b = int(mesh.tail[e]), int(mesh.head[e])
        ways.setdefault(a, []).append((b, e))
        ways.setdefault(b, []).append((a, e))

    def passes(point: int) -> bool:
        if len(ways[point]) != 2:
            return False
        (_, e), (_, f) = ways[point]
        return bool(
            plan.rank[e] == plan.rank[f]
            and plan.name[e] == plan.name[f]
            and oneway[e] == 0
            and oneway[f] == 0
        )

    done: set[int] = set()
    chains: list[list[int]] = []

    def follow(start: int, edge: int, point: int) -> None:
        chain, run = [start, point], float(mesh.metres[edge])
        done.add(edge)
        while passes(point) and point != start:
            (p, e), (q, f) = ways[point]
            following, edge = (q, f) if e == edge else (p, e)
            if edge in done:
                break
            if run + mesh.metres[edge] > _LONGEST or following == start:
                chains.append(chain)
                chain, run = [point], 0.0
            done.add(edge)
            chain.append(following)
            run += float(mesh.metres[edge])
            point = following
        chains.append(chain)

    for must_start in (True, False):
        for point in sorted(ways):
            if must_start and passes(point):
                continue
            for following, edge in ways[point]:
                if edge not in done:
                    follow(point, edge, following)
    return chains


def _shaped(plan: RoadPlan, chain: list[int], oneway: NDArray[np.int8], rng: np.random.Generator) -> Piece:
    mesh = plan.mesh
    edge = plan.edge(chain[0], chain[1])
    road_class = ROAD_CLASSES[int(plan.rank[edge])]
    direction = int(oneway[edge]) * (1 if mesh.tail[edge] == chain[0] else -1)
    points = mesh.points[chain]
    line = points
    if road_class not in ("residential", "living_street") and (mesh.patch[chain] < 0).any():
        line = _rounded(_winding(points, road_class, rng))
        if not shapely.LineString(line).is_simple:
            line = points
    return Piece(centimetres(line), road_class, plan.names[int(plan.name[edge])], direction)


def _winding(points: Floats, road_class: str, rng: np.random.Generator) -> Floats:
    """In the hills a long edge swings out to one side and back."""
    swing = {"trunk": 0.05, "primary": 0.07, "secondary": 0.10}.get(road_class, 0.16)
    rough = ruggedness((points[:-1] + points[1:]) / 2.0)
    found = [points[0]]
    for a, b, hilly in zip(points[:-1], points[1:], rough, strict=True):
        ahead = b - a
        if float(length(ahead)) > 180.0:
            out = np.array([-ahead[1], ahead[0]]) * swing * float(hilly)
            first, second = (rng.random(2) - 0.5) * 2.0
            found.extend((a + ahead * 0.33 + out * first, a + ahead * 0.67 + out * second))
        found.append(b)
    return np.array(found)


def _rounded(points: Floats) -> Floats:
    """Chaikin's corner cutting, twice, ends kept."""
    for _ in range(2):
        a, b = points[:-1], points[1:]
        cut = np.empty((2 * len(a), 2))
        cut[0::2], cut[1::2] = a * 0.75 + b * 0.25, a * 0.25 + b * 0.75
        points = np.concatenate([points[:1], cut[1:-1], points[-1:]])
    return points


def _with_crossings(pieces: list[Piece]) -> list[Piece]:
    """Where a piece crosses a river it becomes a bridge, or on small ways a ford."""
    water = river_lines()
    lines = [shapely.LineString(piece.line) for piece in pieces]
    wet = set(shapely.STRtree(lines).query(water, predicate="intersects").tolist())
    found: list[Piece] = []
    for number, piece in enumerate(pieces):
        if number not in wet:
            found.append(piece)
            continue
        crossings = shapely.get_parts(shapely.intersection(lines[number], water))
        first = shapely.get_point(crossings[0], 0) if crossings[0].geom_type == "LineString" else crossings[0]
        found.extend(_crossed(piece, float(shapely.line_locate_point(lines[number], first))))
    return found


def _crossed(piece: Piece, at: float) -> list[Piece]:
    half = _BRIDGE_HALF.get(piece.road_class)
    is_ford = half is None and piece.road_class in ("track", "path")
    half = half or 9.0
    whole = piece.metres
    over = replace(piece, bridge=not is_ford, ford=is_ford)
    if whole < 4.0 * half:
        return [over]
    low, high = max(0.0, at - half), min(whole, at + half)
    low = 0.0 if low < 2.0 * half else low
    high = whole if whole - high < 2.0 * half else high
    marks = [mark for mark in (low, high) if 0.0 < mark < whole]
    parts = split_line(piece.line, marks)
    middle = 0 if low == 0.0 else 1
    return [replace(over if k == middle else piece, line=part) for k, part in enumerate(parts)]


def split_line(line: Floats, marks: list[float]) -> list[Floats]:
    """Cut a line at distances along it (rising, strictly inside)."""
    along = np.concatenate([[0.0], np.cumsum(length(np.diff(line, axis=0)))])
    parts: list[Floats] = []
    rest_from, begin = 0.0, line[0]
    for mark in [*marks, float(along[-1])]:
        last = mark == along[-1]
        k = int(np.searchsorted(along, mark, side="left"))
        share = (mark - along[k - 1]) / (along[k] - along[k - 1])
        end = line[-1] if last else centimetres(line[k - 1] + (line[k] - line[k - 1]) * share)
        between = line[(along > rest_from + 0.5) & (along < mark - 0.5)]
        parts.append(np.concatenate([begin[None], between, end[None]]))
        rest_from, begin = mark, end
    return parts


def is_at_least(piece: Piece, road_class: str) -> bool:
    return RANK[piece.road_class] <= RANK[road_class]
