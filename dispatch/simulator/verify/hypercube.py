"""Checks of Larson's hypercube by their fields: who is busy, in which states, and who goes to whom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from numpy.random import Generator

from dispatch.simulator.verify.check import Check
from dispatch.simulator.verify.servers import CALLS, Queue, Seen, observe
from dispatch.simulator.verify.times import exponential

# Explicit words for whether a call that finds nobody free waits.
_LINE_FIELDS = ("line", "queue", "capacity", "line_capacity", "queue_capacity")
_NONE = (0, "0", "zero", "none", "loss", False)


def hypercube(name: str, fields: Mapping[str, Any]) -> Iterator[Check]:
    """Rates and preferences by group of calls, rates by server, a line or none."""
    if not isinstance(fields.get("lam"), list) or not isinstance(fields.get("pref"), list):
        return
    lam = tuple(float(rate) for rate in fields["lam"])
    pref = tuple(tuple(int(server) for server in row) for row in fields["pref"])
    rates = fields.get("mu", 1.0)
    servers = len(rates) if isinstance(rates, list) else max(max(row) for row in pref) + 1
    mu = tuple(map(float, rates)) if isinstance(rates, list) else (float(rates),) * servers
    queue = Queue(lam, pref, mu, _waits(name, fields))
    wanted = _wanted(fields, queue)
    whole = abs(sum(_states(fields)) - 1.0) < 1e-6

    def sample(rng: Generator) -> list[float]:
        found = _found(observe(queue, exponential, rng, CALLS), queue, whole)
        return [found[quantity] for quantity in wanted]

    if wanted:
        yield Check(name, tuple(wanted), tuple(wanted.values()), sample)


def _states(fields: Mapping[str, Any]) -> list[float]:
    found = fields.get("P_states_bit_n_busy", fields.get("P", []))
    return [float(share) for share in found]


def _waits(name: str, fields: Mapping[str, Any]) -> bool:
    """Said outright, or to be seen from the answers: somebody waits, or the states alone do not sum to one."""
    for field in _LINE_FIELDS:
        if field in fields:
            said = fields[field]
            return (said.lower() if isinstance(said, str) else said) not in _NONE
    if isinstance(fields.get("Wq"), int | float):
        return bool(fields["Wq"] > 0)
    if _states(fields):
        return abs(sum(_states(fields)) - 1.0) > 1e-6
    return "inf" in name


def _wanted(fields: Mapping[str, Any], queue: Queue) -> dict[str, float]:
    wanted: dict[str, float] = {}
    _into(wanted, "rho", fields.get("rho", ()))
    _into(wanted, "P", _states(fields))
    for server, row in enumerate(fields.get("f_nj", ())):
        _into(wanted, f"f[{server}]", row)
    if isinstance(fields.get("p_all_busy"), int | float):
        wanted["p_all_busy"] = float(fields["p_all_busy"])
    if queue.waits and isinstance(fields.get("Wq"), int | float):
        wanted["Wq"] = float(fields["Wq"])
    return wanted


def _found(seen: Seen, queue: Queue, whole: bool) -> dict[str, float]:
    """`whole`: the last state holds the line too; else it means that all are busy and nobody waits."""
    servers = len(queue.mu)
    states = seen.states(servers)
    found: dict[str, float] = {"p_all_busy": float(states[-1]), "Wq": seen.mean_wait()}
    if queue.waits and not whole:
        states[-1] -= seen.line()
    _into(found, "rho", seen.loads(servers).tolist())
    _into(found, "P", states.tolist())
    for server, row in enumerate(seen.sent(servers, len(queue.lam)).tolist()):
        _into(found, f"f[{server}]", row)
    return found


def _into(found: dict[str, float], name: str, values: Sequence[float]) -> None:
    for number, value in enumerate(values):
        found[f"{name}[{number}]"] = float(value)
