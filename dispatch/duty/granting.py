"""What officers record beside the duties: authorisations, disaster hours, wishes; and months that are settled."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.standing import book_for
from dispatch.duty.store import BOOK
from dispatch.duty.telling import changed
from roster.policy import Strength
from roster.rules.rulebook import BY_CODE
from runtime.database import Work
from runtime.ids import new_id


async def authorise(
    work: Work,
    county: str,
    rule: str,
    *,
    person: str,
    team: str,
    first: date,
    last: date,
    reason: str,
    by: str,
) -> Mapping[str, Any]:
    """Allow one overridable rule to be broken on these days, by a person or (a seat left empty) by a team.

    Hard rules are lifted by nobody, and preferences need no permission.
    """
    book = await book_for(work.conn, county, first, 1, [])
    found = BY_CODE.get(rule)
    if found is None:
        raise Problem(404, "rule_unknown", {"rule": rule})
    strength = found.strength if found.fixed else book.policy.strengths.get(rule, found.strength)
    if strength is not Strength.OVERRIDABLE:
        raise Problem(409, "rule_not_overridable", {"rule": rule, "strength": strength.value})
    if bool(person) == bool(team):
        raise Problem(409, "person_or_team", {"rule": rule})
    if person and person not in book.people:
        raise Problem(404, "person_unknown", {"person": person})
    if team and team not in book.teams:
        raise Problem(404, "roster_team_unknown", {"team": team})
    if last < first:
        raise Problem(409, "days_backwards", {"first": first.isoformat(), "last": last.isoformat()})
    id = new_id()
    code = f"authorisation-{id}"
    said = {"rule": rule, "person": person, "team": team, "first": first, "last": last}
    await BOOK.insert_authorisation(
        work.conn, id=id, county=county, code=code, **said, by=by, reason=reason, at=work.now
    )
    params = {
        "authorisation": code,
        "rule": rule,
        "person": person,
        "team": team,
        "first": first,
        "last": last,
        "reason": reason,
        "by": by,
    }
    await changed(work, county, "override_authorised", params)
    return {"authorisation": code, **said}


async def revoke_authorisation(work: Work, county: str, code: str, *, by: str) -> Mapping[str, Any]:
    """It no longer holds for what is changed from now on; what was published under it stays."""
    row = await BOOK.revoke_authorisation(work.conn, county=county, code=code, at=work.now)
    if row is None:
        raise Problem(404, "authorisation_unknown", {"authorisation": code})
    params = {"authorisation": code, "rule": row["rule"], "person": row["person"], "by": by}
    await changed(work, county, "authorisation_revoked", params)
    return {"authorisation": code}


async def request_day(
    work: Work, county: str, person: str, day: date, shift: str | None, *, wanted: bool, weight: int, by: str
) -> Mapping[str, Any]:
    """A wish for a day; a second one for the same day and shift replaces the first."""
    book = await book_for(work.conn, county, day, 1, [])
    if person not in book.people:
        raise Problem(404, "person_unknown", {"person": person})
    if shift is not None and shift not in book.shifts:
        raise Problem(404, "roster_shift_unknown", {"team": book.people[person].home_team, "shift": shift})
    id = new_id()
    row = {
        "id": str(id),
        "person": person,
        "day": day.isoformat(),
        "shift": shift,
        "wanted": wanted,
        "weight": weight,
    }
    await BOOK.insert_requests(work.conn, county=county, rows=[row], from_folder=False, by=by, at=work.now)
    params = {"person": person, "day": day, "shift": shift, "wanted": wanted, "weight": weight, "by": by}
    await changed(work, county, "duty_requested", params)
    return {k: v for k, v in row.items() if k != "id"}


async def withdraw_request(
    work: Work, county: str, id: UUID, *, person: str | None, by: str
) -> Mapping[str, Any]:
    """`person`: a member, who takes back only his or her own."""
    row = await BOOK.request_of(work.conn, county=county, id=id)
    if row is None or row["withdrawn_at"] is not None:
        raise Problem(404, "request_unknown", {"request": str(id)})
    if person is not None and row["person"] != person:
        raise Problem(403, "request_of_others", {"request": str(id)})
    await BOOK.withdraw_request(work.conn, county=county, id=id, at=work.now)
    params = {"person": row["person"], "day": row["day"], "shift": row["shift"], "by": by}
    await changed(work, county, "duty_request_cancelled", params)
    return {"request": str(id)}


async def log_disaster_work(
    work: Work, county: str, person: str, day: date, minutes: int, incident: UUID | None, *, by: str
) -> Mapping[str, Any]:
    """应急工时 (Labour Law art. 42): outside the cap of overtime, so logged apart."""
    book = await book_for(work.conn, county, day, 1, [])
    if person not in book.people:
        raise Problem(404, "person_unknown", {"person": person})
    if incident is not None and not await BOOK.incident_exists(work.conn, county=county, id=incident):
        raise Problem(404, "no_incident", {"id": str(incident)})
    id = new_id()
    await BOOK.insert_disaster_work(
        work.conn,
        id=id,
        county=county,
        person=person,
        day=day,
        minutes=minutes,
        incident=incident,
        by=by,
        at=work.now,
    )
    params = {"person": person, "day": day, "minutes": minutes, "incident": incident, "by": by}
    await changed(work, county, "disaster_work_logged", params)
    return {"id": str(id), "person": person, "day": day, "minutes": minutes}


async def withdraw_disaster_work(work: Work, county: str, id: UUID, *, by: str) -> Mapping[str, Any]:
    """Logged by mistake: the hours count towards the cap of overtime again. The row stays, and is told as withdrawn."""
    row = await BOOK.withdraw_disaster_work(work.conn, county=county, id=id, at=work.now)
    if row is None:
        raise Problem(404, "disaster_work_unknown", {"id": str(id)})
    params = {"person": row["person"], "day": row["day"], "minutes": row["minutes"], "by": by}
    await changed(work, county, "disaster_work_cancelled", params)
    return {"id": str(id), "person": row["person"], "day": row["day"], "minutes": row["minutes"]}
