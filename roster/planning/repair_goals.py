"""What is asked of an option of a repair, what was found, and what it costs, counted plainly from before and after."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from roster.planning.repair_case import Nearness, RepairCase, RepairCost


@dataclass(frozen=True, slots=True)
class Demand:
    """What an option must or must not do, beyond the rules."""

    spare: frozenset[int] = frozenset()
    """People who are not to be touched."""
    no_asks: bool = False
    nobody_called: bool = False
    """Only people who are on the turn anyway change seats."""
    give_back: bool = False
    """Others end with as many duties as before: what they take over, they get off elsewhere."""
    wished_first: bool = False
    """People are asked also for wished seats."""
    lent: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """`held`: (person, place) after the repair; `proved`: nothing in this scope costs less."""

    held: frozenset[tuple[int, int]]
    cost: RepairCost
    proved: bool


ANYTHING = Demand()


def cost_of(case: RepairCase, held: frozenset[tuple[int, int]]) -> RepairCost:
    """Counted plainly from what is held before and after."""
    frame = case.frame
    gained, lost = held - case.held, case.held - held
    sitting: defaultdict[int, int] = defaultdict(int)
    for _, place in held:
        sitting[place] += 1
    required = wished = newly = 0
    for at, one in enumerate(frame.places):
        empty = len(one.seats) - sitting[at]
        short = max(0, empty - case.open_published(at))
        required += short * one.required
        wished += short * (not one.required)
        newly += max(0, empty - case.open_before(at))
    turns_before = {(person, frame.places[place].turn) for person, place in case.held}
    turns_after = {(person, frame.places[place].turn) for person, place in held}
    new = turns_after - turns_before
    asks = sum(case.nearness(turn) is not Nearness.FREE for _, turn in turns_before ^ turns_after)
    others = {person for person, _ in gained | lost} - case.absent
    return RepairCost(
        required_open=required,
        asks=asks,
        wished_open=wished,
        overrides=sum(frame.leans(person, turn) for person, turn in new),
        changes=len(gained) + newly,
        people=len(others),
        loans=sum(person >= frame.own for person, _ in new),
        unfairness=sum(case.loads[person] for person, _ in new),
    )
