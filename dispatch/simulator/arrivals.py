"""When, where and what burns: a Poisson process whose rate follows hour and season, over the county's settlements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from dispatch.simulator.assumptions import Assumptions, KindMix
from dispatch.simulator.streams import Purpose, stream
from gis_data.errors import InputError
from gis_data.model import County, Place

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
YEAR_HOURS = 365 * 24
MOST_FACTS = 3


@dataclass(frozen=True)
class Alarms:
    """Columns, one row an alarm, sorted by time. `place` and `kind` index what they were drawn from; `fact` says
    which of the kind's facts the caller tells; `handling` and `work` are uniform numbers."""

    at_ms: NDArray[np.int64]
    place: NDArray[np.int32]
    kind: NDArray[np.int16]
    trapped: NDArray[np.bool_]
    fact: NDArray[np.bool_]
    handling: NDArray[np.float64]
    work: NDArray[np.float64]
    horizon_ms: int

    def __len__(self) -> int:
        return len(self.at_ms)


@dataclass(frozen=True)
class Demand:
    """What alarms are drawn from: kinds the county knows, rates by hour of the year, weights of the places."""

    kinds: tuple[KindMix, ...]
    rate: NDArray[np.float64]  # kind × hour of the year, alarms an hour
    people: NDArray[np.float64]  # cumulative over the places, ends with 1
    open: NDArray[np.float64]


def demand_of(county: County, given: Assumptions, alarms_a_day: float) -> Demand:
    kinds = tuple(kind for kind in given.kinds if kind.code in county.kinds)
    if not kinds:
        raise InputError(
            "county.toml", "no kind of incident that the simulator knows", "add kinds to [[kind]]"
        )
    shares = np.array([kind.share for kind in kinds])
    rate = (
        alarms_a_day
        / 24.0
        * (shares / shares.sum())[:, None]
        * np.array([_year(kind, given) for kind in kinds])
    )
    people, settled = _weights(county.places)
    return Demand(kinds, rate, people, settled)


def _year(kind: KindMix, given: Assumptions) -> NDArray[np.float64]:
    """The kind's rate by hour of the year, 1 on average."""
    months = np.array([(given.first_day + timedelta(days=day)).month - 1 for day in range(365)])
    season = np.array(kind.months)[months]
    by_hour = (season[:, None] * np.array(kind.hours)[None, :]).ravel()
    return np.asarray(by_hour / by_hour.mean(), dtype=np.float64)


def _weights(places: Sequence[Place]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """By people, and each settlement alike. Where nobody is counted at all, every place is as likely."""
    if not places:
        raise InputError("layer places", "no place at all", "add the county's villages, or import them")
    people = np.array([float(max(place.population, 0)) for place in places])
    if not people.any():
        people[:] = 1.0
    settled = (people > 0).astype(np.float64)
    return np.cumsum(people / people.sum()), np.cumsum(settled / settled.sum())


def draw(demand: Demand, years: float, seed: int, replication: int) -> Alarms:
    """All alarms of one replication; the same for every policy."""
    hours = max(1, round(years * YEAR_HOURS))
    total = np.resize(demand.rate.sum(axis=0), hours)
    moments = stream(seed, replication, Purpose.MOMENTS)
    until = np.cumsum(total)
    count = int(moments.poisson(until[-1]))
    x = np.sort(moments.random(count)) * until[-1]
    hour = np.minimum(np.searchsorted(until, x, side="right"), hours - 1)
    within = (x - (until[hour] - total[hour])) / total[hour]
    at_ms = (hour * HOUR_MS + np.clip(within, 0.0, 1.0) * (HOUR_MS - 1)).astype(np.int64)

    def uniform(purpose: Purpose) -> NDArray[np.float64]:
        return stream(seed, replication, purpose).random(count)

    shares = np.cumsum(demand.rate, axis=0)[:, hour % YEAR_HOURS]
    kind = (uniform(Purpose.KIND) * shares[-1] >= shares).sum(axis=0)
    kind = np.minimum(kind, len(demand.kinds) - 1).astype(np.int16)
    spot = uniform(Purpose.PLACE)
    by_people = np.array([one.by_people for one in demand.kinds])[kind]
    place = np.where(
        by_people,
        np.searchsorted(demand.people, spot, side="right"),
        np.searchsorted(demand.open, spot, side="right"),
    )
    trapped = uniform(Purpose.TRAPPED) < np.array([one.trapped for one in demand.kinds])[kind]
    told = stream(seed, replication, Purpose.FACTS).random((count, MOST_FACTS))
    often = np.array(
        [[*(fact.often for fact in one.facts), *(0.0,) * MOST_FACTS][:MOST_FACTS] for one in demand.kinds]
    )
    return Alarms(
        at_ms=at_ms,
        place=np.minimum(place, len(demand.people) - 1).astype(np.int32),
        kind=kind,
        trapped=trapped,
        fact=told < often[kind],
        handling=uniform(Purpose.HANDLING),
        work=uniform(Purpose.WORK),
        horizon_ms=hours * HOUR_MS,
    )
