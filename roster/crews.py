"""The crew of a unit at an instant: the one thing that the dispatcher needs to know of a duty roster."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Crew:
    """Who can roll with a unit: seats filled, how many hold each qualification, and until when (UTC)."""

    seats_filled: int
    qualifications: Mapping[str, int]
    until: datetime | None
