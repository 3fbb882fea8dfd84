"""Numbers of one replication, and what several independent replications say together: means with t intervals."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.stats import t as student

from dispatch.simulator.outcome import PARTS, Outcome

TARGET_MINUTES = (5, 8, 10, 15, 20, 30)
CONFIDENCE = 0.95
YEAR_MS = 365 * 86_400_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """The mean over replications, and where the true value lies with 95 % confidence (None: one replication)."""

    value: float | None
    low: float | None
    high: float | None

    def as_json(self) -> dict[str, float | None]:
        return {"value": self.value, "low": self.low, "high": self.high}


def estimate(values: Sequence[float]) -> Estimate:
    known = [value for value in values if not isnan(value)]
    if not known:
        return Estimate(None, None, None)
    mean = float(np.mean(known))
    if len(known) < 2:
        return Estimate(_rounded(mean), None, None)
    spread = float(np.std(known, ddof=1)) / sqrt(len(known))
    half = spread * float(student.ppf(0.5 + CONFIDENCE / 2, len(known) - 1))
    return Estimate(_rounded(mean), _rounded(mean - half), _rounded(mean + half))


def _rounded(value: float) -> float:
    return round(value, 6)


def numbers_of(outcome: Outcome) -> dict[str, float]:
    """Every quantity of one replication that is averaged or compared, by its path in the report."""
    wanted = outcome.engine_wanted
    found: dict[str, float] = dict(_spread("first_engine", outcome.first_engine.total[wanted]))
    found.update(_parts("first_engine", outcome.first_engine.parts[wanted]))
    found.update(_spread("first_unit", outcome.first_unit.total))
    found.update(_parts("first_unit", outcome.first_unit.parts))
    found.update(_spread("full_set", outcome.full_set_seconds))
    years = outcome.alarms.horizon_ms / YEAR_MS
    n = len(outcome.alarms)
    found["alarms_a_year"] = n / years
    found["units_an_alarm"] = len(outcome.sent_unit) / n if n else float("nan")
    found["short_share"] = float(outcome.short.mean()) if n else float("nan")
    found["unserved_share"] = float(outcome.unserved.mean()) if n else float("nan")
    if outcome.below_reserve_ms >= 0:
        found["below_reserve_seconds_a_year"] = outcome.below_reserve_ms / 1000.0 / years
    empty = outcome.zone_empty_ms[outcome.zone_empty_ms >= 0]
    found["zones_without_engine_seconds_a_year"] = float(empty.sum()) / 1000.0 / years
    return found


def _spread(name: str, seconds: NDArray[np.float64]) -> Iterator[tuple[str, float]]:
    """Over those that came; what never came counts as late in the shares."""
    came = seconds[~np.isnan(seconds)]
    yield f"{name}.n", float(len(came))
    if len(came):
        quantiles = np.quantile(came, (0.5, 0.9, 0.95))
        yield f"{name}.mean_seconds", float(came.mean())
        for word, value in zip(("p50", "p90", "p95"), quantiles, strict=True):
            yield f"{name}.{word}_seconds", float(value)
    if len(seconds):
        yield f"{name}.came_share", len(came) / len(seconds)
        for minutes in TARGET_MINUTES:
            yield f"{name}.within.{minutes}", float((came <= minutes * 60.0).sum() / len(seconds))


def _parts(name: str, parts: NDArray[np.float64]) -> Iterator[tuple[str, float]]:
    came = parts[~np.isnan(parts[:, 0])]
    for column, word in enumerate(PARTS):
        if len(came):
            yield f"{name}.parts.{word}_seconds", float(came[:, column].mean())


def together(runs: Sequence[Mapping[str, float]]) -> dict[str, Estimate]:
    """The estimates of one policy, by the same paths."""
    names = dict.fromkeys(name for run in runs for name in run)
    return {name: estimate([run.get(name, float("nan")) for run in runs]) for name in names}


def paired(
    runs: Sequence[Mapping[str, float]], against: Sequence[Mapping[str, float]]
) -> dict[str, Estimate]:
    """Differences run by run: both met the same alarms and the same luck."""
    names = [name for name in runs[0] if name in against[0] and not name.endswith(".n")]
    return {
        name: estimate(
            [
                one.get(name, float("nan")) - other.get(name, float("nan"))
                for one, other in zip(runs, against, strict=True)
            ]
        )
        for name in names
    }
