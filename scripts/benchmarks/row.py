"""One line of a benchmark's table: what was done, how long it took, and what a peer took for the same work."""

from __future__ import annotations

from typing import Any


def row(
    work: str,
    value: float | None,
    *,
    unit: str = "ms",
    peer: str | None = None,
    peer_value: float | None = None,
    at_most: float | None = None,
    at_least: float | None = None,
    times_peer: float | None = None,
) -> dict[str, Any]:
    """`ratio` is peer ÷ ours; the goal is a value not to exceed, a ratio to reach, or both."""
    ratio = peer_value / value if peer_value is not None and value else None
    goals, met = [], []
    if at_most is not None and value is not None:
        goals.append(f"≤ {at_most:g} {unit}")
        met.append(value <= at_most)
    if at_least is not None and value is not None:
        goals.append(f"≥ {at_least:g} {unit}")
        met.append(value >= at_least)
    if times_peer is not None and ratio is not None:
        goals.append(f"≥ {times_peer:.3g}× {peer}")
        met.append(ratio >= times_peer)
    return {
        "work": work, "value": value, "unit": unit, "peer": peer, "peer_value": peer_value, "ratio": ratio,
        "goal": " and ".join(goals) or None, "met": all(met) if met else None,
    }  # fmt: skip


def skipped(work: str, why: str) -> dict[str, Any]:
    """A row that could not be measured here, and why."""
    return {**row(work, None), "unit": "", "peer": f"skipped: {why}"}
