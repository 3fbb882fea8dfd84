"""Seats that are open now are named on the boards, and somebody looks for substitutes right afterwards."""

from __future__ import annotations

from collections.abc import Sequence

from dispatch.duty.rollcall import Rollcall
from dispatch.push.changes import record_change
from roster.turns import TurnSeat
from runtime.database import Work
from runtime.timers import TOPIC, set_timer

TIMER = "seats_open"


async def tell_open_seats(work: Work, county: str, rollcall: Rollcall, seats: Sequence[TurnSeat]) -> None:
    """Name the seats on the boards, and have somebody look for substitutes right after this transaction."""
    params = {
        "team": rollcall.team,
        "day": rollcall.day,
        "shift": rollcall.shift,
        "seats": [{"seat": seat.key, "unit": seat.unit or None, "role": seat.role} for seat in seats],
    }
    await record_change(work, county, "seats_opened", params)
    payload = {"seats": [seat.key for seat in seats]}
    await set_timer(
        work.conn, county=county, kind=TIMER, subject=rollcall.id, due_at=work.now, payload=payload
    )
    work.wake(TOPIC)
