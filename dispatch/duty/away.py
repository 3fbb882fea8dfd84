"""Absences: told by a member or an officer; sickness frees duties from its beginning and leaves their seats open."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from dispatch.access.problem import Problem
from dispatch.duty.change import Change, difference, released, told
from dispatch.duty.changing import carry_out, open_seats, running_units
from dispatch.duty.crewing import refresh
from dispatch.duty.decide import Standing, breaks_rules
from dispatch.duty.standing import locked_standing, refuse
from dispatch.duty.store import BOOK, absence_of, duty_row
from dispatch.duty.telling import changed
from roster.people import Absence, AbsenceKind
from roster.plan import Book
from roster.rules.check import check
from roster.rules.violation import added, blocking
from runtime.database import Work
from runtime.ids import new_id

# Nobody asks a sick person to mend the roster first. Everything else is planned around the duties.
RELEASES = frozenset({AbsenceKind.SICK})


async def report_absence(
    work: Work,
    county: str,
    person: str,
    kind: AbsenceKind,
    starts: datetime,
    ends: datetime,
    *,
    note: str,
    by: str,
    release: bool,
) -> Mapping[str, Any]:
    """Somebody is or will be away. `release` frees the duties that it meets; sickness always does.

    409 when it meets duties that nobody has freed, and when 战备 stops leave.
    """
    if ends <= starts:
        raise Problem(409, "absence_ends_before", {"starts": starts.isoformat(), "ends": ends.isoformat()})
    # UTC days, a day wider on both sides than any clock makes them.
    days = [starts.date() - timedelta(days=1), ends.date() + timedelta(days=1)]
    standing = await locked_standing(work, county, days, [person])
    if person not in standing.book.people:
        raise Problem(404, "person_unknown", {"person": person})
    id = new_id()
    absence = Absence(f"absence-{id}", person, kind, starts, ends, note)
    _allowed(standing, absence)
    after = released(standing.book, standing.roster.duties, absence)
    change = difference(standing.roster.duties, after)
    if change and not release and kind not in RELEASES:
        params = {
            "person": person,
            "count": len(change.gone),
            "duties": [duty_row(duty) for duty in change.gone],
        }
        raise Problem(409, "absence_meets_duties", params)
    row = {
        "id": str(id),
        "code": absence.code,
        "person": person,
        "kind": kind.value,
        "starts_at": starts.isoformat(),
        "ends_at": ends.isoformat(),
        "note": note,
    }
    await BOOK.insert_absences(work.conn, county=county, rows=[row], from_folder=False, by=by, at=work.now)
    if change.gone:
        await BOOK.set_released(work.conn, county=county, code=absence.code, released=told(change.gone))
    seats = open_seats(standing, change)
    params = {
        "absence": absence.code,
        "person": person,
        "kind": kind.value,
        "starts": starts,
        "ends": ends,
        "open": len(seats),
        "by": by,
    }
    await changed(work, county, "absence_reported", params, change)
    await carry_out(work, county, standing, change)
    if starts <= work.now < ends and not running_units(standing, change, work):
        await refresh(work, county)  # whoever stands in for somebody may be the one who is away
    return {
        "absence": absence.code,
        "released": [duty_row(duty) for duty in change.gone],
        "open_seats": seats,
    }


async def end_absence(
    work: Work, county: str, code: str, ends: datetime | None, *, by: str
) -> Mapping[str, Any]:
    """Back earlier than said (`ends`), or never away at all (None). Duties given up are not given back by that."""
    if ends is None:
        row = await BOOK.withdraw_absence(work.conn, county=county, code=code, at=work.now)
    else:
        row = await BOOK.end_absence(work.conn, county=county, code=code, ends_at=ends)
    if row is None:
        raise Problem(404, "absence_unknown", {"absence": code})
    absence = absence_of(row)
    params = {"absence": code, "person": absence.person, "withdrawn": ends is None, "ends": ends, "by": by}
    await changed(work, county, "absence_ended", params, Change((), ()))
    await refresh(work, county)
    return {"absence": code, "person": absence.person, "withdrawn": ends is None}


def _allowed(standing: Standing, absence: Absence) -> None:
    """Leave that a rule forbids (战备) is refused unless somebody authorised it; duties that it meets are not meant."""
    if absence.kind in RELEASES:
        return
    person = standing.book.people[absence.person]
    # The person alone: what the absence does to others is said by the duties that it frees.
    book = replace(standing.book, people={person.code: person})
    own = (duty for duty in standing.roster.duties if duty.person == person.code)
    teams = tuple(sorted({m.team for m in person.memberships if m.team in book.teams}))
    roster = replace(standing.roster, teams=teams, duties=released(book, own, absence))
    broken = added(check(book, roster), check(_with(book, absence), roster))
    mine = [v for v in blocking(broken) if v.person == absence.person]
    if mine:
        raise refuse(breaks_rules(mine))


def _with(book: Book, absence: Absence) -> Book:
    return replace(book, absences=(*book.absences, absence))
