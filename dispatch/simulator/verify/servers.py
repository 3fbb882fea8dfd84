"""A dispatch queue on the simulator's event loop: servers, preferences, a line of any length or none."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from dispatch.simulator.agenda import Agenda, run

DONE = 0
CALLS = 10_000  # a seed
Draw = Callable[[Generator, int], NDArray[np.float64]]


@dataclass(frozen=True)
class Queue:
    """`lam` and `pref` by group of calls; `mu` by server. Times are in whatever unit the rates are.

    `waits`: calls that find nobody free wait in one line, first come first served; else they are lost.
    """

    lam: tuple[float, ...]
    pref: tuple[tuple[int, ...], ...]
    mu: tuple[float, ...]
    waits: bool


@dataclass(frozen=True)
class Seen:
    """Of the calls within the window: `server` −1 is lost. From `all_server` on: all services, also outside of it."""

    window: tuple[float, float]
    group: NDArray[np.int64]
    wait: NDArray[np.float64]
    server: NDArray[np.int64]
    all_server: NDArray[np.int64]
    called: NDArray[np.float64]
    begin: NDArray[np.float64]
    end: NDArray[np.float64]

    def loss(self) -> float:
        return float((self.server < 0).mean())

    def waiting(self) -> float:
        return float((self.wait > 0).mean())

    def mean_wait(self) -> float:
        return float(self.wait.mean())

    def loads(self, servers: int) -> NDArray[np.float64]:
        """Busy fraction of each server in the window."""
        first, last = self.window
        inside = np.clip(np.minimum(self.end, last) - np.maximum(self.begin, first), 0.0, None)
        busy = np.bincount(self.all_server, weights=inside, minlength=servers)
        return np.asarray(busy / (last - first), dtype=np.float64)

    def states(self, servers: int) -> NDArray[np.float64]:
        """Fraction of the window in each state; bit n: server n busy."""
        first, last = self.window
        # Ends first: a server that is free and taken again at one moment must not count twice.
        at = np.concatenate((self.end, self.begin))
        bit = np.left_shift(1, self.all_server)
        order = np.argsort(at, kind="stable")
        state = np.concatenate(([0], np.cumsum(np.concatenate((-bit, bit))[order])))
        edges = np.clip(np.concatenate(([-np.inf], at[order], [np.inf])), first, last)
        lasted = np.bincount(state, weights=np.diff(edges), minlength=1 << servers)
        return np.asarray(lasted / (last - first), dtype=np.float64)

    def line(self) -> float:
        """Fraction of the window in which somebody waits."""
        first, last = self.window
        waited = self.begin > self.called
        at = np.concatenate((self.called[waited], self.begin[waited]))
        order = np.argsort(at, kind="stable")
        change = np.concatenate((np.ones(int(waited.sum()), int), -np.ones(int(waited.sum()), int)))[order]
        waiting = np.concatenate(([0], np.cumsum(change))) > 0
        edges = np.clip(np.concatenate(([-np.inf], at[order], [np.inf])), first, last)
        return float(np.diff(edges)[waiting].sum() / (last - first))

    def sent(self, servers: int, groups: int) -> NDArray[np.float64]:
        """Of all calls served, the share that server n took from group j."""
        served = self.server >= 0
        flat = np.bincount(self.server[served] * groups + self.group[served], minlength=servers * groups)
        return np.asarray(flat.reshape(servers, groups) / served.sum(), dtype=np.float64)


class ServerWorld:
    """Units that are free or not; nothing else of a county matters to these cases."""

    def __init__(
        self, queue: Queue, group: Sequence[int], work: Sequence[float], arrivals: Sequence[float]
    ) -> None:
        self.agenda: Agenda[float] = Agenda()
        self.queue, self.group, self.work, self.arrivals = queue, group, work, arrivals
        self.pace = tuple(1.0 / mu for mu in queue.mu)
        self.free = [True] * len(queue.mu)
        self.line: deque[int] = deque()
        self.server = [-1] * len(arrivals)
        self.begin = [0.0] * len(arrivals)
        self.end = [0.0] * len(arrivals)

    def arrive(self, now: float, number: int) -> None:
        free = self.free
        for server in self.queue.pref[self.group[number]]:
            if free[server]:
                self._serve(now, number, server)
                return
        if self.queue.waits:
            self.line.append(number)

    def happen(self, now: float, what: int, whom: int) -> None:
        for number in self.line:  # in a full county it is the first; a call may admit few servers only
            if whom in self.queue.pref[self.group[number]]:
                self.line.remove(number)
                self._serve(now, number, whom)
                return
        self.free[whom] = True

    def _serve(self, now: float, number: int, server: int) -> None:
        self.free[server] = False
        end = now + self.work[number] * self.pace[server]
        self.server[number], self.begin[number], self.end[number] = server, now, end
        self.agenda.note(end, DONE, server)


def observe(queue: Queue, work: Draw, rng: Generator, calls: int) -> Seen:
    """About so many calls, after a warm-up that outlasts the memory of the empty start. `work` has mean 1."""
    rate, capacity = sum(queue.lam), sum(queue.mu)
    load = rate / capacity
    memory = 1.0 / min(queue.mu)
    if queue.waits:
        memory += 1.0 / (capacity * (1.0 - load**0.5) ** 2)
    warm = 12.0 * memory
    last = warm + max(calls / rate, 60.0 * memory)
    count = int(rng.poisson(rate * last))
    at = np.sort(rng.random(count)) * last
    shares = np.cumsum(np.array(queue.lam) / rate)
    group = np.minimum(np.searchsorted(shares, rng.random(count), side="right"), len(queue.lam) - 1)
    world = ServerWorld(queue, group.tolist(), work(rng, count).tolist(), at.tolist())
    run(world, world.arrivals)
    server, begin = np.array(world.server), np.array(world.begin)
    counted, served = at >= warm, server >= 0
    return Seen(
        window=(warm, last),
        group=group[counted],
        wait=np.where(served, begin - at, 0.0)[counted],
        server=server[counted],
        all_server=server[served],
        called=at[served],
        begin=begin[served],
        end=np.array(world.end)[served],
    )
