"""The next-event loop on a virtual clock: the same one for the county's units and for the exact cases."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush
from typing import Generic, Protocol, TypeVar

# Milliseconds as whole numbers in a county; the exact cases count in service times.
Moment = TypeVar("Moment", int, float)


class Agenda(Generic[Moment]):
    """What will happen, as flat tuples: when, in what order it was noted, what, to whom."""

    __slots__ = ("_noted", "events")

    def __init__(self) -> None:
        self.events: list[tuple[Moment, int, int, int]] = []
        self._noted = 0

    def note(self, at: Moment, what: int, whom: int) -> None:
        self._noted += 1
        heappush(self.events, (at, self._noted, what, whom))


class World(Protocol[Moment]):
    """What the loop moves: it notes in its own agenda what will follow."""

    agenda: Agenda[Moment]

    def arrive(self, now: Moment, number: int) -> None: ...

    def happen(self, now: Moment, what: int, whom: int) -> None: ...


def run(world: World[Moment], arrivals: Iterable[Moment]) -> None:
    """Everything in its order until nothing is left. Arrivals come sorted; at one moment, what was noted goes first."""
    events, happen, arrive = world.agenda.events, world.happen, world.arrive
    for number, at in enumerate(arrivals):
        while events and events[0][0] <= at:
            now, _, what, whom = heappop(events)
            happen(now, what, whom)
        arrive(at, number)
    while events:
        now, _, what, whom = heappop(events)
        happen(now, what, whom)
