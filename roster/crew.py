"""What is known of a unit's crew: who fills its seats, what they hold, until when, and who comes next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Manned:
    """A filled seat. `key` is `Seat.key`; `standing_over`: the planned end has passed and nobody relieved it yet."""

    key: str
    role: str
    person: str
    since: datetime
    standing_over: bool = False


@dataclass(frozen=True, slots=True)
class NextCrew:
    """The forecast at the next handover: how many are planned (or have answered already) for how many seats."""

    at: datetime
    shift: str
    seats_filled: int
    wanted: int


@dataclass(frozen=True, slots=True)
class ForwardPost:
    """靠前驻防: a place (WGS-84 degrees) where a unit and its crew stand and live in the fire season."""

    place: str
    lon: float
    lat: float


@dataclass(frozen=True, slots=True)
class Crew:
    """Who can roll with a unit: seats filled, how many hold each qualification, and until when (UTC, as planned).

    `driver` counts who may drive this unit's class. `wanted`: the seats that the roster asks for. `post`: where it
    stands, if not at its station. From `stands_until` on nobody of it counts any more, relieved or not.
    """

    seats_filled: int
    qualifications: Mapping[str, int]
    until: datetime | None
    seats: tuple[Manned, ...] = ()
    next: NextCrew | None = None
    wanted: int | None = None
    stands_until: datetime | None = None
    post: ForwardPost | None = None

    @property
    def people(self) -> tuple[str, ...]:
        return tuple(sorted({seat.person for seat in self.seats}))

    @property
    def standing_over(self) -> bool:
        return any(seat.standing_over for seat in self.seats)
