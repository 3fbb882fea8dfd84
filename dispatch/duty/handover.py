"""交接班: what falls due of a turn, to the second: its roll call opens, it takes over, it is settled, it ends.

Each step is a row's timer, handled once by whichever process sweeps it; the calendar looks after what no timer told
of. A handover is man for man (roster/crews.py): whoever is not relieved stays, and the boards are told loudly.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.attendance import answer_rollcall
from dispatch.duty.crewing import refresh_team, release_orphans, take_off_the_absent
from dispatch.duty.open_seats import tell_open_seats
from dispatch.duty.rollcall import Answer, Rollcall, State, Step, leave_seats, mark_no_shows, next_step
from dispatch.duty.rollcall_card import rollcall_card
from dispatch.duty.rollcall_plan import plan_rollcalls, set_step_timer, unplanned_teams
from dispatch.duty.rollcall_store import SQL, known_people, lock_team, rollcall_of, save, team_of
from dispatch.push.changes import record_change, tell_station
from runtime.database import Database, Work
from runtime.encoding import utc_text

_log = logging.getLogger(__name__)

BY = "handover"
_AT_ONCE = 200


async def take_steps(work: Work, id: UUID) -> None:
    """Everything that has fallen due of one turn; the next step gets its timer. Doing it twice does nothing."""
    found = await team_of(work.conn, id)
    if found is None:
        return
    county, team = found
    await lock_team(work.conn, county, team)
    rollcall = await _one(work, id)
    while rollcall is not None and (step := next_step(rollcall)) is not None and step[1] <= work.now:
        match step[0]:
            case Step.OPEN:
                rollcall = await _open(work, county, rollcall)
            case Step.HAND_OVER:
                rollcall = await _marked(work, county, rollcall, handed_over_at=work.now)
                await refresh_team(work, county, team, cause="handover", by=BY, more=_turn(rollcall))
            case Step.SETTLE:
                rollcall = await _settle(work, county, rollcall)
            case Step.FINISH:
                rollcall = await _marked(work, county, rollcall, finished_at=work.now)
                await refresh_team(work, county, team, cause="handover", by=BY, more=_turn(rollcall))
            case Step.END:
                await _end(work, county, rollcall)
                return
    if rollcall is not None:
        await set_step_timer(work, county, rollcall)


async def _one(work: Work, id: UUID) -> Rollcall | None:
    """The turn, also when its time is just over."""
    row = await SQL.whole(work.conn, id=id)
    return None if row is None else rollcall_of(row)


async def _marked(work: Work, county: str, rollcall: Rollcall, **steps: datetime) -> Rollcall:
    # Only names of instants are passed; mypy holds each value against every field of the class.
    after = replace(rollcall, **steps)  # type: ignore[arg-type]
    await save(work.conn, county, rollcall, after)
    return after


async def _open(work: Work, county: str, rollcall: Rollcall) -> Rollcall:
    """Whoever is away as planned is not waited for; the station's devices show the list."""
    await _marked(work, county, rollcall, opened_at=work.now)
    await take_off_the_absent(work, county, rollcall.team)
    opened = await _one(work, rollcall.id)
    assert opened is not None
    people = await known_people(work.conn, county, (s.planned for s in opened.seats if s.planned))
    await record_change(work, county, "rollcall_opened", {**_turn(opened), "due_at": utc_text(opened.due_at)})
    card = rollcall_card(opened, people, work.now)
    await tell_station(work, county, opened.station, "rollcall_opened", card)
    return opened


async def _settle(work: Work, county: str, rollcall: Rollcall) -> Rollcall:
    """The time of grace is over: who has not answered did not come, and every seat that is open is named."""
    after, missing = mark_no_shows(replace(rollcall, settled_at=work.now), work.now)
    await save(work.conn, county, rollcall, after)
    await refresh_team(
        work, county, after.team, cause="no_show" if missing else "handover", by=BY, more=_turn(after)
    )
    lacking = after.open_seats()
    params = {
        **_turn(after),
        "no_shows": [{"seat": seat.key, "person": seat.planned} for seat in missing],
        "open": [seat.key for seat in lacking],
    }
    await record_change(work, county, "rollcall_settled", params)
    if lacking:
        await tell_open_seats(work, county, after, lacking)
        await _name_missed(work, county, after)
    return after


async def _name_missed(work: Work, county: str, rollcall: Rollcall) -> None:
    """Units that have nobody, or whose old crew stands over: loud on every board."""
    units = sorted({seat.unit for seat in rollcall.open_seats() if seat.unit})
    rows = [row async for row in SQL.crews_of(work.conn, county=county, units=units)]
    missed = [row for row in rows if row["standing_over"] or row["seats_filled"] < row["minimum_crew"]]
    if not missed:
        return
    due = [
        {
            "unit": row["code"],
            "station": row["station"],
            "team": rollcall.team,
            "until": utc_text(rollcall.starts_at),
            "standing_over": row["standing_over"],
        }
        for row in missed
    ]
    params = {"units": [row["code"] for row in missed], "due": due}
    await record_change(work, county, "handover_missed", params, units=[row["id"] for row in missed])


async def _end(work: Work, county: str, rollcall: Rollcall) -> None:
    """Nobody stands over any longer."""
    everybody = [one.seat for one in rollcall.attendance]
    await save(
        work.conn,
        county,
        rollcall,
        replace(leave_seats(rollcall, everybody, work.now, "relieved"), ended_at=work.now),
    )
    await refresh_team(work, county, rollcall.team, cause="handover", by=BY, more=_turn(rollcall))
    await release_orphans(work, county)


async def keep_handovers(db: Database, county: str) -> None:
    """The calendar's part: roll calls for what lies ahead, errands that are overdue, and a look for steps that no
    timer told of. Each in a transaction of its own: a team that fails holds up no other, and is tried again."""
    async with db.work() as work:
        unplanned = await unplanned_teams(work, county)
        due = [row async for row in SQL.due(work.conn, county=county, now=work.now, most=_AT_ONCE)]
        overdue = [row async for row in SQL.overdue_errands(work.conn, county=county, now=work.now)]
    for team in unplanned:
        await _alone(db, f"roll calls of {team}", partial(_plan, county=county, team=team))
    for row in due:
        await _alone(db, f"handover of {row['team']}", partial(take_steps, id=row["id"]))
    for row in overdue:
        turn = f"{row['team']} {row['day']} {row['shift']}, seat {row['seat']}, {row['person']}"
        await _alone(db, f"overdue errand of {turn}", partial(_miss_errand, county=county, row=row))
    await _alone(db, "teams without a roster", partial(release_orphans, county=county))


async def _alone(db: Database, what: str, act: Callable[[Work], Awaitable[None]]) -> None:
    try:
        async with db.work() as work:
            await act(work)
    except Problem as problem:
        _log.warning("%s: %s", what, problem.code)
    except Exception:  # noqa: BLE001 (whatever it is: everybody else's handover is still due)
        _log.exception("%s failed, and is tried again", what)


async def _plan(work: Work, *, county: str, team: str) -> None:
    for changed in await plan_rollcalls(work, county, team):
        await lock_team(work.conn, county, changed)
        await refresh_team(work, county, changed, cause="roster", by=BY)


async def _miss_errand(work: Work, *, county: str, row: Mapping[str, Any]) -> None:
    """Who is not back from an errand when he said he would be is missing: the seat is open, and it is said."""
    missing = Answer(row["seat"], State.ABSENT, row["person"], "errand_overdue")
    await answer_rollcall(work, county, row["team"], row["day"], row["shift"], [missing], by=BY)


def _turn(rollcall: Rollcall) -> dict[str, Any]:
    return {"team": rollcall.team, "day": rollcall.day, "shift": rollcall.shift}
