"""Force has become free: whoever still waits for help is looked at again, right after this transaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from runtime.database import Work
from runtime.encoding import utc_text
from runtime.timers import set_timer

RELEASED = "released"  # the timer's kind; who handles it knows what waits
# Units come free in groups, and one look serves them all.
GATHER = timedelta(seconds=0.5)


def subject_of(county: str) -> UUID:
    """One timer for a county."""
    return uuid5(NAMESPACE_URL, f"pianqu:released:{county}")


def force_released(work: Work, county: str) -> None:
    """A unit is free or manned again, or a road open: say so in the transaction that makes it so."""

    async def ask() -> None:
        await look_again(work, county)

    # At the very end, where transactions of a county queue anyway, so that none waits for another's timer.
    work.at_end(ask)


async def look_again(work: Work, county: str, *, since: datetime | None = None) -> None:
    """Have everything looked at that was last looked at before `since`; without it, before the look itself: a
    proposal made while this transaction is still open does not see what it sets free."""
    await set_timer(
        work.conn,
        county=county,
        kind=RELEASED,
        subject=subject_of(county),
        due_at=work.now + GATHER,
        payload={} if since is None else {"since": utc_text(since)},
        only_earlier=True,
    )
