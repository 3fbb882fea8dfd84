"""What follows the clock: shifts that end without anybody saying who is next, units that never said they are home."""

from __future__ import annotations

from datetime import timedelta

from dispatch.forces.manning import Aboard, Source, write_crews
from dispatch.forces.store import NOBODY, SQL
from dispatch.push.changes import record_change
from runtime.database import Work
from runtime.encoding import utc_text

# No way home within a county takes longer; nobody says 10 备勤 on a telephone.
HOME_AFTER = timedelta(hours=2)


async def lapse_crews(work: Work, county: str) -> tuple[str, ...]:
    """Crews whose time has run out without a next one are taken off, and each is named on the boards, once. They did
    not count any more since then; nobody is sent who may have gone home; but it never happens silently."""
    due = [row async for row in SQL.crews_lapsed(work.conn, county=county, now=work.now)]
    if due:
        told = [
            {
                "unit": row["code"],
                "station": row["station"],
                "team": row["team"],
                "until": utc_text(row["until"] or row["stands_until"]),
            }
            for row in due
        ]
        gone = [Aboard(row["code"], NOBODY, Source(row["source"]), team=row["team"]) for row in due]
        ids = [change.id for change in await write_crews(work, county, gone)]
        params = {"units": [row["code"] for row in due], "due": told}
        await record_change(work, county, "handover_missed", params, units=ids)
    return tuple(row["code"] for row in due)


async def presume_home(work: Work, county: str) -> tuple[str, ...]:
    """A unit that has been on its way home for hours is there; it must not count as sitting in its vehicle."""
    rows = SQL.presume_home(work.conn, county=county, before=work.now - HOME_AFTER, now=work.now)
    home = [(row["id"], row["code"]) async for row in rows]
    if home:
        params = {"units": [code for _, code in home]}
        await record_change(work, county, "units_presumed_home", params, units=[id for id, _ in home])
    return tuple(code for _, code in home)
