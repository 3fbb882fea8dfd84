"""What the slice does when a timer is due."""

from __future__ import annotations

from collections.abc import Mapping

from dispatch.duty import open_seats, rollcall_plan, substituting
from dispatch.duty.handover import take_steps
from runtime.database import Work
from runtime.timers import Handler, Timer


def duty_handlers() -> Mapping[str, Handler]:
    return {rollcall_plan.TIMER: _turn, open_seats.TIMER: _seats_open}


async def _turn(work: Work, timer: Timer) -> None:
    await take_steps(work, timer.subject)


async def _seats_open(work: Work, timer: Timer) -> None:
    await substituting.propose_substitutes(work, timer.county, timer.subject, timer.payload["seats"])
