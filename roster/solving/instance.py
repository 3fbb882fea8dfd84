"""A problem made ready for the solvers: every person's diagram, prices and cover as flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from roster.solving.cover import CoverRows, cover_rows
from roster.solving.diagram import Diagram
from roster.solving.problem import Person, Problem, table_cost

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Instance:
    """Arrays over people (p), days (d), options (o), posts (q). Nodes and arcs of all diagrams are numbered through.

    `cover_costs[d, q, n]` is the price of n people on a post; `fills` lists an option's posts in compressed rows.
    `exact` is False where a diagram holds only some of the legal rosters: no bound is proved then.
    `terminal_costs` is a template for the values array of `cheapest`: the tallies' costs at the terminals.
    """

    problem: Problem
    days: int
    people: int
    costs: Floats
    off_costs: Floats
    option_group: NDArray[np.int16]
    letters: int
    layers: NDArray[np.int64]
    arc_from: NDArray[np.int32]
    arc_group: NDArray[np.int16]
    arc_to: NDArray[np.int32]
    terminal_costs: Floats
    fill_from: NDArray[np.int64]
    fill_post: NDArray[np.int64]
    cover_costs: Floats
    cover: CoverRows
    exact: bool

    @property
    def arcs(self) -> int:
        """Arcs of all people: the price of one round of best responses."""
        return len(self.arc_to)


def instance_of(problem: Problem, diagrams: Sequence[Diagram], *, exact: bool) -> Instance:
    """One diagram per person, made by `fitting`, and everything else about the problem."""
    letters = 1 + max(len(diagram.groups) for diagram in diagrams)
    node_base = np.cumsum([0, *(diagram.nodes for diagram in diagrams)])
    arc_base = np.cumsum([0, *(len(diagram.arc_to) for diagram in diagrams)])
    arc_from = np.zeros(node_base[-1] + 1, np.int32)
    terminal_costs = np.zeros(node_base[-1])
    option_group = np.zeros((len(problem.people), len(problem.options)), np.int16)
    for p, (person, diagram) in enumerate(zip(problem.people, diagrams, strict=True)):
        inner = len(diagram.arc_from) - 1
        arc_from[node_base[p] : node_base[p] + inner + 1] = diagram.arc_from + arc_base[p]
        arc_from[node_base[p] + inner + 1 : node_base[p + 1] + 1] = arc_base[p + 1]
        terminal_costs[node_base[p] + inner : node_base[p + 1]] = _terminal_costs(person, diagram)
        of_kind = {kind: g for g, group in enumerate(diagram.groups, 1) for kind in group}
        option_group[p] = [of_kind.get(option.kind, 0) for option in problem.options]
    fills = [option.posts for option in problem.options]
    return Instance(
        problem=problem,
        days=problem.days,
        people=len(problem.people),
        costs=np.stack([_prices(person.costs) for person in problem.people]),
        off_costs=np.stack([_prices(person.off_costs) for person in problem.people]),
        option_group=option_group,
        letters=letters,
        layers=np.stack([diagram.layers + node_base[p] for p, diagram in enumerate(diagrams)]),
        arc_from=arc_from,
        arc_group=np.concatenate([diagram.arc_group for diagram in diagrams]),
        arc_to=np.concatenate(
            [diagram.arc_to + np.int32(node_base[p]) for p, diagram in enumerate(diagrams)]
        ),
        terminal_costs=terminal_costs,
        fill_from=np.cumsum([0, *map(len, fills)]).astype(np.int64),
        fill_post=np.array([post for posts in fills for post in posts], np.int64),
        cover_costs=cover_costs(problem),
        cover=cover_rows(problem),
        exact=exact,
    )


def _terminal_costs(person: Person, diagram: Diagram) -> Sequence[float] | Floats:
    tables = [person.tally_costs[index] for index, tally in enumerate(person.rules.tallies) if tally.priced]
    costs = np.zeros(diagram.nodes - int(diagram.layers[-2]))
    for column, table in enumerate(tables):
        costs += [table_cost(table, int(value)) for value in diagram.terminal_values[:, column]]
    return costs


def _prices(costs: NDArray[np.int64]) -> Floats:
    return costs.astype(np.float64)


def cover_costs(problem: Problem) -> Floats:
    """`Instance.cover_costs` of a problem."""
    costs = np.zeros((problem.days, len(problem.posts), len(problem.people) + 2))
    for cover in problem.covers:
        costs[cover.day, cover.post] = [cover.cost(n) for n in range(len(problem.people) + 2)]
    return costs
