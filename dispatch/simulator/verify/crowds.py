"""Checks of systems in which nobody waits, by their fields: waves of arrivals (Mt/M/∞) and batches."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from numpy.random import Generator

from dispatch.simulator.verify.check import Check
from dispatch.simulator.verify.crowd import batch_counts, wave_counts

PERIODS = 25
LOOKS = 500


def waves(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """λ(t) = L (1 + b sin wt): the mean number in the system at moments of the wave, `m_at`."""
    at = fields.get("m_at")
    if not isinstance(at, Mapping):
        return
    mean, swing, w, mu = (float(fields[key]) for key in ("L", "b", "w", "mu"))
    moments = [float(moment) for moment in at]

    def sample(rng: Generator) -> list[float]:
        counts = wave_counts(rng, mean=mean, swing=swing, w=w, mu=mu, moments=moments, periods=PERIODS)
        return [float(count) for count in counts]

    yield Check(name, tuple(f"m_at[{moment}]" for moment in at), tuple(map(float, at.values())), sample)


def batches(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """Batches of random size: mean and variance of the number in the system."""
    sizes = fields.get("X_pmf")
    if not isinstance(sizes, Mapping):
        return
    lam, mu = float(fields["lam"]), float(fields["mu"])
    numbers, shares = [int(size) for size in sizes], [float(share) for share in sizes.values()]
    for together, field in ((True, "var_common_duration"), (False, "var_independent_exp")):
        wanted = {
            key: float(fields[key]) for key in (field, "mean") if isinstance(fields.get(key), int | float)
        }
        if field in wanted or (together and wanted):
            yield _batch(name, wanted, lam, mu, numbers, shares, together)


def _batch(
    name: str,
    wanted: Mapping[str, float],
    lam: float,
    mu: float,
    sizes: list[int],
    shares: list[float],
    together: bool,
) -> Check:
    def sample(rng: Generator) -> list[float]:
        counts = batch_counts(rng, lam=lam, mu=mu, sizes=sizes, shares=shares, together=together, looks=LOOKS)
        return [float(counts.mean() if key == "mean" else np.var(counts, ddof=1)) for key in wanted]

    stay = "common stay" if together else "own stays"
    names = tuple("mean " + stay if key == "mean" else key for key in wanted)
    return Check(name, names, tuple(wanted.values()), sample)
