"""What a roster costs, counted plainly from the problem: the yardstick that every faster way has to agree with."""

from __future__ import annotations

from collections.abc import Sequence

from roster.solving.problem import FORBIDDEN, OFF, Person, Problem, Tally, table_cost

Row = Sequence[int]
"""One person's choices by day."""


def total_cost(problem: Problem, choices: Sequence[Row]) -> int:
    """People, tallies and cover of a whole roster."""
    people = sum(
        person_cost(problem, person, row) for person, row in zip(problem.people, choices, strict=True)
    )
    return problem.base_cost + people + cover_cost(problem, choices)


def person_cost(problem: Problem, person: Person, row: Row) -> int:
    """Option prices of one person's row and his tallies; `FORBIDDEN` if he may not do it."""
    by_day = [
        int(person.off_costs[day]) if option == OFF else int(person.costs[day, option])
        for day, option in enumerate(row)
    ]
    if max(by_day) >= FORBIDDEN:
        return FORBIDDEN
    prices = sum(by_day)
    kinds = [OFF if option == OFF else problem.options[option].kind for option in row]
    for index, tally in enumerate(person.rules.tallies):
        value = tally_value(tally, kinds, person.history)
        if value < tally.at_least or (tally.at_most is not None and value > tally.at_most):
            return FORBIDDEN
        if tally.priced:
            prices += table_cost(person.tally_costs[index], value // tally.unit)
    return prices


def tally_value(tally: Tally, kinds: Row, history: Row = ()) -> int:
    """What a tally counts over the kinds worked day by day."""
    if not tally.blocks:
        return sum(
            tally.weights[kind]
            for day, kind in enumerate(kinds)
            if kind != OFF and (tally.days is None or day in tally.days)
        )
    past, value = len(history), 0
    for block in tally.blocks:
        for day in sorted(block):
            kind = kinds[day] if 0 <= day < len(kinds) else history[day] if -past <= day < 0 else OFF
            if kind != OFF and tally.weights[kind]:
                value += tally.weights[kind] if day >= 0 else 0
                break
    return value


def cover_cost(problem: Problem, choices: Sequence[Row]) -> int:
    """What missing and surplus people cost over all posts and days."""
    counts: dict[tuple[int, int], int] = {}
    for row in choices:
        for day, option in enumerate(row):
            for post in problem.options[option].posts if option != OFF else ():
                counts[day, post] = counts.get((day, post), 0) + 1
    return sum(cover.cost(counts.get((cover.day, cover.post), 0)) for cover in problem.covers)
