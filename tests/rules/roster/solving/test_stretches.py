"""Stretches of days: best responses are the best there are; what walks do stays legal and rightly counted."""

from __future__ import annotations

from dataclasses import replace
from itertools import count
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from roster.solving.incumbent import Incumbent
from roster.solving.instance import cover_costs
from roster.solving.objective import total_cost
from roster.solving.problem import Budget, Problem
from roster.solving.stretch_tables import stretch_tables
from roster.solving.stretches import Stretches
from scripts.benchmarks.roster.curtois import as_problem, read
from scripts.benchmarks.roster.curtois_check import objective, violations
from scripts.benchmarks.roster.made_instance import made_instance
from scripts.benchmarks.roster.single import as_schedule
from tests.rules.roster.solving.worlds import cheapest_roster, keeps_rules, problems

CALM = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))


def unpriced(problem: Problem) -> Problem:
    """The same with no prices on tallies, which stretches do not know."""
    people = tuple(
        replace(
            person,
            rules=replace(
                person.rules, tallies=tuple(replace(tally, priced=False) for tally in person.rules.tallies)
            ),
        )
        for person in problem.people
    )
    return replace(problem, people=people)


def searched(problem: Problem, *, seed: int = 1, steps: int = 4_000) -> tuple[bool, Stretches, Incumbent]:
    incumbent = Incumbent(problem, Budget(steps=steps), None)
    tables = stretch_tables(problem, cover_costs(problem))
    assert tables is not None
    search = Stretches(problem, tables, incumbent, seed)
    return search.construct(), search, incumbent


@given(problems(days=5, people=1))
@CALM
def test_one_persons_row_is_the_cheapest_of_all_legal_ones(problem: Problem) -> None:
    problem = unpriced(problem)
    best = cheapest_roster(problem)
    found, search, incumbent = searched(problem)
    assert found == (best is not None)
    if best is not None:
        assert incumbent.solution().cost == round(search.cost) == best


@given(problems(days=6, people=2))
@CALM
def test_walks_stay_legal_and_count_what_they_change(problem: Problem) -> None:
    problem = unpriced(problem)
    found, search, incumbent = searched(problem)
    if not found:
        return
    search.anneal(threads=1, share=1.0)
    rows = [tuple(row) for row in search.choices.tolist()]
    for person, row in zip(problem.people, rows, strict=True):
        assert keeps_rules(problem, person, row)
    assert round(search.cost) == total_cost(problem, rows)
    solution = incumbent.solution()
    assert total_cost(problem, solution.choices) == solution.cost <= search.cost + 0.5
    again = searched(problem)
    again[1].anneal(threads=1, share=1.0)
    assert again[2].solution() == solution


def test_two_threads_share_the_days_of_one_roster_and_it_stays_legal(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(made_instance(people=8, weeks=20, shifts=3, seed=4), encoding="utf-8")
    made = read(path)
    problem = as_problem(made)
    ticks = count()
    incumbent = Incumbent(problem, Budget(seconds=60, clock=lambda: next(ticks) / 2), None)
    tables = stretch_tables(problem, cover_costs(problem))
    assert tables is not None
    search = Stretches(problem, tables, incumbent, 3)
    assert search.construct()
    begun = incumbent.cost
    search.anneal(threads=2, share=1.0)
    solution = incumbent.solution()
    assert violations(made, as_schedule(made, solution)) == []
    assert objective(made, as_schedule(made, solution)) == solution.cost < begun
    assert round(search.cost) == total_cost(problem, search.choices.tolist())
