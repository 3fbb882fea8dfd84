"""Retention: what the county need not keep any longer is deleted, a little at a time."""

from datetime import timedelta

from runtime.database import Database
from runtime.idempotency import prune_commands
from runtime.journal import prune
from runtime.timers import prune_timers

_AT_ONCE = 5_000
_REPEATED_FOR = timedelta(days=7)  # nobody repeats a request, or asks about a handled timer, after a week


async def apply_retention(db: Database, county: str, days: int) -> int:
    """Events older than `days`, and handled timers and commands older than a week; the number of rows deleted."""
    total = 0
    for delete, age in (
        (prune, timedelta(days=days)),
        (prune_timers, _REPEATED_FOR),
        (prune_commands, _REPEATED_FOR),
    ):
        deleted = _AT_ONCE
        while deleted == _AT_ONCE:  # short transactions: dispatching goes on beside
            async with db.work() as work:
                deleted = await delete(work.conn, county, work.now - age, limit=_AT_ONCE)
            total += deleted
    return total
