"""The cover as rows of a linear programme: one row per post and day that costs anything, slacks for each cost step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roster.solving.problem import Problem

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CoverRows:
    """`row[d, q]` is the row of a post on a day (−1: costs nothing). Slacks: cost, room, row and sign of each step.

    `lowest` and `highest` are the duals between which a row's bound is finite.
    """

    row: NDArray[np.int64]
    needs: NDArray[np.int64]
    slack_costs: Floats
    slack_rooms: Floats
    slack_rows: NDArray[np.int64]
    slack_signs: Floats
    lowest: Floats
    highest: Floats

    def by_cell(self, prices: Floats) -> Floats:
        """Row duals laid out by day and post, kept where the bound is finite."""
        cells = np.zeros(self.row.shape)
        cells[self.row >= 0] = np.clip(prices, self.lowest, self.highest)
        return cells

    def slack_bound(self, duals: Floats) -> float:
        """The least that the slacks contribute under these duals."""
        reduced = self.slack_costs - self.slack_signs * duals[self.row >= 0][self.slack_rows]
        gaining = reduced < 0
        return float(
            (reduced * np.where(np.isfinite(self.slack_rooms), self.slack_rooms, 0.0))[gaining].sum()
        )


def cover_rows(problem: Problem) -> CoverRows:
    """The rows and slacks of a problem's covers."""
    row = np.full((problem.days, len(problem.posts)), -1, np.int64)
    needs = np.zeros(row.shape, np.int64)
    priced = sorted(
        (cover for cover in problem.covers if any(cover.missing) or any(cover.surplus)),
        key=lambda cover: (cover.day, cover.post),
    )
    costs: list[float] = []
    rooms: list[float] = []
    rows: list[int] = []
    signs: list[float] = []
    for r, cover in enumerate(priced):
        row[cover.day, cover.post] = r
        needs[cover.day, cover.post] = cover.need
        for steps, sign in ((cover.missing or (0,), 1.0), (cover.surplus or (0,), -1.0)):
            for i, step in enumerate(steps):
                last = i == len(steps) - 1
                costs.append(float(step))
                rooms.append(np.inf if last else 1.0)
                rows.append(r)
                signs.append(sign)
    return CoverRows(
        row,
        needs,
        np.array(costs),
        np.array(rooms),
        np.array(rows, np.int64),
        np.array(signs),
        np.array([-float((cover.surplus or (0,))[-1]) for cover in priced]),
        np.array([float((cover.missing or (0,))[-1]) for cover in priced]),
    )
