"""A roster on paper and in other programs: a month as workbook, page, PDF or document, a person as a calendar."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from roster.files.document import roster_text
from roster.files.month import is_synthetic
from roster.plan import Book, Roster

Form = Literal["xlsx", "html", "pdf", "ics", "json"]
MEDIA_TYPES: dict[str, str] = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "ics": "text/calendar; charset=utf-8",
    "json": "application/json",
}


def exported(
    book: Book, roster: Roster, form: Form, teams: Sequence[str], person: str | None, at: datetime
) -> bytes:
    """`teams` (all, if none is named) and `person` narrow it down; a calendar is always one person's."""
    # Each format has a library of its own, loaded only for its sake.
    if form == "ics":
        from roster.files.feed import person_feed

        return person_feed(book, only(roster, teams, None), person or "", at)
    if form == "json":
        return roster_text(only(roster, teams, person), synthetic=is_synthetic(book)).encode()
    if form == "html":
        from roster.files.page import roster_page

        return roster_page(book, roster, teams, person).encode()
    if form == "pdf":
        from roster.files.paper import roster_pdf

        return roster_pdf(book, roster, teams, person)
    from roster.files.workbook import roster_workbook

    return roster_workbook(book, only(roster, teams, person))


def only(roster: Roster, teams: Sequence[str], person: str | None) -> Roster:
    """The roster of some teams, or of one person."""
    duties = tuple(
        duty
        for duty in roster.duties
        if (not teams or duty.team in teams) and (person is None or duty.person == person)
    )
    return Roster(roster.county, roster.first, roster.days, tuple(teams) or roster.teams, duties)
