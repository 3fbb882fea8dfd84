"""Whole rows of choices, each somebody's roster with its own price: what columns and incumbents are made of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roster.solving.instance import Floats, Instance
from roster.solving.response import own_prices, worths

Choices = NDArray[np.int16]
Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """People, their choices by day and the prices of those for the person alone (no cover)."""

    people: Index
    choices: Choices
    prices: Floats

    def __len__(self) -> int:
        return len(self.people)

    @classmethod
    def joined(cls, parts: Iterable[Rows]) -> Rows:
        """All of them in order."""
        some = list(parts)
        return cls(
            np.concatenate([part.people for part in some]),
            np.concatenate([part.choices for part in some]),
            np.concatenate([part.prices for part in some]),
        )

    def take(self, index: Index | NDArray[np.bool_]) -> Rows:
        """Some of them."""
        return Rows(self.people[index], self.choices[index], self.prices[index])

    def key(self, i: int) -> bytes:
        """What tells one row from another."""
        return b"%d:%s" % (self.people[i], self.choices[i].tobytes())


def no_rows(instance: Instance) -> Rows:
    """None at all."""
    return Rows(np.zeros(0, np.int64), np.zeros((0, instance.days), np.int16), np.zeros(0))


def priced(instance: Instance, people: Index, choices: Choices) -> Rows:
    """Rows with their own prices counted (`NEVER` if a row is not legal)."""
    prices = np.empty(len(people))
    own_prices(
        people, choices, prices, instance.costs, instance.off_costs, instance.option_group, instance.layers,
        instance.arc_from, instance.arc_group, instance.arc_to, instance.terminal_costs,
    )  # fmt: skip
    return Rows(people, choices, prices)


def worth(instance: Instance, choices: Choices, duals: Floats) -> Floats:
    """What the posts filled by each row are worth under the duals."""
    out = np.empty(len(choices))
    worths(choices, duals, instance.fill_from, instance.fill_post, out)
    return out


def counts_of(instance: Instance, choices: Choices) -> Index:
    """How many people fill each post on each day."""
    counts = np.zeros(instance.cover.row.shape, np.int64)
    for option in range(len(instance.fill_from) - 1):
        taken = (choices == option).sum(axis=0)
        for post in instance.fill_post[instance.fill_from[option] : instance.fill_from[option + 1]]:
            counts[:, post] += taken
    return counts


def cover_price(instance: Instance, counts: Index) -> float:
    """What these counts cost."""
    return float(np.take_along_axis(instance.cover_costs, counts[:, :, None], axis=2).sum())
