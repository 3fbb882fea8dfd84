"""Drops the pieces that would only mislead a search: doubles, stubs, and scraps that no road leads to."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from gis_data.osm.courses import packed_places
from gis_data.osm.pieces import STUB_METRES, Piece, Spot, end_places, metres_of
from gis_data.osm.report import Tally
from gis_data.osm.way import RANK

# A scrap that is cut off from the rest is kept from this length on: it may be a real island or a far bank.
KEPT_ISLAND_METRES = 10_000.0


def clean_pieces(
    pieces: Sequence[Piece], near: Callable[[Spot], bool], inside: Callable[[Spot], bool], tally: Tally
) -> list[Piece]:
    """`near` says whether a spot lies close enough to the county to matter, `inside` whether it lies in it."""
    kept = _without_doubles(pieces, tally)
    close = [piece for piece in kept if any(near(end) for end in piece.ends)]
    tally.drop("road pieces", "far outside the county", len(kept) - len(close))
    return _without_scraps(_without_stubs(close, tally), inside, tally)


def _without_doubles(pieces: Sequence[Piece], tally: Tally) -> list[Piece]:
    """Of two pieces over the very same points the higher class stays, then the lower way."""
    if not pieces:
        return []
    ends = np.sort(packed_places(end_places(pieces).reshape(-1, 2)).reshape(-1, 2), axis=1)
    _, number, count = np.unique(ends, axis=0, return_inverse=True, return_counts=True)
    gone: set[int] = set()
    best: dict[bytes, int] = {}
    for at in np.flatnonzero(count[number.reshape(-1)] > 1).tolist():  # others with the same two ends
        line = pieces[at].line
        other = best.setdefault(min(line.tobytes(), line[::-1].tobytes()), at)
        if other != at:
            worse, better = (other, at) if _order(pieces[at]) < _order(pieces[other]) else (at, other)
            best[min(line.tobytes(), line[::-1].tobytes())] = better
            gone.add(worse)
    tally.drop("road pieces", "lies exactly on another", len(gone))
    return [piece for at, piece in enumerate(pieces) if at not in gone]


def _order(piece: Piece) -> tuple[bool, int, int]:
    return piece.barrier == "", RANK[piece.facts.road_class], piece.way


def _without_stubs(pieces: Sequence[Piece], tally: Tally) -> list[Piece]:
    """Overshoots of less than a metre beyond a junction."""
    number, spots = _numbered_ends(pieces)
    degree = np.bincount(number.reshape(-1), minlength=spots)[number]
    stays = (degree.min(axis=1) > 1) | (degree.max(axis=1) < 3) | (metres_of(pieces) >= STUB_METRES)
    kept = [piece for piece, stay in zip(pieces, stays.tolist(), strict=True) if stay or piece.barrier]
    tally.drop("road pieces", "dangling stub under a metre", len(pieces) - len(kept))
    return kept


def _numbered_ends(pieces: Sequence[Piece]) -> tuple[NDArray[np.int64], int]:
    """By piece the numbers of the positions where it ends, and how many positions there are."""
    packed = packed_places(end_places(pieces).reshape(-1, 2))
    unique, number = np.unique(packed, return_inverse=True)
    return number.reshape(-1, 2).astype(np.int64), len(unique)


def _without_scraps(pieces: Sequence[Piece], inside: Callable[[Spot], bool], tally: Tally) -> list[Piece]:
    if not pieces:
        return []
    ends, spots = _numbered_ends(pieces)
    ones = np.ones(len(pieces), dtype=np.int8)
    graph = coo_array((ones, (ends[:, 0], ends[:, 1])), shape=(spots, spots))
    count, label = connected_components(graph, directed=False)
    component, length = label[ends[:, 0]], metres_of(pieces)
    metres = np.bincount(component, length, minlength=count)
    longest = int(np.argmax(metres))
    large = (component != longest) & (metres[component] >= KEPT_ISLAND_METRES)
    at_home = [at for at in np.flatnonzero(large).tolist() if inside(pieces[at].ends[0])]
    home = np.bincount(component[at_home], length[at_home], minlength=count)
    stays = (component == longest) | (home[component] >= KEPT_ISLAND_METRES)
    kept = [piece for piece, stay in zip(pieces, stays.tolist(), strict=True) if stay]
    tally.drop(
        "road pieces", "cut off from the roads, with under 10 km in the county", len(pieces) - len(kept)
    )
    return kept
