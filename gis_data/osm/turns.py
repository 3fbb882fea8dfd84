"""Turn restrictions from ways to the pieces that meet at their node. Classes that honour them drive by them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gis_data.osm.pieces import Piece, Spot
from gis_data.osm.raw import RawTurn
from gis_data.osm.report import Tally


def turn_restrictions(
    turns: Sequence[RawTurn], pieces: Sequence[Piece], spots: Mapping[int, Spot], tally: Tally
) -> tuple[tuple[str, str, str], ...]:
    """(from piece, to piece, rule); their shared end is the node. `spots` has the position of each via node."""
    at: dict[tuple[int, Spot], list[Piece]] = {}
    turning = {way for turn in turns for way in (turn.from_way, turn.to_way)}
    for piece in pieces:
        for end in piece.ends if piece.way in turning else ():
            at.setdefault((piece.way, end), []).append(piece)
    found: set[tuple[str, str, str]] = set()
    for turn in turns:
        spot = spots.get(turn.via)
        coming = [p for p in at.get((turn.from_way, spot), []) if _arrives(p, spot)] if spot else []
        going = [p for p in at.get((turn.to_way, spot), []) if _leaves(p, spot)] if spot else []
        if turn.from_way == turn.to_way and turn.rule == "no_u_turn":
            going = coming
        if len(coming) != 1 or len(going) != 1:
            tally.drop("turn restrictions", "its roads do not meet at its node, or not clearly")
            continue
        found.add((coming[0].id, going[0].id, turn.rule))
    tally.take("turn restrictions", len(found))
    return tuple(sorted(found))


def _arrives(piece: Piece, spot: Spot | None) -> bool:
    return piece.facts.oneway == 0 or piece.ends[1 if piece.facts.oneway > 0 else 0] == spot


def _leaves(piece: Piece, spot: Spot | None) -> bool:
    return piece.facts.oneway == 0 or piece.ends[0 if piece.facts.oneway > 0 else 1] == spot
