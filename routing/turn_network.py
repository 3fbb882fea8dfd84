"""A road network in which only allowed turns lead on: a node is split for each arc that not every arc may follow.

A restricted arc ends at a copy of its node, from which only the arcs lead on that may follow it. So a turn needs no
thought in a search, and what it finds is exact. Everything else is as in `RoadGraph`, and numbered as there: copies
of nodes come after the nodes, copies of arcs after the arcs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from routing.scratch import ScratchPool

HIGH = np.uint64(0xFFFFFFFF00000000)
Array = TypeVar("Array", bound=np.ndarray)


@dataclass(frozen=True, eq=False)
class TurnNetwork:
    """`forbidden` are the pairs of arcs that may not follow each other, ascending.

    `first_in` and `in_arc` as in `RoadGraph`; `first_out` and `out_arc` likewise for the arcs that leave a node. The
    copies of arcs have even numbers, so that `length_metres[arc >> 1]` is the length of every arc; the numbers
    between stand in no list. `real_arc` is the road's own arc, `copies` are a node's, and `entered_from` the copies
    of its tail from which an arc may be entered.
    """

    forbidden: NDArray[np.int64]
    nodes: int
    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    first_in: NDArray[np.uint32]
    in_arc: NDArray[np.uint32]
    first_out: NDArray[np.uint32]
    out_arc: NDArray[np.uint32]
    real_arc: NDArray[np.int32]
    length_metres: NDArray[np.float64]
    copies: Mapping[int, list[int]]
    entered_from: Mapping[int, list[int]]
    scratch: ScratchPool = field(default_factory=ScratchPool, repr=False)

    @property
    def arcs(self) -> int:
        return len(self.in_arc)

    @cached_property
    def turned(self) -> TurnNetwork:
        """For a search that drives forward: every arc the other way round."""
        return replace(
            self, tail=self.head, head=self.tail, first_in=self.first_out, in_arc=self.out_arc,
            first_out=self.first_in, out_arc=self.in_arc,
        )  # fmt: skip

    @cached_property
    def _forbidden_after(self) -> Mapping[int, frozenset[int]]:
        after: dict[int, set[int]] = {}
        for arc, following in self.forbidden.tolist():
            after.setdefault(arc, set()).add(following)
        return {arc: frozenset(found) for arc, found in after.items()}

    def forbidden_after(self, arc: int) -> frozenset[int]:
        """Arcs that may not follow this one."""
        return self._forbidden_after.get(arc, frozenset())

    def weights(self, inbound: NDArray[np.uint64], slot: NDArray[np.uint32]) -> NDArray[np.uint64]:
        """A class's weights on the road graph (with its `slot`) in the order of this network."""
        times = inbound[slot[self.real_arc[self.in_arc]]] & HIGH
        return frozen(times | self.tail[self.in_arc].astype(np.uint64))

    def after(self, node: NDArray[np.int64], arc: NDArray[np.int64]) -> NDArray[np.int64]:
        """Where in the network one is who came to a node over this arc (-1: over none, and may turn anywhere).

        Ask the network as it is driven, not the one that is `turned`.
        """
        ends = node.copy()
        driven = arc >= 0
        ends[driven] = self.head[arc[driven]]
        return ends

    def before(
        self, node: NDArray[np.int64], arc: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """All places in this network from which an arc that leaves a node may be entered (-1: the node itself).

        As columns: the row that was asked for, the given rows first, and the place.
        """
        rows, places = list(range(len(node))), node.tolist()
        for row in np.flatnonzero(self._is_split[node]).tolist():
            way = int(arc[row])
            more = self.copies[int(node[row])] if way < 0 else self.entered_from.get(way, [])
            rows += [row] * len(more)
            places += more
        return np.array(rows, dtype=np.int64), np.array(places, dtype=np.int64)

    @cached_property
    def _is_split(self) -> NDArray[np.bool_]:
        found = np.zeros(self.nodes, dtype=np.bool_)
        found[list(self.copies)] = True
        return found


def split(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    length_metres: NDArray[np.float64],
    nodes: int,
    forbidden: NDArray[np.int64],
) -> TurnNetwork:
    """The network of a road graph's arcs without these turns: (n × 2) arcs of which the second follows the first."""
    leaving: dict[int, list[int]] = {}
    at_nodes = np.unique(head[forbidden[:, 0]])
    for arc in np.flatnonzero(np.isin(tail, at_nodes)).tolist():
        leaving.setdefault(int(tail[arc]), []).append(arc)
    after: dict[int, set[int]] = {}
    for arc, following in forbidden.tolist():
        after.setdefault(arc, set()).add(following)

    new_head = head.copy()
    copies: dict[int, list[int]] = {}
    entered_from: dict[int, list[int]] = {}
    extra: list[tuple[int, int]] = []  # a copy of a node, and the arc that leads on from it
    for number, (arc, barred) in enumerate(sorted(after.items())):
        node, copy = int(head[arc]), nodes + number
        new_head[arc] = copy
        copies.setdefault(node, []).append(copy)
        for following in leaving.get(node, []):
            if following not in barred:
                entered_from.setdefault(following, []).append(copy)
                extra.append((copy, following))

    rows = np.array(extra, dtype=np.int32).reshape(-1, 2)
    real = np.concatenate((np.arange(len(tail), dtype=np.int32), np.repeat(rows[:, 1], 2)))
    all_tail = np.concatenate((tail, np.repeat(rows[:, 0], 2))).astype(np.int32)
    all_head = new_head[real]
    used = np.concatenate((np.arange(len(tail)), len(tail) + 2 * np.arange(len(rows))))
    count = nodes + len(after)
    return TurnNetwork(
        forbidden=forbidden,
        nodes=count,
        tail=frozen(all_tail),
        head=frozen(all_head),
        first_in=_firsts(all_head[used], count),
        in_arc=_in_order(used, all_head),
        first_out=_firsts(all_tail[used], count),
        out_arc=_in_order(used, all_tail),
        real_arc=frozen(real),
        length_metres=frozen(np.concatenate((length_metres, length_metres[rows[:, 1] >> 1]))),
        copies=copies,
        entered_from=entered_from,
    )


def _firsts(node: NDArray[np.int32], nodes: int) -> NDArray[np.uint32]:
    first = np.zeros(nodes + 1, dtype=np.uint32)
    np.cumsum(np.bincount(node, minlength=nodes), out=first[1:])
    return frozen(first)


def _in_order(arcs: NDArray[np.int64], node: NDArray[np.int32]) -> NDArray[np.uint32]:
    return frozen(arcs[np.argsort(node[arcs], kind="stable")].astype(np.uint32))


def frozen(array: Array) -> Array:
    array.flags.writeable = False
    return array
