"""The problem that the solving core answers: people, what each may do on each day, cover, rules and prices.

Everything above compiles to this one form: a fire team's month, a published benchmark, one day's repair. It knows
days, kinds, options and posts, and no fire-service words.

*Days* are 0 … `days` − 1. On each day a person does exactly one *option* or is off (`OFF`). An option is a *kind*
(the shift: its minutes and the rest it needs) with the *posts* it fills (the seats); two options of one kind are
parallel ways to work the same shift. A *post* is a line of demand over all days; `Cover` says how many it needs on a
day and what each missing or surplus person costs. Who counts for a post by qualification only has options that name
it, so qualifications need no further words here.

All costs are integers. Goals in order are weights far enough apart; keep the sum of a roster's costs below 10¹² so
that the arithmetic of the linear programme stays exact enough. Changes against a given roster are option costs.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

OFF: Final = -1
"""The choice of a day off, in solutions and histories."""

FORBIDDEN: Final = 2**52
"""The cost of an option that a person may not take on a day (or, in `off_costs`, of a day he may not be off)."""

Ints = NDArray[np.int64]


class ProblemError(ValueError):
    """The problem is malformed, or too large to compile; the message names what and where."""


class NoLegalRosterError(ProblemError):
    """A person's own rules, pins, days off and history leave no legal roster at all."""

    def __init__(self, person: str) -> None:
        super().__init__(f"{person}: no roster satisfies the person's own rules, fixed days and history")
        self.person = person


@dataclass(frozen=True, slots=True)
class Kind:
    """What a person may do on a day: a shift, or any other duty that has a name."""

    name: str
    minutes: int
    bars: tuple[frozenset[int], ...] = ()
    """Kinds that may not start 1, 2, … days later. A day off is never barred; a 24-hour turn with two days of rest
    bars every kind twice."""
    works: bool = True
    """False: runs of work and of rest see a day off (standby at home, for instance); tallies still count it."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to work a kind: the posts it fills on its day (none is allowed: work that covers nothing)."""

    name: str
    kind: int
    posts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cover:
    """What a post needs on a day. `missing[i]` is the cost of the (i+1)-th missing person, `surplus[i]` of the
    (i+1)-th too many; the last step repeats, steps may not fall (convex), and none means free."""

    day: int
    post: int
    need: int
    missing: tuple[int, ...] = ()
    surplus: tuple[int, ...] = ()

    def cost(self, count: int) -> int:
        """What `count` people on this post cost."""
        return _stairs(self.missing, self.need - count) + _stairs(self.surplus, count - self.need)


@dataclass(frozen=True, slots=True)
class Tally:
    """A count over a person's horizon, bounded, priced or both: minutes, nights, weekends, holidays.

    `weights[kind]` is what a duty of that kind adds. `days` restricts it. With `blocks` (disjoint sets of days, for
    instance weekends) each block adds its weight once, with the first duty of weight in it; a block may begin
    before day 0, and history then says whether it was already counted. A priced tally gets `Person.tally_costs`.
    """

    name: str
    weights: tuple[int, ...]
    at_least: int = 0
    at_most: int | None = None
    days: frozenset[int] | None = None
    blocks: tuple[frozenset[int], ...] = ()
    priced: bool = False

    @property
    def unit(self) -> int:
        """The step between possible values; the index of a cost table is value ÷ unit."""
        return math.gcd(*self.weights) or 1


@dataclass(frozen=True, slots=True)
class RunLimit:
    """At most so many days in a row with a duty of these kinds (nights)."""

    name: str
    kinds: frozenset[int]
    at_most: int


@dataclass(frozen=True, slots=True)
class Window:
    """At most so much weight (minutes, usually) in any `days` consecutive days; history counts into the first."""

    name: str
    days: int
    weights: tuple[int, ...]
    at_most: int


@dataclass(frozen=True, slots=True)
class Rules:
    """The hard rules of a person; people with equal rules share one compiled diagram.

    Runs at the horizon's edges are judged leniently: a run that touches the last day, or the first known day (of the
    history, if there is one), may be shorter than its minimum, never longer than its maximum.
    """

    work_run_min: int = 1
    work_run_max: int | None = None
    off_run_min: int = 1
    off_run_max: int | None = None
    run_limits: tuple[RunLimit, ...] = ()
    windows: tuple[Window, ...] = ()
    tallies: tuple[Tally, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """Somebody to be rostered: rules, prices and history.

    `costs[day, option]` and `off_costs[day]` are prices, `FORBIDDEN` where not allowed: a fixed day off forbids all
    options, a pin everything else. `tally_costs[i]` prices the i-th tally if it is priced: the cost of value 0, 1, …
    units, the last step repeating; convex tables steer to fairness, and carried debts shift the table. `history` is
    what was worked before day 0, by kind or `OFF`, the last entry being the day before; it is never judged itself.
    """

    name: str
    rules: Rules
    costs: Ints
    off_costs: Ints
    tally_costs: tuple[tuple[int, ...], ...] = ()
    history: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """A horizon, its kinds, options and posts, the cover asked for and the people. `base_cost` is added to all."""

    days: int
    kinds: tuple[Kind, ...]
    options: tuple[Option, ...]
    posts: tuple[str, ...]
    covers: tuple[Cover, ...]
    people: tuple[Person, ...]
    base_cost: int = 0

    def __post_init__(self) -> None:
        kinds, shape = len(self.kinds), (self.days, len(self.options))
        if self.days < 1 or not self.people or not self.options:
            raise ProblemError("a problem needs at least one day, one option and one person")
        for kind in self.kinds:
            _require(kind.minutes >= 0, f"kind {kind.name}: minutes below zero")
            _require(
                all(0 <= k < kinds for bar in kind.bars for k in bar), f"kind {kind.name}: bars unknown kinds"
            )
        for option in self.options:
            _require(0 <= option.kind < kinds, f"option {option.name}: unknown kind {option.kind}")
            _require(
                all(0 <= post < len(self.posts) for post in option.posts)
                and len(set(option.posts)) == len(option.posts),
                f"option {option.name}: unknown or repeated posts",
            )
        _require(
            len({(c.day, c.post) for c in self.covers}) == len(self.covers), "two covers for one day and post"
        )
        for cover in self.covers:
            where = f"cover of post {cover.post} on day {cover.day}"
            _require(
                0 <= cover.day < self.days and 0 <= cover.post < len(self.posts), f"{where}: out of range"
            )
            for steps in (cover.missing, cover.surplus):
                _require(
                    _is_convex(steps) and min(steps, default=0) >= 0, f"{where}: cost steps must not fall"
                )
        for person in self.people:
            _require(person.costs.shape == shape, f"{person.name}: costs must be days × options")
            _require(
                person.off_costs.shape == (self.days,), f"{person.name}: off_costs must have one per day"
            )
            weighted: list[Tally | Window] = [*person.rules.tallies, *person.rules.windows]
            for rule in weighted:
                _require(
                    len(rule.weights) == kinds and min(rule.weights, default=0) >= 0,
                    f"{person.name}: {rule.name} needs one weight, not below zero, for each kind",
                )
            for index, tally in enumerate(person.rules.tallies):
                days = [day for block in tally.blocks for day in block]
                _require(len(days) == len(set(days)), f"{person.name}: blocks of {tally.name} overlap")
                _require(
                    not tally.priced or (index < len(person.tally_costs) and bool(person.tally_costs[index])),
                    f"{person.name}: {tally.name} is priced but has no cost table",
                )


@dataclass(frozen=True, slots=True)
class Solution:
    """A legal roster: `choices[person][day]` is an option's index or `OFF`; cost, and a proved bound if known."""

    choices: tuple[tuple[int, ...], ...]
    cost: int
    bound: int | None = None

    @property
    def proved(self) -> bool:
        """Whether nothing cheaper exists."""
        return self.bound is not None and self.bound >= self.cost


Progress = Callable[[Solution], None]
"""Told of each new best solution, and of each better bound, as they are found."""


@dataclass(frozen=True, slots=True)
class Budget:
    """How long to try.

    With `seconds`, a `clock` (seconds, any origin) is read, and the answer depends on the machine's speed. With
    `steps` instead, work is charged by what it is (one step of ruin and recreate is one; 10,000 are a nominal
    second), no clock is read, and the same seed gives the same answer anywhere. `should_stop` ends the work early
    (Ctrl-C: the best so far stays).
    """

    seconds: float | None = None
    steps: int | None = None
    clock: Callable[[], float] | None = None
    should_stop: Callable[[], bool] | None = None

    def __post_init__(self) -> None:
        if (self.seconds is None) == (self.steps is None):
            raise ValueError("a budget needs either seconds or steps")
        if self.seconds is not None and self.clock is None:
            raise ValueError("a budget in seconds needs a clock")


def table_cost(table: Sequence[int], index: int) -> int:
    """The value of a cost table at an index, the last step repeating beyond its end."""
    last = len(table) - 1
    if index <= last:
        return table[index]
    step = table[last] - table[last - 1] if last else 0
    return table[last] + step * (index - last)


def _stairs(steps: tuple[int, ...], height: int) -> int:
    if height <= 0 or not steps:
        return 0
    return sum(steps[:height]) + steps[-1] * max(0, height - len(steps))


def _is_convex(steps: tuple[int, ...]) -> bool:
    return all(a <= b for a, b in itertools.pairwise(steps))


def _require(condition: bool, message: str) -> None:
    if not condition:
        raise ProblemError(message)
