"""The book of a roster as rows: what the folder owns as one validated document, the people as rows beside it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from pydantic import TypeAdapter, ValidationError

from roster.people import Membership, Person, Qualification
from roster.plan import Book

# What the database owns, or keeps as rows of their own. The folder's authorisations and its debts from earlier months
# stay in the document: rows add to them.
_ROWS: Mapping[str, Any] = {
    "people": {},
    "absences": (),
    "requests": (),
    "history": (),
    "disaster": (),
}


class UnreadableReferenceError(ValueError):
    """The stored document is of another release: `pianqu county apply` writes it anew."""


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


def document_of(book: Book) -> dict[str, Any]:
    """Teams, shifts, rotations, seats, calendar, policy, pairs, posts and readiness as JSON."""
    document: dict[str, Any] = _adapter(Book).dump_python(replace(book, **_ROWS), mode="json")
    for name in _ROWS:
        del document[name]
    return document


def book_of(document: Mapping[str, Any], people: Iterable[Person]) -> Book:
    """The way back, with these people in it."""
    by_code = {person.code: person for person in people}
    try:
        book: Book = _adapter(Book).validate_python({**document, "people": {}})
    except ValidationError as error:
        fault = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(str(part) for part in fault["loc"])
        raise UnreadableReferenceError(f"{where}: {fault['msg']}") from None
    return replace(book, people=by_code)


def person_row(person: Person) -> dict[str, Any]:
    return {
        "code": person.code,
        "name": person.name,
        "employment": person.employment.value,
        "telephone": person.telephone,
        "joined": None if person.joined is None else person.joined.isoformat(),
        "memberships": _adapter(tuple[Membership, ...]).dump_python(person.memberships, mode="json"),
        "qualifications": _adapter(tuple[Qualification, ...]).dump_python(person.qualifications, mode="json"),
        "synthetic": person.synthetic,
    }


def people_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Person, ...]:
    found: tuple[Person, ...] = _adapter(tuple[Person, ...]).validate_python(rows)
    return found


def qualifications_of(rows: Sequence[Mapping[str, Any]]) -> tuple[Qualification, ...]:
    found: tuple[Qualification, ...] = _adapter(tuple[Qualification, ...]).validate_python(rows)
    return found
