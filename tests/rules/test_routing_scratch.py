"""Work space of searches: bounded by cores, not by threads, and clean whatever happens."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest

from routing.live import LiveRoads
from routing.passable import CLOSED
from routing.rank import Start, rank
from routing.scratch import Scratch, ScratchPool
from tests.rules.routing_world import FLEET, at, town


def test_eight_searches_on_threads_share_two_work_spaces_and_answer_as_one_at_a_time() -> None:
    pool = ScratchPool(2)
    live = LiveRoads(replace(town(14).live().graph, scratch=pool))
    starts = [Start(*at(i % 13, i * 5 % 13), code) for i, code in enumerate([*FLEET] * 4)]
    alarms = [at(i * 3 % 13, i * 7 % 13) for i in range(64)]
    alone = [rank(live, *place, starts) for place in alarms]
    assert pool.made == 1
    together = threading.Barrier(8)

    def share(first: int) -> list[object]:
        together.wait()
        return [rank(live, *place, starts) for place in alarms[first::8]]

    with ThreadPoolExecutor(8) as threads:
        for first, answers in enumerate(threads.map(share, range(8))):
            assert answers == alone[first::8]
    assert 1 <= pool.made <= 2


def test_who_finds_all_lent_waits_until_one_comes_back() -> None:
    pool = ScratchPool(1)
    lent: list[Scratch] = []

    def borrow() -> None:
        with pool.lend(10, 1, 5) as theirs:
            lent.append(theirs)

    with ThreadPoolExecutor(1) as other:
        with pool.lend(10, 1, 5) as mine:
            waiting = other.submit(borrow)
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.05)
            assert lent == []
        waiting.result(timeout=10)
    assert lent[0] is mine


def test_a_work_space_that_a_failure_left_dirty_is_not_lent_again() -> None:
    pool = ScratchPool(1)

    def fail() -> None:
        with pool.lend(10, 1, 5) as dirty:
            dirty.dist[3] = 7
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with pool.lend(10, 1, 5) as clean:
        assert (clean.dist == CLOSED).all()


def test_a_work_space_grows_with_what_is_asked_of_it() -> None:
    pool = ScratchPool(1)
    for nodes, targets, keys in ((10, 1, 5), (10, 5000, 9), (10, 2, 90_000), (7, 2, 8)):
        with pool.lend(nodes, targets, keys) as space:
            assert len(space.entry_at) == nodes
            assert min(len(space.dist), len(space.via), len(space.seen)) >= nodes + targets
            assert len(space.heap) >= keys
            assert (space.dist == CLOSED).all()
            assert (space.entry_at == -1).all()
            assert space.dist.dtype == np.uint32
