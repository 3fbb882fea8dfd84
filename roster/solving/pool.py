"""Rows worth remembering, by person: what seeds the small masters."""

from __future__ import annotations

from collections import OrderedDict

import numpy as np

from roster.solving.instance import Instance
from roster.solving.rows import Choices, Index, Rows

ROWS_PER_PERSON = 60


class Pool:
    """The most recently useful rows of everybody; the oldest are forgotten."""

    def __init__(self, instance: Instance) -> None:
        self._rows: list[OrderedDict[bytes, tuple[Choices, float]]] = [
            OrderedDict() for _ in range(instance.people)
        ]
        self._days = instance.days

    def add(self, rows: Rows) -> None:
        """Remember rows."""
        for person, choice, price in zip(
            rows.people.tolist(), rows.choices, rows.prices.tolist(), strict=True
        ):
            mine = self._rows[person]
            key = choice.tobytes()
            mine[key] = (choice.copy(), price)
            mine.move_to_end(key)
            if len(mine) > ROWS_PER_PERSON:
                mine.popitem(last=False)

    def of(self, people: Index, random: np.random.Generator, most: int) -> Rows:
        """Up to `most` rows of each person: the latest third, and a sample of the others."""
        chosen: list[tuple[int, Choices, float]] = []
        for person in people.tolist():
            mine = list(self._rows[person].values())
            if len(mine) > most:
                recent = most // 3
                older = random.choice(len(mine) - recent, most - recent, replace=False)
                mine = [*mine[len(mine) - recent :], *(mine[i] for i in sorted(older.tolist()))]
            chosen.extend((person, choice, price) for choice, price in mine)
        return Rows(
            np.array([person for person, _, _ in chosen], np.int64),
            np.array([choice for _, choice, _ in chosen], np.int16).reshape(len(chosen), self._days),
            np.array([price for _, _, price in chosen]),
        )
