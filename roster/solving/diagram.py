"""A person's legal rosters as a decision diagram: every path is one, and every one is a path.

Compiled once for all people of one rule class, then cut to what the single person can reach.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roster.solving import automaton
from roster.solving.automaton import Automaton, Groups, Memory
from roster.solving.expansion import expand, fold, restrict
from roster.solving.problem import OFF, Kind, ProblemError, Rules, Tally

NODES_MAX = 3_000_000
"""Unfolded nodes of one diagram; more would take minutes and gigabytes, so the rule that causes it is named."""


@dataclass(frozen=True, slots=True, eq=False)
class Diagram:
    """Arcs of node i are `arc_from[i] … arc_from[i + 1]`, each with the group of kinds worked (0: off) and its target.

    Node numbers rise by layer (day); the last layer holds the terminals, `terminal_values[terminal]` the values of the
    priced tallies in units. The root is the first node of layer 0 (`roots` in a class's diagram, which has several).
    """

    groups: Groups
    arc_from: NDArray[np.int32]
    arc_group: NDArray[np.int16]
    arc_to: NDArray[np.int32]
    layers: NDArray[np.int64]
    terminal_values: NDArray[np.int64]
    roots: NDArray[np.int32]

    @property
    def nodes(self) -> int:
        """Nodes with the terminals."""
        return int(self.layers[-1])


@dataclass(frozen=True, slots=True)
class Start:
    """Where a person stands on day 0: memory of the rules about days, and blocks that were counted already."""

    memory: Memory
    flags: tuple[bool, ...]


def start_of(rules: Rules, kinds: Sequence[Kind], history: Sequence[int]) -> Start:
    """The start that a history leads to."""
    past = len(history)

    def counted(tally: Tally) -> bool:
        running = [block for block in tally.blocks if min(block) < 0 <= max(block)]
        return any(
            -past <= day < 0 and history[day] != OFF and tally.weights[history[day]] > 0
            for block in running
            for day in block
        )

    return Start(
        automaton.after_history(rules, kinds, history), tuple(counted(tally) for tally in rules.tallies)
    )


class TooLargeError(ProblemError):
    """The unfolded diagram exceeds its limit; the message names the rule that is widest."""


@dataclass(frozen=True, slots=True)
class Corridor:
    """Tallies kept near a straight line over the horizon: fewer values, so a smaller diagram of legal rosters only.

    A tally may stray from its line by what `weeks` of its ceiling come to. Lines of tallies with a floor end at the
    share `aim` between floor and ceiling.
    """

    weeks: float
    aim: float

    def bounds(
        self, floor: int, ceiling: int, step: int, days: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], bool]:
        """Highest and lowest value after each day, and whether what lies lower may be lifted (there is no floor)."""
        share = np.arange(1, days + 1) / days
        room = max(step, math.ceil(self.weeks * 7 * ceiling / days))
        line = np.floor((floor + self.aim * (ceiling - floor) if floor else ceiling) * share).astype(np.int64)
        high, low = np.minimum(ceiling, line + room), np.maximum(0, line - room)
        if floor:
            low[-1] = floor
            high[-1] = max(floor, int(high[-1]))
        return high, low, not floor


def class_diagram(
    rules: Rules,
    kinds: Sequence[Kind],
    days: int,
    allowed_kinds: frozenset[int],
    starts: Sequence[Start],
    *,
    nodes_max: int = NODES_MAX,
    allowed: NDArray[np.bool_] | None = None,
    corridor: Corridor | None = None,
) -> Diagram:
    """The diagram of a rule class with one root per start (−1: this start has no legal roster).

    `allowed[day, kind]`, with the day off as its last column, leaves out what one person may not do.
    """
    groups = automaton.alike(rules, kinds, allowed_kinds)
    machine = automaton.build(rules, kinds, groups, (start.memory for start in starts))
    kept = that_matter(rules, groups, days)
    plan = TallyArrays.of([tally for _, tally in kept], groups, days, corridor)
    strides = plan.strides(len(machine.next))
    codes = np.array(
        [
            machine.starts[start.memory]
            + sum(int(strides[t]) * int(start.flags[i]) for t, (i, tally) in enumerate(kept) if tally.blocks)
            for start in starts
        ],
        np.int64,
    )
    unique, inverse = np.unique(codes, return_inverse=True)
    letters = np.ones((days, len(groups) + 1), np.bool_)
    if allowed is not None:
        letters[:, 0] = allowed[:, -1]
        for g, group in enumerate(groups, 1):
            letters[:, g] = allowed[:, list(group)].any(axis=1)
    child, offsets, last, fits = expand(
        machine.next, letters, plan.weights, plan.counted, plan.first_days, plan.last_days, plan.flags,
        plan.high, plan.low, plan.lifts, plan.at_least, plan.radix, unique, nodes_max,
    )  # fmt: skip
    if not fits:
        raise TooLargeError(_too_large(machine, [tally for _, tally in kept], plan, days))
    values = plan.values(last, strides)
    legal = np.ones(len(last), np.bool_)
    for t in range(len(kept)):
        legal &= values[:, t] >= plan.at_least[t]
    priced = [t for t, (_, tally) in enumerate(kept) if tally.priced]
    ends = np.full(len(last), -1, np.int32)
    distinct, numbers = np.unique(values[legal][:, priced], axis=0, return_inverse=True)
    ends[legal] = numbers.reshape(-1)
    arc_from, arc_group, arc_to, layers, ident = fold(child, offsets, ends)
    return Diagram(groups, arc_from, arc_group, arc_to, layers, distinct, ident[inverse.reshape(-1)])


def own_diagram(parent: Diagram, root: int, allowed: NDArray[np.bool_]) -> Diagram | None:
    """Only what one person can reach, whose groups are allowed by day; None if no roster is left."""
    if root < 0:
        return None
    child, offsets, ends = restrict(
        parent.arc_from, parent.arc_group, parent.arc_to, parent.layers, root, allowed
    )
    arc_from, arc_group, arc_to, layers, ident = fold(child, offsets, ends)
    if ident[0] < 0:
        return None
    values = parent.terminal_values[: layers[-1] - layers[-2]]
    return Diagram(parent.groups, arc_from, arc_group, arc_to, layers, values, ident)


@dataclass(frozen=True, slots=True, eq=False)
class TallyArrays:
    """The tallies of a rule class as arrays, values in units."""

    weights: NDArray[np.int64]
    counted: NDArray[np.bool_]
    first_days: NDArray[np.bool_]
    last_days: NDArray[np.bool_]
    flags: NDArray[np.bool_]
    high: NDArray[np.int64]
    low: NDArray[np.int64]
    lifts: NDArray[np.bool_]
    at_least: NDArray[np.int64]
    radix: NDArray[np.int64]

    @classmethod
    def of(
        cls, tallies: Sequence[Tally], groups: Groups, days: int, corridor: Corridor | None
    ) -> TallyArrays:
        """Weights by group (0: off), days that count, where blocks begin and end, bounds."""
        count = len(tallies)
        weights = np.zeros((count, len(groups) + 1), np.int64)
        counted = np.zeros((count, days), np.bool_)
        first_days, last_days = np.zeros((count, days), np.bool_), np.zeros((count, days), np.bool_)
        flags = np.zeros(count, np.bool_)
        high, low = np.zeros((count, days), np.int64), np.zeros((count, days), np.int64)
        lifts = np.zeros(count, np.bool_)
        at_least, radix = np.zeros(count, np.int64), np.ones(count, np.int64)
        for t, tally in enumerate(tallies):
            unit = tally.unit
            weights[t, 1:] = [tally.weights[group[0]] // unit for group in groups]
            at_least[t] = -(-tally.at_least // unit)
            inside = tally.days if tally.days is not None else range(days)
            counted[t, [day for day in inside if 0 <= day < days]] = True
            reachable = int(counted[t].sum()) * int(weights[t].max())
            if tally.blocks:
                flags[t] = True
                _check_blocks(tally)
                in_block = np.zeros(days, np.bool_)
                for block in tally.blocks:
                    span = [day for day in block if 0 <= day < days]
                    if not span:
                        continue
                    in_block[span] = True
                    if min(block) >= 0:
                        first_days[t, min(span)] = True
                    last_days[t, max(span)] = True
                counted[t] &= in_block
                reachable = int(last_days[t].sum()) * int(weights[t].max())
            if tally.at_most is not None:
                high[t] = min(tally.at_most // unit, reachable)
                radix[t] = high[t, 0] + 1
            else:
                high[t] = reachable
                radix[t] = (reachable if tally.priced else min(reachable, int(at_least[t]))) + 1
            if corridor is not None and not tally.priced:
                most = int(weights[t].max())
                high[t], low[t], lifts[t] = corridor.bounds(int(at_least[t]), int(high[t, 0]), most, days)
        return cls(weights, counted, first_days, last_days, flags, high, low, lifts, at_least, radix)

    def strides(self, states: int) -> NDArray[np.int64]:
        """The place value of each tally in a state's code."""
        sizes = self.radix * np.where(self.flags, 2, 1)
        if float(np.prod(sizes.astype(float))) * states > 2.0**62:
            raise TooLargeError(
                "rules too large to compile: too many tallies with wide ranges; coarsen their weights"
            )
        return np.concatenate([[states], states * np.cumprod(sizes)]).astype(np.int64)

    def values(self, codes: NDArray[np.int64], strides: NDArray[np.int64]) -> NDArray[np.int64]:
        """Tally values of final states."""
        columns = []
        for t in range(len(self.radix)):
            fields = (codes // strides[t]) % (strides[t + 1] // strides[t])
            columns.append(fields // 2 if self.flags[t] else fields)
        return np.column_stack(columns) if columns else np.zeros((len(codes), 0), np.int64)


def _check_blocks(tally: Tally) -> None:
    ordered = sorted((min(block), max(block)) for block in tally.blocks if block)
    for (_, end), (begin, _) in itertools.pairwise(ordered):
        if begin <= end:
            raise ProblemError(
                f"{tally.name}: blocks may not interleave (day {begin} lies inside another block)"
            )


def that_matter(rules: Rules, groups: Groups, days: int) -> list[tuple[int, Tally]]:
    """The tallies that the diagram has to count: priced, with a floor, or with a ceiling that no other implies."""
    open_ones = dict(enumerate(rules.tallies))
    for i, tally in enumerate(rules.tallies):
        others = [other for j, other in open_ones.items() if j != i]
        if not tally.priced and tally.at_least <= 0 and _is_implied(tally, others, groups, days):
            del open_ones[i]
    return list(open_ones.items())


def _is_implied(tally: Tally, others: Sequence[Tally], groups: Groups, days: int) -> bool:
    """Whether the ceiling follows from the horizon's length or from another tally's ceiling."""
    if tally.at_most is None:
        return True
    weights = [tally.weights[group[0]] for group in groups]
    if max(weights, default=0) * (len(tally.blocks) or days) <= tally.at_most:
        return True
    for other in others:
        if other.at_most is None or other.blocks or other.days is not None:
            continue
        pairs = [(w, other.weights[g[0]]) for w, g in zip(weights, groups, strict=True) if w]
        if all(v > 0 and w * other.at_most <= tally.at_most * v for w, v in pairs):
            return True
    return False


def _too_large(machine: Automaton, tallies: Sequence[Tally], plan: TallyArrays, days: int) -> str:
    widest = max(range(len(tallies)), key=lambda t: int(plan.radix[t]), default=None)
    name = (
        ""
        if widest is None
        else f"; the widest tally is {tallies[widest].name} ({int(plan.radix[widest])} values)"
    )
    return (
        f"rules too large to compile over {days} days: {len(machine.next)} states of runs and rest{name};"
        " shorten the horizon or coarsen the weights"
    )
