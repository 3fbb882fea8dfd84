"""补防、移防: which zones have no manned engine left, and which unit might stand by there at what gain. Pure.

A move is only ever suggested. A donor's own zone must keep an engine, an engine is offered once, and a move that
costs its own zone as much as it gives the other is no gain.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# The study of six counties: cover pays from 20 to 40 s of gain.
LEAST_GAIN_MS = 30_000


@dataclass(frozen=True, slots=True)
class Cover:
    """n engines and m zones. `arrival_ms` is m × n: turnout + travel of each engine to the zone's brigade."""

    zone: NDArray[np.int32]  # of each engine; -1 for none (foreign)
    free: NDArray[np.bool_]
    turnout_ms: NDArray[np.int64]
    arrival_ms: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class MoveUp:
    """`gain_ms` is net: what the emptied zone wins less what the donor's zone loses."""

    engine: int
    zone: int
    gain_ms: int
    loss_ms: int
    travel_ms: int


def uncovered(cover: Cover) -> tuple[int, ...]:
    """Zones that have engines of their own, none of them free now."""
    has = {int(z) for z in cover.zone if z >= 0}
    return tuple(sorted(has - {int(z) for z in cover.zone[cover.free]}))


def move_ups(cover: Cover, least_gain_ms: int = LEAST_GAIN_MS) -> tuple[MoveUp, ...]:
    """At most one engine for each uncovered zone, the zone that waits longest first."""
    arrival = cover.arrival_ms.astype(np.int64).copy()
    zone, free = cover.zone.copy(), cover.free.copy()
    if not free.any():
        return ()
    empty = sorted(uncovered(cover), key=lambda z: (-int(arrival[z][free].min()), z))
    moves: list[MoveUp] = []
    for target in empty:
        offers = [
            offer
            for engine in np.flatnonzero(free & (zone >= 0))
            if (offer := _offer(arrival, zone, free, cover.turnout_ms, int(engine), target)) is not None
        ]
        best = min(offers, key=lambda m: (-m.gain_ms, m.travel_ms, m.engine), default=None)
        if best is None or best.gain_ms < least_gain_ms:
            continue
        moves.append(best)
        # From there it covers its new zone, and is not offered again; the old one has to do without it.
        free[best.engine] = False
    return tuple(moves)


def _offer(
    arrival: NDArray[np.int64],
    zone: NDArray[np.int32],
    free: NDArray[np.bool_],
    turnout_ms: NDArray[np.int64],
    engine: int,
    target: int,
) -> MoveUp | None:
    home = int(zone[engine])
    others = free.copy()
    others[engine] = False
    if home == target or not (others & (zone == home)).any():
        return None
    loss = int(arrival[home][others].min()) - int(arrival[home][free].min())
    win = int(arrival[target][free].min()) - int(turnout_ms[engine])
    travel = int(arrival[target][engine]) - int(turnout_ms[engine])
    return MoveUp(engine, target, win - loss, loss, travel)
