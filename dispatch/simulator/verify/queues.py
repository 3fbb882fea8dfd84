"""Checks of queues by their fields: Erlang's formulas, Pollaczek and Khinchine's, the ordered hunt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.random import Generator

from dispatch.simulator.verify.check import Check
from dispatch.simulator.verify.laws import erlang_loss
from dispatch.simulator.verify.servers import CALLS, Draw, Queue, observe
from dispatch.simulator.verify.times import draw_of, exponential

Fields = Mapping[str, Any]


def _of_name(name: str, letter: str) -> float | None:
    found = re.search(rf"(?<![a-z]){letter}=?(\d+(?:\.\d+)?)", name)
    return float(found[1]) if found else None


def _size(name: str, fields: Fields) -> tuple[int, float] | None:
    """Servers and offered load: fields `c` and `a` (or lam and mu), else what the name says (`…_c5_a3`)."""
    servers, offered = fields.get("c", _of_name(name, "c")), fields.get("a")
    lam, mu = fields.get("lam"), fields.get("mu", 1)
    if offered is None and isinstance(lam, int | float) and isinstance(mu, int | float):
        offered = lam / mu
    if offered is None:
        offered = _of_name(name, "a")
    return None if servers is None or offered is None else (int(servers), float(offered))


def _pool(servers: int, offered: float, *, waits: bool) -> Queue:
    """Identical servers in one order of hunting; times are service times."""
    return Queue((offered,), (tuple(range(servers)),), (1.0,) * servers, waits)


def erlang(name: str, fields: Fields) -> Iterator[Check]:
    size = _size(name, fields)
    if size is None:
        return
    servers, offered = size
    loss = fields.get("erlang_B", fields.get("B"))
    if isinstance(loss, int | float):
        queue = _pool(servers, offered, waits=False)
        yield Check(
            name, ("erlang_B",), (loss,), lambda rng: (observe(queue, exponential, rng, CALLS).loss(),)
        )
    known = {key: float(fields[key]) for key in ("erlang_C", "C", "Wq_in_service_times") if key in fields}
    if known and offered < servers:
        line = _pool(servers, offered, waits=True)

        def waiting(rng: Generator) -> list[float]:
            seen = observe(line, exponential, rng, CALLS)
            return [seen.mean_wait() if key.startswith("Wq") else seen.waiting() for key in known]

        yield Check(name, tuple(known), tuple(known.values()), waiting)


def insensitive(name: str, fields: Fields) -> Iterator[Check]:
    """The loss under other service times: [[distribution, somebody's run], …] and one expected value."""
    for key, rows in fields.items():
        pairs = (
            isinstance(rows, list)
            and rows
            and all(isinstance(row, list) and len(row) == 2 and isinstance(row[0], str) for row in rows)
        )
        size = _size(key, fields) or _size(name, fields)
        if not pairs or size is None:
            continue
        expected = float(fields.get("expected", erlang_loss(*size)))
        for distribution, _ in rows:
            yield _loss(f"{name} {key}", distribution, size, expected)


def _loss(name: str, distribution: str, size: tuple[int, float], expected: float) -> Check:
    queue, draw = _pool(*size, waits=False), draw_of(distribution)
    return Check(
        name, (f"loss {distribution}",), (expected,), lambda rng: (observe(queue, draw, rng, CALLS).loss(),)
    )


def mean_waits(name: str, fields: Fields) -> Iterator[Check]:
    """M/G/c by distribution: `expected_Wq` in the unit of 1/mu."""
    waits = fields.get("expected_Wq")
    if not isinstance(waits, Mapping):
        return
    lam, mu, servers = float(fields["lam"]), float(fields.get("mu", 1)), int(fields.get("c", 1))
    queue = Queue((lam,), (tuple(range(servers)),), (mu,) * servers, waits=True)
    for distribution, expected in waits.items():
        yield _mean_wait(name, queue, distribution, float(expected))


def _mean_wait(name: str, queue: Queue, distribution: str, expected: float) -> Check:
    draw: Draw = draw_of(distribution)
    return Check(
        name,
        (f"Wq {distribution}",),
        (expected,),
        lambda rng: (observe(queue, draw, rng, CALLS).mean_wait(),),
    )


def hunt(name: str, fields: Fields) -> Iterator[Check]:
    """Ordered hunt with loss. Where nobody says the offered load, the first server's tells it: a / (1 + a)."""
    loads = fields.get("server_load")
    if not isinstance(loads, Sequence):
        return
    size = _size(name, {"c": len(loads), **fields})
    offered = size[1] if size else float(loads[0]) / (1.0 - float(loads[0]))
    queue = _pool(len(loads), offered, waits=False)
    yield Check(
        name,
        tuple(f"server_load[{n}]" for n in range(len(loads))),
        tuple(float(load) for load in loads),
        lambda rng: observe(queue, exponential, rng, CALLS).loads(len(loads)).tolist(),
    )
