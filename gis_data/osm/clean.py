"""Drops the pieces that would only mislead a search: doubles, stubs, and scraps that no road leads to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_data.osm.pieces import STUB_METRES, Piece, Spot, metres_along
from gis_data.osm.report import Tally
from gis_data.osm.way import RANK

# A scrap that is cut off from the rest is kept from this length on: it may be a real island or a far bank.
KEPT_ISLAND_METRES = 10_000.0


def clean_pieces(
    pieces: Sequence[Piece], near: Callable[[Spot], bool], inside: Callable[[Spot], bool], tally: Tally
) -> list[Piece]:
    """`near` says whether a spot lies close enough to the county to matter, `inside` whether it lies in it."""
    kept = _without_doubles(pieces, tally)
    close = [piece for piece in kept if near(piece.line[0]) or near(piece.line[-1])]
    tally.drop("road pieces", "far outside the county", len(kept) - len(close))
    return _without_scraps(_without_stubs(close, tally), inside, tally)


def _without_doubles(pieces: Sequence[Piece], tally: Tally) -> list[Piece]:
    """Of two pieces over the very same points the higher class stays, then the lower way."""
    best: dict[tuple[Spot, ...], Piece] = {}
    for piece in pieces:
        key = min(piece.line, piece.line[::-1])
        other = best.get(key)
        if other is None or _order(piece) < _order(other):
            best[key] = piece
    kept = {piece.id for piece in best.values()}
    tally.drop("road pieces", "lies exactly on another", len(pieces) - len(kept))
    return [piece for piece in pieces if piece.id in kept]


def _order(piece: Piece) -> tuple[bool, int, int]:
    return piece.barrier == "", RANK[piece.facts.road_class], piece.way


def _without_stubs(pieces: Sequence[Piece], tally: Tally) -> list[Piece]:
    """Overshoots of less than a metre beyond a junction."""
    degree = Counter(spot for piece in pieces for spot in piece.ends)
    kept = [
        piece
        for piece in pieces
        if piece.barrier
        or min(degree[spot] for spot in piece.ends) > 1
        or max(degree[spot] for spot in piece.ends) < 3
        or metres_along(piece.line) >= STUB_METRES
    ]
    tally.drop("road pieces", "dangling stub under a metre", len(pieces) - len(kept))
    return kept


def _without_scraps(pieces: Sequence[Piece], inside: Callable[[Spot], bool], tally: Tally) -> list[Piece]:
    if not pieces:
        return []
    number: dict[Spot, int] = {}
    ends = np.array(
        [[number.setdefault(spot, len(number)) for spot in piece.ends] for piece in pieces], dtype=np.int64
    )
    ones = np.ones(len(pieces), dtype=np.int8)
    graph = coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(len(number), len(number)))
    _, label = connected_components(graph, directed=False)
    metres: dict[int, float] = defaultdict(float)
    for piece, end in zip(pieces, ends[:, 0], strict=True):
        metres[int(label[end])] += metres_along(piece.line)
    longest = max(metres, key=lambda component: (metres[component], -component))
    home: dict[int, float] = defaultdict(float)
    for piece, end in zip(pieces, ends[:, 0], strict=True):
        component = int(label[end])
        if component != longest and metres[component] >= KEPT_ISLAND_METRES and inside(piece.line[0]):
            home[component] += metres_along(piece.line)
    stay = {longest, *(component for component, length in home.items() if length >= KEPT_ISLAND_METRES)}
    kept = [piece for piece, end in zip(pieces, ends[:, 0], strict=True) if int(label[end]) in stay]
    tally.drop(
        "road pieces", "cut off from the roads, with under 10 km in the county", len(pieces) - len(kept)
    )
    return kept
