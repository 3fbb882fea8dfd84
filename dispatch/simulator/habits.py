"""Ways to choose units that can be compared: the county's own policy, and models of other habits of dispatching.

Each hands the same question to the same `choose`; it only changes what the units are compared by.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from dispatch.alarms.choose import choose
from dispatch.alarms.question import UNREACHABLE_MS, Choice, Policy, Request, Units
from gis_data.errors import InputError

FOREVER_MS = 10**12


@dataclass(frozen=True)
class Asked:
    """What waits, and the county's numbers. `air_metres` is aligned with the requests: each unit's air distance."""

    units: Units
    requests: tuple[Request, ...]
    numbers: Policy
    air_metres: tuple[NDArray[np.float64], ...]


@dataclass(frozen=True, slots=True)
class Habit:
    """A replaceable policy: its name on the command line, what it stands for, and the question it makes."""

    name: str
    says: str
    turned: Callable[[Asked], Asked]

    def choose(self, asked: Asked) -> Choice:
        """As the live service chooses, on the question as this habit puts it."""
        turned = self.turned(asked)
        return choose(turned.units, turned.requests, turned.numbers)


def _as_asked(asked: Asked) -> Asked:
    return asked


def _tolerating(milliseconds: int, where_life: int | None = None) -> Callable[[Asked], Asked]:
    def turned(asked: Asked) -> Asked:
        life = asked.numbers.life_tolerance_ms if where_life is None else where_life
        return replace(
            asked, numbers=replace(asked.numbers, zone_tolerance_ms=milliseconds, life_tolerance_ms=life)
        )

    return turned


def _without_turnout(asked: Asked) -> Asked:
    none = np.zeros_like(asked.units.turnout_ms)
    return replace(asked, units=replace(asked.units, turnout_ms=none))


def _by_air(asked: Asked) -> Asked:
    """A millisecond stands for a metre; who cannot drive there is known not to."""
    requests = tuple(
        replace(
            request,
            travel_ms=np.where(request.travel_ms < UNREACHABLE_MS, np.rint(metres), UNREACHABLE_MS).astype(
                np.int64
            ),
        )
        for request, metres in zip(asked.requests, asked.air_metres, strict=True)
    )
    return _tolerating(0, 0)(_without_turnout(replace(asked, requests=requests)))


NAMED = (
    Habit("tt", "the county's own policy: turnout + travel by road over all units", _as_asked),
    Habit(
        "zone_first",
        "the own zone first, then the backing zones in order",
        _tolerating(FOREVER_MS, FOREVER_MS),
    ),
    Habit("air", "nearest by air distance", _by_air),
    Habit("travel_only", "nearest by road, turnout ignored", _without_turnout),
)
TOLERANCE = "zone_tolerance"


def habits(said: str) -> tuple[Habit, ...]:
    """`tt,zone_first,zone_tolerance=120` as habits, in this order."""
    return tuple(_habit(one.strip()) for one in said.split(","))


def _habit(name: str) -> Habit:
    for habit in NAMED:
        if habit.name == name:
            return habit
    word, equals, seconds = name.partition("=")
    if word.strip() == TOLERANCE and equals:
        return _tolerance(name, seconds.strip())
    known = ", ".join([*(habit.name for habit in NAMED), f"{TOLERANCE}=SECONDS"])
    raise InputError("--policy", f"no policy {name!r}", f"use one or several of: {known}")


def _tolerance(name: str, seconds: str) -> Habit:
    try:
        value = float(seconds)
    except ValueError:
        value = -1.0
    if not 0.0 <= value <= 86_400.0:
        raise InputError("--policy", f"{name!r} is no tolerance", f"write seconds, like {TOLERANCE}=60")
    return Habit(
        f"{TOLERANCE}={value:g}",
        f"the county's policy with {value:g} s of tolerance for the own zone (where life is at risk, the county's)",
        _tolerating(round(value * 1000)),
    )
