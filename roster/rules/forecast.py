"""Crewing some days ahead, in colours: which vehicle has its crew, which would roll short, which not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from roster.people import Person
from roster.plan import Duty
from roster.rules.case import Case, ShiftKey
from roster.rules.seating import missing_qualifications
from roster.rules.turn import Turn, lay
from roster.rules.violation import Param
from roster.shifts import Seat


class Colour(StrEnum):
    GREEN = "green"  # every seat is filled
    YELLOW = "yellow"  # a seat that is only wished for is empty, or a qualification runs out soon
    ORANGE = "orange"  # a required seat is empty: the vehicle rolls with less than it should
    RED = "red"  # below the least crew, or nobody to drive: it does not roll


@dataclass(frozen=True, slots=True)
class CrewFloor:
    """What a vehicle needs to roll at all, as the dispatching side knows it: people, and who must be among them."""

    people: int
    needs: tuple[str, ...] = ("driver",)


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a colour is no better: `roster.forecast.<code>` with its parameters."""

    code: str
    params: Mapping[str, Param] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Outlook:
    """One vehicle (unit empty: the duty room) on one shift."""

    team: str
    day: date
    shift: str
    unit: str
    colour: Colour
    filled: int
    seats: int
    causes: tuple[Cause, ...]


def forecast(
    case: Case,
    first: date,
    days: int,
    floors: Mapping[str, CrewFloor],
    *,
    teams: Iterable[str] | None = None,
    expires_within_days: int = 14,
) -> tuple[Outlook, ...]:
    """Every vehicle on every shift from `first`. Somebody who is away or no longer qualified fills nothing.

    A unit that `floors` does not name needs as many people as it has required seats, a duty room one, or it is red.
    """
    found = []
    for offset in range(days):
        day = first + timedelta(days=offset)
        for team in sorted(case.roster.teams if teams is None else teams):
            by_unit: dict[tuple[str, str], list[Seat]] = {}
            for seat in case.ground.seats(team, day):
                by_unit.setdefault((seat.shift, seat.unit), []).append(seat)
            for (shift, unit), seats in sorted(by_unit.items()):
                key = (team, day, shift)
                found.append(_outlook(case, key, unit, seats, floors.get(unit), expires_within_days))
    return tuple(found)


def _outlook(
    case: Case, key: ShiftKey, unit: str, seats: list[Seat], floor: CrewFloor | None, soon: int
) -> Outlook:
    team, day, shift = key
    held: dict[str, list[Turn]] = {}
    for duty in case.crews.get(key, ()):
        if shift in case.book.shifts and team in case.book.teams:
            held.setdefault(duty.seat, []).append(lay(case.book, duty))
    crew, causes, colour = [], [], Colour.GREEN
    for seat in seats:
        good = [turn for turn in held.get(seat.key, ()) if _fills(case, seat, turn)]
        if good and sum(turn.minutes for turn in good) >= case.book.shifts[shift].minutes:
            crew += [turn.duty for turn in good]
            continue
        colour = _worse(colour, Colour.ORANGE if seat.required else Colour.YELLOW)
        causes.append(Cause("required_empty" if seat.required else "wished_empty", {"seat": seat.role}))
    required = sum(seat.required for seat in seats)
    least = floor or CrewFloor(required if unit else min(1, required), ())
    people = {duty.person for duty in crew}
    if len(people) < least.people:
        colour = Colour.RED
        causes.append(Cause("below_least_crew", {"people": len(people), "least": least.people}))
    for code in least.needs:
        if not any(_holds(case.book.people[person], code, day) for person in people):
            colour = Colour.RED
            causes.append(Cause("nobody_holds", {"qualification": code}))
    for code, name, until in _running_out(case, seats, crew, day, soon):
        colour = _worse(colour, Colour.YELLOW)
        causes.append(Cause("runs_out", {"qualification": code, "name": name, "until": until.isoformat()}))
    return Outlook(team, day, shift, unit, colour, len(people), len(seats), tuple(causes))


def _holds(person: Person, code: str, day: date) -> bool:
    """Who drives one class of vehicle is a driver: that it is this vehicle's class is asked by the seat."""
    return any(held == code or held.startswith(f"{code}:") for held in person.held_on(day))


def _fills(case: Case, seat: Seat, turn: Turn) -> bool:
    person = case.book.people.get(turn.duty.person)
    if person is None or case.ground.is_away(person.code, turn.starts, turn.ends):
        return False
    return not missing_qualifications(person, seat, turn.touches)


def _running_out(
    case: Case, seats: list[Seat], crew: list[Duty], day: date, soon: int
) -> list[tuple[str, str, date]]:
    """Qualifications that a seat needs, that its holder has for some days more only, and not by any other entry."""
    needs = {seat.key: seat.needs for seat in seats}
    limit = day + timedelta(days=soon)
    found = []
    for duty in crew:
        person = case.book.people[duty.person]
        for code in needs.get(duty.seat, ()):
            if person.holds(code, limit):
                continue
            last = max(
                q.until for q in person.qualifications if q.code in (code, code.partition(":")[0]) and q.until
            )
            found.append((code, person.name, last))
    return sorted(found)


def _worse(one: Colour, other: Colour) -> Colour:
    order = list(Colour)
    return max(one, other, key=order.index)
