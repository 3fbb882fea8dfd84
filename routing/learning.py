"""What observed drives say of the speed table: a factor for each vehicle class and class of road, shrunk towards 1.

A drive of expected milliseconds m_r by class of road r takes T = Σ m_r · exp(b_vr) · noise, with b_vr = u_r + d_vr:
what all vehicles have in common on a class of road, and what one vehicle class adds. Both are normal about 0 (a factor
of 1), their spreads and that of the noise estimated from the drives themselves (empirical Bayes by EM, with weak
priors), so that few drives move little. The noise is Student's t (Lange, Little & Taylor 1989): a stop on the way or a
button pressed too late weighs next to nothing. The logarithm of the sum is linearised anew in each step (Gauss-Newton).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.live import LiveRoads
from routing.reach import Reach, cut


@dataclass(frozen=True, slots=True)
class RoadTime:
    """What a class of road was expected to take of a drive, and the table's speed for it at the time."""

    ms: float
    kmh: float


@dataclass(frozen=True, slots=True)
class Driven:
    """One drive from rolling to arriving: what was expected by class of road, and the seconds it took."""

    vehicle_class: str
    by_road: Mapping[str, RoadTime]
    seconds: float


@dataclass(frozen=True, slots=True)
class LearningRules:
    """A drive counts for a class of road from `least_share` of its time on, and `least_drives` make a proposal.

    Shorter drives than `shortest_seconds`, or such that took less than 1 / `wildest` or more than `wildest` × what was
    expected, say that a button was pressed at the wrong time, and are left out. `press_seconds`: how far from the
    truth a button is pressed, which weighs on short drives. Factors keep within `lowest` and `highest`; the prior
    spreads count as much as `prior_weight` observations of them.
    """

    least_drives: int = 8
    least_share: float = 0.1
    shortest_seconds: float = 60.0
    wildest: float = 6.0
    press_seconds: float = 15.0
    degrees_of_freedom: float = 4.0
    prior_road_spread: float = 0.15
    prior_class_spread: float = 0.10
    prior_noise: float = 0.15
    prior_weight: float = 12.0
    lowest: float = 0.5
    highest: float = 2.0
    confidence_sigmas: float = 1.96


@dataclass(frozen=True, slots=True)
class Correction:
    """`factor` × the expected time is what drives take, `low` to `high` its 95 % interval; `drives` rest under it.

    `proposed_kmh` None: too few drives to propose anything.
    """

    vehicle_class: str
    road_class: str
    drives: int
    hours: float
    factor: float
    low: float
    high: float
    kmh: float
    proposed_kmh: float | None


@dataclass(frozen=True, slots=True)
class Learned:
    """`used` and `left_out` drives; `noise`: the spread of one drive about its expectation, as a share."""

    corrections: tuple[Correction, ...]
    used: int
    left_out: int
    noise: float


def learn(
    drives: Sequence[Driven],
    speeds_kmh: Mapping[str, Mapping[str, float]],
    rules: LearningRules | None = None,
) -> Learned:
    """Factors against today's table `speeds_kmh` (by vehicle class and class of road), whatever held at the time."""
    rules = rules or LearningRules()
    rows = [row for drive in drives if (row := _against_today(drive, speeds_kmh, rules)) is not None]
    pairs = sorted({(drive.vehicle_class, road) for drive, expected in rows for road in expected})
    if not rows:
        return Learned((), 0, len(drives), rules.prior_noise)
    ms = np.zeros((len(rows), len(pairs)))
    column = {pair: number for number, pair in enumerate(pairs)}
    for i, (drive, expected) in enumerate(rows):
        for road, value in expected.items():
            ms[i, column[drive.vehicle_class, road]] = value
    seconds = np.array([drive.seconds for drive, _ in rows])
    mean, spread, noise = _fit(ms / 1000.0, seconds, pairs, rules)
    counts = (ms >= rules.least_share * ms.sum(axis=1, keepdims=True)).sum(axis=0)
    hours = ms.sum(axis=0) / 3_600_000.0
    corrections = []
    for j, (vehicle_class, road) in enumerate(pairs):
        kmh, enough = speeds_kmh[vehicle_class][road], bool(counts[j] >= rules.least_drives)
        factor = _bounded(mean[j], rules)
        corrections.append(
            Correction(
                vehicle_class,
                road,
                int(counts[j]),
                float(hours[j]),
                factor,
                _bounded(mean[j] - rules.confidence_sigmas * spread[j], rules),
                _bounded(mean[j] + rules.confidence_sigmas * spread[j], rules),
                kmh,
                round(kmh / factor, 1) if enough else None,
            )
        )
    return Learned(tuple(corrections), len(rows), len(drives) - len(rows), noise)


def _against_today(
    drive: Driven, speeds_kmh: Mapping[str, Mapping[str, float]], rules: LearningRules
) -> tuple[Driven, dict[str, float]] | None:
    """The drive with what today's table expects of it in milliseconds; None where it teaches nothing."""
    today = speeds_kmh.get(drive.vehicle_class, {})
    expected = {}
    for road, time in drive.by_road.items():
        kmh = today.get(road, 0.0)
        if not (kmh > 0.0 and time.kmh > 0.0 and math.isfinite(time.ms) and time.ms >= 0.0):
            return None  # a road that the class does not drive on any more
        if time.ms > 0.0:
            expected[road] = time.ms * time.kmh / kmh
    whole = sum(expected.values()) / 1000.0
    if not (math.isfinite(drive.seconds) and min(drive.seconds, whole) >= rules.shortest_seconds):
        return None
    return (drive, expected) if 1.0 / rules.wildest <= drive.seconds / whole <= rules.wildest else None


def _bounded(log_factor: float, rules: LearningRules) -> float:
    return float(min(max(math.exp(log_factor), rules.lowest), rules.highest))


def _fit(
    expected: NDArray[np.float64],
    seconds: NDArray[np.float64],
    pairs: Sequence[tuple[str, str]],
    rules: LearningRules,
) -> tuple[NDArray[np.float64], NDArray[np.float64], float]:
    """Posterior mean and standard deviation of the logarithm of every pair's factor, and the noise's spread."""
    roads = sorted({road for _, road in pairs})
    shared = np.array([[road == name for name in roads] for _, road in pairs], dtype=np.float64)
    to_pair = np.hstack((shared, np.eye(len(pairs))))  # b = u of the road + d of the pair
    of_roads = np.arange(to_pair.shape[1]) < len(roads)
    theta = np.zeros(to_pair.shape[1])
    road_spread, class_spread, noise = rules.prior_road_spread, rules.prior_class_spread, rules.prior_noise
    weight = np.ones(len(seconds))
    nu = rules.degrees_of_freedom
    covariance = np.eye(len(theta))
    for _ in range(200):
        parts = expected * np.exp(to_pair @ theta)
        whole = parts.sum(axis=1)
        design = parts / whole[:, None] @ to_pair
        residual = np.log(seconds / whole)
        press = rules.press_seconds / whole
        precision = weight / (noise**2 + press**2)
        prior = 1.0 / np.where(of_roads, road_spread, class_spread) ** 2
        covariance = np.linalg.inv(design.T @ (design * precision[:, None]) + np.diag(prior))
        stepped = covariance @ (design.T @ (precision * (residual + design @ theta)))
        left = residual - design @ (stepped - theta)
        uncertain = ((design @ covariance) * design).sum(axis=1)
        moment = stepped**2 + np.diag(covariance)
        road_spread = _spread(moment[of_roads], rules.prior_road_spread, rules)
        class_spread = _spread(moment[~of_roads], rules.prior_class_spread, rules)
        scale = noise**2 / (
            noise**2 + press**2
        )  # of what is left, what is the drive's own and not the button's
        noise = _spread(weight * scale * (left**2 + uncertain), rules.prior_noise, rules)
        weight = (nu + 1.0) / (nu + (left**2 + uncertain) / (noise**2 + press**2))
        moved = float(np.abs(stepped - theta).max())
        theta = stepped
        if moved < 1e-7:
            break
    return to_pair @ theta, np.sqrt(((to_pair @ covariance) * to_pair).sum(axis=1)), noise


def _spread(moments: NDArray[np.float64], prior: float, rules: LearningRules) -> float:
    """The spread that these second moments tell, with a prior that counts as some of them."""
    total = float(moments.sum()) + rules.prior_weight * prior**2
    return math.sqrt(total / (len(moments) + rules.prior_weight))


def expected_by_road(live: LiveRoads, vehicle_class: str, reach: Reach) -> dict[str, RoadTime]:
    """What the driving part of an answer was expected to take by class of road, on these roads as they are now."""
    if len(reach.arcs) == 0:
        return {}
    graph = live.graph
    share = np.ones(len(reach.arcs))
    begin, end = cut(reach.arcs, reach.start, reach.stop)
    share[-1] = end
    share[0] -= begin
    milliseconds = (live.weights(vehicle_class)[graph.slot[reach.arcs]] >> np.uint64(32)) * share
    speeds = graph.require_class(vehicle_class).speeds_kmh
    found: dict[str, float] = {}
    for arc, ms in zip(reach.arcs.tolist(), milliseconds.tolist(), strict=True):
        road = graph.piece_classes[arc >> 1]
        found[road] = found.get(road, 0.0) + ms
    return {road: RoadTime(round(ms, 1), speeds.get(road, 0.0)) for road, ms in found.items()}
