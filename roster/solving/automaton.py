"""Rules about recent days (runs, rest, windows) as the smallest finite automaton over a person's days.

A *memory* is what the past still says about what may follow. Memories are explored from the people's histories, and
memories that allow the same futures are merged; what is left is a small table `next[state, group]`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roster.solving.problem import OFF, Kind, ProblemError, Rules

Groups = tuple[tuple[int, ...], ...]
"""Kinds that no rule tells apart, together; group 0 of an automaton is the day off and not listed here."""

MEMORIES_MAX = 60_000


@dataclass(frozen=True, slots=True)
class Memory:
    """What the past says: length of the running work or rest, streaks, barred kinds by day, weights by window.

    `open_start` is True while the current run reaches back to the first known day, so that its minimum is waived.
    """

    work_run: int
    off_run: int
    open_start: bool
    streaks: tuple[int, ...]
    bars: tuple[frozenset[int], ...]
    windows: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Automaton:
    """`next[state, group]` is the state after a day, −1 where the rules forbid it; group 0 is off."""

    groups: Groups
    next: NDArray[np.int32]
    starts: dict[Memory, int]


def blank(rules: Rules) -> Memory:
    """Nothing known: every run may have begun before."""
    windows = tuple((0,) * (window.days - 1) for window in rules.windows)
    return Memory(0, 0, True, (0,) * len(rules.run_limits), (), windows)


def after_history(rules: Rules, kinds: Sequence[Kind], history: Iterable[int]) -> Memory:
    """The memory on day 0; what already happened is remembered, never judged."""
    memory = blank(rules)
    for kind in history:
        memory = _after(rules, kinds, memory, kind)
    return memory


def alike(rules: Rules, kinds: Sequence[Kind], allowed: Iterable[int]) -> Groups:
    """The allowed kinds, grouped by what the rules can see of them."""
    usable = sorted(allowed)
    seen: dict[object, list[int]] = {}
    for k in usable:
        kind = kinds[k]
        signature = (
            kind.works,
            tuple(bar & frozenset(usable) for bar in kind.bars),
            tuple(tuple(k in bar for bar in kinds[j].bars) for j in range(len(kinds))),
            tuple(k in limit.kinds for limit in rules.run_limits),
            tuple(window.weights[k] for window in rules.windows),
            tuple(tally.weights[k] for tally in rules.tallies),
        )
        seen.setdefault(signature, []).append(k)
    return tuple(tuple(group) for group in seen.values())


def build(rules: Rules, kinds: Sequence[Kind], groups: Groups, starts: Iterable[Memory]) -> Automaton:
    """Explore from the starts, then merge memories with equal futures."""
    usable = frozenset(k for group in groups for k in group)
    letters = [OFF, *(group[0] for group in groups)]
    roots = list(dict.fromkeys(starts))
    slim = {root: _slim(root, usable) for root in roots}
    number = {memory: i for i, memory in enumerate(dict.fromkeys(slim.values()))}
    queue, table = list(number), []
    for memory in queue:
        row = []
        for letter in letters:
            if not _allowed(rules, kinds, memory, letter):
                row.append(-1)
                continue
            after = _slim(_after(rules, kinds, memory, letter), usable)
            if after not in number:
                number[after] = len(queue)
                queue.append(after)
                if len(queue) > MEMORIES_MAX:
                    raise ProblemError(_too_many(rules))
            row.append(number[after])
        table.append(row)
    merged, table_small = _merge(np.array(table, np.int64).reshape(len(queue), len(letters)))
    return Automaton(groups, table_small, {root: int(merged[number[slim[root]]]) for root in roots})


def _allowed(rules: Rules, kinds: Sequence[Kind], memory: Memory, kind: int) -> bool:
    works = kind != OFF and kinds[kind].works
    if works:
        if memory.off_run and memory.off_run < rules.off_run_min and not memory.open_start:
            return False
        if rules.work_run_max is not None and memory.work_run >= rules.work_run_max:
            return False
    else:
        if memory.work_run and memory.work_run < rules.work_run_min and not memory.open_start:
            return False
        if rules.off_run_max is not None and memory.off_run >= rules.off_run_max:
            return False
    if kind == OFF:
        return True
    if memory.bars and kind in memory.bars[0]:
        return False
    if any(
        kind in limit.kinds and streak >= limit.at_most
        for limit, streak in zip(rules.run_limits, memory.streaks, strict=True)
    ):
        return False
    return all(
        not window.weights[kind] or sum(past) + window.weights[kind] <= window.at_most
        for window, past in zip(rules.windows, memory.windows, strict=True)
    )


def _after(rules: Rules, kinds: Sequence[Kind], memory: Memory, kind: int) -> Memory:
    works = kind != OFF and kinds[kind].works
    began_before = memory.open_start and (
        memory.work_run == memory.off_run == 0 or bool(memory.work_run if works else memory.off_run)
    )
    if works:
        cap = max(rules.work_run_min, rules.work_run_max or 0)
        work, off = min(memory.work_run + 1, cap), 0
        open_start = began_before and work < rules.work_run_min
    else:
        cap = max(rules.off_run_min, rules.off_run_max or 0)
        work, off = 0, min(memory.off_run + 1, cap)
        open_start = began_before and off < rules.off_run_min
    own_bars = kinds[kind].bars if kind != OFF else ()
    later = memory.bars[1:]
    bars = tuple(
        (later[i] if i < len(later) else frozenset()) | (own_bars[i] if i < len(own_bars) else frozenset())
        for i in range(max(len(later), len(own_bars)))
    )
    return Memory(
        work,
        off,
        open_start,
        tuple(
            min(streak + 1, limit.at_most) if kind in limit.kinds else 0
            for limit, streak in zip(rules.run_limits, memory.streaks, strict=True)
        ),
        bars,
        tuple(
            (*past, window.weights[kind] if kind != OFF else 0)[1 - window.days :] if window.days > 1 else ()
            for window, past in zip(rules.windows, memory.windows, strict=True)
        ),
    )


def _slim(memory: Memory, usable: frozenset[int]) -> Memory:
    """Without what can no longer matter, so that fewer memories are explored."""
    bars = [bar & usable for bar in memory.bars]
    while bars and not bars[-1]:
        bars.pop()
    return replace(memory, bars=tuple(bars))


def _merge(table: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Moore's refinement: states stay together while all their successors do."""
    states = len(table)
    part = np.zeros(states + 1, np.int64)
    part[-1] = -1  # index −1: forbidden
    count = 1
    while True:
        rows = np.column_stack([part[:-1], part[table]])
        _, first, inverse = np.unique(rows, axis=0, return_index=True, return_inverse=True)
        part[:-1] = inverse.reshape(-1)
        if len(first) == count:
            break
        count = len(first)
    return part[:-1].copy(), part[table[first]].astype(np.int32)


def _too_many(rules: Rules) -> str:
    widest = max(rules.windows, key=lambda window: window.days, default=None)
    culprit = f"window {widest.name} ({widest.days} days)" if widest else "runs and bars"
    return f"rules too large to compile: {culprit} needs more than {MEMORIES_MAX} memories; shorten or coarsen it"
