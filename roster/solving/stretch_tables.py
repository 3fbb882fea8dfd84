"""Rules as tables, for horizons too long for diagrams: stretches of days are answered one at a time.

A *stretch* is a run of days between two *cuts*; a cut never lies inside a block of a tally (a weekend), so a stretch
only has to know the automaton's state where it begins, and how much of each tally is left.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from roster.solving import automaton
from roster.solving.compiled import Bools, Floats, Ints, Ints32, Shorts
from roster.solving.diagram import TallyArrays, start_of, that_matter
from roster.solving.problem import FORBIDDEN, Problem, Rules

STATES_MAX = 4_000
"""Of one automaton: where windows make it larger, the tables would not fit the processor's cache."""


class StretchTables(NamedTuple):
    """Arrays over classes of people (c), automaton states (s), groups (g), tallies (t) and days (d), padded.

    `follow[c, s, g]` is the next state or −1; `weights[c, t, g]` and `lo`, `hi` are in the tally's unit. A tally with
    blocks counts a block once. `able[p, q]` says who
    may ever fill a post; `cuts` are the days where a stretch may begin or end.
    """

    of_class: Ints
    states: Ints
    letters: Ints
    tallies: Ints
    follow: Ints32
    weights: Ints
    heaviest: Ints
    counted: Bools
    is_block: Bools
    block_ends: Bools
    lo: Ints
    hi: Ints
    start: Ints
    start_flags: Bools
    option_group: Shorts
    able: Bools
    costs: Floats
    off_costs: Floats
    fill_from: Ints
    fill_post: Ints
    cover_costs: Floats
    cuts: Ints


def stretch_tables(problem: Problem, cover_costs: Floats) -> StretchTables | None:
    """The tables of a problem, or None if it has prices on tallies or rules that do not fit this form."""
    if any(tally.priced for person in problem.people for tally in person.rules.tallies):
        return None
    costs = np.stack([person.costs for person in problem.people]).astype(np.float64)
    usable = costs < FORBIDDEN
    classes: dict[tuple[Rules, frozenset[int]], list[int]] = {}
    for p, person in enumerate(problem.people):
        options = np.nonzero(usable[p].any(axis=0))[0].tolist()
        kinds = frozenset(problem.options[o].kind for o in options)
        classes.setdefault((person.rules, kinds), []).append(p)
    people, days = len(problem.people), problem.days
    compiled = []
    for (rules, kinds), members in classes.items():
        groups = automaton.alike(rules, problem.kinds, kinds)
        starts = {p: start_of(rules, problem.kinds, problem.people[p].history) for p in members}
        machine = automaton.build(rules, problem.kinds, groups, (start.memory for start in starts.values()))
        if len(machine.next) > STATES_MAX:
            return None
        kept = that_matter(rules, groups, days)
        compiled.append(
            (machine, groups, kept, TallyArrays.of([t for _, t in kept], groups, days, None), members, starts)
        )
    count = len(compiled)
    states = max(len(machine.next) for machine, *_ in compiled)
    letters = 1 + max(len(groups) for _, groups, *_ in compiled)
    most = max(1, max(len(kept) for _, _, kept, *_ in compiled))
    follow = np.full((count, states, letters), -1, np.int32)
    weights = np.zeros((count, most, letters), np.int64)
    counted, is_block = np.zeros((count, most, days), np.bool_), np.zeros((count, most), np.bool_)
    block_ends = np.zeros((count, most, days), np.bool_)
    lo, hi = np.zeros((count, most), np.int64), np.zeros((count, most), np.int64)
    of_class, start = np.zeros(people, np.int64), np.zeros(people, np.int64)
    start_flags = np.zeros((people, most), np.bool_)
    option_group = np.zeros((people, len(problem.options)), np.int16)
    for c, (machine, groups, kept, arrays, members, starts) in enumerate(compiled):
        follow[c, : len(machine.next), : 1 + len(groups)] = machine.next
        for t in range(len(kept)):
            weights[c, t, : 1 + len(groups)] = arrays.weights[t]
            counted[c, t], is_block[c, t], block_ends[c, t] = (
                arrays.counted[t], arrays.flags[t], arrays.last_days[t],
            )  # fmt: skip
            lo[c, t], hi[c, t] = arrays.at_least[t], arrays.high[t, -1]
        of_kind = {kind: g for g, group in enumerate(groups, 1) for kind in group}
        for p in members:
            of_class[p], start[p] = c, machine.starts[starts[p].memory]
            start_flags[p, : len(kept)] = [starts[p].flags[i] for i, _ in kept]
            for o, option in enumerate(problem.options):
                if usable[p, :, o].any():
                    option_group[p, o] = of_kind[option.kind]
    fills = [option.posts for option in problem.options]
    able = np.zeros((people, len(problem.posts)), np.bool_)
    for o, posts in enumerate(fills):
        able[:, list(posts)] |= (option_group[:, o] > 0)[:, None]
    return StretchTables(
        of_class=of_class,
        states=np.array([len(machine.next) for machine, *_ in compiled]),
        letters=np.array([1 + len(groups) for _, groups, *_ in compiled]),
        tallies=np.array([len(kept) for _, _, kept, *_ in compiled]),
        follow=follow,
        weights=weights,
        heaviest=weights.max(axis=2),
        counted=counted,
        is_block=is_block,
        block_ends=block_ends,
        lo=lo,
        hi=hi,
        start=start,
        start_flags=start_flags,
        option_group=option_group,
        able=able,
        costs=costs,
        off_costs=np.stack([person.off_costs for person in problem.people]).astype(np.float64),
        fill_from=np.cumsum([0, *map(len, fills)]).astype(np.int64),
        fill_post=np.array([post for posts in fills for post in posts], np.int64),
        cover_costs=cover_costs,
        cuts=_cuts(problem),
    )


def _cuts(problem: Problem) -> Ints:
    inside = {
        day
        for person in problem.people
        for tally in person.rules.tallies
        for block in tally.blocks
        if block
        for day in range(max(1, min(block) + 1), max(block) + 1)
    }
    return np.array(
        [day for day in range(problem.days + 1) if day not in inside or day == problem.days], np.int64
    )
