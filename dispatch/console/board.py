"""The board as a fold: old snapshot + events == fresh snapshot. Pure; the page folds by the same rules.

A board holds what is open: open incidents with their assignments and notices, units and stations that are not
retired, zones, road conditions that nobody lifted. An event carries the cards of everything it touched, each card
whole, so folding is replacing. What a reader does not know it ignores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

Card = Mapping[str, Any]
KINDS = ("incidents", "assignments", "units", "notices", "conditions", "stations", "zones")
_KEY = {"stations": "code", "zones": "code"}


@dataclass(frozen=True, slots=True)
class Board:
    """Cards by kind and key; `seq` is the last event of the county's stream that is in it."""

    seq: int
    incidents: Mapping[str, Card] = field(default_factory=dict)
    assignments: Mapping[str, Card] = field(default_factory=dict)
    units: Mapping[str, Card] = field(default_factory=dict)
    notices: Mapping[str, Card] = field(default_factory=dict)
    conditions: Mapping[str, Card] = field(default_factory=dict)
    stations: Mapping[str, Card] = field(default_factory=dict)
    zones: Mapping[str, Card] = field(default_factory=dict)

    def cards(self) -> dict[str, list[Card]]:
        """As sent to pages: lists by kind, ordered by key."""
        return {
            kind: [cards[key] for key in sorted(cards)] for kind in KINDS for cards in (getattr(self, kind),)
        }


class GapError(Exception):
    """An event is missing before this one: take a new snapshot."""


def board_of(seq: int, cards: Mapping[str, Iterable[Card]]) -> Board:
    """A fresh board from cards; those that a board does not show are left out."""
    return _fold(Board(seq), seq, cards)


def fold(board: Board, seq: int, data: Mapping[str, Any]) -> Board:
    """The board after one event of the county's stream. A repeat changes nothing; a gap raises `GapError`."""
    if seq <= board.seq:
        return board
    if seq != board.seq + 1:
        raise GapError(f"event {seq} after {board.seq}")
    cards = data.get("cards", {})
    # Stations and zones change only when a county folder is applied, and ride beside the cards.
    beside = {kind: data[kind] for kind in ("stations", "zones") if isinstance(data.get(kind), list)}
    return _fold(board, seq, {**cards, **beside})


def _fold(board: Board, seq: int, cards: Mapping[str, Iterable[Card]]) -> Board:
    changed: dict[str, dict[str, Card]] = {}
    for kind in KINDS:
        new = list(cards.get(kind, ()))
        if not new:
            continue
        held = changed[kind] = dict(getattr(board, kind))
        for card in new:
            key = card[_KEY.get(kind, "id")]
            if _shown(kind, card):
                held[key] = card
            else:
                held.pop(key, None)
    held_incidents = changed.get("incidents", board.incidents)
    # Incidents first: what belongs to one that is not open any more goes with it.
    for kind in ("assignments", "notices"):
        if kind in changed or "incidents" in changed:
            mine = changed.get(kind, getattr(board, kind))
            changed[kind] = {key: card for key, card in mine.items() if card["incident"] in held_incidents}
    return Board(seq, **{kind: changed.get(kind, getattr(board, kind)) for kind in KINDS})


def _shown(kind: str, card: Card) -> bool:
    if kind == "incidents":
        return bool(card["status"] == "open")
    if kind in ("units", "stations", "zones"):
        return not card["retired"]
    if kind == "conditions":
        return card["removed_at"] is None
    return True
