"""A version of a roster: a draft that is worked on, published once, then replaced or left to history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID


class VersionState(StrEnum):
    DRAFT = "draft"
    PUBLISHED = "published"
    SUPERSEDED = "superseded"  # every day that was still to come has been replaced by another version
    DISCARDED = "discarded"


@dataclass(frozen=True, slots=True)
class Version:
    """`revision` counts the changes of a draft: who edits an older one is told so."""

    id: UUID
    number: int
    teams: tuple[str, ...]
    first: date
    days: int
    state: VersionState
    note: str
    made_by: str
    made_at: datetime
    published_by: str | None
    published_at: datetime | None
    revision: int

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)
