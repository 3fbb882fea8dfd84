"""Small problems for the solving core, and the slow, plain answers to them."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product

import numpy as np
from hypothesis import strategies as st

from roster.solving.objective import person_cost, total_cost
from roster.solving.problem import (
    FORBIDDEN,
    OFF,
    Cover,
    Kind,
    Option,
    Person,
    Problem,
    Rules,
    RunLimit,
    Tally,
    Window,
)

EARLY, LATE, NIGHT = 0, 1, 2


def keeps_rules(problem: Problem, person: Person, row: tuple[int, ...]) -> bool:
    """Whether a row is legal, read from the rules day by day; shares nothing with the diagrams."""
    past = len(person.history)
    kinds = [*person.history, *(OFF if o == OFF else problem.options[o].kind for o in row)]
    works = [kind != OFF and problem.kinds[kind].works for kind in kinds]
    rules = person.rules
    for day in range(problem.days):
        at = past + day
        kind = kinds[at]
        for back in range(1, at + 1):
            bars = problem.kinds[kinds[at - back]].bars if kinds[at - back] != OFF else ()
            if kind != OFF and back <= len(bars) and kind in bars[back - 1]:
                return False
        for limit in rules.run_limits:
            if kind in limit.kinds and all(
                at - i >= 0 and kinds[at - i] in limit.kinds for i in range(limit.at_most + 1)
            ):
                return False
        for window in rules.windows:
            inside = [k for k in kinds[max(0, at - window.days + 1) : at + 1] if k != OFF]
            if (
                kind != OFF
                and window.weights[kind]
                and sum(window.weights[k] for k in inside) > window.at_most
            ):
                return False
    starts = [0, *(i for i, (a, b) in enumerate(pairwise(works), 1) if a != b), len(works)]
    for begin, end in pairwise(starts):
        if end < past or begin == end:
            continue
        length, at_edge = end - begin, begin == 0 or end == len(works)
        least, most = (
            (rules.work_run_min, rules.work_run_max)
            if works[begin]
            else (rules.off_run_min, rules.off_run_max)
        )
        if (most is not None and end > past and length > most) or (length < least and not at_edge):
            return False
    return person_cost(problem, person, row) < FORBIDDEN


def legal_rows(problem: Problem, person: Person) -> Iterator[tuple[int, ...]]:
    """Every legal row, by trying all."""
    for row in product(range(OFF, len(problem.options)), repeat=problem.days):
        if keeps_rules(problem, person, row):
            yield row


def cheapest_roster(problem: Problem) -> int | None:
    """The cost of the best roster, by trying all; None if somebody has no legal row."""
    rows = [list(legal_rows(problem, person)) for person in problem.people]
    return min((total_cost(problem, choices) for choices in product(*rows)), default=None)


@st.composite
def problems(draw: st.DrawFn, *, days: int = 5, people: int = 1, posts: int = 2) -> Problem:
    """Few days, three kinds, odd rules."""
    every = frozenset({EARLY, LATE, NIGHT})
    kinds = (
        Kind("early", 480),
        Kind("late", 480, (frozenset({EARLY}),), works=draw(st.booleans())),
        Kind("night", 1440, draw(st.sampled_from([(), (every,), (every, frozenset({NIGHT}))]))),
    )
    options = (Option("early", EARLY, (0,)), Option("late", LATE, (0, 1)), Option("night", NIGHT, (1,)))
    number = st.integers(0, 6)
    covers = tuple(
        Cover(
            day,
            post,
            draw(st.integers(0, 2)),
            tuple(sorted(draw(st.lists(number, max_size=2)))),
            (draw(number),),
        )
        for day in range(days)
        for post in range(posts)
    )
    staff = []
    shared = draw(rules(days))
    for i in range(people):
        own = shared if draw(st.booleans()) else draw(rules(days))
        costs = draw(
            st.lists(st.sampled_from([0, 1, 3, -2, FORBIDDEN]), min_size=days * 3, max_size=days * 3)
        )
        off_costs = draw(st.lists(st.sampled_from([0, 0, 0, 1, FORBIDDEN]), min_size=days, max_size=days))
        tables = tuple(tuple(sorted(draw(st.lists(number, min_size=2, max_size=4)))) for _ in own.tallies)
        history = tuple(draw(st.lists(st.sampled_from([OFF, EARLY, LATE, NIGHT]), max_size=4)))
        staff.append(
            Person(
                f"p{i}",
                own,
                np.array(costs, np.int64).reshape(days, 3),
                np.array(off_costs, np.int64),
                tables,
                history,
            )
        )
    return Problem(days, kinds, options, ("a", "b"), covers, tuple(staff), base_cost=7)


@st.composite
def rules(draw: st.DrawFn, days: int) -> Rules:
    """Any mixture of rules."""
    maybe = st.booleans()
    tallies = []
    if draw(maybe):
        floor = draw(st.integers(0, 2)) * 480
        ceiling = draw(st.sampled_from([None, floor + 480, floor + 1440]))
        tallies.append(Tally("minutes", (480, 480, 1440), floor, ceiling, priced=draw(maybe)))
    if draw(maybe):
        blocks = (frozenset({-1, 0}), frozenset({2, 3}))
        tallies.append(
            Tally("weekends", (1, 0, 1), at_most=draw(st.sampled_from([None, 1])), blocks=blocks, priced=True)
        )
    if draw(maybe):
        tallies.append(
            Tally("holidays", (1, 1, 1), at_most=draw(st.integers(1, 2)), days=frozenset({1, 3, 4}))
        )
    limits = (RunLimit("nights", frozenset({LATE, NIGHT}), draw(st.integers(1, 2))),) if draw(maybe) else ()
    windows = (
        (Window("rest", draw(st.integers(1, 3)), (1, 1, 2), draw(st.integers(2, 3))),) if draw(maybe) else ()
    )
    most = st.sampled_from([None, 2, 3])
    return Rules(
        draw(st.integers(1, 2)),
        draw(most),
        draw(st.integers(1, 2)),
        draw(most),
        limits,
        windows,
        tuple(tallies),
    )
