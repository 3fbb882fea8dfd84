"""Rosters as rows: the book of a span of days, the duties in force, versions and their duties."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from dispatch.duty.change import Change
from dispatch.duty.periods import averaged_over, periods_over
from dispatch.duty.publication import Publication, runs
from dispatch.duty.reference import book_of, people_of
from dispatch.duty.version import Version, VersionState
from roster.people import NO_DEBT, Absence, AbsenceKind, Debt, DisasterWork, Request
from roster.plan import Authorisation, Book, Duty, Roster
from runtime.database import Connection
from runtime.errors import UserError
from runtime.queries import load_queries

BOOK = load_queries("dispatch.duty", "book.sql")
DUTIES = load_queries("dispatch.duty", "duties.sql")

# Rules look back and ahead: the period over which hours are averaged, a month's overtime, a run of living in.
HISTORY_DAYS = 62
AFTER_DAYS = 35


async def load_book(
    conn: Connection,
    county: str,
    first: date,
    days: int,
    history_of: Sequence[str] | None = None,
    judged: tuple[date, date] | None = None,
) -> Book | None:
    """Everything that planning these days needs to know; None for a county whose folder has no roster.

    `history_of`: whose served duties are wanted; everybody's when it is None. `judged`: the first and the last day on
    which something published is to be changed; the periods that were published over them come along, with a history
    that reaches back to where they begin.
    """
    row = await BOOK.reference(conn, county=county)
    if row is None:
        return None
    people = people_of([dict(row) async for row in BOOK.people(conn, county=county)])
    try:
        book = book_of(row["document"], people)
    except ValueError as error:
        raise UserError(
            f"the stored roster of county {county} is of another release ({error}); run `pianqu county apply`"
        ) from None
    last = first + timedelta(days=days - 1)
    since, before = first - timedelta(days=HISTORY_DAYS), first - timedelta(days=1)
    periods: tuple[tuple[date, int], ...] = ()
    if judged is not None:
        periods = await periods_over(conn, county, book.policy, *judged)
        since = min([since, *(begins for begins, _ in averaged_over(book.policy, periods))])
    return replace(
        book,
        absences=await absences(conn, county, _midnight(since), _midnight(last + timedelta(days=AFTER_DAYS))),
        requests=tuple(
            [
                Request(row["person"], row["day"], row["shift"], row["wanted"], row["weight"])
                async for row in BOOK.requests(conn, county=county, first=first, last=last)
            ]
        ),
        authorisations=(
            *book.authorisations,
            *await authorisations(conn, county, since, last + timedelta(days=AFTER_DAYS)),
        ),
        debts=await _debts(conn, county, book, first),
        history=await in_force(conn, county, since, before, history_of),
        disaster=tuple(
            [
                DisasterWork(row["person"], row["day"], row["minutes"])
                async for row in BOOK.disaster_work(conn, county=county, first=since, last=last)
            ]
        ),
        periods=periods,
    )


async def _debts(conn: Connection, county: str, book: Book, first: date) -> dict[str, Debt]:
    """What the folder brought along from before, and what the months since have added."""
    found = dict(book.debts)
    async for row in BOOK.debts(conn, county=county, before=first.replace(day=1)):
        known = found.get(row["person"], NO_DEBT)
        found[row["person"]] = Debt(
            known.nights + row["nights"],
            known.weekends + row["weekends"],
            known.holidays + row["holidays"],
            known.minutes + row["minutes"],
        )
    return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


async def absences(conn: Connection, county: str, since: datetime, until: datetime) -> tuple[Absence, ...]:
    rows = BOOK.absences(conn, county=county, since=since, until=until)
    return tuple([absence_of(row) async for row in rows])


def absence_of(row: Mapping[str, Any]) -> Absence:
    kind = AbsenceKind(row["kind"])
    return Absence(row["code"], row["person"], kind, row["starts_at"], row["ends_at"], row["note"])


async def authorisations(conn: Connection, county: str, first: date, last: date) -> tuple[Authorisation, ...]:
    rows = BOOK.authorisations(conn, county=county, first=first, last=last)
    return tuple(
        [
            Authorisation(
                r["code"],
                r["rule"],
                r["person"],
                r["first"],
                r["last"],
                r["given_by"],
                r["reason"],
                r["team"],
            )
            async for r in rows
        ]
    )


async def in_force(
    conn: Connection, county: str, first: date, last: date, people: Sequence[str] | None = None
) -> tuple[Duty, ...]:
    """Published duties as they stand after every change, of these people (None: of all)."""
    rows = DUTIES.in_force(
        conn, county=county, first=first, last=last, people=None if people is None else list(people)
    )
    return tuple([duty_of(row) async for row in rows])


async def published_days(
    conn: Connection, county: str, first: date, last: date
) -> dict[tuple[str, date], int]:
    """The number of the version in force, by team and day; what is not in it was never published."""
    rows = DUTIES.published_days(conn, county=county, first=first, last=last)
    return {(row["team"], row["day"]): row["number"] async for row in rows}


async def write_change(conn: Connection, county: str, book: Book, change: Change) -> None:
    """Take duties in force away and put others there. Constraints refuse a seat or a person named twice."""
    await DUTIES.delete_duties(conn, county=county, rows=[_spot(duty) for duty in change.gone])
    rows = []
    for duty in change.come:
        starts, ends = book.times(duty)
        rows.append({**duty_row(duty), "starts_at": starts.isoformat(), "ends_at": ends.isoformat()})
    if rows:
        await DUTIES.insert_duties(conn, county=county, rows=rows)


async def with_retired(conn: Connection, county: str, book: Book, duties: Iterable[Duty]) -> Book:
    """To show duties with the names of those who have left since: the book of today knows them no longer."""
    gone = sorted({duty.person for duty in duties} - book.people.keys())
    if not gone:
        return book
    rows = [dict(row) async for row in BOOK.retired_people(conn, county=county, codes=gone)]
    return replace(book, people={**book.people, **{person.code: person for person in people_of(rows)}})


async def write_publication(
    conn: Connection, county: str, book: Book, version: UUID, plan: Publication
) -> None:
    """These team-days are the version's from now on, with its duties and no others."""
    days = [
        {"team": team, "first": first.isoformat(), "last": last.isoformat()}
        for team, first, last in runs(plan.takes)
    ]
    await DUTIES.clear_days(conn, county=county, rows=days)
    await DUTIES.claim_days(conn, county=county, rows=days, version=version)
    await write_change(conn, county, book, Change((), plan.will))


async def find_version(conn: Connection, county: str, id: UUID, *, lock: bool = False) -> Version | None:
    query = DUTIES.lock_version if lock else DUTIES.version
    row = await query(conn, county=county, id=id)
    return None if row is None else version_of(row)


async def list_versions(conn: Connection, county: str, most: int = 200) -> tuple[Version, ...]:
    return tuple([version_of(row) async for row in DUTIES.versions(conn, county=county, most=most)])


async def roster_of(conn: Connection, county: str, version: Version) -> Roster:
    """A version's own duties: of a published one as it was published."""
    rows = DUTIES.version_duties(conn, version=version.id)
    duties = tuple([duty_of(row) async for row in rows])
    return Roster(county, version.first, version.days, version.teams, duties)


async def insert_version(
    conn: Connection, county: str, id: UUID, roster: Roster, *, note: str, by: str, at: datetime
) -> int:
    """A draft with its duties; answers its number."""
    number: int = await DUTIES.next_number(conn, county=county)
    await DUTIES.insert_version(
        conn,
        id=id,
        county=county,
        number=number,
        teams=list(roster.teams),
        first=roster.first,
        days=roster.days,
        note=note,
        by=by,
        at=at,
    )
    await add_version_duties(conn, county, id, roster.duties)
    return number


async def add_version_duties(conn: Connection, county: str, version: UUID, duties: Iterable[Duty]) -> None:
    rows = [duty_row(duty) for duty in duties]
    if rows:
        await DUTIES.insert_version_duties(conn, version=version, county=county, rows=rows)


async def change_version(conn: Connection, county: str, version: UUID, change: Change) -> int:
    """A draft's duties; answers its new revision."""
    await DUTIES.delete_version_duties(conn, version=version, rows=[_spot(duty) for duty in change.gone])
    await add_version_duties(conn, county, version, change.come)
    revision: int = await DUTIES.count_revision(conn, id=version)
    return revision


def duty_of(row: Mapping[str, Any]) -> Duty:
    return Duty(
        row["day"],
        row["team"],
        row["shift"],
        row["seat"],
        row["person"],
        row["pinned"],
        row["borrowed_from"],
        row["authorisation"],
        row["late_minutes"],
        row["early_minutes"],
    )


def duty_row(duty: Duty) -> dict[str, Any]:
    return {
        **_spot(duty),
        "person": duty.person,
        "pinned": duty.pinned,
        "borrowed_from": duty.borrowed_from,
        "authorisation": duty.authorisation,
        "early_minutes": duty.early_minutes,
    }


def version_of(row: Mapping[str, Any]) -> Version:
    return Version(
        row["id"],
        row["number"],
        tuple(row["teams"]),
        row["first"],
        row["days"],
        VersionState(row["state"]),
        row["note"],
        row["made_by"],
        row["made_at"],
        row["published_by"],
        row["published_at"],
        row["revision"],
    )


def _spot(duty: Duty) -> dict[str, Any]:
    return {
        "day": duty.day.isoformat(),
        "team": duty.team,
        "shift": duty.shift,
        "seat": duty.seat,
        "late_minutes": duty.late_minutes,
    }
