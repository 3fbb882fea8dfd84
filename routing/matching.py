"""Online map-matching: noisy, late and shuffled fixes of a moving unit to the arc it drives on, and its direction.

A hidden Markov model after Newson & Krumm (2009) over *directed* arcs, decoded anew from wherever a fix is put in, so
that the answer depends on the fixes within the window and not on the order in which they came. Fixes that stay within
the noise of the last one that moved say nothing of a direction, and are passed over. Pure: state and fix in, state
and verdict out; seconds are of any one clock.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from routing.geometry import metres_between, nearest_on_piece
from routing.graph import RoadGraph
from routing.nearby import metres_between_nodes
from routing.nearest import pieces_within
from routing.on_road import position_on
from routing.passable import CLOSED
from routing.point import EdgePoint


@dataclass(frozen=True, slots=True)
class MatchRules:
    """`sigma_metres`: noise of a fix. `still_sigmas`: a fix nearer than this to the last one used has not moved.

    The road between two fixes may differ from the air line by about `detour_metres` + `detour_share` of it. Turning
    round on the road costs `turn_cost` (in nats). A direction is told from `sure` on, and only on an arc that is
    likelier than `likely`: just past a crossing nobody knows yet which way was taken, and the unit may still take
    any. A device's clock may be ahead by `future_seconds`, and its fix then counts as of now.
    """

    sigma_metres: float = 8.0
    radius_metres: float = 60.0
    window_seconds: float = 180.0
    most_fixes: int = 240
    most_candidates: int = 16
    still_sigmas: float = 2.0
    still_weight: float = 0.5
    most_still: int = 6
    detour_metres: float = 6.0
    detour_share: float = 0.12
    turn_cost: float = 6.0
    fastest_metres_a_second: float = 45.0
    longest_search_metres: float = 12_000.0
    sure: float = 0.8
    likely: float = 0.5
    future_seconds: float = 30.0


@dataclass(frozen=True, slots=True)
class Fix:
    """WGS-84 degrees; when it was taken, in seconds."""

    at_seconds: float
    lon: float
    lat: float


class Taken(StrEnum):
    TAKEN = "taken"
    LATE = "late"  # put in where it belongs
    CLAMPED = "clamped"  # its clock is a little ahead: counts as of now
    FUTURE = "future"
    TOO_OLD = "too_old"  # from before the window
    DUPLICATE = "duplicate"
    UNUSABLE = "unusable"  # no position on the earth


REFUSED = frozenset({Taken.FUTURE, Taken.TOO_OLD, Taken.DUPLICATE, Taken.UNUSABLE})


@dataclass(frozen=True, slots=True)
class Matched:
    """Where on which arc; `point.directed` where the direction is sure. `confidence` 0 to 1 is of arc and direction."""

    point: EdgePoint
    confidence: float
    at_seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class _Column:
    """One fix: the arcs it may lie on, how far along, and the best score of a drive that ends there.

    A fix that has not moved shares the candidates of the last that has, `used`; `still` counts them.
    """

    fix: Fix
    used: Fix
    still: int
    arc: NDArray[np.int64]
    fraction: NDArray[np.float64]
    score: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Matcher:
    """The state: the columns of the window in order of time, and the last one before it."""

    vehicle_class: str
    rules: MatchRules = MatchRules()
    columns: tuple[_Column, ...] = ()

    @property
    def fixes(self) -> tuple[Fix, ...]:
        return tuple(column.fix for column in self.columns)


def match(
    graph: RoadGraph,
    inbound: Mapping[str, NDArray[np.uint64]],
    matcher: Matcher,
    fix: Fix,
    now_seconds: float,
) -> tuple[Matcher, Taken]:
    """Take a fix in, wherever it belongs in time. `inbound` says which arcs the class may use."""
    rules, columns = matcher.rules, matcher.columns
    if not (math.isfinite(fix.at_seconds) and abs(fix.lon) <= 180.0 and abs(fix.lat) <= 90.0):
        return matcher, Taken.UNUSABLE
    if fix.at_seconds > now_seconds + rules.future_seconds:
        return matcher, Taken.FUTURE
    taken = Taken.TAKEN
    if fix.at_seconds > now_seconds:
        fix, taken = replace(fix, at_seconds=now_seconds), Taken.CLAMPED
    newest = columns[-1].fix.at_seconds if columns else fix.at_seconds
    if fix.at_seconds < newest - rules.window_seconds:
        return matcher, Taken.TOO_OLD
    place = bisect_left(columns, fix.at_seconds, key=lambda column: column.fix.at_seconds)
    if place < len(columns):
        if columns[place].fix.at_seconds == fix.at_seconds:
            return matcher, Taken.DUPLICATE
        taken = Taken.LATE
    weights = inbound[matcher.vehicle_class]
    kept = list(columns[:place])
    for one in (fix, *(column.fix for column in columns[place:])):
        kept.append(_column(graph, weights, rules, kept[-1] if kept else None, one))
    oldest = kept[-1].fix.at_seconds - rules.window_seconds
    first = bisect_left(kept, oldest, key=lambda column: column.fix.at_seconds)
    first = max(first - 1, len(kept) - rules.most_fixes, 0)
    return replace(matcher, columns=tuple(kept[first:])), taken


def matched(graph: RoadGraph, matcher: Matcher) -> Matched | None:
    """Where the unit is by its newest fix; None where no road that its class may use is near."""
    if not matcher.columns or len(matcher.columns[-1].arc) == 0:
        return None
    column, rules = matcher.columns[-1], matcher.rules
    weight = np.exp(column.score - column.score.max())
    best = int(column.score.argmax())
    arc, total = int(column.arc[best]), float(weight.sum())
    ahead = float(weight[column.arc == arc].sum())
    behind = float(weight[column.arc == arc ^ 1].sum())
    fraction = float(column.fraction[best])
    x, y = position_on(graph, arc, fraction)
    off = float(metres_between(column.used.lon, column.used.lat, x, y))
    confidence = ahead / total
    directed = ahead >= rules.sure * (ahead + behind) and confidence >= rules.likely
    return Matched(EdgePoint(arc, fraction, x, y, off, directed=directed), confidence, column.fix.at_seconds)


def _column(
    graph: RoadGraph, weights: NDArray[np.uint64], rules: MatchRules, before: _Column | None, fix: Fix
) -> _Column:
    air = 0.0
    if before is not None:
        air = float(metres_between(before.used.lon, before.used.lat, fix.lon, fix.lat))
        if len(before.arc) and air < rules.still_sigmas * rules.sigma_metres:
            return _still(graph, rules, before, fix)
    arc, fraction, off = _candidates(graph, weights, rules, fix)
    emission = -0.5 * (off / rules.sigma_metres) ** 2
    score = emission
    if before is not None and len(before.arc) and len(arc):
        elapsed = fix.at_seconds - before.used.at_seconds
        ways = before.score[:, None] + _transitions(
            graph, weights, rules, before, arc, fraction, air, elapsed
        )
        best = ways.max(axis=0)
        if np.isfinite(best).any():  # otherwise it jumped, and the drive begins anew where it is now
            score = best + emission
            likely = score > score.max() - 60.0
            arc, fraction, score = arc[likely], fraction[likely], score[likely]
            score = score - score.max()
    return _Column(fix, fix, 0, arc, fraction, score)


def _still(graph: RoadGraph, rules: MatchRules, before: _Column, fix: Fix) -> _Column:
    """A fix that has not moved tells nothing of the way, but still which of the roads lies nearer."""
    if before.still >= rules.most_still:
        return replace(before, fix=fix)
    lon, lat = float(fix.lon), float(fix.lat)
    off = {
        piece: nearest_on_piece(piece, lon, lat, graph.starts, graph.coords, graph.along_metres)[0]
        for piece in set((before.arc >> 1).tolist())
    }
    metres = np.array([off[arc >> 1] for arc in before.arc.tolist()])
    score = before.score - 0.5 * rules.still_weight * (metres / rules.sigma_metres) ** 2
    return replace(before, fix=fix, still=before.still + 1, score=score - score.max())


def _candidates(
    graph: RoadGraph, weights: NDArray[np.uint64], rules: MatchRules, fix: Fix
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Open arcs near a fix, the nearest first, with where on them it would be and how far off it lies."""
    rows: list[tuple[float, int, float]] = []
    lon, lat = float(fix.lon), float(fix.lat)
    for piece in pieces_within(graph, lon, lat, rules.radius_metres).tolist():
        metres, fraction = nearest_on_piece(piece, lon, lat, graph.starts, graph.coords, graph.along_metres)
        if metres > rules.radius_metres:
            continue
        for arc in (2 * piece, 2 * piece + 1):
            if int(weights[graph.slot[arc]] >> np.uint64(32)) < CLOSED:
                rows.append((float(metres), arc, float(fraction if arc & 1 == 0 else 1.0 - fraction)))
    rows = sorted(rows)[: rules.most_candidates]
    return (
        np.array([row[1] for row in rows], dtype=np.int64),
        np.array([row[2] for row in rows], dtype=np.float64),
        np.array([row[0] for row in rows], dtype=np.float64),
    )


def _transitions(
    graph: RoadGraph,
    weights: NDArray[np.uint64],
    rules: MatchRules,
    before: _Column,
    arc: NDArray[np.int64],
    fraction: NDArray[np.float64],
    air: float,
    elapsed: float,
) -> NDArray[np.float64]:
    """Log of how likely each drive between two fixes is: the nearer its road metres are to the air line, the more."""
    noise = 4.0 * rules.sigma_metres
    farthest = min(rules.longest_search_metres, rules.fastest_metres_a_second * max(elapsed, 1.0) + noise)
    limit = min(2.0 * air + 150.0, farthest)
    length = graph.length_metres
    from_length, to_length = length[before.arc >> 1], length[arc >> 1]
    metres, first = metres_between_nodes(
        graph.first_in, graph.in_arc, weights, length,
        graph.head[before.arc].astype(np.int64), graph.tail[arc].astype(np.int64), limit,
    )  # fmt: skip
    metres = metres + ((1.0 - before.fraction) * from_length)[:, None] + (fraction * to_length)[None, :]
    cost = np.where(first == (before.arc ^ 1)[:, None], rules.turn_cost, 0.0)
    # Turning round where the next arc is this one's reverse begins at its very head: no arc lies between.
    reverse = (before.arc ^ 1)[:, None] == arc[None, :]
    gone = (fraction[None, :] - before.fraction[:, None]) * to_length[None, :]
    same = before.arc[:, None] == arc[None, :]
    back = same & (gone < 0.0) & (gone > -noise)  # noise along the road is no turn
    metres = np.where(same & (gone >= 0.0), gone, np.where(back, -gone, metres))
    falling_back = 0.5 + 0.25 * (gone / rules.sigma_metres) ** 2
    cost = np.where(same & ((gone >= 0.0) | back), np.where(back, falling_back, 0.0), cost)
    turned = np.abs(1.0 - fraction[None, :] - before.fraction[:, None]) * to_length[None, :]
    metres = np.where(reverse, turned, metres)
    cost = np.where(reverse, rules.turn_cost, cost)
    spread = rules.detour_metres + rules.detour_share * air
    with np.errstate(invalid="ignore"):
        likely = -np.abs(metres - air) / spread - cost
    return np.where(metres <= farthest + noise, likely, -np.inf)
