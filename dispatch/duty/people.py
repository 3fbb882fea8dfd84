"""`county apply` for the roster: people and reference from the folder, which owns them, in one transaction."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from dispatch.access.store import revoke_tokens_of
from dispatch.duty.crewing import refresh
from dispatch.duty.reference import document_of, person_row
from dispatch.duty.store import BOOK, DUTIES
from dispatch.duty.telling import changed
from roster.people import Absence, Request
from roster.plan import Book
from runtime.database import Connection, Work
from runtime.encoding import to_json_bytes
from runtime.ids import new_id


def digest_of(book: Book) -> str:
    """Of everything that the folder says about the roster."""
    said = [
        document_of(book),
        [person_row(person) for _, person in sorted(book.people.items())],
        [_absence_row(absence) for absence in book.absences],
        [_request_row(request) for request in book.requests],
    ]
    return hashlib.sha256(to_json_bytes(said, sorted_keys=True)).hexdigest()


async def differs(conn: Connection, book: Book) -> bool:
    """Whether applying this book would change anything."""
    row = await BOOK.reference(conn, county=book.county)
    if row is None:
        return bool(book.teams or book.people)
    return bool(row["digest"] != digest_of(book))


async def apply_roster(work: Work, book: Book) -> Mapping[str, Any]:
    """Make the database's people and reference those of the folder; answers what was counted.

    Who vanished from the folder is retired and keeps the duties already served; those to come are named in the answer,
    for somebody to fill. Absences, requests and authorisations
    that were made on pages stay. Nothing to do writes nothing.
    """
    county, conn = book.county, work.conn
    await BOOK.lock_rosters(conn, county=county)
    if not await differs(conn, book):
        return {}
    await BOOK.upsert_reference(
        conn, county=county, digest=digest_of(book), document=document_of(book), at=work.now
    )
    people = [person_row(person) for _, person in sorted(book.people.items())]
    await BOOK.upsert_people(conn, county=county, rows=people)
    codes = [row["code"] for row in people]
    retired = [row["code"] async for row in BOOK.retire_people(conn, county=county, codes=codes, at=work.now)]
    for code in retired:
        await revoke_tokens_of(work, county, f"person/{code}")
    await _apply_absences(work, book)
    await _apply_requests(work, book)
    await _move_spans(work, book)
    rows = DUTIES.left_behind(conn, county=county, people=retired, since=work.now)
    left = [f"{row['person']} {row['day']} {row['team']}" async for row in rows]
    params = {
        "people": len(people),
        "teams": len(book.teams),
        "retired": sorted(retired),
        "left_behind": len(left),
    }
    await changed(work, county, "roster_reference_applied", params)
    await refresh(work, county)  # seats, hours, absences, posts: the crews say so at once
    return {**params, "duties": left}


async def _move_spans(work: Work, book: Book) -> None:
    rows = []
    async for row in DUTIES.days_ahead(work.conn, county=book.county, since=work.now):
        if row["shift"] in book.shifts:
            starts, ends = book.span(row["day"], row["shift"])
            span = {"starts_at": starts.isoformat(), "ends_at": ends.isoformat()}
            rows.append({"shift": row["shift"], "day": row["day"].isoformat(), **span})
    if rows:
        await DUTIES.move_spans(work.conn, county=book.county, rows=rows)


async def _apply_absences(work: Work, book: Book) -> None:
    rows = [_absence_row(absence) for absence in book.absences]
    codes = [row["code"] for row in rows]
    await BOOK.withdraw_folder_absences(work.conn, county=book.county, codes=codes, at=work.now)
    if rows:
        made = [{"id": str(new_id()), **row} for row in rows]
        await BOOK.insert_absences(
            work.conn, county=book.county, rows=made, from_folder=True, by="folder", at=work.now
        )


async def _apply_requests(work: Work, book: Book) -> None:
    await BOOK.withdraw_folder_requests(work.conn, county=book.county, at=work.now)
    if book.requests:
        made = [{"id": str(new_id()), **_request_row(request)} for request in book.requests]
        await BOOK.insert_requests(
            work.conn, county=book.county, rows=made, from_folder=True, by="folder", at=work.now
        )


def _absence_row(absence: Absence) -> dict[str, Any]:
    return {
        "code": absence.code,
        "person": absence.person,
        "kind": absence.kind.value,
        "starts_at": absence.starts.isoformat(),
        "ends_at": absence.ends.isoformat(),
        "note": absence.note,
    }


def _request_row(request: Request) -> dict[str, Any]:
    return {
        "person": request.person,
        "day": request.day.isoformat(),
        "shift": request.shift,
        "wanted": request.wanted,
        "weight": request.weight,
    }
