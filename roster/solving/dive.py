"""Dives: round the master's fractions step by step, pricing again after each, until everybody has a whole row."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from roster.solving.master import Master, Stop
from roster.solving.rows import Index, Rows

WHOLE = 0.999


def dive(
    master: Master, random: np.random.Generator, *, cutoff: float, stop: Stop, used: Callable[[], float],
    noise: float = 0.1, rounds: int = 40,
) -> Rows | None:  # fmt: skip
    """Rows of the whole group cheaper than `cutoff` may be, or None when the bound or the time says no.

    One fractional person is fixed at a time, nearest to whole first; `noise` shuffles that order, so that dives
    differ. Full pricing (`rounds`) after each fixing makes good dives; where the time `used` (0 … 1) runs ahead of
    the people fixed, pricing is cut short and more people are fixed at once, so that a dive ends.
    """
    try:
        warm = False
        people = len(master.group)
        while master.free.any():
            behind = used() - (1 - master.free.sum() / people)
            pace = rounds if behind < 0.05 else max(3, rounds // 4) if behind < 0.15 else 3
            master.generate(rounds=pace, gap=0.01, cutoff=cutoff - 1 + 1e-6, stop=stop, warm=warm)
            if stop() or master.lower >= cutoff - 1 + 1e-6:
                return None
            chosen = _nearest_whole(master, random, 1 if behind < 0.15 else 1 + people // 12, noise)
            if not len(chosen):
                return None
            master.fix(chosen)
            warm = True
        return master.fixed
    finally:
        master.release()


def _nearest_whole(master: Master, random: np.random.Generator, step: int, noise: float) -> Index:
    """The columns to fix next: all whole ones, and the largest fractions, one per person."""
    people = master.rows.people[: len(master.x)]  # rows added after the last solve have no value yet
    open_columns = np.nonzero((master.x > 1e-6) & master.free[master.place[people]])[0]
    share = master.x[open_columns]
    whole = open_columns[share > WHOLE]
    rest = open_columns[share <= WHOLE]
    order = rest[np.argsort(-(master.x[rest] + noise * random.random(len(rest))), kind="stable")]
    picked: list[int] = []
    taken = set(master.rows.people[whole].tolist())
    for column in order.tolist():
        person = int(master.rows.people[column])
        if person in taken:
            continue
        if len(picked) >= step or (picked and master.x[column] < 0.6):
            break
        taken.add(person)
        picked.append(column)
    return np.concatenate([whole, np.array(picked, np.int64)])
