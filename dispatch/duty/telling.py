"""Say what happened to a roster: briefly to the boards, whole to the roster's own stream, from which it replays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from dispatch.duty.change import Change, told
from dispatch.push.changes import record_change
from runtime.database import Work


def roster_stream(county: str) -> str:
    """Beside `county/<code>`: a published month holds thousands of duties, and every board reads that one."""
    return f"roster/{county}"


async def changed(
    work: Work,
    county: str,
    type: str,
    params: Mapping[str, Any],
    change: Change | None = None,
    *,
    replaces: Sequence[tuple[str, date, date]] = (),
) -> None:
    """Journal one event on both streams. `replaces`: the days of teams whose duties `change.come` holds whole."""
    await record_change(work, county, type, params)
    whole: dict[str, Any] = dict(params)
    if replaces:
        whole["replaces"] = [list(run) for run in replaces]
    if change is not None:
        # What is replaced goes by its days, and need not be named.
        whole |= {"gone": [] if replaces else told(change.gone), "come": told(change.come)}
    work.journal(roster_stream(county), type, whole, county=county)
