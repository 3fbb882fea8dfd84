"""What follows the clock: shifts that end without anybody saying who is next, units that never said they are home."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from dispatch.forces.store import SQL
from dispatch.push.changes import record_change
from runtime.database import Work
from runtime.encoding import utc_text

# No way home within a county takes longer; nobody says 10 备勤 on a telephone.
HOME_AFTER = timedelta(hours=2)


async def name_handovers(work: Work, county: str) -> tuple[str, ...]:
    """Units whose duty has run out without a next crew: each is named on the boards, once. Off duty they are by what
    was told of them, and nobody is sent who may have gone home; but it never happens silently."""
    due: list[Mapping[str, Any]] = [
        row
        async for row in SQL.handovers_due(work.conn, county=county, stream=f"county/{county}", now=work.now)
    ]
    if due:
        told = [{"unit": r["code"], "station": r["station"], "until": utc_text(r["duty_until"])} for r in due]
        params = {"units": [row["code"] for row in due], "due": told}
        await record_change(work, county, "handover_missed", params, units=[row["id"] for row in due])
    return tuple(row["code"] for row in due)


async def presume_home(work: Work, county: str) -> tuple[str, ...]:
    """A unit that has been on its way home for hours is there; it must not count as sitting in its vehicle."""
    rows = SQL.presume_home(work.conn, county=county, before=work.now - HOME_AFTER, now=work.now)
    home = [(row["id"], row["code"]) async for row in rows]
    if home:
        params = {"units": [code for _, code in home]}
        await record_change(work, county, "units_presumed_home", params, units=[id for id, _ in home])
    return tuple(code for _, code in home)
