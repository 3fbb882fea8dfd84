"""Diagrams for everybody: exact where they fit; else narrower ones, which hold legal rosters only, if not all.

Half a year with many tallies would unfold to more states than memory has. Narrowing keeps every tally in a corridor
around a straight line, lets capped kinds only be worked on as many days as their cap (so that nothing has to be
counted), and as the last means leaves a person with kinds of one length.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from roster.solving.automaton import alike
from roster.solving.diagram import (
    NODES_MAX,
    Corridor,
    Diagram,
    Start,
    TooLargeError,
    class_diagram,
    own_diagram,
    start_of,
)
from roster.solving.problem import FORBIDDEN, NoLegalRosterError, Person, Problem, Rules, Tally

NODES_OF_ALL = 20_000_000
"""Unfolded nodes of all narrowed diagrams together: what a minute and a gigabyte allow."""

Allowed = NDArray[np.bool_]
Class = tuple[Rules, frozenset[int]]


@dataclass(frozen=True, slots=True)
class Narrowing:
    """How much freedom is given up."""

    weeks: float
    drawn_days: bool
    one_length: bool = False
    one_group: bool = False


NARROWINGS = (
    Narrowing(2.5, drawn_days=False),
    Narrowing(1.0, drawn_days=False),
    Narrowing(2.0, drawn_days=True),
    Narrowing(1.2, drawn_days=True),
    Narrowing(0.7, drawn_days=True),
    Narrowing(2.0, drawn_days=True, one_length=True),
    Narrowing(1.0, drawn_days=True, one_length=True),
    Narrowing(0.5, drawn_days=True, one_length=True),
    Narrowing(1.0, drawn_days=True, one_length=True, one_group=True),
    Narrowing(0.5, drawn_days=True, one_length=True, one_group=True),
    Narrowing(0.5, drawn_days=False, one_length=True),
    Narrowing(0.5, drawn_days=False, one_length=True, one_group=True),
)


def exact_diagrams(problem: Problem) -> list[Diagram] | None:
    """One diagram per person that holds all legal rosters; None where somebody's does not fit."""
    found, wide = _exact_diagrams(problem)
    return None if wide else [found[p] for p in range(len(problem.people))]


def narrowed_diagrams(problem: Problem) -> list[Diagram]:
    """One diagram per person, with only some legal rosters where all do not fit."""
    found, wide = _exact_diagrams(problem)
    share = NODES_OF_ALL // max(1, len(wide))
    aim, level = _aim(problem), 0
    for p in wide:
        # Neighbours in the list are alike: begin a little wider than the last one came to, not at the widest.
        found[p], level = _narrowed(
            problem, p, _allowed_kinds(problem, problem.people[p]), share, aim, max(0, level - 1)
        )
    return [found[p] for p in range(len(problem.people))]


def _exact_diagrams(problem: Problem) -> tuple[dict[int, Diagram], list[int]]:
    """What fits, and who is left over."""
    allowed = [_allowed_kinds(problem, person) for person in problem.people]
    classes: dict[Class, list[int]] = {}
    for p, person in enumerate(problem.people):
        kinds = frozenset(np.nonzero(allowed[p][:, :-1].any(axis=0))[0].tolist())
        classes.setdefault((person.rules, kinds), []).append(p)
    found: dict[int, Diagram] = {}
    wide: list[int] = []
    for (rules, kinds), members in classes.items():
        if wide:
            wide += members  # one of this problem did not fit: do not spend the time to see each of them fail
            continue
        try:
            found.update(_exact(problem, rules, kinds, members, allowed))
        except TooLargeError:
            wide += members
    return found, wide


def _exact(
    problem: Problem, rules: Rules, kinds: frozenset[int], members: list[int], allowed: list[Allowed]
) -> Iterator[tuple[int, Diagram]]:
    starts: dict[Start, int] = {}
    root = {}
    for p in members:
        start = start_of(rules, problem.kinds, problem.people[p].history)
        root[p] = starts.setdefault(start, len(starts))
    shared = class_diagram(rules, problem.kinds, problem.days, kinds, list(starts), nodes_max=NODES_MAX)
    for p in members:
        columns = [allowed[p][:, list(group)].any(axis=1) for group in shared.groups]
        own = own_diagram(shared, int(shared.roots[root[p]]), np.column_stack([allowed[p][:, -1], *columns]))
        if own is None:
            raise NoLegalRosterError(problem.people[p].name)
        yield p, own


def _narrowed(
    problem: Problem, p: int, allowed: Allowed, nodes_max: int, aim: float, level: int
) -> tuple[Diagram, int]:
    """The widest narrowing that fits and leaves the person a roster."""
    person = problem.people[p]
    start = start_of(person.rules, problem.kinds, person.history)
    failure: TooLargeError | None = None
    order = [*range(level, len(NARROWINGS)), *range(level)]
    for number, limit in [*((n, nodes_max) for n in order), *((n, 8 * nodes_max) for n in order)]:
        narrowing = NARROWINGS[number]
        rules, mine = person.rules, allowed
        if narrowing.drawn_days:
            rules, mine = _drawn_days(rules, mine, p)
        if narrowing.one_length:
            mine = _of_one_length(person.rules, mine)
        if narrowing.one_group:
            mine = _of_one_group(problem, person.rules, mine)
        kinds = frozenset(np.nonzero(mine[:, :-1].any(axis=0))[0].tolist())
        flags = tuple(
            flag
            for flag, tally in zip(start.flags, person.rules.tallies, strict=True)
            if tally in rules.tallies
        )
        try:
            diagram = class_diagram(
                rules, problem.kinds, problem.days, kinds, [replace(start, flags=flags)],
                nodes_max=limit, allowed=mine, corridor=Corridor(narrowing.weeks, aim),
            )  # fmt: skip
        except TooLargeError as error:
            failure = error
            continue
        if diagram.roots[0] >= 0:
            return diagram, number
    if failure is not None:
        raise TooLargeError(f"{person.name}: {failure}")
    raise NoLegalRosterError(person.name)


def _allowed_kinds(problem: Problem, person: Person) -> Allowed:
    """By day and kind whether any option of the kind is allowed; the last column is the day off."""
    usable = person.costs < FORBIDDEN
    allowed = np.zeros((problem.days, len(problem.kinds) + 1), np.bool_)
    for o, option in enumerate(problem.options):
        allowed[:, option.kind] |= usable[:, o]
    allowed[:, -1] = person.off_costs < FORBIDDEN
    return allowed


def _drawn_days(rules: Rules, allowed: Allowed, p: int) -> tuple[Rules, Allowed]:
    """Capped kinds on as many days as their cap, in short runs spread over the horizon, another spread for each."""
    allowed = allowed.copy()
    days = len(allowed)
    kept: list[Tally] = []
    for number, tally in enumerate(rules.tallies):
        counted = [kind for kind, weight in enumerate(tally.weights) if weight]
        simple = (
            not tally.priced and not tally.at_least and not tally.blocks and tally.days is None
            and tally.at_most is not None and set(tally.weights) <= {0, 1} and len(counted) < len(tally.weights)
        )  # fmt: skip
        if not simple or tally.at_most is None:
            kept.append(tally)
            continue
        mine = np.zeros(days, np.bool_)
        length = min(3, max(1, tally.at_most))
        runs = tally.at_most // length
        for run in range(runs):
            begin = int((run + ((p * 0.618 + number * 0.382) % 1.0)) * days / runs)
            mine[[(begin + i) % days for i in range(length)]] = True
        allowed[:, counted] &= mine[:, None]
    return replace(rules, tallies=tuple(kept)), allowed


def _of_one_length(rules: Rules, allowed: Allowed) -> Allowed:
    """Only kinds that weigh the same in every tally with a floor: the weight with the most days."""
    allowed = allowed.copy()
    for tally in rules.tallies:
        if tally.at_least:
            open_days = allowed[:, :-1].sum(axis=0)
            weights = np.array(tally.weights)
            best = max(set(tally.weights), key=lambda w: (int(open_days[weights == w].sum()), w))
            allowed[:, :-1][:, weights != best] = False
    return allowed


def _of_one_group(problem: Problem, rules: Rules, allowed: Allowed) -> Allowed:
    """Only kinds that the rules about days do not tell apart: the group with the most days."""
    kinds = np.nonzero(allowed[:, :-1].any(axis=0))[0].tolist()
    groups = alike(replace(rules, tallies=()), problem.kinds, kinds)
    best = max(groups, key=lambda group: int(allowed[:, list(group)].any(axis=1).sum()), default=())
    allowed = allowed.copy()
    allowed[:, [kind for kind in kinds if kind not in best]] = False
    return allowed


def _aim(problem: Problem) -> float:
    """Where between floor and ceiling people are needed: the cover's duties against what everybody can and must do."""
    needed = float(sum(cover.need for cover in problem.covers))
    least = most = 0.0
    for person in problem.people:
        for tally in person.rules.tallies:
            if tally.at_least and tally.at_most is not None and not tally.priced:
                weight = float(np.mean([w for w in tally.weights if w]))
                least, most = least + tally.at_least / weight, most + tally.at_most / weight
                break
    return min(1.0, max(0.0, (needed - least) / (most - least))) if most > least else 0.5
