"""What a case asks: quantities with their expected values, and how one seed samples all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from numpy.random import Generator


@dataclass(frozen=True, slots=True)
class Check:
    """`sample` gives one value for each quantity, from one seed. An exact check draws nothing."""

    case: str
    quantities: tuple[str, ...]
    expected: tuple[float, ...]
    sample: Callable[[Generator], Sequence[float]]
    exact: bool = False
