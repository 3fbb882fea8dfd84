"""How many are in the system when nobody ever waits: arrivals in batches or in waves, on the same event loop."""

from __future__ import annotations

from collections.abc import Sequence
from math import pi

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dispatch.simulator.agenda import Agenda, run

DONE, LOOK = 0, 1


class CrowdWorld:
    """Every arrival brings the times its members stay; at the moments asked for, they are counted."""

    def __init__(self, stays: Sequence[Sequence[float]], looks: Sequence[float]) -> None:
        self.agenda: Agenda[float] = Agenda()
        self.stays = stays
        self.inside = 0
        self.counted = [0] * len(looks)
        for number, at in enumerate(looks):
            self.agenda.note(at, LOOK, number)

    def arrive(self, now: float, number: int) -> None:
        for stay in self.stays[number]:
            self.inside += 1
            self.agenda.note(now + stay, DONE, number)

    def happen(self, now: float, what: int, whom: int) -> None:
        if what == LOOK:
            self.counted[whom] = self.inside
        else:
            self.inside -= 1


def wave_counts(
    rng: Generator, *, mean: float, swing: float, w: float, mu: float, moments: Sequence[float], periods: int
) -> NDArray[np.float64]:
    """Mean number in the system at moments of the wave λ(t) = mean·(1 + swing·sin wt), over so many periods."""
    period = 2.0 * pi / w
    warm = max(1, round(25.0 / mu / period + 0.5))
    last = (warm + periods) * period + max(moments)
    top = mean * (1.0 + abs(swing))
    at = np.sort(rng.random(int(rng.poisson(top * last)))) * last
    at = at[rng.random(len(at)) * top < mean * (1.0 + swing * np.sin(w * at))]
    looks = [(warm + number) * period + moment for moment in moments for number in range(periods)]
    world = CrowdWorld(rng.exponential(1.0 / mu, (len(at), 1)).tolist(), looks)
    run(world, at.tolist())
    counts = np.array(world.counted, dtype=np.float64).reshape(len(moments), periods)
    return np.asarray(counts.mean(axis=1), dtype=np.float64)


def batch_counts(
    rng: Generator,
    *,
    lam: float,
    mu: float,
    sizes: Sequence[int],
    shares: Sequence[float],
    together: bool,
    looks: int,
) -> NDArray[np.float64]:
    """Numbers in the system at moments far enough apart to forget each other. `together`: a batch stays as one."""
    apart = 10.0 / mu
    last = apart * (looks + 2)
    at = np.sort(rng.random(int(rng.poisson(lam * last)))) * last
    size = rng.choice(np.array(sizes), len(at), p=np.array(shares) / np.sum(shares))
    stays = [
        [stay] * n if together else rng.exponential(1.0 / mu, n).tolist()
        for stay, n in zip(rng.exponential(1.0 / mu, len(at)).tolist(), size.tolist(), strict=True)
    ]
    world = CrowdWorld(stays, [apart * (number + 2) for number in range(looks)])
    run(world, at.tolist())
    return np.array(world.counted, dtype=np.float64)
