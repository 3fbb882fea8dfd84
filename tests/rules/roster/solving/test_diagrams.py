"""Diagrams hold exactly the legal rosters, and the best response is the cheapest of them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from roster.solving.diagram import Corridor, Diagram, class_diagram, start_of
from roster.solving.fitting import exact_diagrams
from roster.solving.instance import Instance, instance_of
from roster.solving.objective import person_cost
from roster.solving.pricing import list_below, price_people
from roster.solving.problem import (
    OFF,
    Budget,
    Cover,
    Kind,
    NoLegalRosterError,
    Option,
    Person,
    Problem,
    Rules,
    Tally,
    Window,
)
from roster.solving.rows import priced
from roster.solving.solve import solve
from tests.rules.roster.solving.worlds import legal_rows, problems

CALM = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def exactly(problem: Problem) -> Instance:
    diagrams = exact_diagrams(problem)
    assert diagrams is not None
    return instance_of(problem, diagrams, exact=True)


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
            exactly(problem)
        return
    paths, count = all_paths(exactly(problem))
    assert paths == legal
    assert count == len(legal)


@given(problems())
@CALM
def test_the_best_response_is_the_cheapest_legal_roster_and_prices_agree(problem: Problem) -> None:
    person = problem.people[0]
    costs = {row: person_cost(problem, person, row) for row in legal_rows(problem, person)}
    if not costs:
        return
    instance = exactly(problem)
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


@given(problems(days=6), st.floats(0.1, 1.0), st.floats(0.0, 1.0))
@CALM
def test_a_narrowed_diagram_holds_legal_rosters_only(problem: Problem, weeks: float, aim: float) -> None:
    person = problem.people[0]
    kinds = frozenset(range(3))
    start = start_of(person.rules, problem.kinds, person.history)
    wide, narrow = (
        class_diagram(person.rules, problem.kinds, problem.days, kinds, [start], corridor=corridor)
        for corridor in (None, Corridor(weeks, aim))
    )
    if narrow.roots[0] >= 0:
        assert wide.roots[0] >= 0
        assert words(narrow) <= words(wide)


def words(diagram: Diagram) -> set[tuple[int, ...]]:
    """All paths as groups by day."""
    layer = {(): int(diagram.roots[0])}
    for _ in range(len(diagram.layers) - 2):
        layer = {
            (*word, int(diagram.arc_group[arc])): int(diagram.arc_to[arc])
            for word, node in layer.items()
            for arc in range(diagram.arc_from[node], diagram.arc_from[node + 1])
        }
    return set(layer)


def test_rest_after_the_last_turn_of_the_history_reaches_into_the_month() -> None:
    every = frozenset({0})
    turn = Kind("24 h", 1440, (every, every))
    costs = np.full((4, 1), -1, np.int64)
    late = Person("late", Rules(), costs, np.zeros(4, np.int64), history=(OFF, 0))
    early = Person("early", Rules(), costs, np.zeros(4, np.int64), history=(0, OFF))
    problem = Problem(4, (turn,), (Option("24 h", 0),), (), (), (late, early))
    solution = solve(problem, Budget(steps=200))
    assert solution.choices[0] == (OFF, OFF, 0, OFF)  # one turn fits after two days of rest
    assert solution.choices[1].count(0) == 1
    assert solution.proved


def test_hours_of_a_rolling_window_count_the_history_too() -> None:
    costs = np.full((5, 1), -1, np.int64)
    rules = Rules(windows=(Window("40 h in 7 days", 7, (480,), 2400),))
    person = Person("p", rules, costs, np.zeros(5, np.int64), history=(0, 0, OFF, 0, 0, OFF))
    problem = Problem(5, (Kind("day", 480),), (Option("day", 0),), (), (), (person,))
    assert solve(problem, Budget(steps=200)).choices == (
        (0, 0, 0, OFF, 0),
    )  # day 3 would be the sixth in seven


def test_convex_prices_share_nights_evenly_and_pay_back_debts() -> None:
    nights = Tally("nights", (1,), priced=True)
    table, debt = (0, 1, 4, 9, 16, 25, 36), (4, 1, 0, 1, 4, 9, 16)
    people = tuple(
        Person(name, Rules(tallies=(nights,)), np.zeros((6, 1), np.int64), np.zeros(6, np.int64), (prices,))
        for name, prices in (("even", table), ("fair", table), ("owes", debt))
    )
    covers = tuple(Cover(day, 0, 1, (1000,), (1000,)) for day in range(6))
    problem = Problem(6, (Kind("night", 480),), (Option("night", 0, (0,)),), ("night",), covers, people)
    solution = solve(problem, Budget(steps=3_000), seed=5)
    assert solution.cost == 6  # 1 + 1 + 4 nights, or 1 + 2 + 3
    assert solution.choices[2].count(0) in (3, 4)
