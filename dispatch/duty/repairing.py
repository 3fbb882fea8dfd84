"""Mending a roster after absences: three ranked ways computed in a child process, one taken after a last check."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from dispatch.access.problem import Problem
from dispatch.duty.ask_store import ASKS
from dispatch.duty.change import Change, difference, heard, spot, told
from dispatch.duty.changing import carry_out, told_of
from dispatch.duty.decide import Standing, breaks_rules
from dispatch.duty.standing import load_standing, locked_standing, refuse
from dispatch.duty.store import AFTER_DAYS, BOOK
from dispatch.duty.telling import changed
from dispatch.duty.workshop import Workshop
from dispatch.messages.repairs import change_text
from roster.people import AbsenceKind
from roster.plan import Book, Duty, Roster
from roster.planning.repair import RepairOption, repair
from roster.planning.repair_case import Away
from roster.planning.repair_duties import Change as Told
from roster.rules.check import new_violations
from roster.rules.violation import blocking
from runtime.database import Database, Work
from runtime.ids import new_id

SECONDS = 5.0


async def find_repairs(
    db: Database, workshop: Workshop, county: str, codes: Sequence[str], *, by: str
) -> Mapping[str, Any]:
    """Ranked ways to fill what these absences left open; stored, so that one can be taken by its number."""
    async with db.reading() as conn:
        rows = [row async for row in BOOK.absences_of(conn, county=county, codes=list(codes))]
        missing = set(codes) - {row["code"] for row in rows}
        if missing:
            raise Problem(404, "absence_unknown", {"absence": min(missing)})
        away = [Away(r["person"], r["starts_at"], r["ends_at"], AbsenceKind(r["kind"])) for r in rows]
        freed = [duty for row in rows for duty in heard(row["released"])]
        now = await db.clock(conn)
        if not freed:
            raise Problem(409, "nothing_to_repair", {"absences": list(codes)})
        first = now.date() - timedelta(days=1)
        last = max(first + timedelta(days=1), *(duty.day for duty in freed))
        # What lies further ahead is known, and is planned anew as far as rules look from here.
        until = last + timedelta(days=AFTER_DAYS)
        standing = await load_standing(conn, county, first, last)
    before = _as_it_was(standing, freed, now, until)
    book = replace(
        standing.book, absences=tuple(a for a in standing.book.absences if a.code not in set(codes))
    )
    found = await workshop.run(_compute, book, before, away, now)
    options = [option for option in found if _may_stand(standing, option, now)]
    documents = [_option_document(standing, option) for option in options]
    id = new_id()
    async with db.work() as work:
        await ASKS.insert_repair(
            work.conn,
            id=id,
            county=county,
            absences=list(codes),
            duties=told(freed),
            options=documents,
            by=by,
            at=work.now,
        )
        params = {"repair": id, "absences": list(codes), "options": len(documents), "by": by}
        await changed(work, county, "repair_proposed", params)
    return {"repair": id, "options": [_shown(one) for one in documents]}


async def take_repair(
    work: Work, county: str, id: UUID, number: int, *, consents: Collection[str], by: str
) -> Mapping[str, Any]:
    """Carry an option out. Judged again: the roster may have changed since it was found.

    409 while people whose duties change at short notice have not been named as having consented.
    """
    row = await ASKS.lock_repair(work.conn, county=county, id=id)
    if row is None:
        raise Problem(404, "repair_unknown", {"repair": str(id)})
    if row["taken"] is not None:
        raise Problem(409, "repair_taken", {"repair": str(id), "number": row["taken"]})
    if not 1 <= number <= len(row["options"]):
        raise Problem(404, "repair_option_unknown", {"number": number, "count": len(row["options"])})
    option = row["options"][number - 1]
    asked = sorted(set(option["asks"]) - set(consents))
    if asked:
        raise Problem(409, "consent_needed", {"people": asked})
    change = Change(heard(option["gone"]), heard(option["come"]))
    if not change:
        raise Problem(409, "nothing_to_repair", {"absences": row["absences"]})
    standing = await locked_standing(work, county, change.days, change.people)
    after = _carried(standing, change, work.now)
    if after is None:
        raise Problem(409, "repair_outdated", {"repair": str(id)})
    broken = blocking(new_violations(standing.book, standing.roster, after))
    if broken:
        raise refuse(breaks_rules(broken))
    await ASKS.take_repair(work.conn, id=id, number=number, by=by, at=work.now)
    params = {"repair": id, "number": number, "by": by, **told_of(change)}
    await changed(work, county, "repair_adopted", params, change)
    await carry_out(work, county, standing, change)
    return {"repair": id, "number": number, "people": list(change.people)}


def _as_it_was(standing: Standing, freed: Sequence[Duty], now: datetime, last: date) -> Roster:
    """The roster with the freed duties still in it, but for seats that somebody has filled since and shifts over."""
    book, roster = standing.book, standing.roster
    whose = {(spot(duty), duty.person): duty for duty in freed if book.times(duty)[1] > now}
    filled = {spot(d) for d in roster.duties if not d.early_minutes and (spot(d), d.person) not in whose}
    back = [duty for (where, _), duty in whose.items() if where not in filled]
    whole = {(spot(duty), duty.person) for duty in back}
    kept = [duty for duty in roster.duties if (spot(duty), duty.person) not in whole]
    until = min(last, max((day for _, day in standing.published), default=last))
    return replace(
        roster,
        days=(until - roster.first).days + 1,
        duties=tuple(sorted(duty for duty in (*kept, *back) if duty.day <= until)),
    )


def _may_stand(standing: Standing, option: RepairOption, now: datetime) -> bool:
    """Judged as taking it will be: by everything in force, also what lies beyond the days that were planned anew."""
    after = _carried(standing, _change_of(standing, option), now)
    return after is not None and not blocking(new_violations(standing.book, standing.roster, after))


def _change_of(standing: Standing, option: RepairOption) -> Change:
    until = option.roster.last
    before = tuple(duty for duty in standing.roster.duties if duty.day <= until)
    return difference(before, option.roster.duties)


def _compute(book: Book, before: Roster, away: Sequence[Away], now: datetime) -> tuple[RepairOption, ...]:
    """In the child."""
    return repair(book, before, away, now, clock=time.monotonic, seconds=SECONDS).options


def _carried(standing: Standing, change: Change, now: datetime) -> Roster | None:
    """The roster after an option; None when what it starts from is no longer so."""
    duties = set(standing.roster.duties)
    if not set(change.gone) <= duties:
        return None
    if any(standing.book.times(duty)[1] <= now for duty in change.come):
        return None
    after = (duties - set(change.gone)) | set(change.come)
    held = [(spot(duty), duty.late_minutes) for duty in after]
    if len(held) != len(set(held)):
        return None
    return replace(standing.roster, duties=tuple(sorted(after)))


def _option_document(standing: Standing, option: RepairOption) -> dict[str, Any]:
    change = _change_of(standing, option)
    asks = {who for one in option.changes if one.asks for who in (one.after or one.before,) if who}
    return {
        "kind": option.kind,
        "proved": option.proved,
        "people": list(option.people),
        "asks": sorted(asks),
        "cost": asdict(option.cost),
        "changes": [_told(standing.book, one) for one in option.changes],
        "open_seats": [
            {"day": s.day, "team": s.team, "shift": s.shift, "seat": s.key, "required": s.required}
            for s in option.open_seats
        ],
        "gone": told(change.gone),
        "come": told(change.come),
    }


def _told(book: Book, one: Told) -> dict[str, Any]:
    """One sentence of an option, in both languages."""
    return {
        "kind": one.kind.value,
        "text": change_text(book, one, "zh"),
        "text_en": change_text(book, one, "en"),
        "person": one.after or one.before,
        "asks": one.asks,
    }


def _shown(option: Mapping[str, Any]) -> dict[str, Any]:
    """Without what only taking it needs."""
    return {key: value for key, value in option.items() if key not in ("gone", "come")}
