"""What of a class's roads hangs together: the largest strong component, and who can leave for it or be reached."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from routing.passable import CLOSED


@dataclass(frozen=True, slots=True)
class MainNetwork:
    """By node: can the main network be reached from it, and can it be reached from there. By piece: either."""

    leads_in: NDArray[np.bool_]
    comes_out: NDArray[np.bool_]
    pieces: NDArray[np.bool_]


def find_main_network(
    tail: NDArray[np.int32], head: NDArray[np.int32], packed_by_arc: NDArray[np.uint64], nodes: int
) -> MainNetwork:
    from scipy.sparse import (
        csr_matrix,  # here: half a second to load, and a graph from the cache needs none of it
    )
    from scipy.sparse.csgraph import breadth_first_order, connected_components

    leads_in, comes_out = np.zeros(nodes, dtype=np.bool_), np.zeros(nodes, dtype=np.bool_)
    open_ = packed_by_arc >> np.uint64(32) < np.uint64(CLOSED)
    if open_.any():
        ones = np.ones(int(open_.sum()), dtype=np.int8)
        forward = csr_matrix((ones, (tail[open_], head[open_])), shape=(nodes, nodes))
        _, label = connected_components(forward, directed=True, connection="strong")
        seed = int(np.flatnonzero(label == np.bincount(label).argmax())[0])
        comes_out[breadth_first_order(forward, seed, return_predecessors=False)] = True
        leads_in[breadth_first_order(forward.T.tocsr(), seed, return_predecessors=False)] = True
    joined = open_ & (leads_in[head] | comes_out[tail])
    pieces = joined[0::2] | joined[1::2]
    for array in (leads_in, comes_out, pieces):
        array.flags.writeable = False
    return MainNetwork(leads_in, comes_out, pieces)
