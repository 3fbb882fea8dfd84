"""A small county with two rostered teams for tests of duty, W1 and E1, each on 24/72 with four platoons and a reserve.

All people are invented. `month` is a legal roster straight from the rotation, so that tests begin with something to
publish.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from dispatch.duty.people import apply_roster
from dispatch.duty.publishing import publish, save_draft
from dispatch.duty.store import in_force
from dispatch.forces.apply import apply_county
from roster.calendar import Calendar
from roster.people import Employment, Membership, Person, Qualification
from roster.plan import Book, Duty, Roster
from roster.planning.rotation import roster_by_rotation
from roster.policy import Policy
from roster.shifts import Rotation, RotationKind, SeatRule, ShiftType, Team
from runtime.database import Database, Work
from tests.storage.small_county import CODE, small_county

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 4, 1)  # the test clock stands on the 4th, two in the afternoon
TODAY = date(2026, 4, 4)
DAYS = 28
T24 = ShiftType("T24", "全天", time(8), 1440, 1440, night=True)
SEATS = ("squad_leader", "driver", "firefighter")
OFFICER = "operator/officer"


def _person(code: str, team: str, platoon: int | None, *able: str) -> Person:
    return Person(
        code,
        f"虚构{code}",
        Employment.CONTRACT,
        (Membership(team, platoon),),
        tuple(Qualification(one) for one in able),
        telephone=f"555-{code}",
        joined=date(2020, 1, 1),
    )


def _team_people(team: str) -> list[Person]:
    able = (("squad_leader", "driver", "firefighter"), ("driver", "firefighter"), ("firefighter",))
    people = [
        _person(f"{team.lower()}{platoon}{n}", team, platoon, *skills)
        for platoon in range(4)
        for n, skills in enumerate(able)
    ]
    # A reserve that no platoon counts on.
    return [*people, _person(f"{team.lower()}r0", team, None, "squad_leader", "driver", "firefighter")]


@cache
def book() -> Book:
    """As `read_book` would make it of a folder."""
    people = [*_team_people("W1"), *_team_people("E1")]
    rotation = Rotation("24-72", "24/72", RotationKind.WORD, ("T24", None, None, None), (0, 1, 2, 3))
    teams = [
        Team(code, f"{code}班组", code, ("T24",), "24-72", date(2026, 1, 1), 0.5, lends_to=(other,))
        for code, other in (("W1", "E1"), ("E1", "W1"))
    ]
    rules = [
        SeatRule(team, role, 1, (role,), unit=f"{team}-1", priority=place)
        for team in ("W1", "E1")
        for place, role in enumerate(SEATS, start=1)
    ]
    return Book(
        county=CODE,
        time_zone=ZONE,
        people={person.code: person for person in people},
        teams={team.code: team for team in teams},
        shifts={"T24": T24},
        rotations={"24-72": rotation},
        seat_rules=tuple(rules),
        calendar=Calendar(),
        policy=Policy(),
    )


@cache
def month(first: date = FIRST, days: int = DAYS, teams: tuple[str, ...] = ("E1", "W1")) -> Roster:
    return roster_by_rotation(book(), first, days, teams)


def noon(day: date, hour: int = 12) -> datetime:
    return datetime.combine(day, time(hour), ZONE)


@dataclass
class DutyWorld:
    db: Database

    async def __aenter__(self) -> DutyWorld:
        async with self.db.work() as work:
            await apply_county(work, small_county())
        await self.apply(book())
        return self

    async def __aexit__(self, *_: object) -> None:
        return None

    async def apply(self, of: Book) -> Any:
        async with self.db.work() as work:
            return await apply_roster(work, of)

    async def do(self, act: Any, *args: Any, **given: Any) -> Any:
        """One command in its own transaction."""
        async with self.db.work() as work:
            return await act(work, CODE, *args, **given)

    async def draft(self, roster: Roster | None = None) -> UUID:
        version = await self.do(save_draft, roster or month(), note="", by=OFFICER)
        found: UUID = version.id
        return found

    async def publish(self, roster: Roster | None = None, since: date | None = None) -> Any:
        return await self.do(publish, await self.draft(roster), since=since, by=OFFICER)

    async def duties(
        self, first: date = date(2026, 1, 1), last: date = date(2026, 12, 31)
    ) -> tuple[Duty, ...]:
        async with self.db.reading() as conn:
            return await in_force(conn, CODE, first, last)

    async def at(self, day: date, team: str = "W1") -> dict[str, Duty]:
        """Who holds which role of a team on a day; after a take-over the last of them."""
        found = [duty for duty in await self.duties(day, day) if duty.team == team]
        return {duty.seat.split("/")[1]: duty for duty in sorted(found, key=lambda d: d.late_minutes)}


def without(roster: Roster, *duties: Duty) -> Roster:
    return replace(roster, duties=tuple(duty for duty in roster.duties if duty not in duties))


def after(day: date, days: int) -> date:
    return day + timedelta(days=days)


__all__ = ["CODE", "DutyWorld", "Work", "after", "book", "month", "noon", "without"]
