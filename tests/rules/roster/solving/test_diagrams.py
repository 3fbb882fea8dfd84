"""Diagrams hold exactly the legal rosters, and the best response is the cheapest of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from roster.solving.instance import Instance, instance_of
from roster.solving.objective import person_cost
from roster.solving.pricing import list_below, price_people
from roster.solving.problem import NoLegalRosterError, Problem
from roster.solving.rows import priced
from tests.rules.roster.solving.worlds import legal_rows, problems

CALM = settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))


def all_paths(instance: Instance, limit: float = 1e12) -> tuple[set[tuple[int, ...]], int]:
    """Rows of person 0 below a limit under zero duals, with how many were listed."""
    found = np.empty((4**instance.days, instance.days), np.int16)
    count = list_below(
        0, np.zeros(instance.cover.row.shape), limit, instance.terminal_costs.copy(), instance.costs,
        instance.off_costs, instance.option_group, instance.letters, instance.layers, instance.arc_from,
        instance.arc_group, instance.arc_to, instance.fill_from, instance.fill_post, found,
    )  # fmt: skip
    return {tuple(row) for row in found[:count].tolist()}, count


@given(problems())
@CALM
def test_a_diagram_holds_every_legal_roster_once_and_no_other(problem: Problem) -> None:
    legal = set(legal_rows(problem, problem.people[0]))
    if not legal:
        with pytest.raises(NoLegalRosterError, match="p0"):
            instance_of(problem)
        return
    paths, count = all_paths(instance_of(problem))
    assert paths == legal
    assert count == len(legal)


@given(problems())
@CALM
def test_the_best_response_is_the_cheapest_legal_roster_and_prices_agree(problem: Problem) -> None:
    person = problem.people[0]
    costs = {row: person_cost(problem, person, row) for row in legal_rows(problem, person)}
    if not costs:
        return
    instance = instance_of(problem)
    best, choices = np.empty(1), np.empty((1, problem.days), np.int16)
    price_people(
        np.zeros(1, np.int64), np.zeros(instance.cover.row.shape), instance.terminal_costs.copy(), instance.costs,
        instance.off_costs, instance.option_group, instance.letters, instance.layers, instance.arc_from,
        instance.arc_group, instance.arc_to, instance.fill_from, instance.fill_post, best, choices,
    )  # fmt: skip
    assert best[0] == min(costs.values()) == costs[tuple(choices[0].tolist())]
    rows = priced(instance, np.zeros(len(costs), np.int64), np.array(list(costs), np.int16))
    assert rows.prices.tolist() == list(costs.values())
    middle = sorted(costs.values())[len(costs) // 2]
    assert all_paths(instance, middle)[0] == {row for row, cost in costs.items() if cost <= middle}
