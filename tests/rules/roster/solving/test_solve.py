"""Whole answers: legal, as cheap as they say, bounded from below, the same for the same seed."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from roster.solving.objective import total_cost
from roster.solving.problem import Budget, Problem, Solution
from roster.solving.solve import solve
from tests.rules.roster.solving.worlds import cheapest_roster, keeps_rules, problems

CALM = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))


@given(problems(days=4, people=2))
@CALM
def test_solutions_are_legal_cost_what_they_say_and_lie_between_bound_and_nothing_better(
    problem: Problem,
) -> None:
    optimum = cheapest_roster(problem)
    if optimum is None:
        return
    seen: list[Solution] = []
    solution = solve(problem, Budget(steps=300), seed=3, progress=seen.append)
    assert all(
        keeps_rules(problem, person, row)
        for person, row in zip(problem.people, solution.choices, strict=True)
    )
    assert total_cost(problem, solution.choices) == solution.cost == optimum
    assert solution.bound is not None
    assert solution.bound <= optimum
    assert [one.cost for one in seen] == sorted((one.cost for one in seen), reverse=True)
    assert solve(problem, Budget(steps=300), seed=3) == solution
