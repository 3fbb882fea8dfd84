"""Service times of mean 1 by the names that cases use: exp, det, uniform, lognormal_cv1.5, gamma_cv2, erlang3 …"""

from __future__ import annotations

import re
from math import log, sqrt

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dispatch.simulator.verify.servers import Draw
from gis_data.errors import InputError

_NAME = re.compile(r"([a-z]+?)(?:_?(?:cv|k)?_?(\d+(?:\.\d+)?))?")


def exponential(rng: Generator, n: int) -> NDArray[np.float64]:
    return rng.exponential(1.0, n)


def _fixed(rng: Generator, n: int) -> NDArray[np.float64]:
    return np.ones(n)


def _uniform(rng: Generator, n: int) -> NDArray[np.float64]:
    return rng.uniform(0.0, 2.0, n)


def _lognormal(variation: float) -> Draw:
    squared = log(1.0 + variation * variation)
    return lambda rng, n: rng.lognormal(-squared / 2.0, sqrt(squared), n)


def _gamma(shape: float) -> Draw:
    return lambda rng, n: rng.gamma(shape, 1.0 / shape, n)


def _hyperexponential(variation: float) -> Draw:
    """Two phases with balanced means."""
    share = (1.0 + sqrt((variation**2 - 1.0) / (variation**2 + 1.0))) / 2.0

    def draw(rng: Generator, n: int) -> NDArray[np.float64]:
        first = rng.random(n) < share
        return rng.exponential(1.0, n) * np.where(first, 0.5 / share, 0.5 / (1.0 - share))

    return draw


def draw_of(name: str) -> Draw:
    """The distribution that a name stands for. Raises InputError for one we do not know."""
    said = _NAME.fullmatch(name.strip().lower())
    word, number = (said[1].rstrip("_"), float(said[2]) if said[2] else None) if said else ("", None)
    if word in ("exp", "exponential", "m"):
        return exponential
    if word in ("det", "deterministic", "d", "constant"):
        return _fixed
    if word in ("uniform", "unif"):
        return _uniform
    if number is not None and number > 0:
        if word == "lognormal":
            return _lognormal(number)
        if word == "gamma":
            return _gamma(1.0 / number**2)
        if word in ("erlang", "e"):
            return _gamma(number)
        if word in ("hyperexp", "hyperexponential", "h") and number > 1:
            return _hyperexponential(number)
    raise InputError("service times", f"no distribution {name!r}", "use exp, det, uniform, lognormal_cv1.5 …")
